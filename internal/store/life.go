package store

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// life is one finding over time: as it was judged last, and what became of it.
type life struct {
	finding  *access.Finding
	met      bool   // it was found now, and finding is what was found
	why      string // it was resolved
	unseen   string // why it could not be looked for again; "" when it was
	reopened int
	events   []Event   // what the judgement at hand adds
	last     time.Time // it was seen, as stored
	stored   record    // what the store holds of it
}

// record is a life as it is stored, but for when it was last seen: that alone
// changes with every judgement. The texts stand for themselves by their digest,
// since those of all findings together are larger than the snapshot.
type record struct {
	state                  access.State
	since, first, resolved sql.NullInt64
	why, unseen            string
	reopened               int
	texts                  digest // of needs and body
}

// record gives the life as it is to be stored, with its two texts.
func (l *life) record() (r record, needs, body []byte, err error) {
	f := *l.finding
	if needs, err = json.Marshal(f.Needs); err != nil {
		return r, nil, nil, fmt.Errorf("finding %s: %w", f.Fingerprint, err)
	}
	r = record{f.State, ms(f.Since), ms(f.FirstSeen), ms(f.ResolvedAt), l.why, l.unseen, l.reopened, digest{}}
	f.State, f.Since, f.FirstSeen, f.LastSeen, f.ResolvedAt = "", time.Time{}, time.Time{}, time.Time{}, time.Time{}
	if body, err = json.Marshal(&f); err != nil {
		return r, nil, nil, fmt.Errorf("finding %s: %w", f.Fingerprint, err)
	}
	r.texts = digestOfTexts(needs, body)
	return r, needs, body, nil
}

// digestOfTexts stands for the two texts of a record. The first is JSON, so that it
// shows where it ends.
func digestOfTexts(needs, body []byte) digest {
	h := sha256.New()
	h.Write(needs)
	h.Write(body)
	var all [sha256.Size]byte
	return digest(h.Sum(all[:0])[:16])
}

// What can happen to a finding.
const (
	Opened     = "opened"
	WaiverSet  = "waived"
	WaiverOver = "unwaived"
	Closed     = "resolved"
	Reopened   = "reopened"
)

// Event is one turn in the life of a finding.
type Event struct {
	At       time.Time
	Snapshot int64
	What     string // Opened, WaiverSet, WaiverOver, Closed or Reopened
	Why      string // "" where there is nothing to add
}

// Terms are what a judgement was made with.
type Terms struct {
	Baseline string // its hash, "" for none
	// Files are what the baseline says, in the order in which it is read. Each version is
	// kept once; see [Store.BaselineFiles]. None: they are not at hand.
	Files   []Text
	Config  string // the hash of the configuration, "" where it is not known
	Program string // the version of the program, "" where it is not known
	// Undecided names the rules that could not judge all that they are about.
	Undecided []string
	// Withheld names the rules that did not run, for want of a baseline, because
	// they are switched off or because they broke: what they found before stays,
	// for nobody looked again.
	Withheld []string
	// Aside: it is by another baseline than the one that counts, and only asks what
	// would be; it changes no life.
	Aside bool
}

// judgement is one look at the findings of one snapshot.
type judgement struct {
	snap     *access.Snapshot
	at       time.Time
	with     Terms
	replaced bool // the lives were judged with another baseline before
}

func (j judgement) note(l *life, what, why string) {
	l.events = append(l.events, Event{At: j.at, Snapshot: j.snap.ID, What: what, Why: why})
}

// meet merges what was found with what was known of it, nil where that is
// nothing. The finding takes over, but keeps when it was first seen.
func (j judgement) meet(known *life, f *access.Finding) *life {
	f.State = cmp.Or(f.State, access.Open)
	f.FirstSeen, f.LastSeen, f.ResolvedAt = j.snap.TakenAt, j.snap.TakenAt, time.Time{}
	l := &life{finding: f, met: true}
	was := access.Open
	switch {
	case known == nil:
		j.note(l, Opened, "")
	case known.stored.state == access.Resolved:
		l.reopened = known.reopened + 1
		j.note(l, Reopened, "")
	default:
		l.reopened = known.reopened
		was = known.stored.state
	}
	if known != nil {
		l.stored = known.stored
		f.FirstSeen = instant(known.stored.first)
		if known.last.After(f.LastSeen) {
			f.LastSeen = known.last
		}
	}
	if was != f.State {
		if f.State == access.Waived {
			j.note(l, WaiverSet, f.Waiver)
		} else {
			j.note(l, WaiverOver, "no waiver is in force")
		}
	}
	return l
}

// miss says what it means that a live finding was not found again. It is resolved
// only where all that would show it was read to the end.
func (j judgement) miss(l *life) {
	if gap, ok := j.gap(l.finding); ok {
		l.unseen = gap
		if f := l.finding; f.State == access.Waived && !f.WaiverEnd.IsZero() && !j.at.Before(f.WaiverEnd) {
			f.State = access.Open
			j.note(l, WaiverOver, "the waiver ended")
		}
		return
	}
	l.unseen, l.why = "", j.reason(l.finding)
	l.finding.State, l.finding.ResolvedAt = access.Resolved, j.at
	j.note(l, Closed, l.why)
}

// gap finds the first thing that a conclusion lacks: the rule itself, or a piece
// of coverage.
func (j judgement) gap(f *access.Finding) (string, bool) {
	if slices.Contains(j.with.Withheld, f.Rule) {
		return fmt.Sprintf("not looked for again on %s: the rule did not run", date(j.snap.TakenAt)), true
	}
	for _, n := range f.Needs {
		line := j.snap.Coverage.Of(n.Area)
		if n.Scope != 0 {
			line = j.snap.Coverage.For(n.Area, n.Scope)
		}
		if line.Status != access.Complete {
			return fmt.Sprintf("not looked for again on %s: %s was not read to the end (%s)",
				date(j.snap.TakenAt), n.Area, cmp.Or(line.Reason, string(line.Status))), true
		}
	}
	return "", false
}

// Why a finding ends, as it is stored.
const (
	endGrantGone = "the grant is gone"
	endNotThere  = "it was looked for and is no longer there"
	endBaseline  = "the baseline changed"
	endNotAsked  = "the grant is still there, but nothing objects to it any more: the baseline, a rule or a setting changed"
	endEither    = endNotThere + "; the baseline changed in between"
)

// Ending is what it means that a finding is over.
type Ending string

// The endings.
const (
	Remedied Ending = "remedied"  // what was found is gone
	NotAsked Ending = "not-asked" // it is still there, and another baseline does not object
	Unclear  Ending = "unclear"   // it is one or the other, or a state that it rested on changed
)

// EndingOf tells what it means that a finding ended for a reason of an [Event].
func EndingOf(why string) Ending {
	switch why {
	case endGrantGone, endNotThere:
		return Remedied
	case endBaseline:
		return NotAsked
	}
	return Unclear
}

// reason says why a finding that was looked for is no longer one.
func (j judgement) reason(f *access.Finding) string {
	if f.Grant == nil {
		if j.replaced {
			return endEither
		}
		return endNotThere
	}
	if _, there := slices.BinarySearchFunc(j.snap.Grants, *f.Grant, access.Grant.Compare); there {
		if j.replaced {
			return endBaseline
		}
		return endNotAsked
	}
	return endGrantGone
}

// tell gives the finding with what its life adds to the evidence.
func (l *life) tell() access.Finding {
	f := *l.finding
	l.testify(&f)
	return f
}

// testify adds to the evidence of a finding what its life says.
func (l *life) testify(f *access.Finding) {
	f.Evidence = slices.Clip(f.Evidence)
	if l.unseen != "" {
		f.Evidence = append(f.Evidence, l.unseen)
	}
	if l.reopened > 0 {
		f.Evidence = append(f.Evidence, fmt.Sprintf("came back after it was resolved, %d× since %s", l.reopened, date(f.FirstSeen)))
	}
	if f.State == access.Resolved {
		f.Evidence = append(f.Evidence, fmt.Sprintf("resolved on %s: %s", date(f.ResolvedAt), l.why))
	}
}

// tellAll gives the findings of all lives, the worst first. Those that were found
// now stay where they are: they are many, and large.
func tellAll(found []access.Finding, lives []*life) []access.Finding {
	met := 0
	for _, l := range lives {
		if l.met {
			met++
		}
	}
	stay := met == len(found)
	if !stay { // several had one fingerprint
		found = make([]access.Finding, 0, len(lives))
	}
	for _, l := range lives {
		if l.met && stay {
			l.testify(l.finding)
		}
	}
	for _, l := range lives {
		if !l.met || !stay {
			found = append(found, l.tell())
		}
	}
	for i := 1; i < len(found); i++ {
		if byWeight(&found[i-1], &found[i]) > 0 {
			slices.SortFunc(found, func(x, y access.Finding) int { return byWeight(&x, &y) })
			break
		}
	}
	return found
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// byWeight is the order in which findings are listed: the worst first.
func byWeight(x, y *access.Finding) int {
	return cmp.Or(access.Pressing(x, y), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Fingerprint, y.Fingerprint))
}
