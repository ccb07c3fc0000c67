package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/eb661601/ajar/internal/config"
)

// ErrAddress says that a receiver is where none may be.
var ErrAddress = errors.New("its address is not a public one, and [notify] allow_addresses does not list it")

// gate decides which addresses may be called: after the name was looked up, at the very
// moment of the connection, so that no answer of a name server gets around it.
type gate struct{ allowed []netip.Prefix }

func newGate(list []string) (gate, error) {
	var g gate
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, errOne := netip.ParseAddr(s)
			if errOne != nil {
				return g, fmt.Errorf("[notify] allow_addresses: %q is no address and no network", s)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		g.allowed = append(g.allowed, p.Masked())
	}
	return g, nil
}

// listed reports whether the configuration allows an address though it is not public.
func (g gate) listed(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range g.allowed {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// open reports whether an address may be called.
func (g gate) open(a netip.Addr) bool { return g.listed(a) || public(a) }

// notPublic are the networks of the IANA special-purpose registries that a receiver has
// no business in, beside those that [netip.Addr] knows by itself: loopback, private,
// link-local, multicast and the unspecified address. Whatever carries an IPv4 address
// inside an IPv6 one is among them: it would say one address and mean another.
var notPublic = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "168.63.129.16/32", // the last: Azure's metadata and DNS
	"::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
	"2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// public reports whether an address is one of the open internet.
func public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" || a.Is4In6() || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// dialer connects to allowed addresses alone. Where encrypted is not set, the
// connection goes in the open, and only to an address that is listed.
func (g gate) dialer(encrypted bool) *net.Dialer {
	return &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return ErrAddress
		}
		if !g.open(at.Addr()) {
			return ErrAddress
		}
		if !encrypted && !g.listed(at.Addr()) {
			return errors.New("it would be called without TLS, which only addresses of [notify] allow_addresses are")
		}
		return nil
	}}
}

// authorities are those of the system, and those of a file.
func authorities(file string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if file == "" {
		return c, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading ca_file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file %s holds no certificate", file)
	}
	c.RootCAs = pool
	return c, nil
}

// caller sends requests to one address, which may be a secret and is never told.
type caller struct {
	client *http.Client
	url    config.Secret
	agent  string
}

func newCaller(c config.Channel, o Options) (*caller, error) {
	address, err := c.Address(o.Getenv)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("its address is not a URL (not shown): https://HOST/PATH")
	}
	if u.User != nil {
		return nil, errors.New("its address has a user name or a password in it (not shown), which Go prints in errors: leave them out")
	}
	g, err := newGate(o.Config.AllowAddresses)
	if err != nil {
		return nil, err
	}
	t, err := authorities(c.CAFile)
	if err != nil {
		return nil, err
	}
	return &caller{
		url: address, agent: "ajar/" + o.Version,
		client: &http.Client{
			Transport: &http.Transport{
				DialContext: g.dialer(u.Scheme == "https").DialContext, TLSClientConfig: t, TLSHandshakeTimeout: 10 * time.Second,
				ResponseHeaderTimeout: patience, MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true, ForceAttemptHTTP2: true,
				// No proxy: it would do the looking up, and the gate would judge the proxy.
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 64 << 10

// post sends a body to the address, with more of a path behind it. What came back is of
// no interest but for its status.
func (c *caller) post(ctx context.Context, path string, header http.Header, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.url.Reveal(), "/")+path, strings.NewReader(string(body)))
	if err != nil {
		return errors.New("its address is not one that can be called (not shown)")
	}
	r.Header = header.Clone()
	r.Header.Set("User-Agent", c.agent)
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := c.client.Do(r)
	if err != nil {
		return unanswered(err)
	}
	defer func() { _ = res.Body.Close() }()                         // it was read
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer)) // what is missing of it changes nothing
	return answered(res)
}

// answered says what an answer that is no success means.
func answered(res *http.Response) error {
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return nil
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return fmt.Errorf("it answered %d, a redirect, which is not followed: write the address where it leads", res.StatusCode)
	}
	err := fmt.Errorf("it answered %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	if s, bad := strconv.Atoi(res.Header.Get("Retry-After")); bad == nil && s > 0 {
		return &RetryError{After: time.Duration(min(s, 86400)) * time.Second, Err: err}
	}
	return err
}

// hidden takes the address, which may be a secret, out of an error of the client.
func hidden(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var n *net.OpError
	switch {
	case errors.Is(err, ErrAddress):
		return ErrAddress
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("it did not answer within %s", patience)
	case errors.As(err, &n) && n.Err != nil:
		return fmt.Errorf("it cannot be reached: %w", n.Err)
	}
	return err
}

// errNoHTTP stands in the place of what cannot be read as an answer. That is not shown:
// a receiver may repeat what it was sent, and the address and the headers are secrets.
var errNoHTTP = errors.New("what it answered is not HTTP, or leads nowhere (not shown: it may repeat the address)")

// unanswered says why a request came to nothing, by a list of what is known to hold
// nothing that the receiver wrote.
func unanswered(err error) error {
	var n *net.OpError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, ErrAddress), errors.As(err, &n):
		return hidden(err)
	case errors.As(err, &cert):
		return cert
	case errors.As(err, &record):
		return errors.New("what it speaks is not TLS")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ended the connection without an answer")
	}
	if t, ok := errors.AsType[net.Error](errors.Unwrap(err)); ok && t.Timeout() {
		return fmt.Errorf("it did not answer within %s", patience)
	}
	return errNoHTTP
}
