package reach_test

import (
	"reflect"
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
		ids = append(ids, a.Principal.ID)
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
	path := g.CanDeploy(9)[0].Paths[0]
	if n := len(path); path[0].From.Ref != user(1) || path[n-1].To.Name != "env:acme/api/production" || path[n-1].Privilege != access.Deploy {
		t.Errorf("the path does not end with deploying: %v", path)
	}
}

// Whoever holds a key that can write can push what starts a workflow.
func TestAKeyThatCanWriteCanDeploy(t *testing.T) {
	key := func(id int64) access.Ref { return access.Ref{Kind: access.Key, ID: id} }
	s := deployable()
	s.DeployKeys = []access.DeployKey{{ID: 1, Repo: 1, Enabled: true}, {ID: 2, Repo: 1, Enabled: true, ReadOnly: true}, {ID: 3, Repo: 1}}
	s.Grants = append(s.Grants,
		grant(key(1), repo(1), access.Write, access.ByKey), grant(key(2), repo(1), access.Read, access.ByKey), grant(key(3), repo(1), access.Write, access.ByKey))
	sortSnapshot(s)
	var keys []reach.EnvAccess
	for _, a := range reach.New(s).CanDeploy(9) {
		if a.Principal.Kind == access.Key {
			keys = append(keys, a)
		}
	}
	if len(keys) != 1 || keys[0].Principal != key(1) {
		t.Fatalf("%+v, want the one key that writes and is not switched off", keys)
	}
	if p := keys[0].Paths[0]; len(p) != 2 || p[0].Source != access.ByKey || p[0].Privilege != access.Write || p[1].To.Name != "env:acme/api/production" {
		t.Errorf("the path is %v", p)
	}
	if got := reach.New(s).InEnvironment(key(1), 9); !reflect.DeepEqual(got, keys) {
		t.Errorf("asked for the key alone: %+v", got)
	}
	if got := reach.New(s).CanBypass(9); len(got) != 2 {
		t.Errorf("%+v: a key bypasses no gate", got)
	}
	s.Environments[0].Policy = &access.Policy{Branches: access.SelectedBranches}
	if got := reach.New(s).InEnvironment(key(1), 9); got != nil {
		t.Errorf("%+v, and no branch may deploy", got)
	}
}

// Taking one path away leaves the others, so all of them are told: those, and
// only those, that are enough.
func TestAnEnvironmentIsReachedByEveryPathThatIsEnough(t *testing.T) {
	s := deployable()
	s.Grants = append(s.Grants, grant(user(1), repo(1), access.Admin, access.Direct), grant(user(1), access.Ref{Kind: access.Env, ID: 9}, access.Approve, access.Reviewer))
	sortSnapshot(s)
	g := reach.New(s)
	for what, want := range map[access.Privilege]int{access.Deploy: 2, access.Configure: 1, access.Bypass: 1, access.Approve: 2} {
		for _, a := range g.InEnvironment(user(1), 9) {
			if a.Privilege == what && len(a.Paths) != want {
				t.Errorf("%s: %d paths, want %d: %v", what, len(a.Paths), want, a.Paths)
			}
		}
	}
	if a := g.CanDeploy(9)[0]; len(a.Paths) != 2 || a.Paths[0][0].Privilege != access.Admin {
		t.Errorf("%v, want the stronger path first", a.Paths)
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
