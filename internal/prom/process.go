// Package prom runs a real Prometheus and a real Alertmanager of the system on
// loopback, for tests and for make observe.
package prom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"
)

// ErrMissing says that a program of the system is not installed.
var ErrMissing = errors.New("not installed (Debian: apt-get install prometheus prometheus-alertmanager)")

// find looks for a program by its names, as Debian and others call it.
func find(names ...string) (string, error) {
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w", names[0], ErrMissing)
}

// free gives an address on loopback that nobody listens on at the moment.
func free(ctx context.Context) (string, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// process is a program that was started here.
type process struct {
	cmd  *exec.Cmd
	log  *tail
	done chan struct{}
}

// start runs a program until close, and waits until ready answers with 200.
func start(ctx context.Context, ready, path string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(path, args...), log: &tail{}, done: make(chan struct{})} //nolint:gosec,noctx // a program of the system; close ends it
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended stands in its log
		close(p.done)
	}()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		if status(ctx, ready) == http.StatusOK {
			return p, nil
		}
		select {
		case <-p.done:
			return nil, fmt.Errorf("%s ended at once: %s", path, p.log)
		case <-ctx.Done():
			p.close()
			return nil, fmt.Errorf("%s is not ready: %w: %s", path, ctx.Err(), p.log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func status(ctx context.Context, url string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// close ends the program, at the latest after some seconds.
func (p *process) close() {
	_ = p.cmd.Process.Signal(os.Interrupt) // it may have ended already
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// tail keeps the end of a log.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write appends, and forgets what is long ago.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.buf.Len() > 1<<16 {
		t.buf.Reset()
	}
	return t.buf.Write(b)
}

// String gives what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
