package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

func newDemo(a *app) *cobra.Command {
	var f serveFlags
	var living livingFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole job on an invented organization; no token, and nothing is asked of the network",
		Long: `Start a small GitHub inside this process, with an invented organization of about
forty people in it, and run the whole job on it: collect, audit, explain the
first of the worst findings, ask who can deploy, plan the way back, have it
approved, carry it out, audit again, and put everything back. Changes are a second
apart, as GitHub asks for, so it takes about a minute. Nothing leaves the machine,
and nothing is left behind.

With --listen (and --world FILE, for a world file of your own) it only serves
that GitHub until it is interrupted, to try ajar or anything else on. Times are
shifted so that the world's "now" is the start. Nothing can be changed in it but by
the token that --write-token-out asks for. What is planned with these tokens a second
person approves, with the token that --second-token-out asks for.

With --serve it keeps a daemon up on that organization, in which people come, go and
drift, until it is interrupted: its metrics, its state and its findings can be looked
at meanwhile. --listen is where the daemon listens then.`,
		Example: `  ajar demo
  ajar demo --listen 127.0.0.1:8080 --token-out token
  ajar demo --serve --every 10s
  ajar demo --world world.json --listen 127.0.0.1:8080 --token-out token
  ajar demo --listen 127.0.0.1:8080 --token-out token --write-token-out write --second-token-out second`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if living.serve {
				living.listen = cmp.Or(f.listen, demoServer)
				f.listen = ""
				if f != (serveFlags{}) {
					return withHint(usage("--serve makes an organization of its own"), "leave --world and the flags for tokens away")
				}
				return a.demoDaemon(cmd.Context(), living)
			}
			if cmd.Flags().Changed("every") || living.dir != "" {
				return withHint(usage("--every and --dir are for the daemon of the demo"), "add --serve")
			}
			if f != (serveFlags{}) {
				return a.serveWorld(cmd.Context(), f)
			}
			return a.demo(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&f.world, "world", "", "serve the world in `FILE` instead of the invented one")
	cmd.Flags().StringVar(&f.listen, "listen", "", "only serve, on `ADDR` such as 127.0.0.1:8080 (port 0: any free one); with --serve, where the daemon listens (127.0.0.1:9417)")
	cmd.Flags().StringVar(&f.tokenOut, "token-out", "", "write the token of an owner, who can read, to `FILE`")
	cmd.Flags().StringVar(&f.writeTokenOut, "write-token-out", "", "write another token, which can change things, to `FILE`")
	cmd.Flags().StringVar(&f.secondTokenOut, "second-token-out", "", "write the token of a second owner, who can read and approve, to `FILE`")
	cmd.Flags().BoolVar(&living.serve, "serve", false, "keep a daemon up on an organization that goes on, until it is interrupted")
	cmd.Flags().DurationVar(&living.every, "every", 10*time.Second, "with --serve, audit each `TIME`")
	cmd.Flags().StringVar(&living.dir, "dir", "", "with --serve, put its files in `DIR`, which must be new or empty, and leave them there")
	return cmd
}

// story is the demo while it runs.
type story struct {
	a      *app
	ctx    context.Context
	org    string
	dir    string
	server *served
	getenv func(string) string // of whoever types the next command
	steps  int
}

func (a *app) demo(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "ajar-demo-")
	if err != nil {
		return fmt.Errorf("making a folder for the demo: %w", err)
	}
	defer func() {
		if gone := os.RemoveAll(dir); gone != nil && err == nil {
			err = gone
		}
	}()
	world, now := githubsim.Demo(), a.now()
	world.ShiftTo(now)
	org := world.Orgs[0]
	server, err := listen(ctx, world, "127.0.0.1:0", a.now)
	if err != nil {
		return err
	}
	defer server.stop()
	getenv, err := a.stage(dir, org.Login, server, now)
	if err != nil {
		return err
	}
	s := &story{a: a, ctx: ctx, org: org.Login, dir: dir, server: server, getenv: getenv}
	s.tell(`%s is an organization that nobody works for: %d people, %d repositories,
%d teams. It lives in a small GitHub inside this process. No token of yours is
used and nothing leaves this machine. What ACME means to allow stands in a
baseline.toml; the rest is as it grew.`, org.Name, len(org.Members), len(org.Repos), len(org.Teams))
	err = s.run()
	if ctx.Err() != nil {
		a.exit(interrupted) // the command that was interrupted has said so
		return nil
	}
	if gone(a.out) {
		return syscall.EPIPE // what a step made of that is no mistake of its own
	}
	if err != nil {
		return err
	}
	s.tell(`
That was the whole way. Everything it wrote has been removed again. On your own
organization:

  export AJAR_GITHUB_TOKEN=...   # or add --auth gh
  %s audit --org YOUR-ORGANIZATION`, a.program)
	return nil
}

// stage writes the files of the demo and gives the environment its commands run
// in: nothing of the caller's configuration or tokens is in it.
func (a *app) stage(dir, org string, server *served, now time.Time) (func(string) string, error) {
	conf := fmt.Sprintf(demoConfig, org, server.url, demoApprover)
	files := map[string][]byte{"config.toml": []byte(conf), "baseline.toml": githubsim.DemoBaseline(now)}
	for name, data := range files {
		if err := writeFile(filepath.Join(dir, name), data, true); err != nil {
			return nil, err
		}
	}
	set := map[string]string{"AJAR_CONFIG": filepath.Join(dir, "config.toml"), "AJAR_GITHUB_TOKEN": server.owner, "AJAR_WRITE_TOKEN": server.writer}
	return func(name string) string {
		switch name {
		case "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "CI":
			return a.getenv(name) // how the terminal is, and no more
		}
		return set[name]
	}, nil
}

// run is the story itself. It ends early where its reader goes away.
func (s *story) run() error {
	db := filepath.Join(s.dir, "ajar.db")
	if err := s.step("Take a snapshot: who can do what, and how much of it could be seen", clean, "collect"); err != nil {
		return err
	}
	if err := s.step("Judge it against the baseline, the worst first", found, "audit", "--offline"); err != nil {
		return err
	}
	worst, err := s.worst(db)
	if err != nil {
		return err
	}
	if err := s.step("Have the first of them explained, as a colleague would", clean, "findings", "show", worst.Fingerprint[:8]); err != nil {
		return err
	}
	env := "env:" + s.org + "/control-plane/production"
	if err := s.step("Ask who can get code into production, and by which path", clean, "who-can", "deploy", env); err != nil {
		return err
	}
	if err := s.step("Plan a piece of the way back to the baseline; a dry run", found, "plan", "--only", "rule=expired-assignment"); err != nil {
		return err
	}
	if err := s.step("Plan all of it, and keep the plan", found, "plan", "--out", s.file("plan.json")); err != nil {
		return err
	}
	return s.carryOut(db)
}

// file is a path in the folder of the demo.
func (s *story) file(name string) string { return filepath.Join(s.dir, name) }

// step runs one command as its own process would, and prints it first.
func (s *story) step(title string, want status, args ...string) error {
	s.heading(title, report.Command(args...))
	got := s.command(s.a, args...)
	if gone(s.a.out) {
		return syscall.EPIPE
	}
	if got != want {
		return fmt.Errorf("the demo's %q ended with exit code %d, not %d: this is a mistake in ajar, please report it", strings.Join(args, " "), got, want)
	}
	return nil
}

// heading begins a step: what it is for, and the command as one would type it.
func (s *story) heading(title, command string) {
	s.steps++
	line := fmt.Sprintf("── %d ── %s ", s.steps, title)
	s.tell("\n%s%s\n\n$ %s %s\n", line, strings.Repeat("─", max(3, 78-len([]rune(line)))), s.a.program, command)
}

// command runs ajar within ajar, to the streams of a.
func (s *story) command(a *app, args ...string) status {
	full := append([]string{"ajar"}, args...)
	if s.a.flags.noColor {
		full = append(full, "--no-color")
	}
	if s.a.flags.noProgress {
		full = append(full, "--no-progress")
	}
	return status(run(s.ctx, full, a.in, a.out, a.errs, s.getenv))
}

func (s *story) tell(format string, args ...any) { fmt.Fprintf(s.a.out, format+"\n", args...) }

// worst picks the finding to explain: the open one that an audit lists first.
func (s *story) worst(db string) (access.Finding, error) {
	all, err := s.findings(db)
	if err != nil {
		return access.Finding{}, err
	}
	open := slices.DeleteFunc(all, func(f access.Finding) bool { return f.State != access.Open })
	if len(open) == 0 {
		return access.Finding{}, fmt.Errorf("the demo has no open finding: this is a mistake in ajar, please report it")
	}
	return slices.MinFunc(open, func(x, y access.Finding) int { // as tables list them
		return cmp.Or(access.Pressing(&x, &y), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Title, y.Title))
	}), nil
}

// findings are those of the newest audit, the worst first.
func (s *story) findings(db string) ([]access.Finding, error) {
	st, err := store.Open(s.ctx, db, store.Options{ReadOnly: true, Now: s.a.now})
	if err != nil {
		return nil, err
	}
	defer s.a.closing(st)
	return st.Findings(s.ctx, s.org, store.Filter{})
}
