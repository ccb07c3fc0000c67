package report

import (
	"io"
	"strconv"
	"strings"
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
	// Takes says that it takes something, as of a restore that is put back: a second
	// person has to agree here too.
	Takes bool `json:"takes"`
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

var putBackColumns = []string{"organization", "run", "id", "title", "above_baseline", "takes", "cannot"}

func (v PutBack) csv(s *sheet) error {
	if err := s.header(putBackColumns...); err != nil {
		return err
	}
	for _, a := range v.Actions {
		row := fields{"organization": v.Org, "run": v.Run, "id": a.ID, "title": a.Title, "above_baseline": strconv.FormatBool(a.Above), "takes": strconv.FormatBool(a.Takes)}
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
	p.org = v.Org
	p.title("Putting back "+v.Run, "a rehearsal: nothing was changed")
	p.gap()
	p.field("restore", short(v.Hash))
	above, takes := 0, 0
	for _, a := range v.Actions {
		if a.Above {
			above++
		}
		if a.Takes {
			takes++
		}
	}
	p.section(strong, "Would put back", count(len(v.Actions), "thing", "things")+", the last one first")
	for _, a := range v.Actions {
		text := a.Title
		if a.Above && above < len(v.Actions) {
			text += " (the baseline forbids it now)"
		}
		if a.Takes {
			text += " (it takes something)"
		}
		p.bullet(text)
	}
	v.stays(p)
	if above+takes > 0 {
		var why []string
		switch {
		case above == len(v.Actions) && above > 1:
			why = append(why, "all of it gives what the baseline forbids now")
		case above > 0:
			why = append(why, count(above, "change gives", "changes give")+" what the baseline forbids now")
		}
		if takes > 0 {
			why = append(why, count(takes, "change takes", "changes take")+" something")
		}
		p.section(warn, "A second person", strings.Join(why, ", ")+"; somebody else of [remediate] approvers has to agree")
		p.gap()
		p.command(2, "restore "+argument(v.Run)+" --approve")
	}
	if len(v.Actions) > 0 {
		p.section(strong, "Next", pickWord(above > 0, "then carry it out", "carry it out"))
		p.gap()
		p.command(2, "restore "+argument(v.Run)+" --yes")
	}
	p.exit(v.Code, pickWord(len(v.Actions) > 0, "there is something to put back", "there is nothing to put back"))
	return p.err
}

// stays lists what no call brings back: where several changes share it, once.
func (v PutBack) stays(p *page) {
	if len(v.Cannot) == 0 {
		return
	}
	p.section(warn, "Stays as it is", "no call brings it back; the plan named it beforehand")
	var whats []string
	of := map[string][]string{}
	for _, c := range v.Cannot {
		for _, what := range c.What {
			if len(of[what]) == 0 {
				whats = append(whats, what)
			}
			of[what] = append(of[what], c.Title)
		}
	}
	for _, what := range whats {
		if n := len(of[what]); n > 1 {
			p.bullet(what + ": of " + count(n, "change", "changes"))
		} else {
			p.bullet(of[what][0] + ": " + what)
		}
	}
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
	Restore string // the run that is put back; "": it is a plan
}

// command carries out what was approved.
func (v Agreed) command() string {
	switch {
	case v.Restore != "":
		return "restore " + argument(v.Restore) + " --yes"
	case v.Allowed > 0:
		return "apply " + short(v.Plan) + " --allow-changes " + number(v.Allowed) + " --reason TEXT"
	}
	return "apply " + short(v.Plan)
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
	p.org = v.Org
	p.title("Approved "+short(v.Plan), "in "+v.Org)
	p.gap()
	p.field("by", v.By)
	p.field("until", moment(v.Until))
	if v.Allowed > 0 {
		p.field("beyond", "the limits: "+count(v.Allowed, "person or principal loses", "people and principals lose")+" something")
	}
	p.gap()
	p.para(2, plain, "somebody else carries it out, within the hour; the approval counts once:")
	p.command(2, v.command())
	return p.err
}
