package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// How a storm of scrapes is borne: so many are answered at once, each within so
// long; the rest gets 503.
const (
	scrapes      = 4
	scrapeWithin = 5 * time.Second
)

// Handler answers a scrape from memory, in the text format or as OpenMetrics. It
// asks neither the store nor GitHub.
func (r *Registry) Handler() http.Handler {
	return promhttp.HandlerFor(r.Gatherer(), promhttp.HandlerOpts{
		EnableOpenMetrics: true, MaxRequestsInFlight: scrapes, Timeout: scrapeWithin, ErrorHandling: promhttp.HTTPErrorOnError,
	})
}
