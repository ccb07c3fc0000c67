package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
)

// freePort gives an address of this machine that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// realAlertmanager starts Debian's Alertmanager, which hands alerts on to a receiver.
func realAlertmanager(t *testing.T, receiver string) string {
	t.Helper()
	program, err := exec.LookPath("prometheus-alertmanager")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("prometheus-alertmanager is not installed, and CI must have it")
		}
		t.Skip("prometheus-alertmanager is not installed")
	}
	dir, at := t.TempDir(), freePort(t)
	text := fmt.Sprintf("route:\n  receiver: here\n  group_wait: 1s\n  group_interval: 1s\n  group_by: ['...']\nreceivers:\n- name: here\n  webhook_configs:\n  - url: %s\n    send_resolved: true\n", receiver)
	if err := os.WriteFile(filepath.Join(dir, "am.yml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, program, "--config.file="+filepath.Join(dir, "am.yml"), "--storage.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+at, "--cluster.listen-address=")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() }) // it was killed
	until(t, "Alertmanager answers", func() bool {
		res, err := http.Get("http://" + at + "/-/ready")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	return "http://" + at
}

// until asks until something is so: another process makes it so, and nothing tells when.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 400 {
		if so() {
			return
		}
		<-tick.C
	}
	t.Fatalf("it did not come about: %s", what)
}

type shownAlert struct {
	Labels, Annotations map[string]string
}

func firing(t *testing.T, address string) []string {
	t.Helper()
	res, err := http.Get(address + "/api/v2/alerts")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var all []shownAlert
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range all {
		out = append(out, strings.Join([]string{a.Labels["alertname"], a.Labels["organization"], a.Labels["rule"], a.Labels["severity"], a.Annotations["summary"]}, " "))
	}
	slices.Sort(out)
	return out
}

func TestRealAlertmanagerFiresWhatIsOpenAndResolvesWhatIsOver(t *testing.T) {
	to := receive(t) // it has TLS, and Alertmanager is to trust it: so plain http here
	plain := &http.Server{Handler: to.Config.Handler}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = plain.Serve(l) }()
	defer plain.Close()
	address := realAlertmanager(t, "http://"+l.Addr().String())
	lab := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{{Name: "alerts", Kind: config.Alertmanager, URL: address}}})
	lab.at = time.Now().UTC().Truncate(time.Second) // Alertmanager goes by its own clock
	lab.start()
	if err := lab.n.Test(t.Context(), "alerts"); err != nil {
		t.Fatal(err)
	}
	a, b, c := flaw("standing-admin", "ann", "api", access.High), flaw("standing-admin", "bob", "web", access.High), flaw("expired-assignment", "cy", "api", access.Critical)
	step := func(found ...access.Finding) {
		t.Helper()
		lab.judge(found...)
		lab.consider(What{Judged: true})
		lab.deliver()
		if s := lab.states(); s["waiting"]+s["dead"] > 0 {
			all, _ := lab.store.Notices(t.Context(), "", "", 10)
			t.Fatalf("not taken: %+v", all)
		}
		lab.at = lab.at.Add(time.Second)
	}
	step(a, b, c)
	want := []string{
		"AjarAccessOutlivedItsEnd acme expired-assignment critical 1 open finding of expired-assignment",
		"AjarFindings acme standing-admin high 2 open findings of standing-admin", "AjarTest   info ajar can reach this channel",
	}
	if d := cmp.Diff(want, firing(t, address)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	until(t, "the alert arrives in a receiver", func() bool { return arrived(to, `"status":"firing"`, "AjarAccessOutlivedItsEnd") })
	step(a)
	until(t, "what is over is resolved", func() bool {
		return cmp.Equal(firing(t, address), []string{"AjarFindings acme standing-admin high 1 open finding of standing-admin", want[2]})
	})
	until(t, "the end arrives in a receiver", func() bool { return arrived(to, `"status":"resolved"`, "AjarAccessOutlivedItsEnd") })
}

func arrived(r *receiver, words ...string) bool {
	return slices.ContainsFunc(r.requests(), func(g got) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(g.body, w) })
	})
}

func TestAlertmanagerIsToldAgainBeforeItForgets(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{{Name: "alerts", Kind: config.Alertmanager, URL: r.URL, CAFile: r.ca}}})
	l.start()
	for range 25 {
		l.pass(flaw("standing-admin", "ann", "api", access.High))
	}
	if n := len(r.requests()); n != 5 {
		t.Errorf("told %d times in a day, want at the start and every 6 hours", n)
	}
}

func TestNumberOfAlertsIsBoundedByRulesAndNoNameIsALabel(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{{Name: "alerts", Kind: config.Alertmanager, URL: r.URL, CAFile: r.ca}}})
	l.start()
	var many []access.Finding
	for i := range 300 {
		many = append(many, flaw("standing-admin", fmt.Sprintf("p%d", i), "api", access.High))
	}
	l.pass(many...)
	var all []alert
	if err := json.Unmarshal([]byte(r.requests()[0].body), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || strings.Count(all[0].Annotations["description"], "\n") != shownOfRule || !strings.HasSuffix(all[0].Annotations["description"], "… and 290 more") {
		t.Errorf("%d alerts: %+v", len(all), all)
	}
	for k, v := range all[0].Labels {
		if strings.Contains(v, "p1") || strings.Contains(v, "api") {
			t.Errorf("label %s is %s", k, v)
		}
	}
}

func TestWhatEndedWhileAlertmanagerWasDownEndsThereLater(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{{Name: "alerts", Kind: config.Alertmanager, URL: r.URL, CAFile: r.ca}}})
	l.start()
	a := flaw("standing-admin", "ann", "api", access.High)
	l.pass(a)
	r.answers(func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusBadGateway) })
	l.pass()
	l.pass(flaw("stale", "bob", "api", access.High))
	r.answers(nil)
	l.start() // another process
	l.pass()
	all := r.requests()
	var last []alert
	if err := json.Unmarshal([]byte(all[len(all)-1].body), &last); err != nil {
		t.Fatal(err)
	}
	ended := map[string]bool{}
	for _, x := range last {
		ended[x.Labels["rule"]] = !x.EndsAt.After(l.at)
	}
	if d := cmp.Diff(map[string]bool{"standing-admin": true, "stale": true}, ended); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
