package metrics

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/eb661601/ajar/access"
)

// soon is how long before its end a waiver counts as ending.
const soon = 14 * 24 * time.Hour

// Record sets every gauge of the snapshot's organization. Of findings, those
// open and waived count. Each rule of rules stands at 0 where it found nothing; nil
// takes those that the registry knows.
func (r *Registry) Record(s *access.Snapshot, findings []access.Finding, rules []RuleLabel, at time.Time) {
	if r == nil {
		return
	}
	org := r.org(s.Org.Login)
	if org == Other {
		return
	}
	if rules == nil {
		rules = r.known.Rules
	}
	d := newDraft(r.state, org, at)
	r.findings(d, findings, rules)
	overdue(d, findings, at)
	waivers(d, findings, at)
	people(d, s)
	repositories(d, s)
	grants(d, s)
	privileged(d, s)
	r.coverage(d, s.Coverage)
	d.set("audit_last_success_timestamp_seconds", float64(s.TakenAt.UnixMilli())/1000, "full")
	r.state.put(org, d.done())
}

func (r *Registry) findings(d *draft, findings []access.Finding, rules []RuleLabel) {
	own := closed{}
	for _, rule := range rules {
		own[rule.ID] = true
		d.add("findings", 0, rule.ID, rule.Severity.String())
	}
	oldest := map[access.Severity]time.Time{}
	for i := range findings {
		f := &findings[i]
		if f.State != access.Open {
			continue
		}
		rule := f.Rule
		if !own[rule] {
			rule = r.rules.of(rule, Custom)
		}
		d.add("findings", 1, rule, f.Severity.String())
		if was, ok := oldest[f.Severity]; !ok || f.FirstSeen.Before(was) {
			oldest[f.Severity] = f.FirstSeen
		}
	}
	for s := access.Info; s <= access.Critical; s++ {
		d.age("finding_oldest_open_seconds", oldest[s], s.String())
	}
}

func overdue(d *draft, findings []access.Finding, at time.Time) {
	n, first := 0, time.Time{}
	for i := range findings {
		if f := &findings[i]; f.Overdue(at) {
			n++
			if first.IsZero() || f.Ended.Before(first) {
				first = f.Ended
			}
		}
	}
	d.set("expired_overdue", float64(n))
	d.age("expired_overdue_oldest_seconds", first)
}

func waivers(d *draft, findings []access.Finding, at time.Time) {
	for _, state := range waiverStates {
		d.add("waivers", 0, state)
	}
	for i := range findings {
		switch f := &findings[i]; {
		case f.State != access.Waived:
		case !f.WaiverEnd.IsZero() && f.WaiverEnd.Sub(at) <= soon:
			d.add("waivers", 1, "ending")
		default:
			d.add("waivers", 1, "active")
		}
	}
}

func people(d *draft, s *access.Snapshot) {
	members, owners := 0, 0
	for _, g := range s.GrantsOn(access.Ref{Kind: access.Org, ID: s.Org.ID}) {
		switch {
		case g.Principal.Kind != access.User:
		case g.Source == access.ByOwner:
			owners++
			members++
		case g.Source == access.Direct && g.Privilege == access.Member:
			members++
		}
	}
	for i, n := range []int{members, len(s.Outside), len(s.Teams), len(s.DeployKeys), len(s.Invitations)} {
		d.set("org_principals", float64(n), principals[i])
	}
	d.set("org_owners", float64(owners))
	if !s.Coverage.Complete(access.AreaTwoFactor) {
		return
	}
	without := 0
	for _, f := range s.TwoFactor {
		if !f.Enabled {
			without++
		}
	}
	d.set("org_members_without_two_factor", float64(without))
}

func repositories(d *draft, s *access.Snapshot) {
	known := listed(visibilities)
	for _, visibility := range visibilities[:3] {
		d.add("org_repositories", 0, visibility, "active")
		d.add("org_repositories", 0, visibility, "archived")
	}
	for i := range s.Repositories {
		state := "active"
		if s.Repositories[i].Archived {
			state = "archived"
		}
		d.add("org_repositories", 1, known.of(strings.ToLower(s.Repositories[i].Visibility), Other), state)
	}
}

// grants counts in a table of numbers first: there are a million of them.
func grants(d *draft, s *access.Snapshot) {
	var n [256][256]int
	for i := range s.Grants {
		if g := &s.Grants[i]; g.Resource.Kind == access.Repo {
			n[g.Privilege][g.Source]++
		}
	}
	for _, via := range []access.Source{access.ByTeam, access.Direct, access.ByKey} {
		for priv := access.Read; priv <= access.Admin; priv++ {
			d.add("org_grants", 0, priv.String(), via.String())
		}
	}
	for priv := range n {
		for via, k := range n[priv] {
			if k > 0 {
				d.add("org_grants", float64(k), access.Privilege(priv).String(), access.Source(via).String())
			}
		}
	}
}

// privileged counts grants as the evidence's trend of privileged access does: a team's
// counts once, an invitation not.
func privileged(d *draft, s *access.Snapshot) {
	for _, p := range privileges {
		d.add("org_privileged_grants", 0, p)
	}
	n := map[string]int{}
	for i := range s.Grants {
		if label := privilegeOf(&s.Grants[i]); label != "" {
			n[label]++
		}
	}
	for label, k := range n {
		d.add("org_privileged_grants", float64(k), label)
	}
}

func privilegeOf(g *access.Grant) string {
	switch {
	case g.Principal.Kind == access.Invitation:
		return ""
	case g.Resource.Kind == access.Org && g.Source == access.ByOwner:
		return privileges[0]
	case g.Resource.Kind == access.Org && g.Source == access.ByOrgRole:
		return privileges[1]
	case g.Resource.Kind == access.Repo && g.Privilege >= access.Write && g.Privilege <= access.Admin,
		g.Resource.Kind == access.Env && (g.Privilege == access.Approve || g.Privilege == access.Bypass):
		return g.Privilege.String()
	}
	return ""
}

// coverage counts the kinds of data that are expected: not those that the
// configuration leaves out, nor those that this GitHub has no such thing of.
func (r *Registry) coverage(d *draft, c access.Coverage) {
	r.mu.Lock()
	without := r.known.Without
	r.mu.Unlock()
	expected, complete := 0, 0
	for _, a := range access.Areas {
		if slices.Contains(without, a) || nothingThere(c, a) {
			continue
		}
		v := 0.0
		if c.Complete(a) {
			v, complete = 1, complete+1
		}
		expected++
		d.set("audit_area_complete", v, string(a))
	}
	d.set("audit_coverage_ratio", float64(complete)/float64(max(expected, 1)))
}

// nothingThere reports whether all that is missing of an area is missing because
// there is no such thing.
func nothingThere(c access.Coverage, a access.Area) bool {
	if own := c.For(a, 0).Status; own != access.Complete {
		return own == access.Unavailable
	}
	if c.Complete(a) {
		return false
	}
	return !slices.ContainsFunc(c.Exceptions(a), func(l access.Cover) bool { return l.Status != access.Unavailable })
}

// WriteFile writes the gauges of what audits found in Prometheus' text format,
// whole or not at all, as node_exporter's textfile collector wants them. What a
// daemon counts is not in it: a single run has nothing to count.
func (r *Registry) WriteFile(path string) error {
	if err := prometheus.WriteToTextfile(path, r.posture); err != nil {
		return fmt.Errorf("metrics to %s: %w", path, err)
	}
	return nil
}
