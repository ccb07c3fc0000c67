package github

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// validated answers with a validator, and 304 to whoever shows it.
func validated(n *[]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(r.Header.Get("Authorization"))))
		*n = append(*n, r.Header.Get("If-None-Match"))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		reply(w, 200, `[{"id":1}]`)
	}
}

func (d *deck) end() {
	d.t.Helper()
	if err := d.tape.Reduce(); err != nil {
		d.t.Fatal(err)
	}
}

func TestAConfirmedAnswerIsTheKeptOne(t *testing.T) {
	var sent []string
	d := newDeck(t, validated(&sent))
	ask := func() {
		t.Helper()
		req, _ := d.client.REST().NewRequest(t.Context(), "GET", "orgs/acme/x", nil)
		var rows []struct{ ID int }
		if _, err := d.client.REST().Do(req, &rows); err != nil || len(rows) != 1 || rows[0].ID != 1 {
			t.Errorf("rows %v, %v", rows, err)
		}
	}
	for range 3 {
		ask()
		d.end()
		d.clock.t = d.clock.t.Add(50 * time.Minute)
		d.open()
	}
	if len(sent) != 3 || sent[0] != "" || sent[1] == "" || sent[2] == "" {
		t.Errorf("validators sent: %q", sent)
	}
	if m := d.client.Meter(); m.NotModified != 2 || m.Requests != 3 || m.Bytes != int64(len(`[{"id":1}]`)) {
		t.Errorf("counted %+v", m)
	}
	d.clock.t = d.clock.t.Add(61 * time.Minute)
	d.open()
	ask()
	if sent[3] != "" {
		t.Error("an answer older than an hour was asked to be confirmed")
	}
}

func TestAMissingBodyIsFetchedInFull(t *testing.T) {
	var sent []string
	d := newDeck(t, validated(&sent))
	if err := get(d.client, "orgs/acme/x"); err != nil {
		t.Fatal(err)
	}
	d.end()
	d.open()
	if err := os.Truncate(d.o.Path, 100); err != nil {
		t.Fatal(err)
	}
	if err := get(d.client, "orgs/acme/x"); err != nil || sent[1] != "" {
		t.Errorf("validator %q sent for a body that is gone, %v", sent[1], err)
	}
}

func TestA304ThatNobodyAskedForIsAskedAgain(t *testing.T) {
	n := 0
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		reply(w, 200, `[]`)
	})
	if err := get(c, "orgs/acme/x"); err != nil || n != 2 {
		t.Errorf("%d requests, %v", n, err)
	}
}

func TestAValidatorIsSentWithItsOwnTokenAlone(t *testing.T) {
	tape := &Tape{salt: []byte("salt"), kept: map[tapeKey]keptEntry{{1}: {tag: 5}}}
	if _, _, ok := tape.confirm(tapeKey{1}, 6); ok {
		t.Error("an answer given to another token is used")
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	d := newDeck(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"x"`)
		reply(w, 200, `["`+strings.Repeat("x", 20<<20)+`"]`)
	})
	for i := range 4 {
		d.clock.t = d.clock.t.Add(time.Second)
		if err := get(d.client, fmt.Sprintf("x?page=%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	d.end()
	d.open()
	if len(d.tape.kept) != 3 {
		t.Errorf("%d answers of 20 MiB are kept", len(d.tape.kept))
	}
}
