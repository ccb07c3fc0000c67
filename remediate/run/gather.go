package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// Gather fills in what the store says about the plan of a case: whether it is
// known, its approvals, its former run, holds, and the losses of the last day.
func Gather(ctx context.Context, s *store.Store, c *Case) error {
	saved, err := s.PlanByHash(ctx, c.Plan.Hash)
	if err != nil && !errors.Is(err, store.ErrNoPlan) {
		return err
	}
	c.Known = err == nil && saved.Org == c.Plan.Org.ID
	entries, err := s.JournalOfPlan(ctx, c.Plan.Hash)
	if err != nil {
		return err
	}
	if c.Approvals, c.Withdrawn, err = Approvals(entries); err != nil {
		return err
	}
	former, err := Load(ctx, s, RunID(c.Plan.Hash))
	if err != nil {
		return err
	}
	if c.Former = nil; former.ID != "" {
		c.Former = former
	}
	if c.Held, err = held(ctx, s, c.Plan.Org.ID, func(store.Hold) bool { return true }); err != nil {
		return err
	}
	c.Restored = s.Restored()
	c.Lost, err = lately(ctx, s, c.Plan.Org.ID, c.Now)
	return err
}

// GatherRestore fills in what the store says about a restore: its approvals and
// the holds.
func GatherRestore(ctx context.Context, s *store.Store, c *RestoreCase) error {
	entries, err := s.JournalOfPlan(ctx, c.Restore.Hash)
	if err != nil {
		return err
	}
	if c.Approvals, _, err = Approvals(entries); err != nil {
		return err
	}
	id, err := NextRestore(ctx, s, c.Restore.Hash)
	if err != nil {
		return err
	}
	former, err := Load(ctx, s, id)
	if err != nil {
		return err
	}
	if c.Former = nil; former.ID != "" {
		c.Former = former
	}
	// That a snapshot is doubted keeps nobody from getting back what they had: a restore
	// rests on the journal and on what is read just before, and the run itself may be what
	// made the snapshot look doubtful. What takes something waits for every hold.
	c.Held, err = held(ctx, s, c.Restore.Org, func(h store.Hold) bool {
		return len(c.Restore.Takes) > 0 || h.Kind != store.HeldForLoss && h.Kind != store.HeldForDrift
	})
	if err != nil {
		return err
	}
	c.Restored = s.Restored()
	c.Lost, err = lately(ctx, s, c.Restore.Org, c.Now)
	return err
}

// NextRestore finds the run that carries out a restore now: the one that was
// interrupted, or a new one.
func NextRestore(ctx context.Context, s *store.Store, hash string) (string, error) {
	for n := 1; ; n++ {
		r, err := Load(ctx, s, RestoreID(hash, n))
		if err != nil || r.ID == "" || r.Finishable() {
			return RestoreID(hash, n), err
		}
	}
}

func held(ctx context.Context, s *store.Store, org int64, counts func(store.Hold) bool) ([]string, error) {
	all, err := s.Holds(ctx, org)
	var out []string
	for _, h := range all {
		if counts(h) {
			out = append(out, h.Reason)
		}
	}
	if err != nil {
		return nil, err
	}
	asked, err := pending(s, org)
	return append(out, asked...), err
}

func lately(ctx context.Context, s *store.Store, org int64, now time.Time) (Losses, error) {
	since := now.Add(-Window)
	runs, err := recentRuns(ctx, s, org, now)
	if err != nil {
		return nil, err
	}
	return Recent(runs, since), nil
}

// SavedPlan reads a plan of the store.
func SavedPlan(saved store.SavedPlan) (remediate.Plan, error) {
	var p remediate.Plan
	if err := json.Unmarshal(saved.Body, &p); err != nil {
		return p, fmt.Errorf("reading the saved plan %.12s: %w", saved.Hash, err)
	}
	return p, nil
}

// Declined is the body of decision-refused.
type Declined struct {
	Decision string `json:"decision"` // apply, approve, restore, agree
	Code     Code   `json:"code"`
	Why      string `json:"why"`
	By       Person `json:"by"`
	Entrance string `json:"entrance"` // by which way it came: cli, daemon
}

// Decline makes the entry that a decision was refused.
func Decline(org int64, plan string, d Declined) (journal.Entry, error) {
	e, err := journal.NewEntry(journal.DecisionRefused, d)
	e.Org, e.Plan, e.Who = org, plan, d.By.String()
	return e, err
}
