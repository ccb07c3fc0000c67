package changes_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
	"github.com/eb661601/ajar/reach"
)

func ref(k access.Kind, id int64) access.Ref { return access.Ref{Kind: k, ID: id} }

// world is a small organization, all of it seen.
func world(edit func(*access.Snapshot)) changes.Side {
	s := &access.Snapshot{
		Org:      access.Organization{ID: 1, Login: "acme"},
		Settings: &access.Settings{BasePermission: access.Read},
		People:   []access.Person{{ID: 11, Login: "ann"}, {ID: 12, Login: "bob"}, {ID: 13, Login: "eve"}},
		Teams:    []access.TeamInfo{{ID: 21, Slug: "sre"}, {ID: 22, Slug: "dev"}},
		Repositories: []access.Repository{
			{ID: 31, Name: "api", Visibility: "private"}, {ID: 32, Name: "web", Visibility: "private"},
		},
		Environments: []access.Environment{{ID: 41, Repo: 31, Name: "production", Gate: &access.Gate{Env: 41, Repo: 31, WaitTimer: 30, PreventSelfReview: true, Reviewers: 1}}},
		Grants: []access.Grant{
			{Principal: ref(access.User, 11), Resource: ref(access.Org, 1), Privilege: access.Owner, Source: access.ByOwner},
			{Principal: ref(access.User, 12), Resource: ref(access.Org, 1), Privilege: access.Member, Source: access.Direct},
			{Principal: ref(access.User, 12), Resource: ref(access.Team, 21), Privilege: access.Member, Source: access.Direct},
			{Principal: ref(access.Team, 21), Resource: ref(access.Repo, 31), Privilege: access.Write, Source: access.ByTeam},
			{Principal: ref(access.Team, 21), Resource: ref(access.Env, 41), Privilege: access.Approve, Source: access.Reviewer},
		},
	}
	for _, a := range access.Areas {
		s.Coverage.Set(access.Cover{Area: a, Status: access.Complete})
	}
	if edit != nil {
		edit(s)
	}
	slices.SortFunc(s.Grants, access.Grant.Compare)
	return changes.Side{Snapshot: s, Graph: reach.New(s)}
}

func drop(s *access.Snapshot, out func(access.Grant) bool) {
	s.Grants = slices.DeleteFunc(s.Grants, out)
}

// words tells a change in one line.
func words(c changes.Change) string {
	s := fmt.Sprintf("%s %s %s %s", c.Effect, c.Class, c.What, c.Subject.Name)
	if !c.Object.IsZero() {
		s += " on " + c.Object.Name
	}
	if c.Aspect != "" {
		s += " [" + c.Aspect + "]"
	}
	s += fmt.Sprintf(" %q>%q", c.Before, c.After)
	if !c.With.IsZero() {
		s += " with " + c.With.Name
	}
	if c.Doubt != "" {
		s += " doubt"
	}
	return s
}

func TestEveryKindOfChangeIsToldOnceAndInItsDirection(t *testing.T) {
	for name, tc := range map[string]struct {
		edit func(*access.Snapshot)
		want []string
	}{
		"nothing": {nil, nil},
		"a new owner": {func(s *access.Snapshot) { s.Grants[1].Privilege, s.Grants[1].Source = access.Owner, access.ByOwner },
			[]string{`more owners raised user:bob on org:acme "member">"owner"`}},
		"a renamed team, repository and person": {func(s *access.Snapshot) {
			s.Teams[0].Slug, s.Repositories[0].Name, s.People[1].Login = "ops", "core", "robert"
		}, []string{`other people renamed user:robert "bob">"robert"`, `other repositories renamed repo:acme/core "api">"core"`, `other teams renamed team:acme/ops "sre">"ops"`}},
		"a deleted team takes all along": {func(s *access.Snapshot) {
			s.Teams = s.Teams[1:]
			drop(s, func(g access.Grant) bool { return g.Principal.ID == 21 || g.Resource.ID == 21 })
		}, []string{
			`less teams removed team:acme/sre "">""`, `less grants removed team:acme/sre on repo:acme/api "write">"" with team:acme/sre`,
			`less environments removed team:acme/sre on env:acme/api/production "approve">"" with team:acme/sre`,
			`less memberships removed user:bob on team:acme/sre "member">"" with team:acme/sre`,
		}},
		"somebody left": {func(s *access.Snapshot) { drop(s, func(g access.Grant) bool { return g.Principal.ID == 12 }) },
			[]string{`less people removed user:bob on org:acme "member">""`, `less memberships removed user:bob on team:acme/sre "member">"" with user:bob`}},
		"an outsider": {func(s *access.Snapshot) {
			s.Outside = []access.Outside{{User: 13}}
			s.Grants = append(s.Grants, access.Grant{Principal: ref(access.User, 13), Resource: ref(access.Repo, 32), Privilege: access.Admin, Source: access.Direct})
		}, []string{`more outside added user:eve "">""`, `more grants added user:eve on repo:acme/web "">"admin" with user:eve`}},
		"a raised team": {func(s *access.Snapshot) { s.Grants[3].Privilege = access.Admin },
			[]string{`more grants raised team:acme/sre on repo:acme/api "write">"admin"`}},
		"a weaker gate": {func(s *access.Snapshot) {
			s.Environments[0].Gate = &access.Gate{Env: 41, Repo: 31, PreventSelfReview: false, Reviewers: 0}
		}, []string{
			`more environments weakened env:acme/api/production [approval] "by 1 reviewer">"not required"`,
			`more environments weakened env:acme/api/production [self-review] "prevented">"allowed"`,
			`more environments weakened env:acme/api/production [wait timer] "30 min">"none"`,
		}},
		"a setting": {func(s *access.Snapshot) { s.Settings = &access.Settings{BasePermission: access.Write} },
			[]string{`more settings changed org:acme [base permission] "read">"write"`}},
	} {
		d := changes.Compare(world(nil), world(tc.edit))
		var got []string
		for _, c := range d.Changes {
			got = append(got, words(c))
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, tc.want)
		}
	}
}

func TestWhatWasNotSeenIsNeverCalledARemovalOrNew(t *testing.T) {
	gone := func(s *access.Snapshot) {
		drop(s, func(g access.Grant) bool { return g.Resource == ref(access.Repo, 31) })
		s.Coverage.Set(access.Cover{Area: access.AreaTeamGrants, Scope: 21, Status: access.Denied, Reason: "no"})
	}
	for name, d := range map[string]changes.Diff{
		"no longer seen": changes.Compare(world(nil), world(gone)), "now seen": changes.Compare(world(gone), world(nil)),
	} {
		if len(d.Changes) != 1 || d.Changes[0].Doubt == "" || d.Unsure == "" || len(d.Coverage) != 1 {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestPowersAreWhatAllWaysTogetherGive(t *testing.T) {
	d := changes.Compare(world(nil), world(func(s *access.Snapshot) {
		s.Grants = append(s.Grants, access.Grant{Principal: ref(access.User, 12), Resource: ref(access.Repo, 31), Privilege: access.Read, Source: access.Direct})
	}))
	if len(d.Powers) != 0 {
		t.Errorf("reading what one can write already is no power: %+v", d.Powers)
	}
	d = changes.Compare(world(nil), world(func(s *access.Snapshot) { s.Settings = &access.Settings{BasePermission: access.Write} }))
	if len(d.Powers) != 1 || d.Powers[0].Person.Name != "user:bob" || d.Powers[0].Gained.Repositories != 1 || d.Powers[0].Gained.First[0].Name != "repo:acme/web" {
		t.Errorf("bob gains web alone, for he writes api by his team: %+v", d.Powers)
	}
}

func TestGrantsThatOneSideHasAreThoseOfTheSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) []access.Grant {
			all := rapid.SliceOf(rapid.Custom(func(t *rapid.T) access.Grant {
				return access.Grant{Principal: ref(access.User, rapid.Int64Range(1, 4).Draw(t, "p")), Resource: ref(access.Repo, rapid.Int64Range(1, 4).Draw(t, "r")), Privilege: access.Read, Source: access.Direct}
			})).Draw(t, label)
			slices.SortFunc(all, access.Grant.Compare)
			return slices.Compact(all)
		}
		was, is := draw("was"), draw("is")
		changes.Grants(was, is, func(g access.Grant, newer bool) {
			if slices.Contains(was, g) == newer || slices.Contains(is, g) != newer {
				t.Fatalf("%v newer=%t", g, newer)
			}
		})
	})
}

// BenchmarkGrants is P9: two snapshots of a million grants, a thousand of which
// changed.
func BenchmarkGrants(b *testing.B) {
	was := make([]access.Grant, 1_000_000)
	for i := range was {
		was[i] = access.Grant{Principal: ref(access.User, int64(i%5_000)+1), Resource: ref(access.Repo, int64(i/100)+1), Privilege: access.Read, Source: access.Direct}
	}
	slices.SortFunc(was, access.Grant.Compare)
	is := slices.Clone(was)
	for i := 0; i < len(is); i += 1000 {
		is[i].Privilege = access.Write
	}
	start := time.Now()
	n := 0
	for b.Loop() {
		n = 0
		changes.Grants(was, is, func(access.Grant, bool) { n++ })
	}
	if n != 2_000 {
		b.Fatalf("%d", n)
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/1000/float64(b.N), "ms/diff")
}
