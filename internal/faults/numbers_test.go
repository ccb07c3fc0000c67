package faults

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// odd is one number of an answer that nothing can have.
type odd struct {
	what string
	in   access.Area
	set  func(w *githubsim.World, o *githubsim.Org)
}

// beyond is a time that has no year of four digits in UTC.
var beyond = time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600))

var oddIDs = []odd{
	{"team", access.AreaTeams, func(_ *githubsim.World, o *githubsim.Org) { o.Teams[0].ID = -5 }},
	{"member", access.AreaMembers, func(w *githubsim.World, o *githubsim.Org) { account(w, o.Members[5].Login).ID = -5 }},
	{"repository", access.AreaRepositories, func(_ *githubsim.World, o *githubsim.Org) { o.Repos[1].ID = -5 }},
	{"key", access.AreaDeployKeys, func(_ *githubsim.World, o *githubsim.Org) { o.Repos[0].DeployKeys[0].ID = -5 }},
	{"environment", access.AreaEnvironments, func(_ *githubsim.World, o *githubsim.Org) { o.Repos[0].Environments[0].ID = -5 }},
	{"invitation", access.AreaInvitations, func(_ *githubsim.World, o *githubsim.Org) { o.Invitations[0].ID = -5 }},
	{"failed invitation", access.AreaFailedInvitations, func(_ *githubsim.World, o *githubsim.Org) { o.FailedInvitations[0].ID = -5 }},
	{"organization role", access.AreaOrgRoles, func(_ *githubsim.World, o *githubsim.Org) { o.OrgRoles[0].ID = -5 }},
	{"custom role", access.AreaCustomRoles, func(_ *githubsim.World, o *githubsim.Org) { o.CustomRoles[0].ID = -5 }},
	{"outside collaborator", access.AreaOutside, func(w *githubsim.World, _ *githubsim.Org) { w.Users[len(w.Users)-1].ID = -5 }},
	{"branch pattern", access.AreaPolicies, func(_ *githubsim.World, o *githubsim.Org) {
		o.Repos[0].Environments[1].BranchPolicy.Custom[0].ID = -5
	}},
}

var oddTimes = []odd{
	{"event of 2^53 ms", access.AreaAuditLog, func(_ *githubsim.World, o *githubsim.Org) { newest(o).CreatedAt = time.UnixMilli(1 << 53) }},
	{"event of next year", access.AreaAuditLog, func(_ *githubsim.World, o *githubsim.Org) { newest(o).CreatedAt = then.AddDate(1, 0, 0) }},
	{"team", access.AreaTeams, func(_ *githubsim.World, o *githubsim.Org) { o.Teams[0].CreatedAt = beyond }},
	{"member", access.AreaMembers, func(w *githubsim.World, o *githubsim.Org) { account(w, o.Members[5].Login).CreatedAt = beyond }},
	{"repository", access.AreaRepositories, func(_ *githubsim.World, o *githubsim.Org) { o.Repos[1].CreatedAt = beyond }},
	{"push", access.AreaRepositories, func(_ *githubsim.World, o *githubsim.Org) { o.Repos[1].PushedAt = beyond }},
	{"key", access.AreaDeployKeys, func(_ *githubsim.World, o *githubsim.Org) { o.Repos[0].DeployKeys[0].CreatedAt = beyond }},
	{"use of a key", access.AreaDeployKeys, func(_ *githubsim.World, o *githubsim.Org) { o.Repos[0].DeployKeys[0].LastUsed = beyond }},
	{"environment", access.AreaPolicies, func(_ *githubsim.World, o *githubsim.Org) { o.Repos[0].Environments[0].CreatedAt = beyond }},
	{"invitation", access.AreaInvitations, func(_ *githubsim.World, o *githubsim.Org) { o.Invitations[0].CreatedAt = beyond }},
	{"failed invitation", access.AreaFailedInvitations, func(_ *githubsim.World, o *githubsim.Org) { o.FailedInvitations[0].FailedAt = beyond }},
}

func account(w *githubsim.World, login string) *githubsim.User {
	return w.Users[slices.IndexFunc(w.Users, func(u *githubsim.User) bool { return u.Login == login })]
}

// newest is the newest event of the audit log.
func newest(o *githubsim.Org) *githubsim.AuditEvent {
	return slices.MaxFunc(o.AuditLog, func(a, b *githubsim.AuditEvent) int { return a.CreatedAt.Compare(b.CreatedAt) })
}

// TestOddNumberIsAGapAndNeverTheEndOfAPass: one row that nothing can be like, by its
// id or by its time, must not keep the others from being looked at.
func TestOddNumberIsAGapAndNeverTheEndOfAPass(t *testing.T) {
	old := cleanOnce(t, aVillage.name, aVillage.make, noon)
	for _, c := range slices.Concat(oddIDs, oddTimes) {
		l, _ := labAfter(t, aVillage)
		w := village()
		c.set(w, w.Orgs[0])
		p := l.pass(w, trouble{at: then})
		if p.err != nil {
			t.Errorf("%s: the pass ended: %v", c.what, p.err)
			continue
		}
		if _, told := p.gaps()[c.in]; !told {
			t.Errorf("%s: %s has no gap", c.what, c.in)
		}
		for _, complaint := range (truth{old, old, old}).complaints(p.stored, p.ledger) {
			t.Errorf("%s: %s", c.what, complaint)
		}
	}
}

func TestNameWithoutEndIsStoredByItsBeginning(t *testing.T) {
	l := newLab(t)
	w := village()
	o := w.Orgs[0]
	endless := strings.Repeat("n", 1<<20) + "\x00\u202e"
	o.Teams[0].Name, account(w, o.Members[5].Login).Name = endless, endless
	o.Repos[0].DeployKeys[0].Title, o.Repos[0].Environments[0].Name = endless, endless
	p := l.pass(w, trouble{})
	if p.err != nil {
		t.Fatal(p.err)
	}
	if info, err := os.Stat(l.path); err != nil || info.Size() > 2<<20 {
		t.Errorf("the store is %v (%v)", info, err)
	}
	for a, of := range p.stored {
		for scope, all := range of {
			for row, body := range all {
				if len(body) > 16<<10 {
					t.Errorf("%s of %d: %s has %d bytes", a, scope, row, len(body))
				}
			}
		}
	}
	if p.stored[access.AreaTeams][o.Teams[0].ID] == nil || !p.ledger.CompleteFor(access.AreaTeams, o.Teams[0].ID) {
		t.Error("the team with that name is not there")
	}
}
