package report

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Carried is a run as the journal tells it: how each of its actions stands.
type Carried struct {
	Org      string
	Run      string
	Plan     string // hash of the plan, or of the restore
	Restores string // the run that it puts back
	By       string // who carried it out
	BegunAt  time.Time
	EndedAt  time.Time // zero: it has not ended
	How      string    // done, stopped, interrupted; open: something is still in doubt
	Why      string
	Actions  []CarriedAction
	Code     int // the exit code
}

// CarriedAction is how one action of a run stands.
type CarriedAction struct {
	ID        string       `json:"id"`
	Kind      string       `json:"kind"`
	Title     string       `json:"title"`
	Principal access.Named `json:"principal"`
	Resource  access.Named `json:"resource"`
	State     string       `json:"state"` // verified, skipped, refused, failed, in-doubt, not-tried …
	How       string       `json:"how"`   // of verified and skipped: in which way
	Why       string       `json:"why"`
	Sent      int          `json:"sent"` // requests that were sent for it
	Stays     []string     `json:"irreversible"`
}

// carriedStates are the states in which an action of a run can stand, in the order
// in which they are told.
var carriedStates = []struct {
	state, label string
	style        style
}{
	{"verified", "verified", good}, {"skipped", "skipped", plain}, {"refused", "refused", warn}, {"failed", "failed", critical},
	{"in-doubt", "in doubt", critical}, {"not-tried", "not tried", warn},
}

func (v Carried) json(w io.Writer) error {
	counts := map[string]int{}
	for _, s := range carriedStates {
		counts[s.state] = 0
	}
	actions := []CarriedAction{}
	for _, a := range v.Actions {
		if a.Stays == nil {
			a.Stays = []string{}
		}
		a.State = settledState(a.State)
		counts[a.State]++
		actions = append(actions, a)
	}
	doc := struct {
		Schema   string          `json:"schema"`
		Org      string          `json:"organization"`
		Run      string          `json:"run"`
		Plan     string          `json:"plan"`
		Restores string          `json:"restores"`
		By       string          `json:"by"`
		Begun    time.Time       `json:"begun_at"`
		Ended    *time.Time      `json:"ended_at"`
		How      string          `json:"how"`
		Why      string          `json:"why"`
		Counts   map[string]int  `json:"counts"`
		Actions  []CarriedAction `json:"actions"`
		Exit     int             `json:"exit"`
	}{"ajar.run/v1", v.Org, v.Run, v.Plan, v.Restores, v.By, utc(v.BegunAt), nil, v.How, v.Why, counts, actions, v.Code}
	if !v.EndedAt.IsZero() {
		at := utc(v.EndedAt)
		doc.Ended = &at
	}
	return encode(w, doc)
}

// settledState is the state as people are told it: what was sent and has no end is
// in doubt.
func settledState(s string) string {
	switch s {
	case "sent", "answered":
		return "in-doubt"
	case "intended":
		return "not-tried"
	}
	return s
}

var carriedColumns = []string{
	"organization", "run", "place", "id", "kind", "principal", "principal_id", "resource", "resource_id", "title", "state", "how", "why", "sent",
}

func (v Carried) csv(s *sheet) error {
	if err := s.header(carriedColumns...); err != nil {
		return err
	}
	for i, a := range v.Actions {
		row := fields{
			"organization": v.Org, "run": v.Run, "place": strconv.Itoa(i + 1), "id": a.ID, "kind": a.Kind, "principal": a.Principal.Name,
			"resource": a.Resource.Name, "title": a.Title, "state": settledState(a.State), "how": a.How, "why": a.Why, "sent": strconv.Itoa(a.Sent),
		}
		if !a.Principal.IsZero() {
			row["principal_id"] = strconv.FormatInt(a.Principal.ID, 10)
		}
		if !a.Resource.IsZero() {
			row["resource_id"] = strconv.FormatInt(a.Resource.ID, 10)
		}
		if err := s.fields(carriedColumns, row); err != nil {
			return err
		}
	}
	return nil
}

func (v Carried) table(p *page) error {
	title := "Run " + v.Run
	if v.Restores != "" {
		title += " puts back " + v.Restores
	}
	p.org = v.Org
	p.title(title, "in "+v.Org)
	p.gap()
	p.field("by", v.By)
	p.field("begun", moment(v.BegunAt))
	p.field("ended", moment(v.EndedAt))
	p.field("plan", short(v.Plan))
	for _, s := range carriedStates {
		n := 0
		for _, a := range v.Actions {
			if settledState(a.State) == s.state {
				n++
			}
		}
		if n > 0 {
			p.styled(s.label, s.style, count(n, "action", "actions"))
		}
	}
	v.told(p)
	v.next(p)
	p.exit(v.Code, v.verdict())
	return p.err
}

// told lists what is not simply done, and all where everything is asked for. A
// reason that all of a list share is said once, above it.
func (v Carried) told(p *page) {
	for _, s := range carriedStates {
		var listed []CarriedAction
		for _, a := range v.Actions {
			plain := a.State == "verified" && a.How == "carried-out" && !p.all
			if settledState(a.State) == s.state && !plain {
				listed = append(listed, a)
			}
		}
		if len(listed) == 0 {
			continue
		}
		shared := ""
		if first := listed[0]; len(listed) > 1 && !slices.ContainsFunc(listed, func(a CarriedAction) bool { return a.reason() != first.reason() }) {
			shared = first.reason()
		}
		p.section(s.style, s.label, strings.TrimLeft(shared, " :"))
		for _, a := range listed {
			text := a.Title
			if shared == "" {
				text += a.reason()
			}
			p.bullet(text)
		}
	}
}

// reason is how an action came to its state, and why, as far as it is known.
func (a CarriedAction) reason() string {
	s := ""
	if a.How != "" {
		s = " (" + a.How + ")"
	}
	if a.Why != "" {
		s += ": " + a.Why
	}
	return s
}

// next says what to type now.
func (v Carried) next(p *page) {
	var commands []string
	rest := "see what is left"
	switch {
	case v.How == "interrupted" && v.Restores != "":
		commands, rest = []string{"restore " + argument(v.Restores) + " --yes"}, "finish it"
	case v.How == "interrupted":
		commands, rest = []string{"apply " + short(v.Plan)}, "finish it"
	case v.How == "done":
		commands = []string{"audit"}
	case v.How == "stopped":
		commands, rest = []string{"audit", "plan --out FILE"}, rest+", and make a new plan"
	default:
		return
	}
	if v.Restores == "" && v.changed() {
		commands, rest = append(commands, "restore "+argument(v.Run)), rest+"; or what would be put back"
	}
	p.section(strong, "Next", rest)
	p.gap()
	for _, c := range commands {
		p.command(2, c)
	}
}

// changed reports whether the run may have changed something.
func (v Carried) changed() bool {
	return slices.ContainsFunc(v.Actions, func(a CarriedAction) bool { return a.Sent > 0 })
}

func (v Carried) verdict() string {
	switch v.How {
	case "done":
		if v.Code != 0 {
			return "the run is done; what was skipped is not as the plan has it: make a new plan"
		}
		return "the run is done"
	case "open":
		return "something is in doubt: the next ajar apply looks again, and so should you"
	case "interrupted":
		return "the run was interrupted; the same " + pickWord(v.Restores != "", "restore", "plan") + " finishes it"
	}
	return "the run stopped: " + v.Why
}
