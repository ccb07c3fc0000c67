package github

import (
	"context"
	"fmt"
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

// What is no answer of HTTP at all stands word for word in Go's errors.
func TestWhatIsNoAnswerAndRepeatsTheTokenIsNotRepeated(t *testing.T) {
	for name, answer := range map[string]string{
		"status":   "%s HTTP/1.1\r\n\r\n",
		"header":   "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
		"length":   "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
		"coding":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n",
		"location": "HTTP/1.1 302 Found\r\nLocation: https://[%s\r\nContent-Length: 0\r\n\r\n",
	} {
		c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			_, _ = fmt.Fprintf(conn, answer, r.Header.Get("Authorization"))
			_ = conn.Close()
		})
		var q struct{ Viewer struct{ Login string } }
		err := c.Query(context.Background(), &q, nil)
		if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "***") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
