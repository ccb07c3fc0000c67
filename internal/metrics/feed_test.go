package metrics_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/metrics"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// known are the lists of the real program.
func known() metrics.Known {
	k := metrics.Known{Version: "v0.0.0-test"}
	for _, r := range analyzer.Rules() {
		k.Rules = append(k.Rules, metrics.RuleLabel{ID: r.ID, Severity: r.Severity})
	}
	for _, kind := range remediate.Kinds() {
		k.Actions = append(k.Actions, string(kind))
	}
	for api, routes := range github.Routes() {
		for _, route := range routes {
			k.Routes = append(k.Routes, metrics.Route{API: api, Template: route})
		}
	}
	return k
}

// observer passes on what the client of a credential does.
func observer(t testing.TB, r *metrics.Registry, credential string) github.Observer {
	return github.Observer{
		Request: func(api, route string, status int, took time.Duration) {
			if route == "" {
				t.Error("a request has no route")
			}
			r.Request(api, route, status, took)
		},
		Limit: func(resource string, b github.Budget) {
			r.Limit(credential, resource, int(b.Remaining), int(b.Limit), b.Reset)
		},
		Throttled: func(why string, d time.Duration) { r.Throttled(credential, why, d) },
		Answered:  r.Cached,
	}
}

// demoAudit audits the demo's organization for real and records it.
func demoAudit(t testing.TB, r *metrics.Registry, now time.Time) audit.Result {
	t.Helper()
	ctx, clock := context.Background(), func() time.Time { return now }
	w := githubsim.Demo()
	w.ShiftTo(now)
	srv := httptest.NewServer(githubsim.New(w, githubsim.Options{Now: clock, PrimaryLimit: 5000, Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}}}))
	t.Cleanup(srv.Close)
	client, err := github.New(github.Options{
		APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Now: clock, Unpaced: true, Observe: observer(t, r, "reader"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	s, err := store.Open(ctx, t.TempDir()+"/ajar.db", store.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: githubsim.DemoBaseline(now)}})
	if err != nil {
		t.Fatal(err)
	}
	p := audit.Pass{Org: "acme-robotics", Client: client, Store: s, Baseline: b, Collect: collector.Options{Now: clock}, Now: clock}
	res, err := p.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r.Record(res.Snapshot, res.Findings, nil, res.At)
	return res
}

// everything makes each series that one organization can have.
func everything(r *metrics.Registry, k metrics.Known, at time.Time) {
	r.Know([]string{"acme-robotics"})
	org := "acme-robotics"
	for _, job := range []string{"audit", "remediate", "deliver", "digest", "checkpoint", "backup", "care", "unheard-of"} {
		for _, result := range []string{"ok", "incomplete", "failed", "interrupted", "strange"} {
			r.Running(org, "42")
			r.Pass(org, job, result, time.Second, at)
			r.Pass("", job, result, time.Second, at)
		}
		r.Due(job, time.Second)
		r.Next(org, job, at)
	}
	for _, route := range k.Routes {
		for status := 100; status < 600; status += 100 {
			r.Request(route.API, route.Template, status, time.Second)
		}
	}
	for _, resource := range []string{"core", "graphql", "audit_log", "search"} {
		r.Limit("reader", resource, 10, 5000, at)
		r.Limit("writer", resource, 10, 5000, at)
	}
	r.Credentials([]string{"reader", "writer"})
	r.Channels([]string{"slack", "mail", "alertmanager", "github", "hook"})
	for _, area := range access.Areas {
		r.CollectError(org, string(area), "moon")
	}
	for _, rule := range append(k.Rules, metrics.RuleLabel{ID: "house-rule"}) {
		for s := access.Info; s <= access.Critical; s++ {
			r.Opened(org, rule.ID, s.String(), 1)
		}
		r.Resolved(org, rule.ID, "moon", 1)
	}
	for _, kind := range append(k.Actions, "unheard-of") {
		r.Action(org, kind, "moon")
	}
	r.Remedied(time.Hour)
	r.WaiverAges(org, []time.Duration{time.Hour})
	r.Plan(org, map[string]int{"ready": 1})
	r.Ran(org, "moon")
	r.InDoubt(org, 1)
	r.Hold(org, true)
	r.Notified("slack", "sent")
	r.Outbox("dead", 1)
	r.Reloaded(true, at)
	r.Ready(true)
	r.Journal(9, at)
	r.Store(1 << 20)
	r.Disk(1 << 30)
	r.StoreWrite(time.Millisecond)
	r.Clock(time.Second, false)
	r.Cached("moon")
}

// many is a snapshot as of a large organization, by number of grants.
func many(n int) *access.Snapshot {
	s := sample()
	s.Org.Login = "acme-robotics"
	for i := range n {
		s.Grants = append(s.Grants, access.Grant{
			Principal: access.Ref{Kind: access.User, ID: int64(i)}, Resource: access.Ref{Kind: access.Repo, ID: int64(i)},
			Privilege: access.Read + access.Privilege(i%5), Source: access.Direct + access.Source(i%9),
		})
		s.Repositories = append(s.Repositories, access.Repository{ID: int64(i), Name: fmt.Sprint(i), Visibility: "internal", Archived: i%3 == 0})
	}
	return s
}
