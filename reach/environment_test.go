package reach_test

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// deployable is a private repository with one environment: user 1 may write by a
// team, user 2 administers it directly, user 3 owns the organization, user 4 is
// in the reviewing team but cannot read the repository.
func deployable() *access.Snapshot {
	s := chain(2)
	s.Repositories = []access.Repository{{ID: 1, Name: "api", Visibility: "private"}}
	s.Environments = []access.Environment{{ID: 9, Repo: 1, Name: "production"}}
	env := access.Ref{Kind: access.Env, ID: 9}
	s.Teams = append(s.Teams, access.TeamInfo{ID: 5, Slug: "leads"})
	s.Grants = append(s.Grants,
		grant(user(2), repo(1), access.Admin, access.Direct),
		grant(user(3), theOrg, access.Owner, access.ByOwner),
		grant(user(4), theOrg, access.Member, access.Direct),
		grant(user(1), team(5), access.Member, access.Direct),
		grant(user(4), team(5), access.Member, access.Direct),
		grant(team(5), env, access.Approve, access.Reviewer),
		grant(user(2), env, access.Approve, access.Reviewer),
	)
	sortSnapshot(s)
	return s
}

func people(as []reach.EnvAccess) (ids []int64) {
	for _, a := range as {
		ids = append(ids, a.User)
	}
	return ids
}

func sameIDs(a []int64, b ...int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestWhoReachesAnEnvironment(t *testing.T) {
	s := deployable()
	g := reach.New(s)
	if got := people(g.CanDeploy(9)); !sameIDs(got, 1, 2, 3) {
		t.Errorf("can deploy: %v, want everybody with write or more: 1 2 3", got)
	}
	if got := people(g.CanConfigure(9)); !sameIDs(got, 2, 3) {
		t.Errorf("can configure: %v, want administrators and owners: 2 3", got)
	}
	if got := people(g.Approvers(9)); !sameIDs(got, 1, 2) {
		t.Errorf("can approve: %v, want the reviewers who can read the repository: 1 2", got)
	}
	s.Repositories[0].Visibility = "public"
	if got := people(reach.New(s).Approvers(9)); !sameIDs(got, 1, 2, 4) {
		t.Errorf("can approve on a public repository: %v, want every reviewer: 1 2 4", got)
	}
	path := g.CanDeploy(9)[0].Path
	if n := len(path); path[0].From.Ref != user(1) || path[n-1].To.Name != "env:acme/api/production" || path[n-1].Privilege != access.Deploy {
		t.Errorf("the path does not end with deploying: %v", path)
	}
}

func TestBypassWithoutTheSettingIsUnknownNotDenied(t *testing.T) {
	s := deployable()
	for _, c := range []struct {
		name    string
		policy  *access.Policy
		people  []int64
		unknown bool
	}{
		{"policy not seen", nil, []int64{2, 3}, true},
		{"setting not told", &access.Policy{Branches: access.AnyBranch}, []int64{2, 3}, true},
		{"allowed", &access.Policy{AdminBypass: new(true)}, []int64{2, 3}, false},
		{"forbidden", &access.Policy{AdminBypass: new(bool)}, nil, false},
	} {
		s.Environments[0].Policy = c.policy
		got := reach.New(s).CanBypass(9)
		if !sameIDs(people(got), c.people...) {
			t.Errorf("%s: %v can bypass, want %v", c.name, people(got), c.people)
		}
		for _, a := range got {
			if a.Unknown != c.unknown {
				t.Errorf("%s: Unknown = %v", c.name, a.Unknown)
			}
		}
	}
}

func TestTheNoteSaysWhatHoldsADeploymentBack(t *testing.T) {
	s := deployable()
	for _, c := range []struct {
		policy *access.Policy
		gate   *access.Gate
		want   []string
	}{
		{nil, nil, []string{"branches may deploy was not seen", "gate was not seen"}},
		{&access.Policy{Branches: access.AnyBranch}, &access.Gate{}, []string{"any branch", "nothing holds it back"}},
		{&access.Policy{Branches: access.ProtectedBranch}, &access.Gate{Reviewers: 1, PreventSelfReview: true}, []string{"protected branches", "other than who started it"}},
		{&access.Policy{Branches: access.SelectedBranches, Patterns: []access.Pattern{{Name: "main", Type: "branch"}, {Name: "v*", Type: "tag"}}},
			&access.Gate{Reviewers: 1, WaitTimer: 10}, []string{"from main, tag v*", "may be the one who started it", "timer of 10 minutes"}},
		{&access.Policy{Branches: access.SelectedBranches}, &access.Gate{}, []string{"no branch"}},
	} {
		s.Environments[0].Policy, s.Environments[0].Gate = c.policy, c.gate
		note := reach.New(s).CanDeploy(9)[0].Note
		for _, w := range c.want {
			if !strings.Contains(note, w) {
				t.Errorf("note %q does not say %q", note, w)
			}
		}
	}
}

func TestAnUnknownEnvironmentIsReachedByNobody(t *testing.T) {
	g := reach.New(deployable())
	if g.Approvers(1) != nil || g.CanBypass(1) != nil || g.CanConfigure(1) != nil || g.CanDeploy(1) != nil {
		t.Error("somebody reaches an environment that does not exist")
	}
}
