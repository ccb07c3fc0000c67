package main

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/eb661601/ajar/internal/github"
)

// wires are the connections to GitHub that all clients of a process share, whichever
// credential they have: a daemon that made new ones for each pass would keep those of
// the last passes open.
type wires struct {
	mu   sync.Mutex
	made http.RoundTripper
	by   string // what it is made of
}

// of gives them. What was configured before is closed once it idles.
func (w *wires) of(o github.Options) (http.RoundTripper, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	by := fmt.Sprintf("%s\n%d\n%s", o.Proxy, o.InFlight, o.Authorities)
	if w.made != nil && w.by == by {
		return w.made, nil
	}
	fresh, err := github.Wire(o)
	if err != nil {
		return nil, err
	}
	w.made, w.by = fresh, by
	return fresh, nil
}
