package evidence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/store"
)

// Options say what is gathered.
type Options struct {
	Framework Framework
	Orgs      []string // logins; none: every organization that the store knew at the end of the period
	Period    Period
	Program   string // version and commit of the program
	// Dates are instants in the period, to the second, at which the population is told as
	// well. One that lies elsewhere is a gap.
	Dates []time.Time
	// Every is how often a pass was promised; 0: nobody promised anything. Two passes may
	// lie that far apart and a tenth more, at least five minutes, without the time in between
	// being a gap. Without a promise it is three times what is usual in the period, at most
	// [LongestPause] and at least [ShortestPause].
	Every time.Duration
}

// How far apart two passes may lie without a gap, where nobody promised anything: at most
// a day, and an hour in which a daily pass may be late; and in any case a quarter of an
// hour, however often ajar looks.
const (
	LongestPause  = 25 * time.Hour
	ShortestPause = 15 * time.Minute
)

// leastLate is by how much a promised pass may be late in any case: it waits for the one
// before it, and for GitHub.
const leastLate = 5 * time.Minute

// ErrPeriod says that the period has no length, or no beginning.
var ErrPeriod = errors.New("a period ends after it began")

// gathering is one evidence that is put together. Its tables go on asking the store
// when their rows are wanted.
type gathering struct {
	s    *store.Store
	o    Options
	orgs []*organization

	mu    sync.Mutex
	views []*view                       // of the snapshots that were looked at last
	bases map[string]*baseline.Baseline // by hash; nil: what is kept of it is none today
}

// organization is one of those that the evidence is about.
type organization struct {
	Org
	first, last store.SnapshotInfo // ID 0: none
	passes      []store.PassInfo   // from the first snapshot on, to the end of the period and without it
	judged      []store.Judgement  // by what snapshots were judged, the oldest first
	pause       time.Duration      // how far apart two passes may lie
	ledger      ledger
	names       *names // nil: nobody asked yet
	settings    []settingChange
	most        int64 // changes of grants in memory at once
}

// Gather gives what the store knows of the period. The rows of its tables are read
// when they are asked for, so the store must stay open as long; whoever writes to it
// meanwhile adds to its end what the evidence does not speak of.
func Gather(ctx context.Context, s *store.Store, o Options) (Evidence, error) {
	if o.Period.From.IsZero() || !o.Period.From.Before(o.Period.To) {
		return Evidence{}, fmt.Errorf("gathering evidence from %s to %s: %w", o.Period.From.UTC().Format(time.RFC3339), o.Period.To.UTC().Format(time.RFC3339), ErrPeriod)
	}
	o.Period = Period{o.Period.From.UTC(), o.Period.To.UTC()}
	if !slices.Contains(Frameworks, o.Framework) {
		return Evidence{}, fmt.Errorf("gathering evidence: no framework is called %q", o.Framework)
	}
	o.Dates = slices.Clone(o.Dates)
	for i, d := range o.Dates {
		o.Dates[i] = d.UTC().Truncate(time.Second)
	}
	slices.SortFunc(o.Dates, time.Time.Compare)
	o.Dates = slices.CompactFunc(o.Dates, time.Time.Equal)
	g := &gathering{s: s, o: o, bases: map[string]*baseline.Baseline{}}
	if err := g.find(ctx); err != nil {
		return Evidence{}, fmt.Errorf("gathering evidence: %w", err)
	}
	e := Evidence{Framework: o.Framework, Period: o.Period, Program: o.Program, Every: o.Every}
	for _, org := range g.orgs {
		e.Orgs = append(e.Orgs, org.Org)
		gaps, err := g.gaps(ctx, org)
		if err != nil {
			return Evidence{}, fmt.Errorf("gathering evidence of %s: %w", org.Login, err)
		}
		e.Gaps = append(e.Gaps, gaps...)
	}
	e.Complete = len(e.Gaps) == 0
	e.Tables = g.tables(e.Gaps)
	trends, err := Trends(ctx, s, e)
	if err != nil {
		return Evidence{}, fmt.Errorf("gathering evidence: %w", err)
	}
	e.Tables = append(e.Tables, trends...)
	if e.Controls, err = Matrix(ctx, e); err != nil {
		return Evidence{}, fmt.Errorf("gathering evidence: %w", err)
	}
	return e, nil
}

// find looks up the organizations, with the snapshots between which each is told.
func (g *gathering) find(ctx context.Context) error {
	ids, err := g.asked(ctx)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return fmt.Errorf("store %s: %w: it is empty", g.s.Path(), store.ErrNoSnapshot)
	}
	for _, id := range ids {
		o, err := g.organization(ctx, id)
		if err != nil {
			return err
		}
		g.orgs = append(g.orgs, o)
	}
	if known := g.known(); len(g.o.Orgs) == 0 && len(known) > 0 {
		g.orgs = known // what was seen for the first time later is no gap of this period
	}
	slices.SortFunc(g.orgs, func(a, b *organization) int { return cmp.Or(compareFold(a.Login, b.Login), cmp.Compare(a.ID, b.ID)) })
	return nil
}

// asked are the numbers of the organizations that the evidence is about. It goes by number
// and not by login: a login that was given up may be another organization's in the period.
func (g *gathering) asked(ctx context.Context) ([]int64, error) {
	var ids []int64
	if len(g.o.Orgs) == 0 {
		all, err := g.s.Orgs(ctx)
		for _, o := range all {
			ids = append(ids, o.ID)
		}
		return ids, err
	}
	for _, login := range g.o.Orgs {
		some, err := g.s.OrgsCalled(ctx, login, lastBefore(g.o.Period.From), lastBefore(g.o.Period.To))
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func (g *gathering) organization(ctx context.Context, id int64) (*organization, error) {
	newest, err := g.s.NewestOf(ctx, id, time.UnixMilli(math.MaxInt64))
	if err != nil {
		return nil, err
	}
	o := &organization{Org: Org{ID: id, Login: newest.Org}, most: mostMoves}
	o.last, err = g.s.NewestOf(ctx, id, lastBefore(g.o.Period.To))
	if errors.Is(err, store.ErrNoSnapshot) {
		return o, nil // it was not known by then
	}
	if err != nil {
		return nil, err
	}
	if o.Login, err = g.s.LoginAt(ctx, o.ID, o.last.ID); err != nil {
		return nil, err
	}
	o.first, err = g.s.NewestOf(ctx, id, lastBefore(g.o.Period.From))
	if errors.Is(err, store.ErrNoSnapshot) {
		o.first, err = g.firstAfter(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	err = g.s.Passes(ctx, o.ID, o.first.ID, lastBefore(g.o.Period.To), func(p store.PassInfo) error {
		o.passes = append(o.passes, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if o.judged, err = g.s.Judgements(ctx, o.ID, o.last.ID); err != nil {
		return nil, err
	}
	o.First, o.Start, o.Last, o.End = o.first.ID, o.first.At, o.last.ID, o.last.At
	o.pause = usual(o.passes, g.o.Every)
	o.ledger = newLedger()
	return o, g.s.CoverageSpans(ctx, o.first, o.last, func(c store.CoverSpan) error {
		o.ledger.add(c)
		return nil
	})
}

// lastBefore gives the last instant that comes before another. A period has its first instant
// and not its last: a snapshot taken at the very end is the first of the period that
// follows, which starts with what the one before ended with.
func lastBefore(t time.Time) time.Time { return t.Add(-time.Nanosecond) }

// firstAfter gives the first snapshot, where the period began before there was one.
func (g *gathering) firstAfter(ctx context.Context, o *organization) (store.SnapshotInfo, error) {
	var first store.SnapshotInfo
	err := g.s.Passes(ctx, o.ID, 0, lastBefore(g.o.Period.To), func(p store.PassInfo) error {
		if first.ID == 0 && !p.FinishedAt.IsZero() {
			first = p.SnapshotInfo
		}
		return nil
	})
	return first, err
}

// known are the organizations that were seen at all by the end of the period.
func (g *gathering) known() []*organization {
	return slices.DeleteFunc(slices.Clone(g.orgs), func(o *organization) bool { return o.last.ID == 0 })
}

// snapshots are the passes of an organization that came to their end, the oldest first.
func (o *organization) snapshots() []store.PassInfo {
	return slices.DeleteFunc(slices.Clone(o.passes), func(p store.PassInfo) bool { return p.FinishedAt.IsZero() })
}
