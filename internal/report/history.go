package report

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// AccessHistory is what came to one principal, and what went, since a time.
type AccessHistory struct {
	Org       access.Named
	Principal access.Named
	Formerly  []string // what the principal was called before, the newest first
	Since     time.Time
	To        SnapshotMark // the newest snapshot
	Snapshots int          // from the newest at Since on up to To
	First     SnapshotMark // the first that shows any access of it; zero: none does
	Last      SnapshotMark // the first that shows none any more; zero: it has access still
	Unchanged int          // grants and memberships that it had before Since and has still
	Gaps      []HistoryGap // what was not seen in that time
	Events    []HistoryEvent
	Judged    []HistoryJudgement // what the audits found about its access, the newest first
}

// HistoryGap is something that was not seen for a time.
type HistoryGap struct {
	Area      string    `json:"area"`  // "" for everything
	Scope     string    `json:"scope"` // such as a repository; "" for all of the area
	Since     time.Time `json:"since"`
	Until     time.Time `json:"until"`
	Reason    string    `json:"reason"`
	Snapshots int       `json:"snapshots"` // in which it is so; 0 where there was none
}

// HistoryEvent is one thing that came, went or became another.
type HistoryEvent struct {
	Mark     SnapshotMark   // the first snapshot that shows it
	NotYet   time.Time      // it had not happened by then; zero: that is not known
	What     string         // came, went or changed
	Resource access.Named   //
	Before   string         // the word for what it was, "" where it came
	After    string         // the word for what it is, "" where it went
	Teams    []access.Named // through which it came, from the one that the principal was in upwards; none: directly
	Why      string         // by which way, in words
	Cause    *HistoryCause  // nil: nothing is known of it
	Doubt    string         // why it may have been there before; "" where it was not
}

// HistoryCause is who made something come or go.
type HistoryCause struct {
	Manner    string     `json:"manner"`     // planned, restored, out-of-band, or unknown where the journal cannot be read
	Actor     string     `json:"actor"`      // login, by GitHub's audit log; "": it tells nothing
	ActorID   int64      `json:"actor_id"`   // 0: it tells none
	LogAction string     `json:"log_action"` // the action in the audit log
	LoggedAt  *time.Time `json:"logged_at"`  // nil: it tells nothing
	Plan      string     `json:"plan"`       // hash; "" where ajar did not do it
	Run       string     `json:"run"`
	Action    string     `json:"action"`
	SentAt    *time.Time `json:"sent_at"`  // when ajar did it
	Rules     []string   `json:"rules"`    // whose findings it answers
	Restores  string     `json:"restores"` // the run that was put back
	Automatic bool       `json:"automatic"`
	BegunBy   string     `json:"begun_by"`
	Approved  []Approved `json:"approved_by"`
	Reason    string     `json:"reason"` // of who began the run
}

// Approved is one person's word for a run.
type Approved struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// HistoryJudgement is what an audit noted about access of the principal.
type HistoryJudgement struct {
	At       time.Time    `json:"at"`
	Snapshot int64        `json:"snapshot"`
	What     string       `json:"what"` // opened, waived, unwaived, resolved or reopened
	Finding  string       `json:"finding"`
	Rule     string       `json:"rule"`
	Resource access.Named `json:"resource"`
	Ended    *time.Time   `json:"ended"` // when what allowed the access ended, where that is why it was found
	Why      string       `json:"why"`   // the reason of the waiver, or how it ended
}

// Exit is ExitGaps where something was not seen in that time, or may have been there
// before it was seen, else ExitClean.
func (v AccessHistory) Exit() int {
	if len(v.Gaps) > 0 {
		return ExitGaps
	}
	for _, e := range v.Events {
		if e.Doubt != "" {
			return ExitGaps
		}
	}
	return ExitClean
}

type historyDoc struct {
	Snapshot int64          `json:"snapshot"`
	At       time.Time      `json:"at"`
	Not      *time.Time     `json:"not_before"`
	What     string         `json:"what"`
	Resource access.Named   `json:"resource"`
	Before   string         `json:"before"`
	After    string         `json:"after"`
	Teams    []access.Named `json:"teams"`
	Why      string         `json:"why"`
	Cause    *HistoryCause  `json:"cause"`
	Certain  bool           `json:"certain"`
	Doubt    string         `json:"why_uncertain"`
}

func (m SnapshotMark) maybe() *SnapshotMark {
	if m.ID == 0 {
		return nil
	}
	return &SnapshotMark{m.ID, utc(m.At)}
}

// whether gives an instant for a document, nil where there is none.
func whether(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = utc(t)
	return &t
}

func (v AccessHistory) json(w io.Writer) error {
	events := []historyDoc{}
	for _, e := range v.Events {
		events = append(events, historyDoc{
			e.Mark.ID, utc(e.Mark.At), whether(e.NotYet), e.What, e.Resource, e.Before, e.After, list(e.Teams), e.Why, e.Cause, e.Doubt == "", e.Doubt,
		})
	}
	return encode(w, struct {
		Schema    string             `json:"schema"`
		Org       access.Named       `json:"organization"`
		Principal access.Named       `json:"principal"`
		Formerly  []string           `json:"formerly"`
		Since     time.Time          `json:"since"`
		To        SnapshotMark       `json:"to"`
		Snapshots int                `json:"snapshots"`
		Complete  bool               `json:"complete"`
		Gaps      []HistoryGap       `json:"gaps"`
		First     *SnapshotMark      `json:"first_seen"`
		Last      *SnapshotMark      `json:"gone_since"`
		Unchanged int                `json:"unchanged"`
		Events    []historyDoc       `json:"events"`
		Judged    []HistoryJudgement `json:"judgements"`
	}{
		"ajar.access-history/v1", v.Org, v.Principal, list(v.Formerly), utc(v.Since), SnapshotMark{v.To.ID, utc(v.To.At)}, v.Snapshots, v.Exit() == ExitClean,
		list(v.Gaps), v.First.maybe(), v.Last.maybe(), v.Unchanged, events, list(v.Judged),
	})
}

var historyColumns = []string{"row", "organization", "principal", "principal_id", "snapshot", "at", "not_before", "what", "resource", "resource_id",
	"before", "after", "teams", "why", "manner", "actor", "logged_at", "plan", "run", "begun_by", "approved_by", "reason", "rules", "finding", "certain", "why_uncertain"}

func (v AccessHistory) csv(s *sheet) error {
	if err := s.header(historyColumns...); err != nil {
		return err
	}
	about := fields{"organization": v.Org.Name, "principal": v.Principal.Name, "principal_id": id(v.Principal)}
	for _, g := range v.Gaps {
		err := s.fields(historyColumns, about, fields{"row": "gap", "not_before": rfc3339(g.Since), "at": rfc3339(g.Until), "what": g.Area, "resource": g.Scope, "why_uncertain": g.Reason})
		if err != nil {
			return err
		}
	}
	for _, e := range v.Events {
		err := s.fields(historyColumns, about, e.Cause.fields(), fields{
			"row": "event", "snapshot": plainNumber(e.Mark.ID), "at": rfc3339(e.Mark.At), "not_before": rfc3339(e.NotYet),
			"what": e.What, "resource": e.Resource.Name, "resource_id": id(e.Resource), "before": e.Before, "after": e.After,
			"teams": teamWay(e.Teams), "why": e.Why, "certain": strconv.FormatBool(e.Doubt == ""), "why_uncertain": e.Doubt,
		})
		if err != nil {
			return err
		}
	}
	for _, j := range v.Judged {
		err := s.fields(historyColumns, about, fields{
			"row": "judgement", "snapshot": plainNumber(j.Snapshot), "at": rfc3339(j.At), "what": j.What, "resource": j.Resource.Name, "resource_id": id(j.Resource),
			"rules": j.Rule, "finding": j.Finding, "why": j.words(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *HistoryCause) fields() fields {
	if c == nil {
		return fields{}
	}
	at := ""
	if c.LoggedAt != nil {
		at = rfc3339(*c.LoggedAt)
	}
	var approved []string
	for _, a := range c.Approved {
		approved = append(approved, a.By)
	}
	return fields{"manner": c.Manner, "actor": c.Actor, "logged_at": at, "plan": c.Plan, "run": c.Run, "begun_by": c.BegunBy,
		"approved_by": strings.Join(approved, "\n"), "reason": c.reason(), "rules": strings.Join(c.Rules, "\n")}
}

// reason is what was given as the reason: by who began the run, else by who approved it.
func (c *HistoryCause) reason() string {
	if c.Reason != "" {
		return c.Reason
	}
	for _, a := range c.Approved {
		if a.Reason != "" {
			return a.Reason
		}
	}
	return ""
}

func teamWay(teams []access.Named) string {
	names := make([]string, 0, len(teams))
	for _, t := range teams {
		names = append(names, t.Name)
	}
	return strings.Join(names, " → ")
}
