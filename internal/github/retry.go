package github

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// How often a request is tried in all, and how long the pauses are.
const (
	tries        = 4
	gatewayTries = 2 // of a GraphQL query that timed out: a smaller query helps, the same one hardly does
	firstPause   = 500 * time.Millisecond
	longestPause = 8 * time.Second
)

// retry asks again after what a second try can heal: 202, 500, 502, 503, 504, a
// 304 to a question that was none (a proxy's; the next try may reach GitHub), broken connections, bodies that broke off, timeouts. Only reads get this far,
// and the minting of a token, which is not repeated.
//
// It is a loop of our own, because go-retryablehttp sleeps on a timer of its own
// and calls a try done when the headers are there, while here the body counts.
func retry(o Options, graphql *url.URL, m *meter) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			for try := 1; ; try++ {
				resp, err := next.RoundTrip(req)
				err = explained(req, err)
				if try >= allowed(req, graphql, resp) || !passing(resp, err) {
					return resp, err
				}
				if err := o.watched(req.Context(), "retry", pause(o, try, resp)); err != nil {
					return nil, err
				}
				m.add(func(t *Meter) { t.Retries++ })
				if err := rewind(req); err != nil {
					return nil, err
				}
			}
		})
	}
}

func allowed(req *http.Request, graphql *url.URL, resp *http.Response) int {
	switch {
	case req.Method == http.MethodPost && !isGraphQL(req, graphql):
		return 1
	case resp != nil && resp.StatusCode == http.StatusNotModified && req.Method != http.MethodGet:
		return 1
	case isGraphQL(req, graphql) && resp != nil && (resp.StatusCode == http.StatusBadGateway || resp.StatusCode == http.StatusGatewayTimeout):
		return gatewayTries
	}
	return tries
}

// passing reports whether the failure may pass by itself.
func passing(resp *http.Response, err error) bool {
	if err == nil {
		switch resp.StatusCode {
		case http.StatusAccepted, http.StatusNotModified, http.StatusInternalServerError, http.StatusBadGateway,
			http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	if b, ok := errors.AsType[*BodyError](err); ok {
		return b.again
	}
	if u, ok := errors.AsType[*UnreachableError](err); ok {
		return !final(u.Err)
	}
	return false
}

// pause doubles with every try and is jittered, so that many clients do not
// come back together; a Retry-After that can be waited for is obeyed.
func pause(o Options, try int, resp *http.Response) time.Duration {
	d := min(firstPause<<(try-1), longestPause)
	d = d/2 + time.Duration(o.Rand()*float64(d))
	if resp != nil {
		if after, ok := retryAfter(resp.Header, o.Now()); ok && after <= o.MaxWait {
			d = max(d, after)
		}
	}
	return d
}

// rewind gives the request its body again.
func rewind(req *http.Request) (err error) {
	if req.GetBody != nil {
		req.Body, err = req.GetBody()
	}
	return err
}

// explained gives a failure of the network its class and a reason in words.
func explained(req *http.Request, err error) error {
	if err == nil {
		return nil
	}
	if ctx := req.Context().Err(); ctx != nil {
		return ctx
	}
	for _, known := range []error{ErrUnauthenticated, ErrUnreachable, ErrLimited, ErrServer, ErrForbidden, ErrNotFound, ErrMoved, ErrNotGitHub, ErrWrite} {
		if errors.Is(err, known) {
			return err
		}
	}
	return &UnreachableError{Host: req.URL.Host, Why: reason(err), Err: err}
}

// reason puts a failure of the network into words.
func reason(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	var record tls.RecordHeaderError
	var proxy *ProxyError
	var invalid x509.CertificateInvalidError
	var elsewhere x509.HostnameError
	switch {
	case errors.As(err, &proxy):
		return proxy.Error()
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate has expired, or is not valid yet"
	case errors.As(err, &elsewhere):
		return "its certificate is for another host"
	case errors.As(err, &dns):
		return "its name cannot be resolved"
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "the proxy could not be reached"
	case untrusted(err):
		return "its certificate is not trusted"
	case errors.As(err, &record):
		return "it does not speak TLS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case timedOut(err):
		return "it did not answer in time"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &op):
		return "the connection broke"
	}
	return "no connection"
}

func untrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host)
}

func timedOut(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// final reports whether the failure stays however often one asks.
func final(err error) bool {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var proxy *ProxyError
	return errors.As(err, &proxy) && proxy.final() || errors.As(err, &dns) && dns.IsNotFound || untrusted(err) || errors.As(err, &record)
}
