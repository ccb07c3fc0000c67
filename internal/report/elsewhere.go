package report

import (
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// exported is what the formats of other tools tell: SARIF, OCSF and CEF.
type exported struct {
	org     access.Named
	at      time.Time // when the snapshot was taken
	now     time.Time // the instant it was judged at
	version string    // of ajar
	policy  string    // the baseline's file, as a relative path with slashes; "" where there is none to point at
	all     []access.Finding
	rules   map[string]RuleText
	notes   []note
	exit    int
	meaning string // of the exit code
}

// note is something besides findings that a reader has to know: what was not
// seen, what was not judged.
type note struct {
	kind    noteKind
	about   string // the area or the rule; "" where it is about the whole
	text    string
	lacking bool // the result is not complete for want of it
}

// noteKind is the stable word for a sort of note. Other tools key on it.
type noteKind string

// The kinds of notes.
const (
	notSeen     noteKind = "not-seen"
	notJudged   noteKind = "undecided"
	notRun      noteKind = "rule-not-run"
	ruleBroke   noteKind = "rule-broke"
	crossBroken noteKind = "cross-check-differs"
)

// noteTitles says in a line what each kind is.
var noteTitles = map[noteKind]string{
	notSeen:     "Data that was not seen; nothing is concluded from it",
	notJudged:   "What a rule could not judge: neither a finding nor a clean bill",
	notRun:      "A rule that was not run for want of a baseline",
	ruleBroke:   "A rule that broke; its findings are withheld",
	crossBroken: "Computed access differs from GitHub's own answer",
}

func (a Audit) exported() exported {
	x := exported{
		org: a.Org, at: a.At, now: a.now(), version: a.Version, all: a.Findings, rules: byID(a.Rules),
		notes: gapNotes(a.Gaps), exit: a.Exit(), meaning: a.verdict(),
	}
	if a.Baseline != nil {
		x.policy = policyFile(a.Baseline.Files)
	}
	for _, f := range a.Failed {
		x.notes = append(x.notes, note{ruleBroke, f.Rule, f.Rule + ": " + f.Reason, true})
	}
	if a.Cross.broken() {
		x.notes = append(x.notes, note{crossBroken, "", count(len(a.Cross.Differences), "pair", "pairs") + " of person and repository", true})
	}
	for _, u := range a.Undecided {
		x.notes = append(x.notes, note{notJudged, u.Rule, u.Rule + ": " + count(u.Count, "case", "cases") + ": " + u.Reason, false})
	}
	for _, r := range a.Withheld {
		x.notes = append(x.notes, note{notRun, r, r + ": there is no baseline to hold access against", false})
	}
	return x
}

func (v Findings) exported() exported {
	x := exported{
		org: v.Org, at: v.At, now: v.now(), version: v.Version, policy: policyFile(v.Baseline), all: v.Findings,
		rules: byID(v.Rules), notes: gapNotes(v.Gaps), exit: v.Exit(), meaning: "everything expected was seen.",
	}
	if n := unexpected(v.Gaps); n > 0 {
		x.meaning = count(n, "expected kind of data was", "expected kinds of data were") + " not seen to the end, so the list may lack findings."
	}
	return x
}

// gapNotes gives one note for each gap and each reason of it, those that are
// expected to be there first.
func gapNotes(gaps []Gap) []note {
	var out []note
	for _, first := range []bool{true, false} {
		for _, g := range gaps {
			if g.Expected != first {
				continue
			}
			lines := g.Missing
			if g.own || len(lines) == 0 {
				lines = append([]Missing{{Status: g.Status, Reason: g.Reason, Help: g.Help}}, lines...)
			}
			for _, m := range lines {
				text := string(g.Area) + ": " + string(m.Status) + ": " + m.Reason
				if m.Count > 0 {
					text += " (" + names(m.First, m.Count, firstNames) + ")"
				}
				if m.Help != "" {
					text += "; would help: " + m.Help
				}
				out = append(out, note{notSeen, string(g.Area), text, g.Expected})
			}
		}
	}
	return out
}

func byID(rules []RuleText) map[string]RuleText {
	out := make(map[string]RuleText, len(rules))
	for _, r := range rules {
		out[r.ID] = r
	}
	return out
}

// rule gives what is known of a rule; of one that this version has not, its id.
func (x exported) rule(id string) RuleText {
	if r, ok := x.rules[id]; ok {
		return r
	}
	return RuleText{ID: id, Title: id}
}

// incomplete reports whether something is lacking that a complete result has.
func (x exported) incomplete() bool {
	return slices.ContainsFunc(x.notes, func(n note) bool { return n.lacking })
}

// policyFile picks the baseline's first file that lies at or beneath the folder
// in which ajar was started: others have such a path in a checkout.
func policyFile(files []string) string {
	for _, f := range files {
		f = strings.ReplaceAll(f, `\`, "/")
		for strings.HasPrefix(f, "./") {
			f = strings.TrimPrefix(f, "./")
		}
		if strings.HasSuffix(f, ".toml") && !strings.HasPrefix(f, "/") && !slices.Contains(strings.Split(f, "/"), "..") {
			return f
		}
	}
	return ""
}

// repositoryOf gives the name of the repository that a finding is about, as
// "acme/api", or "" where it is about the organization.
func repositoryOf(f *access.Finding) string {
	kind, name, ok := strings.Cut(f.Resource.Name, ":")
	if !ok || f.Resource.Kind != access.Repo && f.Resource.Kind != access.Env {
		return ""
	}
	if kind == access.Env.String() {
		if parts := strings.SplitN(name, "/", 3); len(parts) == 3 {
			return parts[0] + "/" + parts[1]
		}
	}
	return name
}

// supported names the controls that a rule supports.
func (r RuleText) supported() []string {
	out := []string{}
	for _, c := range r.Controls {
		out = append(out, c.Framework+" "+c.ID)
	}
	return out
}
