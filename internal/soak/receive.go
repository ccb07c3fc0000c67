package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"
)

// receivers are where notices go: one that takes them, one that is slow, one that is
// broken, and one that is dead.
type receivers struct {
	srv  *httptest.Server
	got  [3]atomic.Int64
	dead string
}

func newReceivers() *receivers {
	r := &receivers{}
	gone := httptest.NewServer(http.NotFoundHandler())
	r.dead = gone.URL
	gone.Close()
	mux := http.NewServeMux()
	for i, answer := range []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		func(w http.ResponseWriter, req *http.Request) {
			select {
			case <-time.After(8 * time.Second):
			case <-req.Context().Done():
			}
			w.WriteHeader(http.StatusNoContent)
		},
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
	} {
		mux.HandleFunc(fmt.Sprintf("/%d", i), func(w http.ResponseWriter, req *http.Request) {
			r.got[i].Add(1)
			_, _ = io.Copy(io.Discard, req.Body) // whoever hangs up says nothing more
			answer(w, req)
		})
	}
	r.srv = httptest.NewServer(mux)
	return r
}

// config is the part of the configuration that leads to them.
func (r *receivers) config() string {
	var b strings.Builder
	b.WriteString("[notify]\nallow_addresses = [\"127.0.0.1\"]\n")
	for i, name := range []string{"good", "slow", "broken", "dead"} {
		url := fmt.Sprintf("%s/%d", r.srv.URL, i)
		if name == "dead" {
			url = r.dead
		}
		fmt.Fprintf(&b, "[[notify.channel]]\nname = %q\nkind = \"webhook\"\nurl = %q\nsecret_env = \"SOAK_SECRET\"\n", name, url)
	}
	return b.String() + "[[notify.route]]\nseverity = \"info\"\n"
}

func (r *receivers) close() {
	r.srv.CloseClientConnections()
	r.srv.Close()
}

func (r *receivers) String() string {
	return fmt.Sprintf("%d notices taken, %d by a slow receiver, %d refused", r.got[0].Load(), r.got[1].Load(), r.got[2].Load())
}
