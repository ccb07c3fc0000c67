package notify

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
)

func TestEveryKindOfMessageIsAsItsSchemaSays(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(filepath.Join("..", "..", "docs", "schemas", "ajar.notice.v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	r := receive(t)
	route := config.DefaultRoute()
	route.Severity = access.Medium
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{r.hook("soc")}, Routes: []config.Route{route}})
	l.start()
	if err := l.n.Test(t.Context(), "soc"); err != nil {
		t.Fatal(err)
	}
	l.judge(flaw("standing-admin", "ann", "api", access.High), flaw("expired-assignment", "bob", "api", access.Low))
	l.consider(What{Judged: true, Plan: "9f8e", Notices: notices(), Runs: []RunNote{{ID: "r1", Counts: "1 verified"}}, Gaps: []Gap{{access.AreaTeams, "403"}}})
	l.deliver()
	if err := l.n.Digest(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.deliver()
	c2 := composer{n: l.n, ctx: t.Context(), s: l.store, w: What{OrgID: acme.ID, Org: "acme", At: l.at}}
	m, err := c2.account("soc")
	if err != nil {
		t.Fatal(err)
	}
	bodies := []string{}
	for _, g := range r.requests() {
		bodies = append(bodies, g.body)
	}
	account, err := m.visible().encode()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, body := range append(bodies, string(account)) {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%v in\n%s", err, body)
		}
		kind, _ := doc.(map[string]any)["kind"].(string)
		kinds[kind] = true
	}
	for _, k := range []string{Changes, Grace, Run, Digest, Standing, Trial} {
		if !kinds[k] {
			t.Errorf("no message of kind %s was seen", k)
		}
	}
}
