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
	w := watching{d: d, dirs: map[string]bool{}}
	defer w.close()
	w.look()
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
		case e := <-w.events:
			if d.concerns(e.Name) && e.Op != fsnotify.Chmod {
				timer.Reset(settle)
			}
		case err := <-w.errs: // events may be lost: look
			d.o.Log.Warn("watching the files", "err", err)
			timer.Reset(settle)
		case <-timer.C:
			d.reload(ctx, asked)
			asked = false
			w.look()
		}
	}
}

// watching watches the folders of what the setup is made of: a file that is replaced,
// and one behind a link that is, would be lost otherwise.
type watching struct {
	d      *Daemon
	w      *fsnotify.Watcher // nil: none is needed yet, or none can be had
	dirs   map[string]bool
	failed bool
	events <-chan fsnotify.Event
	errs   <-chan error
}

// look watches what is not watched yet.
func (w *watching) look() {
	w.d.mu.Lock()
	s := w.d.setup
	if w.d.pending != nil {
		s = w.d.pending
	}
	w.d.mu.Unlock()
	for _, path := range s.Watch {
		dirs := []string{filepath.Dir(path), path}
		if to, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(to))
		}
		for _, dir := range dirs {
			w.add(dir, dir == dirs[0])
		}
	}
}

func (w *watching) add(dir string, needed bool) {
	if w.dirs[dir] || w.failed {
		return
	}
	var err error
	if w.w == nil {
		if w.w, err = fsnotify.NewWatcher(); err != nil {
			w.failed = true
			w.d.o.Log.Warn("changes of files are not noticed; send SIGHUP after one", "err", err)
			return
		}
		w.events, w.errs = w.w.Events, w.w.Errors
	}
	if err = w.w.Add(dir); err == nil {
		w.dirs[dir] = true
	} else if needed {
		w.d.o.Log.Warn("changes are not noticed there; send SIGHUP after one", "path", dir, "err", err)
	}
}

func (w *watching) close() {
	if w.w != nil {
		_ = w.w.Close() // nothing was written
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
