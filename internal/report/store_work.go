package report

import (
	"io"
	"strconv"
)

// StoreCheck is what an examination of the store found.
type StoreCheck struct {
	Path  string
	Looks []StoreLook
}

// StoreLook is one thing that was looked at.
type StoreLook struct {
	What  string `json:"what"`
	Sound bool   `json:"sound"`
	Wrong string `json:"wrong"` // "" where it is sound
}

// Sound reports whether nothing is wrong.
func (v StoreCheck) Sound() bool {
	for _, l := range v.Looks {
		if !l.Sound {
			return false
		}
	}
	return true
}

func (v StoreCheck) json(w io.Writer) error {
	return encode(w, struct {
		Schema string      `json:"schema"`
		Path   string      `json:"path"`
		Sound  bool        `json:"sound"`
		Looks  []StoreLook `json:"looks"`
	}{"ajar.store-check/v1", v.Path, v.Sound(), list(v.Looks)})
}

func (v StoreCheck) csv(s *sheet) error {
	columns := []string{"path", "what", "sound", "wrong"}
	if err := s.header(columns...); err != nil {
		return err
	}
	for _, l := range v.Looks {
		if err := s.fields(columns, fields{"path": v.Path, "what": l.What, "sound": strconv.FormatBool(l.Sound), "wrong": l.Wrong}); err != nil {
			return err
		}
	}
	return nil
}

func (v StoreCheck) table(p *page) error {
	p.title("Check of the store", v.Path)
	p.gap()
	wide := 0
	for _, l := range v.Looks {
		wide = max(wide, columns(Visible(l.What)))
	}
	wide = min(wide, p.width/2)
	for _, l := range v.Looks {
		lead := []span{plain.of(shorten(l.What, wide)), space(wide - columns(Visible(l.What)) + gutter)}
		if l.Sound {
			p.hang(2, lead, good, "sound")
		} else {
			p.hang(2, lead, critical, l.Wrong)
		}
	}
	p.gap()
	if v.Sound() {
		p.para(0, strong, "Nothing is wrong.")
		return p.err
	}
	p.para(0, strong, "The store is not sound.")
	p.para(0, plain, "Nothing was changed. Put a backup in its place, or move it away and collect again.")
	return p.err
}

// StoreWork is something that was done to a store.
type StoreWork struct {
	What   string `json:"what"` // backup, compact or accept-rollback
	Path   string `json:"path"`
	Copy   string `json:"copy"` // the path of the backup, "" for none
	Before int64  `json:"bytes_before"`
	After  int64  `json:"bytes_after"`
	Reason string `json:"reason"` // of an acceptance, "" for none
}

func (v StoreWork) json(w io.Writer) error {
	return encode(w, struct {
		Schema string `json:"schema"`
		StoreWork
	}{"ajar.store-work/v1", v})
}

func (v StoreWork) csv(s *sheet) error {
	columns := []string{"what", "path", "copy", "bytes_before", "bytes_after", "reason"}
	if err := s.header(columns...); err != nil {
		return err
	}
	return s.fields(columns, fields{"what": v.What, "path": v.Path, "copy": v.Copy, "bytes_before": plainNumber(v.Before), "bytes_after": plainNumber(v.After), "reason": v.Reason})
}

func (v StoreWork) table(p *page) error {
	switch v.What {
	case "backup":
		p.title("Backup of the store", v.Path)
		p.field("copy", v.Copy)
		p.field("size", size(v.After)+", read back whole")
	case "compact":
		p.title("Store compacted", v.Path)
		p.field("size", size(v.Before)+" → "+size(v.After))
	default:
		p.title("Restored store accepted", v.Path)
		p.field("reason", v.Reason)
	}
	return p.err
}
