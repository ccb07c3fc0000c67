package main

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

// watch stands before the simulator and looks at the organization around each
// request that may change it: whatever instant that is, nobody may be locked out,
// no protected person touched, and nobody given more than they had or may have.
// Who looks is no code of ajar's but a naive reading of the world.
type watch struct {
	sim       *githubsim.Server
	minOwners int
	protected []string // logins

	mu     sync.Mutex
	before *githubsim.World
	most   map[string]int // the most that anybody had on a repository since the watch began, by "login repository"
	may    map[string]int // what the baseline allows on top
	wrong  []string
	sent   int                                  // requests that may change something
	edits  func(n int) []func(*githubsim.World) // what others do before the nth request of any kind
	asked  int
}

// newWatch begins to watch a server.
func newWatch(sim *githubsim.Server, minOwners int, protected ...string) *watch {
	w := &watch{sim: sim, minOwners: minOwners, protected: protected, most: map[string]int{}}
	w.before = sim.Snapshot()
	w.raise(w.before)
	return w
}

func (w *watch) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked++
	if w.edits != nil {
		for _, edit := range w.edits(w.asked) {
			w.sim.Mutate(edit)
			w.before = w.sim.Snapshot()
			w.raise(w.before) // what others give is not ajar's doing
		}
	}
	w.mu.Unlock()
	if !changes(r) {
		w.sim.ServeHTTP(rw, r)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent++
	defer w.look(r.Method + " " + r.URL.Path) // also where the answer is cut
	w.sim.ServeHTTP(rw, r)
}

// changes reports whether a request may change something.
func changes(r *http.Request) bool {
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
func (w *watch) look(request string) {
	now := w.sim.Snapshot()
	old, o := w.before.Orgs[0], now.Orgs[0]
	complain := func(format string, args ...any) {
		w.wrong = append(w.wrong, "after "+request+": "+fmt.Sprintf(format, args...))
	}
	if had, has := len(owners(old)), len(owners(o)); has < had && has < w.minOwners {
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
		for _, u := range now.Users {
			key := u.Login + " " + r.Name
			if has := level(is, o, r.Name, u.Login); has > max(w.most[key], w.may[key]) {
				complain("%s has %d on %s, at most %d before and %d allowed", u.Login, has, r.Name, w.most[key], w.may[key])
			}
		}
	}
	for _, login := range owners(o) {
		if !slices.Contains(owners(old), login) {
			complain("%s is an owner now", login)
		}
	}
	w.before = now
}

// gates holds that an environment that somebody could approve can be approved
// still.
func (w *watch) gates(complain func(string, ...any), r *githubsim.Repo, old *githubsim.Org, was, is *githubsim.Index) {
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
func (w *watch) raise(world *githubsim.World) {
	x, o := world.Index(), world.Orgs[0]
	for _, r := range o.Repos {
		for _, u := range world.Users {
			key := u.Login + " " + r.Name
			w.most[key] = max(w.most[key], level(x, o, r.Name, u.Login))
		}
	}
}

// complaints gives what was wrong so far.
func (w *watch) complaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.wrong)
}

// owners are the logins of those who own an organization.
func owners(o *githubsim.Org) (out []string) {
	for _, m := range o.Members {
		if m.Role == "admin" {
			out = append(out, m.Login)
		}
	}
	return out
}

var levels = []string{"none", "read", "triage", "write", "maintain", "admin"}

// level is what somebody can do on a repository, as a number; a custom role counts
// as what it is based on.
func level(x *githubsim.Index, o *githubsim.Org, repo, login string) int {
	best, _ := x.PermissionSources(o.Login, repo, login)
	for _, r := range o.CustomRoles {
		if strings.EqualFold(r.Name, best) {
			best = r.BaseRole
		}
	}
	return slices.Index(levels, best)
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
		if r.Visibility == "public" && slices.ContainsFunc(x.World.Users, func(u *githubsim.User) bool { return u.Login == login }) || level(x, o, r.Name, login) > 0 {
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
