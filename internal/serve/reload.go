package serve

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the files must rest after a change before they are read: an
// editor writes in several steps, and so does whoever mounts them.
const settle = 500 * time.Millisecond

// reloads loads the configuration anew whenever it is asked to, or a watched file
// changes. It is swapped in between two jobs.
func (d *Daemon) reloads(ctx context.Context) {
	w, err := fsnotify.NewWatcher()
	var events chan fsnotify.Event
	var errs chan error
	if err != nil {
		d.o.Log.Warn("changes of files are not noticed; send SIGHUP after one", "err", err)
	} else {
		defer func() { _ = w.Close() }()
		events, errs = w.Events, w.Errors
	}
	watched := map[string]bool{}
	d.watch(w, watched)
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	asked := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.o.Reload:
			asked = true
			timer.Reset(0)
		case e := <-events:
			if d.concerns(e.Name) && e.Op != fsnotify.Chmod {
				timer.Reset(settle)
			}
		case err := <-errs: // events may be lost: look
			d.o.Log.Warn("watching the files", "err", err)
			timer.Reset(settle)
		case <-timer.C:
			d.reload(ctx, asked)
			asked = false
			d.watch(w, watched)
		}
	}
}

// watch watches the folders of what the setup is made of: a file that is replaced,
// and one behind a link that is, would be lost otherwise.
func (d *Daemon) watch(w *fsnotify.Watcher, watched map[string]bool) {
	if w == nil {
		return
	}
	d.mu.Lock()
	s := d.setup
	if d.pending != nil {
		s = d.pending
	}
	d.mu.Unlock()
	for _, path := range s.Watch {
		dirs := []string{filepath.Dir(path), path}
		if to, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(to))
		}
		for _, dir := range dirs {
			if watched[dir] {
				continue
			}
			if err := w.Add(dir); err == nil {
				watched[dir] = true
			} else if dir == dirs[0] {
				d.o.Log.Warn("changes are not noticed there; send SIGHUP after one", "path", dir, "err", err)
			}
		}
	}
}

// concerns reports whether a change of that file may change the setup: one of its
// own, one in a folder of it, or the link that a mounted folder turns on.
func (d *Daemon) concerns(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if filepath.Base(name) == "..data" {
		return true
	}
	return slices.ContainsFunc(d.setup.Watch, func(path string) bool {
		to, err := filepath.EvalSymlinks(path)
		return name == path || filepath.Dir(name) == path || err == nil && name == to
	})
}

// reload loads, and keeps what is in force where that fails.
func (d *Daemon) reload(ctx context.Context, asked bool) {
	d.o.Notify(reloading())
	s, err := d.o.Load(ctx)
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		d.board.invalid(err.Error())
		d.o.Log.Error("the configuration is not taken; the last valid one stays in force", "err", err)
		d.o.Meter.Reloaded(false, d.o.Now())
	default:
		d.mu.Lock()
		former := d.pending
		d.pending = s
		d.mu.Unlock()
		former.close()
		d.board.valid()
		d.o.Log.Info("the configuration was loaded", "path", s.Path, "baseline", fmt.Sprintf("%.12s", s.Baseline), "asked", asked)
		d.o.Meter.Reloaded(true, d.o.Now())
		d.Wake(Audit)
		d.Wake(Deliver)
	}
	d.o.Notify("READY=1\nSTATUS=" + d.board.line())
}

// takeOver swaps the loaded setup in. Only the worker does it, between two jobs.
func (d *Daemon) takeOver() {
	d.mu.Lock()
	s := d.pending
	d.pending = nil
	d.mu.Unlock()
	if s != nil {
		d.swap(s)
	}
}

func (d *Daemon) swap(s *Setup) {
	d.mu.Lock()
	former := d.setup
	d.setup = s
	d.mu.Unlock()
	d.board.use(s, d.o.Now(), d.Last, d.Good)
	former.close()
}

func (s *Setup) close() {
	if s != nil && s.Close != nil {
		s.Close()
	}
}
