package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf16"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

type planFlags struct {
	only []string
	max  int
	out  string
}

func newPlan(a *app) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what would bring access back to the baseline; a dry run, nothing is changed",
		Long: `Judge the newest stored snapshot by the baseline of now, and show what would
change, in which order, why, who would lose what, how it would be undone, and
what a guard refuses. Nothing is changed. GitHub is asked one thing: whom the
token belongs to, since ajar never plans against itself; where that is not
known, whatever takes access away is refused.

Drift that is too young, was found too seldom, or of which those who would lose
something were not told is listed as not due yet ([remediate] grace), with what to
tell whom; --out saves the plan, and records that they were told.

--only and --max ask for a smaller plan; the report says what they leave out.`,
		Example: `  ajar plan
  ajar plan --only rule=expired-assignment --only resource=repo:acme/api
  ajar plan --max 10 --out plan.json
  ajar plan --output markdown > comment.md   # for a pull request
  ajar plan --output html > plan.html        # a page to send on`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.plan(cmd.Context(), f) },
	}
	cmd.Flags().StringArrayVar(&f.only, "only", nil, "only what answers to `KEY=VALUE`: rule=…, resource=…, principal=…; repeat it: one key's values add up, different keys must all fit")
	cmd.Flags().IntVar(&f.max, "max", 0, "at most the first `N` actions (0: all)")
	cmd.Flags().StringVar(&f.out, "out", "", "save the plan as JSON in `FILE`, which must not be there yet")
	cmd.AddCommand(newApprove(a), newWithdraw(a))
	return also(cmd, report.HTML, report.Markdown)
}

func (a *app) plan(ctx context.Context, f planFlags) error {
	only, err := parseOnly(f.only)
	if err != nil {
		return err
	}
	if f.max < 0 {
		return usage("--max %d is below 0", f.max)
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	b, err := a.baseline(c)
	if err != nil {
		return err
	}
	if b == nil {
		return a.noBaseline("plan")
	}
	other := aside(c, b)
	if other != "" && f.out != "" { // nobody is told of it, and nothing of it is carried out
		return withHint(usage("%s: a plan by it is not saved", other), "leave --out away to see what would be; -o json > FILE keeps what it says")
	}
	see := a.look
	if f.out != "" { // what is saved is recorded, or nobody could apply it
		see = a.touch
	}
	s, err := see(ctx, c)
	if err != nil {
		return err
	}
	defer a.closing(s)
	org, err := a.stored(ctx, s, c)
	if err != nil {
		return err
	}
	info, err := a.snapshot(ctx, s, org, "")
	if err != nil {
		return err
	}
	r, err := audit.Pass{Org: org, Store: s, Baseline: b, Now: a.clock.Now}.Review(ctx, info)
	if err != nil {
		return err
	}
	a.warn(r.Warnings)
	in, err := a.planInput(ctx, s, c, r)
	if err != nil {
		return err
	}
	if in.Held, err = heldBy(ctx, s, info); err != nil {
		return err
	}
	why, err := s.Undoubted(ctx, info, b.Hash())
	if err != nil {
		return err
	}
	switch {
	case other != "":
		a.say("warning: %s: this plan says what would be, and is not carried out", other)
		in.Held = append(in.Held, other+": this plan says what would be")
	case why != "":
		in.Held = append(in.Held, why+"; "+a.program+" audit --offline looks whether too much is gone or newly called drift")
	}
	if why := a.clock.Doubt(); why != "" {
		in.Held = append(in.Held, "clock: "+why)
	}
	whole := remediate.NewPlan(in)
	p := whole
	if len(only) > 0 || f.max > 0 {
		p = smaller(in, only, f.max)
	}
	if f.out != "" {
		if err := save(f.out, p); err != nil {
			return err
		}
		if err := a.keep(ctx, s, p); err != nil {
			return err
		}
		byChannel, err := a.announce(ctx, c, s, p)
		if err != nil {
			return err
		}
		defer a.tellSaved(f.out, c.Remediate.Mode, p, byChannel)
	}
	v := planView(c, p, r)
	v.Asked, v.Left = asked(f), leftOut(whole, p)
	a.exit(status(v.Exit()))
	return a.show(v)
}

// heldBy gives the reasons why the organization is on hold.
func heldBy(ctx context.Context, s *store.Store, info store.SnapshotInfo) ([]string, error) {
	all, err := s.Holds(ctx, info.OrgID)
	var out []string
	for _, h := range all {
		out = append(out, h.Reason)
	}
	return out, err
}

func (a *app) planInput(ctx context.Context, s *store.Store, c *config.Config, was audit.Result) (remediate.Input, error) {
	r, err := a.readers(ctx, c)
	if err != nil {
		a.unknownSelf(err)
	}
	return a.planBy(ctx, s, c, was, r)
}

// planBy is planInput with the credentials that say who ajar is; nil: it is not known,
// and that was said.
func (a *app) planBy(ctx context.Context, s *store.Store, c *config.Config, was audit.Result, r *readers) (remediate.Input, error) {
	in := remediate.Input{
		Snapshot: was.Snapshot, Graph: was.Graph, Baseline: was.Baseline, Findings: was.Findings, Guards: guards(c.Remediate),
		Version: buildVersion().Version, TTL: c.Remediate.PlanTTL, SnapshotHash: remediate.ContentHash(was.Snapshot),
	}
	var err error
	if r != nil {
		if in.Self, err = r.self(ctx, c, was.Snapshot.Org.Login); err != nil {
			a.unknownSelf(err)
		}
	}
	a.tellSkew(r)
	in.At = a.clock.Now() // GitHub has told the time by now
	if in.Journal, err = s.JournalSize(ctx); err != nil {
		return in, err
	}
	return in, remember(ctx, s, &in)
}

// unknownSelf says once what the whole plan suffers from.
func (a *app) unknownSelf(err error) {
	line, hint := github.Explain(err)
	var h hinted
	if errors.As(err, &h) {
		line, hint = err.Error(), h.hint
	}
	a.remark("warning: it is not known whom the token belongs to (%s), so every change that takes access away is refused: one of them could lock ajar itself out", line)
	if hint != "" {
		a.remark("hint: %s", hint)
	}
}

func guards(r config.Remediate) remediate.Guards {
	g := remediate.Guards{
		MaxChanges: r.MaxChanges, MaxFraction: r.MaxFraction, MinOwners: r.MinOwners, Protected: r.Protected,
		AllowOwnerOnly: r.AllowOwnerOnly, Limits: map[string]remediate.Limit{}, Editors: r.Editors, Expel: r.Expel,
		Grace: remediate.Grace{Snapshots: r.Grace.Snapshots, Age: r.Grace.Age, Notice: r.Grace.Notice},
	}
	for kind, l := range r.Limits {
		g.Limits[kind] = remediate.Limit{Max: l.Max, Fraction: l.Fraction}
	}
	return g
}

func save(path string, p remediate.Plan) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("saving the plan: %w", err)
	}
	return writeFile(path, append(ascii(text), '\n'), true)
}

// ascii writes what is beyond ASCII as JSON's escapes, so that a name cannot
// steer the terminal of somebody who looks into the file. JSON has such
// characters inside strings only.
func ascii(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r < 0x7f:
			out = append(out, byte(r))
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

func planView(c *config.Config, p remediate.Plan, r audit.Result) report.Plan {
	v := report.Plan{
		Org: p.Org, Snapshot: p.SnapshotID, At: p.SnapshotAt, MadeAt: p.MadeAt, Hash: p.Hash, Stopped: p.Stopped, Losers: p.Losers,
		Baseline: &report.BaselineUse{Files: c.Baseline.Paths, Hash: p.BaselineHash},
		Gaps:     report.Gaps(r.Snapshot, c.Collect.Without...),
	}
	for _, x := range p.Actions {
		v.Actions = append(v.Actions, actionView(x, p.MadeAt))
	}
	for _, x := range p.Refused {
		v.Refused = append(v.Refused, report.PlanRefusal{
			Principal: x.Principal, Resource: x.Resource, Title: x.Title, Guard: string(x.Guard), Why: x.Why, Finding: x.Finding,
			Overdue: report.OverdueSince(x.Overdue, p.MadeAt),
		})
	}
	for _, x := range p.Instructions {
		v.Instructions = append(v.Instructions, report.PlanInstruction{
			Principal: x.Principal, Resource: x.Resource, Title: x.Title, Where: x.Where, Who: x.Who, Since: x.Since, Rule: x.Rule, Finding: x.Finding,
			Overdue: report.OverdueSince(x.Overdue, p.MadeAt),
		})
	}
	laterViews(&v, p)
	return v
}

func actionView(x remediate.Action, now time.Time) report.PlanAction {
	v := report.PlanAction{
		ID: x.ID, Kind: string(x.Kind), Principal: x.Principal, Resource: x.Resource, Title: x.Title, Have: x.Have, Want: x.Want,
		Rule: x.Rule, Severity: x.Severity.String(), Risk: string(x.Risk), Losers: x.Losers, Sample: x.Sample, Loss: x.Loss,
		Inverse: x.Inverse, Irreversible: x.Irreversible, Overdue: report.OverdueSince(x.Overdue, now),
	}
	v.Stays = x.Residual
	for _, w := range x.Weighed {
		v.Weighed = append(v.Weighed, report.PlanWeighed{Title: w.Title, Losers: w.Losers, Why: w.Why})
	}
	for i, reason := range x.Reasons {
		v.Findings = append(v.Findings, reason.Fingerprint)
		if i == 0 {
			v.Why = reason.Title
		}
	}
	return v
}
