// Package witness looks at what ajar does to a simulated GitHub from the outside:
// around each request that may change something, at the access that is left, and at
// the simulator's own log beside the journal. Its readings are naive and share no
// code with what they judge, but for the decoding of the journal.
package witness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/eb661601/ajar/internal/githubsim"
)

// Watch stands before the simulator and looks at the organization around each
// request that may change it: whatever instant that is, nobody may be locked out,
// no protected person touched, and nobody given more than they had or may have.
// Who looks is no code of ajar's but a naive reading of the world.
type Watch struct {
	sim       *githubsim.Server
	minOwners int
	protected []string // logins

	mu     sync.Mutex
	before *githubsim.World
	most   map[string]int // the most that anybody had on a repository since the watch began, by "login repository"
	may    map[string]int // what the baseline allows on top
	wrong  []string
	sent   int
	edits  func(n int) []func(*githubsim.World)
	asked  int
}

// New begins to watch a server. There are to be minOwners owners at least, and what
// the protected, by login, have is to stay as it is. On top of what everybody had since,
// they may get what the baseline allows: a level of [Levels] by "login repository".
func New(sim *githubsim.Server, minOwners int, protected []string, may map[string]int) *Watch {
	w := &Watch{sim: sim, minOwners: minOwners, protected: protected, may: may, most: map[string]int{}}
	w.before = sim.Snapshot()
	w.raise(&githubsim.World{}, w.before)
	return w
}

// ServeHTTP answers as the server does.
func (w *Watch) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked++
	if w.edits != nil {
		for _, edit := range w.edits(w.asked) {
			w.edit(edit)
		}
	}
	w.mu.Unlock()
	if !Changes(r) {
		w.sim.ServeHTTP(rw, r)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent++
	defer w.look(r.Method + " " + r.URL.Path) // also where the answer is cut
	w.sim.ServeHTTP(rw, r)
}

// Edit changes the organization behind ajar's back: what others give is not ajar's
// doing.
func (w *Watch) Edit(edit func(*githubsim.World)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.edit(edit)
}

func (w *Watch) edit(edit func(*githubsim.World)) {
	w.sim.Mutate(edit)
	former := w.before
	w.before = w.sim.Snapshot()
	w.raise(former, w.before)
}

// Interfere has others change the organization before the nth request of any kind
// from now on.
func (w *Watch) Interfere(edits func(n int) []func(*githubsim.World)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked, w.edits = 0, edits
}

// Sent counts the requests so far that may have changed something.
func (w *Watch) Sent() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

// Changes reports whether a request may change something.
func Changes(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return false
	}
	if strings.HasSuffix(r.URL.Path, "/access_tokens") {
		return false
	}
	if !strings.HasSuffix(r.URL.Path, "/graphql") {
		return true
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var q struct{ Query string }
	_ = json.Unmarshal(body, &q) // what is no JSON changes nothing
	return strings.HasPrefix(strings.TrimSpace(q.Query), "mutation")
}

// look compares the world with that of before the request.
func (w *Watch) look(request string) {
	now := w.sim.Snapshot()
	old, o := w.before.Orgs[0], now.Orgs[0]
	complain := func(format string, args ...any) {
		w.wrong = append(w.wrong, "after "+request+": "+fmt.Sprintf(format, args...))
	}
	if had, has := len(Owners(old)), len(Owners(o)); has < had && has < w.minOwners {
		complain("%d owners are left of %d", has, had)
	}
	was, is := w.before.Index(), now.Index()
	for _, login := range w.protected {
		if had, has := everything(was, old, login), everything(is, o, login); had != has {
			complain("protected %s had %s and has %s", login, had, has)
		}
	}
	for _, r := range o.Repos {
		w.gates(complain, r, old, was, is)
	}
	for r, login := range touched(w.before, now) {
		key := login + " " + r
		if has := Level(is, o, r, login); has > max(w.most[key], w.may[key]) {
			complain("%s has %d on %s, at most %d before and %d allowed", login, has, r, w.most[key], w.may[key])
		}
	}
	for _, login := range Owners(o) {
		if !slices.Contains(Owners(old), login) {
			complain("%s is an owner now", login)
		}
	}
	w.before = now
}

// gates holds that an environment that somebody could approve can be approved
// still.
func (w *Watch) gates(complain func(string, ...any), r *githubsim.Repo, old *githubsim.Org, was, is *githubsim.Index) {
	for _, e := range r.Environments {
		i := slices.IndexFunc(old.Repos, func(x *githubsim.Repo) bool { return x.ID == r.ID })
		if i < 0 {
			continue
		}
		j := slices.IndexFunc(old.Repos[i].Environments, func(x *githubsim.Environment) bool { return x.ID == e.ID })
		if j < 0 {
			continue
		}
		before := approvers(was, old.Repos[i], old.Repos[i].Environments[j])
		if len(before) > 0 && len(e.Reviewers) > 0 && len(approvers(is, r, e)) == 0 {
			complain("nobody can approve %s/%s, %v could", r.Name, e.Name, before)
		}
		if len(before) > 0 && len(e.Reviewers) == 0 {
			complain("%s/%s has no reviewers any more", r.Name, e.Name)
		}
	}
}

// raise notes what everybody has, where it is more than ever.
func (w *Watch) raise(former, world *githubsim.World) {
	x, o := world.Index(), world.Orgs[0]
	for r, login := range touched(former, world) {
		key := login + " " + r
		w.most[key] = max(w.most[key], Level(x, o, r, login))
	}
}

// Complaints gives what was wrong so far.
func (w *Watch) Complaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.wrong)
}

// Owners are the logins of those who own an organization.
func Owners(o *githubsim.Org) (out []string) {
	for _, m := range o.Members {
		if m.Role == "admin" {
			out = append(out, m.Login)
		}
	}
	return out
}

// Levels are the roles on a repository, from none upwards.
var Levels = []string{"none", "read", "triage", "write", "maintain", "admin"}

// Level is what somebody can do on a repository, as an index of [Levels]; a custom role counts
// as what it is based on.
func Level(x *githubsim.Index, o *githubsim.Org, repo, login string) int {
	best, _ := x.PermissionSources(o.Login, repo, login)
	for _, r := range o.CustomRoles {
		if strings.EqualFold(r.Name, best) {
			best = r.BaseRole
		}
	}
	return slices.Index(Levels, best)
}

// everything is all that somebody has in an organization, in one line.
func everything(x *githubsim.Index, o *githubsim.Org, login string) string {
	var out []string
	for _, m := range o.Members {
		if strings.EqualFold(m.Login, login) {
			out = append(out, "membership "+m.Role)
		}
	}
	for _, t := range o.Teams {
		for _, m := range t.Members {
			if strings.EqualFold(m.Login, login) {
				out = append(out, "team "+t.Slug+" "+m.Role)
			}
		}
	}
	for _, r := range o.Repos {
		best, _ := x.PermissionSources(o.Login, r.Name, login)
		out = append(out, r.Name+" "+best)
	}
	return strings.Join(out, ", ")
}

// approvers are those who are listed to approve an environment, or are in a team
// that is, and can read the repository.
func approvers(x *githubsim.Index, r *githubsim.Repo, e *githubsim.Environment) (out []string) {
	o := x.World.Orgs[0]
	add := func(login string) {
		if r.Visibility == "public" && slices.ContainsFunc(x.World.Users, func(u *githubsim.User) bool { return u.Login == login }) || Level(x, o, r.Name, login) > 0 {
			out = append(out, login)
		}
	}
	for _, a := range e.Reviewers {
		if a.Type == "User" {
			add(a.Name)
			continue
		}
		for _, t := range o.Teams {
			if below(o, t, a.Name) {
				for _, m := range t.Members {
					add(m.Login)
				}
			}
		}
	}
	return out
}

// below reports whether a team is the named one or stands under it.
func below(o *githubsim.Org, t *githubsim.Team, slug string) bool {
	for steps := 0; t != nil && steps <= len(o.Teams); steps++ {
		if strings.EqualFold(t.Slug, slug) {
			return true
		}
		i := slices.IndexFunc(o.Teams, func(x *githubsim.Team) bool { return strings.EqualFold(x.Slug, t.Parent) })
		if i < 0 {
			return false
		}
		t = o.Teams[i]
	}
	return false
}
