package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	engine "github.com/eb661601/ajar/remediate/run"
)

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
// file that says something else than its hash is refused as altered. One of another
// organization than is asked about is an error that names both.
func (a *app) savedPlan(ctx context.Context, s *store.Store, of store.SnapshotInfo, arg string) (remediate.Plan, error) {
	p, err := readPlan(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isHash(arg):
		return a.planOfHash(ctx, s, of, arg)
	case errors.Is(err, fs.ErrNotExist) && isHex(arg):
		return p, withHint(usage("there is no plan %s", arg), "a plan is a file, or its hash: eight characters of it at least")
	case errors.Is(err, fs.ErrNotExist):
		return p, withHint(usage("there is no plan %s", arg), "%s plan --out FILE makes one", a.program)
	case errors.Is(err, remediate.ErrAltered):
		return p, nil // it is decided, and kept, that it was altered
	case err != nil:
		return p, withHint(usage("%s is no plan: %v", arg, err), "%s plan --out FILE makes one", a.program)
	case isHash(arg) && !strings.HasPrefix(p.Hash, strings.ToLower(arg)):
		return p, withHint(usage("there is a file that is called %s, and it holds another plan, %.12s", arg, p.Hash), "rename the file, or write ./%s if you mean it", arg)
	case p.Org.ID != of.OrgID:
		return p, a.ofAnother(arg, strings.TrimPrefix(p.Org.Name, "org:"), of)
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

// ofAnother is the error that a plan is of another organization.
func (a *app) ofAnother(arg, org string, of store.SnapshotInfo) error {
	return withHint(usage("the plan %s is of %s, and %s is asked about", arg, org, of.Org), "add --org %s, if that is the one you mean", org)
}

// beginning are the plans of an organization whose hash begins so.
func beginning(ctx context.Context, s *store.Store, org int64, prefix string) ([]store.SavedPlan, error) {
	all, err := s.Plans(ctx, org)
	return slices.DeleteFunc(all, func(p store.SavedPlan) bool { return !strings.HasPrefix(p.Hash, strings.ToLower(prefix)) }), err
}

func (a *app) planOfHash(ctx context.Context, s *store.Store, of store.SnapshotInfo, prefix string) (remediate.Plan, error) {
	found, err := beginning(ctx, s, of.OrgID, prefix)
	if err != nil {
		return remediate.Plan{}, err
	}
	switch len(found) {
	case 0:
		orgs, err := s.Orgs(ctx)
		if err != nil {
			return remediate.Plan{}, err
		}
		for _, o := range orgs {
			if other, err := beginning(ctx, s, o.ID, prefix); err != nil || len(other) > 0 {
				return remediate.Plan{}, errors.Join(err, a.ofAnother(prefix, o.Login, of))
			}
		}
		return remediate.Plan{}, withHint(usage("the store has no plan %s", prefix), "%s plan --out FILE makes one", a.program)
	case 1:
		return engine.SavedPlan(found[0])
	}
	return remediate.Plan{}, usage("%s is the beginning of %d plans: write more of it", prefix, len(found))
}

func isHash(s string) bool { return len(s) >= 8 && isHex(s) }

func isHex(s string) bool {
	return strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// organizationOf is the one organization that a plan is about: the one that is named,
// the only one there is, or of several the one that the plan's file says. Whether the
// file is to be believed is decided by what is saved of it.
func (a *app) organizationOf(ctx context.Context, s *store.Store, c *config.Config, plan string) (string, error) {
	names, err := a.asked(ctx, s, c)
	if err != nil || len(names) < 2 || plan == "" {
		return a.stored(ctx, s, c)
	}
	p, err := readPlan(plan)
	if err != nil { // it is no file: whatever is wrong with it is told once the organization is known
		return a.stored(ctx, s, c)
	}
	known, err := s.Orgs(ctx)
	if err != nil {
		return "", err
	}
	for _, o := range known {
		if o.ID == p.Org.ID && slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, o.Login) }) {
			return o.Login, nil
		}
	}
	return a.stored(ctx, s, c)
}

// readPlan reads a plan's file, as strictly as a file is read that may come from
// anywhere.
func readPlan(path string) (remediate.Plan, error) {
	f, err := os.Open(path)
	if err != nil {
		return remediate.Plan{}, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	return remediate.DecodePlan(f)
}
