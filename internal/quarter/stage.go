package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/witness"
)

// The tokens of those who take part. They open nothing but the simulator.
const (
	readToken    = "ghp_quarterreadquarterreadquarterreadqua" //nolint:gosec // see above
	writeToken   = "ghp_quarterwritequarterwritequarterwrite" //nolint:gosec // see above
	operateToken = "ghp_quarteroperatequarteroperatequartero"
	approveToken = "ghp_quarterapprovequarterapprovequartera" //nolint:gosec // see above
)

// The quarter, and when ajar was begun before it.
var (
	first = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	last  = first.AddDate(0, 3, 0)
	begun = first.AddDate(0, 0, -3).Add(9 * time.Hour)
)

// options say what is lived through.
type options struct {
	dir    string   // of everything
	world  string   // file; "" = an invented organization
	orgs   []string // logins of those of it that are used; none: all
	every  time.Duration
	seed   uint64
	binary string // built with the tag crash; "" = it is built
	log    io.Writer
}

// cast are who takes part: the account of ajar, who plans and applies, and who approves.
type cast struct{ bot, operator, approver string }

// quarter is organizations on a simulated GitHub, and the program that looks after them.
type quarter struct {
	cast
	o       options
	dir     string
	binary  string
	orgs    []string // all of them
	busy    []string // those with repositories, the largest first
	sim     *githubsim.Server
	github  *httptest.Server
	gone    atomic.Bool  // GitHub cannot be reached
	left    atomic.Int64 // where it is positive: the requests before that
	sink    *httptest.Server
	notices atomic.Int64 // that the sink took
	rng     *rand.Rand

	given map[string]string // waivers as they stand in the baseline, by rule

	mu    sync.Mutex
	at    time.Time // what time it was ...
	since time.Time // ... when this machine's clock said that

	audits, commands, plans int
	spent                   time.Duration // CPU time of the commands
	undo                    []func()
}

func newQuarter(ctx context.Context, o options) (q *quarter, err error) {
	q = &quarter{o: o, given: map[string]string{}, rng: rand.New(rand.NewPCG(o.seed, 0x9a27e2))} //nolint:gosec // the same seed lives the same quarter
	defer func() {
		if err != nil {
			q.close()
		}
	}()
	if o.every <= 0 || 24*time.Hour%o.every != 0 {
		return q, fmt.Errorf("%s is no divisor of a day", o.every)
	}
	if q.dir, err = filepath.Abs(o.dir); err != nil {
		return q, err
	}
	for _, dir := range []string{q.dir, q.path("plans"), q.path("begun")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return q, fmt.Errorf("making a folder: %w", err)
		}
	}
	q.binary = q.path("ajar")
	if o.binary != "" {
		err = os.Symlink(o.binary, q.binary)
	} else {
		err = build(ctx, q.binary)
	}
	if err != nil {
		return q, fmt.Errorf("putting the program in place: %w", err)
	}
	q.set(begun)
	w, err := readWorld(o.world, begun)
	if err != nil {
		return q, err
	}
	w.Orgs = slices.DeleteFunc(w.Orgs, func(x *githubsim.Org) bool { return len(o.orgs) > 0 && !slices.Contains(o.orgs, x.Login) })
	if err := q.meet(w); err != nil {
		return q, err
	}
	q.serve(w)
	return q, q.begin(ctx)
}

// build compiles the program with what lets it live by another clock.
func build(ctx context.Context, to string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "crash", "-o", to, "github.com/eb661601/ajar/cmd/ajar") //nolint:gosec // a path of ours
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building ajar: %w\n%s", err, text)
	}
	return nil
}

func readWorld(path string, now time.Time) (*githubsim.World, error) {
	if path == "" {
		w := githubsim.Generate(githubsim.Size{Repositories: 40, Members: 60, Teams: 12}, githubsim.GenOptions{Seed: 7, Now: now})
		for _, m := range w.Orgs[0].Members[:owners] { // as many as take part
			m.Role = "admin"
		}
		return w, nil
	}
	w, err := githubsim.LoadFile(path)
	if err != nil {
		return nil, err
	}
	w.ShiftTo(now)
	return w, nil
}

// owners is how many owners take part: who drifts, ajar, who plans and who approves.
const owners = 4

// meet finds who takes part: owners of every organization. The first of them is who
// drifts in the audit log, so it is none of these.
func (q *quarter) meet(w *githubsim.World) error {
	var shared []string
	for i, o := range w.Orgs {
		q.orgs = append(q.orgs, o.Login)
		all := witness.Owners(o)
		if i == 0 {
			shared = all[min(1, len(all)):]
		}
		shared = slices.DeleteFunc(slices.Clone(shared), func(l string) bool { return !slices.Contains(all, l) })
	}
	// Robots look after access here, and people decide.
	slices.SortStableFunc(shared, func(a, b string) int { return robot(b) - robot(a) })
	if len(shared) < owners-1 {
		return fmt.Errorf("the organizations share too few owners: %d take part", owners)
	}
	q.cast = cast{shared[0], shared[len(shared)-2], shared[len(shared)-1]}
	all := slices.Clone(w.Orgs)
	slices.SortStableFunc(all, func(a, b *githubsim.Org) int { return len(b.Repos) - len(a.Repos) })
	for _, o := range all {
		if len(o.Repos) > 0 {
			q.busy = append(q.busy, o.Login)
		}
	}
	return nil
}

func robot(login string) int {
	if strings.Contains(login, "bot") {
		return 1
	}
	return 0
}

func (q *quarter) serve(w *githubsim.World) {
	reads := githubsim.Scope{Owner: true, ReadOnly: true}
	q.sim = githubsim.New(w, githubsim.Options{
		Now: q.now, PrimaryLimit: githubsim.Unlimited, Writable: true, Seed: q.o.seed,
		Tokens: []githubsim.Token{
			{Value: readToken, Login: q.bot, Scope: reads}, {Value: writeToken, Login: q.bot, Scope: githubsim.OwnerScope},
			{Value: operateToken, Login: q.operator, Scope: reads}, {Value: approveToken, Login: q.approver, Scope: reads},
		},
	})
	q.github = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if left := q.left.Add(-1); left == 0 {
			q.gone.Store(true)
		}
		if q.gone.Load() {
			panic(http.ErrAbortHandler)
		}
		q.sim.ServeHTTP(rw, r)
	}))
	q.sink = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // whoever hangs up says nothing more
		q.notices.Add(1)
		rw.WriteHeader(http.StatusNoContent)
	}))
	for _, s := range []*httptest.Server{q.github, q.sink} {
		q.undo = append(q.undo, func() { s.CloseClientConnections(); s.Close() })
	}
}

func (q *quarter) close() {
	for i := len(q.undo) - 1; i >= 0; i-- {
		q.undo[i]()
	}
	q.undo = nil
}

func (q *quarter) path(parts ...string) string {
	return filepath.Join(append([]string{q.dir}, parts...)...)
}

// now is what time it is in the quarter: it goes on as this machine's does, from
// where it was set.
func (q *quarter) now() time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.at.Add(time.Since(q.since))
}

// set makes it a later instant.
func (q *quarter) set(t time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.at, q.since = t, time.Now()
}

// ajar runs a command as whoever the token is of, wants one of the exit codes, and gives
// what it wrote.
func (q *quarter) ajar(ctx context.Context, token string, codes []int, words ...string) (string, error) {
	out, _, err := q.run(ctx, token, codes, words...)
	return out, err
}

// coded gives the exit code instead.
func (q *quarter) coded(ctx context.Context, token string, codes []int, words ...string) (int, error) {
	_, code, err := q.run(ctx, token, codes, words...)
	return code, err
}

func (q *quarter) run(ctx context.Context, token string, codes []int, words ...string) (string, int, error) {
	cmd := exec.CommandContext(ctx, q.binary, words...) //nolint:gosec // the program that was built
	cmd.Dir, cmd.Env = q.dir, []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + q.dir, "AJAR_CONFIG=" + q.path("config.toml"), "AJAR_READ=" + token, "AJAR_WRITE=" + writeToken,
		"AJAR_HOOK=0123456789abcdef0123456789abcdef", "NO_COLOR=1", "TZ=UTC", "GOGC=400", "AJAR_CRASH_UNPACED=1",
		"AJAR_CRASH_NOW=" + q.now().Format(time.RFC3339Nano),
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	if cmd.ProcessState == nil {
		return "", 0, fmt.Errorf("ajar cannot be started: %w", err)
	}
	spent := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	q.commands++
	q.spent += spent
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code, err = exit.ExitCode(), nil
	}
	said, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
	fmt.Fprintf(q.o.log, "%s ajar %s: %d after %s (%s CPU) %s\n", q.now().Format("2006-01-02 15:04"), strings.Join(words, " "), code, took.Round(time.Millisecond),
		spent.Round(time.Millisecond), said)
	if err == nil && !slices.Contains(codes, code) {
		err = fmt.Errorf("exit code %d, not one of %v\n%s%s", code, codes, errs.String(), out.String())
	}
	if err != nil {
		return "", code, fmt.Errorf("%s: ajar %s: %w", q.now().Format(time.RFC3339), strings.Join(words, " "), err)
	}
	return out.String(), code, nil
}
