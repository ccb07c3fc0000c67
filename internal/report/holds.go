package report

import (
	"io"
	"strconv"
	"time"
)

// Hold is a reason why no plan may run in an organization.
type Hold struct {
	Kind       string    `json:"kind"`       // lost, drift, manual, rollback or foreign
	What       string    `json:"what"`       // the kind of thing
	Reason     string    `json:"reason"`     // in one sentence
	Since      time.Time `json:"since"`      //
	Snapshot   int64     `json:"snapshot"`   // that gave the reason
	Lost       int       `json:"lost"`       // things that are gone, or newly drift
	Population int       `json:"population"` // of so many
	Agreed     int64     `json:"agreed"`     // a later snapshot that shows the same; 0: none yet
	SetBy      string    `json:"set_by"`     // who set it by hand
}

// PendingStop is a request to stop that stands beside the store and is no hold yet.
type PendingStop struct {
	File   string    `json:"file"`   // its path
	Reason string    `json:"reason"` // in one sentence
	Who    string    `json:"who"`    // an account of the machine that it was written on; "" where it cannot be read
	At     time.Time `json:"at"`     // zero where it cannot be read
	Broken bool      `json:"broken"` // it cannot be read, and stops every organization
}

// Holds lists what keeps an organization on hold.
type Holds struct {
	Org     string
	Holds   []Hold
	Pending []PendingStop
	Now     time.Time
}

func (v Holds) json(w io.Writer) error {
	return encode(w, struct {
		Schema  string        `json:"schema"`
		Org     string        `json:"organization"`
		Holds   []Hold        `json:"holds"`
		Pending []PendingStop `json:"pending"`
	}{"ajar.holds/v1", v.Org, holdDocs(v.Holds), pendingDocs(v.Pending)})
}

func pendingDocs(all []PendingStop) []PendingStop {
	out := []PendingStop{}
	for _, p := range all {
		p.At = utc(p.At)
		out = append(out, p)
	}
	return out
}

func holdDocs(all []Hold) []Hold {
	out := []Hold{}
	for _, h := range all {
		h.Since = utc(h.Since)
		out = append(out, h)
	}
	return out
}

var holdColumns = []string{"organization", "kind", "what", "reason", "since", "snapshot", "lost", "population", "agreed", "set_by"}

func (v Holds) csv(s *sheet) error {
	if err := s.header(holdColumns...); err != nil {
		return err
	}
	for _, h := range v.Holds {
		row := fields{
			"organization": v.Org, "kind": h.Kind, "what": h.What, "reason": h.Reason, "since": rfc3339(h.Since), "set_by": h.SetBy,
			"snapshot": strconv.FormatInt(h.Snapshot, 10), "lost": strconv.Itoa(h.Lost), "population": strconv.Itoa(h.Population),
		}
		if h.Agreed != 0 {
			row["agreed"] = strconv.FormatInt(h.Agreed, 10)
		}
		if err := s.fields(holdColumns, row); err != nil {
			return err
		}
	}
	for _, a := range v.Pending {
		row := fields{"organization": v.Org, "kind": "asked", "what": a.File, "reason": a.Reason, "since": rfc3339(a.At), "set_by": a.Who}
		if err := s.fields(holdColumns, row); err != nil {
			return err
		}
	}
	return nil
}

func (v Holds) table(p *page) error {
	p.line(strong.of("Holds of " + v.Org))
	if len(v.Holds)+len(v.Pending) == 0 {
		p.gap()
		p.para(2, plain, "none: plans may run")
		return p.err
	}
	p.holds(v.Holds, v.Now, v.Org)
	if len(v.Pending) == 0 {
		return p.err
	}
	p.section(warn, "Asked to stop", "no plan may run; whoever writes to the store next makes a hold of it")
	p.gap()
	for _, a := range v.Pending {
		if a.Broken {
			p.bullet(a.Reason)
			continue
		}
		p.bullet(a.Reason + "; since " + since(a.At, v.Now) + ", by " + a.Who)
	}
	return p.err
}

// words says in a sentence why, since when, and what it waits for.
func (h Hold) words(now time.Time) string {
	said := h.Reason + "; since " + since(h.Since, now)
	switch {
	case h.SetBy != "":
		return said + ", by " + h.SetBy
	case h.Kind == "manual", h.Kind == "foreign":
		return said
	case h.Kind == "rollback" && h.Agreed != 0:
		return said + "; snapshot " + number(h.Agreed) + " was taken since"
	case h.Kind == "rollback":
		return said + "; no collection since then has seen as much as the store had before"
	case h.Agreed != 0:
		return said + "; snapshot " + number(h.Agreed) + " shows the same"
	}
	return said + "; no second snapshot has shown the same yet"
}

// holds says that nothing may be changed, why, and what ends that.
func (p *page) holds(all []Hold, now time.Time, org string) {
	if len(all) == 0 {
		return
	}
	was := p.org
	p.org = org // the commands name it, on a page of one organization and on a list
	defer func() { p.org = was }()
	p.section(warn, "On hold", "no plan may run until this is lifted")
	p.gap()
	waits, put := false, false
	for _, h := range all {
		waits = waits || h.Kind != "manual" && h.Kind != "foreign" && h.Agreed == 0
		put = put || h.Kind == "rollback"
		p.bullet(h.words(now))
	}
	p.gap()
	if waits {
		p.command(2, "audit")
		return
	}
	if put {
		p.command(2, "store accept-rollback --reason \"why the backup was put back\"")
		return
	}
	p.command(2, "resume --reason \"why it is right\"")
}
