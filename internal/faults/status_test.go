package faults

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// scripted are options of a simulator in which something goes wrong.
func scripted(faults ...githubsim.Fault) trouble {
	return trouble{sim: githubsim.Options{Faults: faults}}
}

// routes are what an answer can belong to: every list and every thing that the
// collector asks for, and the areas that rest on it.
var routes = []struct {
	match string
	areas []access.Area
}{
	{"organization.membersWithRole", []access.Area{access.AreaMembers}},
	{"organization.teams", []access.Area{access.AreaTeams}},
	{"organization.repositories", []access.Area{access.AreaRepositories}},
	{"nodes(Repository)", []access.Area{access.AreaRepositories}},
	{"nodes(Environment)", []access.Area{access.AreaGates}},
	{"GET /orgs/{org}/invitations", []access.Area{access.AreaInvitations}},
	{"/failed_invitations", []access.Area{access.AreaFailedInvitations}},
	{"/outside_collaborators", []access.Area{access.AreaOutside}},
	{"/organization-roles", []access.Area{access.AreaOrgRoles}},
	{"organization-roles/{role_id}", []access.Area{access.AreaOrgRoleAssignments}},
	{"custom-repository-roles", []access.Area{access.AreaCustomRoles}},
	{"/audit-log", []access.Area{access.AreaAuditLog}},
	{"/actions/permissions/workflow", []access.Area{access.AreaWorkflowToken}},
	{"/repos/{owner}/{repo}/keys", []access.Area{access.AreaDeployKeys}},
	{"/repos/{owner}/{repo}/environments", []access.Area{access.AreaPolicies}},
	{"/teams/{team_slug}/repos", []access.Area{access.AreaTeamGrants}},
}

// everywhere lets a fault stay on each route in turn, and wants the areas of that
// route marked as not complete, with a reason. Of several faults each route gets
// one, or all of them where time does not matter.
func everywhere(t *testing.T, marked func(access.Cover) bool, faults ...githubsim.Fault) {
	t.Helper()
	for i, r := range routes {
		for k, f := range faults {
			if k != i%len(faults) && os.Getenv("AJAR_LONG") == "" || f.Kind == githubsim.REST && !strings.Contains(r.match, "/") && !strings.Contains(r.match, "-") {
				continue
			}
			f.Match = r.match
			t.Run(r.match, func(t *testing.T) {
				_, p := disturbed(t, aVillage, scripted(f))
				if p.err != nil {
					t.Fatal(p.err)
				}
				if p.sim.Meters().Faulted == 0 {
					t.Fatal("no fault struck")
				}
				for _, a := range r.areas {
					checkMarked(t, p.ledger, a, marked)
				}
			})
		}
	}
}

// checkMarked wants the area, or scopes of it, to have a gap in words.
func checkMarked(t *testing.T, ledger access.Coverage, a access.Area, marked func(access.Cover) bool) {
	t.Helper()
	lines := ledger.Exceptions(a)
	if whole := ledger.For(a, 0); whole.Status != access.Complete || len(lines) == 0 {
		lines = append(lines, whole)
	}
	for _, line := range lines {
		if line.Status == access.Complete || line.Reason == "" || marked != nil && !marked(line) {
			t.Errorf("%+v", line)
		}
	}
}

// answering are faults that answer with each of the statuses.
func answering(statuses ...int) (out []githubsim.Fault) {
	for _, s := range statuses {
		out = append(out, githubsim.Fault{Action: githubsim.AnswerStatus, Status: s})
	}
	return out
}

func TestRevokedTokenEndsThePassAndLeavesTheSnapshotBefore(t *testing.T) {
	for _, n := range []int{1, 2, 5, 9, 17, 30} {
		_, p := disturbed(t, aVillage, scripted(githubsim.Fault{Nth: n, Times: 1000, Action: githubsim.Unauthenticated}))
		if !errors.Is(p.err, github.ErrUnauthenticated) {
			t.Errorf("revoked at request %d: %v", n, p.err)
		}
	}
}

func TestRefusalIsDeniedWithWhatWouldHelp(t *testing.T) {
	everywhere(t, func(c access.Cover) bool { return c.Status == access.Denied && c.Help != "" },
		githubsim.Fault{Kind: githubsim.REST, Action: githubsim.Denied})
}

func TestSingleSignOnIsAGapThatSaysWhatToDo(t *testing.T) {
	for _, action := range []githubsim.Action{githubsim.SSORequired, githubsim.SSOPartial} {
		everywhere(t, func(c access.Cover) bool {
			if action == githubsim.SSOPartial && !strings.Contains(c.Reason, "7000001") {
				return false // the organizations are named by their numbers, as GitHub names them
			}
			return strings.Contains(c.Reason+c.Help, "single sign-on")
		}, githubsim.Fault{Action: action})
	}
}

func TestHourlyLimitIsWaitedForAndThePassIsWhole(t *testing.T) {
	_, p := disturbed(t, aVillage, trouble{sim: githubsim.Options{PrimaryLimit: 25}, client: github.Options{MaxWait: 2 * time.Hour}})
	p.whole(t)
	if p.sim.Meters().Limited == 0 && p.clock.slept < time.Hour {
		t.Errorf("nothing was waited for: %s", p.clock.slept)
	}
	for _, status := range []int{200, 403, 429} {
		d := scripted(githubsim.Fault{Nth: 12, Action: githubsim.PrimaryLimited, Status: status})
		if status == 200 { // an error in the body, which only GraphQL has
			d.sim.Faults[0].Kind, d.sim.Faults[0].Nth = githubsim.GraphQL, 5
		}
		d.client.MaxWait = 2 * time.Hour
		_, p := disturbed(t, aVillage, d)
		p.whole(t)
	}
}

func TestHourlyLimitThatLastsTooLongEndsThePassAndTheNextIsWhole(t *testing.T) {
	l, p := disturbed(t, aVillage, trouble{sim: githubsim.Options{PrimaryLimit: 25}})
	if !errors.Is(p.err, github.ErrLimited) {
		t.Fatalf("got %v", p.err)
	}
	at := then.Add(time.Hour)
	next := l.pass(drift(village()), trouble{at: at})
	next.whole(t)
	now := clean(t, drift(village()), at)
	truth{now, now, now}.check(t, next.stored, next.ledger)
}

func TestSecondaryLimitIsObeyedAndThePassIsWhole(t *testing.T) {
	for _, status := range []int{200, 403, 429} {
		for _, after := range []time.Duration{0, time.Second, 30 * time.Second} {
			d := scripted(
				githubsim.Fault{Nth: 4, Times: 2, Action: githubsim.SecondaryLimited, Status: status, After: after},
				githubsim.Fault{Nth: 20, Times: 1, Action: githubsim.SecondaryLimited, Status: status, After: after})
			if status == 200 { // an error in the body, which only GraphQL has
				d.sim.Faults[0].Kind, d.sim.Faults[1].Kind = githubsim.GraphQL, githubsim.GraphQL
				d.sim.Faults[1].Nth = 7
			}
			_, p := disturbed(t, aVillage, d)
			p.whole(t)
			if least := max(after, time.Second); p.clock.slept < least || after == 0 && p.clock.slept < time.Minute {
				t.Errorf("%d, Retry-After %s: only %s were waited", status, after, p.clock.slept)
			}
		}
	}
}

func TestNotFoundIsNoAbsence(t *testing.T) {
	everywhere(t, nil, answering(404)...)
}

func TestGoneAndBlockedAreGapsAndNoDrift(t *testing.T) {
	everywhere(t, nil, answering(410, 451)...)
}

func TestUnusualStatusIsAGap(t *testing.T) {
	everywhere(t, nil, answering(400, 409, 422, 501)...)
}

func TestServerTroubleIsAskedAgainAndThenMarked(t *testing.T) {
	for _, status := range []int{500, 502, 503, 504} {
		_, p := disturbed(t, aVillage, trouble{sim: githubsim.Options{Seed: uint64(status), Faults: []githubsim.Fault{{Action: githubsim.AnswerStatus, Status: status, Probability: 0.05}}}})
		p.whole(t)
		if p.client.Meter().Retries == 0 {
			t.Errorf("%d: nothing was asked again", status)
		}
	}
	everywhere(t, nil, answering(500, 502, 503, 504)...)
}

func TestNotReadyIsAskedAgainAndIsNeverNothing(t *testing.T) {
	_, p := disturbed(t, aVillage, scripted(githubsim.Fault{Kind: githubsim.REST, Action: githubsim.NotReady, Probability: 0.2}))
	p.whole(t)
	everywhere(t, nil, githubsim.Fault{Kind: githubsim.REST, Action: githubsim.NotReady})
}

func TestRedirectIsNoAnswerUnlessItLeadsToTheSameRepository(t *testing.T) {
	var all []githubsim.Fault
	for i, to := range []string{"/orgs/acme/teams", "https://elsewhere.example/", "/repos/acme/repo-000003", "/somewhere"} {
		all = append(all, githubsim.Fault{Action: githubsim.Redirected, Status: []int{301, 302, 307, 308}[i], URL: to})
	}
	everywhere(t, nil, all...)
}
