package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/metrics"
	"github.com/eb661601/ajar/internal/overview"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

type auditFlags struct {
	failOn  string
	offline bool
	at      string
	metrics string
	without []string
	out     string
	all     bool

	estimate bool
	cross    int
	fresh    bool
}

func newAudit(a *app) *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Collect a snapshot, judge it, and report",
		Long: `Read who can do what in an organization, compare it with the baseline, and report
the findings, the worst first. What could not be seen stands before everything
else; nothing is concluded from it.`,
		Example: `  ajar audit --org acme
  ajar audit --org acme --baseline baseline.toml --fail-on critical
  ajar audit --offline -o json      # judge the newest stored snapshot again
  ajar audit --at 2026-05-31        # judge history
  ajar audit --org acme --estimate  # what it would cost
  ajar audit --offline -o html --out audit.html`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.audit(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.failOn, "fail-on", "high", "exit with 2 where a finding of this `SEVERITY` or above is open: info, low, medium, high, critical; none never does")
	cmd.Flags().BoolVar(&f.offline, "offline", false, "judge the newest stored snapshot; do not ask GitHub")
	cmd.Flags().StringVar(&f.at, "at", "", "judge the newest snapshot before `TIME`: 2026-05-31 (its end, in UTC), RFC 3339, yesterday, 2026-Q1 (its end), 7d for a week ago, or #12 for a snapshot; GitHub is not asked and nothing stored changes")
	cmd.Flags().StringVar(&f.metrics, "metrics-file", "", "write what was found to `FILE` in Prometheus' text format, for node_exporter's textfile collector")
	cmd.Flags().StringVar(&f.out, "out", "", "write the report to `FILE`, whole or not at all, instead of stdout")
	cmd.Flags().BoolVar(&f.all, "all", false, "list everything, however long; a table, an HTML page and Markdown shorten long lists and say so")
	withoutFlag(cmd, &f.without)
	estimateFlag(cmd, &f.estimate)
	cmd.Flags().IntVar(&f.cross, "cross-check", 0, "compare `N` random pairs of person and repository with GitHub's own answer, one call each; a difference is a defect of ajar, and exits with 1")
	freshFlag(cmd, &f.fresh)
	for _, stored := range []string{"offline", "at"} {
		apart(cmd, "--estimate says what asking GitHub would cost; --"+stored+" does not ask it", "estimate", stored)
		apart(cmd, "--fresh reads everything anew; --"+stored+" asks GitHub for nothing", "fresh", stored)
	}
	return also(cmd, append([]report.Format{report.HTML, report.Markdown}, forTools...)...)
}

func freshFlag(cmd *cobra.Command, fresh *bool) {
	cmd.Flags().BoolVar(fresh, "fresh", false, "read everything in this pass, also what [collect] every lets grow older and tier_calls leaves to later ones")
}

func withoutFlag(cmd *cobra.Command, without *[]string) {
	cmd.Flags().StringSliceVar(without, "without", nil, "`AREAS` that are not read and not expected, such as audit-log (comma, or repeat it)")
}

func (a *app) audit(ctx context.Context, f auditFlags) error {
	failOn, err := access.ParseSeverity(f.failOn)
	if err != nil {
		return withHint(usage("--fail-on %q is not a severity", f.failOn), "one of none, info, low, medium, high, critical")
	}
	if f.cross < 0 {
		return withHint(usage("--cross-check %d is below 1", f.cross), "give it a number of pairs, such as 20")
	}
	if f.cross > 0 && (f.offline || f.at != "") {
		return withHint(usage("--cross-check asks GitHub about the organization as it is now"), "leave --offline and --at out")
	}
	if f.estimate {
		if out, err := a.format(); err != nil || !slices.Contains(general, out) || f.out != "" {
			return cmp.Or(err, withHint(usage("--estimate is written to stdout as table, json or csv"), "leave --output and --out away"))
		}
		return a.estimate(ctx, f.without, f.fresh)
	}
	w, err := a.work(ctx, f.without, f.offline || f.at != "")
	if err != nil {
		return err
	}
	defer w.close()
	w.pass.Aside = aside(w.config, w.pass.Baseline)
	w.readAll(f.fresh)
	if err := a.onePage(w.orgs); err != nil {
		return err
	}
	w.all = f.all
	if err := errors.Join(a.spares(w.config, "--out", f.out), a.spares(w.config, "--metrics-file", f.metrics)); err != nil {
		return err
	}
	if f.out == "" {
		return a.auditEach(ctx, w, f, failOn)
	}
	return a.into(f.out, func() error { return a.auditEach(ctx, w, f, failOn) })
}

// auditEach audits the organizations one after another.
func (a *app) auditEach(ctx context.Context, w *work, f auditFlags, failOn access.Severity) error {
	posture := metrics.New(knownMetrics(w.config))
	w.each(ctx, func(ctx context.Context, p audit.Pass) error {
		p.Lean = f.cross == 0 && !a.wantsOverview()
		r, err := a.judge(ctx, w, p, f)
		if err != nil {
			return err
		}
		a.warn(r.Warnings)
		a.kept(p, r)
		posture.Record(r.Snapshot, r.Findings, nil, r.At)
		v := auditView(w.config, p.Baseline, r, failOn)
		v.Gaps = append(w.unseen, v.Gaps...)
		v.Stored = f.offline || f.at != ""
		if f.cross > 0 {
			if v.Cross, err = crossCheck(ctx, p, r.View, f.cross); err != nil {
				return err
			}
		}
		if a.wantsOverview() {
			if v.Overview, err = overview.Of(ctx, p.Store, r); err != nil {
				return err
			}
		}
		a.exit(status(v.Exit()))
		return w.show(v)
	})
	if f.metrics == "" {
		return nil
	}
	return posture.WriteFile(f.metrics)
}

// kept says where a judgement changed no stored finding, and where those of another
// baseline go on by one that only a flag names.
func (a *app) kept(p audit.Pass, r audit.Result) {
	switch {
	case r.Unkept != "":
		a.say("warning: %s", r.Unkept)
	case len(a.flags.baseline) > 0 && r.Before != "" && r.Before != p.Baseline.Hash():
		a.remark("the findings of %s were judged with another baseline (%.12s) before, and go on by this one (%.12s)", p.Org, r.Before, p.Baseline.Hash())
	}
}

// crossCheck holds computed access against GitHub's own answers.
func crossCheck(ctx context.Context, p audit.Pass, v audit.View, n int) (*report.CrossCheck, error) {
	c, err := p.CrossCheck(ctx, v, n, rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))) //nolint:gosec // which pairs are compared is no secret
	if err != nil {
		return nil, fmt.Errorf("cross-checking %s: %w", p.Org, err)
	}
	out := report.CrossCheck{Asked: c.Asked, Compared: c.Compared, Equal: c.Equal, Unanswered: c.Unanswered, Unseen: c.Unseen, Differences: []report.CrossDifference{}}
	for _, d := range c.Differences {
		out.Differences = append(out.Differences, report.CrossDifference(d))
	}
	if out.Unseen == nil {
		out.Unseen = []access.Area{}
	}
	return &out, nil
}

// judge gets the result that the flags ask for: of now, of the newest stored
// snapshot, or of history.
func (a *app) judge(ctx context.Context, w *work, p audit.Pass, f auditFlags) (audit.Result, error) {
	if !f.offline && f.at == "" {
		info, err := p.Take(ctx)
		if err != nil {
			return audit.Result{}, err
		}
		a.garbage(whileJudging, roomJudging)
		return p.Judge(ctx, info)
	}
	a.garbage(whileJudging, roomJudging)
	info, err := a.seenAt(ctx, w, p, f.at)
	if err != nil {
		return audit.Result{}, err
	}
	if f.at != "" {
		return p.Review(ctx, info)
	}
	return p.Judge(ctx, info)
}

func auditView(c *config.Config, b *baseline.Baseline, r audit.Result, failOn access.Severity) report.Audit {
	v := report.Audit{
		Run:      runOf(r.Info, r.Snapshot),
		Gaps:     report.Gaps(r.Snapshot, c.Collect.Without...),
		Findings: r.Findings, Undecided: r.Undecided, FailOn: failOn, Holds: holdViews(r.Holds),
	}
	v.Judged, v.Earlier = r.At, report.EarlierReads(r.Snapshot, c.Collect.Every)
	v.Version, v.Rules = buildVersion().Version, ruleTexts(r.Findings)
	for _, f := range r.Failed {
		v.Failed = append(v.Failed, report.RuleFailure(f))
	}
	if b == nil {
		v.Withheld = r.Withheld
		return v
	}
	v.Baseline = &report.BaselineUse{Files: c.Baseline.Paths, Hash: b.Hash()}
	for _, class := range baseline.Classes {
		switch {
		case !slices.Contains(r.Managed, class):
			v.Unmanaged = append(v.Unmanaged, string(class))
		case slices.Contains(notRead, class):
			v.Unmanaged = append(v.Unmanaged, string(class)+" (in the baseline, and not read by this version)")
		}
	}
	return v
}

// notRead are the classes that a baseline can speak of and that no area of the
// collector shows: naming one must not look like compliance.
var notRead = []baseline.Class{baseline.Apps, baseline.Tokens, baseline.BypassActors, baseline.Webhooks}

// ruleTexts gives what the rules of the findings say about themselves.
func ruleTexts(all []access.Finding) []report.RuleText {
	var ids []string
	for _, f := range all {
		ids = append(ids, f.Rule)
	}
	slices.Sort(ids)
	var out []report.RuleText
	for _, id := range slices.Compact(ids) {
		out = append(out, ruleText(id))
	}
	return out
}

func runOf(info store.SnapshotInfo, s *access.Snapshot) report.Run {
	st := info.Stats
	return report.Run{
		Org:      access.Named{Ref: access.Ref{Kind: access.Org, ID: info.OrgID}, Name: "org:" + s.Org.Login},
		Snapshot: info.ID, At: info.At, Took: st.Took, Requests: st.Requests, Points: st.Points, Bytes: st.Bytes,
		NotModified: st.NotModified, Replayed: st.Replayed, Retries: st.Retries, Shrunk: st.Shrunk, Waited: st.Waited,
		Read: report.ReadingOf(s),
	}
}

// warn passes on what the baseline names and the snapshot does not have.
func (a *app) warn(problems []baseline.Problem) {
	if a.flags.quiet {
		return
	}
	for _, p := range problems {
		a.say("warning: %s", p)
	}
}
