package metrics

import "time"

// Request counts a request to GitHub. route is a template of [Known], else it is
// counted as "other"; status is 0 where there was no answer.
func (r *Registry) Request(api, route string, status int, took time.Duration) {
	if r == nil {
		return
	}
	api = among(apis, api, "rest")
	if !r.routes[Route{api, route}] {
		route = Other
	}
	r.requests.WithLabelValues(api, route, class(status)).Inc()
	r.requestTook.WithLabelValues(api, route).Observe(took.Seconds())
}

// Limit sets what GitHub says is left of one hourly limit of a credential.
func (r *Registry) Limit(credential, resource string, remaining, limit int, reset time.Time) {
	if r == nil {
		return
	}
	credential, resource = r.credential(credential), among(resources, resource, Other)
	r.remaining.WithLabelValues(credential, resource).Set(float64(remaining))
	r.limit.WithLabelValues(credential, resource).Set(float64(limit))
	r.reset.WithLabelValues(credential, resource).Set(seconds(reset))
}

// Throttled counts how long a request waited: primary, secondary, reserve, pace or
// retry.
func (r *Registry) Throttled(credential, reason string, d time.Duration) {
	if r == nil || d <= 0 {
		return
	}
	r.throttled.WithLabelValues(r.credential(credential), among(throttles, reason, Other)).Add(d.Seconds())
}

// Cached counts an answer by where it came from: replayed, revalidated or miss.
func (r *Registry) Cached(outcome string) {
	if r == nil {
		return
	}
	r.cache.WithLabelValues(among(cacheOutcomes, outcome, "miss")).Inc()
}
