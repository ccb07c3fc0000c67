package github

import (
	"fmt"
	"net/http"
	"testing"
)

func TestWhatMustBeLiveComesFromNoTape(t *testing.T) {
	n := 0
	d := newDeck(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		reply(w, 200, fmt.Sprintf(`{"data":{"viewer":{"login":"v%d"}}}`, n))
	})
	ask := func(live bool) string {
		t.Helper()
		ctx := t.Context()
		if live {
			ctx = Live(ctx)
		}
		var q viewerQuery
		if err := d.client.Query(ctx, &q, nil); err != nil {
			t.Fatal(err)
		}
		return q.Viewer.Login
	}
	ask(false)
	ask(true)
	d.open()
	if got := []string{ask(true), ask(false), ask(false)}; got[0] != "v3" || got[1] != "v1" || got[2] != "v4" {
		t.Errorf("got %q; the first is live, the second of the tape, and a live one is not on it", got)
	}
}
