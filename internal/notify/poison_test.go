package notify

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/store"
)

// A row that cannot be read, of whichever cause, must not keep all others from being
// told: no digest would ever come, and of its organization nothing any more.
func TestARowThatCannotBeReadKeepsNothingElseFromBeingTold(t *testing.T) {
	for name, body := range map[string]string{
		"empty": `{}`, "of another form": `{"message":{"schema":"ajar.notice/v9"}}`, "of other types": `{"message":{"schema":"ajar.notice/v1","sections":7}}`,
		"without sections": string(must(json.Marshal(envelope{Message: must(Message{Kind: Standing}.encode())}))),
	} {
		t.Run(name, func(t *testing.T) {
			r := receive(t)
			c, alerts := r.hook("soc"), r.hook("alerts")
			alerts.Kind, alerts.SecretEnv = config.Alertmanager, ""
			l := newLab(t, config.Notify{Channels: []config.Channel{c, alerts}, AllowAddresses: []string{"127.0.0.1"}})
			l.start()
			l.pass(flaw("a-rule", "mia", "web", access.Low))
			l.deliver()
			bad := []store.Notice{
				{Key: "a", Channel: "soc", Kind: Changes, Org: acme.ID, At: l.at, Body: []byte(body), State: store.NoticeHeld},
				{Key: "b", Channel: "soc", Kind: "who-knows", Org: acme.ID, At: l.at, Body: []byte(body), State: store.NoticeWaiting},
				{Key: "c", Channel: "alerts", Kind: Standing, Org: acme.ID, At: l.at, Body: []byte(body), State: store.NoticeWaiting},
				{Key: "d", Channel: "gone", Kind: Grace, Org: acme.ID, At: l.at, Body: []byte(body), State: store.NoticeWaiting},
			}
			if err := l.store.MergeNotices(t.Context(), l.at, bad, nil); err != nil {
				t.Fatal(err)
			}
			if err := l.n.Digest(t.Context()); err != nil {
				t.Errorf("digest: %v", err)
			}
			l.pass(flaw("a-rule", "mia", "web", access.Low), flaw("b-rule", "noa", "web", access.Critical))
			l.deliver()
			var told strings.Builder
			for _, q := range r.requests() {
				told.WriteString(q.body)
			}
			for _, want := range []string{"since 2026", "b-rule", "AjarFindings"} {
				if !strings.Contains(told.String(), want) {
					t.Errorf("%q was not told: %.2000s", want, told.String())
				}
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
