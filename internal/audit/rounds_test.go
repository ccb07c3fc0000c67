package audit

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// rounds is a world in which passes read only some of the tiers, with a memory of
// its own: what was true when, and what was asked for when.
type rounds struct {
	*tiered
	mu     sync.Mutex
	asked  map[access.Area]map[int64]bool // in the present pass, all answered with 200
	failed map[access.Area]map[int64]bool
	truth  []map[string]string // at each pass, by area and repository
	taken  []time.Time         // of the finished ones, the newest last
	read   map[string][]int    // in which passes a scope was read to its end
	at     map[string]time.Time
	since  map[string]bool // some of it was read since the newest snapshot
	shown  map[string]string
	nextID int64
}

func newRounds(t *testing.T) *rounds {
	x := &rounds{tiered: newTiered(t), read: map[string][]int{}, at: map[string]time.Time{}, since: map[string]bool{}, shown: map[string]string{}, nextID: 5_000_000}
	x.world = githubsim.Generate(githubsim.Size{Repositories: 12, Members: 6, Teams: 2}, githubsim.GenOptions{Seed: 7, Now: now})
	x.hears = x.watch
	return x
}

func scopeOf(a access.Area, id int64) string { return fmt.Sprintf("%s %d", a, id) }

// watch notes which scopes a request belongs to.
func (x *rounds) watch(path string, status int) {
	part := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(part) < 4 || part[0] != "repos" {
		return
	}
	area := map[string]access.Area{"invitations": access.AreaRepoInvitations, "keys": access.AreaDeployKeys, "secrets": access.AreaSecrets}[part[len(part)-1]]
	i := slices.IndexFunc(x.repos(), func(r *githubsim.Repo) bool { return r.Name == part[2] })
	if area == "" || i < 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	into := x.asked
	if status != http.StatusOK {
		into = x.failed
	}
	if into[area] == nil {
		into[area] = map[int64]bool{}
	}
	into[area][x.repos()[i].ID] = true
}

// rowsOf are the rows of each scope, in words: of the world, or of a snapshot.
func (x *rounds) rowsOf() map[string]string {
	out := map[string]string{}
	add := func(a access.Area, id int64, words ...any) { out[scopeOf(a, id)] += fmt.Sprintln(words...) }
	for _, r := range x.repos() {
		for _, i := range sorted(r.Invitations, func(i *githubsim.RepoInvitation) int64 { return i.ID }) {
			add(access.AreaRepoInvitations, r.ID, i.ID)
		}
		for _, k := range sorted(r.DeployKeys, func(k *githubsim.DeployKey) int64 { return k.ID }) {
			add(access.AreaDeployKeys, r.ID, k.ID, k.Title, k.LastUsed.UTC().Format(time.DateOnly))
		}
		for _, e := range sorted(r.Environments, func(e *githubsim.Environment) int64 { return e.ID }) {
			var names []string
			for _, s := range e.Secrets {
				names = append(names, s.Name)
			}
			slices.Sort(names)
			add(access.AreaSecrets, r.ID, e.ID, names)
		}
	}
	return out
}

func snapshotRows(s *access.Snapshot) map[string]string {
	out := map[string]string{}
	add := func(a access.Area, id int64, words ...any) { out[scopeOf(a, id)] += fmt.Sprintln(words...) }
	for _, i := range sorted(s.RepoInvitations, func(i access.Invite) int64 { return i.ID }) {
		add(access.AreaRepoInvitations, i.Repo, i.ID)
	}
	for _, k := range sorted(s.DeployKeys, func(k access.DeployKey) int64 { return k.ID }) {
		add(access.AreaDeployKeys, k.Repo, k.ID, k.Title, k.LastUsed.UTC().Format(time.DateOnly))
	}
	for _, e := range sorted(s.Environments, func(e access.Environment) int64 { return e.ID }) {
		if e.Secrets == nil {
			continue
		}
		var names []string
		for _, n := range e.Secrets.Names {
			names = append(names, n.Name)
		}
		add(access.AreaSecrets, e.Repo, e.ID, names)
	}
	return out
}

func sorted[T any](all []T, key func(T) int64) []T {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b T) int { return int(key(a) - key(b)) })
	return all
}

// calls is what reading a scope takes; 0 where GraphQL shows that there is none.
func calls(a access.Area, r *githubsim.Repo) int {
	switch a {
	case access.AreaSecrets:
		return len(r.Environments)
	case access.AreaDeployKeys:
		return min(len(r.DeployKeys), 1)
	}
	return 1
}

// pass makes one; nil where it broke off.
func (x *rounds) pass(t interface{ Fatal(...any) }, bound int, fault *githubsim.Fault) *access.Snapshot {
	x.asked, x.failed = map[access.Area]map[int64]bool{}, map[access.Area]map[int64]bool{}
	x.truth = append(x.truth, x.rowsOf())
	x.p.Collect.TierCalls = bound
	o := githubsim.Options{Now: x.c.now, Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}}, PrimaryLimit: githubsim.Unlimited}
	if fault != nil {
		o.Faults = []githubsim.Fault{*fault}
	}
	x.sim = githubsim.New(x.world, o)
	end := x.apart()
	info, err := x.p.Take(x.t.Context())
	end()
	for a, repos := range x.asked {
		for id := range repos {
			key := scopeOf(a, id)
			if x.since[key] = true; !x.failed[a][id] {
				x.read[key] = append(x.read[key], len(x.truth)-1)
			}
		}
	}
	if err != nil {
		if fault == nil {
			t.Fatal(err)
		}
		return nil
	}
	s, err := x.p.Store.Load(x.t.Context(), info)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// judge holds a snapshot against the memory.
func (x *rounds) judge(t interface{ Errorf(string, ...any) }, s *access.Snapshot, bound int) {
	rows := snapshotRows(s)
	total := 0
	for a := range daily {
		for _, r := range x.repos() {
			total += calls(a, r)
		}
	}
	passes := 2
	if bound > 0 {
		passes = max((total+bound-1)/bound, 1) + 1
	}
	var began time.Time
	if n := len(x.taken); n >= passes {
		began = x.taken[n-passes]
	}
	for a := range daily {
		line := s.Coverage.Of(a)
		var oldest time.Time
		for _, r := range x.repos() {
			key := scopeOf(a, r.ID)
			if n := len(x.read[key]); n > 0 && x.read[key][n-1] == len(x.truth)-1 {
				x.at[key] = x.c.at
			}
			if s.Coverage.CompleteFor(a, r.ID) {
				x.holds(t, a, r, rows[key])
			}
			if calls(a, r) > 0 && x.at[key].Before(x.c.at) && (oldest.IsZero() || x.at[key].Before(oldest)) {
				oldest = x.at[key]
			}
		}
		if line.Status != access.Complete {
			continue
		}
		if !line.ReadAt.Equal(oldest) && !(line.ReadAt.IsZero() && oldest.IsZero()) {
			t.Errorf("%s: as of %s, the oldest reading is of %s", a, line.ReadAt, oldest)
		}
		if !began.IsZero() && !oldest.IsZero() && oldest.Before(began.Add(-daily[a])) {
			t.Errorf("%s: complete, and its oldest reading is of %s; the round began %s", a, oldest, began)
		}
	}
	for key, was := range x.shown {
		x.keeps(t, key, was, rows[key])
	}
	x.shown, x.since = rows, map[string]bool{}
	x.taken = append(x.taken, x.c.now())
}

// holds: the rows of a scope that is called complete were true when it was read.
func (x *rounds) holds(t interface{ Errorf(string, ...any) }, a access.Area, r *githubsim.Repo, got string) {
	key := scopeOf(a, r.ID)
	if calls(a, r) == 0 {
		if got != "" {
			t.Errorf("%s is empty, and has %q", key, got)
		}
		return
	}
	if x.at[key].IsZero() {
		t.Errorf("%s is called complete, and no snapshot read it", key)
	}
	if len(x.read[key]) == 0 {
		return
	}
	if !slices.ContainsFunc(x.read[key], func(pass int) bool { return x.truth[pass][key] == got }) {
		t.Errorf("%s is called complete and has %q, which it never had when it was read", key, got)
	}
	if last := x.read[key][len(x.read[key])-1]; last == len(x.truth)-1 && x.truth[last][key] != got {
		t.Errorf("%s was read in this pass, has %q and is stored as %q", key, x.truth[last][key], got)
	}
}

// keeps: a row goes only where its scope was read, or is known to be gone.
func (x *rounds) keeps(t interface{ Errorf(string, ...any) }, key, was, is string) {
	i := slices.IndexFunc(x.repos(), func(r *githubsim.Repo) bool {
		return slices.ContainsFunc([]access.Area{access.AreaRepoInvitations, access.AreaDeployKeys, access.AreaSecrets}, func(a access.Area) bool {
			return scopeOf(a, r.ID) == key && calls(a, r) > 0
		})
	})
	if i < 0 || x.since[key] || strings.HasPrefix(key, string(access.AreaSecrets)) && len(x.repos()[i].Environments) == 0 {
		return
	}
	for _, row := range strings.Split(was, "\n") {
		if !strings.Contains(is, row) && !x.changed(key, row) {
			t.Errorf("%s lost %q, and nobody had read it", key, row)
		}
	}
}

// changed reports whether the environment of a row is gone.
func (x *rounds) changed(key, row string) bool {
	if !strings.HasPrefix(key, string(access.AreaSecrets)) {
		return false
	}
	env, _, _ := strings.Cut(row, " ")
	return !strings.Contains(x.truth[len(x.truth)-1][key], env+" ")
}

// mutate changes the world between two passes.
func (x *rounds) mutate(what string, place int) {
	org := x.world.Orgs[0]
	r := x.repos()[place%len(x.repos())]
	x.nextID += 10
	id := x.nextID
	switch what {
	case "new repository":
		org.Repos = append(org.Repos, &githubsim.Repo{
			Name: fmt.Sprint("r", id), ID: id, Visibility: "private", DefaultBranch: "main", CreatedAt: x.c.at, PushedAt: x.c.at,
			Invitations:  []*githubsim.RepoInvitation{{ID: id + 1, Login: org.Members[0].Login, Permission: "push", CreatedAt: x.c.at}},
			DeployKeys:   []*githubsim.DeployKey{{ID: id + 2, Title: "k", Key: fmt.Sprint("ssh-ed25519 ", id), CreatedAt: x.c.at}},
			Environments: []*githubsim.Environment{{ID: id + 3, Name: "prod", CreatedAt: x.c.at, UpdatedAt: x.c.at}},
		})
	case "repository gone":
		if len(org.Repos) > 3 {
			org.Repos = slices.DeleteFunc(slices.Clone(org.Repos), func(o *githubsim.Repo) bool { return o == r })
			for a := range daily {
				delete(x.at, scopeOf(a, r.ID))
			}
		}
	case "names swapped":
		other := x.repos()[(place+1)%len(x.repos())]
		r.Name, other.Name = other.Name, r.Name
	case "invited":
		r.Invitations = append(slices.Clone(r.Invitations), &githubsim.RepoInvitation{ID: id, Login: org.Members[1].Login, Permission: "admin", CreatedAt: x.c.at})
	case "accepted":
		r.Invitations = nil
	case "secret":
		for _, e := range r.Environments {
			e.Secrets = append(slices.Clone(e.Secrets), &githubsim.Secret{Name: fmt.Sprint("S", id), CreatedAt: x.c.at, UpdatedAt: x.c.at})
		}
	case "environment":
		r.Environments = append(slices.Clone(r.Environments), &githubsim.Environment{ID: id, Name: fmt.Sprint("e", id), CreatedAt: x.c.at, UpdatedAt: x.c.at})
	case "key used":
		for _, k := range r.DeployKeys {
			k.LastUsed = x.c.now()
		}
	case "key replaced":
		r.DeployKeys = []*githubsim.DeployKey{{ID: id, Title: "another", Key: fmt.Sprint("ssh-ed25519 ", id), CreatedAt: x.c.at}}
	}
}

// Whatever happens between the passes, and however few calls each may make.
func TestATierThatIsSpreadOverPassesSaysNoMoreThanItRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := newRounds(t)
		bound := rapid.IntRange(0, 14).Draw(rt, "calls a pass")
		for i := range rapid.IntRange(2, 9).Draw(rt, "passes") {
			if i > 0 {
				x.c.move(time.Duration(rapid.IntRange(1, 40).Draw(rt, "hours")) * time.Hour)
			}
			for range rapid.IntRange(0, 3).Draw(rt, "changes") {
				x.mutate(rapid.SampledFrom([]string{"new repository", "repository gone", "names swapped", "invited", "accepted", "secret", "environment",
					"key used", "key replaced"}).Draw(rt, "change"), rapid.IntRange(0, 100).Draw(rt, "place"))
			}
			var fault *githubsim.Fault
			match := rapid.SampledFrom([]string{"/repos/{owner}/{repo}/invitations", "/secrets", "/repos/{owner}/{repo}/keys"}).Draw(rt, "where")
			nth := rapid.IntRange(1, 12).Draw(rt, "nth")
			switch rapid.IntRange(0, 4).Draw(rt, "fault") {
			case 0:
				fault = &githubsim.Fault{Match: match, Action: githubsim.AnswerStatus, Status: http.StatusNotFound, Nth: nth}
			case 1:
				fault = &githubsim.Fault{Match: match, Action: githubsim.AnswerStatus, Status: http.StatusUnauthorized, Nth: nth, Times: 100}
			}
			if s := x.pass(rt, bound, fault); s != nil {
				x.judge(rt, s, bound)
			}
		}
	})
}
