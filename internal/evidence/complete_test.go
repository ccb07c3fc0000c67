package evidence_test

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// looked is one pass of a drawn history, and how it went.
type looked struct {
	id    int64
	at    time.Time
	broke bool
	less  bool // it did not see all
}

// drawHistory takes passes one hour apart. Some break off, some see less than all.
func drawHistory(t *rapid.T, s *store.Store) []looked {
	var out []looked
	for n := range rapid.IntRange(1, 8).Draw(t, "passes") {
		x := looked{at: hour(n), broke: rapid.IntRange(0, 7).Draw(t, "broke") == 0, less: rapid.IntRange(0, 5).Draw(t, "less") == 0}
		ctx := context.Background()
		p, err := s.Begin(ctx, acme, x.at)
		check(t, err)
		drawRows(t, p, x.less)
		if x.broke {
			check(t, p.Abort(ctx))
			out = append(out, x)
			continue
		}
		for _, a := range access.Areas {
			c := access.Cover{Area: a, Status: access.Complete, Total: -1}
			if x.less && a == access.AreaTeamGrants {
				c.Status, c.Reason = access.Partial, "GitHub was tired"
			}
			check(t, p.Cover(ctx, c))
		}
		info, err := p.Finish(ctx, store.PassStats{})
		check(t, err)
		x.id = info.ID
		judge(t, s, info)
		out = append(out, x)
	}
	return out
}

func drawRows(t *rapid.T, p *store.Pass, less bool) {
	ctx := context.Background()
	small := rapid.Int64Range(1, 3)
	privilege := rapid.SampledFrom([]access.Privilege{access.Read, access.Write, access.Admin})
	check(t, p.People(ctx, []access.Person{{ID: 1, Login: "ann"}, {ID: 2, Login: "bob"}, {ID: 3, Login: "eve"}}))
	for u := range int64(3) {
		if rapid.IntRange(0, 4).Draw(t, "member") > 0 {
			put(t, p, access.AreaMembers, u+1, inOrg(u+1, rapid.SampledFrom([]access.Privilege{access.Member, access.Owner}).Draw(t, "role")))
		}
	}
	for id := int64(1); id <= 2; id++ {
		if rapid.IntRange(0, 5).Draw(t, "there") == 0 {
			continue
		}
		put(t, p, access.AreaTeams, id, access.TeamInfo{ID: id, Slug: rapid.SampledFrom([]string{"red", "blue"}).Draw(t, "slug")})
		put(t, p, access.AreaRepositories, id, access.Repository{ID: id, Name: "r" + string(rune('0'+id)), Visibility: rapid.SampledFrom([]string{"public", "private"}).Draw(t, "seen by")})
		grants := []any{}
		for _, r := range rapid.SliceOfNDistinct(small, 0, 2, rapid.ID).Draw(t, "on") {
			grants = append(grants, byTeam(id, r, privilege.Draw(t, "much")))
		}
		if less {
			rows := access.Rows{}
			for _, g := range grants {
				rows.Grants = append(rows.Grants, g.(access.Grant))
			}
			check(t, p.Add(ctx, access.AreaTeamGrants, id, rows))
		} else {
			put(t, p, access.AreaTeamGrants, id, grants...)
		}
		var members, held []any
		for _, u := range rapid.SliceOfNDistinct(small, 0, 3, rapid.ID).Draw(t, "in") {
			members = append(members, inTeam(u, id, access.Member))
			held = append(held, direct(u, id, privilege.Draw(t, "much")))
		}
		put(t, p, access.AreaTeamMembers, id, members...)
		put(t, p, access.AreaDirectGrants, id, held...)
	}
}

// key is what makes a grant the same one in two tables.
func key(row map[string]string) string {
	var parts []string
	for _, c := range []string{"organization", "principal_kind", "principal_id", "resource_kind", "resource_id", "privilege", "source", "role_id"} {
		parts = append(parts, row[c])
	}
	return strings.Join(parts, " ")
}

func keys(t tester, e evidence.Evidence, table string) map[string]bool {
	out := map[string]bool{}
	for _, row := range rows(t, e, table) {
		if out[key(row)] {
			t.Fatalf("%s has a grant twice: %v", table, row)
		}
		out[key(row)] = true
	}
	return out
}

// Whoever has the population at the start and the changes has the population at the end:
// no change is missing, and none is told that was not.
func TestChangesLeadFromThePopulationAtTheStartToTheOneAtTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "evidence")
		check(t, err)
		defer os.RemoveAll(dir)
		s := open(t, dir)
		defer s.Close()
		history := drawHistory(t, s)
		if !slices.ContainsFunc(history, func(x looked) bool { return !x.broke }) {
			return // nothing is known
		}
		from := rapid.IntRange(-1, len(history)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(history)).Draw(t, "to")
		p := evidence.Period{From: hour(from), To: past(hour(to))}
		e := gather(t, s, p)
		if e.Orgs[0].Last == 0 {
			if e.Complete {
				t.Fatal("complete, and nothing was seen")
			}
			return
		}
		now := keys(t, e, "population-start")
		for _, row := range rows(t, e, "access-changes") {
			switch k := key(row); {
			case row["change"] == "came" && now[k], row["change"] == "went" && !now[k]:
				t.Fatalf("%s what could not: %v", row["change"], row)
			case row["change"] == "came":
				now[k] = true
			default:
				delete(now, k)
			}
		}
		if end := keys(t, e, "population-end"); !maps.Equal(now, end) {
			t.Fatalf("the changes lead to\n%v\nand the end is\n%v", now, end)
		}
		sameAsSnapshots(t, s, e)
		if whole := seenWhole(history, e, p); e.Complete != whole {
			t.Fatalf("complete: %v, and what was seen was whole: %v; gaps %v, history %+v, %v", e.Complete, whole, e.Gaps, history, p)
		}
	})
}

// sameAsSnapshots holds the populations against the snapshots themselves.
func sameAsSnapshots(t *rapid.T, s *store.Store, e evidence.Evidence) {
	for name, id := range map[string]int64{"population-start": e.Orgs[0].First, "population-end": e.Orgs[0].Last} {
		info, err := s.Snapshot(context.Background(), "acme", id)
		check(t, err)
		snap, err := s.Load(context.Background(), info)
		check(t, err)
		if got := len(rows(t, e, name)); got != len(snap.Grants) {
			t.Fatalf("%s has %d rows, and snapshot %d %d grants", name, got, id, len(snap.Grants))
		}
	}
}

// seenWhole says, from the drawn history alone, whether nothing is missing: the period
// begins with a snapshot, and from that one on to the end each hour has one that saw all.
func seenWhole(history []looked, e evidence.Evidence, p evidence.Period) bool {
	first := slices.IndexFunc(history, func(x looked) bool { return x.id == e.Orgs[0].First })
	if first < 0 || history[first].at.After(p.From) {
		return false
	}
	for _, x := range history[first:] {
		if !x.at.After(p.To) && (x.broke || x.less) {
			return false
		}
	}
	return true
}
