package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

// Whoever closes the ways that are listed beside "admin" must not close one that never
// gave admin, and must not take it for one.
func TestAWayThatGivesLessSaysWhatItGives(t *testing.T) {
	ann, api, sre := user(7, "ann"), repo(100, "api"), team(31, "sre")
	direct := access.Path{{From: ann, To: api, Privilege: access.Write, Source: access.Direct}}
	byTeam := access.Path{
		{From: ann, To: sre, Privilege: access.Member, Source: access.Direct},
		{From: sre, To: api, Privilege: access.Write, Source: access.ByTeam},
	}
	custom := access.Path{{From: ann, To: api, Privilege: access.Write, Role: "releaser", Source: access.Direct}}
	for _, c := range []struct {
		path       access.Path
		held, want string
	}{
		{direct, "write", "direct"},
		{direct, "admin", "direct → write"},
		{byTeam, "write", "team:acme-robotics/sre"},
		{byTeam, "admin", "team:acme-robotics/sre → write"},
		{byTeam, "releaser", "team:acme-robotics/sre → write"}, // the role is write and more
		{custom, "releaser", "direct"},
		{custom, "admin", "direct → releaser"},
		{examplePath(), "deploy", "team:acme-robotics/sre → (parent) team:acme-robotics/engineering → write (repository)"},
	} {
		if got := how(c.path, c.held); got != c.want {
			t.Errorf("beside %s it is %q, want %q", c.held, got, c.want)
		}
	}
	row := AccessRow{Principal: ann, Resource: api, Privilege: access.Admin, Paths: []access.Path{direct, byTeam}}
	for name, v := range map[string]View{
		"access":  Access{Org: org, At: taken, Principal: ann, Rows: []AccessRow{row}},
		"who-can": WhoCan{Org: org, At: taken, Privilege: access.Write, Resource: api, Rows: []AccessRow{row}},
		"matrix":  Matrix{Org: org, At: taken, Rows: values([]AccessRow{row})},
	} {
		var b bytes.Buffer
		if err := Write(&b, v, Table, Options{Width: 120}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"direct → write", "sre → write"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s does not say %q:\n%s", name, want, b.String())
			}
		}
	}
}

func TestWaysThatGiveLessAreNotCountedAmongThoseOfAFinding(t *testing.T) {
	a := exampleAudit()
	ann, api := user(7, "ann"), repo(100, "api")
	f := access.Finding{
		Fingerprint: fingerprint(1), Rule: "access-beyond-baseline", Severity: access.High, State: access.Open, Org: org, Principal: ann, Resource: api,
		Title: "user:ann has admin on repo:acme-robotics/api", Affected: 1,
		Grant: &access.Grant{Principal: ann.Ref, Resource: api.Ref, Privilege: access.Admin, Source: access.Direct},
		Paths: []access.Path{
			{{From: ann, To: api, Privilege: access.Admin, Source: access.Direct}},
			{{From: ann, To: org, Privilege: access.Member, Source: access.Direct}, {From: org, To: api, Privilege: access.Read, Source: access.Base}},
		},
	}
	a.Findings = []access.Finding{f}
	page := pageOf(t, a, Options{})
	for _, want := range []string{"1 path<", "<h4>How it is reached</h4>", "<h4>" + lesserWays + "</h4>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	var b bytes.Buffer
	if err := Write(&b, Finding{Finding: f}, Table, Options{Width: 120}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	first, second := strings.Index(text, "How it is reached\n"), strings.Index(text, lesserWays+"\n")
	if first < 0 || second < first || strings.Index(text, "→ read (base permission) →") < second {
		t.Errorf("the terminal says\n%s", text)
	}
}
