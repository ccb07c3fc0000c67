package evidence

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/store"
)

// law is by what a snapshot was judged. Where nobody judged it, it is what was in force:
// that of the newest judgement before.
type law struct {
	baseline  string   // its hash; "": there was none, or it is not known
	kept      bool     // the store has what it said
	none      bool     // it is known that there was none
	judged    bool     // the very snapshot was judged
	undecided []string // the rules that could not judge all of it
	told      bool     // undecided is known
}

// inForce gives the judgement that holds for a snapshot; false where there was none by
// then, or the store did not keep it yet.
func (o *organization) inForce(snapshot int64) (store.Judgement, bool) {
	for _, j := range slices.Backward(o.judged) {
		if j.Snapshot <= snapshot {
			return j, true
		}
	}
	return store.Judgement{}, false
}

func (g *gathering) lawOf(ctx context.Context, o *organization, info store.SnapshotInfo) (law, error) {
	newest, ok, err := g.s.Judged(ctx, info)
	if err != nil {
		return law{}, err
	}
	l := law{judged: ok && newest.ID == info.ID, none: !ok}
	if j, ok := o.inForce(info.ID); ok {
		l.baseline, l.kept, l.undecided, l.told, l.none = j.Baseline, j.Kept, j.Undecided, j.Told, j.Baseline == ""
		return l, nil
	}
	// An older store knows it of the snapshots that plans were made from.
	err = g.s.PlanMarks(ctx, o.ID, info.At, g.o.Period.To, func(p store.PlanMark) error {
		if p.Snapshot == info.ID && p.Baseline != "" {
			l.baseline = p.Baseline
		}
		return nil
	})
	return l, err
}

// baseline reads what a baseline says; nil where there was none, or nobody kept it. The
// caller holds g.mu.
func (g *gathering) baseline(ctx context.Context, l law) (*baseline.Baseline, error) {
	if !l.kept {
		return nil, nil
	}
	if b, ok := g.bases[l.baseline]; ok {
		return b, nil
	}
	texts, err := g.s.BaselineFiles(ctx, l.baseline)
	if err != nil {
		return nil, err
	}
	var files []baseline.File
	for _, t := range texts {
		files = append(files, baseline.File{Name: t.Name, Text: t.Body})
	}
	b, err := baseline.Parse(files)
	if err != nil {
		b = nil // this version reads it otherwise: then nothing is said of it
	}
	g.bases[l.baseline] = b
	return b, nil
}

// accusing are the rules whose findings say that a grant is not allowed.
var accusing = []string{
	"access-beyond-baseline", "principal-not-in-baseline", "owner-not-listed", "outside-collaborator-write", "expired-assignment", "deploy-key-write",
	"environment-reviewers-beyond-baseline", "team-maintainer-not-listed", "repository-invitation-privileged", StandingRule,
}

// elevation begins what is wanted of a standing grant that the baseline allows only as an
// elevation. What else that rule finds is allowed, and lacks a date alone.
const elevation = "an elevation of at most "

// judgement reads which grants of the snapshot were called drift when it was judged. Of
// one that was only collected the rules say it now, by what was in force.
func (g *gathering) judgement(ctx context.Context, v *view) error {
	v.drift = map[access.Grant]access.Finding{}
	var found []access.Finding
	switch {
	case v.law.judged:
		var err error
		found, err = g.s.FindingsAt(ctx, store.Filter{States: []access.State{access.Open, access.Waived}}, v.info)
		if err != nil {
			return err
		}
	case v.bound != nil || v.law.none:
		found = v.judgeNow()
	}
	for _, f := range found {
		if f.Grant == nil || !slices.Contains(accusing, f.Rule) || f.Rule == StandingRule && !strings.HasPrefix(f.Want, elevation) {
			continue
		}
		if old, ok := v.drift[*f.Grant]; !ok || old.State == access.Waived {
			v.drift[*f.Grant] = f
		}
	}
	return nil
}

// judgeNow has the rules judge the snapshot as of when it was taken.
func (v *view) judgeNow() []access.Finding {
	in := analyzer.Input{Snapshot: v.snap, Graph: v.graph, Baseline: v.bound, At: v.info.At}
	for _, r := range analyzer.Rules() {
		if !slices.Contains(accusing, r.ID) {
			in.Disabled = append(in.Disabled, r.ID)
		}
	}
	r := analyzer.Analyze(in)
	v.law.undecided, v.law.told = nil, true
	for _, u := range r.Undecided {
		v.law.undecided = append(v.law.undecided, u.Rule)
	}
	for _, f := range r.Failed {
		v.law.undecided = append(v.law.undecided, f.Rule)
	}
	for i := range r.Findings { // no audit noted it, so no table of findings has it
		r.Findings[i].Fingerprint = ""
	}
	return r.Findings
}

// title says whether something is entitled, and until when.
type title struct {
	is      string
	ends    time.Time
	finding string
	by      string
}

func (t title) values() []Value { return []Value{Of(t.is), At(t.ends), Of(t.finding), Of(t.by)} }
