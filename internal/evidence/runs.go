package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/run"
)

func (g *gathering) plans() Table {
	return build("plans", "Plans", "One row for each remediation plan, and each restore, that was saved in the period.",
		"the saved plans, kept under their hash; the actions of each stand in the plan itself and, once carried out, in actions",
		[]Column{organizationColumn,
			{"plan", "Plan", "Its hash: the SHA-256 of everything in it.", Text},
			{"kind", "Kind", "plan, or restore: what a run did is put back.", Text},
			{"made_at", "Made at", "When it was made.", Instant},
			{"snapshot", "Snapshot", "The snapshot that it was made from; empty for a restore.", Whole},
			{"snapshot_hash", "Snapshot hash", "The SHA-256 of what that snapshot says.", Text},
			{"baseline", "Baseline", "The hash of the baseline that it follows.", Text},
			{"guards", "Guards", "The hash of the limits that it passed.", Text},
			{"program", "Program", "The version of ajar that made it.", Text},
			{"restores", "Restores", "The run that it puts back; empty for a plan.", Text},
			{"actions", "Actions", "How many changes it would make.", Whole},
			{"waiting", "Waiting", "How many changes wait for their time.", Whole},
			{"refused", "Refused", "How many changes a guard forbids.", Whole},
			{"instructions", "Instructions", "How many changes it leaves to people.", Whole},
			{"losers", "Losers", "How many people and principals would lose something.", Whole},
			{"stopped", "Stopped", "How many guards the whole plan breaks: with one of them nothing of it may run.", Whole},
		}, func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				err := g.s.PlanMarks(ctx, o.ID, g.o.Period.From, g.o.Period.To, func(p store.PlanMark) error {
					kind := "plan"
					if p.Schema != remediate.Schema {
						kind = "restore"
					}
					return emit(Of(o.Login), Of(p.Hash), Of(kind), At(p.MadeAt), number(p.Snapshot), Of(p.SnapshotHash), Of(p.Baseline), Of(p.Guards), Of(p.Version),
						Of(p.Restores), Count(p.Actions), Count(p.Waiting), Count(p.Refused), Count(p.Instructions), Count(p.Losers), Count(p.Stopped))
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
}

// told is a run as the journal told it by the end of the period.
type told struct {
	short store.Run
	run   *run.Run // nil: its entries are redacted, or not what was written
}

// eachRun goes through the runs of the period, the oldest first.
func (g *gathering) eachRun(ctx context.Context, each func(o *organization, r told) error) error {
	for _, o := range g.known() {
		all, err := g.s.Runs(ctx, o.ID)
		if err != nil {
			return err
		}
		slices.Reverse(all)
		for _, short := range all {
			if !short.Begun.Before(g.o.Period.To) || short.Wrote.Before(g.o.Period.From) {
				continue
			}
			r, err := g.tell(ctx, short)
			if err != nil {
				return err
			}
			if err := each(o, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *gathering) tell(ctx context.Context, short store.Run) (told, error) {
	entries, err := g.s.JournalOf(ctx, short.Run)
	if errors.Is(err, store.ErrTampered) {
		return told{short: short}, nil
	}
	if err != nil {
		return told{}, err
	}
	entries = slices.DeleteFunc(entries, func(e journal.Entry) bool { return !e.At.Before(g.o.Period.To) })
	r, err := run.Replay(entries)
	if err != nil {
		r = nil // a body is redacted: what is known of it stands in the journal's own table
	}
	return told{short, r}, nil
}

func (g *gathering) runs() Table {
	return build("runs", "Runs", "One row for each time in the period that a plan was carried out, or a run was put back.",
		"the journal",
		[]Column{organizationColumn,
			{"run", "Run", "Its id.", Text},
			{"kind", "Kind", "plan, or restore: what another run did is put back.", Text},
			{"plan", "Plan", "The hash of the plan or restore; see plans and approvals.", Text},
			{"restores", "Restores", "The run that is put back; empty for a plan.", Text},
			{"begun_at", "Begun at", "When it began.", Instant},
			{"ended_at", "Ended at", "When it ended; empty: it had not by the end of the period.", Instant},
			{"outcome", "Outcome", "How it ended, in the journal's word.", Text},
			{"why", "Why", "Why it did not end in order.", Text},
			{"by", "By", "Who began it, with GitHub's number.", Text},
			{"as", "As", "Who the changes were made as, by the name that GitHub's audit log has for it.", Text},
			{"automatic", "Automatic", "Whether the daemon began it by itself.", Yes},
			{"approvals", "Approvals", "How many people's word it went on; see approvals.", Whole},
			{"approved_by", "Approved by", "Who they were, separated by semicolons.", Text},
			{"allowed_changes", "Allowed changes", "How many losses over the limits were agreed to; empty: none.", Whole},
			{"reason", "Reason", "The reason that was given; empty: none was.", Text},
			{"snapshot", "Snapshot", "The snapshot that the plan was made from; empty for a restore.", Whole},
			{"baseline", "Baseline", "The hash of the baseline.", Text},
			{"guards", "Guards", "The hash of the limits.", Text},
			{"program", "Program", "The version of ajar that carried it out.", Text},
			{"actions", "Actions", "How many changes it was to make.", Whole},
			{"verified", "Verified", "How many were done, and seen to be done.", Whole},
			{"already", "Already done", "How many GitHub showed as done before anything was sent.", Whole},
			{"skipped", "Skipped", "How many were not called for any more.", Whole},
			{"refused", "Refused", "How many a guard forbade.", Whole},
			{"failed", "Failed", "How many failed.", Whole},
			{"in_doubt", "In doubt", "How many were sent without it being known whether they took effect.", Whole},
			{"not_tried", "Not tried", "How many were not tried.", Whole},
			{"readable", "Readable", "Whether the journal tells all of it; no: an entry is redacted or was changed, and the other columns are empty.", Yes},
		}, func(ctx context.Context, emit emit) error {
			return g.eachRun(ctx, func(o *organization, r told) error { return emit(append([]Value{Of(o.Login)}, r.values()...)...) })
		})
}

func (r told) values() []Value {
	if r.run == nil {
		row := make([]Value, 28)
		row[0], row[2], row[4], row[8], row[27] = Of(r.short.Run), Of(r.short.Plan), At(r.short.Begun), Of(r.short.Who), Is(false)
		return row
	}
	b := r.run.Begun
	kind := "plan"
	if b.Restores != "" {
		kind = "restore"
	}
	var outcome, why string
	var ended time.Time
	if e := r.run.Ended; e != nil {
		outcome, why, ended = e.How, e.Why, r.run.EndedAt
	}
	var as, approved []string
	for _, a := range b.As {
		as = append(as, a.Login)
	}
	for _, a := range b.Approvals {
		approved = append(approved, a.By.String())
	}
	c := r.run.Counts()
	return []Value{Of(r.short.Run), Of(kind), Of(b.Plan), Of(b.Restores), At(r.run.BegunAt), At(ended), Of(outcome), Of(why), Of(b.By.String()),
		Of(strings.Join(as, "; ")), Is(b.Auto), Count(len(b.Approvals)), Of(strings.Join(approved, "; ")), number(int64(b.Allowed)), Of(b.Reason),
		number(b.Snapshot), Of(b.Baseline), Of(b.Guards), Of(b.Version), Count(c.Actions), Count(c.Verified), Count(c.Already), Count(c.Skipped),
		Count(c.Refused), Count(c.Failed), Count(c.InDoubt), Count(c.NotTried), Is(true)}
}

func (g *gathering) actions() Table {
	return build("actions", "Actions", "One row for each change that a run of the period was to make, with what became of it by the end of the period.",
		"the journal",
		[]Column{organizationColumn,
			{"run", "Run", "The run; see runs.", Text},
			{"place", "Place", "Its place in the order of the run.", Whole},
			{"action", "Action", "Its id: the same change has the same one in every plan.", Text},
			{"kind", "Kind", "What it does.", Text},
			{"title", "Title", "In one line.", Text},
			{"principal", "Principal", "Who loses or gets something; empty for a setting.", Text},
			{"resource", "Resource", "On what.", Text},
			{"rules", "Rules", "The rules whose findings it answers, separated by semicolons.", Text},
			{"before", "Before", "The state that it changes: a role, or JSON.", Text},
			{"after", "After", "The state that it leads to.", Text},
			{"state", "State", "The journal's last word: intended, sent, answered, verified, skipped, refused, failed, in-doubt or not-tried.", Text},
			{"how", "How", "How it came to be verified, or why it was skipped.", Text},
			{"why", "Why", "Why it failed, is in doubt, was refused or not tried.", Text},
			{"sent_at", "Sent at", "When the first of its requests was sent.", Instant},
			{"requests", "Requests", "How many requests were sent.", Whole},
			{"status", "Status", "GitHub's HTTP status to the last of them; empty: no answer.", Whole},
			{"request_id", "Request ID", "GitHub's id of the last of them.", Text},
			{"verified_at", "Verified at", "When GitHub showed what was intended.", Instant},
			{"inverse", "Inverse", "How a restore would undo it.", Text},
		}, func(ctx context.Context, emit emit) error {
			return g.eachRun(ctx, func(o *organization, r told) error {
				if r.run == nil {
					return nil
				}
				for _, a := range r.run.Actions {
					if err := emit(append([]Value{Of(o.Login), Of(r.run.ID)}, actionValues(a)...)...); err != nil {
						return err
					}
				}
				return nil
			})
		})
}

func actionValues(a *run.Past) []Value {
	var sent, verified time.Time
	var status, id Value
	if len(a.Sends) > 0 {
		sent = a.Sends[0].At
		if last := a.Sends[len(a.Sends)-1].Answer; last != nil {
			status, id = number(int64(last.Status)), Of(last.RequestID)
		}
	}
	if a.Verified != nil {
		verified = a.Verified.At
	}
	return []Value{Count(a.Place), Of(a.ID), Of(string(a.Kind)), Of(a.Title), Of(a.Principal.Name), Of(a.Resource.Name), Of(strings.Join(a.Rules, "; ")),
		Of(state(a.Change.Before)), Of(state(a.Change.After)), Of(string(a.State)), Of(a.How), Of(a.Why), At(sent), Count(len(a.Sends)), status, id, At(verified), Of(a.Inverse)}
}

// state writes what a thing is like: its role, or all of it in JSON.
func state(s remediate.State) string {
	switch {
	case !s.There:
		return "not there"
	case s.Role != "" && s.Gate == nil && s.Key == nil && s.Invite == nil && s.Token == nil:
		return s.Role
	}
	b, err := json.Marshal(s)
	if err != nil {
		return "there"
	}
	return string(b)
}
