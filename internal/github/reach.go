package github

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// Reached is what one request without a credential tells of the way to GitHub.
// What was not got to is zero.
type Reached struct {
	Host      string            // of the API
	Addresses []string          // that its name, or the proxy's, stands for
	Connected string            // the address that took the connection
	Proxy     string            // host of the proxy in between; "": none
	TLS       bool              // the address asks for it
	Cert      *x509.Certificate // what the host showed, believed or not; nil: nothing
	Status    int               // of the answer; 0: there was none
	GitHub    bool              // it is an answer of GitHub's API
	Version   string            // of the GitHub Enterprise Server; "": none, or not told
	Date, At  time.Time         // GitHub's clock in the answer, and ours when it came
	Took      time.Duration
}

// metaBytes is how much of GET /meta is read. That of a server is small; that of
// github.com is long, and all of interest is in its headers.
const metaBytes = 64 << 10

// Reach asks GitHub's API for GET /meta without a credential, once, and follows
// no redirect. What is wrong with the way is an error of the classes of this
// package; Reached says in any case how far it got. An answer of any status is an
// answer: a server may well refuse whoever shows no credential.
func Reach(ctx context.Context, o Options) (Reached, error) {
	if o.Source == nil {
		o.Source = oauth2.StaticTokenSource(&oauth2.Token{}) // it is not asked
	}
	if err := o.defaults(); err != nil {
		return Reached{}, err
	}
	at, err := url.Parse(o.APIURL)
	if err != nil {
		return Reached{}, err
	}
	at = at.JoinPath("meta")
	r := Reached{Host: at.Host, TLS: at.Scheme == "https"}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	var steps sync.Mutex // several addresses may be tried at once
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, r.traced(&steps)), http.MethodGet, at.String(), nil)
	if err != nil {
		return r, err
	}
	req.Header.Set("User-Agent", o.UserAgent)
	req.Header.Set("Accept", defaultAccept)
	req.Header.Set("X-GitHub-Api-Version", APIVersion)
	if t, ok := o.Base.(*http.Transport); ok && t.Proxy != nil {
		if proxy, err := t.Proxy(req); err == nil && proxy != nil {
			r.Proxy = proxy.Host
		}
	}
	start := o.Now()
	resp, err := o.Base.RoundTrip(req)
	r.At = o.Now()
	r.Took = r.At.Sub(start)
	steps.Lock()
	defer steps.Unlock()
	if err != nil {
		r.shown(err)
		return r, explained(req, err)
	}
	defer func() { _ = resp.Body.Close() }() // what was needed of it was read
	return r, r.judge(resp)
}

// traced notes how far the request gets.
func (r *Reached) traced(steps *sync.Mutex) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSDone: func(i httptrace.DNSDoneInfo) {
			steps.Lock()
			defer steps.Unlock()
			for _, a := range i.Addrs {
				if s := a.String(); !slices.Contains(r.Addresses, s) {
					r.Addresses = append(r.Addresses, s)
				}
			}
		},
		ConnectDone: func(_, addr string, err error) {
			steps.Lock()
			defer steps.Unlock()
			if err == nil && r.Connected == "" {
				r.Connected = addr
			}
		},
	}
}

// shown keeps the certificate that was not believed.
func (r *Reached) shown(err error) {
	if c, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(c.UnverifiedCertificates) > 0 {
		r.Cert = c.UnverifiedCertificates[0]
	}
}

// judge reads what the answer says, and whether it is GitHub's.
func (r *Reached) judge(resp *http.Response) error {
	r.Status = resp.StatusCode
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		r.Cert = resp.TLS.PeerCertificates[0]
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		r.Date = at
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, metaBytes))
	if err != nil {
		return &BodyError{Host: r.Host, What: "an answer that broke off", Cut: true, Err: err}
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	web := kind == "text/html" || bytes.HasPrefix(bytes.TrimSpace(raw), []byte("<"))
	switch {
	case web && resp.StatusCode == http.StatusOK:
		return &BodyError{Host: r.Host, What: "a web page"}
	case web && (resp.StatusCode < 300 || resp.StatusCode >= 400), resp.StatusCode == http.StatusProxyAuthRequired:
		return &StatusError{Status: resp.StatusCode, Method: http.MethodGet, Path: resp.Request.URL.Path, Web: web}
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return &RedirectError{Method: http.MethodGet, Path: resp.Request.URL.Path, To: resp.Header.Get("Location"), Why: "GitHub's API answers this by itself"}
	case resp.StatusCode >= 500:
		return &StatusError{Status: resp.StatusCode, Method: http.MethodGet, Path: resp.Request.URL.Path}
	}
	r.Version = printable(resp.Header.Get("X-GitHub-Enterprise-Version"), 40)
	var meta struct {
		Installed string `json:"installed_version"`
	}
	// A long answer is cut here, so only one that ends can be read as a whole.
	if json.Unmarshal(raw, &meta) == nil && meta.Installed != "" {
		r.Version = printable(meta.Installed, 40)
	} else if len(raw) == 0 || raw[0] != '{' {
		return &BodyError{Host: r.Host, What: "something that is no JSON"}
	}
	r.GitHub = true
	return nil
}
