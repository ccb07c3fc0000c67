package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/serve"
	daemonstate "github.com/eb661601/ajar/internal/status"
	"github.com/eb661601/ajar/internal/store"
)

func newStatus(a *app) *cobra.Command {
	var live bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Ask the running daemon how it stands",
		Long: `Ask the daemon that serves the store how it stands: the last and the next audit of
each organization, how much of it could be seen, open findings by severity, what is
left of GitHub's hourly limits, what it waits for, holds, and whether its
configuration is the one on the disk. It is asked over the socket beside the store
(STORE.sock), else at [server] listen on this machine.

Where no daemon runs, this says so and shows what the store holds. It ends with 0
where the daemon is as it should be, 3 where something is wrong with it, and 1 where
none runs.

--live asks no more than whether a daemon answers, and shows nothing: 0 where one does,
else 1. A container's health check wants no more, since no restart helps against what
is wrong at GitHub.`,
		Example: "  ajar status\n  ajar status -o json | jq '.organizations[].findings'",
		Args:    exactly(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.state(cmd.Context(), live) },
	}
	cmd.Flags().BoolVar(&live, "live", false, "only whether a daemon answers, for a health check")
	return cmd
}

// askFor is how long a daemon has to answer: it answers from memory.
const askFor = 5 * time.Second

func (a *app) state(ctx context.Context, live bool) error {
	c, mistake := a.config()
	if mistake != nil {
		c = a.whereabouts()
	}
	path, err := filepath.Abs(a.storePath(c))
	if err != nil {
		return err
	}
	s, from, err := a.askDaemon(ctx, c, path)
	if mistake != nil && from == "" {
		return mistake
	}
	if err != nil {
		return err
	}
	if live && from == "" {
		return withHint(usage("no daemon serves %s", path), "%s serve starts one", a.program)
	}
	if live {
		return nil
	}
	if from == "" {
		if s, err = a.unserved(ctx, c, path); err != nil {
			return err
		}
	}
	v := report.Status{Status: s, From: from}
	a.exit(status(v.Exit()))
	return a.show(v)
}

// whereabouts is what of a configuration with a mistake says where the daemon is, which
// goes on with the one before it and tells what is wrong.
func (a *app) whereabouts() *config.Config {
	c := config.Default()
	if path, ok := config.Find(a.flags.config, a.getenv); ok {
		c = config.Partly(path)
	}
	if a.flags.store != "" {
		c.StorePath = strings.TrimPrefix(a.flags.store, "sqlite:")
	}
	return &c
}

// askDaemon asks over the socket, else at the address; from is "" where nobody is
// there. Somebody who serves another store is nobody.
func (a *app) askDaemon(ctx context.Context, c *config.Config, path string) (s daemonstate.Status, from string, err error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	sock := store.Real(path) + ".sock"
	if _, err := os.Stat(sock); err == nil {
		s, err = askAt(ctx, &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", sock)
		}}, "http://ajar/status")
		switch {
		case err == nil:
			return s, sock, nil
		case errors.Is(err, fs.ErrPermission):
			return s, "", withHint(fmt.Errorf("asking the daemon at %s: %w", sock, err), "run it as the account that the daemon runs as")
		}
	}
	_, port, bad := net.SplitHostPort(c.Server.Listen)
	if bad != nil {
		return s, "", nil // there is no address to ask at
	}
	scheme, transport := "http", &http.Transport{}
	if c.Server.CertFile != "" {
		// The peer is this machine, and what it says is no secret of ours: the name in its
		// certificate is that of the host and not "localhost".
		scheme, transport.TLSClientConfig = "https", &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} //nolint:gosec // see above
	}
	s, err = askAt(ctx, transport, scheme+"://127.0.0.1:"+port+"/status")
	if err != nil || store.Real(s.Store) != store.Real(path) {
		return s, "", nil // nobody is there, or somebody else
	}
	return s, scheme + "://127.0.0.1:" + port, nil
}

// largest is how long an answer of a daemon may be.
const largest = 16 << 20

func askAt(ctx context.Context, t *http.Transport, url string) (s daemonstate.Status, err error) {
	defer t.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return s, err
	}
	client := &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return s, err
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	if resp.StatusCode != http.StatusOK {
		return s, fmt.Errorf("it answered %s", resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, largest)).Decode(&s); err != nil {
		return s, err
	}
	if s.Schema != daemonstate.Schema {
		return s, fmt.Errorf("it answered %q, and not %q", s.Schema, daemonstate.Schema)
	}
	return s, nil
}

// unserved is what the store says where no daemon runs.
func (a *app) unserved(ctx context.Context, c *config.Config, path string) (daemonstate.Status, error) {
	s := daemonstate.Status{
		Schema: daemonstate.Schema, State: daemonstate.NotServed, Version: buildVersion().Version, Now: a.now(), Store: path, Mode: c.Remediate.Mode,
		Orgs: []daemonstate.Org{}, Jobs: []daemonstate.Job{}, Reasons: []daemonstate.Check{}, Config: daemonstate.ConfigState{Path: c.Path, Valid: true},
	}
	st, err := a.look(ctx, c)
	if err != nil {
		return s, withHint(fmt.Errorf("no daemon serves the store, and it tells nothing either: %w", err), "%s serve starts one", a.program)
	}
	defer a.closing(st)
	last, good, err := st.LastJobPasses(ctx)
	if err != nil {
		return s, err
	}
	orgs, err := a.asked(ctx, st, c)
	if err != nil {
		return s, err
	}
	for _, org := range orgs {
		o, err := a.storedStanding(ctx, st, c, org)
		if err != nil {
			return s, err
		}
		for _, p := range last {
			if p.Job == string(serve.Audit) && strings.EqualFold(p.Org, org) {
				o.Last = &daemonstate.Pass{Began: p.Began, Ended: p.Ended, Result: p.Result, Reason: p.Reason}
				o.Stale = p.Failures > 0
			}
		}
		for _, p := range good {
			if p.Job == string(serve.Audit) && strings.EqualFold(p.Org, org) {
				o.Good = p.Ended
			}
		}
		s.Orgs = append(s.Orgs, o)
	}
	return s, nil
}

// storedStanding is how an organization stands by what the store holds.
func (a *app) storedStanding(ctx context.Context, st *store.Store, c *config.Config, org string) (daemonstate.Org, error) {
	none := daemonstate.Org{Org: org, Gaps: []string{}, Holds: []string{}, Findings: map[string]int{}, Budgets: []daemonstate.Budget{}}
	info, err := st.Latest(ctx, org)
	if errors.Is(err, store.ErrNoSnapshot) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	snap, findings, holds, err := stored(ctx, st, org, info)
	if err != nil {
		return none, err
	}
	o := standing(snap, findings, holds, c.Collect.Without)
	o.Org, o.Snapshot, o.Taken, o.Budgets = org, info.ID, info.At, []daemonstate.Budget{}
	return o, nil
}
