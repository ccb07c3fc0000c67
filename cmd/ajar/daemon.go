package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/metrics"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/serve"
	"github.com/eb661601/ajar/internal/store"
)

type daemonFlags struct {
	once     bool
	readOnly bool
	accept   string
	listen   string
	failOn   string

	// The demo's own: an audit each so long, shorter than a configuration may say, and
	// who waits for the listeners.
	every time.Duration
	ready chan<- *serve.Server
}

func newServe(a *app) *cobra.Command {
	var f daemonFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon: audits on schedule, metrics, notices",
		Long: `Audit the configured organizations on schedule, one after the other, and show how
they stand to Prometheus. What is due is told by what the store holds, so a restart
neither skips nor repeats. The configuration and the baseline are read again when
they change, or on SIGHUP; a mistake in them leaves the last valid ones in force.

Nothing is changed at GitHub unless [remediate] mode says so: in "approve" the
daemon settles what an interrupted run left in doubt, and plans are carried out by
people alone; in "auto" it carries out by itself what answers to auto_rules and can
be undone in full. --read-only never loads the credential for changes.

/metrics, /healthz and /readyz are answered on [server] listen, and "ajar status"
asks the daemon over a socket beside the store. SIGTERM or Ctrl-C ends it in order,
within half a minute. docs/serving.md tells the whole.`,
		Example: `  ajar serve
  ajar serve --config /etc/ajar/config.toml --read-only
  ajar serve --once                 # from cron or in CI: what is due, and no more
  ajar serve --listen 127.0.0.1:0   # any free port`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("log-level") {
				a.flags.logLevel = "info"
				if f.once {
					a.flags.logLevel = "warn"
				}
			}
			return a.serve(cmd.Context(), f)
		},
	}
	cmd.Flags().BoolVar(&f.once, "once", false, "run what is due, show how things stand, and end, with the exit code of an audit")
	cmd.Flags().BoolVar(&f.readOnly, "read-only", false, "never load the credential for changes, whatever the mode is")
	cmd.Flags().StringVar(&f.accept, "accept-rollback", "", "accept a store that was put back from a backup, for this `REASON`, once every organization was collected anew")
	cmd.Flags().StringVar(&f.listen, "listen", "", "listen on `ADDR` instead of [server] listen; port 0 takes any free one")
	cmd.Flags().StringVar(&f.failOn, "fail-on", "none", "with --once, exit with 2 where a finding of this `SEVERITY` or above is open")
	return cmd
}

// service is the daemon with its work.
type service struct {
	a     *app
	f     daemonFlags
	ctx   context.Context // for as long as the daemon lives
	log   *slog.Logger
	path  string // of the store
	store *holder
	meter *metrics.Registry
	d     *serve.Daemon
	cfg   atomic.Pointer[config.Config]

	now   atomic.Pointer[shift]
	turns turns            // of the worker alone
	shown map[string]int64 // the snapshot that is shown of each organization; of the worker alone

	entries int64           // of the journal, when it was last looked at; -1: never; of the worker alone
	own     map[string]bool // runs of this daemon since then; of the worker alone

	mu           sync.Mutex
	answered     map[string]time.Time // when the audit had ended that the last remediation answered to, by organization
	nextNotice   time.Time            // when a message is due; zero: none waits
	noticesKnown bool                 // whether that is so
}

// serve runs the daemon until the context ends.
func (a *app) serve(ctx context.Context, f daemonFlags) error {
	if _, err := access.ParseSeverity(cmp.Or(f.failOn, "none")); err != nil {
		return withHint(usage("--fail-on %q is not a severity", f.failOn), "one of none, info, low, medium, high, critical")
	}
	defer func() { a.heard = nil }() // what ends it is said as every command says it
	s, lock, err := a.service(ctx, f)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }() // ends with the process in any case
	defer s.store.end()
	if f.once {
		return s.once(ctx)
	}
	return s.run(ctx)
}

// service takes the daemon's lock, opens the store once, and makes the daemon.
func (a *app) service(ctx context.Context, f daemonFlags) (*service, io.Closer, error) {
	log, err := a.log()
	if err != nil {
		return nil, nil, err
	}
	c, err := a.config()
	if err != nil {
		return nil, nil, err
	}
	path, err := filepath.Abs(a.storePath(c))
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, nil, fmt.Errorf("making the folder of the store: %w", err)
	}
	lock, err := store.LockDaemon(path)
	if errors.Is(err, store.ErrServed) {
		return nil, nil, withHint(err, "%s status asks it", a.program)
	}
	if err != nil {
		return nil, nil, err
	}
	s := &service{
		a: a, f: f, ctx: ctx, log: log, path: path, turns: turns{}, answered: map[string]time.Time{}, shown: map[string]int64{},
		own: map[string]bool{}, entries: -1,
	}
	a.heard = func(line string) {
		if rest, isWarning := strings.CutPrefix(line, "warning: "); isWarning {
			log.Warn(rest)
			return
		}
		log.Info(line)
	}
	s.store = &holder{s: s, gate: make(chan struct{}, 1), journal: make(chan struct{}, 1)}
	s.meter = metrics.New(s.known(c))
	s.cfg.Store(c)
	err = s.store.use(ctx, func(*store.Store) error { return nil }) // what is wrong with it is said before anything runs
	if err == nil {
		err = s.make(ctx)
	}
	if err != nil {
		return nil, nil, errors.Join(err, lock.Close())
	}
	return s, lock, nil
}

// make makes the daemon.
func (s *service) make(ctx context.Context) (err error) {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		s.log.Warn("the watchdog is not fed", "err", err)
	}
	again := make(chan struct{}, 1)
	hups := make(chan os.Signal, 1)
	signal.Notify(hups, syscall.SIGHUP)
	context.AfterFunc(ctx, func() { signal.Stop(hups); close(hups) })
	go func() {
		for range hups {
			select {
			case again <- struct{}{}:
			default:
			}
		}
	}()
	s.a.waiting, s.a.wires = s.waiting, &wires{}
	s.d, err = serve.New(ctx, serve.Options{
		Load: s.load, Ledger: s.store, Now: s.a.now, Log: s.log, Meter: meter{s.meter}, Reload: again, Watchdog: every, Tick: s.tick,
		Notify: func(state string) {
			if _, err := daemon.SdNotify(false, state); err != nil {
				s.log.Debug("telling systemd", "err", err)
			}
		},
		Fixed: serve.Status{Version: buildVersion().Version, PID: os.Getpid(), Store: s.path, ReadOnly: s.f.readOnly},
	})
	return err
}

// waiting hears that GitHub makes a pass wait.
func (s *service) waiting(why string, until time.Time) {
	s.d.Beat()
	s.d.Waits(fmt.Sprintf("%s until %s", why, until.UTC().Format(time.RFC3339)))
}

// run serves.
func (s *service) run(ctx context.Context) error {
	c := s.cfg.Load()
	listen := c.Server.Listen
	if s.f.listen != "" {
		listen = s.f.listen
		if !config.Loopback(listen) && c.Server.CertFile == "" && !c.Server.BehindProxy {
			return withHint(usage("--listen %q is reached from other machines, in the open", listen), "[server] cert_file and key_file, or behind_proxy and trusted_proxies")
		}
	}
	o := serve.ServerOptions{
		Listen: listen, Metrics: c.Server.Metrics, Socket: store.Real(s.path) + ".sock", CertFile: c.Server.CertFile, KeyFile: c.Server.KeyFile, Pprof: c.Server.Pprof,
		Status: s.d.Status, Scrape: s.meter.Handler(), Log: s.log,
	}
	if c.Server.BehindProxy {
		o.Proxies = c.Server.TrustedProxies
	}
	srv, err := serve.Serve(ctx, o)
	if err != nil {
		return withHint(err, "[server] listen, or --listen, says where")
	}
	defer func() {
		ended, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		srv.Close(ended)
	}()
	s.log.Info("serving", "address", srv.Scheme()+"://"+srv.Addr(), "metrics", srv.MetricsAddr(), "store", s.path, "version", buildVersion().Version,
		"mode", c.Remediate.Mode, "read_only", s.f.readOnly)
	if s.f.ready != nil {
		s.f.ready <- srv
	}
	err = s.d.Run(ctx)
	s.log.Info("stopped")
	return err
}

// once runs what is due, and shows how things stand.
func (s *service) once(ctx context.Context) error {
	passes, err := s.d.Once(ctx)
	if err != nil {
		return err
	}
	for _, p := range passes {
		switch p.Result {
		case serve.Interrupted:
			s.a.exit(interrupted)
		case serve.Failed:
			s.a.exit(failed)
			s.a.heard = nil
			s.a.say("%s", p.Reason)
		}
	}
	s.tick(ctx)
	s.a.heard = nil
	st := s.d.Status()
	return s.a.show(report.Status{Status: st, From: s.path})
}

// meter says results in the words of the metrics.
type meter struct{ r *metrics.Registry }

// Pass counts a pass.
func (m meter) Pass(org, kind, result string, took time.Duration, at time.Time) {
	words := map[serve.Result]string{serve.OK: metrics.Success, serve.Incomplete: metrics.Incomplete, serve.Failed: metrics.Failure, serve.Interrupted: metrics.Interrupted}
	m.r.Pass(org, kind, words[serve.Result(result)], took, at)
}

// Reloaded counts a reload.
func (m meter) Reloaded(ok bool, at time.Time) { m.r.Reloaded(ok, at) }

// Due tells how late a job began.
func (m meter) Due(job string, late time.Duration) { m.r.Due(job, late) }
