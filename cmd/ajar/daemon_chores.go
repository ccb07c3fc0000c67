package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/schedule"
	"github.com/eb661601/ajar/internal/serve"
	"github.com/eb661601/ajar/internal/store"
)

// checkpointEvery is how old the newest copy of the journal's head may be while
// there is something newer.
const checkpointEvery = time.Hour

// chores are the jobs of the store.
func (s *service) chores(sh *shift, every map[string]schedule.Schedule) []serve.Job {
	daily, _ := schedule.Parse("@daily") // it is one
	jobs := []serve.Job{
		{Name: serve.Checkpoint, Due: s.unpublished, Run: s.checkpoint},
		{Name: serve.Care, Due: s.planned(serve.Care, "", daily, schedule.Offset(time.Hour, "care")), Run: s.care},
	}
	if folder := sh.config.Backup.Folder; folder != "" {
		jobs = append(jobs, serve.Job{
			Name: serve.Backup, Due: s.planned(serve.Backup, "", every["backup"], 0),
			Run: func(ctx context.Context) (serve.Outcome, error) { return s.backup(ctx, folder, sh.config.Backup.Keep) },
		})
	}
	return jobs
}

// unpublished tells when a checkpoint of the journal is due: whoever writes to it
// publishes one as it ends, so there is one to make only where that was not in order.
func (s *service) unpublished(ctx context.Context) (time.Time, string, error) {
	last, now := s.d.Last(serve.Checkpoint, ""), s.a.now()
	if last.Failures > 0 {
		at, why := serve.After(last)
		return at, why, nil
	}
	if wait := last.Ended.Add(checkpointEvery); last.Result != "" && now.Before(wait) && last.Ended.Before(now.Add(time.Hour)) {
		return wait, "an hour after the last one", nil
	}
	return now, "it is an hour since the journal was looked at", nil
}

// checkpoint publishes the head of the journal where something was written since the
// newest copy of it.
func (s *service) checkpoint(ctx context.Context) (serve.Outcome, error) {
	st, err := s.store.look(ctx)
	if err != nil {
		return serve.Outcome{}, err
	}
	size, err := st.JournalSize(ctx)
	if err != nil {
		return serve.Outcome{}, err
	}
	s.meter.Journal(size, time.Time{})
	published, err := st.PublishedSize(ctx)
	if err != nil || published >= size {
		return serve.Outcome{Reason: "nothing is newer than the last one"}, err
	}
	done, err := s.store.journaling(ctx)
	if err != nil {
		return serve.Outcome{}, err
	}
	defer done()
	err = s.store.use(ctx, func(st *store.Store) error {
		if _, err := st.TakeOver(ctx, owner()); err != nil {
			return err
		}
		c, err := st.Checkpoint(ctx)
		if err == nil {
			s.log.Info("checkpoint of the journal", "size", c.Size)
		}
		return err
	})
	return serve.Outcome{}, err
}

// care looks after the store's file, and verifies the journal.
func (s *service) care(ctx context.Context) (serve.Outcome, error) {
	err := s.store.use(ctx, func(st *store.Store) error {
		if err := st.Tend(ctx); err != nil {
			return err
		}
		r, err := st.VerifyJournal(ctx, nil, st.CheckpointFiles())
		if err != nil {
			return err
		}
		if len(r.Problems) > 0 {
			return fmt.Errorf("the journal does not verify: %s (ajar journal verify tells the whole)", r.Problems[0].What)
		}
		s.meter.Journal(r.Entries, s.a.now())
		return nil
	})
	return serve.Outcome{}, err
}

// The names of copies.
const (
	copyPrefix = "ajar-"
	copySuffix = ".db"
	copyTime   = "20060102T150405Z"
)

// backup writes a whole copy of the store, which is read back, and removes those that
// are older than the newest keep. Other files of the folder are left alone.
func (s *service) backup(ctx context.Context, folder string, keep int) (serve.Outcome, error) {
	st, err := s.store.look(ctx)
	if err != nil {
		return serve.Outcome{}, err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return serve.Outcome{}, err
	}
	to := filepath.Join(folder, copyPrefix+s.a.now().UTC().Format(copyTime)+copySuffix)
	if err := st.Backup(ctx, to); err != nil {
		return serve.Outcome{}, err
	}
	all, err := os.ReadDir(folder)
	if err != nil {
		return serve.Outcome{}, fmt.Errorf("looking for older copies: %w", err)
	}
	var copies []string
	for _, e := range all {
		at, isOurs := strings.CutPrefix(strings.TrimSuffix(e.Name(), copySuffix), copyPrefix)
		if _, bad := time.Parse(copyTime, at); isOurs && bad == nil && e.Type().IsRegular() {
			copies = append(copies, e.Name())
		}
	}
	slices.Sort(copies)
	removed := 0
	for _, name := range copies[:max(len(copies)-keep, 0)] {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			return serve.Outcome{}, fmt.Errorf("removing an older copy: %w", err)
		}
		removed++
	}
	s.log.Info("backup", "path", to, "removed", removed)
	return serve.Outcome{Reason: to}, nil
}
