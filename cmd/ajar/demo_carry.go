package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// demoApprover is the second person of the demo: an owner of the invented
// organization, who gets nothing by a restore.
const demoApprover = "tendai-lindqvist"

// demoConfig is the configuration of the demo, with the organization, the address
// and who approves.
const demoConfig = `[github]
organizations = [%q]
api_url = %q

[[github.read]]
token_env = "AJAR_GITHUB_TOKEN"

[github.write]
token_env = "AJAR_WRITE_TOKEN"

[store]
url = "sqlite:ajar.db"

[baseline]
paths = ["baseline.toml"]

[remediate]
mode = "approve"
approvers = ["user:%s"]
# In an organization as small as this, one plan touches more than a twentieth.
max_fraction = 0.2
limits.invitation = { fraction = 1.0 }
# It lives for a minute: nobody can be told three days before.
grace = { snapshots = 1, age = "0s", notice = "0s" }
`

// carryOut has the plan approved, carries it out, shows that the organization is
// as the baseline has it, and puts everything back.
func (s *story) carryOut(db string) error {
	before, err := s.findings(db)
	if err != nil {
		return err
	}
	world := s.server.sim.Snapshot()
	if err := s.asSecond("A second person looks at it and approves", clean, "plan", "approve", s.file("plan.json"), "--yes"); err != nil {
		return err
	}
	if err := s.step("Carry it out: read, change, read again; a second apart, as GitHub asks for", clean, "apply", s.file("plan.json"), "--yes"); err != nil {
		return err
	}
	run, err := s.newestRun(db)
	if err != nil {
		return err
	}
	if err := s.witness("GitHub's own count", 0); err != nil {
		return err
	}
	if err := s.auditAgain(db, before); err != nil {
		return err
	}
	return s.putBack(db, run, before, world)
}

// asSecond runs a command as the second person would, with a token of their own.
func (s *story) asSecond(title string, want status, args ...string) error {
	first := s.getenv
	defer func() { s.getenv = first }()
	s.getenv = func(name string) string {
		switch name {
		case "AJAR_GITHUB_TOKEN":
			return s.server.second
		case "AJAR_WRITE_TOKEN":
			return "" // who approves needs none
		}
		return first(name)
	}
	return s.step(title+", as "+demoApprover, want, args...)
}

// newestRun is the run that was begun last.
func (s *story) newestRun(db string) (string, error) {
	var id string
	err := s.reading(db, func(st *store.Store) error {
		info, err := st.Latest(s.ctx, s.org)
		if err != nil {
			return err
		}
		runs, err := st.Runs(s.ctx, info.OrgID)
		if err == nil && len(runs) == 0 {
			err = errors.New("the demo's journal has no run: this is a mistake in ajar, please report it")
		}
		if err == nil {
			id = runs[0].Run
		}
		return err
	})
	return id, err
}

// reading opens the store of the demo to read it.
func (s *story) reading(db string, do func(*store.Store) error) error {
	st, err := store.Open(s.ctx, db, store.Options{ReadOnly: true, Now: s.a.now})
	if err != nil {
		return err
	}
	defer s.a.closing(st)
	return do(st)
}

// witness tells what the small GitHub counted since its mutation number from: it
// is asked, not the journal.
func (s *story) witness(who string, from int) error {
	all := s.server.sim.Mutations()[from:]
	took := len(slices.DeleteFunc(slices.Clone(all), func(m githubsim.Mutation) bool { return !m.Changed }))
	s.tell("\n%s: %s arrived, %d of them changed something.", who, many(len(all), "request for a change", "requests for a change"), took)
	if took != len(all) {
		return fmt.Errorf("%d requests of the demo changed nothing: this is a mistake in ajar, please report it", len(all)-took)
	}
	return nil
}

// auditAgain takes another snapshot, and says what is left and why.
func (s *story) auditAgain(db string, before []access.Finding) error {
	if err := s.silent("Audit again: what is left of the drift", found, "audit.json", "audit"); err != nil {
		return err
	}
	if err := s.silent("Plan again: nothing is left that a plan could do", clean, "after.json", "plan"); err != nil {
		return err
	}
	text, err := os.ReadFile(s.file("after.json"))
	if err != nil {
		return fmt.Errorf("reading the demo's second plan: %w", err)
	}
	var left struct {
		Actions      []json.RawMessage `json:"actions"`
		Refused      []json.RawMessage `json:"refused"`
		Instructions []json.RawMessage `json:"instructions"`
	}
	if err := json.Unmarshal(text, &left); err != nil {
		return fmt.Errorf("reading the demo's second plan: %w", err)
	}
	after, err := s.findings(db)
	if err != nil {
		return err
	}
	s.tell("\n  findings     %d open before, %d now\n  of these     %d refused by a guard, %d for somebody to mend by hand\n  changes      %d left to make",
		open(before), open(after), len(left.Refused), len(left.Instructions), len(left.Actions))
	return nil
}

func open(all []access.Finding) int {
	return len(slices.DeleteFunc(slices.Clone(all), func(f access.Finding) bool { return f.State != access.Open }))
}

// silent runs a command whose document goes to a file.
func (s *story) silent(title string, want status, file string, args ...string) error {
	args = append(args, "--quiet", "-o", "json")
	s.heading(title, report.Command(args...)+" > "+file)
	document, err := os.OpenFile(s.file(file), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("writing %s of the demo: %w", file, err)
	}
	quiet := *s.a
	quiet.out = document
	got := s.command(&quiet, args...)
	info, err := document.Stat()
	if err = errors.Join(err, document.Close()); err != nil {
		return fmt.Errorf("writing %s of the demo: %w", file, err)
	}
	if got != want {
		return fmt.Errorf("the demo's %q ended with exit code %d, not %d: this is a mistake in ajar, please report it", strings.Join(args, " "), got, want)
	}
	s.tell("It said nothing here, and wrote %d bytes.", info.Size())
	return nil
}

// putBack restores the run, and compares the organization with the one of before.
func (s *story) putBack(db, run string, before []access.Finding, world *githubsim.World) error {
	sent := len(s.server.sim.Mutations())
	if err := s.step("Should it have been a mistake: rehearse the way back", found, "restore", run); err != nil {
		return err
	}
	if err := s.asSecond("It gives more than the baseline allows, so a second person agrees", clean, "restore", run, "--approve"); err != nil {
		return err
	}
	if err := s.step("Put it back", clean, "restore", run, "--yes", "--reason", "to show that it can be"); err != nil {
		return err
	}
	if err := s.witness("GitHub's own count", sent); err != nil {
		return err
	}
	if err := s.silent("Audit once more, and compare with the beginning", found, "restored.json", "audit"); err != nil {
		return err
	}
	after, err := s.findings(db)
	if err != nil {
		return err
	}
	s.tell("\n  findings     %d open at the beginning, %d now", open(before), open(after))
	for i, line := range world.Differences(s.server.sim.Snapshot()) {
		label := "different"
		if i > 0 {
			label = ""
		}
		s.tell("  %-12s %s", label, strings.ReplaceAll(line, s.org+"/", ""))
	}
	return s.step("Have the journal of all this verified", clean, "journal", "verify")
}

// many writes a number with its noun.
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
