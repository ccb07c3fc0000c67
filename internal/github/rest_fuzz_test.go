package github

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// FuzzRESTAnswer: whatever stands in an answer, the list that is read of it is the
// list that is in it, or there is an error, in a line that no terminal acts on. A body
// that is cut is never a shorter list.
func FuzzRESTAnswer(f *testing.F) {
	const list = `[{"id":1,"slug":"a","members_count":2},{"id":2,"slug":"b","parent":{"id":1}}]`
	f.Add(200, "application/json", "", []byte(list))
	f.Add(200, "application/json", `<https://api.github.com/x?page=2>; rel="next"`, []byte(list[:30]))
	f.Add(200, "text/html", "", []byte("<html>"))
	f.Add(404, "application/json", "", []byte(`{"message":"Not Found\u001b[2J"}`))
	f.Add(403, "application/json", `<http://elsewhere/>; rel=next`, []byte(`{"message":"`+strings.Repeat("x", 300)))
	f.Add(200, "", "", []byte(`[{"id":"1"}]`))
	f.Add(200, "application/json", "", []byte(`null`))
	f.Add(200, "application/json", "", []byte(""))
	f.Add(204, "", "", []byte(""))
	f.Add(286, "", "", []byte("")) // no status of GitHub's, and a success by its number
	f.Fuzz(func(t *testing.T, status int, kind, link string, body []byte) {
		if status < 200 || status > 599 || len(body) > 1<<16 {
			return
		}
		asked := 0
		c, err := New(Options{
			Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: canary}), Unpaced: true, MaxWait: -1,
			Now:   func() time.Time { return time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC) },
			Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
			Base: trip(func(req *http.Request) (*http.Response, error) {
				if asked++; asked > 20 {
					t.Fatalf("asked %d times", asked)
				}
				h := http.Header{"Content-Type": {kind}, "Link": {link}}
				return &http.Response{StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req}, nil
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		teams, _, err := c.REST().Teams.ListTeams(t.Context(), "acme", nil)
		if err != nil {
			line, hint := Explain(err)
			if strings.ContainsAny(line+hint, "\x1b\r\n") || strings.Contains(line+hint, canary) {
				t.Errorf("it is said: %q, %q", line, hint)
			}
			return
		}
		if status == http.StatusNoContent {
			return // GitHub's way to say yes; no list is answered by it
		}
		var want []json.RawMessage
		if bad := json.Unmarshal(body, &want); status >= 300 || bad != nil || len(want) != len(teams) {
			t.Errorf("%d: %q was taken for %d teams, it holds %d (%v)", status, body, len(teams), len(want), bad)
		}
	})
}
