package github

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"
)

// conditional asks GitHub whether an answer of a former pass still holds, where
// the tape has one that was given to the same token: a 304 costs nothing of the
// hourly limit. The body is at hand before the question is asked, so that a 304
// never comes without one. Above it, a confirmed answer looks like any other.
func conditional(tape *atomic.Pointer[playing], m *meter, told func(string)) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			t, s := tape.Load(), sentOf(req.Context())
			if t == nil || s == nil || req.Method != http.MethodGet {
				return next.RoundTrip(req)
			}
			s.tag, s.notModified = t.tag(req.Header.Get("Authorization")), false
			body, header, ok := t.confirm(t.restKey(req), s.tag)
			if !ok {
				return next.RoundTrip(req)
			}
			asked := req.Clone(req.Context())
			if tag := header.Get("Etag"); tag != "" {
				asked.Header.Set("If-None-Match", tag)
			} else {
				asked.Header.Set("If-Modified-Since", header.Get("Last-Modified"))
			}
			resp, err := next.RoundTrip(asked)
			if err != nil || resp.StatusCode != http.StatusNotModified {
				return resp, err
			}
			_ = resp.Body.Close() // a 304 has none
			s.notModified = true
			m.add(func(t *Meter) { t.NotModified++ })
			told("revalidated")
			return confirmed(resp, header, body), nil
		})
	}
}

// confirmed is the kept answer with what GitHub says of limits now.
func confirmed(resp *http.Response, kept http.Header, body []byte) *http.Response {
	resp.Status, resp.StatusCode = "200 OK", http.StatusOK
	resp.Header = resp.Header.Clone()
	for name, v := range kept {
		resp.Header[name] = v
	}
	resp.Header.Del("Content-Encoding")
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp
}
