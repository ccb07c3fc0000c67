// Package audit walks the way of the data once, from GitHub to the findings:
// identify, collect into the store, load, bind the baseline, analyze, judge.
package audit

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/reach"
)

// Pass is what one walk needs.
type Pass struct {
	Org      string             // login
	Client   *github.Client     // not needed to look at what is stored
	Store    *store.Store       //
	Baseline *baseline.Baseline // nil: the rules that need one do not run
	Collect  collector.Options  //
	// Now is the instant to judge by, which dates a snapshot: GitHub's clock and not
	// that of this machine, see package clock. Collect.Now measures how long things
	// take.
	Now func() time.Time
	// Highest gives the highest instant of that clock, to be stored with each snapshot,
	// and whether it is news to the store; nil: it is not kept.
	Highest func() (at time.Time, news bool)

	// Lean lets the graph and the bound baseline of a result go once the rules have
	// judged, which on a large organization are a quarter of what is in memory.
	Lean bool

	// Aside says why the baseline is not the one that counts, such as one of which
	// somebody asks what would be; "": it is. A judgement by it changes nothing that is
	// stored of findings, and no plan rests on it.
	Aside string

	// Config is the hash of the configuration that the pass is shaped by, to be kept with
	// the judgement; "": it is not known.
	Config string

	Answers string        // path before "-ID" of the answers file of each organization; "": none is written
	Resume  time.Duration // how long ago a pass may have broken off to be taken up; 0: none is
	Version string        // of the program, for the answers file and the judgement
	tape    *github.Tape  // while a pass is taken; nil: none

	// Others are asked, one after the other, for what Client's credential may not
	// read. Tell hears, in a line each, which of them read what, and which could
	// not be used; nil: nobody listens.
	Others []Reader
	Tell   func(line string)
}

// View is one stored snapshot, ready to be asked.
type View struct {
	Info     store.SnapshotInfo
	Snapshot *access.Snapshot
	Graph    *reach.Graph
	Baseline *baseline.Bound    // nil: none
	Warnings []baseline.Problem // what the baseline names and the snapshot does not have
}

// Result is a view with the judgement on it.
type Result struct {
	View                       // without Graph and Baseline where the pass is lean
	Managed   []baseline.Class // the classes that the baseline manages; nil: there is none
	Findings  []access.Finding // open, waived, and those resolved by this very judgement
	Undecided []access.Undecided
	Failed    []analyzer.Failure
	Withheld  []string     // ids of the rules that did not run for want of a baseline
	At        time.Time    // the instant that was judged at
	Holds     []store.Hold // what keeps the organization on hold after it
	own       access.Own   // what is known of ajar's own changes
	Unkept    string       // why the judgement changed no stored finding, in one line; "" where it did
	Before    string       // the hash of the baseline that the findings were judged with before; "": none
	roster    roster       // who belongs to the organization
	held      bool         // against a baseline
}

// ErrNoOrganization says that GitHub shows this token no organization of that
// login.
var ErrNoOrganization = errors.New("no such organization")

// Open loads a stored snapshot and lays the baseline over it. A baseline that
// contradicts itself there is an error that holds every complaint as a
// [baseline.Problems]: without it nothing could be said of what is allowed.
func (p Pass) Open(ctx context.Context, info store.SnapshotInfo) (View, error) {
	v := View{Info: info}
	s, err := p.Store.Load(ctx, info)
	if err != nil {
		return v, fmt.Errorf("loading snapshot %d of %s: %w", info.ID, info.Org, err)
	}
	v.Snapshot, v.Graph = s, reach.New(s)
	if p.Baseline == nil {
		return v, nil
	}
	bound, problems := p.Baseline.Bind(s)
	if err := baseline.Problems(problems).Err(); err != nil {
		return v, fmt.Errorf("laying the baseline over snapshot %d of %s:\n%w", info.ID, info.Org, err)
	}
	var ids []string
	for _, r := range analyzer.Rules() {
		ids = append(ids, r.ID)
	}
	v.Baseline, v.Warnings = bound, p.Baseline.CheckRules(ids).Merge(problems)
	return v, nil
}

// Run takes a snapshot and judges it.
func (p Pass) Run(ctx context.Context) (Result, error) {
	info, err := p.Take(ctx)
	if err != nil {
		return Result{}, err
	}
	return p.Judge(ctx, info)
}

// Judge judges the newest stored snapshot and keeps the findings' lives. Without
// a baseline it changes none that was judged with one, and with one that is aside it
// changes none at all; it says so in Unkept.
func (p Pass) Judge(ctx context.Context, info store.SnapshotInfo) (Result, error) {
	r, err := p.Review(ctx, info)
	if err != nil {
		return r, err
	}
	by, err := p.Store.JudgedBy(ctx, info.Org)
	if err != nil {
		return r, err
	}
	r.Before = by
	with := p.terms(r)
	const shown = ": this judgement is shown, and the stored findings stay as they were"
	switch {
	case p.Aside != "":
		with.Aside, r.Unkept = true, p.Aside+shown
	case p.Baseline == nil && by != "":
		r.Unkept = fmt.Sprintf("the findings of %s were judged with a baseline (%.12s) before, and there is none now"+shown, info.Org, by)
	}
	before, err := p.before(ctx, info.OrgID)
	if err != nil {
		return r, err
	}
	r.Findings, err = p.Store.Judge(ctx, r.Snapshot, r.Findings, r.At, with)
	if err != nil {
		return r, fmt.Errorf("keeping the findings of %s: %w", info.Org, err)
	}
	if p.Aside != "" {
		if !info.DoubtedAt.IsZero() { // nor is what the baseline that counts made of the snapshot
			r.Holds, err = p.Store.Holds(ctx, info.OrgID)
			return r, err
		}
		// What is gone is gone by any baseline; what this one calls drift says nothing.
		r.held, before, with.Baseline = false, nil, ""
	}
	if err := p.doubt(ctx, &r, before); err != nil {
		return r, fmt.Errorf("doubting what was seen of %s: %w", info.Org, err)
	}
	return r, p.Store.Doubted(ctx, info, with.Baseline, r.At)
}

// terms are by what a result was judged, as the store keeps it.
func (p Pass) terms(r Result) store.Terms {
	with := store.Terms{Withheld: r.silent(), Config: p.Config, Program: p.Version}
	for _, u := range r.Undecided {
		with.Undecided = append(with.Undecided, u.Rule)
	}
	if p.Baseline != nil {
		with.Baseline = p.Baseline.Hash()
		for _, f := range p.Baseline.Files() {
			with.Files = append(with.Files, store.Text{Name: f.Name, Body: f.Text})
		}
	}
	return with
}

// many grants are so many that what the rules needed besides is worth a collection
// of garbage by itself.
const many = 500_000

// Review judges a snapshot of the past and changes nothing in the store. It
// judges as of the moment the snapshot was taken: a later one would take the
// time in between, which nobody looked at, for time without activity.
func (p Pass) Review(ctx context.Context, info store.SnapshotInfo) (Result, error) {
	v, err := p.Open(ctx, info)
	if err != nil {
		return Result{}, err
	}
	r := Result{At: info.At, held: v.Baseline != nil, roster: rosterOf(v)}
	if r.held {
		r.Managed = v.Baseline.Managing()
	}
	in := analyzer.Input{Snapshot: v.Snapshot, Graph: v.Graph, Baseline: v.Baseline, At: info.At}
	var broken []analyzer.Failure
	in.Own, err = p.own(ctx, info)
	if ctx.Err() != nil {
		return Result{}, err
	}
	if err != nil { // a journal that cannot be read withholds the one rule that rests on it
		in.Disabled = []string{analyzer.UnexplainedChange}
		broken = append(broken, analyzer.Failure{Rule: analyzer.UnexplainedChange, Reason: err.Error()})
	}
	if p.Lean {
		if err := p.Store.Rest(ctx); err != nil {
			return Result{}, err
		}
		in.Judged = func() {
			v.Graph, v.Baseline = nil, nil
			in.Graph, in.Baseline = nil, nil // of the call that is under way
			if len(v.Snapshot.Grants) >= many {
				debug.FreeOSMemory() // the findings are put in order in one piece, which fits into no gap
			}
		}
	}
	found := analyzer.Analyze(in)
	r.View, r.Findings, r.Undecided, r.Failed, r.own = v, found.Findings, found.Undecided, append(found.Failed, broken...), in.Own
	for _, rule := range analyzer.Rules() {
		if rule.Baseline && !r.held {
			r.Withheld = append(r.Withheld, rule.ID)
		}
	}
	return r, nil
}

// silent names the rules whose findings say nothing about what is no longer
// there: those that did not run, and those that broke.
func (r Result) silent() []string {
	out := slices.Clone(r.Withheld)
	for _, f := range r.Failed {
		out = append(out, f.Rule)
	}
	return out
}
