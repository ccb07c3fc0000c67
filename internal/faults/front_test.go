package faults

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// sameAddress stands before one simulator after the other: to a client they are one
// server.
func sameAddress(t *testing.T) func(*httptest.Server) string {
	var to atomic.Pointer[httputil.ReverseProxy]
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { to.Load().ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	return func(sim *httptest.Server) string {
		to.Store(ahead(t, sim))
		return srv.URL
	}
}

func ahead(t *testing.T, sim *httptest.Server) *httputil.ReverseProxy {
	t.Helper()
	to, err := url.Parse(sim.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := httputil.NewSingleHostReverseProxy(to)
	p.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	return p
}

// altered stands before the simulator and changes what it is asked at some places,
// and what it answers. Either may be nil.
type altered struct {
	path  string // how the path of a request ends
	query string // what a GraphQL query holds; "": it is none
	ask   func(n int, r *http.Request, body map[string]any)
	tell  func(n int, body any) any
	n     atomic.Int64 // requests that it was
}

func (a *altered) front(t *testing.T) func(*httptest.Server) string {
	return func(sim *httptest.Server) string {
		next := ahead(t, sim)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.serve(t, next, w, r) }))
		t.Cleanup(srv.Close)
		return srv.URL
	}
}

func (a *altered) serve(t *testing.T, next http.Handler, w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(raw))
	if !strings.HasSuffix(r.URL.Path, a.path) || a.query != "" && !bytes.Contains(raw, []byte(a.query)) {
		next.ServeHTTP(w, r)
		return
	}
	n := int(a.n.Add(1))
	if a.ask != nil {
		var body map[string]any
		_ = json.Unmarshal(raw, &body) // a REST call has none
		a.ask(n, r, body)
		if raw, _ = json.Marshal(body); a.query != "" {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
		}
	}
	r.Header.Del("Accept-Encoding")
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	out := rec.Body.Bytes()
	if a.tell != nil {
		var body any
		if err := json.Unmarshal(out, &body); err != nil {
			t.Error(err)
		}
		out, _ = json.Marshal(a.tell(n, body))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(rec.Code)
	_, _ = w.Write(out)
}
