// Command observe starts the daemon of the demo, Prometheus and Alertmanager on
// loopback, shows what each panel of the dashboards would show, provokes drift, and
// waits until its alert has arrived at a receiver. Ctrl-C ends everything.
//
//	observe [-once]     -once ends when the alert has arrived and is resolved
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"time"

	"github.com/eb661601/ajar/internal/prom"
)

func main() {
	once := flag.Bool("once", false, "end when the provoked alert has arrived and is resolved")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, *once)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "observe:", err)
		os.Exit(1)
	}
}

// run does it all, in a folder that goes with it.
func run(ctx context.Context, out io.Writer, once bool) (err error) {
	dir, err := os.MkdirTemp("", "ajar-observe-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Fprintln(out, "building ajar, and starting the daemon of its demo …")
	d, err := startDemo(ctx, dir)
	if err != nil {
		return err
	}
	defer d.close()
	arrived := &mailbox{out: out, seen: map[string]int{}}
	am, err := prom.StartAlertmanager(ctx, dir, arrived.take)
	if err != nil {
		return err
	}
	defer am.Close()
	rules, err := quickened(dir)
	if err != nil {
		return err
	}
	p, err := prom.Start(ctx, prom.Options{Dir: dir, Target: d.metrics, Rules: rules, Interval: time.Second, Alertmanager: am.Addr})
	if err != nil {
		return err
	}
	defer p.Close()
	fmt.Fprintf(out, "\n  daemon        http://%s/metrics\n  Prometheus    %s\n  Alertmanager  http://%s\n\n", d.metrics, p.URL, am.Addr)
	fmt.Fprintln(out, "The alerts are the ones of dashboards/prometheus/, but wait a second instead of minutes,\nand compare with 30 seconds ago instead of a day.")
	if err := show(ctx, out, p, d, arrived); err != nil || once {
		return errors.Join(err, ctx.Err())
	}
	fmt.Fprintln(out, "\nEverything stays up; what arrives is shown. Ctrl-C ends it.")
	<-ctx.Done()
	return nil
}

// demo is the demo's daemon in a process of its own.
type demo struct {
	metrics string // HOST:PORT
	folder  string
	cmd     *exec.Cmd
	done    chan struct{}
}

// startDemo builds the program and starts its demo.
func startDemo(ctx context.Context, dir string) (*demo, error) {
	binary := filepath.Join(dir, "ajar")
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "./cmd/ajar").CombinedOutput(); err != nil { //nolint:gosec // of this repository
		return nil, fmt.Errorf("building ajar: %w\n%s", err, out)
	}
	d := &demo{folder: filepath.Join(dir, "demo"), done: make(chan struct{})}
	d.cmd = exec.Command(binary, "demo", "--serve", "--every", "3s", "--listen", "127.0.0.1:0", "--dir", d.folder) //nolint:gosec,noctx // close ends it
	said := &said{}
	d.cmd.Stdout, d.cmd.Stderr = said, said
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting ajar: %w", err)
	}
	go func() {
		_ = d.cmd.Wait() // what it said tells
		close(d.done)
	}()
	where := regexp.MustCompile(`metrics +http://([^/]+)/metrics`)
	for {
		if m := where.FindStringSubmatch(said.String()); m != nil {
			d.metrics = m[1]
			return d, nil
		}
		select {
		case <-d.done:
			return nil, fmt.Errorf("the demo ended: %s", said)
		case <-ctx.Done():
			d.close()
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// close ends the daemon in order.
func (d *demo) close() {
	_ = d.cmd.Process.Signal(os.Interrupt) // it may have ended already
	select {
	case <-d.done:
	case <-time.After(30 * time.Second):
		_ = d.cmd.Process.Kill()
		<-d.done
	}
}

// said keeps the beginning of what a program says.
type said struct {
	mu   sync.Mutex
	text []byte
}

// Write keeps a part, and takes the rest.
func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.text) < 1<<16 {
		s.text = append(s.text, b...)
	}
	return len(b), nil
}

// String gives what is kept.
func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text)
}

// quickened writes the rules so that they decide within seconds.
func quickened(dir string) (files []string, err error) {
	for _, name := range []string{"records.yml", "alerts.yml"} {
		raw, err := os.ReadFile(filepath.Join("dashboards", "prometheus", name))
		if err != nil {
			return nil, fmt.Errorf("reading the rules: %w; run it from the root of the repository", err)
		}
		text := regexp.MustCompile(`(?m)^( +for): \w+$`).ReplaceAllString(string(raw), "$1: 1s")
		text = regexp.MustCompile(`offset 1d`).ReplaceAllString(text, "offset 30s")
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("writing the rules: %w", err)
		}
		files = append(files, path)
	}
	return files, nil
}
