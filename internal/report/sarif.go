package report

import (
	"bytes"
	"cmp"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// SARIF 2.1.0 (OASIS), within what GitHub's code scanning takes: its pages
// "SARIF support for code scanning" and "SARIF results exceed one or more
// limits". Of a run it shows the 5,000 worst results and refuses more than
// 25,000, and it refuses runs of one file that share tool and category.

// sarifResults is how many results a run has at most.
const sarifResults = 5000

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	rulesPage   = "https://github.com/eb661601/ajar/blob/main/docs/rules.md"
	homePage    = "https://github.com/eb661601/ajar"
)

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Automation  sarifAutomation   `json:"automationDetails"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     laterFindings     `json:"results"`
	Properties  sarifRunBag       `json:"properties"`
}

type sarifAutomation struct {
	ID          string    `json:"id"` // code scanning's category, and a slash
	Description sarifText `json:"description"`
}

type sarifRunBag struct {
	Org      access.Named `json:"organization"`
	At       time.Time    `json:"snapshotAt"`
	Complete bool         `json:"complete"`
	Run      int          `json:"run"`        // from 1
	Runs     int          `json:"runs"`       // of this file
	Results  int          `json:"results"`    // in this run
	All      int          `json:"allResults"` // in all runs of this file
	Resolved int          `json:"resolved"`   // findings that are gone, and so are no results
}

type sarifInvocation struct {
	Successful  bool                `json:"executionSuccessful"`
	ExitCode    int                 `json:"exitCode"`
	ExitMeaning string              `json:"exitCodeDescription"`
	End         time.Time           `json:"endTimeUtc,omitzero"`
	Execution   []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Descriptor sarifReference    `json:"descriptor"`
	Level      string            `json:"level"`
	Message    sarifText         `json:"message"`
	Rule       *sarifReference   `json:"associatedRule,omitempty"`
	Properties map[string]string `json:"properties,omitempty"`
}

type sarifReference struct {
	ID string `json:"id"`
}

func (a Audit) sarif(w io.Writer) error    { return a.exported().sarif(w) }
func (v Findings) sarif(w io.Writer) error { return v.exported().sarif(w) }

// sarif writes the log, the results one after another.
func (x exported) sarif(w io.Writer) error {
	parts, resolved := x.runs()
	total := 0
	for _, p := range parts {
		total += len(p)
	}
	head := "{\n  \"$schema\": \"" + sarifSchema + "\",\n  \"version\": \"2.1.0\",\n  \"runs\": [\n    "
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	for i, part := range parts {
		run := x.sarifRun(part)
		run.Automation = x.automation(i, len(parts))
		run.Properties = sarifRunBag{x.org, utc(x.at), !x.incomplete(), i + 1, len(parts), len(part), total, resolved}
		var text bytes.Buffer
		if err := encodeList(&text, "    ", run, "results", len(part), func(i int) any { return x.sarifResult(part[i]) }); err != nil {
			return err
		}
		if i > 0 {
			if _, err := io.WriteString(w, ",\n    "); err != nil {
				return err
			}
		}
		if _, err := w.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n"))); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n  ]\n}\n")
	return err
}

// automation tells the runs of a file apart, and this organization from others.
func (x exported) automation(i, of int) sarifAutomation {
	_, login, _ := strings.Cut(x.org.Name, ":")
	id := "ajar/" + url.PathEscape(login) + "/"
	if i > 0 {
		id += strconv.Itoa(i+1) + "/"
	}
	text := "access in " + Visible(x.org.Name)
	if of > 1 {
		text += ", run " + strconv.Itoa(i+1) + " of " + strconv.Itoa(of)
	}
	return sarifAutomation{id, sarifText{Text: text}}
}

// runs shares the findings out: as few runs as there can be, none with more than
// sarifResults, and those of a repository together unless they alone are more.
// What is resolved is no result, for code scanning closes what a file leaves out
// and opens what it has; it is counted.
func (x exported) runs() (runs [][]*access.Finding, resolved int) {
	of := map[string][]*access.Finding{}
	for i := range x.all {
		f := &x.all[i]
		if f.State == access.Resolved {
			resolved++
			continue
		}
		name := repositoryOf(f)
		of[name] = append(of[name], f)
	}
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	run := []*access.Finding{}
	for _, name := range names {
		group := of[name]
		sortWorst(group)
		if len(run) > 0 && len(run)+len(group) > sarifResults {
			runs, run = append(runs, run), nil
		}
		for len(group) > sarifResults {
			runs, group = append(runs, group[:sarifResults]), group[sarifResults:]
		}
		run = append(run, group...)
	}
	if len(run) > 0 || len(runs) == 0 {
		runs = append(runs, run)
	}
	for _, r := range runs {
		sortWorst(r)
	}
	return runs, resolved
}

func (x exported) sarifRun(part []*access.Finding) sarifRun {
	var run sarifRun
	run.Tool.Driver = x.driver(part)
	in := sarifInvocation{
		Successful: !x.incomplete(), ExitCode: x.exit, ExitMeaning: x.meaning, End: utc(x.now), Execution: []sarifNotification{},
	}
	for _, n := range x.notes {
		out := sarifNotification{Descriptor: sarifReference{string(n.kind)}, Level: "note", Message: sarifText{Text: plainMessage(n.text)}}
		switch {
		case n.lacking:
			out.Level = "error"
		case n.kind == notJudged:
			out.Level = "warning"
		}
		switch _, known := x.rules[n.about]; {
		case n.kind == notSeen:
			out.Properties = map[string]string{"area": n.about}
		case n.kind != crossBroken && known && slices.ContainsFunc(part, func(f *access.Finding) bool { return f.Rule == n.about }):
			out.Rule = &sarifReference{n.about}
		}
		in.Execution = append(in.Execution, out)
	}
	run.Invocations = []sarifInvocation{in}
	return run
}

// plainMessage gives a text for a SARIF message. There "[x](y)" is a link and
// "{0}" a place for an argument (SARIF 2.1.0, 3.11.5 and 3.11.6), and names may
// hold either: the characters that make them so are shown as their code.
func plainMessage(s string) string {
	s = strings.ReplaceAll(Visible(s), "](", `]\u0028`)
	var b strings.Builder
	for i, r := range s {
		if r == '{' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
			b.WriteString(`\u007b`)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// sortWorst puts findings in the order of documents.
func sortWorst(all []*access.Finding) {
	slices.SortStableFunc(all, func(a, b *access.Finding) int {
		return cmp.Or(access.Pressing(a, b), cmp.Compare(urgent(a.Category), urgent(b.Category)), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
}
