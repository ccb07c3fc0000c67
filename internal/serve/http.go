package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof" // on a mux of its own, and only where it is switched on
	"net/netip"
	"os"
	"sync"
	"time"
)

// ServerOptions say where and how a daemon listens.
type ServerOptions struct {
	Listen   string         // HOST:PORT; port 0 takes any
	Metrics  string         // HOST:PORT for metrics and health alone; "" = with the rest
	Socket   string         // path of a Unix socket; "" = none
	CertFile string         // PEM; "" = no TLS
	KeyFile  string         // PEM
	Proxies  []netip.Prefix // behind a proxy: nobody else is answered; nil: no proxy
	Pprof    bool           // for loopback peers

	Status  func() Status // from memory
	Scrape  http.Handler  // /metrics, from memory
	Log     *slog.Logger
	MaxOpen int // connections of a listener at once; 0: 256
}

// The limits of a request, and of a connection.
const (
	headerTime  = 5 * time.Second
	bodyTime    = 15 * time.Second
	answerTime  = 60 * time.Second // a scrape by a slow peer
	idleTime    = 60 * time.Second
	headerBytes = 32 << 10
	openAtOnce  = 256
)

// Server is the listeners of a daemon.
type Server struct {
	o       ServerOptions
	addr    string // of the listeners, as they were bound
	metrics string
	socket  string
	servers []*http.Server
	all     sync.WaitGroup
}

// Serve binds the listeners and answers on them. Where one cannot be bound, none is
// left. A socket that cannot be made is a warning: the addresses do as well.
func Serve(ctx context.Context, o ServerOptions) (*Server, error) {
	if o.MaxOpen == 0 {
		o.MaxOpen = openAtOnce
	}
	s := &Server{o: o}
	var err error
	if s.addr, err = s.tcp(ctx, o.Listen, s.routes(o.Metrics == "", true)); err == nil && o.Metrics != "" {
		s.metrics, err = s.tcp(ctx, o.Metrics, s.routes(true, false))
	}
	if err != nil {
		s.Close(ctx)
		return nil, err
	}
	if o.Socket != "" {
		if err := s.unix(ctx, o.Socket); err != nil {
			o.Log.Warn("there is no socket beside the store; ajar status asks the address", "err", err)
		}
	}
	return s, nil
}

// Addr is where the daemon listens.
func (s *Server) Addr() string { return s.addr }

// Scheme is http, or https where it speaks TLS.
func (s *Server) Scheme() string {
	if s.o.CertFile != "" {
		return "https"
	}
	return "http"
}

// MetricsAddr is where /metrics is answered.
func (s *Server) MetricsAddr() string {
	if s.metrics != "" {
		return s.metrics
	}
	return s.addr
}

func (s *Server) tcp(ctx context.Context, addr string, h http.Handler) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("listening: %w", err)
	}
	bound := l.Addr().String()
	l = limited(l, s.o.MaxOpen)
	srv := s.server(h)
	if s.o.CertFile != "" {
		if srv.TLSConfig, err = renewing(s.o.CertFile, s.o.KeyFile, s.o.Log); err != nil {
			return "", errors.Join(err, l.Close())
		}
	}
	s.run(func() error {
		if srv.TLSConfig != nil {
			return srv.ServeTLS(l, "", "")
		}
		return srv.Serve(l)
	})
	return bound, nil
}

// unix serves the socket that `ajar status` asks. The caller holds the daemon's
// lock, so a socket in its place was left behind. What is none is somebody's.
func (s *Server) unix(ctx context.Context, path string) error {
	if was, err := os.Lstat(path); err == nil && was.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("%s is no socket, and is left as it is", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil { // until then others cannot write to it, and so not connect
		return errors.Join(err, l.Close())
	}
	s.socket = path
	srv := s.server(s.routes(true, true))
	srv.ConnContext = func(ctx context.Context, _ net.Conn) context.Context { return context.WithValue(ctx, local{}, true) }
	s.run(func() error { return srv.Serve(limited(l, s.o.MaxOpen)) })
	return nil
}

// local marks a request that came over the socket.
type local struct{}

func (s *Server) server(h http.Handler) *http.Server {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(s.o.Log.Handler(), slog.LevelWarn),
	}
	s.servers = append(s.servers, srv)
	return srv
}

func (s *Server) run(serve func() error) {
	s.all.Go(func() {
		if err := serve(); !errors.Is(err, http.ErrServerClosed) {
			s.o.Log.Error("a listener ended", "err", err)
		}
	})
}

// Close stops listening, and waits until the context ends for those who are being
// answered.
func (s *Server) Close(ctx context.Context) {
	for _, srv := range s.servers {
		if err := srv.Shutdown(ctx); err != nil {
			_ = srv.Close() // who was not answered by now is not
		}
	}
	s.all.Wait()
	if s.socket != "" {
		_ = os.Remove(s.socket) // the listener's own end removes it too
	}
}

// routes are the open routes, an exact list. Everything is answered from memory.
func (s *Server) routes(scrape, whole bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("/readyz", s.ready)
	if scrape && s.o.Scrape != nil {
		mux.Handle("/metrics", s.o.Scrape)
	}
	if whole {
		mux.HandleFunc("/status", s.status)
	}
	if whole && s.o.Pprof {
		mux.HandleFunc("/debug/pprof/", nearby(s, pprof.Index))
		mux.HandleFunc("/debug/pprof/profile", nearby(s, pprof.Profile))
		mux.HandleFunc("/debug/pprof/trace", nearby(s, pprof.Trace))
		mux.HandleFunc("/debug/pprof/symbol", nearby(s, pprof.Symbol))
	}
	return s.guarded(mux)
}

// guarded sets the headers that every answer has, and turns away who may not ask.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		switch {
		case !s.admits(r):
			answer(w, http.StatusForbidden, map[string]string{"error": "not one of trusted_proxies"})
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			answer(w, http.StatusMethodNotAllowed, map[string]string{"error": "only GET and HEAD"})
		default:
			r.Body = http.MaxBytesReader(w, r.Body, 1) // nothing here reads one
			next.ServeHTTP(w, r)
		}
	})
}

// ready tells whether the daemon is as it should be. Why it is not is told on this
// machine alone: it names organizations and files.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	st := s.o.Status()
	code := http.StatusOK
	if !st.Ready {
		code = http.StatusServiceUnavailable
	}
	checks := []Check{}
	for _, c := range st.Reasons {
		if !s.nearby(r) {
			c.Why = ""
		}
		checks = append(checks, c)
	}
	answer(w, code, struct {
		Ready  bool    `json:"ready"`
		State  State   `json:"state"`
		Checks []Check `json:"checks"`
	}{st.Ready, st.State, checks})
}

// status tells everything, on this machine alone.
func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	if !s.nearby(r) {
		answer(w, http.StatusForbidden, map[string]string{"error": "the state is told on the machine of the daemon alone: ajar status"})
		return
	}
	answer(w, http.StatusOK, s.o.Status())
}

func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // who asked is gone, or has it
}
