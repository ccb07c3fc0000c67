package evidence_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

const someRoles = `
[roles.developer]
repository = "write"
standing_reason = "they build it"
review_by = 2027-06-30
[roles.admin]
repository = "admin"
standing = false
`

// Versions of a baseline that a history goes through.
var someBaselines = []string{
	someRoles + `
[[assign]]
role = "developer"
to = ["team:acme/red"]
on = ["repo:acme/r*"]
[organization.acme]
owners = ["user:ann"]
members = "any"
base_permission = "read"`,
	someRoles + `
[[assign]]
role = "developer"
to = ["user:bob", "user:eve"]
on = ["repo:acme/r1"]
expires = 2026-03-01T15:30:00Z
[[assign]]
role = "admin"
to = ["user:ann"]
on = ["repo:acme/*"]
[organization.acme]
owners = ["user:bob"]
members = ["user:ann"]
[[key]]
match = ["key:acme/r1#90"]
write = true
reason = "mirror"
expires = 2026-12-31`,
	someRoles + `
[[assign]]
role = "developer"
to = ["team:acme/blue"]
on = ["repo:acme/r2"]
[[team]]
match = ["team:acme/red"]
maintainers = ["user:ann"]
[[environment]]
match = ["env:acme/*/production"]
reviewers = ["user:ann"]
[[waiver]]
match = { rule = "principal-not-in-baseline" }
reason = "until the move is over"
owner = "user:ann"
expires = 2026-03-01T16:30:00Z`,
	`
[organization.acme]
base_permission = "read"`,
}

func parsed(t tester, text string) *baseline.Baseline {
	t.Helper()
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte("# " + strings.Repeat("x", len(text)%7) + text)}})
	check(t, err)
	return b
}

// anything writes what an organization may be like at some hour.
func anything(t tester, p *store.Pass, r *rand.Rand) {
	ctx := context.Background()
	check(t, p.People(ctx, []access.Person{{ID: 1, Login: "ann"}, {ID: 2, Login: "bob"}, {ID: 3, Login: "eve"}, {ID: 4, Login: "zed"}}))
	privilege := func() access.Privilege {
		return []access.Privilege{access.Read, access.Write, access.Maintain, access.Admin}[r.IntN(4)]
	}
	for u := int64(1); u <= 3; u++ {
		put(t, p, access.AreaMembers, u, inOrg(u, []access.Privilege{access.Member, access.Owner}[r.IntN(2)]))
	}
	put(t, p, access.AreaOutside, 4, access.Outside{User: 4})
	put(t, p, access.AreaSettings, 1, access.Settings{BasePermission: access.Read})
	for id := int64(1); id <= 2; id++ {
		put(t, p, access.AreaTeams, id, access.TeamInfo{ID: id, Slug: []string{"red", "blue"}[id-1]})
		put(t, p, access.AreaRepositories, id, access.Repository{ID: id, Name: fmt.Sprintf("r%d", id), Visibility: "private", Environments: 2 - int(id)})
		var in, on, by []any
		for u := int64(1); u <= 4; u++ {
			if u < 4 && r.IntN(2) == 0 {
				in = append(in, inTeam(u, id, []access.Privilege{access.Member, access.Maintain}[r.IntN(2)]))
			}
			if r.IntN(2) == 0 {
				on = append(on, direct(u, id, privilege()))
			}
		}
		for other := int64(1); other <= 2; other++ {
			if r.IntN(2) == 0 {
				by = append(by, byTeam(id, other, privilege()))
			}
		}
		put(t, p, access.AreaTeamMembers, id, in...)
		put(t, p, access.AreaTeamGrants, id, by...)
		put(t, p, access.AreaDirectGrants, id, on...)
	}
	put(t, p, access.AreaEnvironments, 1, access.Environment{ID: 51, Repo: 1, Name: []string{"production", "test"}[r.IntN(2)]})
	put(t, p, access.AreaGates, 1, access.Gate{Env: 51, Repo: 1, Reviewers: 1},
		access.Grant{Principal: user(1 + r.Int64N(3)), Resource: env(51), Privilege: access.Approve, Source: access.Reviewer})
	id := 90 + r.Int64N(2)
	key := access.Grant{Principal: access.Ref{Kind: access.Key, ID: id}, Resource: repo(1), Privilege: access.Write, Source: access.ByKey}
	put(t, p, access.AreaDeployKeys, 1, access.DeployKey{ID: id, Repo: 1, Title: "ci", Enabled: true}, key)
}

// ruled is one snapshot of a history, and the baseline that was in force.
type ruled struct {
	info store.SnapshotInfo
	by   *baseline.Baseline
}

func drawRuled(t tester, s *store.Store, r *rand.Rand) []ruled {
	var out []ruled
	var inForce *baseline.Baseline
	now := func() time.Time { return hour(1000) }
	for n := range 7 {
		var gaps []access.Cover
		if r.IntN(4) == 0 {
			gaps = []access.Cover{{Area: access.AreaTeamMembers, Status: access.Partial, Reason: "GitHub was tired", Total: -1}}
		}
		info := taken(t, s, hour(n), func(p *store.Pass) { anything(t, p, r) }, gaps...)
		var b *baseline.Baseline
		if i := r.IntN(len(someBaselines) + 1); i < len(someBaselines) {
			b = parsed(t, someBaselines[i])
		}
		if r.IntN(4) > 0 { // else it was only collected
			_, err := audit.Pass{Org: "acme", Store: s, Baseline: b, Now: now}.Judge(context.Background(), info)
			check(t, err)
			if b != nil {
				inForce = b
			}
		}
		out = append(out, ruled{info, inForce})
	}
	return out
}

// said is what an audit says of each grant of a snapshot that it objects to.
func said(r audit.Result) map[access.Grant]string {
	out := map[access.Grant]string{}
	for _, f := range r.Findings {
		elevated := f.Rule == evidence.StandingRule && strings.HasSuffix(f.Title, "only as an elevation")
		if f.Grant == nil || f.Category != analyzer.Overprivileged && f.Rule != "expired-assignment" && !elevated {
			continue
		}
		if f.State == access.Open {
			out[*f.Grant] = "no"
		} else if out[*f.Grant] == "" {
			out[*f.Grant] = "waived"
		}
	}
	return out
}

// What a pack tells of any date is what an audit of that date would say, by the baseline of
// then: whatever was judged later, by whichever baseline.
func TestEntitledOnAnyDateIsWhatAnAuditOfThenWouldSay(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(15) {
		s := open(t, t.TempDir())
		history := drawRuled(t, s, rand.New(rand.NewPCG(seed, 1)))
		o := evidence.Options{Framework: evidence.SOC2, Period: evidence.Period{From: hour(0), To: past(hour(6))}, Program: "test"}
		for n := range history {
			o.Dates = append(o.Dates, hour(n))
		}
		e, err := evidence.Gather(t.Context(), s, o)
		check(t, err)
		for n, x := range history {
			table := rows(t, e, "population-at-"+strings.ToLower(hour(n).Format("20060102t150405z")))
			if n == 0 && len(table) != len(rows(t, e, "population-start")) || n == 6 && len(table) != len(rows(t, e, "population-end")) {
				t.Error("an end of the period and its date differ")
			}
			r, err := audit.Pass{Org: "acme", Store: s, Baseline: x.by, Now: func() time.Time { return hour(1000) }}.Review(t.Context(), x.info)
			check(t, err)
			for word, times := range compared(t, fmt.Sprintf("seed %d, hour %d", seed, n), table, r, x.by) {
				counts[word] += times
			}
		}
		check(t, s.Close())
	}
	for _, word := range []string{"yes", "no", "waived", "unmanaged", "unknown"} {
		if counts[word] < 10 {
			t.Errorf("%s is said %d times: the histories are too tame", word, counts[word])
		}
	}
	t.Log(counts)
}

func compared(t *testing.T, where string, table []map[string]string, r audit.Result, by *baseline.Baseline) map[string]int {
	counts := map[string]int{}
	objections, told := said(r), map[string]string{}
	hash := ""
	if by != nil {
		hash = by.Hash()
	}
	for _, row := range table {
		told[key(row)] = row["entitled"]
		counts[row["entitled"]]++
		if row["baseline"] != hash {
			t.Fatalf("%s: the baseline is %q and not %q", where, row["baseline"], hash)
		}
	}
	open := slices.ContainsFunc(r.Undecided, func(u access.Undecided) bool { return u.Count > 0 && !strings.HasPrefix(u.Rule, "member-") })
	for _, g := range r.Snapshot.Grants {
		want, got := objections[g], told[keyOf(g)]
		switch {
		case want != "" && got != want:
			t.Errorf("%s: %s on %s (%s) is %q and the audit says %q", where, g.Principal, g.Resource, g.Privilege, got, want)
		case want == "" && (got == "no" || got == "waived") && !open:
			t.Errorf("%s: %s on %s (%s) is %q and the audit does not object", where, g.Principal, g.Resource, g.Privilege, got)
		case got == "unknown" && by != nil && !open:
			t.Errorf("%s: %s on %s (%s) is unknown, and the audit saw everything", where, g.Principal, g.Resource, g.Privilege)
		case by == nil && (got == "yes" || got == "unmanaged"):
			t.Errorf("%s: %s on %s (%s) is %q without a baseline", where, g.Principal, g.Resource, g.Privilege, got)
		}
	}
	return counts
}

// keyOf is [key] of a grant.
func keyOf(g access.Grant) string {
	return strings.Join([]string{"acme", g.Principal.Kind.String(), fmt.Sprint(g.Principal.ID), g.Resource.Kind.String(), fmt.Sprint(g.Resource.ID),
		g.Privilege.String(), g.Source.String(), "0"}, " ")
}
