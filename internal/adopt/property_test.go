package adopt_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/adopt"
	"github.com/eb661601/ajar/reach"
)

func bound(t testing.TB, s *access.Snapshot, r adopt.Result) *baseline.Bound {
	t.Helper()
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: r.Text}})
	if err != nil {
		t.Fatalf("%v\n%s", err, r.Text)
	}
	var ids []string
	for _, rule := range analyzer.Rules() {
		ids = append(ids, rule.ID)
	}
	said := func(p baseline.Problem) bool { return !strings.Contains(p.Message, "is not plain ASCII") } // the name is as it is
	for _, p := range b.Lint(s.TakenAt, ids, []string{s.Org.Login}) {
		if !said(p) {
			continue
		}
		t.Fatalf("ajar baseline check would complain: %s\n%s", p, r.Text)
	}
	out, problems := b.Bind(s)
	if slices.ContainsFunc(problems, said) {
		t.Fatalf("laid over the snapshot: %v\n%s", problems, r.Text)
	}
	return out
}

// wrongByItself are the findings that no first baseline may take away, with or
// without one.
func wrongByItself(f access.Finding, r adopt.Result, s *access.Snapshot) bool {
	for _, rule := range analyzer.Rules() {
		if rule.ID == f.Rule && !rule.Baseline && f.Rule != "outside-collaborator-write" && f.Rule != "deploy-key-write" {
			return true
		}
	}
	for _, no := range r.Refused {
		if strings.HasPrefix(no, f.Principal.Name+" ") || strings.HasPrefix(no, f.Principal.Name+",") {
			return true
		}
	}
	return false
}

// adopted holds what is true of every first baseline.
func adopted(t testing.TB, s *access.Snapshot) adopt.Result {
	t.Helper()
	g := reach.New(s)
	r, err := adopt.Baseline(s, g)
	if err != nil {
		t.Fatal(err)
	}
	again, err := adopt.Baseline(s, nil)
	if err != nil || !bytes.Equal(r.Text, again.Text) {
		t.Fatalf("the second time it wrote something else (%v)", err)
	}
	b := bound(t, s, r)
	before := analyzer.Analyze(analyzer.Input{Snapshot: s, Graph: g, At: s.TakenAt})
	known := map[string]bool{}
	for _, f := range before.Findings {
		known[f.Fingerprint] = true
	}
	for _, f := range analyzer.Analyze(analyzer.Input{Snapshot: s, Graph: g, Baseline: b, At: s.TakenAt}).Findings {
		if !wrongByItself(f, r, s) {
			t.Fatalf("right after init: %s: %s\n%s", f.Rule, f.Title, r.Text)
		}
		rule := f.Rule
		if !known[f.Fingerprint] && rule != "outside-collaborator-write" && !strings.Contains(strings.Join(r.Refused, "\n"), f.Principal.Name) {
			t.Fatalf("the baseline made a finding: %s: %s\n%s", rule, f.Title, r.Text)
		}
	}
	exact(t, s, b, r)
	return r
}

// exact holds that no entry gives more than its principal holds today, and that
// everything held but what is refused is given.
func exact(t testing.TB, s *access.Snapshot, b *baseline.Bound, r adopt.Result) {
	t.Helper()
	held := map[[2]access.Ref]access.Grant{}
	for _, g := range s.Grants {
		if g.Resource.Kind == access.Repo && (g.Source == access.Direct || g.Source == access.ByTeam) {
			held[[2]access.Ref{g.Principal, g.Resource}] = g
		}
	}
	var all []access.Ref
	for _, p := range s.People {
		all = append(all, access.Ref{Kind: access.User, ID: p.ID})
	}
	for _, tm := range s.Teams {
		all = append(all, access.Ref{Kind: access.Team, ID: tm.ID})
	}
	for _, repo := range s.Repositories {
		for _, who := range all {
			on := access.Ref{Kind: access.Repo, ID: repo.ID}
			g, holds := held[[2]access.Ref{who, on}]
			e := b.OnRepo(who, repo.ID, s.TakenAt)
			switch {
			case e.Privilege > access.None && (!holds || e.Privilege > g.Privilege || len(e.CustomRoles) > 0 && g.Role != e.CustomRoles[0]):
				t.Fatalf("%s may have %s on %s, and holds %s\n%s", s.Name(who), e.Privilege, s.Name(on), g.Privilege, r.Text)
			case holds && b.Managed(baseline.RepositoryAccess) && e.Privilege < g.Privilege && !strings.Contains(strings.Join(r.Refused, "\n"), s.Name(who)):
				t.Fatalf("%s holds %s on %s, and may have %s\n%s", s.Name(who), g.Privilege, s.Name(on), e.Privilege, r.Text)
			case e.Privilege >= access.Write && !e.Accepted:
				t.Fatalf("%s may have %s on %s, without an end", s.Name(who), e.Privilege, s.Name(on))
			}
		}
	}
}

func TestAuditRightAfterInitShowsOnlyWhatIsWrongByItself(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { adopted(t, drawn(rt)) })
}

func TestWhatWasNotSeenIsSaidAndNotManaged(t *testing.T) {
	classes := map[access.Area]baseline.Class{
		access.AreaMembers: baseline.Owners, access.AreaTeamGrants: baseline.RepositoryAccess, access.AreaDirectGrants: baseline.RepositoryAccess,
		access.AreaTeamMembers: baseline.RepositoryAccess, access.AreaOutside: baseline.OutsideCollaborators, access.AreaDeployKeys: baseline.Keys,
		access.AreaGates: baseline.Environments, access.AreaOrgRoleAssignments: baseline.OrganizationRoles,
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := drawn(rt)
		for a, class := range classes {
			blind := *s
			blind.Coverage = access.NewCoverage(s.Coverage.Lines()...)
			blind.Coverage.Set(access.Cover{Area: a, Status: access.Partial, Reason: "lost"})
			r, err := adopt.Baseline(&blind, nil)
			if err != nil {
				rt.Fatal(err)
			}
			if b := bound(t, &blind, r); b.Managed(class) {
				rt.Fatalf("%s was not read, and %s is managed:\n%s", a, class, r.Text)
			}
			head, _, _ := strings.Cut(string(r.Text), "# The organization")
			if !strings.Contains(head, "NOT SEEN") || !strings.Contains(head, string(a)) || len(r.Blind) == 0 {
				rt.Fatalf("%s was not read, and the head does not say so:\n%s", a, head)
			}
		}
	})
}

func TestNothingReadIsAnErrorAndNoEmptyList(t *testing.T) {
	s := empty()
	s.Grants, s.People, s.Settings, s.WorkflowToken, s.Org.TwoFactorRequired = nil, nil, nil, nil, nil
	s.Coverage = access.Coverage{}
	r, err := adopt.Baseline(s, nil)
	if !errors.Is(err, adopt.ErrNothing) || len(r.Blind) == 0 || r.Text != nil {
		t.Errorf("got %v, %d reasons, %q", err, len(r.Blind), r.Text)
	}
}
