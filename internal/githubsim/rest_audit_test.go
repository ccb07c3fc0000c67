package githubsim

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"
)

// auditOrg has one event a day, and a git event a day for the last ten days.
func auditOrg(o *Org) {
	o.AuditLog = nil
	for d := range 200 {
		e := &AuditEvent{ID: fmt.Sprintf("web%03d", d), Action: "repo.add_member", Actor: "mirela-okafor", User: "greta-obuya", Repo: "docs", CreatedAt: demoNow.AddDate(0, 0, -d)}
		switch {
		case d%3 == 1:
			e = &AuditEvent{ID: e.ID, Action: "team.add_member", Actor: "tendai-lindqvist", User: "greta-obuya", Team: "sre", CreatedAt: e.CreatedAt}
		case d%3 == 2:
			e = &AuditEvent{ID: e.ID, Action: "team.create", Actor: "ines-haugen", Team: "sre", CreatedAt: e.CreatedAt}
		}
		o.AuditLog = append(o.AuditLog, e)
	}
	for d := range 10 {
		o.AuditLog = append(o.AuditLog, &AuditEvent{ID: fmt.Sprintf("git%03d", d), Action: "git.push", Actor: "greta-obuya", Repo: "docs", CreatedAt: demoNow.AddDate(0, 0, -d)})
	}
}

func TestAuditLogIsFoundByPhrase(t *testing.T) {
	owner, _, _, _ := demo(t, auditOrg)
	count := func(query url.Values) int {
		query.Set("per_page", "100")
		return len(owner.all(acme+"/audit-log?"+query.Encode(), ""))
	}
	phrase := func(p string) url.Values { return url.Values{"phrase": {p}} }
	day := func(d int) string { return demoNow.AddDate(0, 0, -d).Format(time.DateOnly) }
	for _, c := range []struct {
		name  string
		query url.Values
		want  int
	}{
		{"three months without dates", url.Values{}, 91},
		{"never more than 180 days", phrase("created:>=2020-01-01"), 181},
		{"since a time", phrase("created:>=" + demoNow.AddDate(0, 0, -9).Format(time.RFC3339)), 10},
		{"after a day", phrase("created:>" + day(9)), 9},
		{"before a day", phrase("created:<" + day(170)), 10},
		{"up to a day", phrase("created:<=" + day(170)), 11},
		{"between two days", phrase("created:" + day(20) + ".." + day(11)), 10},
		{"one day", phrase("created:" + day(20)), 1},
		{"open at one end", phrase("created:*.." + day(178)), 3},
		{"somebody", phrase("actor:Ines-Haugen created:>=" + day(29)), 10},
		{"an action", phrase("action:team.create created:>=" + day(29)), 10},
		{"a category", phrase("action:team created:>=" + day(29)), 20},
		{"either of two", phrase("action:team.create action:repo.add_member created:>=" + day(29)), 20},
		{"both of two", phrase("action:team actor:ines-haugen created:>=" + day(29)), 10},
		{"not", phrase("-action:team created:>=" + day(29)), 10},
		{"a repository", phrase("repo:acme-robotics/docs created:>=" + day(29)), 10},
		{"somebody concerned", phrase("user:greta-obuya created:>=" + day(29)), 20},
		{"what it does not know", phrase("country:NL"), 0},
		{"git for a week", url.Values{"include": {"git"}}, 8},
		{"all", url.Values{"include": {"all"}, "phrase": {"created:>=" + day(2)}}, 6},
	} {
		if got := count(c.query); got != c.want {
			t.Errorf("%s: %d events, want %d", c.name, got, c.want)
		}
	}
	if a := owner.get(acme + "/audit-log?phrase=created:soon"); a.status != 422 {
		t.Errorf("no date: status %d, want 422", a.status)
	}
}

func TestAuditLogIsReadByCursorInEitherOrder(t *testing.T) {
	owner, _, _, app := demo(t, auditOrg)
	ids := func(list []any) []string {
		var out []string
		for _, v := range list {
			out = append(out, fmt.Sprint(v.(map[string]any)["_document_id"]))
		}
		return out
	}
	asc := ids(app.all(acme+"/audit-log?order=asc&per_page=7", ""))
	desc := ids(owner.all(acme+"/audit-log", ""))
	if len(asc) != 91 || asc[90] != "web000" || desc[0] != "web000" {
		t.Fatalf("%d events, the newest is %s or %s", len(asc), asc[len(asc)-1], desc[0])
	}
	slices.Reverse(desc)
	if !slices.Equal(asc, desc) {
		t.Error("the two orders do not hold the same")
	}
	if a := owner.get(acme + "/audit-log?after=nonsense"); a.status != 422 {
		t.Errorf("a bad cursor: status %d", a.status)
	}
}

func TestAuditEventsNameTheirOrganizationAndIDs(t *testing.T) {
	owner, _, _, _ := demo(t, auditOrg)
	a := owner.get(acme + "/audit-log?per_page=2")
	if a.key(0, "repo") != "acme-robotics/docs" || a.key(0, "user") != "greta-obuya" || a.key(0, "user_id") == "" || a.key(0, "actor_id") == "" || a.key(0, "operation_type") != "create" {
		t.Errorf("event: %v", a.body)
	}
	if got := int64(a.body.([]any)[0].(map[string]any)["@timestamp"].(float64)); got != demoNow.UnixMilli() {
		t.Errorf("@timestamp %d, want %d (milliseconds)", got, demoNow.UnixMilli())
	}
	if a.key(1, "team") != "acme-robotics/sre" {
		t.Errorf("team: %v", a.key(1, "team"))
	}
}

func FuzzPhrase(f *testing.F) {
	for _, seed := range []string{"", "actor:ann action:team -repo:acme/api", "created:>=2026-01-01 created:<2026-02-01T00:00:00Z", "created:*..2026-01-01",
		`user:"ann"`, "created:..", "-created:>2026-01-01", "::", "created:>=", "free text"} {
		f.Add(seed)
	}
	o := Demo().Index().org("acme-robotics")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := readPhrase(text)
		if err != nil {
			return
		}
		for _, e := range o.AuditLog[:10] {
			fits := p.fits(o, e)
			for _, s := range p.spans {
				if fits && (!s.from.IsZero() && e.CreatedAt.Before(s.from) || !s.to.IsZero() && !e.CreatedAt.Before(s.to)) {
					t.Errorf("%q finds an event of %s", text, e.CreatedAt)
				}
			}
		}
	})
}
