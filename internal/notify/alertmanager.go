package notify

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/store"
)

// alertmanager keeps the open things of each organization as alerts, by its API v2.
// One alert stands for all findings of a rule and a severity, so their number is
// bounded whatever an organization holds: no login and no repository is a label.
type alertmanager struct {
	name string
	call *caller
	head http.Header
}

// alert is one of POST /api/v2/alerts (Alertmanager: api/v2/openapi.yaml, postableAlert).
type alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt,omitzero"`
	EndsAt      time.Time         `json:"endsAt,omitzero"`
}

// alertLives is for how long an alert stands that nobody renews: longer than it takes
// to renew it several times, so that an outage of ajar ends no alert.
const alertLives = 26 * time.Hour

func newAlertmanager(c config.Channel, o Options) (Channel, error) {
	call, err := newCaller(c, o)
	if err != nil {
		return nil, err
	}
	a := &alertmanager{name: c.Name, call: call, head: http.Header{}}
	token, err := c.Token(o.Getenv)
	if err != nil {
		return nil, err
	}
	password, err := c.Password(o.Getenv)
	switch {
	case err != nil:
		return nil, err
	case !token.IsZero():
		a.head.Set("Authorization", "Bearer "+token.Reveal())
	case !password.IsZero():
		a.head.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.User+":"+password.Reveal())))
	}
	return a, nil
}

// Name is the one of the configuration.
func (a *alertmanager) Name() string { return a.name }

// Send brings the alerts of an organization up to date: what is open fires, and what the
// message says is over ends.
func (a *alertmanager) Send(ctx context.Context, m Message) error {
	if m.Kind == Trial {
		return a.push(ctx, []alert{trialAlert(m)})
	}
	return a.push(ctx, alertsOf(m))
}

func (a *alertmanager) push(ctx context.Context, all []alert) error {
	if len(all) == 0 {
		return nil
	}
	body, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("writing alerts: %w", err)
	}
	return a.call.post(ctx, "/api/v2/alerts", a.head, body)
}

// alertsOf makes alerts of an account, in its order. Things that have the same labels
// are one alert, which fires as long as one of them is open.
func alertsOf(m Message) []alert {
	var out []alert
	place := map[string]int{}
	for _, s := range m.Sections {
		over := s.What == store.ToldOver
		for _, l := range s.Lines {
			x := alertOf(m, l)
			if over {
				x.EndsAt = m.At
			}
			key := labelKey(x.Labels)
			i, twice := place[key]
			switch {
			case !twice:
				place[key] = len(out)
				out = append(out, x)
			case !over: // several holds, several waivers
				was := out[i].Annotations
				was["description"] = cut(strings.TrimSpace(was["description"]+"\n"+l.Text), 4000)
			}
		}
	}
	return out
}

func alertOf(m Message, l Line) alert {
	x := alert{
		Labels:      map[string]string{"alertname": alertName(l.Kind), "organization": m.Org, "severity": l.Severity.String(), "source": "ajar"},
		Annotations: map[string]string{"summary": l.Text},
		StartsAt:    l.Since, EndsAt: m.At.Add(alertLives),
	}
	if l.Rule != "" {
		x.Labels["rule"] = l.Rule
	}
	if l.Kind == coverage {
		x.Labels["area"] = l.Key
	}
	if len(l.Details) > 0 {
		x.Annotations["description"] = described(l)
	}
	return x
}

func described(l Line) string {
	text := strings.Join(l.Details, "\n")
	if more := l.Count - len(l.Details); more > 0 {
		text += fmt.Sprintf("\n… and %d more", more)
	}
	return cut(text, 4000)
}

func labelKey(l map[string]string) string {
	return strings.Join([]string{l["alertname"], l["organization"], l["severity"], l["rule"], l["area"]}, "\x00")
}

func alertName(kind string) string {
	names := map[string]string{
		finding: "AjarFindings", overdue: "AjarAccessOutlivedItsEnd", hold: "AjarOnHold", coverage: "AjarNotSeenWhole", waiver: "AjarWaiverEnds", pass: "AjarAuditFailing",
	}
	if name, ok := names[kind]; ok {
		return name
	}
	return "AjarOther"
}

func trialAlert(m Message) alert {
	return alert{
		Labels:      map[string]string{"alertname": "AjarTest", "severity": "info", "source": "ajar"},
		Annotations: map[string]string{"summary": m.Title}, StartsAt: m.At, EndsAt: m.At.Add(5 * time.Minute),
	}
}
