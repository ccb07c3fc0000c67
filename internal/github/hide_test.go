package github

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// A server that repeats what it was asked with must not bring the token into what
// is said of a failure.
func TestAnAnswerThatRepeatsTheTokenIsNotRepeated(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"message": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-GitHub-Request-Id", r.Header.Get("Authorization"))
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"message":"no entry for ` + r.Header.Get("Authorization") + `"}`))
		},
		"graphql": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"data":null,"errors":[{"message":"no entry for ` + r.Header.Get("Authorization") + r.Header.Get("Authorization") + `"}]}`))
		},
		"type": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/"+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
			_, _ = w.Write([]byte(`{}`))
		},
	} {
		c, _ := testClient(t, answer)
		var q struct{ Viewer struct{ Login string } }
		err := c.Query(context.Background(), &q, nil)
		if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "***") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
