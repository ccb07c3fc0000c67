package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// filter is what the flags ask for, in their own words.
type filter struct {
	rule, category, severity, resource, principal string
	states                                        []string
	at                                            string
}

func newFindings(a *app) *cobra.Command {
	var f filter
	cmd := &cobra.Command{
		Use:   "findings",
		Short: "List the findings of the newest audit, or explain one",
		Long: `List the findings as the newest audit left them, the worst first. Those that are
resolved are listed only where --state asks for them. With --at they are listed as
they stood then, with the severity, names and title of then; the evidence of each is
that of its last judgement.`,
		Example: `  ajar findings
  ajar findings --severity high --resource control-plane
  ajar findings --rule expired-assignment -o csv
  ajar findings --at 2026-Q1 --state open
  ajar findings --state open -o sarif > ajar.sarif  # for code scanning
  ajar findings show 3f9a1b2c`,
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.findings(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.rule, "rule", "", "only of this `RULE`")
	cmd.Flags().StringVar(&f.category, "category", "", "only of this `CATEGORY`: overprivileged, stale, standing, environment, hygiene, critical-state, anomaly")
	cmd.Flags().StringVar(&f.severity, "severity", "", "only of this `SEVERITY` or above: info, low, medium, high, critical")
	cmd.Flags().StringVar(&f.resource, "resource", "", "only on this `RESOURCE`: repo:acme/api, or a part of its name")
	cmd.Flags().StringVar(&f.principal, "principal", "", "only of this `PRINCIPAL`: user:alice, or a part of its name")
	cmd.Flags().StringSliceVar(&f.states, "state", []string{"open", "waived"}, "only in these `STATES`: open, waived, resolved")
	atFlag(cmd, &f.at)
	cmd.AddCommand(newShow(a))
	return also(cmd, forTools...)
}

// parse refuses words that no finding has: an empty list must not be read as
// good news because of a typo.
func (f filter) parse() (store.Filter, error) {
	var out store.Filter
	rules, categories := ruleNames(), []string(nil)
	for _, r := range analyzer.Rules() {
		categories = append(categories, r.Category)
	}
	err := cmp.Or(known("--rule", "rule", f.rule, rules), known("--category", "category", f.category, categories),
		known("--severity", "severity", f.severity, severities))
	if err != nil {
		return out, err
	}
	out = store.Filter{Rule: f.rule, Category: f.category, Principal: f.principal, Resource: f.resource}
	if f.severity != "" {
		if out.Severity, err = access.ParseSeverity(f.severity); err != nil {
			return out, err
		}
	}
	for _, w := range f.states {
		if err := known("--state", "state", w, states); err != nil {
			return out, err
		}
		out.States = append(out.States, access.State(w))
	}
	return out, nil
}

// known refuses a word of a flag that is none of the words there are.
func known(flag, what, word string, words []string) error {
	if word == "" || slices.Contains(words, word) {
		return nil
	}
	return withHint(usage("%s %q is not a %s", flag, word, what), "%s", baseline.Suggest(word, slices.Compact(words)))
}

// words says what was asked for.
func (f filter) words() string {
	parts := []string{strings.Join(f.states, " or ")}
	for _, p := range [][2]string{{f.rule, "rule "}, {f.category, "category "}, {f.resource, "on "}, {f.principal, "of "}} {
		if p[0] != "" {
			parts = append(parts, p[1]+p[0])
		}
	}
	if f.severity != "" {
		parts = append(parts, f.severity+" or above")
	}
	return strings.Join(parts, ", ")
}

func (a *app) findings(ctx context.Context, f filter) error {
	want, err := f.parse()
	if err != nil {
		return err
	}
	return a.eachStored(ctx, func(w *work, p audit.Pass) error {
		v, all, err := a.lived(ctx, w, p, f.at, want)
		if err != nil {
			return err
		}
		now := a.clock.Now()
		if f.at != "" {
			now = v.Info.At
		}
		view := report.Findings{
			Org: orgNamed(v.Snapshot), At: v.Info.At, Now: now, Gaps: append(w.unseen, report.Gaps(v.Snapshot, w.config.Collect.Without...)...),
			Filter: f.words(), Findings: all, Rules: ruleTexts(all), Version: buildVersion().Version,
		}
		if w.config.Baseline != nil {
			view.Baseline = w.config.Baseline.Paths
		}
		if slices.ContainsFunc(view.Gaps, func(g report.Gap) bool { return g.Expected }) {
			a.exit(incomplete) // the list may lack what was not seen
		}
		if err := w.alone(ctx, p.Org); err != nil {
			return err
		}
		return w.show(view)
	})
}

// lived gives the newest snapshot that was judged, or the newest until a time,
// and the findings as they stand or stood. That there are none of what was never
// judged is no good news.
func (a *app) lived(ctx context.Context, w *work, p audit.Pass, at string, want store.Filter) (audit.View, []access.Finding, error) {
	asked, err := a.seenAt(ctx, w, p, at)
	if err != nil {
		return audit.View{}, nil, err
	}
	judged, ok, err := p.Store.Judged(ctx, asked)
	if err != nil {
		return audit.View{}, nil, err
	}
	switch {
	case !ok && at != "":
		return audit.View{}, nil, withHint(usage("no snapshot of %s was judged until %s, so nothing is known of its findings then", asked.Org, instant(asked.At)),
			"%s audit --at '#%d' judges it now, and keeps nothing", a.program, asked.ID)
	case !ok:
		return audit.View{}, nil, withHint(usage("%s was never audited, so nothing is known of its findings", asked.Org),
			"%s audit --offline%s judges the stored snapshot", a.program, a.inOrg(asked.Org))
	case judged.ID != asked.ID && at != "":
		a.remark("snapshot #%d of %s was not judged: the findings are those of #%d of %s", asked.ID, asked.Org, judged.ID, instant(judged.At))
	case judged.ID != asked.ID:
		a.remark("the findings of %s are those of %s; the newer snapshot of %s is not judged yet: %s audit --offline%s",
			asked.Org, instant(judged.At), instant(asked.At), a.program, a.inOrg(asked.Org))
	}
	v, err := p.Open(ctx, judged)
	if err != nil {
		return v, nil, err
	}
	var all []access.Finding
	if at != "" {
		all, err = p.Store.FindingsAt(ctx, want, judged)
	} else {
		all, err = p.Store.Findings(ctx, p.Org, want)
	}
	return v, all, err
}

// eachStored goes through the organizations that the store is asked about.
func (a *app) eachStored(ctx context.Context, do func(*work, audit.Pass) error) error {
	w, err := a.lookAround(ctx, "")
	if err != nil {
		return err
	}
	defer w.close()
	if err := a.onePage(w.orgs); err != nil {
		return err
	}
	w.each(ctx, func(_ context.Context, p audit.Pass) error { return do(w, p) })
	return nil
}

func newShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Explain one finding: what, why it matters, how, since when, and what to do",
		Long: `Explain one finding: what it is, why it matters, the paths, since when, how to
fix it, which controls it supports, and how it would be waived. The first few
characters of its id are enough. A finding is known by its organization and its id
together: where several have one of that id, --org says which is meant.`,
		Example: "  ajar findings show 3f9a1b2c",
		Args:    exactly("the ID of a finding"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.showFinding(cmd.Context(), args[0]) },
	}
}

func (a *app) showFinding(ctx context.Context, id string) error {
	w, err := a.lookAround(ctx, "")
	if err != nil {
		return err
	}
	defer w.close()
	org, f, err := a.theFinding(ctx, w, id)
	if err != nil {
		return err
	}
	if err := w.alone(ctx, org); err != nil {
		return err
	}
	p := w.pass
	p.Org = org
	return a.explainFinding(ctx, w, p, f)
}

// theFinding looks for the finding of an id in the organizations that are asked about. An
// id is that of one finding within an organization, and of another one in the next where
// both say the same of the same person.
func (a *app) theFinding(ctx context.Context, w *work, id string) (org string, f access.Finding, err error) {
	var in []string
	var none error
	for _, o := range w.orgs {
		switch one, err := w.store.Finding(ctx, o, id); {
		case errors.Is(err, store.ErrNoFinding):
			none = err
		case errors.Is(err, store.ErrManyFound):
			return "", f, withHint(err, "%s findings lists the ids", a.program)
		case err != nil:
			return "", f, err
		default:
			org, f = o, one
			in = append(in, o)
		}
	}
	switch len(in) {
	case 0:
		if len(w.orgs) > 1 {
			none = fmt.Errorf("%w: none of %s begins with %q", store.ErrNoFinding, strings.Join(w.orgs, ", "), id)
		}
		return "", f, withHint(none, "%s findings lists the ids", a.program)
	case 1:
		return org, f, nil
	}
	return "", f, withHint(usage("finding %q is ambiguous: %s have one each whose id begins so", id, strings.Join(in, " and ")),
		"add --org: %s", strings.Join(eachOrg(in), " or "))
}

func eachOrg(logins []string) []string {
	var out []string
	for _, l := range logins {
		out = append(out, "--org "+l)
	}
	return out
}

func (a *app) explainFinding(ctx context.Context, w *work, p audit.Pass, f access.Finding) error {
	c := w.config
	v, err := a.view(ctx, p, "")
	if err != nil {
		return err
	}
	var areas []access.Area
	for _, n := range f.Needs {
		areas = append(areas, n.Area)
	}
	view := report.Finding{
		Finding: f, Rule: ruleText(f.Rule), Now: a.clock.Now(), Gaps: touching(report.Gaps(v.Snapshot, c.Collect.Without...), areas),
	}
	if err := a.lifeOf(ctx, p, v, f, &view); err != nil {
		return err
	}
	if b, err := a.baseline(c); err == nil && b != nil {
		view.Longest = b.LongestWaiver
	}
	return w.show(view)
}

func ruleText(id string) report.RuleText {
	t := report.RuleText{ID: id}
	for _, r := range analyzer.Rules() {
		if r.ID != id {
			continue
		}
		t.Category, t.Severity, t.Title, t.Why, t.Remedy = r.Category, r.Severity, r.Title, r.Why, r.Remedy
		t.What, t.Grading = r.What, r.Grading
		for _, c := range r.Controls {
			t.Controls = append(t.Controls, report.Control{Framework: c.Framework, ID: c.ID, Name: c.Title})
		}
	}
	return t
}
