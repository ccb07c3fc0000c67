package report

import (
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
)

// SnapshotMark is one stored snapshot in a report.
type SnapshotMark struct {
	ID int64     `json:"id"`
	At time.Time `json:"at"` // the instant that it speaks of
}

// Diff is what changed from one snapshot of an organization to a later one.
type Diff struct {
	Org      access.Named
	From, To SnapshotMark
	Gaps     []HistoryGap // at which of the instants that were asked for nothing was seen
	Between  Between
	Diff     changes.Diff
}

// Between is how often it was looked from one snapshot to another.
type Between struct {
	Snapshots    int       // both among them
	Pauses       int       // between two of them that are longer than counts as seen
	Since, Until time.Time // the longest of these; zero: there is none
}

// Exit is ExitGaps where a difference may be one of sight alone, or one may be
// missing for want of sight, or nothing was seen at one of the instants, else ExitClean.
func (v Diff) Exit() int {
	if v.uncertain() > 0 || v.Diff.Unsure != "" || len(v.Gaps) > 0 {
		return ExitGaps
	}
	return ExitClean
}

func (v Diff) uncertain() (n int) {
	for _, c := range v.Diff.Changes {
		if c.Doubt != "" {
			n++
		}
	}
	return n
}

// known counts the changes of one direction that both snapshots saw.
func (v Diff) known(e changes.Effect) (n int) {
	for _, c := range v.Diff.Changes {
		if c.Doubt == "" && c.Effect == e {
			n++
		}
	}
	return n
}

// changeDoc is one change as documents have it.
type changeDoc struct {
	Class   string         `json:"class"`
	What    string         `json:"what"`
	Effect  changes.Effect `json:"effect"`
	Subject access.Named   `json:"subject"`
	Object  *access.Named  `json:"object"`
	Aspect  string         `json:"aspect"`
	Before  string         `json:"before"`
	After   string         `json:"after"`
	With    *access.Named  `json:"with"`
	Certain bool           `json:"certain"`
	Why     string         `json:"why_uncertain"`
}

type reachedDoc struct {
	Repositories int            `json:"repositories"`
	Admin        int            `json:"admin"`
	First        []access.Named `json:"first"`
}

type powerDoc struct {
	Person  access.Named `json:"person"`
	Outside bool         `json:"outside"`
	Gained  reachedDoc   `json:"gained"`
	Lost    reachedDoc   `json:"lost"`
}

type coverDoc struct {
	Area   access.Area   `json:"area"`
	Before access.Status `json:"before"`
	After  access.Status `json:"after"`
	Reason string        `json:"reason"`
}

type betweenDoc struct {
	Snapshots int        `json:"snapshots"`
	Pauses    int        `json:"pauses"`
	Since     *time.Time `json:"longest_since"`
	Until     *time.Time `json:"longest_until"`
}

type diffCounts struct {
	More      int `json:"more"`
	Less      int `json:"less"`
	Other     int `json:"other"`
	Uncertain int `json:"uncertain"`
}

func changeDocs(all []changes.Change) []changeDoc {
	out := make([]changeDoc, 0, len(all))
	for _, c := range all {
		out = append(out, changeDoc{
			c.Class, c.What, c.Effect, c.Subject, maybe(c.Object), c.Aspect, c.Before, c.After, maybe(c.With), c.Doubt == "", c.Doubt,
		})
	}
	return out
}

func (v Diff) json(w io.Writer) error {
	powers, covers := []powerDoc{}, []coverDoc{}
	for _, p := range v.Diff.Powers {
		powers = append(powers, powerDoc{p.Person, p.Outside, reached(p.Gained), reached(p.Lost)})
	}
	for _, c := range v.Diff.Coverage {
		covers = append(covers, coverDoc{c.Area, told(c.Before), told(c.After), c.Reason})
	}
	return encode(w, struct {
		Schema   string       `json:"schema"`
		Org      access.Named `json:"organization"`
		From     SnapshotMark `json:"from"`
		To       SnapshotMark `json:"to"`
		Gaps     []HistoryGap `json:"gaps"`
		Between  betweenDoc   `json:"between"`
		Counts   diffCounts   `json:"counts"`
		Changes  []changeDoc  `json:"changes"`
		Powers   []powerDoc   `json:"writers"`
		Unsure   string       `json:"writers_uncertain"`
		Coverage []coverDoc   `json:"coverage"`
	}{
		"ajar.diff/v1", v.Org, SnapshotMark{v.From.ID, utc(v.From.At)}, SnapshotMark{v.To.ID, utc(v.To.At)}, list(v.Gaps),
		betweenDoc{v.Between.Snapshots, v.Between.Pauses, whether(v.Between.Since), whether(v.Between.Until)},
		diffCounts{v.known(changes.More), v.known(changes.Less), v.known(changes.Other), v.uncertain()},
		changeDocs(v.Diff.Changes), powers, v.Diff.Unsure, covers,
	})
}

func reached(r changes.Reached) reachedDoc { return reachedDoc{r.Repositories, r.Admin, list(r.First)} }

var diffColumns = []string{
	"row", "organization", "from", "to", "class", "what", "effect", "subject", "subject_id", "object", "object_id", "aspect", "before", "after",
	"with", "certain", "why_uncertain",
}

func (v Diff) csv(s *sheet) error {
	if err := s.header(diffColumns...); err != nil {
		return err
	}
	about := fields{"organization": v.Org.Name, "from": rfc3339(v.From.At), "to": rfc3339(v.To.At)}
	for _, g := range v.Gaps {
		if err := s.fields(diffColumns, about, fields{"row": "gap", "before": rfc3339(g.Since), "after": rfc3339(g.Until), "why_uncertain": g.Reason}); err != nil {
			return err
		}
	}
	for _, c := range v.Diff.Coverage {
		err := s.fields(diffColumns, about, fields{"row": "coverage", "subject": string(c.Area), "before": string(told(c.Before)), "after": string(told(c.After)), "why_uncertain": c.Reason})
		if err != nil {
			return err
		}
	}
	for _, c := range v.Diff.Changes {
		err := s.fields(diffColumns, about, fields{
			"row": "change", "class": c.Class, "what": c.What, "effect": string(c.Effect), "subject": c.Subject.Name, "subject_id": id(c.Subject),
			"object": c.Object.Name, "object_id": id(c.Object), "aspect": c.Aspect, "before": c.Before, "after": c.After, "with": c.With.Name,
			"certain": strconv.FormatBool(c.Doubt == ""), "why_uncertain": c.Doubt,
		})
		if err != nil {
			return err
		}
	}
	for _, p := range v.Diff.Powers {
		for _, way := range []struct {
			what, effect string
			r            changes.Reached
		}{{"gained", "more", p.Gained}, {"lost", "less", p.Lost}} {
			if way.r.Repositories == 0 {
				continue
			}
			err := s.fields(diffColumns, about, fields{
				"row": "writer", "class": "writers", "what": way.what, "effect": way.effect, "subject": p.Person.Name, "subject_id": id(p.Person),
				"after": reachedWords(way.r), "certain": strconv.FormatBool(v.Diff.Unsure == ""), "why_uncertain": v.Diff.Unsure,
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// reachedWords says on how many repositories.
func reachedWords(r changes.Reached) string {
	s := "write on " + count(r.Repositories, "repository", "repositories")
	switch {
	case r.Admin == r.Repositories:
		s = "admin on " + count(r.Admin, "repository", "repositories")
	case r.Admin > 0:
		s += ", " + number(r.Admin) + " of them admin"
	}
	return s
}

// carried lists, by the thing that came or went, what it brought or took along.
func carried(all []changes.Change) (roots []changes.Change, along map[access.Ref][]changes.Change) {
	along = map[access.Ref][]changes.Change{}
	for _, c := range all {
		if !c.With.IsZero() && slices.ContainsFunc(all, func(o changes.Change) bool {
			return o.Subject.Ref == c.With.Ref && o.Carries()
		}) {
			along[c.With.Ref] = append(along[c.With.Ref], c)
			continue
		}
		roots = append(roots, c)
	}
	return roots, along
}
