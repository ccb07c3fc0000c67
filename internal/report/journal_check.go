package report

import (
	"io"
	"strconv"
	"time"
)

// JournalCheck is what the verification of a journal found.
type JournalCheck struct {
	Path        string           `json:"path"` // of the store or the exported file
	Sound       bool             `json:"sound"`
	Entries     int64            `json:"entries"`
	Head        string           `json:"head"` // of the tree over them, in hex; "" for none
	First       time.Time        `json:"-"`    // zero: there is no entry
	Last        time.Time        `json:"-"`
	Checkpoints int              `json:"checkpoints"` // of the journal's own that fit
	Copies      int              `json:"copies"`      // from outside of it that fit
	Keys        []JournalKey     `json:"keys"`
	Redacted    []int64          `json:"redacted"` // entries whose body is gone
	Problems    []JournalProblem `json:"problems"`
	More        int              `json:"more_problems"`     // that are not listed
	Later       int              `json:"later_checkpoints"` // that differ because an earlier one does
	Proven      []string         `json:"proven"`
	Unproven    []string         `json:"not_proven"`
}

// JournalProblem is one thing that is wrong.
type JournalProblem struct {
	Seq  int64  `json:"seq"` // the entry, or the size of the checkpoint; 0: neither
	What string `json:"what"`
}

// JournalKey is a public key of the journal.
type JournalKey struct {
	Key     string    `json:"public_key"`
	From    int64     `json:"from"` // the entry that brought it
	At      time.Time `json:"at,omitzero"`
	Vouched bool      `json:"vouched"` // the key before signed the change, or it is the first
	Trusted bool      `json:"trusted"` // it was given to the verification
	InForce bool      `json:"in_force"`
	// Minisign is the same key as minisign writes it; "" where it is not told.
	Minisign string `json:"-"`
}

func (v JournalCheck) json(w io.Writer) error {
	v.Keys, v.Redacted, v.Problems, v.Proven, v.Unproven = keyDocs(v.Keys), list(v.Redacted), list(v.Problems), list(v.Proven), list(v.Unproven)
	return encode(w, struct {
		Schema string `json:"schema"`
		JournalCheck
		First *time.Time `json:"first_at"`
		Last  *time.Time `json:"last_at"`
	}{"ajar.journal-verify/v1", v, orNull(v.First), orNull(v.Last)})
}

// orNull gives null for a time that there is none of.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = utc(t)
	return &t
}

func keyDocs(keys []JournalKey) []JournalKey {
	out := []JournalKey{}
	for _, k := range keys {
		k.At = utc(k.At)
		out = append(out, k)
	}
	return out
}

func (v JournalCheck) csv(s *sheet) error {
	columns := []string{"path", "sound", "entries", "seq", "problem"}
	if err := s.header(columns...); err != nil {
		return err
	}
	about := fields{"path": v.Path, "sound": strconv.FormatBool(v.Sound), "entries": plainNumber(v.Entries)}
	if len(v.Problems) == 0 {
		return s.fields(columns, about)
	}
	for _, p := range v.Problems {
		if err := s.fields(columns, about, fields{"seq": plainNumber(p.Seq), "problem": p.What}); err != nil {
			return err
		}
	}
	return nil
}

func (v JournalCheck) table(p *page) error {
	p.title("Verification of the journal", v.Path)
	p.gap()
	entries := number(v.Entries)
	if v.Entries > 0 {
		entries += ", " + moment(v.First) + " to " + moment(v.Last)
	}
	p.field("entries", entries)
	p.field("head", v.Head)
	p.field("signatures", count(v.Checkpoints, "checkpoint", "checkpoints")+" of its own fit, and "+count(v.Copies, "copy", "copies")+" from outside of it")
	for _, k := range v.Keys {
		p.field("key", k.words())
	}
	if !v.Sound {
		p.section(critical, "Wrong", "the journal is not what was written and signed")
		p.gap()
		for _, x := range v.Problems {
			p.bullet(x.What)
		}
		if v.More > 0 {
			p.bullet("and " + count(v.More, "problem", "problems") + " more")
		}
		if v.Later > 0 {
			p.bullet(count(v.Later, "later checkpoint differs", "later checkpoints differ") + " for that reason")
		}
		return p.err
	}
	p.list(good, "Proven", v.Proven)
	p.list(strong, "Not proven", v.Unproven)
	return p.err
}

// list writes a part of the page that consists of items, nothing where there is none.
func (p *page) list(s style, title string, items []string) {
	if len(items) == 0 {
		return
	}
	p.section(s, title, "")
	p.gap()
	for _, x := range items {
		p.bullet(x)
	}
}

func (k JournalKey) words() string {
	out := k.Key + ", from entry " + number(k.From) + " on"
	if !k.At.IsZero() {
		out += ", " + day(k.At)
	}
	if k.InForce {
		out += ", in force"
	}
	if k.Trusted {
		out += ", trusted"
	}
	if !k.Vouched {
		out += "; the key before was lost and did not sign the change"
	}
	return out
}

// JournalKeys lists the public keys of the journal, the oldest first.
type JournalKeys struct {
	File string // of the private key
	Keys []JournalKey
}

func (v JournalKeys) json(w io.Writer) error {
	type key struct {
		JournalKey
		Minisign string `json:"minisign_key"`
	}
	keys := []key{}
	for _, k := range keyDocs(v.Keys) {
		keys = append(keys, key{k, k.Minisign})
	}
	return encode(w, struct {
		Schema string `json:"schema"`
		File   string `json:"key_file"`
		Keys   []key  `json:"keys"`
	}{"ajar.keys/v1", v.File, keys})
}

func (v JournalKeys) csv(s *sheet) error {
	columns := []string{"public_key", "from", "at", "vouched", "in_force", "minisign_key"}
	if err := s.header(columns...); err != nil {
		return err
	}
	for _, k := range v.Keys {
		err := s.fields(columns, fields{
			"public_key": k.Key, "from": plainNumber(k.From), "at": rfc3339(k.At), "vouched": strconv.FormatBool(k.Vouched), "in_force": strconv.FormatBool(k.InForce),
			"minisign_key": k.Minisign,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (v JournalKeys) table(p *page) error {
	p.title("Signing keys of the journal", v.File)
	p.gap()
	if len(v.Keys) == 0 {
		p.para(2, plain, "none yet: one is made when the first decision or change is recorded")
		return p.err
	}
	for _, k := range v.Keys {
		p.bullet(k.words())
		p.field("minisign", k.Minisign)
	}
	p.gap()
	p.para(2, plain, "Note the one in force somewhere else, in both forms: with it anybody can tell whose the signatures are. They are the same key, as the journal and as minisign write it.")
	p.gap()
	p.emit([]span{space(2), plain.of(p.program + " journal verify --key " + v.Keys[len(v.Keys)-1].Key)})
	return p.err
}

// JournalWork is something that was done to a journal.
type JournalWork struct {
	What    string `json:"what"` // export, redact, make, rotate or verify-proof
	Path    string `json:"path"` // of the store
	File    string `json:"file"` // that was written, "" for none
	Entries int64  `json:"entries"`
	Seq     int64  `json:"seq"`        // of the entry whose body was removed; 0: none
	Key     string `json:"public_key"` // that is in force now, "" where that did not change
	Reason  string `json:"reason"`
	// Minisign is Key as minisign writes it, "" where that did not change.
	Minisign string `json:"minisign_key"`
}

func (v JournalWork) json(w io.Writer) error {
	return encode(w, struct {
		Schema string `json:"schema"`
		JournalWork
	}{"ajar.journal-work/v1", v})
}

func (v JournalWork) csv(s *sheet) error {
	columns := []string{"what", "path", "file", "entries", "seq", "public_key", "reason", "minisign_key"}
	if err := s.header(columns...); err != nil {
		return err
	}
	return s.fields(columns, fields{"what": v.What, "path": v.Path, "file": v.File, "entries": plainNumber(v.Entries), "seq": plainNumber(v.Seq), "public_key": v.Key, "reason": v.Reason,
		"minisign_key": v.Minisign})
}

func (v JournalWork) table(p *page) error {
	switch v.What {
	case "export":
		p.title("Journal exported", v.Path)
		p.field("file", v.File)
		p.field("entries", number(v.Entries))
	case "verify-proof":
		p.title("Entry proven", v.Path)
		p.field("entry", number(v.Seq))
		p.field("of", number(v.Entries)+" that were signed")
		p.field("key", v.Key)
	case "redact":
		p.title("Entry redacted", v.Path)
		p.field("entry", number(v.Seq))
		p.field("reason", v.Reason)
		p.gap()
		p.para(2, plain, "Its hash stays, and the journal verifies as before. Backups of the store and exported files keep what they hold.")
	case "make":
		p.title("Signing key made", v.Path)
		p.field("key", v.Key)
		p.field("minisign", v.Minisign)
		p.gap()
		p.para(2, plain, "Note it somewhere else, in both forms: with it anybody can tell whose the signatures are.")
	default:
		p.title("Signing key changed", v.Path)
		p.field("key", v.Key)
		p.field("minisign", v.Minisign)
		p.field("reason", v.Reason)
		p.gap()
		p.para(2, plain, "Note it somewhere else. What the former key signed stays verifiable.")
	}
	return p.err
}
