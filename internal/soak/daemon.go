package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/eb661601/ajar/internal/status"
)

// daemon is the program that is soaked. It is started, ended and started again.
type daemon struct {
	s      *stage
	client *http.Client
	log    *os.File

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{}
	asked bool // its end was asked for
}

func newDaemon(s *stage) (*daemon, error) {
	f, err := os.OpenFile(s.path("daemon.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return &daemon{s: s, log: f, client: &http.Client{Timeout: 10 * time.Second}}, err
}

// readyWithin is how long the daemon has to listen after it was started: a take-over
// may have to wait, and the machine may have other things to do.
const readyWithin = 60 * time.Second

// startsAgain is how often the daemon is started where another program has the store for
// longer than it waits: whoever watches over services does the same.
const startsAgain = 8

// start starts it, and waits until it answers.
func (d *daemon) start(ctx context.Context, unexpected func(string)) (err error) {
	for range startsAgain {
		if err = d.once(ctx, unexpected); err == nil || !strings.Contains(lastLine(tail(d.log.Name())), "another ajar is writing to it") {
			return err
		}
	}
	return err
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

func (d *daemon) once(ctx context.Context, unexpected func(string)) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), d.s.binary, "serve") //nolint:gosec // what is soaked
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = d.s.dir, d.s.env(nil), d.log, d.log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the daemon: %w", err)
	}
	ended := make(chan struct{})
	d.mu.Lock()
	d.cmd, d.ended, d.asked = cmd, ended, true // until it answers, its end is told of below
	d.mu.Unlock()
	go func() {
		err := cmd.Wait()
		d.mu.Lock()
		asked := d.asked
		d.mu.Unlock()
		if !asked {
			unexpected(fmt.Sprintf("the daemon ended by itself: %v", err))
		}
		close(ended)
	}()
	for until := time.Now().Add(readyWithin); time.Now().Before(until); {
		if _, err := d.get(ctx, "/healthz", ""); err == nil {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.asked = false
			return nil
		}
		select {
		case <-ended:
			return fmt.Errorf("the daemon ended as it was started")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return fmt.Errorf("the daemon did not listen within %s", readyWithin)
}

// kill ends it as a power cut does.
func (d *daemon) kill() error {
	cmd, ended := d.ending()
	if err := cmd.Process.Kill(); err != nil {
		return err
	}
	<-ended
	return nil
}

// terminate ends it in order, and gives how long it took.
func (d *daemon) terminate() (took time.Duration, err error) {
	cmd, ended := d.ending()
	start := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-ended:
	case <-time.After(60 * time.Second):
		_ = cmd.Process.Kill() // it is told of below
		<-ended
		return time.Since(start), fmt.Errorf("SIGTERM did not end the daemon within a minute")
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		return time.Since(start), fmt.Errorf("told to end, the daemon ended with %d", code)
	}
	return time.Since(start), nil
}

func (d *daemon) ending() (*exec.Cmd, chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = true
	return d.cmd, d.ended
}

// gone is closed once it has ended.
func (d *daemon) gone() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ended
}

// process is the one that runs.
func (d *daemon) process() *os.Process {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cmd.Process
}

// get asks the daemon; accept is the format that is wanted, "" = any.
func (d *daemon) get(ctx context.Context, path, accept string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.s.addr+path, nil)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", path, resp.Status)
	}
	return body, err
}

// status asks how it stands.
func (d *daemon) status(ctx context.Context) (s status.Status, err error) {
	body, err := d.get(ctx, "/status", "")
	if err == nil {
		err = json.Unmarshal(body, &s)
	}
	return s, err
}
