package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

var (
	styleTag = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	anyTag   = regexp.MustCompile(`<(/?[a-z][a-z0-9]*)((?: [a-zA-Z:-]+(?:="[^"<>]*")?)*) ?/?>`)
	attr     = regexp.MustCompile(` ([a-zA-Z:-]+)(?:="([^"]*)")?`)
)

// The elements of a page: none of them runs, loads or sends anything.
var pageTags = strings.Fields(`html head meta title style body a svg defs symbol path pattern use rect text header main footer nav
	section article div span p b br h1 h2 h3 h4 ul li dl dt dd table caption thead tbody tr th td details summary code bdi`)

// checkPage holds a page against its promises: only these elements, no handler,
// no style or address of its own, nothing invisible.
func checkPage(t interface{ Errorf(string, ...any) }, page string) {
	page = styleTag.ReplaceAllString(page, "<style></style>")
	rest := strings.TrimPrefix(page, "<!doctype html>")
	for _, m := range anyTag.FindAllStringSubmatch(rest, -1) {
		if !slices.Contains(pageTags, strings.TrimPrefix(m[1], "/")) {
			t.Errorf("the element %s", m[0])
		}
		for _, a := range attr.FindAllStringSubmatch(m[2], -1) {
			name, value := a[1], a[2]
			if strings.HasPrefix(name, "on") || slices.Contains([]string{"style", "src", "action", "srcdoc"}, name) ||
				strings.Contains(name, "href") && !strings.HasPrefix(value, "#") {
				t.Errorf("the attribute %s=%q", name, value)
			}
		}
	}
	rest = anyTag.ReplaceAllString(rest, "")
	if i := strings.IndexAny(rest, "<>"); i >= 0 {
		t.Errorf("an angle bracket that is no element: %q", rest[max(0, i-40):min(len(rest), i+40)])
	}
	for _, r := range page {
		if r != '\n' && acts(r) {
			t.Errorf("%U reaches the reader", r)
			break
		}
	}
}

func pageOf(t *testing.T, a Audit, o Options) string {
	t.Helper()
	return render(t, a, HTML, o)
}

func FuzzNoTextActsInAPage(f *testing.F) {
	for _, s := range []string{
		"", "user:alice", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "</style><style>*{}",
		"{{.Org}}", "\u202e\u2066", "'", "`", "&lt;b&gt;", "-->", "]]>", "url(http://evil)", "\x00\x1b[2J", "\xff", strings.Repeat("長", 90), "user:a user:b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := exampleAudit() // a finding of each kind is enough, and quick
		a.Findings = append(a.Findings[:3:3], a.Findings[len(a.Findings)-2:]...)
		checkPage(t, pageOf(t, everywhere(a, s).(Audit), Options{All: true}))
	})
}

func TestPageAllowsItsOwnStyleAndNothingElse(t *testing.T) {
	text := pageOf(t, exampleAudit(), Options{})
	m := styleTag.FindAllStringSubmatch(text, -1)
	if len(m) != 1 {
		t.Fatalf("%d styles", len(m))
	}
	sum := sha256.Sum256([]byte(m[0][1]))
	want := `content="default-src 'none'; style-src 'sha256-` + base64.StdEncoding.EncodeToString(sum[:]) + `'; base-uri 'none'; form-action 'none'"`
	if !strings.Contains(strings.ReplaceAll(text, "&#43;", "+"), want) {
		t.Errorf("the policy is not %s", want)
	}
	for _, never := range []string{"http://", "https://", "url(h", "@import", "<script"} {
		if strings.Contains(text, never) {
			t.Errorf("the page has %s", never)
		}
	}
}

// The order is that of a reader who has a minute: what is not known, what was found,
// what is new, and then how it stands. What an earlier pass read is complete, and last.
func TestPageTellsTheMostImportantFirst(t *testing.T) {
	a := exampleAudit()
	a.Earlier = []Earlier{{Area: access.AreaDeployKeys, ReadAt: a.At, Every: "24 hours"}, {Area: access.AreaSecrets, ReadAt: a.At, Every: "24 hours"}}
	text := pageOf(t, a, Options{})
	if joined := "<li>deploy-keys, environment-secrets "; !strings.Contains(text, joined) {
		t.Errorf("what is as old as the other is not in one line: %q is missing", joined)
	}
	last := 0
	for _, id := range []string{"verdict", "gaps", "findings", "changes", "posture", "environments", "people", "undecided", "earlier", "reading"} {
		at := strings.Index(text, `id="`+id+`"`)
		if id == "verdict" {
			at = strings.Index(text, `class="verdict`)
		}
		if at < last {
			t.Errorf("%s is at %d, before %d", id, at, last)
		}
		last = at
	}
}

// So many gaps that their reasons would bury the findings are told by what would
// help; the ledger with each reason is folded beneath.
func TestManyGapsDoNotBuryTheFindings(t *testing.T) {
	a := exampleAudit()
	few := pageOf(t, a, Options{})
	for _, area := range []access.Area{access.AreaTeams, access.AreaTeamMembers, access.AreaInvitations} {
		a.Gaps = append(a.Gaps, Gap{Area: area, Status: access.Denied, Expected: true, Reason: "GitHub refused", Help: "an owner's token"})
	}
	many := pageOf(t, a, Options{})
	ledger, joined := `<details class="ledger"><summary>`, "teams, team-members, invitations</span></span><span class=\"note\">Would help: An owner&#39;s token"
	if strings.Contains(few, ledger) || !strings.Contains(many, ledger) || !strings.Contains(many, joined) {
		t.Errorf("few gaps are folded: %v; many are folded: %v, and joined: %v",
			strings.Contains(few, ledger), strings.Contains(many, ledger), strings.Contains(many, joined))
	}
	if strings.Count(many, `<details class="gap`) != len(a.Gaps) {
		t.Error("the ledger does not have every gap")
	}
}

func TestPageShowsWhatTheDocumentHas(t *testing.T) {
	a := exampleAudit()
	text := pageOf(t, a, Options{All: true})
	for _, f := range a.Findings {
		if f.State != access.Resolved && !strings.Contains(text, short(f.Fingerprint)) {
			t.Errorf("%s is missing", f.Title)
		}
	}
	for _, g := range a.Gaps {
		if !strings.Contains(text, "<b>"+string(g.Area)+"</b>") {
			t.Errorf("the gap of %s is missing", g.Area)
		}
	}
	for _, want := range []string{
		"payments/live", "not seen", "contractor-00", "≥ 19", "CC6.3", "stale-member (23 cases)", "release-manager",
		"On paper all are open", "ajar v0.1.0",
	} {
		if !strings.Contains(text, want) && want != "stale-member (23 cases)" {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestPageThatLeavesOutSaysSo(t *testing.T) {
	a := exampleAudit()
	f := a.Findings[6]
	a.Findings = nil
	for i := range 60 {
		f.Fingerprint, f.Severity, f.State = fingerprint(1000+i), access.Low, access.Open
		f.Title = fmt.Sprintf("low thing %d", i)
		for range 5 {
			f.Paths = append(f.Paths[:len(f.Paths):len(f.Paths)], examplePath())
		}
		f.Paths = f.Paths[:5]
		a.Findings = append(a.Findings, f)
	}
	text := pageOf(t, a, Options{})
	for _, want := range []string{`Shown are 10 of 60<span class="paper">, on paper 5 of them with their details</span>. All of them: <code>`, "ajar findings --rule " + f.Rule + " --org acme-robotics", "Shown are 3 of 5. All of them:"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(text, `<details class="finding`); n != 10 {
		t.Errorf("%d findings", n)
	}
	full := pageOf(t, a, Options{All: true})
	if n := strings.Count(full, `<details class="finding"`); n != 60 || strings.Contains(full, "Shown are") {
		t.Errorf("with All %d findings of 60", n)
	}
}

func TestPathIsDrawnFromThePersonToTheEnvironment(t *testing.T) {
	m := htmlMaker{a: exampleAudit(), org: "acme-robotics"}
	p := m.drawn(examplePath())
	var said []string
	for _, h := range p.Hops {
		if h.Arrow {
			said = append(said, h.Edge)
		}
		said = append(said, h.Word+" "+h.Lines[0].Text)
	}
	want := "person carol ->  -> team sre -> parent -> team engineering -> write -> repository api -> deploy -> environment api/production"
	if got := strings.Join(said, " -> "); got != want {
		t.Errorf("drawn is %s\nwant %s", got, want)
	}
	if p.Said != PathText(examplePath()) {
		t.Errorf("it is read out as %q", p.Said)
	}
}

func TestLongNamesStayInTheirBoxes(t *testing.T) {
	m := htmlMaker{org: "acme"}
	for _, name := range []string{strings.Repeat("x", 300), strings.Repeat("長", 60), "a b " + strings.Repeat("y", 40), "", strings.Repeat("\u202e", 50)} {
		p := m.drawn(access.Path{{From: user(1, name), To: repo(2, name), Privilege: access.Write, Role: name, Source: access.Direct}})
		for _, h := range p.Hops {
			if h.W > 326 || len(h.Lines) > 2 {
				t.Errorf("%.10q: %d wide, %d lines", name, h.W, len(h.Lines))
			}
			for _, l := range h.Lines {
				if float64(columns(l.Text))*nameColumn > float64(h.BoxW-2*boxPadding)+1 {
					t.Errorf("%q does not fit %d", l.Text, h.BoxW)
				}
			}
		}
		if len(name) > 100 && !strings.Contains(p.Hops[0].Lines[0].Text+p.Hops[0].Lines[1].Text, "…") {
			t.Errorf("%.10q is cut and does not show it", name)
		}
	}
}

func TestNamesAreToldFromWhatStandsAroundThem(t *testing.T) {
	for _, c := range []struct {
		text  string
		known []string
		want  string
	}{
		{"user:ann has write on repo:acme/api, which…", nil, "[user:|ann] has write on [repo:|acme/api], which…"},
		{"env:acme/api/live now has no gate", []string{"env:acme/api/live now"}, "[env:|acme/api/live now] has no gate"},
		{"superuser:ann", nil, "superuser:ann"},
		{"user: nobody", nil, "user: nobody"},
		{"", []string{""}, ""},
	} {
		var b strings.Builder
		for _, p := range parts(c.text, c.known...) {
			if p.Name {
				fmt.Fprintf(&b, "[%s|%s]", p.Kind, p.Text)
			} else {
				b.WriteString(p.Text)
			}
		}
		if b.String() != c.want {
			t.Errorf("%q is %s, want %s", c.text, b.String(), c.want)
		}
	}
}

// On paper a rule with many findings takes lines for what is beyond the first few,
// and says so; --all prints every one with its details.
func TestPaperHasTheFirstFewWithTheirDetails(t *testing.T) {
	a := Audit{Run: Run{Org: access.Named{Name: "org:acme"}}}
	for i := range 12 {
		a.Findings = append(a.Findings, access.Finding{Rule: "member-stale", State: access.Open, Severity: access.Medium, Title: fmt.Sprintf("user:p%d is idle", i)})
	}
	for all, want := range map[bool]int{false: 12 - pagePrinted(access.Medium), true: 0} {
		var b bytes.Buffer
		if err := Write(&b, a, HTML, Options{All: all}); err != nil {
			t.Fatal(err)
		}
		said := strings.Contains(b.String(), `<p class="rest paper"><span class="paper">On paper 5 of 12 have their details</span>. All of them: <code>ajar audit`)
		if got := strings.Count(b.String(), `class="finding brief"`); got != want || said == all {
			t.Errorf("all %v: %d findings are brief on paper, want %d; said: %v", all, got, want, said)
		}
	}
}
