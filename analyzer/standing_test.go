package analyzer_test

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

// roles builds a baseline with one role for team:acme/sre on repo:acme/api.
func roles(role, assign string) string {
	return "[roles.job]\n" + role + "\n[[assign]]\nrole = \"job\"\nto = [\"team:acme/sre\"]\non = [\"repo:acme/api\"]\nreason = \"on call\"\n" + assign + "\n"
}

func sre(p access.Privilege) func(*world) {
	return func(w *world) {
		w.team("sre", "", "sam")
		w.give("team:sre", "api", p)
	}
}

// jitRoles lets team:acme/sre be administrators of repo:acme/api as an elevation.
var jitRoles = roles("repository = \"admin\"\nstanding = false\nmax_duration = \"8h\"\napprovers = [\"user:root\"]\napprovals = 1", "")

func TestStandingPrivileged(t *testing.T) {
	jit := jitRoles
	const only = "team:acme/sre has admin on repo:acme/api, which the baseline allows only as an elevation"
	check(t, "standing-privileged", []verdictCase{
		{"only as an elevation", jit, sre(access.Admin), []string{"high open: " + only}, nil},
		{"waived", waived(jit, "standing-privileged"), sre(access.Admin), []string{"high waived: " + only}, nil},
		{"accepted with a review", roles("repository = \"admin\"", "standing_reason = \"the pipeline\"\nreview_by = 2027-01-01"), sre(access.Admin), nil, nil},
		{"accepted with an end", roles("repository = \"admin\"", "expires = 2026-12-31"), sre(access.Admin), nil, nil},
		{"an acceptance whose review is due", roles("repository = \"admin\"", "standing_reason = \"the pipeline\"\nreview_by = 2026-05-01"), sre(access.Admin),
			[]string{"medium open: team:acme/sre has admin on repo:acme/api, which is privileged and whose review was due by 2026-05-01"}, nil},
		{"an end too far ahead", roles("repository = \"admin\"", "expires = 2028-06-30"), sre(access.Admin),
			[]string{"medium open: team:acme/sre has admin on repo:acme/api, which is privileged and whose end, 2028-06-30, is more than 365 days ahead"}, nil},
		{"read needs no acceptance", roles("repository = \"read\"", ""), sre(access.Read), nil, nil},
		{"memberships not seen", jit, func(w *world) {
			sre(access.Admin)(w)
			w.blind(access.AreaTeamMembers, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: team-members: denied, needs members:read"}},
	})
}

func TestAReviewThatIsDueWantsANewDate(t *testing.T) {
	w := newWorld()
	sre(access.Admin)(w)
	for _, f := range w.analyze(t, roles("repository = \"admin\"", "standing_reason = \"the pipeline\"\nreview_by = 2026-05-01")).Findings {
		if f.Rule == "standing-privileged" && f.Want != "admin (baseline.toml:3), reviewed again, with a new review_by" {
			t.Errorf("want: %s", f.Want)
		}
	}
}

func TestALowerPrivilegeIsAcceptedBesideAHigherThatIsNot(t *testing.T) {
	job := roles("repository = \"write\"", "expires = 2026-12-31")
	for _, to := range []string{"team:acme/sre", "user:sam"} {
		text := job + "[roles.chief]\nrepository = \"admin\"\nstanding_reason = \"x\"\nreview_by = 2026-05-01\n" +
			"[[assign]]\nrole = \"chief\"\nto = [\"" + to + "\"]\non = [\"repo:acme/*\"]\nreason = \"on call\"\n"
		check(t, "standing-privileged", []verdictCase{
			{to + " holds the lower", text, sre(access.Write), nil, nil},
			{to + " holds what lies between", text, sre(access.Maintain),
				[]string{"medium open: team:acme/sre has maintain on repo:acme/api, which is privileged and whose review was due by 2026-05-01"}, nil},
			{to + " holds the higher", text, sre(access.Admin),
				[]string{"medium open: team:acme/sre has admin on repo:acme/api, which is privileged and whose review was due by 2026-05-01"}, nil},
		})
	}
}

func TestAReviewerOnlyAsAnElevationIsStanding(t *testing.T) {
	text := environmentRule("require_reviewers = true") + `
[roles.approver]
environments = { "production" = ["approve"] }
standing = false
max_duration = "8h"
approvers = ["user:root"]
approvals = 1
[[assign]]
role = "approver"
to = ["user:ann"]
on = ["env:acme/api/production"]
reason = "releases"
`
	check(t, "standing-privileged", []verdictCase{{"a reviewer", text, func(w *world) {
		w.member("ann")
		w.reviewer("user:ann", "api/production")
	}, []string{"high open: user:ann reviews deployments to env:acme/api/production, which the baseline allows only as an elevation"}, nil}})
}

func TestExpiredAssignment(t *testing.T) {
	ended := roles("repository = \"write\"", "expires = 2026-04-30")
	const title = "team:acme/sre has write on repo:acme/api, though the assignment ended at the end of 2026-04-30"
	check(t, "expired-assignment", []verdictCase{
		{"ended", ended, sre(access.Write), []string{"medium open: " + title}, nil},
		{"waived", waived(ended, "expired-assignment"), sre(access.Write), []string{"medium waived: " + title}, nil},
		{"ended at a time of day", roles("repository = \"write\"", "expires = 2026-04-30T12:30:00+02:00"), sre(access.Write),
			[]string{"medium open: team:acme/sre has write on repo:acme/api, though the assignment ended on 2026-04-30 10:30 UTC"}, nil},
		{"not yet", roles("repository = \"write\"", "expires = 2026-06-30"), sre(access.Write), nil, nil},
		{"another entry still allows it", ended + "[[assign]]\nrole = \"job\"\nto = [\"user:sam\"]\non = [\"repo:acme/api\"]\nreason = \"on call\"\nexpires = 2026-12-31\n", sre(access.Write), nil, nil},
		{"more than was assigned is the other rule's", ended, sre(access.Admin), nil, nil},
		{"memberships not seen", ended, func(w *world) {
			sre(access.Write)(w)
			w.blind(access.AreaTeams, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: teams: denied, needs members:read"}},
	})
}

func TestAnEndedWaiverLeavesTheFindingOpenAndIsNamed(t *testing.T) {
	for _, end := range []string{"2026-05-31", "2026-05-20", "2024-01-31"} {
		w := newWorld()
		w.team("qa", "", "ann")
		w.give("team:qa", "api", access.Admin)
		text := repositories + strings.Replace(waived("", "access-beyond-baseline"), "2026-07-01", end, 1)
		seen := 0
		for _, f := range w.analyze(t, text).Findings {
			if f.Rule != "access-beyond-baseline" {
				continue
			}
			seen++
			said := strings.Join(f.Evidence, " ")
			if f.State != access.Open || !strings.Contains(said, "A waiver (TICKET-7, baseline.toml:") || !strings.Contains(said, ") ended at the end of "+end+".") {
				t.Errorf("state %s, evidence %q: want it open, with the waiver that ended", f.State, f.Evidence)
			}
		}
		if seen != 1 {
			t.Errorf("%d findings, want 1", seen)
		}
	}
}
