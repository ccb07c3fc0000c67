package faults

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// queried are the routes that GraphQL answers.
var queried = []string{"organization.membersWithRole", "organization.teams", "organization.repositories", "nodes(Repository)", "nodes(Environment)", "node(Repository)", "node(Team)"}

func TestHalfAnswersAreAskedForAgainOrMarked(t *testing.T) {
	for i, match := range queried {
		where := aVillage
		if strings.HasPrefix(match, "node(") { // lists that overflow their page
			where = aTown
		}
		for k, f := range []githubsim.Fault{
			{Action: githubsim.PartialData}, {Action: githubsim.DataNull}, {Action: githubsim.NullNodes},
			{Action: githubsim.PartialData, Type: "FORBIDDEN"}, {Action: githubsim.DataNull, Type: "NOT_FOUND"}, {Action: githubsim.UnknownErrorType},
		} {
			if where.name == aTown.name && k%3 != i%3 && os.Getenv("AJAR_LONG") == "" {
				continue
			}
			f.Match = match
			f.Nth, f.Times = 1, []int{1, 1 << 20}[(i+k)%2] // once, and for ever
			_, p := disturbed(t, where, scripted(f))
			if p.sim.Meters().Faulted == 0 || p.err != nil {
				t.Errorf("%s of %s struck %d times: %v", f.Action, match, p.sim.Meters().Faulted, p.err)
			}
		}
	}
}

func TestHalfAnswerOfALargeQueryIsWholeByAskingForLess(t *testing.T) {
	_, p := disturbed(t, aTown, scripted(
		githubsim.Fault{Match: "organization.repositories", Action: githubsim.PartialData, Nth: 1, Times: 2},
		githubsim.Fault{Match: "nodes(Repository)", Action: githubsim.PartialData, Nth: 2, Times: 3},
		githubsim.Fault{Match: "nodes(Environment)", Action: githubsim.PartialData, Nth: 1, Times: 2}))
	p.whole(t)
}

func TestUnknownWordsAndMissingFieldsAreMarkedAndMapToNothing(t *testing.T) {
	for _, f := range []githubsim.Fault{{Action: githubsim.UnknownEnum}, {Action: githubsim.UnknownType}} {
		for _, kind := range []githubsim.Kind{githubsim.GraphQL, githubsim.REST} {
			f.Kind = kind
			_, p := disturbed(t, aVillage, scripted(f))
			if f.Action == githubsim.UnknownType && kind == githubsim.REST { // it has no type names
				continue
			}
			if p.err == nil && len(p.gaps()) == 0 {
				t.Errorf("%s of %s is no gap", f.Action, kind)
			}
		}
	}
	for _, field := range words {
		disturbed(t, aVillage, scripted(githubsim.Fault{Action: githubsim.MissingField, Field: field}))
	}
}

func TestPagesThatDoNotLeadOnAreReadAgainOrMarked(t *testing.T) {
	for k, match := range []string{"organization.membersWithRole", "organization.teams", "organization.repositories", "node(Repository)", "node(Team)",
		"/orgs/{org}/invitations", "organization-roles/{role_id}", "/keys", "/environments", "/teams/{team_slug}/repos", "/outside_collaborators", "/audit-log", "/repos/{owner}/{repo}/invitations"} {
		for i, action := range []githubsim.Action{githubsim.NoNext, githubsim.ShortPage, githubsim.CursorLoop, githubsim.EmptyPage, githubsim.BadCursor, githubsim.WrongTotal} {
			if i%3 != k%3 && os.Getenv("AJAR_LONG") == "" { // each meets two, and all of them where time does not matter
				continue
			}
			f := githubsim.Fault{Match: match, Action: action, Nth: 1 + i%2}
			if action == githubsim.BadCursor {
				f.Kind = githubsim.GraphQL
			}
			_, p := disturbed(t, aTown, scripted(f))
			if p.err != nil {
				t.Errorf("%s of %s ended the pass: %v", action, match, p.err)
			}
		}
	}
}

func TestPagesThatNeverLeadOnAreCutOff(t *testing.T) {
	for k, match := range queried[:3] {
		for i, action := range []githubsim.Action{githubsim.CursorLoop, githubsim.EmptyPage, githubsim.ShortPage, githubsim.BadCursor, githubsim.NullNodes} {
			if i%3 != k && os.Getenv("AJAR_LONG") == "" {
				continue
			}
			_, p := disturbed(t, aTown, scripted(githubsim.Fault{Match: match, Action: action, Nth: 2, Times: 1 << 20}))
			if p.err != nil || len(p.gaps()) == 0 {
				t.Errorf("%s of %s for ever is no gap (%v)", action, match, p.err)
			}
			if n := p.sim.Meters().GraphQL[match].Requests; n > 60 {
				t.Errorf("%s of %s was asked for %d times", action, match, n)
			}
		}
	}
}

func TestCredentialGoesToNoOtherHost(t *testing.T) {
	var asked atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Store(true) }))
	defer other.Close()
	for _, f := range []githubsim.Fault{
		{Action: githubsim.NextElsewhere, Kind: githubsim.REST},
		{Action: githubsim.Redirected, URL: other.URL + "/repositories/1/keys", Match: "/keys"},
		{Action: githubsim.Redirected, URL: other.URL + "/orgs/acme/invitations", Kind: githubsim.REST, Nth: 4, Times: 1 << 20},
		{Action: githubsim.Redirected, URL: other.URL + "/graphql", Status: 307, Kind: githubsim.GraphQL, Nth: 3, Times: 1 << 20},
	} {
		_, p := disturbed(t, aTown, scripted(f))
		if p.err == nil && len(p.gaps()) == 0 {
			t.Errorf("%s is no gap", f.Action)
		}
	}
	if asked.Load() {
		t.Error("the other host was asked")
	}
}

func TestBrokenBodiesAreAskedForAgainAndAreNeverAShorterList(t *testing.T) {
	for i, action := range []githubsim.Action{githubsim.Truncated, githubsim.CutJSON, githubsim.Reset, githubsim.BadGzip, githubsim.EmptyBody} {
		d := scripted(githubsim.Fault{Action: action, Probability: 0.08})
		d.sim.Seed = uint64(i)
		_, p := disturbed(t, aVillage, d)
		p.whole(t)
		if p.client.Meter().Retries == 0 {
			t.Errorf("%s: nothing was asked again", action)
		}
	}
	everywhere(t, nil, githubsim.Fault{Action: githubsim.Truncated}, githubsim.Fault{Action: githubsim.CutJSON}, githubsim.Fault{Action: githubsim.BadGzip},
		githubsim.Fault{Action: githubsim.EmptyBody}, githubsim.Fault{Action: githubsim.HTMLPage}, githubsim.Fault{Action: githubsim.NoJSON})
}

func TestOversizedAnswersAreCutOffAndMarked(t *testing.T) {
	for _, f := range []githubsim.Fault{
		{Action: githubsim.Oversized, Match: "/invitations", Bytes: 33 << 20},
		{Action: githubsim.GzipBomb, Match: "/outside_collaborators", Bytes: 33 << 20},
		{Action: githubsim.GzipBomb, Match: "organization.teams", Bytes: 65 << 20},
		{Action: githubsim.HugeHeader, Match: "/failed_invitations", Bytes: 1 << 20},
	} {
		_, p := disturbed(t, aVillage, scripted(f))
		if p.err != nil || len(p.gaps()) == 0 {
			t.Errorf("%s of %s is no gap (%v)", f.Action, f.Match, p.err)
		}
	}
}

func TestTokenThatSeesLessChangesNothingThatItIsNotShown(t *testing.T) {
	for _, scope := range []githubsim.Scope{
		githubsim.MemberScope, githubsim.AppScope, githubsim.AppScope.Without("administration:read"), githubsim.AppScope.Without("members:read"), githubsim.AppScope.Without("actions:read"),
	} {
		who := drift(village()).Orgs[0].Members[12].Login
		_, p := disturbed(t, aVillage, trouble{sim: githubsim.Options{Tokens: []githubsim.Token{{Value: token, Login: who, Scope: scope}}}})
		if p.err == nil && p.ledger.Complete(access.AreaTwoFactor) {
			t.Error("it is shown everything")
		}
	}
}
