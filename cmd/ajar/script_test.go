package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/eb661601/ajar/internal/githubsim"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ajar": main, "ajar-panics": mainPanics})
}

// The tokens of the scripts.
const (
	ownerToken  = "ajartest-owner"
	memberToken = "ajartest-member"
)

func TestScripts(t *testing.T) {
	schemas, err := filepath.Abs("../../docs/schemas")
	if err != nil {
		t.Fatal(err)
	}
	example, err := filepath.Abs("../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	stamped := stamping(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("EXAMPLE", example)
			e.Setenv("AJAR_GITHUB_TOKEN", ownerToken)
			e.Setenv("MEMBER_TOKEN", memberToken)
			e.Setenv("COLUMNS", "100")
			if err := os.WriteFile(filepath.Join(e.WorkDir, "baseline.toml"), githubsim.DemoBaseline(time.Now()), 0o600); err != nil {
				return err
			}
			if err := astray(e); err != nil {
				return err
			}
			if err := receivers(e); err != nil {
				return err
			}
			if err := apps(e); err != nil {
				return err
			}
			if err := stamped(e); err != nil {
				return err
			}
			return servers(e)
		},
		Condition: condition,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":   exits,
			"schema":  schema(schemas),
			"waitfor": waitFor, "until": untilSays,
			"sql":    alter,
			"smudge": smudge,
			"writes": writes, "later": laterBy, "meanwhile": meanwhile, "setenv": setEnv, "written": written, "hashof": hashOf, "keyof": keyOf,
		},
	})
}

// servers starts what the scripts talk to: a GitHub with the demo organization,
// one with a second organization, one whose names are hostile, a web server that is no GitHub, one that never
// answers, and an address where nobody listens.
func servers(e *testscript.Env) error {
	serve := func(name string, h http.Handler) {
		s := httptest.NewServer(h)
		e.Defer(s.Close)
		e.Setenv(name, s.URL)
	}
	serve("API", simulated(githubsim.Demo()))
	serve("TWO", simulated(two()))
	serve("LATER", simulated(later()))
	serve("HOSTILE", simulated(hostile()))
	serve("HTML", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body>Sign in to the corporate proxy</body></html>")
	}))
	serve("FILES", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // as python3 -m http.server
		w.Header().Set("Content-Type", "text/html;charset=utf-8")
		w.WriteHeader(http.StatusNotImplemented)
		fmt.Fprintf(w, "<!DOCTYPE HTML><html><body>Unsupported method (%q)</body></html>", r.Method)
	}))
	serve("STUCK", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client is gone
		<-r.Context().Done()
	}))
	serve("WRITE", changeable(e))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.Setenv("DOWN", "http://"+l.Addr().String())
	return l.Close()
}

func simulated(w *githubsim.World) http.Handler {
	w.ShiftTo(time.Now())
	return githubsim.New(w, githubsim.Options{Tokens: []githubsim.Token{
		{Value: ownerToken, Scope: githubsim.OwnerScope},
		{Value: memberToken, Scope: githubsim.MemberScope},
		{Value: "ajartest-ended", Scope: githubsim.OwnerScope, Expires: time.Now().Add(-time.Hour)},
		{Value: "ajartest-ending", Scope: githubsim.OwnerScope, Expires: time.Now().Add(80 * time.Hour)},
		{Value: "ajartest-sso", Scope: githubsim.Scope{Owner: true, SSO: []string{"acme-robotics"}}},
		{Value: "github_pat_ajartest", Scope: githubsim.Scope{Permissions: []string{"metadata:read", "members:read"}}},
	}})
}

// two is the demo with a second organization, in which everything is in order.
func two() *githubsim.World {
	w := githubsim.Demo()
	w.Orgs = append(w.Orgs, &githubsim.Org{
		Login: "acme-labs", ID: 424242, Name: "ACME Labs", CreatedAt: w.Meta.Now.AddDate(-1, 0, 0), Plan: "enterprise",
		Settings: githubsim.Settings{DefaultRepositoryPermission: "none", TwoFactorRequired: true, DefaultWorkflowPermissions: "read"},
		Members: []*githubsim.Member{
			{Login: "mirela-okafor", Role: "admin", TwoFactor: true}, {Login: "tendai-lindqvist", Role: "admin", TwoFactor: true},
		},
	})
	return w
}

// later is the demo after some things have happened: an owner, an outsider, a
// renamed team.
func later() *githubsim.World {
	w := githubsim.Demo()
	o := w.Orgs[0]
	for _, m := range o.Members {
		if m.Role == "member" {
			m.Role = "admin"
			break
		}
	}
	w.Users = append(w.Users, &githubsim.User{Login: "contractor-9", ID: 990099, Type: "User", CreatedAt: w.Meta.Now.AddDate(-1, 0, 0)})
	o.Repos[0].Collaborators = append(o.Repos[0].Collaborators, &githubsim.Collaborator{Login: "contractor-9", Permission: "push"})
	for _, t := range o.Teams {
		if t.Slug == "sre" {
			t.Slug = "site-reliability"
		}
		if t.Parent == "sre" {
			t.Parent = "site-reliability"
		}
	}
	for _, r := range o.Repos {
		for _, g := range r.Teams {
			if g.Slug == "sre" {
				g.Slug = "site-reliability"
			}
		}
		for _, e := range r.Environments {
			for i := range e.Reviewers {
				if e.Reviewers[i].Name == "sre" {
					e.Reviewers[i].Name = "site-reliability"
				}
			}
		}
	}
	return w
}

// hostile is the demo organization with names that would steer a terminal, a
// spreadsheet or a web page.
func hostile() *githubsim.World {
	w := githubsim.Demo()
	o := w.Orgs[0]
	for i := range o.Repos {
		for j := range o.Repos[i].Environments {
			o.Repos[i].Environments[j].Name += "\x1b[2J\u202e<script>"
		}
		for j := range o.Repos[i].DeployKeys {
			o.Repos[i].DeployKeys[j].Title = "=cmd|' /C calc'!A0"
		}
	}
	for i := range w.Users {
		name := "=HYPERLINK(\"http://evil\")\r\n\x1b]0;owned\x07"
		w.Users[i].Name = name
	}
	return w
}

// exits CODE COMMAND... runs a command and checks its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// sql FILE STATEMENT changes a store behind ajar's back.
func alter(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql FILE STATEMENT")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(errors.Join(err, db.Close()))
}

// smudge FILE OFFSET turns the bits of 64 bytes of a file.
func smudge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: smudge FILE OFFSET")
	}
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	for i := at; i < at+64; i++ {
		text[i] ^= 0xff
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

// schema NAME holds the JSON on stdout against docs/schemas/ajar.NAME.v1.json.
func schema(dir string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: schema NAME")
		}
		name := "ajar." + args[0]
		compiled, err := jsonschema.NewCompiler().Compile(filepath.Join(dir, name+".v1.json"))
		ts.Check(err)
		out := ts.ReadFile("stdout")
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		ts.Check(err)
		ts.Check(compiled.Validate(doc))
		var head struct{ Schema string }
		ts.Check(json.Unmarshal([]byte(out), &head))
		if head.Schema != name+"/v1" {
			ts.Fatalf("schema is %q, want %q", head.Schema, name+"/v1")
		}
	}
}

// waitFor FILE waits until something in the background has written it, or listens there.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor FILE")
	}
	tick := time.NewTicker(10 * time.Millisecond) // another process writes it: there is nothing else to wait on
	defer tick.Stop()
	for range 500 {
		if info, err := os.Stat(ts.MkAbs(args[0])); err == nil && (info.Size() > 0 || info.Mode()&os.ModeSocket != 0) {
			return
		}
		<-tick.C
	}
	ts.Fatalf("%s did not appear", args[0])
}
