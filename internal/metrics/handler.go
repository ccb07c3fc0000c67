package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// How a storm of scrapes is borne: so many are answered at once, each within so
// long; the rest waits for its turn a moment, and then gets 503.
const (
	scrapes       = 4
	scrapeWithin  = 5 * time.Second
	scrapePatient = 2 * time.Second
)

// Handler answers a scrape from memory, in the text format or as OpenMetrics. It
// asks neither the store nor GitHub.
func (r *Registry) Handler() http.Handler {
	answer := promhttp.HandlerFor(r.Gatherer(), promhttp.HandlerOpts{
		EnableOpenMetrics: true, Timeout: scrapeWithin, ErrorHandling: promhttp.HTTPErrorOnError,
	})
	places := make(chan struct{}, scrapes)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		turn := time.NewTimer(scrapePatient)
		defer turn.Stop()
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		case <-req.Context().Done():
			return
		case <-turn.C:
			w.Header().Set("Retry-After", "1")
			http.Error(w, "too many scrapes at once; come again", http.StatusServiceUnavailable)
			return
		}
		if r != nil && r.known.Before != nil {
			r.known.Before()
		}
		answer.ServeHTTP(w, req)
	})
}
