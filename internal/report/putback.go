package report

import (
	"io"
	"strconv"
	"time"
)

// PutBack is what putting a run back would do.
type PutBack struct {
	Org     string
	Run     string
	Hash    string
	Actions []PutBackAction
	Cannot  []PutBackCannot
	Code    int
}

// PutBackAction is one change of a restore.
type PutBackAction struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Above says that it gives what the baseline forbids now: a second person has to
	// agree.
	Above bool `json:"above_baseline"`
}

// PutBackCannot is what stays as it is.
type PutBackCannot struct {
	Title string   `json:"title"`
	What  []string `json:"what"`
}

func (v PutBack) json(w io.Writer) error {
	if v.Actions == nil {
		v.Actions = []PutBackAction{}
	}
	if v.Cannot == nil {
		v.Cannot = []PutBackCannot{}
	}
	return encode(w, struct {
		Schema  string          `json:"schema"`
		Org     string          `json:"organization"`
		Run     string          `json:"run"`
		Hash    string          `json:"hash"`
		Actions []PutBackAction `json:"actions"`
		Cannot  []PutBackCannot `json:"cannot"`
		Exit    int             `json:"exit"`
	}{"ajar.restore/v1", v.Org, v.Run, v.Hash, v.Actions, v.Cannot, v.Code})
}

var putBackColumns = []string{"organization", "run", "id", "title", "above_baseline", "cannot"}

func (v PutBack) csv(s *sheet) error {
	if err := s.header(putBackColumns...); err != nil {
		return err
	}
	for _, a := range v.Actions {
		row := fields{"organization": v.Org, "run": v.Run, "id": a.ID, "title": a.Title, "above_baseline": strconv.FormatBool(a.Above)}
		if err := s.fields(putBackColumns, row); err != nil {
			return err
		}
	}
	for _, c := range v.Cannot {
		for _, what := range c.What {
			if err := s.fields(putBackColumns, fields{"organization": v.Org, "run": v.Run, "title": c.Title, "cannot": what}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v PutBack) table(p *page) error {
	p.title("Putting back "+v.Run, "a rehearsal: nothing was changed")
	p.gap()
	p.field("restore", short(v.Hash))
	above := 0
	for _, a := range v.Actions {
		if a.Above {
			above++
		}
	}
	p.section(strong, "Would put back", count(len(v.Actions), "thing", "things")+", the last one first")
	for _, a := range v.Actions {
		text := a.Title
		if a.Above {
			text += " (the baseline forbids it now)"
		}
		p.bullet(text)
	}
	if len(v.Cannot) > 0 {
		p.section(warn, "Stays as it is", "no call brings it back; the plan named it beforehand")
		for _, c := range v.Cannot {
			for _, what := range c.What {
				p.bullet(c.Title + ": " + what)
			}
		}
	}
	if above > 0 {
		p.section(warn, "A second person", count(above, "change gives", "changes give")+" what the baseline forbids now; somebody else of [remediate] approvers has to agree")
		p.gap()
		p.para(2, plain, p.program+" restore "+v.Run+" --approve")
	}
	p.exit(v.Code, pickWord(len(v.Actions) > 0, "there is something to put back: "+p.program+" restore "+v.Run+" --yes", "there is nothing to put back"))
	return p.err
}

func pickWord(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// Agreed is an approval that was just given.
type Agreed struct {
	Org     string
	Plan    string // hash of the plan or restore
	By      string
	At      time.Time
	Until   time.Time
	Allowed int
}

func (v Agreed) json(w io.Writer) error {
	return encode(w, struct {
		Schema  string    `json:"schema"`
		Org     string    `json:"organization"`
		Plan    string    `json:"plan"`
		By      string    `json:"by"`
		At      time.Time `json:"at"`
		Until   time.Time `json:"until"`
		Allowed int       `json:"allowed_changes"`
	}{"ajar.approval/v1", v.Org, v.Plan, v.By, utc(v.At), utc(v.Until), v.Allowed})
}

var agreedColumns = []string{"organization", "plan", "by", "at", "until", "allowed_changes"}

func (v Agreed) csv(s *sheet) error {
	if err := s.header(agreedColumns...); err != nil {
		return err
	}
	return s.fields(agreedColumns, fields{
		"organization": v.Org, "plan": v.Plan, "by": v.By, "at": rfc3339(v.At), "until": rfc3339(v.Until), "allowed_changes": number(v.Allowed),
	})
}

func (v Agreed) table(p *page) error {
	p.title("Approved "+short(v.Plan), "in "+v.Org)
	p.gap()
	p.field("by", v.By)
	p.field("until", moment(v.Until))
	if v.Allowed > 0 {
		p.field("beyond", "the limits: "+count(v.Allowed, "person or principal loses", "people and principals lose")+" something")
	}
	p.gap()
	p.para(2, plain, "somebody else carries it out, within the hour; the approval counts once")
	return p.err
}
