// Package doctor looks, before an audit, at everything that an audit needs and
// could stumble over.
//
// Each check is a small function over an [Env]; it says what it found, and what to
// do about it. Nothing is changed, nothing secret is repeated, and what cannot be
// looked at because of something else that is wrong is named as that.
package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/store"
)

// Mark is how a check came out.
type Mark string

// The marks.
const (
	OK        Mark = "ok"
	Note      Mark = "note"      // worth knowing; nothing has to be done
	Warning   Mark = "warning"   // an audit works, and something should be done
	Failed    Mark = "failed"    // an audit cannot work
	Unchecked Mark = "unchecked" // something else that is wrong stands before it
)

// What a check is about, in the order in which the checks are listed.
const (
	Configuration = "configuration"
	Host          = "host"
	Certificate   = "certificate"
	Clock         = "clock"
	Token         = "credential"
	Org           = "organization"
	Data          = "data"
	Budget        = "budget"
	Store         = "store"
	Baseline      = "baseline"
	Notify        = "notices"
)

// Check is one thing that was looked at.
type Check struct {
	About  string
	Name   string // which of them: a file, a credential, a login; "" where there is one only
	Mark   Mark
	Found  string        // in one sentence; holds no secret
	Do     string        // what to do about it, "" for nothing
	Blinds []access.Area // the kinds of data that an audit would not see because of it
}

// Env is what the checks look at. Config is nil where the configuration could not
// be read; then Trouble says why, and nothing else can be looked at.
type Env struct {
	Now     func() time.Time
	Program string // how the commands begin that are suggested
	Offline bool   // GitHub is not asked

	Config  *config.Config
	Trouble []Check // with the configuration

	Connection  func() (github.Options, error)
	Credentials []Credential
	CredErr     error       // why there is none
	Writer      *Credential // that changes are made with; nil: none is configured

	Channels []Channel // that people are told by

	StorePath string
	Baseline  func() (*baseline.Baseline, error) // nil and nil: none is configured
	Rules     []string                           // ids of all rules
	Collect   collector.Options                  // how an audit would collect

	// Explain puts an error into one line, and what to do about it into another.
	Explain func(error) (line, hint string)
}

// Credential is one that GitHub is read with.
type Credential struct {
	Name string
	Err  error  // why it could not be loaded; nil: it was
	Kind string // of a token, as far as its beginning tells it
	App  bool   // it is a GitHub App's

	Client       func(org string) (*github.Client, error)
	Installation func(org string) (github.Installation, error) // of an app
}

// Report is what came of the checks.
type Report struct {
	Checks   []Check
	Requests int64 // that GitHub was asked
	Blind    bool  // an audit would not see something that it is expected to
}

// Failing reports whether something keeps an audit from working.
func (r Report) Failing() bool {
	for _, c := range r.Checks {
		if c.Mark == Failed {
			return true
		}
	}
	return false
}

// doctor is one run.
type doctor struct {
	Env
	Report
	store *store.Store // open to read; nil: there is none that can be
	orgs  []*patient
}

// patient is one organization, with what the credentials see of it.
type patient struct {
	login  string
	seen   []look
	failed bool
}

// look is what one credential sees of an organization.
type look struct {
	by     Credential
	client *github.Client
	sight  collector.Sight
	ok     bool
}

// Run makes all checks. It goes on after each that fails.
func Run(ctx context.Context, e Env) Report {
	d := &doctor{Env: e}
	if !d.configuration() {
		return d.Report
	}
	d.openStore(ctx)
	defer d.closeStore() //nolint:contextcheck // closing ends on its own terms
	switch {
	case e.Offline:
		d.add(Check{About: Host, Mark: Note, Found: "GitHub was not asked (--offline): credentials, organizations and budget are not looked at"})
	case d.network(ctx):
		d.credentials(ctx)
		d.writer(ctx)
		d.organizations(ctx)
	default:
		d.unchecked("GitHub was not reached", Token, Org, Data, Budget)
	}
	d.lookAtStore(ctx)
	d.baseline(ctx)
	d.channels(ctx)
	asked := map[*github.Client]bool{} // one client of a token looks at every organization
	for _, o := range d.orgs {
		for _, l := range o.seen {
			if !asked[l.client] {
				asked[l.client] = true
				d.Requests += l.client.Meter().Requests
			}
		}
	}
	return d.Report
}

func (d *doctor) add(c Check) {
	d.Checks = append(d.Checks, c)
	d.Blind = d.Blind || len(c.Blinds) > 0
}

func (d *doctor) unchecked(why string, about ...string) {
	for _, a := range about {
		d.add(Check{About: a, Mark: Unchecked, Found: "not looked at: " + why})
	}
}

// explained is a check that an error failed.
func (d *doctor) explained(about, name string, err error) Check {
	line, hint := d.Explain(err)
	line = strings.TrimPrefix(line, name+": ") // where the error names it as well
	return Check{About: about, Name: name, Mark: Failed, Found: line, Do: hint}
}

// configuration says which file is used. It reports whether there is one that
// can be.
func (d *doctor) configuration() bool {
	for _, c := range d.Trouble {
		d.add(c)
	}
	if d.Config == nil {
		d.unchecked("the configuration cannot be used", Host, Certificate, Clock, Token, Org, Data, Budget, Store, Baseline)
		return false
	}
	c := Check{About: Configuration, Name: d.Config.Path, Mark: OK, Found: "in order"}
	if d.Config.Path == "" {
		c.Mark, c.Found = Note, "there is no file: the defaults, variables and flags say it all"
		login := "LOGIN"
		if named := d.Config.GitHub.Organizations; len(named) == 1 {
			login = named[0]
		}
		c.Do = d.Program + " init --org " + login + " writes one"
	}
	d.add(c)
	for _, n := range d.Config.Notes {
		d.add(Check{About: Configuration, Name: d.Config.Path, Mark: Note, Found: n})
	}
	return true
}

// listed joins words, at most so many, and says how many are left.
func listed[T ~string](all []T, most int) string {
	var out []string
	for _, s := range all[:min(most, len(all))] {
		out = append(out, string(s))
	}
	s := strings.Join(out, ", ")
	if rest := len(all) - len(out); rest > 0 {
		s += fmt.Sprintf(" and %d more", rest)
	}
	return s
}

// moment writes a time for people.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// days writes how far off something is.
func days(d time.Duration) string {
	const day = 24 * time.Hour
	switch n := int(d / day); {
	case d < 2*time.Hour:
		return count(max(int(d/time.Minute), 0), "minute")
	case n < 2:
		return count(int(d/time.Hour), "hour")
	default:
		return count(n, "day")
	}
}

func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay"):
		noun = strings.TrimSuffix(noun, "y") + "ies"
	default:
		noun += "s"
	}
	return number(n) + " " + noun
}

// number writes n with a comma at the thousands.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
