package notify

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
)

func TestNoticeRunsFromWhenTheLastChannelHasTakenIt(t *testing.T) {
	a, b := receive(t), receive(t)
	b.answers(func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusBadGateway) })
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{a.hook("a"), b.hook("b")}})
	l.start()
	l.judge()
	l.consider(What{Plan: "9f8e", Notices: notices()})
	l.deliver()
	if len(a.requests()) != 1 || len(l.entries) > 0 {
		t.Fatalf("%d messages, recorded %v before everybody had it", len(a.requests()), l.entries)
	}
	l.at = l.at.Add(5 * time.Hour)
	b.answers(nil)
	l.deliver()
	if len(l.entries) != 2 {
		t.Fatalf("recorded %v", l.entries)
	}
	e := l.entries[0]
	var body struct {
		Finding  string   `json:"finding"`
		Channels []string `json:"channels"`
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		t.Fatal(err)
	}
	if e.Kind != journal.Notice || e.Org != acme.ID || e.Plan != "9f8e" || e.Action != "a1" || body.Finding != "f1" || len(body.Channels) != 2 {
		t.Errorf("recorded %+v, %s", e, e.Body)
	}
}

func TestGraceNoticeIsToldOnceAsLongAsTheFindingLasts(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	l.start()
	f := flaw("standing-admin", "ann", "api", access.Low)
	n := notices()[:1]
	n[0].Finding = f.Fingerprint
	for range 3 {
		l.judge(f)
		l.consider(What{Judged: true, Notices: n})
		l.deliver()
		l.at = l.at.Add(time.Hour)
	}
	l.pass() // it is over
	l.judge(f)
	l.consider(What{Judged: true, Notices: n})
	l.deliver()
	told := 0
	for _, m := range messages(t, r.requests()) {
		if m.Kind == Grace {
			told++
		}
	}
	if told != 2 || len(l.entries) != 2 {
		t.Errorf("told %d times, recorded %d times; want once for each life of the finding", told, len(l.entries))
	}
}

func TestGraceIsNobodysWhereNoRouteTakesIt(t *testing.T) {
	r := receive(t)
	route := config.DefaultRoute()
	route.Kinds = []string{"finding"}
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}, Routes: []config.Route{route}})
	l.start()
	l.judge()
	l.consider(What{Notices: notices()})
	l.deliver()
	if l.n.TellsGrace("acme") || len(r.requests()) > 0 {
		t.Error("somebody is told")
	}
}

func TestRunIsToldOnceHowEverOftenItIsConsidered(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	l.start()
	l.judge()
	for range 2 {
		l.consider(What{Runs: []RunNote{{ID: "r1", Stopped: true, Why: "GitHub did not show it", Counts: "1 verified"}}})
		l.deliver()
		l.at = l.at.Add(time.Minute)
	}
	if all := messages(t, r.requests()); len(all) != 1 || all[0].Title != "acme: run r1 stopped" {
		t.Errorf("told %q", titles(all))
	}
}
