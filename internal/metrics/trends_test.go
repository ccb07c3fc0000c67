package metrics_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/metrics"
)

func TestPrivilegedGrantsCountOnceAndInvitationsNot(t *testing.T) {
	s := sample()
	team, env, org := access.Ref{Kind: access.Team, ID: 3}, access.Ref{Kind: access.Env, ID: 8}, access.Ref{Kind: access.Org, ID: 1}
	repo := access.Ref{Kind: access.Repo, ID: 7}
	s.Grants = append(s.Grants,
		access.Grant{Principal: team, Resource: org, Privilege: access.None, Source: access.ByOrgRole, Role: 4},
		access.Grant{Principal: team, Resource: repo, Privilege: access.Admin, Source: access.ByTeam},
		access.Grant{Principal: team, Resource: repo, Privilege: access.Triage, Source: access.ByTeam},
		access.Grant{Principal: team, Resource: team, Privilege: access.Maintain, Source: access.Direct},
		access.Grant{Principal: team, Resource: env, Privilege: access.Approve, Source: access.Reviewer},
		access.Grant{Principal: access.Ref{Kind: access.Invitation, ID: 5}, Resource: repo, Privilege: access.Admin, Source: access.Invited},
	)
	p := metrics.New(metrics.Known{})
	p.Record(s, nil, nil, at)
	err := testutil.GatherAndCompare(p.Gatherer(), strings.NewReader(`
# HELP ajar_org_privileged_grants Grants that carry a privilege: ownership, roles of the organization, write and more on repositories, approving and bypassing of environments.
# TYPE ajar_org_privileged_grants gauge
ajar_org_privileged_grants{org="acme",privilege="admin"} 1
ajar_org_privileged_grants{org="acme",privilege="approve"} 1
ajar_org_privileged_grants{org="acme",privilege="bypass"} 0
ajar_org_privileged_grants{org="acme",privilege="maintain"} 0
ajar_org_privileged_grants{org="acme",privilege="organization_role"} 1
ajar_org_privileged_grants{org="acme",privilege="owner"} 1
ajar_org_privileged_grants{org="acme",privilege="write"} 1
`), "ajar_org_privileged_grants")
	if err != nil {
		t.Error(err)
	}
}

func TestWaiversAndRemediesAreCountedByHowLongTheyTook(t *testing.T) {
	const day = 24 * time.Hour
	r := metrics.New(known())
	r.Know([]string{"acme"})
	if _, body := scrape(t, r.Handler(), text); strings.Contains(body, "ajar_waivers_by_age{") {
		t.Error("ages are told before anybody knows them")
	}
	r.WaiverAges("acme", []time.Duration{-time.Second, 30 * day, 30*day + 1, 400 * day})
	r.Remedied(2 * day)
	r.Remedied(-time.Second)
	_, body := scrape(t, r.Handler(), text)
	for _, want := range []string{
		`ajar_waivers_by_age{age="to_30_days",org="acme"} 2`, `ajar_waivers_by_age{age="to_90_days",org="acme"} 1`,
		`ajar_waivers_by_age{age="to_180_days",org="acme"} 0`, `ajar_waivers_by_age{age="over_365_days",org="acme"} 1`,
		`ajar_finding_remedy_seconds_bucket{le="3600"} 1`, `ajar_finding_remedy_seconds_bucket{le="604800"} 2`, `ajar_finding_remedy_seconds_sum 172800`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("%s is missing", want)
		}
	}
}
