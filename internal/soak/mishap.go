package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// mishap is something that happens to the daemon.
type mishap struct {
	name   string
	deadly bool // it ends the daemon: not once its growth is measured
	do     func(*run, context.Context)
}

var mishapsOf = []mishap{
	{"kill", true, (*run).killed},
	{"kill", true, (*run).killed},
	{"kill", true, (*run).killed},
	{"stop", true, (*run).stopped},
	{"freeze", false, (*run).frozen},
	{"full disk", false, (*run).filled},
	{"broken config", false, func(r *run, ctx context.Context) {
		r.edited(ctx, "config.toml", r.config, []byte("\n[github\norganizations = ["))
	}},
	{"broken baseline", false, func(r *run, ctx context.Context) {
		r.edited(ctx, "baseline.toml", r.baseline, []byte("\n[[assign]]\nrole = \"nobody-knows\"\n"))
	}},
	{"empty baseline", false, func(r *run, ctx context.Context) { r.edited(ctx, "baseline.toml", nil, []byte("# nothing\n")) }},
	{"reload", false, (*run).reloaded},
	{"reload", false, (*run).reloaded},
	{"second daemon", false, (*run).seconded},
	{"storm", false, (*run).stormed},
}

// mishaps happen one after the other, with quiet between them.
func (r *run) mishaps(ctx context.Context) {
	for i := r.chance(len(mishapsOf)); r.pause(ctx, r.scale(6*time.Second)); {
		deadlyNow := time.Now().Before(r.calm)
		i += 1 + r.chance(3)
		m := mishapsOf[i%len(mishapsOf)]
		if m.deadly && !deadlyNow || m.name == "full disk" && !r.small {
			continue
		}
		r.log.Print("mishap: " + m.name)
		m.do(r, context.WithoutCancel(ctx)) // what is begun is put in order again
		r.tally(m.name)
	}
}

// killed kills the daemon, looks at what it left, and starts it again.
func (r *run) killed(ctx context.Context) {
	from := time.Now()
	if err := r.d.kill(); err != nil {
		r.brokef("killing the daemon: %v", err)
	}
	for n := r.chance(3); n > 0; n-- { // also while it recovers
		if err := r.d.start(ctx, r.broke); err != nil {
			r.brokef("after a kill: %v", err)
			return
		}
		if !rest(ctx, time.Duration(r.chance(1500))*time.Millisecond) || r.d.kill() != nil {
			return
		}
		r.tally("kill")
	}
	r.revive(ctx, from, "after a kill")
}

// stopped ends the daemon in order and starts it again.
func (r *run) stopped(ctx context.Context) {
	from := time.Now()
	took, err := r.d.terminate()
	if err != nil {
		r.broke(err.Error())
	}
	if took > 32*time.Second {
		r.brokef("the daemon took %s to end", took.Round(time.Millisecond))
	}
	r.samples.stops = append(r.samples.stops, took)
	r.revive(ctx, from, "after SIGTERM")
}

// revive judges what a daemon left that has ended, and starts the next one.
func (r *run) revive(ctx context.Context, from time.Time, when string) {
	r.sound(ctx, when)
	if err := r.d.start(ctx, r.broke); err != nil {
		r.brokef("%s: %v", when, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trouble = time.Now()
	r.away = append(r.away, span{from, r.trouble})
}

// frozen stops the daemon where it stands, and lets it go on.
func (r *run) frozen(ctx context.Context) {
	from := time.Now()
	if err := freeze(r.d.process()); err != nil {
		r.brokef("freezing the daemon: %v", err)
		return
	}
	rest(ctx, r.scale(time.Duration(2+r.chance(20))*time.Second))
	if err := thaw(r.d.process()); err != nil {
		r.brokef("thawing the daemon: %v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trouble = time.Now()
	r.away = append(r.away, span{from, r.trouble})
}

// filled leaves no room on the store's disk for a while.
func (r *run) filled(ctx context.Context) {
	defer r.troubled("full disk")()
	free, err := fill(r.disk)
	if err != nil {
		r.brokef("filling the disk: %v", err)
		return
	}
	rest(ctx, r.scale(12*time.Second))
	if _, err := r.d.get(ctx, "/metrics", ""); err != nil {
		r.brokef("with a full disk: %v", err)
	}
	free()
}

// edited breaks a file, wants the daemon to say so and to go on by what it had, and
// mends it again.
func (r *run) edited(ctx context.Context, name string, was, more []byte) {
	r.files.Lock()
	defer r.files.Unlock()
	good, err := os.ReadFile(r.path(name))
	if err == nil {
		err = os.WriteFile(r.path(name), append(bytes.Clone(was), more...), 0o600)
	}
	if err != nil {
		r.brokef("editing %s: %v", name, err)
		return
	}
	if !r.valid(ctx, false) {
		r.brokef("%s is broken, and the daemon did not say so within %s", name, reactWithin)
	}
	rest(ctx, r.scale(4*time.Second))
	if err := os.WriteFile(r.path(name), good, 0o600); err != nil {
		r.brokef("mending %s: %v", name, err)
	}
	if !r.valid(ctx, true) {
		r.brokef("%s is in order again, and the daemon did not say so within %s", name, reactWithin)
	}
}

// reactWithin is how long the daemon has to notice something, on a machine that others
// use too.
const reactWithin = 20 * time.Second

// valid waits until the daemon says that its configuration is, or is not, in order.
func (r *run) valid(ctx context.Context, want bool) bool {
	for until := time.Now().Add(reactWithin); time.Now().Before(until); rest(ctx, 100*time.Millisecond) {
		if s, err := r.d.status(ctx); err == nil && s.Config.Valid == want {
			return true
		}
	}
	return false
}

// reloaded changes the configuration and the baseline to others that are in order, by
// turns with SIGHUP.
func (r *run) reloaded(ctx context.Context) {
	n := r.chance(1000)
	edit := map[string][]byte{
		"config.toml":   fmt.Appendf(bytes.Clone(r.config), "[collect]\nconcurrency = %d\n", 4+n%8),
		"baseline.toml": fmt.Appendf(bytes.Clone(r.baseline), "# edit %d\n", n),
	}
	before, _ := r.d.status(ctx) // the zero one where it is not there: then any is newer
	for name, text := range edit {
		if n%3 == 0 { // as careful editors do
			err := os.WriteFile(r.path(name+".new"), text, 0o600)
			if err == nil {
				err = os.Rename(r.path(name+".new"), r.path(name))
			}
			if err != nil {
				r.brokef("editing %s: %v", name, err)
			}
			continue
		}
		if err := os.WriteFile(r.path(name), text, 0o600); err != nil {
			r.brokef("editing %s: %v", name, err)
		}
	}
	if n%2 == 0 {
		if err := r.d.process().Signal(syscall.SIGHUP); err != nil {
			r.brokef("SIGHUP: %v", err)
		}
	}
	edited := time.Now()
	free := edited // since then no pass is under way that began before the edit
	for time.Since(free) < reactWithin && time.Since(edited) < passWithin {
		s, err := r.d.status(ctx)
		if err == nil && s.Config.Valid && s.Config.Loaded.After(before.Config.Loaded) {
			return
		}
		if err == nil && s.Working != nil && s.Working.Since.Before(edited) {
			free = time.Now() // a reload waits for the pass under way
		}
		rest(ctx, 100*time.Millisecond)
	}
	r.brokef("the configuration and the baseline were changed, and are not in force after %s", time.Since(edited).Round(time.Second))
}

// passWithin is how long a pass may take: each request that GitHub does not answer has
// its time, and some are asked one after the other.
const passWithin = 10 * time.Minute

// seconded starts another daemon on the same store.
func (r *run) seconded(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, reactWithin)
	defer cancel()
	o := r.ajar(ctx, nil, "serve", "--listen", "127.0.0.1:0")
	if o.code != 1 || !strings.Contains(o.errs, fmt.Sprint(r.d.process().Pid)) {
		r.brokef("a second daemon was to be refused, with the process that has the store: %v", o)
	}
}

// stormed scrapes many times at once, and has peers that read nothing.
func (r *run) stormed(ctx context.Context) {
	var slow []net.Conn
	for range 20 {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", r.addr)
		if err != nil {
			break
		}
		_, _ = io.WriteString(c, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n") // who is turned away is so
		slow = append(slow, c)
	}
	done := make(chan bool)
	for range 30 {
		go func() {
			_, err := r.d.get(ctx, "/metrics", "")
			done <- err == nil
		}()
	}
	served := 0
	for range 30 {
		if <-done {
			served++
		}
	}
	for _, c := range slow {
		_ = c.Close()
	}
	if served == 0 {
		r.broke("of 30 scrapes at once none was answered")
	}
}
