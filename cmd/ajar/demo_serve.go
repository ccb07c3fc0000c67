package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/clock"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/serve"
)

// livingFlags ask for a daemon on an organization that goes on.
type livingFlags struct {
	serve  bool
	listen string
	every  time.Duration
	dir    string
	seed   uint64
}

// demoServer is where the daemon of the demo listens unless it is told.
const demoServer = "127.0.0.1:9417"

// demoDaemon keeps a living organization going, with a daemon on it, until the
// context ends.
func (a *app) demoDaemon(ctx context.Context, f livingFlags) (err error) {
	if f.every < time.Second || f.every%time.Second != 0 {
		return withHint(usage("--every %s is not so many whole seconds", f.every), "--every 10s")
	}
	dir, gone, err := demoFolder(f.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gone()) }()
	world, now := githubsim.Demo(), a.now()
	world.ShiftTo(now)
	org := world.Orgs[0].Login
	if f.seed == 0 {
		f.seed = rand.Uint64() //nolint:gosec // which life it lives is no secret
	}
	life := githubsim.NewLiving(world, org, f.seed)
	github, err := listen(ctx, world, "127.0.0.1:0", a.now)
	if err != nil {
		return err
	}
	defer github.stop()
	if err := stageDaemon(dir, org, github, now); err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	b := &app{in: a.in, out: a.out, errs: a.errs, now: a.now, clock: clock.New(a.now, nil), program: a.program, flags: a.flags, getenv: func(name string) string {
		return map[string]string{"NO_COLOR": a.getenv("NO_COLOR"), "TERM": a.getenv("TERM"), "COLUMNS": a.getenv("COLUMNS"), "GOGC": a.getenv("GOGC")}[name]
	}}
	b.flags.config, b.flags.orgs, b.flags.store, b.flags.baseline, b.flags.apiURL, b.flags.auth = filepath.Join(dir, "config.toml"), nil, "", nil, "", ""
	ready := make(chan *serve.Server, 1)
	ended := make(chan error, 1)
	go func() { ended <- b.serve(ctx, daemonFlags{listen: f.listen, every: f.every, ready: ready}) }()
	select {
	case err := <-ended:
		return err
	case srv := <-ready:
		a.tellDaemon(srv, dir, org, f)
	}
	return a.live(ctx, github, life, f.every, ended)
}

// demoFolder is where the demo's files are: a folder that goes with it, or one that
// is named, new or empty, and stays.
func demoFolder(named string) (dir string, gone func() error, err error) {
	if named == "" {
		if dir, err = os.MkdirTemp("", "ajar-demo-"); err != nil {
			return "", nil, fmt.Errorf("making a folder for the demo: %w", err)
		}
		return dir, func() error { return os.RemoveAll(dir) }, nil
	}
	if err := os.MkdirAll(named, 0o700); err != nil {
		return "", nil, fmt.Errorf("making a folder for the demo: %w", err)
	}
	if all, err := os.ReadDir(named); err != nil || len(all) > 0 {
		return "", nil, errors.Join(err, withHint(usage("%s is not empty", named), "name a folder that is new or empty"))
	}
	dir, err = filepath.Abs(named)
	return dir, func() error { return nil }, err
}

// stageDaemon writes what the daemon reads.
func stageDaemon(dir, org string, github *served, now time.Time) error {
	conf := fmt.Sprintf(demoConfig, org, github.url, demoApprover)
	for from, to := range map[string]string{ //nolint:gosec // where tokens are, and none of them
		`token_env = "AJAR_GITHUB_TOKEN"`: `token_file = "read-token"`,
		`token_env = "AJAR_WRITE_TOKEN"`:  `token_file = "write-token"`,
		`mode = "approve"`:                "mode = \"auto\"\nauto_rules = [\"expired-assignment\"]",
	} {
		conf = strings.Replace(conf, from, to, 1)
	}
	for name, text := range map[string]string{
		"config.toml": conf, "baseline.toml": string(githubsim.DemoBaseline(now)), "read-token": github.owner + "\n", "write-token": github.writer + "\n",
	} {
		if err := writeFile(filepath.Join(dir, name), []byte(text), true); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) tellDaemon(srv *serve.Server, dir, org string, f livingFlags) {
	fmt.Fprintf(a.out, `%s lives in a small GitHub inside this process, and a daemon audits it each %s.

  metrics   %s://%s/metrics
  health    %s://%s/readyz
  state     %s status --config %s
  findings  %s findings --config %s

Ctrl-C ends it%s. What happens:

`, org, f.every, srv.Scheme(), srv.MetricsAddr(), srv.Scheme(), srv.Addr(), a.program, filepath.Join(dir, "config.toml"),
		a.program, filepath.Join(dir, "config.toml"), map[bool]string{true: ", and removes every file again", false: ""}[f.dir == ""])
}

// live lets things happen, about two between two audits, and tells them.
func (a *app) live(ctx context.Context, github *served, life *githubsim.Living, every time.Duration, ended <-chan error) error {
	t := time.NewTicker(max(every/2, time.Second))
	defer t.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case err := <-github.failed:
			return fmt.Errorf("serving the simulated GitHub: %w", err)
		case <-t.C:
			var e githubsim.Edit
			github.sim.Mutate(func(w *githubsim.World) { e = life.Step(w, a.now().UTC()) })
			if e.What != "" && ctx.Err() == nil {
				fmt.Fprintf(a.out, "%s  %s\n", a.now().UTC().Format("15:04:05"), report.Visible(e.What))
			}
		}
	}
}
