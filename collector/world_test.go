package collector

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/internal/githubsim"
)

// worlds are the organizations that the collector must read without a fault.
func worlds(t *testing.T) map[string]*githubsim.World {
	return map[string]*githubsim.World{
		"kubernetes": world(t, "kubernetes.json"),
		"demo":       githubsim.Demo(),
		"generated":  githubsim.Generate(githubsim.Size{Repositories: 150, Members: 260, Teams: 60}, githubsim.GenOptions{Seed: 3}),
	}
}

func TestCollectedGrantsAreThoseOfTheWorld(t *testing.T) {
	for name, w := range worlds(t) {
		h := start(t, w)
		for _, o := range w.Orgs {
			s := h.collect(t, o.Login)
			want := truth{w, o}.grants()
			for _, a := range access.Areas {
				if diff := cmp.Diff(want[a], s.grants(a)); diff != "" {
					t.Errorf("%s, %s: %s differ (-world +collected):\n%s", name, o.Login, a, diff)
				}
				if len(s.added[a]) > 0 && a != access.AreaContributions {
					t.Errorf("%s, %s: some of %s was only added: %v", name, o.Login, a, s.added[a])
				}
			}
		}
		if m := h.sim.Meters().Mutations; len(m) != 0 {
			t.Errorf("%s: writes were sent: %v", name, m)
		}
	}
}

func TestOwnerSeesEverythingAndTheLedgerSaysSo(t *testing.T) {
	for name, w := range worlds(t) {
		h := start(t, w)
		for _, o := range w.Orgs {
			s := h.collect(t, o.Login)
			for _, a := range access.Areas {
				line := s.ledger.Of(a)
				want := access.Complete
				if o.Plan != "enterprise" && (a == access.AreaCustomRoles || a == access.AreaAuditLog) {
					want = access.Unavailable
				}
				if a == access.AreaContributions && len(s.ledger.Exceptions(a)) > 0 {
					continue // the simulator dates commits alone
				}
				if line.Status != want {
					t.Errorf("%s, %s: %+v, want %s", name, o.Login, line, want)
				}
				if s.closed[a] != 1 {
					t.Errorf("%s, %s: %s was closed %d times", name, o.Login, a, s.closed[a])
				}
			}
		}
	}
}

func TestEntitiesAreThoseOfTheWorld(t *testing.T) {
	for name, w := range worlds(t) {
		h := start(t, w)
		for _, o := range w.Orgs {
			s := h.collect(t, o.Login)
			repos := entities[access.Repository](s, access.AreaRepositories)
			envs := entities[access.Environment](s, access.AreaEnvironments)
			gates := entities[access.Gate](s, access.AreaGates)
			policies := entities[access.Policy](s, access.AreaPolicies)
			secrets := entities[access.Secrets](s, access.AreaSecrets)
			invites := entities[access.Invite](s, access.AreaRepoInvitations)
			keys := entities[access.DeployKey](s, access.AreaDeployKeys)
			teams := entities[access.TeamInfo](s, access.AreaTeams)
			if len(repos) != len(o.Repos) || len(teams) != len(o.Teams) {
				t.Errorf("%s, %s: %d repositories and %d teams, want %d and %d", name, o.Login, len(repos), len(teams), len(o.Repos), len(o.Teams))
			}
			for _, x := range o.Teams {
				parent := int64(0)
				if x.Parent != "" {
					parent = truth{w, o}.team(x.Parent).ID
				}
				privacy := map[string]string{"closed": "visible", "secret": "secret"}[x.Privacy]
				want := access.TeamInfo{ID: x.ID, NodeID: teams[x.ID].NodeID, Slug: x.Slug, Name: x.Name, Parent: parent, Privacy: privacy, CreatedAt: x.CreatedAt}
				if diff := cmp.Diff(want, teams[x.ID]); diff != "" || teams[x.ID].NodeID == "" {
					t.Errorf("%s, team %s/%s:\n%s", name, o.Login, x.Slug, diff)
				}
			}
			for _, r := range o.Repos {
				got := repos[r.ID]
				want := access.Repository{
					ID: r.ID, NodeID: got.NodeID, Name: r.Name, Visibility: r.Visibility, Archived: r.Archived, Fork: r.Fork, Disabled: r.Disabled,
					DefaultBranch: got.DefaultBranch, CreatedAt: r.CreatedAt, PushedAt: got.PushedAt,
					Environments: len(r.Environments), DeployKeys: len(r.DeployKeys), ProtectionRules: len(r.BranchProtection), Rulesets: len(r.Rulesets),
				}
				if diff := cmp.Diff(want, got); diff != "" || got.NodeID == "" || !got.PushedAt.Equal(day(r.PushedAt)) && !r.PushedAt.IsZero() {
					t.Errorf("%s, %s/%s:\n%s", name, o.Login, r.Name, diff)
				}
				for _, e := range r.Environments {
					checkEnvironment(t, o.Login+"/"+r.Name, r.ID, e, envs[e.ID], gates[e.ID], policies[e.ID])
				}
				for _, e := range r.Environments {
					checkSecrets(t, o.Login+"/"+r.Name+"/"+e.Name, e.Secrets, secrets[e.ID])
				}
				for _, i := range r.Invitations {
					if got := invites[i.ID]; got.Repo != r.ID || got.Login != i.Login || !got.CreatedAt.Equal(i.CreatedAt) || got.Expired != (w.Meta.Now.Sub(i.CreatedAt) > 7*24*time.Hour) {
						t.Errorf("%s, invitation to %s/%s is %+v", name, o.Login, r.Name, got)
					}
				}
				for _, k := range r.DeployKeys {
					got := keys[k.ID]
					if got.Repo != r.ID || got.Title != k.Title || got.ReadOnly != k.ReadOnly || got.Public != k.Key || !got.LastUsed.Equal(day(k.LastUsed)) && !k.LastUsed.IsZero() || k.LastUsed.IsZero() != got.LastUsed.IsZero() {
						t.Errorf("%s, key %s/%s#%d is %+v", name, o.Login, r.Name, k.ID, got)
					}
				}
			}
		}
	}
}

func checkSecrets(t *testing.T, where string, want []*githubsim.Secret, got access.Secrets) {
	t.Helper()
	if len(got.Names) != len(want) || got.Env == 0 {
		t.Errorf("%s has the secrets %+v, want %d", where, got, len(want))
	}
	for _, s := range want {
		if !slices.ContainsFunc(got.Names, func(n access.Secret) bool { return n.Name == s.Name && n.UpdatedAt.Equal(day(s.UpdatedAt)) }) {
			t.Errorf("%s: the secret %s is not among %+v", where, s.Name, got.Names)
		}
	}
}

func checkEnvironment(t *testing.T, where string, repo int64, e *githubsim.Environment, got access.Environment, gate access.Gate, p access.Policy) {
	t.Helper()
	if got.Name != e.Name || got.Repo != repo {
		t.Errorf("%s/%s is %+v", where, e.Name, got)
	}
	wantGate := access.Gate{Env: e.ID, Repo: repo, WaitTimer: e.WaitTimer, Reviewers: len(e.Reviewers)}
	if len(e.Reviewers) > 0 {
		wantGate.PreventSelfReview = e.PreventSelfReview // a property of the reviewers' rule
	}
	if gate != wantGate {
		t.Errorf("%s/%s: gate %+v, want %+v", where, e.Name, gate, wantGate)
	}
	want := access.Policy{Env: e.ID, Repo: repo, AdminBypass: &e.CanAdminsBypass, Branches: access.AnyBranch, CreatedAt: e.CreatedAt, Untouched: p.Untouched}
	if untouched := e.UpdatedAt.IsZero() || e.UpdatedAt.Equal(e.CreatedAt); p.Untouched == nil || *p.Untouched != untouched {
		t.Errorf("%s/%s: untouched is %v, want %v", where, e.Name, p.Untouched, untouched)
	}
	if b := e.BranchPolicy; b != nil && b.ProtectedBranches {
		want.Branches = access.ProtectedBranch
	} else if b != nil {
		want.Branches = access.SelectedBranches
		for _, x := range b.Custom {
			want.Patterns = append(want.Patterns, access.Pattern{ID: x.ID, Name: x.Name, Type: x.Type})
		}
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("%s/%s policy:\n%s", where, e.Name, diff)
	}
}

func TestEveryRESTCallIsOneThatGitHubDescribes(t *testing.T) {
	judge := contract.REST(t)
	for name, w := range worlds(t) {
		h := start(t, w, judged(t, judge))
		for _, o := range w.Orgs {
			h.collect(t, o.Login)
		}
		if len(judge.Judged()) < 10 {
			t.Errorf("%s: only %v were judged", name, judge.Judged())
		}
	}
}
