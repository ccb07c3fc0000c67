package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/witness"
	"github.com/eb661601/ajar/remediate"
)

// waitingBase lists a reviewer who cannot read the repository, so that four plans have
// to follow one another in [waitingWorld].
const waitingBase = `[roles.read]
repository = "read"
standing_reason = "x"
review_by = 2027-06-30
[organization.acme]
owners = ["user:boss0", "user:boss1"]
members = "any"
base_permission = "none"
manage = ["repository-access"]
[[assign]]
role = "read"
to = ["user:dev0"]
on = ["repo:acme/site"]
reason = "x"
[[environment]]
match = ["env:acme/*/production"]
require_reviewers = true
reviewers = ["user:guest0", "user:boss0"]
`

// waitingWorld is an organization in which each thing waits for another: the grant of
// dev0 for the base permission, that for the gate that only it lets people open, and the
// gate for the guest to be gone, who is listed to review and may not read.
func waitingWorld() *githubsim.World {
	o := &githubsim.Org{
		Login: orgName, ID: 1, Name: "Acme", CreatedAt: noon.AddDate(-5, 0, 0), Plan: "enterprise",
		Settings: githubsim.Settings{DefaultRepositoryPermission: "write", TwoFactorRequired: true, DefaultWorkflowPermissions: "read"},
	}
	w := &githubsim.World{Meta: githubsim.Meta{Source: "written", Now: noon}, Orgs: []*githubsim.Org{o}}
	for i, login := range []string{"boss0", "boss1", "dev0", "dev1", "guest0"} {
		w.Users = append(w.Users, &githubsim.User{Login: login, ID: int64(1001 + i), Type: "User", CreatedAt: noon.AddDate(-3, 0, 0), LastActivity: noon.AddDate(0, 0, -3)})
		if role := map[string]string{"boss": "admin", "dev": "member"}[strings.TrimRight(login, "01")]; role != "" {
			o.Members = append(o.Members, &githubsim.Member{Login: login, Role: role, TwoFactor: true})
		}
	}
	for i, name := range []string{"site", "infra"} {
		o.Repos = append(o.Repos, &githubsim.Repo{
			Name: name, ID: int64(2001 + i), Visibility: "private", CreatedAt: noon.AddDate(-2, 0, 0), PushedAt: noon.AddDate(0, 0, -1), DefaultBranch: "main",
		})
	}
	o.Repos[0].Collaborators = []*githubsim.Collaborator{{Login: "dev0", Permission: "maintain"}, {Login: "guest0", Permission: "read"}}
	o.Repos[1].Environments = []*githubsim.Environment{{
		ID: 3001, Name: "production", CreatedAt: noon.AddDate(-1, 0, 0), CanAdminsBypass: true, Reviewers: []githubsim.Actor{{Type: "User", Name: "dev1"}},
	}}
	return w
}

func TestPlansThatWaitForOneAnotherComeToAnEnd(t *testing.T) {
	l := newLab(t, waitingWorld(), waitingBase, githubsim.Options{})
	defer l.end()
	rounds := l.carriesOut(t, l.watching(nil))
	left := witness.Essence(l.sim.Snapshot())
	for _, want := range []string{"acme base-permission none", "acme/site collaborator dev0 read"} {
		if !slices.Contains(left, want) {
			t.Errorf("after %d plans %q is not there:\n%s", rounds, want, strings.Join(left, "\n"))
		}
	}
	if rounds != 5 { // the first is put back
		t.Errorf("it took %d plans, not 5", rounds)
	}
}

// TestARefusedGrantExplainsThatItsHolderIsIdle holds that a plan tells why an outside
// collaborator who shows no sign of life stays: their last grant is refused.
func TestARefusedGrantExplainsThatItsHolderIsIdle(t *testing.T) {
	w := waitingWorld()
	guest := w.Users[len(w.Users)-1]
	guest.LastActivity = noon.AddDate(0, 0, -200)
	site := w.Orgs[0].Repos[0]
	site.Environments = []*githubsim.Environment{{
		ID: 3002, Name: "production", CreatedAt: noon.AddDate(-1, 0, 0), CanAdminsBypass: true, Reviewers: []githubsim.Actor{{Type: "User", Name: guest.Login}},
	}}
	const ended = "[[assign]]\nrole = \"read\"\nto = [\"user:guest0\"]\non = [\"repo:acme/site\"]\nreason = \"x\"\nexpires = 2026-11-20\n"
	l := newLab(t, w, waitingBase+ended, githubsim.Options{})
	defer l.end()
	r := l.audit()
	p := l.plan(r)
	if left := explained(r.Findings, p); len(left) > 0 {
		t.Errorf("nothing explains %v\n%s", left, lines(p))
	}
	if !slices.ContainsFunc(r.Findings, func(f access.Finding) bool { return f.Rule == "outside-collaborator-stale" }) {
		t.Error("nobody is idle")
	}
	if !slices.ContainsFunc(p.Refused, func(x remediate.Refusal) bool { return strings.Contains(x.Title, "user:"+guest.Login) }) {
		t.Errorf("nothing of %s is refused\n%s", guest.Login, lines(p))
	}
}
