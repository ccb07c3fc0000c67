package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// serveFlags ask for a GitHub that is only served.
type serveFlags struct{ world, listen, tokenOut, writeTokenOut, secondTokenOut string }

// served is a simulated GitHub on a socket.
type served struct {
	url           string
	owner, member string // token values; they can read
	writer        string // an owner's token that can change things as well
	second        string // of another owner, who can read, and approve what the first one plans
	secondLogin   string // whose that is; "" where the largest organization has one owner
	sim           *githubsim.Server
	stop          func()
	failed        <-chan error // what ended it, if it was not stop
}

// listen serves a world on an address. The tokens are random, so that nothing
// else on the machine can guess them.
func listen(ctx context.Context, w *githubsim.World, addr string, now func() time.Time) (*served, error) {
	s := &served{owner: randomToken(), member: randomToken(), writer: randomToken(), second: randomToken()}
	owner, member := githubsim.OwnerScope, githubsim.MemberScope
	owner.ReadOnly, member.ReadOnly = true, true
	tokens := []githubsim.Token{
		{Value: s.owner, Scope: owner},
		{Value: s.member, Scope: member},
		{Value: s.writer, Scope: githubsim.OwnerScope},
	}
	if s.secondLogin = secondOwner(w); s.secondLogin != "" {
		tokens = append(tokens, githubsim.Token{Value: s.second, Scope: owner, Login: s.secondLogin})
	}
	// It can be changed by a token that only this process knows, unless it is asked for.
	sim := githubsim.New(w, githubsim.Options{Writable: true, Tokens: tokens, Now: now})
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, withHint(fmt.Errorf("serving the simulated GitHub: %w", err), "--listen 127.0.0.1:0 takes any free port")
	}
	s.sim = sim
	srv := &http.Server{Handler: sim, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	done := make(chan error, 1)
	go func() {
		err := srv.Serve(l)
		if !errors.Is(err, http.ErrServerClosed) {
			done <- err
		}
		close(done)
	}()
	s.url, s.failed = "http://"+l.Addr().String(), done
	s.stop = func() {
		_ = srv.Close() // the listener's own end; there is nothing to save
		for range done {
		}
	}
	return s, nil
}

// secondOwner is an owner of the largest organization, and a person, other than the
// first one, whose the other tokens are; "" where there is none.
func secondOwner(w *githubsim.World) string {
	people := map[string]bool{}
	for _, u := range w.Users {
		people[u.Login] = u.Type == "User"
	}
	var second string
	for _, o := range w.Orgs {
		if o != largestOf(w) {
			continue
		}
		seen := 0
		for _, m := range o.Members {
			if m.Role != "admin" {
				continue
			}
			if m.Login == demoApprover && seen > 0 {
				return m.Login
			}
			if seen++; seen > 1 && second == "" && people[m.Login] {
				second = m.Login
			}
		}
	}
	return second
}

// randomToken is like no token of GitHub's own, so that no scanner takes it for
// a leaked one.
func randomToken() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return "ajardemo" + hex.EncodeToString(b)
}

// serveWorld serves a world until it is interrupted, which is its ordinary end.
func (a *app) serveWorld(ctx context.Context, f serveFlags) error {
	if f.listen == "" {
		return withHint(usage("--world and the flags for tokens are for serving, and --listen is missing"), "add --listen 127.0.0.1:8080")
	}
	w, err := readWorld(f.world)
	if err != nil {
		return err
	}
	if len(w.Orgs) == 0 {
		return usage("%s has no organization", f.world)
	}
	w.ShiftTo(a.now().UTC())
	s, err := listen(ctx, w, f.listen, a.now)
	if err != nil {
		return err
	}
	defer s.stop()
	if f.secondTokenOut != "" && s.secondLogin == "" {
		return usage("%s has no second owner, whose token --second-token-out could write", largestOf(w).Login)
	}
	for path, token := range map[string]string{f.tokenOut: s.owner, f.writeTokenOut: s.writer, f.secondTokenOut: s.second} {
		if path == "" {
			continue
		}
		if err := writeFile(path, []byte(token+"\n"), false); err != nil {
			return err
		}
	}
	a.welcome(w, s, f)
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return fmt.Errorf("serving the simulated GitHub: %w", err)
	}
}

func readWorld(path string) (*githubsim.World, error) {
	if path == "" {
		return githubsim.Demo(), nil
	}
	return githubsim.LoadFile(path)
}

// welcome says where the GitHub is and what to type.
func (a *app) welcome(w *githubsim.World, s *served, f serveFlags) {
	fmt.Fprintf(a.out, "a GitHub with %s is at %s\n", organizationsOf(w), s.url)
	token := s.owner
	if f.tokenOut != "" {
		token = fmt.Sprintf("$(cat %s)", f.tokenOut)
	}
	fmt.Fprintf(a.out, "\n  export AJAR_GITHUB_TOKEN=%s\n  %s audit --org %s --api-url %s\n", token, a.program, largestOf(w).Login, s.url)
	if f.writeTokenOut != "" {
		fmt.Fprintf(a.out, "\nwhat can change it, with [github.write] token_env = \"AJAR_WRITE_TOKEN\":\n\n  export AJAR_WRITE_TOKEN=$(cat %s)\n", f.writeTokenOut)
	}
	if f.secondTokenOut != "" {
		fmt.Fprintf(a.out, "\na second person, with [remediate] approvers = [\"user:%s\"], in another terminal:\n\n  export AJAR_GITHUB_TOKEN=$(cat %s)\n", s.secondLogin, f.secondTokenOut)
	}
	fmt.Fprintf(a.out, "\nwhat a token without owner rights misses:\n\n  export AJAR_GITHUB_TOKEN=%s\n\nCtrl-C ends it\n", s.member)
}

// largestOf is the organization with the most repositories, the first of several.
func largestOf(w *githubsim.World) *githubsim.Org {
	return slices.MaxFunc(w.Orgs, func(x, y *githubsim.Org) int { return cmp.Compare(len(x.Repos), len(y.Repos)) })
}

func organizationsOf(w *githubsim.World) string {
	if len(w.Orgs) == 1 {
		return "the organization " + w.Orgs[0].Login
	}
	names := make([]string, 0, len(w.Orgs))
	for _, o := range w.Orgs {
		names = append(names, o.Login)
	}
	return fmt.Sprintf("%d organizations (%s)", len(w.Orgs), strings.Join(names, ", "))
}
