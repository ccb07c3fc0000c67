// Package metrics says in Prometheus' words what an audit found. Labels come
// from closed lists (organization, rule, severity, kind): never a login, a
// repository or an error text.
package metrics

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/eb661601/ajar/access"
)

// Posture holds the gauges of one or more organizations, in a registry of its
// own.
type Posture struct {
	reg *prometheus.Registry

	findings   *prometheus.GaugeVec
	oldest     *prometheus.GaugeVec
	waivers    *prometheus.GaugeVec
	principals *prometheus.GaugeVec
	repos      *prometheus.GaugeVec
	grants     *prometheus.GaugeVec
	owners     *prometheus.GaugeVec
	noTwo      *prometheus.GaugeVec
	coverage   *prometheus.GaugeVec
	last       *prometheus.GaugeVec
	overdue    *prometheus.GaugeVec
	late       *prometheus.GaugeVec
}

// RuleLabel is one rule that can be counted: every pair starts at 0, so that a
// rate or an alert exists before the first finding.
type RuleLabel struct {
	ID       string
	Severity access.Severity
}

// New makes the gauges.
func New() *Posture {
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "ajar_" + name, Help: help}, labels)
	}
	p := &Posture{
		reg:        prometheus.NewRegistry(),
		findings:   gauge("findings", "Open findings.", "org", "rule", "severity"),
		oldest:     gauge("finding_oldest_open_seconds", "Age of the oldest open finding, 0 where there is none.", "org", "severity"),
		waivers:    gauge("waivers", "Findings that a waiver in force accepts.", "org", "state"),
		principals: gauge("org_principals", "Principals by kind.", "org", "kind"),
		repos:      gauge("org_repositories", "Repositories by visibility and state.", "org", "visibility", "state"),
		grants:     gauge("org_grants", "Grants on repositories by privilege and source.", "org", "permission", "via"),
		owners:     gauge("org_owners", "Owners of the organization.", "org"),
		noTwo:      gauge("org_members_without_two_factor", "Members without a second factor; absent where it could not be read.", "org"),
		coverage:   gauge("audit_coverage_ratio", "Share of the kinds of data that were read to their end.", "org"),
		last:       gauge("audit_last_success_timestamp_seconds", "When the newest finished audit was taken.", "org", "kind"),
	}
	p.overdue = gauge("expired_overdue", "Assignments that have ended while their access is still there.", "org")
	p.late = gauge("expired_overdue_oldest_seconds", "For how long the first of them is overdue, 0 where there is none.", "org")
	p.reg.MustRegister(p.overdue, p.late)
	p.reg.MustRegister(p.findings, p.oldest, p.waivers, p.principals, p.repos, p.grants, p.owners, p.noTwo, p.coverage, p.last)
	return p
}

// Registry is where the gauges are registered, for a scrape or a test.
func (p *Posture) Registry() *prometheus.Registry { return p.reg }

// Record sets every gauge of the snapshot's organization. Of findings, those
// open and waived count.
func (p *Posture) Record(s *access.Snapshot, findings []access.Finding, rules []RuleLabel, at time.Time) {
	org := s.Org.Login
	p.recordFindings(org, findings, rules, at)
	p.recordPrincipals(org, s)
	p.recordRepositories(org, s)
	p.recordGrants(org, s)
	complete := len(access.Areas) - len(s.Coverage.Gaps())
	p.coverage.WithLabelValues(org).Set(float64(complete) / float64(len(access.Areas)))
	p.last.WithLabelValues(org, "full").Set(float64(s.TakenAt.Unix()))
}

func (p *Posture) recordFindings(org string, findings []access.Finding, rules []RuleLabel, at time.Time) {
	for _, r := range rules {
		p.findings.WithLabelValues(org, r.ID, r.Severity.String()).Set(0)
	}
	for s := access.Info; s <= access.Critical; s++ {
		p.oldest.WithLabelValues(org, s.String()).Set(0)
	}
	waived, overdue, late := 0, 0, time.Duration(0)
	oldest := map[access.Severity]time.Duration{}
	for _, f := range findings {
		if f.Overdue(at) {
			overdue++
			late = max(late, at.Sub(f.Ended))
		}
		switch f.State {
		case access.Open:
			p.findings.WithLabelValues(org, f.Rule, f.Severity.String()).Inc()
			oldest[f.Severity] = max(oldest[f.Severity], at.Sub(f.FirstSeen))
		case access.Waived:
			waived++
		}
	}
	for s, age := range oldest {
		p.oldest.WithLabelValues(org, s.String()).Set(age.Seconds())
	}
	p.overdue.WithLabelValues(org).Set(float64(overdue))
	p.late.WithLabelValues(org).Set(late.Seconds())
	p.waivers.WithLabelValues(org, "active").Set(float64(waived))
}

func (p *Posture) recordPrincipals(org string, s *access.Snapshot) {
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
	for kind, n := range map[string]int{
		"member": members, "outside": len(s.Outside), "team": len(s.Teams),
		"deploy_key": len(s.DeployKeys), "invitation": len(s.Invitations),
	} {
		p.principals.WithLabelValues(org, kind).Set(float64(n))
	}
	p.owners.WithLabelValues(org).Set(float64(owners))
	if s.Coverage.Complete(access.AreaTwoFactor) {
		without := 0
		for _, f := range s.TwoFactor {
			if !f.Enabled {
				without++
			}
		}
		p.noTwo.WithLabelValues(org).Set(float64(without))
	}
}

func (p *Posture) recordRepositories(org string, s *access.Snapshot) {
	for _, visibility := range []string{"public", "private", "internal"} {
		p.repos.WithLabelValues(org, visibility, "active").Set(0)
		p.repos.WithLabelValues(org, visibility, "archived").Set(0)
	}
	for _, r := range s.Repositories {
		state := "active"
		if r.Archived {
			state = "archived"
		}
		visibility := strings.ToLower(r.Visibility)
		switch visibility {
		case "public", "private", "internal":
		default:
			visibility = "other"
		}
		p.repos.WithLabelValues(org, visibility, state).Inc()
	}
}

func (p *Posture) recordGrants(org string, s *access.Snapshot) {
	for _, via := range []access.Source{access.ByTeam, access.Direct, access.ByKey} {
		for priv := access.Read; priv <= access.Admin; priv++ {
			p.grants.WithLabelValues(org, priv.String(), via.String()).Set(0)
		}
	}
	for _, g := range s.Grants {
		if g.Resource.Kind == access.Repo {
			p.grants.WithLabelValues(org, g.Privilege.String(), g.Source.String()).Inc()
		}
	}
}

// WriteFile writes the gauges in Prometheus' text format, whole or not at all,
// as node_exporter's textfile collector wants them.
func (p *Posture) WriteFile(path string) error {
	if err := prometheus.WriteToTextfile(path, p.reg); err != nil {
		return fmt.Errorf("metrics to %s: %w", path, err)
	}
	return nil
}
