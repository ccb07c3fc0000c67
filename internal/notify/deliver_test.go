package notify

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/store"
)

func TestWhatAReceiverDoesNotTakeIsTriedForADayAndThenLiesThereAsDead(t *testing.T) {
	r := receive(t)
	r.answers(func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusServiceUnavailable) })
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	l.start()
	l.judge(flaw("standing-admin", "ann", "api", access.High))
	l.consider(What{Judged: true})
	var waits []time.Duration
	for next := l.deliver(); !next.IsZero(); next = l.deliver() {
		waits = append(waits, next.Sub(l.at))
		if !next.After(l.at) {
			t.Fatalf("it is due again at once, after %v", waits)
		}
		l.at = next
	}
	if got := l.at.Sub(noon); got < 23*time.Hour || got > 24*time.Hour {
		t.Errorf("given up after %s", got)
	}
	if waits[0] != firstWait || waits[1] != 2*firstWait || waits[len(waits)-1] != longestTry {
		t.Errorf("waited %v", waits)
	}
	if c := l.states(); c[store.NoticeDead] != 1 || l.counted["soc dead"] != 1 || l.counted["outbox dead"] != 1 {
		t.Errorf("states %v, counted %v", c, l.counted)
	}
	ids := map[string]bool{}
	for _, m := range messages(t, r.requests()) {
		ids[m.ID] = true
	}
	if len(ids) != 1 {
		t.Errorf("one message was sent under %d ids", len(ids))
	}

	r.answers(nil)
	dead, err := l.store.Notices(t.Context(), store.NoticeDead, "", 1)
	if err != nil || len(dead) != 1 || dead[0].Error != "it answered 503 Service Unavailable" {
		t.Fatalf("%+v, %v", dead, err)
	}
	if ok, err := l.store.ReviveNotice(t.Context(), dead[0].ID, l.at); !ok || err != nil {
		t.Fatal(ok, err)
	}
	l.deliver()
	if c := l.states(); c[store.NoticeSent] != 1 {
		t.Errorf("states %v after it was tried anew", c)
	}
}

func TestReceiverThatSaysWhenToComeBackIsHeard(t *testing.T) {
	r := receive(t)
	r.answers(func(w http.ResponseWriter, _ int) {
		w.Header().Set("Retry-After", "1800")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	l.start()
	l.judge(flaw("standing-admin", "ann", "api", access.High))
	l.consider(What{Judged: true})
	if wait := l.deliver().Sub(l.at); wait != 30*time.Minute {
		t.Errorf("it is asked again after %s", wait)
	}
}

func TestSlowReceiverDelaysNoOther(t *testing.T) {
	slow, quick := receive(t), receive(t)
	hang := make(chan struct{})
	slow.answers(func(http.ResponseWriter, int) { <-hang })
	quick.answers(func(http.ResponseWriter, int) { close(hang) }) // only then does the slow one answer
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{slow.hook("slow"), quick.hook("quick")}})
	l.start()
	l.judge(flaw("standing-admin", "ann", "api", access.High))
	l.consider(What{Judged: true})
	l.deliver()
	if c := l.states(); c[store.NoticeSent] != 2 {
		t.Errorf("states %v", c)
	}
}

func TestStoreIsNotHeldWhileAReceiverIsWaitedFor(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	var held atomic.Int32
	o := l.options()
	o.Read = func(_ context.Context, do func(*store.Store) error) error {
		held.Add(1)
		defer held.Add(-1)
		return do(l.store)
	}
	o.Write = o.Read
	r.answers(func(http.ResponseWriter, int) {
		if held.Load() != 0 {
			t.Error("the store is held")
		}
	})
	var err error
	if l.n, err = New(o); err != nil {
		t.Fatal(err)
	}
	l.pass(flaw("standing-admin", "ann", "api", access.High))
	if len(r.requests()) != 1 {
		t.Error("nothing was sent")
	}
}

func TestOutcomeThatTheStoreCannotKeepYetIsKeptLater(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	o := l.options()
	busy := false
	o.Write = func(_ context.Context, do func(*store.Store) error) error {
		if busy {
			return errors.New("somebody else has the store")
		}
		return do(l.store)
	}
	var err error
	if l.n, err = New(o); err != nil {
		t.Fatal(err)
	}
	l.judge(flaw("standing-admin", "ann", "api", access.High))
	l.consider(What{Judged: true})
	busy = true
	for range 3 {
		if _, err := l.n.Deliver(t.Context()); err == nil {
			t.Error("nobody was told that the outcome could not be kept")
		}
	}
	busy = false
	l.deliver()
	if c := l.states(); c[store.NoticeSent] != 1 || len(r.requests()) != 1 {
		t.Errorf("states %v, sent %d times", c, len(r.requests()))
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	other := receive(t)
	r := receive(t)
	for _, code := range []int{301, 302, 303, 307, 308} {
		r.answers(func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", other.URL)
			w.WriteHeader(code)
		})
		l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
		l.start()
		err := l.n.Test(t.Context(), "soc")
		if err == nil || !strings.Contains(err.Error(), "redirect, which is not followed") {
			t.Errorf("%d: %v", code, err)
		}
	}
	if n := len(other.requests()); n > 0 {
		t.Errorf("%d requests went where a redirect led", n)
	}
}

func TestErrorsHoldNeitherAddressNorSecret(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	r := receive(t)
	r.answers(func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusForbidden) })
	for name, address := range map[string]string{
		"refused": "https://127.0.0.1:1/services/T0/B0/hushhush", "not tls": strings.Replace(plain.URL, "http:", "https:", 1) + "/hushhush",
		"unknown authority": r.URL + "/hushhush", "no such host": "https://nowhere.invalid/hushhush", "bad": "https://exa mple/hushhush",
		"user": "https://me:hushhush@example.com/", "control": "https://example.com/hushhush\x7f", "link-local": "https://169.254.169.254/hushhush",
	} {
		l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{{Name: "ops", Kind: config.Slack, URLEnv: "URL"}}})
		l.env["URL"] = address
		n, err := New(l.options())
		if err == nil {
			err = n.Test(t.Context(), "ops")
		}
		if err == nil || strings.Contains(err.Error(), "hushhush") || strings.Contains(err.Error(), "/services") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWebhookIsSignedWithEachSecret(t *testing.T) {
	r := receive(t)
	c := r.hook("soc")
	c.OldSecretEnv = "OLD"
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{c}})
	l.env["OLD"] = "an-older-secret-of-thirty-two-by"
	l.start()
	if err := l.n.Test(t.Context(), "soc"); err != nil {
		t.Fatal(err)
	}
	g := r.requests()[0]
	first, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(signingSecret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	id, at := g.header.Get("Webhook-Id"), g.header.Get("Webhook-Timestamp")
	want := sign([][]byte{first, []byte(l.env["OLD"])}, id, at, []byte(g.body))
	if got := g.header.Get("Webhook-Signature"); got != want || id == "" || at != "1767355200" {
		t.Errorf("%s at %s: %s, want %s", id, at, got, want)
	}
}

// The example of the specification (standard-webhooks, "Signature scheme").
func TestSignatureIsThatOfStandardWebhooks(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := sign([][]byte{key}, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestProcessThatDiesBeforeItKeepsTheOutcomeSendsTheSameMessageAgain(t *testing.T) {
	r := receive(t)
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}})
	o := l.options()
	dead := false
	o.Write = func(_ context.Context, do func(*store.Store) error) error {
		if dead {
			return errors.New("dead")
		}
		return do(l.store)
	}
	var err error
	if l.n, err = New(o); err != nil {
		t.Fatal(err)
	}
	l.judge(flaw("standing-admin", "ann", "api", access.High))
	l.consider(What{Judged: true})
	dead = true
	if _, err := l.n.Deliver(t.Context()); err == nil {
		t.Fatal("the outcome was kept")
	}
	l.start() // the next process
	l.consider(What{Judged: true})
	l.deliver()
	all := messages(t, r.requests())
	if len(all) != 2 || all[0].ID != all[1].ID || l.states()[store.NoticeSent] != 1 {
		t.Errorf("%d messages, states %v", len(all), l.states())
	}
}
