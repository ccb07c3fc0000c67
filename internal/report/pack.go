package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// PackCheck is what the verification of an evidence pack found.
type PackCheck struct {
	Path      string        `json:"path"`
	Sound     bool          `json:"sound"`
	Complete  bool          `json:"complete"` // by its own word
	Pack      string        `json:"pack"`     // its number; "" where it could not be read
	Framework string        `json:"framework"`
	From      time.Time     `json:"-"`
	To        time.Time     `json:"-"`
	Orgs      []string      `json:"organizations"`
	Program   string        `json:"program"`
	Files     int           `json:"files"` // that are what the manifest says
	Bytes     int64         `json:"bytes"` // of them
	Rows      int64         `json:"rows"`  // of all tables
	Samples   int           `json:"samples"`
	Numbers   int           `json:"numbers"`    // of the controls, that the tables give again
	Made      []string      `json:"made_again"` // files that came out the same, byte for byte
	Key       string        `json:"signed_by"`  // "" where nobody did, or not soundly
	Minisign  string        `json:"minisign_key"`
	Trusted   bool          `json:"trusted"`
	Stamp     *PackStamp    `json:"timestamp"` // null: none lies beside it, or it is not sound
	Gaps      []PackGap     `json:"gaps"`
	Problems  []PackProblem `json:"problems"`
	More      int           `json:"more_problems"` // that are not listed
	Proven    []string      `json:"proven"`
	Unproven  []string      `json:"not_proven"`
}

// PackStamp is a time stamp of a pack, by an authority.
type PackStamp struct {
	File    string    `json:"file,omitempty"` // where it was written to
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Trusted bool      `json:"trusted"` // its authority is one that was given
}

// PackGap is something that a pack does not show.
type PackGap struct {
	Org       string `json:"organization"`
	Area      string `json:"area"`
	Scope     string `json:"scope"`
	Reason    string `json:"reason"`
	Snapshots int    `json:"snapshots"`
}

// PackProblem is one thing that is wrong with a pack.
type PackProblem struct {
	File string `json:"file"` // "" where it is about none
	What string `json:"what"`
}

func (v PackCheck) json(w io.Writer) error {
	v.Orgs, v.Gaps, v.Problems, v.Made, v.Proven, v.Unproven = list(v.Orgs), list(v.Gaps), list(v.Problems), list(v.Made), list(v.Proven), list(v.Unproven)
	return encode(w, struct {
		Schema string `json:"schema"`
		PackCheck
		From *time.Time `json:"from"`
		To   *time.Time `json:"to"`
	}{"ajar.pack-verify/v1", v, orNull(v.From), orNull(v.To)})
}

func (v PackCheck) csv(s *sheet) error {
	columns := []string{"path", "pack", "sound", "complete", "file", "problem"}
	if err := s.header(columns...); err != nil {
		return err
	}
	about := fields{"path": v.Path, "pack": v.Pack, "sound": strconv.FormatBool(v.Sound), "complete": strconv.FormatBool(v.Complete)}
	if len(v.Problems) == 0 {
		return s.fields(columns, about)
	}
	for _, p := range v.Problems {
		if err := s.fields(columns, about, fields{"file": p.File, "problem": p.What}); err != nil {
			return err
		}
	}
	return nil
}

func (v PackCheck) table(p *page) error {
	p.title("Verification of the evidence pack", v.Path)
	p.gap()
	if v.Pack != "" {
		v.about(p)
	}
	if !v.Sound {
		p.section(critical, "Wrong", "the pack is not what was made and signed")
		p.gap()
		for _, x := range v.Problems {
			what := x.What
			if x.File != "" {
				what = x.File + ": " + what
			}
			p.bullet(what)
		}
		if v.More > 0 {
			p.bullet("and " + count(v.More, "problem", "problems") + " more")
		}
		return p.err
	}
	if !v.Complete {
		p.section(critical, "Incomplete", "what was not seen, by the word of the pack")
		p.gap()
		for _, g := range v.Gaps {
			p.bullet(g.words())
		}
	}
	p.list(good, "Proven", v.Proven)
	p.list(strong, "Not proven", v.Unproven)
	return p.err
}

func (v PackCheck) about(p *page) {
	p.field("pack", v.Pack)
	p.field("about", strings.Join(v.Orgs, ", "))
	p.field("period", "from "+moment(v.From)+" up to, and without, "+moment(v.To))
	p.field("framework", v.Framework)
	p.field("made by", v.Program)
	p.field("files", count(v.Files, "file", "files")+" as the manifest says, "+number(v.Rows)+" rows of tables, "+count(v.Samples, "sample", "samples")+", "+
		count(v.Numbers, "number", "numbers")+" of controls counted again")
	key := v.Key
	if key == "" {
		key = "nobody, or not soundly"
	} else if v.Trusted {
		key += ", trusted"
	}
	p.field("signed by", key)
	if v.Key != "" {
		p.field("minisign", v.Minisign)
	}
	if t := v.Stamp; t != nil {
		p.field("stamped", moment(t.At)+" by "+t.By+map[bool]string{true: ", trusted", false: ""}[t.Trusted])
	}
}

func (g PackGap) words() string {
	var of []string
	for _, part := range []string{g.Org, g.Area, g.Scope} {
		if part != "" {
			of = append(of, part)
		}
	}
	out := strings.Join(of, ", ") + ": " + g.Reason
	if g.Snapshots > 0 {
		out += " (" + count(g.Snapshots, "snapshot", "snapshots") + ")"
	}
	return out
}

// PackWork is an evidence pack that was made.
type PackWork struct {
	Path      string      `json:"path"` // of the store
	File      string      `json:"file"` // the zip file or folder
	Pack      string      `json:"pack"`
	Framework string      `json:"framework"`
	From      time.Time   `json:"from"`
	To        time.Time   `json:"to"`
	Orgs      []string    `json:"organizations"`
	Complete  bool        `json:"complete"`
	Gaps      []PackGap   `json:"gaps"`
	Tables    []PackTable `json:"tables"`
	Key       string      `json:"signed_by"` // "" where nobody did
	Minisign  string      `json:"minisign_key"`
	Stamp     *PackStamp  `json:"timestamp"` // null: nobody was asked for one, or there is none
}

// PackTable is a table of a pack.
type PackTable struct {
	Name    string `json:"name"`
	Rows    int64  `json:"rows"`
	Sampled int64  `json:"sampled"` // rows that were drawn; 0: no sample
}

func (v PackWork) json(w io.Writer) error {
	v.Orgs, v.Gaps, v.Tables, v.From, v.To = list(v.Orgs), list(v.Gaps), list(v.Tables), utc(v.From), utc(v.To)
	return encode(w, struct {
		Schema string `json:"schema"`
		PackWork
	}{"ajar.pack-export/v1", v})
}

func (v PackWork) csv(s *sheet) error {
	columns := []string{"file", "pack", "complete", "table", "rows", "sampled"}
	if err := s.header(columns...); err != nil {
		return err
	}
	about := fields{"file": v.File, "pack": v.Pack, "complete": strconv.FormatBool(v.Complete)}
	for _, t := range v.Tables {
		if err := s.fields(columns, about, fields{"table": t.Name, "rows": plainNumber(t.Rows), "sampled": plainNumber(t.Sampled)}); err != nil {
			return err
		}
	}
	return nil
}

func (v PackWork) table(p *page) error {
	p.title("Evidence pack made", v.Path)
	p.field("file", v.File)
	p.field("pack", v.Pack)
	p.field("about", strings.Join(v.Orgs, ", "))
	p.field("period", "from "+moment(v.From)+" up to, and without, "+moment(v.To))
	var rows int64
	sampled := 0
	for _, t := range v.Tables {
		rows += t.Rows
		if t.Sampled > 0 {
			sampled++
		}
	}
	tables := fmt.Sprintf("%s with %s rows", count(len(v.Tables), "table", "tables"), number(rows))
	if sampled > 0 {
		tables += ", a sample of " + number(sampled) + " of them"
	}
	p.field("tables", tables)
	if v.Key == "" {
		p.field("signed by", "nobody")
	} else {
		p.field("signed by", v.Key)
		p.field("minisign", v.Minisign)
	}
	if t := v.Stamp; t != nil {
		p.field("stamped", moment(t.At)+" by "+t.By+", in "+t.File)
	}
	if !v.Complete {
		p.section(critical, "Incomplete", "what was not seen; the pack says so too")
		p.gap()
		for _, g := range v.Gaps {
			p.bullet(g.words())
		}
	}
	p.gap()
	p.para(2, plain, "Whoever gets it can check it offline:")
	p.gap()
	p.emit([]span{space(2), plain.of(p.program + " verify " + v.File)})
	return p.err
}
