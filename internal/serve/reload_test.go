package serve

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestInvalidConfigurationLeavesTheLastValidOneAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		stop := l.start(l.job(Audit, "acme", "@hourly", 0))
		good := l.load
		l.load = func() (*Setup, error) { return nil, errors.New("config.toml:3: unknown key") }
		l.ask <- struct{}{}
		time.Sleep(time.Second)
		s := l.d.Status()
		if s.Ready || s.Config.Valid || !strings.Contains(s.Config.Problem, "config.toml:3") {
			t.Errorf("the state says %+v, ready %t", s.Config, s.Ready)
		}
		time.Sleep(2 * time.Hour)
		l.want(Audit, "acme", "01 00:00:00", "01 01:00:00", "01 02:00:00") // what was in force goes on
		l.load = good
		l.ask <- struct{}{}
		time.Sleep(time.Second)
		if s := l.d.Status(); !s.Ready || !s.Config.Valid || s.Config.Problem != "" {
			t.Errorf("once it is in order the state says %+v, ready %t", s.Config, s.Ready)
		}
		if l.said("RELOADING=1") != 2 || l.said("READY=1") != 3 {
			t.Errorf("systemd was told %q", l.told)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestReloadIsSwappedInBetweenTwoPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.waits[Audit] = 20 * time.Minute
		var closed atomic.Int32
		first := &Setup{Jobs: []Job{l.job(Audit, "acme", "@hourly", 0)}, Orgs: []string{"acme"}, Close: func() { closed.Add(1) }}
		l.load = func() (*Setup, error) { return first, nil }
		stop := l.start()
		time.Sleep(5 * time.Minute)
		l.load = func() (*Setup, error) {
			return &Setup{Jobs: []Job{l.job(Audit, "other", "@hourly", 0)}, Orgs: []string{"other"}}, nil
		}
		l.ask <- struct{}{}
		time.Sleep(10 * time.Minute)
		if s := l.d.Status(); closed.Load() != 0 || s.Orgs[0].Org != "acme" || s.Working == nil {
			t.Errorf("it was swapped under a pass: %d, %+v", closed.Load(), s.Orgs)
		}
		time.Sleep(6 * time.Minute)
		if s := l.d.Status(); closed.Load() != 1 || s.Orgs[0].Org != "other" {
			t.Errorf("it was not swapped after the pass: %d, %+v", closed.Load(), s.Orgs)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		l.want(Audit, "acme", "01 00:00:00")
		l.want(Audit, "other", "01 00:20:00")
	})
}

func TestStopEndsThePassUnderWayInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.waits[Audit] = time.Hour
		stop := l.start(l.job(Audit, "acme", "@hourly", 0))
		time.Sleep(time.Minute)
		before := time.Now()
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(before); took > time.Second {
			t.Errorf("it took %s", took)
		}
		if l.said("STOPPING=1") != 1 {
			t.Errorf("systemd was told %q", l.told)
		}
	})
}

// A pass that does not end is given up in time: whoever stopped the daemon waits half
// a minute at most.
func TestStopDoesNotWaitForAPassThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		stuck := make(chan struct{})
		defer close(stuck)
		j := l.job(Audit, "acme", "@hourly", 0)
		j.Run = func(context.Context) (Outcome, error) { <-stuck; return Outcome{}, nil }
		stop := l.start(j)
		time.Sleep(time.Minute)
		before := time.Now()
		err := stop()
		if took := time.Since(before); err == nil || took > 30*time.Second {
			t.Errorf("it took %s and gave %v", took, err)
		}
	})
}

func TestWatchdogIsFedOnlyWhileThereIsProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		j := l.job(Audit, "acme", "@daily", 0)
		j.Run = func(ctx context.Context) (Outcome, error) {
			for range 60 { // an hour with a sign of progress each minute
				time.Sleep(time.Minute)
				l.d.Beat()
			}
			<-ctx.Done() // and then none
			return Outcome{}, ctx.Err()
		}
		stop := l.start(j)
		time.Sleep(time.Hour + time.Second)
		fed := l.said("WATCHDOG=1")
		if fed < 170 {
			t.Errorf("it was fed %d times while there was progress", fed)
		}
		time.Sleep(15 * time.Minute)
		fed = l.said("WATCHDOG=1")
		time.Sleep(2 * time.Hour)
		if now := l.said("WATCHDOG=1"); now != fed {
			t.Errorf("it was fed %d times without progress", now-fed)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestErrorOfTheDiskEndsTheProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.fail(Audit, FatalError{errors.New("the disk failed the store")})
		d := l.boot(l.job(Audit, "acme", "@hourly", 0))
		if err := d.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "the disk failed") {
			t.Errorf("it went on, or ended with %v", err)
		}
	})
}

func TestAuditThatIsTooOldIsNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		j := l.job(Audit, "acme", "@hourly", 0)
		l.load = func() (*Setup, error) {
			return &Setup{Jobs: []Job{j}, Orgs: []string{"acme"}, MaxAge: 2 * time.Hour}, nil
		}
		stop := l.start()
		time.Sleep(time.Minute)
		l.fail(Audit, errors.New("no"))
		if !l.d.Status().Ready {
			t.Error("it is not ready after an audit")
		}
		time.Sleep(3 * time.Hour)
		if s := l.d.Status(); s.Ready || !strings.Contains(s.Reasons[0].Why, "acme was audited last") {
			t.Errorf("ready %t: %+v", s.Ready, s.Reasons)
		}
		l.fail(Audit, nil)
		time.Sleep(time.Hour)
		if !l.d.Status().Ready {
			t.Error("it is not ready again")
		}
		l.d.Note("store", "no space is left")
		if s := l.d.Status(); s.Ready {
			t.Errorf("ready %t: %+v", s.Ready, s.Reasons)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

// Whatever way a file changes: written over, renamed into its place, or behind a link
// that a mounted folder turns.
func TestChangedFileIsNoticed(t *testing.T) {
	dir := t.TempDir()
	conf, base := filepath.Join(dir, "config.toml"), filepath.Join(dir, "baseline")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, data := range []string{"..a", "..b"} {
		if err := os.MkdirAll(filepath.Join(dir, data), 0o700); err != nil {
			t.Fatal(err)
		}
		write(filepath.Join(dir, data, "config.toml"), strings.Repeat("#", i+1))
	}
	if err := errors.Join(os.Symlink("..a", filepath.Join(dir, "..data")), os.Symlink(filepath.Join("..data", "config.toml"), conf), os.Mkdir(base, 0o700)); err != nil {
		t.Skip("no links here: ", err)
	}
	loads := make(chan struct{}, 100)
	l := newLab(t)
	l.load = func() (*Setup, error) {
		loads <- struct{}{}
		return &Setup{Watch: []string{conf, base}}, nil
	}
	d := l.boot()
	<-loads
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- d.Run(ctx) }()
	for deadline := time.Now().Add(10 * time.Second); l.said("READY=1") == 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond) // until the folders are watched
	for name, change := range map[string]func(){
		"the link of a mount": func() {
			if err := errors.Join(os.Symlink("..b", filepath.Join(dir, "..tmp")), os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data"))); err != nil {
				t.Fatal(err)
			}
		},
		"a new file of a folder": func() { write(filepath.Join(base, "teams.toml"), "#") },
		"a rename": func() {
			write(filepath.Join(dir, ".new"), "##")
			if err := os.Rename(filepath.Join(dir, ".new"), filepath.Join(base, "teams.toml")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		change()
		select {
		case <-loads:
		case <-time.After(10 * time.Second):
			t.Errorf("%s was not noticed", name)
		}
		for len(loads) > 0 {
			<-loads
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}
