package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	engine "github.com/eb661601/ajar/remediate/run"
)

// mostPlan bounds a plan's file, in bytes; ten thousand actions take about a tenth.
const mostPlan = 256 << 20

// keep records a plan in the store: one that is not there is carried out by nobody.
func (a *app) keep(ctx context.Context, s *store.Store, p remediate.Plan) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("saving the plan: %w", err)
	}
	if err := s.SavePlan(ctx, p.Hash, p.Org.ID, body, p.MadeAt); err != nil {
		return err
	}
	e, err := journal.NewEntry(journal.PlanSaved, map[string]any{
		"snapshot": p.SnapshotID, "baseline_hash": p.BaselineHash, "guards_hash": p.GuardsHash, "actions": len(p.Actions), "losers": p.Losers,
	})
	if err != nil {
		return err
	}
	e.Org, e.Plan = p.Org.ID, p.Hash
	return a.record(ctx, s, e)
}

// record writes entries as a process of its own.
func (a *app) record(ctx context.Context, s *store.Store, entries ...journal.Entry) error {
	epoch, err := s.TakeOver(ctx, owner())
	if err != nil {
		return err
	}
	_, err = s.Append(ctx, epoch, entries...)
	return err
}

// owner names this process in the journal.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	return fmt.Sprintf("ajar %s on %s, process %d", buildVersion().Version, host, os.Getpid())
}

// savedPlan finds a plan: a file that --out wrote, or the hash of one in the store,
// or the beginning of its hash. What is used is always the store's own copy; a
// file that says something else than its hash is refused as altered.
func (a *app) savedPlan(ctx context.Context, s *store.Store, org int64, arg string) (remediate.Plan, error) {
	var p remediate.Plan
	text, err := readBounded(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isHash(arg):
		return a.planOfHash(ctx, s, org, arg)
	case errors.Is(err, fs.ErrNotExist):
		return p, withHint(usage("there is no plan %s", arg), "%s plan --out FILE makes one", a.program)
	case err != nil:
		return p, err
	}
	if err := json.Unmarshal(text, &p); err != nil || p.Schema != remediate.Schema {
		return p, withHint(usage("%s is no plan", arg), "%s plan --out FILE makes one", a.program)
	}
	if !p.Verify() {
		return p, nil // it is decided, and kept, that it was altered
	}
	saved, err := s.PlanByHash(ctx, p.Hash)
	if errors.Is(err, store.ErrNoPlan) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	return engine.SavedPlan(saved)
}

func (a *app) planOfHash(ctx context.Context, s *store.Store, org int64, prefix string) (remediate.Plan, error) {
	all, err := s.Plans(ctx, org)
	if err != nil {
		return remediate.Plan{}, err
	}
	var found []store.SavedPlan
	for _, p := range all {
		if strings.HasPrefix(p.Hash, strings.ToLower(prefix)) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return remediate.Plan{}, withHint(usage("the store has no plan %s", prefix), "%s plan --out FILE makes one", a.program)
	case 1:
		return engine.SavedPlan(found[0])
	}
	return remediate.Plan{}, usage("%s is the beginning of %d plans: write more of it", prefix, len(found))
}

func isHash(s string) bool {
	return len(s) >= 8 && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// readBounded reads a file that is not larger than a plan can be.
func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() || info.Size() > mostPlan {
		return nil, usage("%s is no plan", path)
	}
	return os.ReadFile(path)
}
