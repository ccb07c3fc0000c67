package audit

import (
	"fmt"
	"maps"
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

// roled is a world of teams that hold custom roles, of which the names are read once
// a day, with a memory of its own.
type roled struct {
	*tiered
	mu     sync.Mutex
	asked  map[string]bool // slugs of the teams that REST was asked for in this pass, all answered with 200
	failed map[string]bool
	truth  []map[int64]string // at each pass, what each team holds, by a full read
	read   map[int64]int      // the last pass in which the names of a team were read
	taken  []time.Time        // when the passes were
	listed bool               // teams' lists show what is inherited
}

// The teams are root > (left > leaf, right), and lone.
func newRoled(t *testing.T, listed bool) *roled {
	x := &roled{tiered: newTiered(t), read: map[int64]int{}, listed: listed}
	x.world = githubsim.Generate(githubsim.Size{Repositories: 5, Members: 4, Teams: 5}, githubsim.GenOptions{Seed: 3, Now: now})
	o := x.world.Orgs[0]
	o.CustomRoles = []*githubsim.CustomRole{
		{ID: 801, Name: "deployer", BaseRole: "write"}, {ID: 802, Name: "releaser", BaseRole: "write"}, {ID: 803, Name: "reader", BaseRole: "read"},
	}
	for i, name := range []string{"root", "left", "right", "leaf", "lone"} {
		o.Teams[i].Slug, o.Teams[i].Name, o.Teams[i].Privacy = name, name, "closed"
		o.Teams[i].Parent = map[string]string{"left": "root", "right": "root", "leaf": "left"}[name]
	}
	for i, r := range o.Repos {
		r.Collaborators, r.Environments, r.DeployKeys, r.Invitations = nil, nil, nil, nil
		r.Teams = []*githubsim.TeamGrant{{Slug: []string{"root", "left", "lone", "leaf", "right"}[i], Permission: "deployer"}}
	}
	for _, role := range o.OrgRoles {
		role.Teams = nil
	}
	x.p.Collect.Every = map[access.Area]time.Duration{access.AreaTeamGrants: 24 * time.Hour}
	x.hears = x.watch
	return x
}

func (x *roled) watch(path string, status int) {
	part := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(part) != 5 || part[2] != "teams" || part[4] != "repos" {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if status == http.StatusOK {
		x.asked[part[3]] = true
	} else {
		x.failed[part[3]] = true
	}
}

// holdings is what each team holds in a snapshot, in words.
func holdings(s *access.Snapshot) map[int64]string {
	out := map[int64]string{}
	for _, g := range s.Grants {
		if g.Source == access.ByTeam && g.Resource.Kind == access.Repo {
			out[g.Principal.ID] += fmt.Sprintf("%d %s %d\n", g.Resource.ID, g.Privilege, g.Role)
		}
	}
	return out
}

// pass makes one, and tells which teams it asked REST for; nil where it broke off.
func (x *roled) pass(fault ...githubsim.Fault) (*access.Snapshot, []string) {
	x.t.Helper()
	x.asked, x.failed = map[string]bool{}, map[string]bool{}
	o := githubsim.Options{Now: x.c.now, Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}}, PrimaryLimit: githubsim.Unlimited, Faults: fault,
		InheritedTeamRepositories: x.listed}
	x.sim = githubsim.New(x.world, o)
	end := x.apart()
	info, err := x.p.Take(x.t.Context())
	end()
	x.taken = append(x.taken, x.c.now())
	for _, team := range x.world.Orgs[0].Teams {
		if x.asked[team.Slug] && !x.failed[team.Slug] && err == nil {
			x.read[team.ID] = len(x.taken) - 1
		}
	}
	asked := slices.Sorted(maps.Keys(x.asked))
	if err != nil {
		if len(fault) == 0 {
			x.t.Fatal(err)
		}
		return nil, asked
	}
	s, err := x.p.Store.Load(x.t.Context(), info)
	if err != nil {
		x.t.Fatal(err)
	}
	return s, asked
}

// grant gives a team something on a repository.
func (x *roled) grant(slug string, repo int, permission string) {
	r := x.repos()[repo]
	r.Teams = slices.DeleteFunc(slices.Clone(r.Teams), func(g *githubsim.TeamGrant) bool { return g.Slug == slug })
	if permission != "" {
		r.Teams = append(r.Teams, &githubsim.TeamGrant{Slug: slug, Permission: permission})
	}
}

func (x *roled) team(slug string) *githubsim.Team {
	teams := x.world.Orgs[0].Teams
	return teams[slices.IndexFunc(teams, func(t *githubsim.Team) bool { return t.Slug == slug })]
}

// role is the custom role of a team on a repository, by number.
func (x *roled) role(s *access.Snapshot, slug string, repo int) int64 {
	for _, g := range s.Grants {
		if g.Principal.ID == x.team(slug).ID && g.Principal.Kind == access.Team && g.Resource.ID == x.repos()[repo].ID {
			return g.Role
		}
	}
	return -1
}

func TestRoleOfATeamThatIsSwappedForOneOfTheSameBaseIsSeenAfterThePeriod(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration
		do    func(*roled)
		asked string
		role  int64
	}{
		"within the period":              {23 * time.Hour, func(*roled) {}, "[]", 801},
		"after the period":               {24 * time.Hour, func(*roled) {}, "[leaf left lone right root]", 802},
		"with --fresh":                   {time.Hour, func(x *roled) { x.p.Collect.Fresh = true }, "[leaf left lone right root]", 802},
		"each pass":                      {time.Hour, func(x *roled) { x.p.Collect.Every = nil }, "[leaf left lone right root]", 802},
		"another row of the team":        {time.Hour, func(x *roled) { x.grant("lone", 0, "admin") }, "[lone]", 802},
		"one row less":                   {time.Hour, func(x *roled) { x.grant("lone", 2, ""); x.grant("lone", 3, "releaser") }, "[lone]", -1},
		"a row of another team":          {time.Hour, func(x *roled) { x.grant("leaf", 0, "admin") }, "[leaf left root]", 801},
		"a row of the team above others": {time.Hour, func(x *roled) { x.grant("left", 2, "admin") }, "[leaf left root]", 801},
		"the team's parent":              {time.Hour, func(x *roled) { x.team("lone").Parent = "right" }, "[lone right root]", 802},
		"the custom roles":               {time.Hour, func(x *roled) { x.world.Orgs[0].CustomRoles[2].Name = "viewer" }, "[leaf left lone right root]", 802},
	} {
		for _, listed := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", lists show what is inherited: ", listed), func(t *testing.T) {
				x := newRoled(t, listed)
				if s, asked := x.pass(); fmt.Sprint(asked) != "[leaf left lone right root]" || x.role(s, "lone", 2) != 801 {
					t.Fatalf("the first pass asked for %v and found role %d", asked, x.role(s, "lone", 2))
				}
				x.grant("lone", 2, "releaser")
				c.do(x)
				x.c.move(c.after)
				s, asked := x.pass()
				if got := x.role(s, "lone", 2); fmt.Sprint(asked) != c.asked || got != c.role {
					t.Errorf("it asked for %v and found role %d, want %s and %d", asked, got, c.asked, c.role)
				}
				line := s.Coverage.Of(access.AreaTeamGrants)
				if stood := len(asked) < 5; line.Status != access.Complete || line.ReadAt.IsZero() == stood || stood && !line.ReadAt.Equal(now) {
					t.Errorf("the ledger says %+v", line)
				}
			})
		}
	}
}

// A team's list shows what the team above it was given, so that a swap there must not
// look like a grant of the team's own.
func TestRoleThatIsInheritedIsNotTakenForATeamsOwn(t *testing.T) {
	x := newRoled(t, true)
	x.pass()
	x.grant("root", 0, "releaser")
	x.grant("leaf", 4, "admin") // has leaf read, and those above it
	x.c.move(time.Hour)
	s, _ := x.pass()
	if own, root := x.role(s, "leaf", 0), x.role(s, "root", 0); own != -1 || root != 802 {
		t.Errorf("leaf holds role %d by itself, and root %d", own, root)
	}
}

// What a pass wrote that broke off is not what was read when the names were.
func TestRowsOfAPassThatBrokeOffAreReadAgain(t *testing.T) {
	x := newRoled(t, false)
	x.p.Collect.Every[access.AreaRepoInvitations] = time.Minute // read last
	x.pass()
	x.grant("lone", 2, "admin")
	x.c.move(time.Hour)
	if s, _ := x.pass(githubsim.Fault{Match: "/repos/{owner}/{repo}/invitations", Action: githubsim.AnswerStatus, Status: 401, Times: 100}); s != nil {
		t.Fatal("the pass did not break off")
	}
	x.grant("lone", 2, "releaser")
	x.c.move(time.Hour)
	if s, asked := x.pass(); x.role(s, "lone", 2) != 802 {
		t.Errorf("it asked for %v and found role %d", asked, x.role(s, "lone", 2))
	}
}

// Whatever happens between the passes: what a team is said to hold it did hold, at
// some pass since its names were read; which repositories and which bases, at this one;
// and the ledger names the oldest reading.
func TestRoleNamesThatStandWereTrueSinceTheyWereRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := newRoled(t, rapid.Bool().Draw(rt, "lists show what is inherited"))
		slugs := []string{"root", "left", "right", "leaf", "lone"}
		for i := range rapid.IntRange(2, 7).Draw(rt, "passes") {
			if i > 0 {
				x.c.move(time.Duration(rapid.IntRange(1, 20).Draw(rt, "hours")) * time.Hour)
			}
			for range rapid.IntRange(0, 3).Draw(rt, "changes") {
				slug := rapid.SampledFrom(slugs).Draw(rt, "team")
				switch rapid.IntRange(0, 5).Draw(rt, "change") {
				case 0:
					parent := rapid.SampledFrom([]string{"", "root", "lone"}).Draw(rt, "parent")
					if slug == "leaf" || slug == "right" {
						x.team(slug).Parent = parent
					}
				case 1:
					role := x.world.Orgs[0].CustomRoles[rapid.IntRange(0, 2).Draw(rt, "role")]
					role.BaseRole = rapid.SampledFrom([]string{"read", "write"}).Draw(rt, "base")
				default:
					x.grant(slug, rapid.IntRange(0, 4).Draw(rt, "repository"),
						rapid.SampledFrom([]string{"", "pull", "push", "admin", "deployer", "releaser", "reader"}).Draw(rt, "permission"))
				}
			}
			x.truth = append(x.truth, x.oracle())
			var faults []githubsim.Fault
			match, nth := "/teams/{team_slug}/repos", rapid.IntRange(1, 5).Draw(rt, "nth")
			switch rapid.IntRange(0, 5).Draw(rt, "fault") {
			case 0:
				faults = []githubsim.Fault{{Match: match, Action: githubsim.AnswerStatus, Status: 404, Nth: nth}}
			case 1:
				faults = []githubsim.Fault{{Match: match, Action: githubsim.AnswerStatus, Status: 401, Nth: nth, Times: 100}}
			}
			if s, _ := x.pass(faults...); s != nil {
				x.judge(rt, s)
			}
		}
	})
}

// oracle reads everything into an empty store.
func (x *roled) oracle() map[int64]string {
	o := &roled{tiered: &tiered{t: x.t, p: x.p, c: x.c, world: x.world}, read: map[int64]int{}, listed: x.listed}
	o.p.Store = freshStore(x.t, x.c)
	s, _ := o.pass()
	return holdings(s)
}

func (x *roled) judge(t interface{ Errorf(string, ...any) }, s *access.Snapshot) {
	got, line, gaps := holdings(s), s.Coverage.Of(access.AreaTeamGrants), false
	for _, team := range x.world.Orgs[0].Teams {
		if !s.Coverage.CompleteFor(access.AreaTeamGrants, team.ID) {
			gaps = true
			continue
		}
		last := len(x.truth) - 1
		from, named := x.read[team.ID]
		if !named {
			from = last
		}
		if !slices.ContainsFunc(x.truth[from:], func(at map[int64]string) bool { return at[team.ID] == got[team.ID] }) {
			t.Errorf("team %s has\n%swhich it never had since its names were read, in pass %d of %d:\n%s", team.Slug, got[team.ID], from, last, x.truth[from][team.ID])
		}
		if is, want := x.bases(team, got), x.bases(team, x.truth[last]); x.whole(s, team) && !slices.Equal(is, want) {
			t.Errorf("team %s has %q, and in this pass it has %q", team.Slug, is, want)
		}
		if at := x.taken[from]; x.ambiguous(got[team.ID]) && at.Before(x.c.now()) && (line.ReadAt.IsZero() || line.ReadAt.After(at)) {
			t.Errorf("the names of team %s were read at %s, and the ledger says %+v", team.Slug, at, line)
		}
	}
	if line.Status == access.Complete == gaps {
		t.Errorf("the ledger says %+v", line)
	}
	if line.ReadAt.After(s.TakenAt) || x.c.now().Sub(line.ReadAt) >= 24*time.Hour && !line.ReadAt.IsZero() {
		t.Errorf("names stand that were read at %s", line.ReadAt)
	}
}

// ambiguous reports whether a custom role may stand behind something of it.
func (x *roled) ambiguous(held string) bool {
	return slices.ContainsFunc(x.world.Orgs[0].CustomRoles, func(r *githubsim.CustomRole) bool { return strings.Contains(held, " "+r.BaseRole+" ") })
}

// whole reports whether a team was read to its end, and those above it.
func (x *roled) whole(s *access.Snapshot, team *githubsim.Team) bool {
	return s.Coverage.CompleteFor(access.AreaTeamGrants, team.ID) && (team.Parent == "" || x.whole(s, x.team(team.Parent)))
}

// bases is what a team holds by itself or from above, without the names of roles.
// What is its own and what it inherits cannot be told apart where that is the same.
func (x *roled) bases(team *githubsim.Team, held map[int64]string) []string {
	var out []string
	for line := range strings.Lines(held[team.ID]) {
		out = append(out, line[:strings.LastIndex(line, " ")])
	}
	if team.Parent != "" {
		out = append(out, x.bases(x.team(team.Parent), held)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
