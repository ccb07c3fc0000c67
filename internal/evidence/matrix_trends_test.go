package evidence_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func organization(id int64) access.Organization {
	return access.Organization{ID: id, NodeID: fmt.Sprint("O_", id), Login: fmt.Sprint("org", id)}
}

// opened gives an empty store.
func opened(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// history fills a store with passes over an organization, with drift, gaps, findings and
// waivers, one each nine hours, and breaks one off now and then.
func history(t *rapid.T, s *store.Store, org int64) []store.SnapshotInfo {
	var all []store.SnapshotInfo
	for n := range rapid.IntRange(3, 12).Draw(t, "passes") {
		at := noon.Add(time.Duration(9*n) * time.Hour)
		p, err := s.Begin(context.Background(), organization(org), at)
		must(t, err)
		fill(t, p, org)
		if n > 0 && rapid.IntRange(0, 5).Draw(t, "breaks off") == 0 {
			must(t, p.Abort(context.Background()))
			continue
		}
		info, err := p.Finish(context.Background(), store.PassStats{})
		must(t, err)
		all = append(all, info)
		if rapid.IntRange(0, 4).Draw(t, "judged") == 0 {
			continue
		}
		snap, err := s.Load(context.Background(), info)
		must(t, err)
		_, err = s.Judge(context.Background(), snap, found(t, snap), at.Add(time.Minute), store.Terms{})
		must(t, err)
	}
	return all
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func grant(kind access.Kind, id int64, on access.Kind, resource int64, p access.Privilege, by access.Source) access.Grant {
	return access.Grant{Principal: access.Ref{Kind: kind, ID: id}, Resource: access.Ref{Kind: on, ID: resource}, Privilege: p, Source: by}
}

// fill draws what one pass sees.
func fill(t *rapid.T, p *store.Pass, org int64) {
	yes := func(what string) bool { return rapid.Bool().Draw(t, what) }
	for _, a := range access.Areas {
		c := access.Cover{Area: a, Total: -1, Status: rapid.SampledFrom([]access.Status{access.Complete, access.Complete, access.Complete, access.Denied, access.Unavailable}).Draw(t, "status")}
		must(t, p.Cover(context.Background(), c))
	}
	put := func(a access.Area, scope int64, grants ...access.Grant) {
		must(t, p.Put(context.Background(), a, scope, access.Rows{Grants: slices.DeleteFunc(grants, func(access.Grant) bool { return yes("not there") })}))
	}
	for u := int64(1); u < 4; u++ {
		put(access.AreaMembers, u, grant(access.User, u, access.Org, org, access.Owner, access.ByOwner), grant(access.User, u, access.Org, org, access.Member, access.Direct))
	}
	for r := int64(50); r < 53; r++ {
		if rapid.IntRange(0, 5).Draw(t, "gap") == 0 {
			status := rapid.SampledFrom([]access.Status{access.Denied, access.Unavailable}).Draw(t, "of")
			must(t, p.Cover(context.Background(), access.Cover{Area: access.AreaDirectGrants, Scope: r, Status: status, Total: -1}))
			continue
		}
		put(access.AreaDirectGrants, r, grant(access.User, 1, access.Repo, r, access.Admin, access.Direct), grant(access.User, 2, access.Repo, r, access.Maintain, access.Direct),
			grant(access.User, 3, access.Repo, r, access.Read, access.Direct))
		put(access.AreaRepoInvitations, r, grant(access.Invitation, r, access.Repo, r, access.Admin, access.Invited))
		put(access.AreaGates, r, grant(access.User, 1, access.Env, r+100, access.Approve, access.Reviewer))
	}
	put(access.AreaTeamGrants, 11, grant(access.Team, 11, access.Repo, 50, access.Write, access.ByTeam))
	put(access.AreaOrgRoleAssignments, 6, grant(access.Team, 11, access.Org, org, access.None, access.ByOrgRole))
}

// found draws what the rules find.
func found(t *rapid.T, snap *access.Snapshot) []access.Finding {
	var out []access.Finding
	for i := range 6 {
		if rapid.IntRange(0, 2).Draw(t, "found") == 0 {
			continue
		}
		f := access.Finding{Fingerprint: fmt.Sprintf("f%d", i), Rule: []string{evidence.StandingRule, "owner-not-listed"}[i%2], Severity: access.Severity(1 + i%3 + 2),
			State: access.Open, Org: access.Named{Ref: access.Ref{Kind: access.Org, ID: snap.Org.ID}, Name: "org"}, Needs: []access.Need{{Area: access.AreaMembers}}}
		if rapid.IntRange(0, 2).Draw(t, "waived") == 0 {
			f.State, f.Waiver, f.WaiverEnd = access.Waived, "w", snap.TakenAt.Add(48*time.Hour)
		}
		out = append(out, f)
	}
	return out
}

// read gives a table as texts.
func read(t interface {
	Helper()
	Fatal(...any)
}, tables []evidence.Table, name string) []map[string]string {
	t.Helper()
	var out []map[string]string
	for _, table := range tables {
		if table.Name != name {
			continue
		}
		for row, err := range table.Rows(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			if len(row) != len(table.Columns) {
				t.Fatal(fmt.Sprintf("%s: a row of %d cells for %d columns", name, len(row), len(table.Columns)))
			}
			m := map[string]string{}
			for i, c := range table.Columns {
				m[c.Name] = text(row[i], c.Kind)
			}
			out = append(out, m)
		}
	}
	return out
}

// text is a cell as CSV has it.
func text(v evidence.Value, k evidence.Kind) string {
	if !v.Set {
		return ""
	}
	switch k {
	case evidence.Whole:
		return fmt.Sprint(v.Whole)
	case evidence.Number:
		return fmt.Sprint(v.Number)
	case evidence.Instant:
		return v.Instant.Format(time.RFC3339)
	case evidence.Yes:
		return map[int64]string{0: "no", 1: "yes"}[v.Whole]
	}
	return v.Text
}

func TestTrendsAreWhatTheSnapshotsShow(t *testing.T) {
	s, org := opened(t), int64(76)
	rapid.Check(t, func(t *rapid.T) {
		org++
		all := history(t, s, org)
		from := rapid.IntRange(0, len(all)-1).Draw(t, "from")
		e := evidence.Evidence{Period: evidence.Period{From: all[from].At, To: all[len(all)-1].At.Add(time.Duration(rapid.IntRange(1, 48).Draw(t, "hours")) * time.Hour)},
			Orgs: []evidence.Org{{ID: org, Login: "acme", First: all[from].ID, Last: all[len(all)-1].ID}, {ID: 1, Login: "empty"}}}
		tables, err := evidence.Trends(context.Background(), s, e)
		must(t, err)
		remediesAreThoseOfEachLife(t, s, organization(org).Login, e.Period, tables)
		privileged, coverage, waivers := read(t, tables, evidence.TrendPrivileged), read(t, tables, evidence.TrendCoverage), read(t, tables, evidence.TrendWaivers)
		ends := lastOfEachDay(all[from:])
		if len(privileged) != len(ends) || len(coverage) != len(ends) || len(waivers) != len(ends) {
			t.Fatalf("%d, %d and %d rows for %d days", len(privileged), len(coverage), len(waivers), len(ends))
		}
		ever := false
		for i, info := range ends {
			snap, err := s.Load(context.Background(), info)
			must(t, err)
			stood, err := s.FindingsAt(context.Background(), store.Filter{States: []access.State{access.Open, access.Waived}}, info)
			must(t, err)
			want := naive(snap, stood)
			for _, f := range stood {
				ever = ever || f.Rule == evidence.StandingRule
			}
			if privileged[i]["standing"] == "" && !ever {
				want["standing"] = ""
			}
			got := map[string]string{}
			for name := range want {
				for _, row := range []map[string]string{privileged[i], coverage[i], waivers[i]} {
					if v, ok := row[name]; ok {
						got[name] = v
					}
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("snapshot %d (-naive +table):\n%s", info.ID, d)
			}
		}
	})
}

func lastOfEachDay(all []store.SnapshotInfo) (out []store.SnapshotInfo) {
	for _, i := range all {
		if n := len(out); n > 0 && out[n-1].At.YearDay() == i.At.YearDay() {
			out = out[:n-1]
		}
		out = append(out, i)
	}
	return out
}

// naive counts one whole snapshot and the findings that stood then.
func naive(snap *access.Snapshot, stood []access.Finding) map[string]string {
	n := map[string]int{"owners": 0, "organization_roles": 0, "repository_admin": 0, "repository_maintain": 0, "repository_write": 0,
		"environment_approve": 0, "standing": 0, "waived": 0, "areas_complete": 0}
	for _, g := range snap.Grants {
		switch {
		case g.Principal.Kind == access.Invitation:
		case g.Source == access.ByOwner:
			n["owners"]++
		case g.Source == access.ByOrgRole:
			n["organization_roles"]++
		case g.Resource.Kind == access.Repo && g.Privilege >= access.Write:
			n["repository_"+g.Privilege.String()]++
		case g.Privilege == access.Approve:
			n["environment_approve"]++
		}
	}
	n["privileged"] = n["owners"] + n["organization_roles"] + n["repository_admin"] + n["repository_maintain"] + n["repository_write"] + n["environment_approve"]
	unread := map[access.Area][]string{access.AreaMembers: {"owners"}, access.AreaOrgRoleAssignments: {"organization_roles"}, access.AreaGates: {"environment_approve"},
		access.AreaDeployKeys: {"repository_write"}, access.AreaTeamGrants: {"repository_admin", "repository_maintain", "repository_write"},
		access.AreaDirectGrants: {"repository_admin", "repository_maintain", "repository_write"}}
	for _, f := range stood {
		if f.Rule == evidence.StandingRule {
			n["standing"]++
		}
		if f.State == access.Waived {
			n["waived"]++
		}
	}
	for _, a := range access.Areas {
		if snap.Coverage.Complete(a) {
			n["areas_complete"]++
		}
	}
	out := map[string]string{"snapshot": fmt.Sprint(snap.ID)}
	for name, k := range n {
		out[name] = fmt.Sprint(k)
	}
	for a, names := range unread {
		if snap.Coverage.Of(a).Status == access.Denied {
			for _, name := range names {
				out[name], out["privileged"] = "", ""
			}
		}
	}
	return out
}
