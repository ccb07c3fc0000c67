package serve

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"
)

// admits reports whether a request may be answered at all: everybody's who reaches an
// address, unless there is a proxy in front; then the proxies', and this machine's.
func (s *Server) admits(r *http.Request) bool {
	if s.o.Proxies == nil || r.Context().Value(local{}) != nil {
		return true
	}
	peer, ok := peerOf(r)
	return ok && (peer.IsLoopback() || slices.ContainsFunc(s.o.Proxies, func(p netip.Prefix) bool { return p.Contains(peer) }))
}

// nearby reports whether somebody on this machine asks, and not a proxy on it, or a
// page in a browser on it that has another name for this address.
func (s *Server) nearby(r *http.Request) bool {
	if r.Context().Value(local{}) != nil {
		return true
	}
	peer, ok := peerOf(r)
	if !ok || !peer.IsLoopback() || s.o.Proxies != nil || forwarded(r) {
		return false
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip, err := netip.ParseAddr(trimBrackets(host))
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// forwarded reports whether somebody passed the request on.
func forwarded(r *http.Request) bool {
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(h) != "" {
			return true
		}
	}
	return r.Header.Get("Origin") != ""
}

func trimBrackets(host string) string {
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}

func peerOf(r *http.Request) (netip.Addr, bool) {
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	return p.Addr().Unmap().WithZone(""), err == nil
}

// nearby answers who is on this machine, and nobody else.
func nearby(s *Server, do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.nearby(r) {
			answer(w, http.StatusForbidden, map[string]string{"error": "on the machine of the daemon alone"})
			return
		}
		w.Header().Del("Content-Security-Policy")
		do(w, r)
	}
}

// limited is a listener that has so many connections open at most: who comes then
// waits.
func limited(l net.Listener, most int) net.Listener {
	return &limitedListener{Listener: l, room: make(chan struct{}, most), done: make(chan struct{})}
}

type limitedListener struct {
	net.Listener
	room chan struct{}
	done chan struct{}
	once sync.Once
}

// Accept waits for room, then for somebody.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.room
		return nil, err
	}
	return &limitedConn{Conn: c, room: l.room}, nil
}

// Close stops listening.
func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	room chan struct{}
	once sync.Once
}

// Close makes room.
func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { <-c.room })
	return err
}

// look is how often the files of a certificate are looked at.
const look = 10 * time.Second

// renewing is a configuration of TLS whose certificate is read again when it
// changes. One that cannot be read then leaves the former one in use.
func renewing(certFile, keyFile string, log *slog.Logger) (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of [server]: %w", err)
	}
	r := &renewal{certFile: certFile, keyFile: keyFile, log: log, cert: &cert, looked: time.Now(), was: changed(certFile, keyFile)}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: r.get}, nil
}

type renewal struct {
	certFile, keyFile string
	log               *slog.Logger

	mu     sync.Mutex
	cert   *tls.Certificate
	looked time.Time
	was    [2]time.Time
}

func (r *renewal) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.looked) < look {
		return r.cert, nil
	}
	r.looked = time.Now()
	is := changed(r.certFile, r.keyFile)
	if is == r.was {
		return r.cert, nil
	}
	cert, err := tls.LoadX509KeyPair(r.certFile, r.keyFile)
	if err != nil {
		r.log.Warn("the new certificate is not taken; the former one stays in use", "err", err)
		return r.cert, nil
	}
	r.cert, r.was = &cert, is
	r.log.Info("the certificate was read again", "path", r.certFile)
	return r.cert, nil
}

// changed are the times at which two files changed last.
func changed(a, b string) (out [2]time.Time) {
	for i, path := range []string{a, b} {
		if info, err := os.Stat(path); err == nil {
			out[i] = info.ModTime()
		}
	}
	return out
}
