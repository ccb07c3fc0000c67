package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// token is what the measured program shows to the simulator.
const token = "ghp_benchbenchbenchbenchbenchbench" //nolint:gosec // the simulator takes it, and nobody else

// cost is what one run of the program took.
type cost struct {
	cpu  time.Duration // user and system, of the process alone
	wall time.Duration
	peak float64 // largest resident set, in MB
}

// rig runs the built program against a simulator in this process.
type rig struct {
	dir     string // of the binary, the stores and the baseline
	binary  string
	sim     *githubsim.Server
	address string
	stop    func()
	env     []string // for the program, beside what every run has
	gaps    bool     // exit code 3 is no error
}

// build makes the program that is measured: the real one, with the file of
// cmd/ajar that stands behind the build tag bench.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "ajar")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "bench", "-ldflags=-s -w", "-o", binary, "./cmd/ajar") //nolint:gosec // dir is a folder made here
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building ajar: %w\n%s", err, text)
	}
	return binary, nil
}

// serve generates an organization and answers for it on a port of this machine.
func serve(ctx context.Context, dir, binary string, size githubsim.Size, with githubsim.GenOptions) (*rig, error) {
	with.Seed, with.Now = 1, time.Now()
	w := githubsim.Generate(size, with)
	if err := os.WriteFile(filepath.Join(dir, "baseline.toml"), []byte(allowed(w.Orgs[0])), 0o600); err != nil {
		return nil, fmt.Errorf("writing the baseline: %w", err)
	}
	o := githubsim.Options{PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{{Value: token, Scope: githubsim.OwnerScope}}}
	sim := githubsim.New(w, o)
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the measured program: %w", err)
	}
	srv := &http.Server{Handler: sim, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(l) }()
	return &rig{dir: dir, binary: binary, sim: sim, address: "http://" + l.Addr().String(), stop: func() { _ = srv.Close() }}, nil
}

// tiers are the areas that are read once a day, because GitHub has no list of
// them: a call for each repository or environment. They are no part of the full
// read that the goals speak of, and are measured beside it.
const tiers = "repository-invitations,environment-secrets"

// audit runs an audit against the store that lies there, which begins one where
// none does.
func (r *rig) audit(ctx context.Context, args ...string) (cost, error) {
	return r.run(ctx, append([]string{"audit", "--fail-on", "none", "--baseline", filepath.Join(r.dir, "baseline.toml")}, args...)...)
}

// forget removes the store with all that lies beside it.
func (r *rig) forget() error {
	files, err := filepath.Glob(filepath.Join(r.dir, "ajar.db*"))
	for _, f := range files {
		err = errors.Join(err, os.RemoveAll(f))
	}
	if err != nil {
		return fmt.Errorf("removing the store: %w", err)
	}
	return nil
}

// run runs the program once and says what it took. A code other than 0 is an
// error: with --fail-on none it means that something could not be seen.
func (r *rig) run(ctx context.Context, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, r.binary, append(args, "--org", "acme", "--api-url", r.address, //nolint:gosec // the program was built here
		"--store", filepath.Join(r.dir, "ajar.db"), "--no-progress", "--quiet")...)
	cmd.Env = append(os.Environ(), "AJAR_GITHUB_TOKEN="+token, "AJAR_BENCH_UNPACED=1", "AJAR_BENCH_PEAK="+filepath.Join(r.dir, "peak"),
		"AJAR_CONFIG=", "HOME="+r.dir, "XDG_CONFIG_HOME="+r.dir)
	cmd.Env = append(cmd.Env, r.env...)
	cmd.Dir = r.dir
	out, err := os.Create(filepath.Join(r.dir, "report"))
	if err != nil {
		return cost{}, fmt.Errorf("making the report's file: %w", err)
	}
	defer func() { _ = out.Close() }()
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = out, &said
	start := time.Now()
	err = cmd.Run()
	took := time.Since(start)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && r.gaps && exit.ExitCode() == 3 {
		err = nil
	}
	if err != nil {
		return cost{}, fmt.Errorf("running ajar %s: %w\n%s", strings.Join(args, " "), err, said.String())
	}
	c := cost{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall: took}
	if c.peak, err = peak(filepath.Join(r.dir, "peak")); err != nil {
		return cost{}, err
	}
	return c, nil
}

// peak reads what the program left: its largest resident set, in MB.
func peak(path string) (float64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("reading how much memory the program took: %w", err)
	}
	kb, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return 0, fmt.Errorf("reading how much memory the program took: %w", err)
	}
	return kb / 1000, nil
}
