package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/store"
)

func TestEachThingIsToldOnceAndAgainWhenItIsWorseOrComesBack(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	l.start()
	a, b := flaw("standing-admin", "ann", "api", access.High), flaw("standing-admin", "bob", "web", access.High)
	worse := a
	worse.Severity = access.Critical
	l.pass(a)
	l.pass(a) // nothing new
	l.pass(a, b)
	l.pass(worse, b)
	l.pass(worse)
	l.pass(worse)
	l.pass(worse, b)
	want := strings.Join([]string{
		"acme: user:ann has admin on repo:acme/api (new, high)", "acme: user:bob has admin on repo:acme/web (new, high)",
		"acme: user:ann has admin on repo:acme/api (worse, critical)", "acme: user:bob has admin on repo:acme/web (over)",
		"acme: user:bob has admin on repo:acme/web (came back, high)",
	}, "\n")
	all := messages(t, r.requests())
	if d := cmp.Diff(want, titles(all)); d != "" {
		t.Errorf("told (-want +got):\n%s", d)
	}
	if l := all[0].Sections[0].Lines[0]; l.Text != a.Title || l.Key != a.Fingerprint || l.Rule != a.Rule {
		t.Errorf("the line is %+v", l)
	}
}

func TestUnchangedPassGivesNoMessage(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	l.start()
	for range 5 {
		l.pass()
	}
	if n := len(r.requests()); n > 0 {
		t.Errorf("%d messages for nothing", n)
	}
}

func TestPassMakesOneMessageOfManyFindings(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	l.start()
	var many []access.Finding
	for i := range 60 {
		many = append(many, flaw("standing-admin", "ann", "r"+string(rune('A'+i)), access.High))
	}
	l.pass(many...)
	all := messages(t, r.requests())
	if len(all) != 1 {
		t.Fatalf("%d messages", len(all))
	}
	if s := all[0].Sections[0]; len(s.Lines) != shownLines || s.More != 60-shownLines {
		t.Errorf("%d lines and %d more", len(s.Lines), s.More)
	}
}

func TestWhatIsBelowTheThresholdWaitsForTheDigest(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	l.start()
	low, gone, info := flaw("empty-team", "ann", "api", access.Low), flaw("empty-team", "bob", "api", access.Medium), flaw("x", "cy", "api", access.Info)
	l.pass(low, gone, info)
	l.pass(low)
	if n := len(r.requests()); n > 0 {
		t.Fatalf("%d messages at once", n)
	}
	for range 2 { // the second one has nothing to say
		if err := l.n.Digest(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.deliver()
		l.at = l.at.Add(24 * time.Hour)
	}
	all := messages(t, r.requests())
	if len(all) != 1 || all[0].Kind != Digest || all[0].Title != "acme: 1 thing since 2026-01-02" {
		t.Fatalf("got %q", titles(all))
	}
	if got := all[0].Sections[0].Lines[0].Text; got != low.Title {
		t.Errorf("the digest tells of %s", got)
	}
}

func TestRoutesChooseByRuleResourceSeverityAndKind(t *testing.T) {
	r := receive(t)
	route := func(channel string, change func(*config.Route)) config.Route {
		x := config.DefaultRoute()
		x.Channels = []string{channel}
		change(&x)
		return x
	}
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("a"), r.hook("b"), r.hook("c")}, Routes: []config.Route{
		route("a", func(x *config.Route) { x.Rules = []string{"standing-*"} }),
		route("b", func(x *config.Route) { x.Resources = []string{"repo:acme/pay*"}; x.Severity = access.Low }),
		route("c", func(x *config.Route) { x.Kinds = []string{"hold"}; x.Digest = access.NoSeverity }),
	}})
	l.start()
	if err := l.store.Hold(t.Context(), store.Hold{OrgID: acme.ID, Kind: store.HeldByHand, Reason: "moving", Since: noon}); err == nil {
		t.Fatal("there is no organization yet to hold")
	}
	l.judge(flaw("standing-admin", "ann", "api", access.High), flaw("stale", "bob", "payments", access.Low))
	if err := l.store.Hold(t.Context(), store.Hold{OrgID: acme.ID, Kind: store.HeldByHand, Reason: "moving", Since: noon}); err != nil {
		t.Fatal(err)
	}
	l.consider(What{Judged: true})
	waiting, err := l.store.Notices(t.Context(), store.NoticeWaiting, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, x := range waiting {
		_, m, err := open(x)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range m.Sections {
			for _, line := range s.Lines {
				got[x.Channel] += line.Text + ";"
			}
		}
	}
	want := map[string]string{
		"a": "user:ann has admin on repo:acme/api;on hold, no plan may run: moving;",
		"b": "on hold, no plan may run: moving;user:bob has admin on repo:acme/payments;",
		"c": "on hold, no plan may run: moving;",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestHoldsGapsAndFailingPassesAreToldWhileTheyLast(t *testing.T) {
	r := receive(t)
	c := config.DefaultRoute()
	c.Severity = access.Medium
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}, Routes: []config.Route{c}})
	l.start()
	l.judge()
	for _, w := range []What{
		{Judged: true, Gaps: []Gap{{access.AreaTeams, "403"}}},
		{Judged: true, Gaps: []Gap{{access.AreaTeams, "403"}}},
		{Failing: &Failing{Since: noon, Times: 3, Why: "GitHub is down"}},
		{Failing: &Failing{Since: noon, Times: 4, Why: "GitHub is down"}},
		{Judged: true},
	} {
		l.at = l.at.Add(time.Hour)
		l.consider(w)
		l.deliver()
	}
	want := "acme: teams is not seen whole: 403 (new, medium)\n" +
		"acme: no audit has come to its end since 2026-01-02 12:00 UTC, 3 failed in a row: GitHub is down (new, high)\nacme: 2 over"
	if d := cmp.Diff(want, titles(messages(t, r.requests()))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
