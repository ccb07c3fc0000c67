package access_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

func TestForgottenIsNotNone(t *testing.T) {
	var g access.Grant
	if g.Privilege == access.None || g.Privilege.OnRepository() {
		t.Errorf("the zero privilege reads as %v", g.Privilege)
	}
	var c access.Coverage
	if c.Complete(access.AreaTeams) || c.CompleteFor(access.AreaTeamGrants, 7) {
		t.Error("an empty ledger calls something complete")
	}
	if got := len(c.Gaps()); got != len(access.Areas) {
		t.Errorf("an empty ledger has %d gaps, want all %d areas", got, len(access.Areas))
	}
}

func TestPrivilegesAreOrderedAndReadInBothSpellings(t *testing.T) {
	order := []string{"none", "pull", "TRIAGE", "push", "maintain", "Admin"}
	last := access.NoPrivilege
	for _, word := range order {
		p, ok := access.ParsePrivilege(word)
		if !ok || p <= last || !p.OnRepository() {
			t.Errorf("%s gives %v, want more than %v", word, p, last)
		}
		last = p
	}
	if _, ok := access.ParsePrivilege("release-operator"); ok {
		t.Error("the name of a custom role was read as a privilege")
	}
}

func TestOneGapInAScopeIsAGapOfItsAreaButNotOfItsSiblings(t *testing.T) {
	c := access.NewCoverage(
		access.Cover{Area: access.AreaDirectGrants, Status: access.Complete},
		access.Cover{Area: access.AreaDirectGrants, Scope: 7, Status: access.Denied, Reason: "no push access"},
	)
	if c.Complete(access.AreaDirectGrants) {
		t.Error("the area is called complete though repository 7 was denied")
	}
	if l := c.Of(access.AreaDirectGrants); l.Status != access.Partial || l.Reason != "no push access" {
		t.Errorf("the area's line is %+v, want partial with the reason of its exception", l)
	}
	if c.CompleteFor(access.AreaDirectGrants, 7) || !c.CompleteFor(access.AreaDirectGrants, 8) {
		t.Error("the gap of repository 7 must be its own")
	}
	if got := access.NewCoverage(c.Lines()...).Lines(); !slices.Equal(got, c.Lines()) {
		t.Errorf("a ledger built from its lines differs: %v", got)
	}
}

func TestAScopeThatWasReadStandsInAnAreaThatMayLackOthers(t *testing.T) {
	c := access.NewCoverage(
		access.Cover{Area: access.AreaGates, Status: access.Partial, Reason: "not every repository is listed"},
		access.Cover{Area: access.AreaGates, Scope: 7, Status: access.Complete},
	)
	if c.Complete(access.AreaGates) || !c.CompleteFor(access.AreaGates, 7) || c.CompleteFor(access.AreaGates, 8) {
		t.Error("repository 7 was read, the area and repository 8 were not")
	}
	if got := c.Exceptions(access.AreaGates); len(got) != 0 {
		t.Errorf("what was read is listed as a gap: %v", got)
	}
	if got := access.NewCoverage(c.Lines()...); !got.CompleteFor(access.AreaGates, 7) {
		t.Error("the line is lost on the way through the ledger's lines")
	}
}

func TestNamesAreWrittenAsPeopleReadThemAndUnknownOnesKeepTheirNumber(t *testing.T) {
	s := access.Snapshot{
		Org:          access.Organization{ID: 1, Login: "acme"},
		People:       []access.Person{{ID: 5, Login: "alice"}},
		Teams:        []access.TeamInfo{{ID: 6, Slug: "sre"}},
		Repositories: []access.Repository{{ID: 7, Name: "api"}},
		Environments: []access.Environment{{ID: 8, Repo: 7, Name: "prod/eu"}},
		DeployKeys:   []access.DeployKey{{ID: 9, Repo: 7}},
	}
	for ref, want := range map[access.Ref]string{
		{Kind: access.User, ID: 5}:       "user:alice",
		{Kind: access.User, ID: 99}:      "user:#99",
		{Kind: access.Team, ID: 6}:       "team:acme/sre",
		{Kind: access.Org, ID: 1}:        "org:acme",
		{Kind: access.Repo, ID: 7}:       "repo:acme/api",
		{Kind: access.Env, ID: 8}:        "env:acme/api/prod/eu",
		{Kind: access.Key, ID: 9}:        "key:acme/api#9",
		{Kind: access.Invitation, ID: 3}: "invitation:acme#3",
	} {
		if got := s.Name(ref); got != want {
			t.Errorf("%v is written %q, want %q", ref, got, want)
		}
	}
}

func TestGrantsOnFindsExactlyTheGrantsOfAResource(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := access.Snapshot{Grants: rapid.SliceOf(grant()).Draw(t, "grants")}
		slices.SortFunc(s.Grants, access.Grant.Compare)
		r := access.Ref{Kind: access.Repo, ID: rapid.Int64Range(1, 4).Draw(t, "repo")}
		var want []access.Grant
		for _, g := range s.Grants {
			if g.Resource == r {
				want = append(want, g)
			}
		}
		if got := s.GrantsOn(r); !slices.Equal(got, want) {
			t.Fatalf("have %v, want %v", got, want)
		}
	})
}

func TestGrantsOfOneKeyAreEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := grant().Draw(t, "a"), grant().Draw(t, "b")
		if (a.Key() == b.Key()) != (a == b) || (a.Compare(b) == 0) != (a == b) {
			t.Fatalf("%v and %v: key, order and equality disagree", a, b)
		}
	})
}

func grant() *rapid.Generator[access.Grant] {
	ref := func(k access.Kind) *rapid.Generator[access.Ref] {
		return rapid.Map(rapid.Int64Range(1, 4), func(id int64) access.Ref { return access.Ref{Kind: k, ID: id} })
	}
	return rapid.Custom(func(t *rapid.T) access.Grant {
		return access.Grant{
			Principal: ref(access.User).Draw(t, "principal"),
			Resource:  ref(access.Repo).Draw(t, "resource"),
			Privilege: rapid.SampledFrom([]access.Privilege{access.Read, access.Write}).Draw(t, "privilege"),
			Source:    rapid.SampledFrom([]access.Source{access.Direct, access.ByTeam}).Draw(t, "source"),
			Role:      rapid.Int64Range(0, 1).Draw(t, "role"),
		}
	})
}

func TestWordsSurviveJSON(t *testing.T) {
	type words struct {
		K access.Kind
		P access.Privilege
		S access.Source
		V access.Severity
	}
	for _, want := range []words{
		{access.Team, access.Write, access.ByTeam, access.High},
		{access.Env, access.Approve, access.Reviewer, access.Info},
		{},
	} {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got words
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Errorf("%s became %+v (%v)", text, got, err)
		}
	}
	for _, bad := range []string{`{"K":"alien"}`, `{"P":"god"}`, `{"S":"magic"}`, `{"V":"urgent"}`} {
		if err := json.Unmarshal([]byte(bad), &words{}); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestFingerprintsDependOnEveryPart(t *testing.T) {
	seen := map[string][]string{}
	for _, parts := range [][]string{{"r"}, {"r", "a"}, {"r", "ab"}, {"r", "a", "b"}, {"s", "a", "b"}} {
		fp := access.Fingerprint(parts[0], parts[1:]...)
		if other, ok := seen[fp]; ok {
			t.Errorf("%v and %v share the fingerprint %s", parts, other, fp)
		}
		seen[fp] = parts
	}
}
