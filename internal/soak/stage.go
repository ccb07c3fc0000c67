package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/witness"
)

// The tokens of the soak: one that reads, one that writes, one of a second person. They
// open nothing but the simulator.
const (
	readToken    = "ghp_soakreadsoakreadsoakreadsoakreadsoak" //nolint:gosec // see above
	writeToken   = "ghp_soakwritesoakwritesoakwritesoakwrite" //nolint:gosec // see above
	approveToken = "ghp_soakapprovesoakapprovesoakapprovesoa" //nolint:gosec // see above
)

// stage is everything around the daemon.
type stage struct {
	cast
	o        options
	dir      string // of everything
	disk     string // of the store
	small    bool   // the store is on a disk of its own, which can be filled
	binary   string
	addr     string // where the daemon listens
	world    *githubsim.World
	sim      *githubsim.Server
	watch    *witness.Watch
	github   *httptest.Server
	gone     atomic.Bool                         // GitHub cannot be reached
	before   atomic.Pointer[func(*http.Request)] // is called before a request that may change something
	notices  *receivers
	config   []byte // in order
	baseline []byte
	undo     []func()
}

func newStage(ctx context.Context, o options) (s *stage, err error) {
	s = &stage{o: o}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.world, err = readWorld(o.world, time.Now().UTC().Truncate(time.Second)); err != nil {
		return s, err
	}
	if s.cast, err = castOf(s.world); err != nil {
		return s, err
	}
	if err := s.folders(); err != nil {
		return s, err
	}
	s.binary = o.binary
	if s.binary == "" {
		s.binary = filepath.Join(s.dir, "ajar")
		cmd := exec.CommandContext(ctx, "go", "build", "-tags", "crash", "-o", s.binary, "github.com/eb661601/ajar/cmd/ajar") //nolint:gosec // a path of ours
		text, err := cmd.CombinedOutput()
		if err != nil {
			return s, fmt.Errorf("building ajar: %w\n%s", err, text)
		}
	}
	s.sim = githubsim.New(s.world.Clone(), githubsim.Options{
		PrimaryLimit: githubsim.Unlimited, Writable: true, Seed: o.seed,
		Tokens: []githubsim.Token{
			{Value: readToken, Login: s.me, Scope: githubsim.OwnerScope}, {Value: writeToken, Login: s.me, Scope: githubsim.OwnerScope},
			{Value: approveToken, Login: s.approver, Scope: githubsim.OwnerScope},
		},
	})
	s.watch = witness.New(s.sim, 2, []string{s.protected}, nil)
	s.github = httptest.NewServer(http.HandlerFunc(s.answer))
	s.undo = append(s.undo, func() { s.github.CloseClientConnections(); s.github.Close() })
	s.notices = newReceivers()
	s.undo = append(s.undo, s.notices.close)
	if s.addr, err = freeAddress(ctx); err != nil {
		return s, err
	}
	s.config = s.configuration()
	return s, s.begin(ctx)
}

// folders makes the folder of everything, and the disk of the store.
func (s *stage) folders() (err error) {
	if s.dir = s.o.dir; s.dir != "" {
		err = os.Mkdir(s.dir, 0o700)
	} else if s.dir, err = os.MkdirTemp("", "ajar-soak-"); err == nil {
		s.undo = append(s.undo, func() { _ = os.RemoveAll(s.dir) }) // what is left of it does no harm
	}
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return err
	}
	s.disk = filepath.Join(s.dir, "disk")
	for _, dir := range []string{s.disk, filepath.Join(s.dir, "backup")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return fmt.Errorf("making a folder: %w", err)
		}
	}
	unmount, ok := smallDisk(s.disk)
	s.small = ok
	s.undo = append(s.undo, unmount)
	if ok && s.o.dir != "" { // what is to be kept is not to go with its disk
		s.undo = append(s.undo, func() {
			if err := os.CopyFS(s.path("kept"), os.DirFS(s.disk)); err != nil {
				fmt.Fprintf(s.o.out, "keeping the store: %v\n", err)
			}
		})
	}
	return nil
}

// answer is GitHub, or the silence of one that cannot be reached.
func (s *stage) answer(w http.ResponseWriter, r *http.Request) {
	if s.gone.Load() {
		panic(http.ErrAbortHandler)
	}
	if before := s.before.Load(); before != nil && witness.Changes(r) {
		(*before)(r)
	}
	s.watch.ServeHTTP(w, r)
}

func freeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

func (s *stage) configuration() []byte {
	return fmt.Appendf(nil, `[github]
organizations = [%q]
api_url = %q
[[github.read]]
token_env = "SOAK_READ"
[github.write]
token_env = "SOAK_WRITE"
[store]
url = "sqlite:disk/ajar.db"
[baseline]
paths = ["baseline.toml"]
[remediate]
mode = %q
auto_rules = ["access-beyond-baseline", "environment-admin-bypass", "environment-self-review", "workflow-token-write"]
grace = { snapshots = 1, age = "0s", notice = "0s" }
max_changes = 100000
max_fraction = 1.0
approvers = ["user:%s"]
protected = ["user:%s"]
[schedule]
audit = "@every %s"
jitter = "0"
digest = "@every 30s"
backup = "@every 60s"
[backup]
folder = "backup"
keep = 3
[server]
listen = %q
pprof = true
%s`, s.org, s.github.URL, s.o.mode, s.approver, s.protected, s.o.every, s.addr, s.notices.config())
}

// begin makes the baseline that accepts everything there is.
func (s *stage) begin(ctx context.Context) error {
	if err := os.WriteFile(s.path("config.toml"), s.config, 0o600); err != nil {
		return err
	}
	for _, words := range [][]string{{"init"}, {"audit", "--fail-on", "none"}} {
		if o := s.ajar(ctx, nil, words...); o.code != 0 {
			return fmt.Errorf("ajar %v: %v", words, o)
		}
	}
	var err error
	s.baseline, err = os.ReadFile(s.path("baseline.toml"))
	return err
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

func (s *stage) store() string { return filepath.Join(s.disk, "ajar.db") }

func (s *stage) close() {
	for i := len(s.undo) - 1; i >= 0; i-- {
		s.undo[i]()
	}
}

func (s *stage) env(more []string) []string {
	env := append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "AJAR_CONFIG=" + s.path("config.toml"), "SOAK_READ=" + readToken,
		"SOAK_WRITE=" + writeToken, "SOAK_SECRET=0123456789abcdef0123456789abcdef", "NO_COLOR=1", "TZ=UTC",
	}, more...)
	if s.o.unpaced {
		env = append(env, "AJAR_CRASH_UNPACED=1")
	}
	return env
}

// outcome is how a command ended.
type outcome struct {
	code      int // -1 where it was killed
	out, errs string
}

func (o outcome) String() string {
	return fmt.Sprintf("exit code %d, %s", o.code, bytes.TrimSpace([]byte(o.errs)))
}

// ajar runs a command to its end, or until the context's, which is kill -9.
func (s *stage) ajar(ctx context.Context, env []string, args ...string) outcome {
	cmd := exec.CommandContext(ctx, s.binary, args...) //nolint:gosec // what is soaked
	cmd.Dir, cmd.Env = s.dir, s.env(env)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	o := outcome{out: out.String(), errs: errs.String()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		o.code = exit.ExitCode()
	case err != nil:
		o.code, o.errs = -1, err.Error()
	}
	return o
}
