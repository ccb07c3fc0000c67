package remediate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// An entry with a custom role that was not seen allows nobody knows what: neither
// the base permission nor a team's grant may be cut below people who have one.
func TestAnEntryThatCannotBeReadRefusesWhatItMightForbid(t *testing.T) {
	base := "[organization.acme]\nbase_permission = \"none\"\n[roles.releaser]\nrepository = \"role:releaser\"\nstanding_reason = \"x\"\nreview_by = 2027-06-30\n" +
		"[[assign]]\nrole = \"releaser\"\nto = [\"user:dan\"]\non = [\"repo:acme/*\"]\n"
	for name, grow := range map[string]func(*world){
		"the base permission": func(w *world) { w.Settings.BasePermission = access.Read },
		"a team's grant":      func(w *world) { w.team("crew", "", "dan", "ann"); w.give("team:crew", "api", access.Write) },
	} {
		w := newWorld()
		w.join(access.Member, "dan", "ann")
		w.ref("repo:api")
		w.blind(access.AreaCustomRoles, 0)
		grow(w)
		p := w.plan(t, base, loose())
		if len(p.Actions) != 0 {
			t.Errorf("%s: %v", name, lines(p))
		}
		for _, r := range p.Refused {
			if r.Guard != remediate.CoverageGuard {
				t.Errorf("%s: %v", name, lines(p))
			}
		}
	}
}

// Whom the baseline names as a reviewer and nobody saw may stand in a list that came
// short: the list that is put without them would be another one.
func TestReviewersAreNotPutWhileOneOfThemMayBeUnseen(t *testing.T) {
	const rule = roles + "[[environment]]\nmatch = [\"env:acme/*/production\"]\nreviewers = [\"user:kim\", \"user:dan\", \"%s\"]\n"
	for _, c := range []struct {
		unknown string
		unseen  access.Area
		refused bool
	}{
		{"user:stranger", "", false},
		{"user:stranger", access.AreaOutside, true},
		{"user:stranger", access.AreaRepoInvitations, true},
		{"team:acme/strangers", access.AreaTeams, true},
	} {
		w := house()
		w.reviewer("user:kim", "api/production")
		if c.unseen != "" {
			w.blind(c.unseen, 0)
		}
		p := w.plan(t, fmt.Sprintf(rule, c.unknown), loose())
		put := slices.ContainsFunc(p.Actions, func(a remediate.Action) bool { return slices.Contains(a.Parts, "reviewers") })
		if put == c.refused {
			t.Errorf("%s, %s unseen: %q", c.unknown, c.unseen, lines(p))
		}
	}
}

// Whom an invitation is for decides what may be done with it: they may be allowed it,
// or protected.
func TestAnInvitationToNobodyKnownIsLeftToAPerson(t *testing.T) {
	w := house()
	w.RepoInvitations = []access.Invite{{ID: 70, Repo: w.ref("repo:api").ID, Permission: access.Read, CreatedAt: now.AddDate(0, -2, 0)}}
	p := w.plan(t, roles, loose())
	if len(p.Actions) != 0 || !slices.ContainsFunc(p.Instructions, func(i remediate.Instruction) bool {
		return i.Rule == "repository-invitation-stale" && strings.Contains(i.Why, "does not tell whom")
	}) {
		t.Errorf("%q", lines(p))
	}
}
