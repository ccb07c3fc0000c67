package github

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Wire makes the connections that clients with these options share, where it is given
// them as Base: the proxy, the authorities and InFlight are its own.
func Wire(o Options) (http.RoundTripper, error) {
	if o.InFlight == 0 {
		o.InFlight = inFlight
	}
	return wire(&o)
}

// inFlight is how many requests are under way at once, unless it is told.
const inFlight = 8

// wire is the default base: the proxy and the authorities that were named, else
// proxies from the environment and the system's authorities; few idle
// connections, bounded headers, no HTTP answer that never begins.
func wire(o *Options) (http.RoundTripper, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = o.InFlight
	t.MaxResponseHeaderBytes = 64 << 10
	t.ResponseHeaderTimeout = 45 * time.Second
	t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
		if resp.StatusCode == http.StatusOK {
			return nil
		}
		return &ProxyError{Host: proxy.Host, Status: resp.StatusCode}
	}
	if o.Proxy != "" {
		u, err := url.Parse(o.Proxy)
		if err != nil || u.Host == "" {
			return nil, errors.New("the address of the proxy is not a URL (it should look like http://proxy.example.com:3128)")
		}
		t.Proxy = http.ProxyURL(u)
	}
	if len(o.Authorities) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(o.Authorities) {
			return nil, errors.New("the file of certificates ([github] ca_file) holds no certificate in PEM")
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return t, nil
}

// ProxyError is a proxy that did not let a connection through.
type ProxyError struct {
	Host   string // of the proxy
	Status int
}

// Error names the proxy and its answer.
func (e *ProxyError) Error() string {
	if e.Status == http.StatusProxyAuthRequired {
		return fmt.Sprintf("the proxy %s asks for a user name and password (407)", e.Host)
	}
	return fmt.Sprintf("the proxy %s did not let the connection through (%d %s)", e.Host, e.Status, http.StatusText(e.Status))
}

// final reports whether asking again is of no use: it is where the proxy says no,
// and not where it could not reach the other side.
func (e *ProxyError) final() bool { return e.Status < 500 }
