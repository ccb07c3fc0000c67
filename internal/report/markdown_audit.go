package report

import (
	"io"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// markdown writes the audit for a comment or an issue on GitHub.
func (a Audit) markdown(w io.Writer, o Options) error {
	d := newMarkdown(w, o, orgName(a.Org))
	d.para("## Access audit of " + mdCode(orgName(a.Org)))
	d.para("**" + mdSentence(a.verdict()) + "**")
	d.para(a.mdAbout())
	d.gaps(a.Gaps)
	for _, h := range a.Holds {
		d.para("On hold, no plan may run: " + mdText(h.words(a.now())))
	}
	if a.Cross != nil {
		d.para("Cross-check: " + mdText(a.Cross.words()))
		for _, x := range a.Cross.Differences {
			d.para("> " + mdCode(x.Who.Name) + " on " + mdCode(x.On.Name) + ": ajar says " + mdCode(x.Ajar) + ", GitHub says " + mdCode(x.GitHub))
		}
	}
	for _, f := range a.Failed {
		d.para("The rule " + mdCode(f.Rule) + " broke, a mistake in ajar: " + mdText(f.Reason))
	}
	a.mdOpen(d)
	a.mdOthers(d)
	return d.end("audit --offline --all --output markdown --out audit.md")
}

func mdSentence(s string) string { return strings.ToUpper(s[:1]) + mdText(s)[1:] }

// mdAbout says what was judged, by what.
func (a Audit) mdAbout() string {
	said := "Exit code " + number(a.Exit()) + ". Taken " + moment(a.At)
	if b := a.Baseline; b != nil {
		var files []string
		for _, f := range b.Files {
			files = append(files, mdCode(f))
		}
		said += "; baseline " + strings.Join(files, ", ") + " (" + mdCode(short(b.Hash)) + ")"
	} else {
		said += "; no baseline, so rules that need one were not run"
	}
	if a.Version != "" {
		said += "; ajar " + mdCode(a.Version)
	}
	return said + "."
}

// mdOpen writes the open findings, a table for each severity. What is worse than
// medium stands open, the rest is folded.
func (a Audit) mdOpen(d *mdDoc) {
	open := inState(a.Findings, access.Open)
	if len(open) == 0 {
		d.para("### Findings\n\nNone is open.")
		return
	}
	for _, s := range severities {
		these := slices.DeleteFunc(slices.Clone(open), func(f *access.Finding) bool { return f.Severity != s })
		if len(these) == 0 {
			continue
		}
		d.para("### " + strings.ToUpper(s.String()[:1]) + s.String()[1:] + ": " + number(len(these)))
		d.table([]string{"finding", "rule", "since", "id"}, a.mdFindings(these), "findings", s < access.High)
	}
}

func (a Audit) mdFindings(all []*access.Finding) [][]string {
	var rows [][]string
	for _, f := range all {
		known := []string{f.Principal.Name, f.Resource.Name, f.Org.Name}
		title := mdText(f.Title, known...)
		if f.Affected > 1 {
			title += " (" + number(f.Affected) + " affected)"
		}
		if f.Overdue(a.now()) {
			title += OverdueSince(f.Ended, a.now()).markdown()
		}
		rows = append(rows, []string{title, mdCode(f.Rule), day(f.Since), mdCode(short(f.Fingerprint))})
	}
	return rows
}

// mdOthers writes what is no open finding.
func (a Audit) mdOthers(d *mdDoc) {
	if all := inState(a.Findings, access.Resolved); len(all) > 0 {
		d.para("### Resolved: " + number(len(all)))
		d.table([]string{"finding", "rule", "since", "id"}, a.mdFindings(all), "findings", true)
	}
	if all := inState(a.Findings, access.Waived); len(all) > 0 {
		d.para("### Waived: " + number(len(all)))
		var rows [][]string
		for _, f := range all {
			rows = append(rows, []string{mdText(f.Title, f.Principal.Name, f.Resource.Name), lastDay(f.WaiverEnd), mdText(f.Waiver), mdCode(short(f.Fingerprint))})
		}
		d.table([]string{"finding", "until the end of", "reason", "id"}, rows, "findings", true)
	}
	if lines := together(a.Undecided, a.Org); len(lines) > 0 {
		d.para("### Undecided")
		var rows [][]string
		for _, u := range lines {
			rows = append(rows, []string{mdCode(u.Rule), number(u.Count), mdText(u.Reason)})
		}
		d.table([]string{"rule", "cases", "why"}, rows, "reasons; neither a finding nor a clean bill", true)
	}
	for _, l := range []struct {
		title string
		all   []string
	}{{"The baseline leaves these alone: ", a.Unmanaged}, {"Not run for want of a baseline: ", a.Withheld}} {
		var words []string
		for _, x := range l.all {
			words = append(words, mdCode(x))
		}
		if len(words) > 0 {
			d.para(l.title + strings.Join(words, ", ") + ".")
		}
	}
}
