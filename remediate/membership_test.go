package remediate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// guild is a team that the baseline does not speak of: it gives write on web, which
// the baseline allows to all of its people but one.
func guild() (w *world, base string) {
	w = house()
	w.team("guild", "", "dan", "dora", "kim", "ann")
	w.give("team:guild", "web", access.Write)
	w.give("team:qa", "web", access.Read)
	return w, roles + "[[assign]]\nrole = \"writer\"\nto = [\"user:dan\", \"user:dora\"]\non = [\"repo:acme/web\"]\n"
}

func TestWhoIsTooMuchInATeamGoesAndTheOthersKeepWhatTheyMay(t *testing.T) {
	w, base := guild()
	p := w.plan(t, base, loose())
	if diff := cmp.Diff([]string{"medium: take user:ann out of team:acme/guild"}, lines(p)); diff != "" {
		t.Fatalf("want -, have +:\n%s", diff)
	}
	a := p.Actions[0]
	if len(a.Weighed) != 1 || a.Weighed[0].Title != "lower team:acme/guild on repo:acme/web from write to read" ||
		a.Weighed[0].Why != "user:dan, user:dora, user:kim would lose access that the baseline allows; give it to them another way first" {
		t.Errorf("%+v", a.Weighed)
	}
	if a.Loss != "write, down to read" || a.Losers != 1 || a.Change.Thing != remediate.TeamMembership || a.Change.Before.Role != "member" || a.Change.After.There {
		t.Errorf("%+v", a)
	}
}

func TestNobodyIsTakenOutOfATeamThatGivesThemWhatTheyMay(t *testing.T) {
	cases := map[string]func(*world) string{
		"the team gives something that is allowed": func(w *world) string {
			w.give("team:guild", "tools", access.Write)
			return "[[assign]]\nrole = \"writer\"\nto = [\"user:ann\"]\non = [\"repo:acme/tools\"]\n"
		},
		"the baseline speaks of the team": func(w *world) string {
			w.ref("repo:tools")
			return "[[assign]]\nrole = \"reader\"\nto = [\"team:acme/guild\"]\non = [\"repo:acme/tools\"]\n"
		},
		"the baseline speaks of its parent": func(w *world) string {
			w.team("all", "")
			w.team("guild", "all")
			return "[[assign]]\nrole = \"reader\"\nto = [\"team:acme/all\"]\non = [\"repo:acme/api\"]\n"
		},
		"the team reviews deployments": func(w *world) string {
			w.reviewer("team:guild", "web/production")
			return ""
		},
		"most of its people would have to go": func(w *world) string {
			w.team("guild", "", "abe", "eli", "emma", "finn")
			return ""
		},
	}
	for name, set := range cases {
		w, base := guild()
		base += set(w)
		p := w.plan(t, base, loose())
		for _, a := range p.Actions {
			if a.Kind == remediate.RemoveTeamMember {
				t.Errorf("%s: %s", name, a.Title)
			}
		}
		refused := false
		for _, r := range p.Refused {
			refused = refused || r.Guard == remediate.EntitledGuard
		}
		if !refused {
			t.Errorf("%s: %q", name, lines(p))
		}
	}
}

func TestAPlaceInATeamIsTakenOnlyWhereEverythingWasSeen(t *testing.T) {
	for _, a := range []access.Area{access.AreaTeamMembers, access.AreaTeamGrants, access.AreaDirectGrants, access.AreaGates, access.AreaOrgRoleAssignments} {
		w, base := guild()
		w.blind(a, w.ref("repo:api").ID)
		if p := w.plan(t, base, loose()); len(p.Actions) != 0 {
			t.Errorf("%s: %q", a, lines(p))
		}
	}
}

func TestAStaleMemberWhoMayReachARepositoryBecomesAnOutsideCollaborator(t *testing.T) {
	base := "[organization.acme]\nmembers = [\"user:ann\", \"user:abe\", \"user:dan\", \"user:dora\", \"user:kim\"]\n" + roles +
		"[[assign]]\nrole = \"writer\"\nto = [\"user:mia\"]\non = [\"repo:acme/web\"]\n"
	w := house()
	w.join(access.Member, "mia")
	w.give("user:mia", "web", access.Write)
	w.AuditActivity[len(w.AuditActivity)-1].Last = now.AddDate(-1, 0, 0)
	guards := loose()
	guards.Expel = true
	p := w.plan(t, base, guards)
	if len(p.Actions) != 1 || p.Actions[0].Kind != remediate.ConvertMember || p.Actions[0].Change.After.Role != "outside" || p.Actions[0].Loss != "nobody's access shrinks: other paths give as much" {
		t.Errorf("%q: %+v", lines(p), p.Actions)
	}
}

func TestAnInvitationToARepositoryIsLoweredOrCancelled(t *testing.T) {
	const base = roles + "[[assign]]\nrole = \"reader\"\nto = [\"user:guest\"]\non = [\"repo:acme/web\"]\n"
	w := house()
	w.outside("guest", "eve")
	invite := func(id int64, who string, p access.Privilege) {
		w.RepoInvitations = append(w.RepoInvitations, access.Invite{ID: id, Repo: w.ref("repo:web").ID, Login: who, Invitee: w.ref("user:" + who).ID,
			Permission: p, CreatedAt: now.AddDate(0, 0, -1)})
	}
	invite(31, "guest", access.Write)
	invite(32, "eve", access.Admin)
	p := w.plan(t, base, loose())
	want := []string{
		"low: cancel invitation:acme/web#32 (user:eve)",
		"low: lower invitation:acme/web#31 from write to read (user:guest)",
	}
	if diff := cmp.Diff(want, lines(p)); diff != "" {
		t.Fatalf("want -, have +:\n%s", diff)
	}
	if c := p.Actions[1].Change; c.Thing != remediate.RepoInvitation || c.After.Invite.Role != "read" || c.Before.Invite.Invitee != w.ref("user:guest").ID || c.Invitation.ID != 31 {
		t.Errorf("%+v", c)
	}
	guards := loose()
	guards.Protected = []string{"user:eve"}
	if p := w.plan(t, base, guards); len(p.Actions) != 1 || len(p.Refused) != 1 || p.Refused[0].Guard != remediate.ProtectedGuard {
		t.Errorf("a protected person's invitation: %q", lines(p))
	}
}

func TestATeamIsLoweredAsFarAsItsPeopleKeepWhatTheyMay(t *testing.T) {
	w := house()
	w.team("guild", "", "dan", "dora", "eli", "emma", "finn")
	w.give("team:guild", "web", access.Admin)
	p := w.plan(t, roles+"[[assign]]\nrole = \"reader\"\nto = [\"user:dan\"]\non = [\"repo:acme/web\"]\n", loose())
	want := []string{"medium: lower team:acme/guild on repo:acme/web from admin to read",
		"refused (entitled): take admin on repo:acme/web from team:acme/guild: user:dan would lose access that the baseline allows; give it to them another way first"}
	if diff := cmp.Diff(want, lines(p)); diff != "" {
		t.Fatalf("want -, have +:\n%s", diff)
	}
	a := p.Actions[0]
	if len(a.Weighed) != 1 || a.Weighed[0].Title != "take admin on repo:acme/web from team:acme/guild" || len(a.Residual) != 4 ||
		a.Residual[0] != "user:dora keeps read on repo:acme/web through team:acme/guild" {
		t.Errorf("%+v, stays %q", a.Weighed, a.Residual)
	}
}
