// Package journal is the record of every decision and every change: entries as the
// leaves of an RFC 6962 Merkle log, signed checkpoints of it, and the verification
// of all that without the store, a network or a configuration. docs/journal.md
// describes each byte, so that others can verify too.
package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what an entry records.
type Kind string

// The kinds that ajar writes. Those of actions are the states of safety: one entry
// for each state that an action passes through.
const (
	PlanSaved     Kind = "plan-saved"
	PlanApproved  Kind = "plan-approved"
	PlanWithdrawn Kind = "plan-withdrawn"

	RunBegun Kind = "run-begun"
	RunEnded Kind = "run-ended"

	Intended Kind = "intended"
	Sent     Kind = "sent"
	Answered Kind = "answered"
	Verified Kind = "verified"
	Skipped  Kind = "skipped"
	Refused  Kind = "refused"
	Failed   Kind = "failed"
	InDoubt  Kind = "in-doubt"
	NotTried Kind = "not-tried"

	TookOver         Kind = "took-over" // a process became the only writer; its epoch is the entry's
	Hold             Kind = "hold"
	Resume           Kind = "resume"
	ResumeAsked      Kind = "resume-asked" // somebody asks to lift a hold; another one has to agree
	Notice           Kind = "notice"
	Overdue          Kind = "overdue"
	RollbackAccepted Kind = "rollback-accepted"
	DecisionRefused  Kind = "decision-refused"

	Redacted  Kind = "redacted"    // the body is a [Redaction]
	KeyMade   Kind = "key-made"    // the body is a [NewKey]: the first key of the journal
	KeyChange Kind = "key-changed" // the body is a [Rotation]
)

// Limits of what an entry holds, in bytes.
const (
	MaxBody = 4 << 20
	MaxText = 1024 // of each of Plan, Run, Action and Who
)

// Entry is one line of the journal. Of the texts, those are "" that do not apply.
type Entry struct {
	Seq    int64     // 1, 2, 3 …: its place
	At     time.Time // UTC, in milliseconds
	Epoch  int64     // of the process that wrote it
	Org    int64     // the organization's number; 0: of none
	Kind   Kind
	Plan   string // the hash of a plan
	Run    string
	Action string
	Who    string          // who did or decided it
	Body   json.RawMessage // a JSON object, kept byte for byte; nil: it was redacted

	// Digest is the SHA-256 of the body. It stays when the body is redacted; where
	// there is a body, [Entry.Canonical] computes it and does not look here.
	Digest [sha256.Size]byte
}

// timeForm is how every time of the journal is written.
const timeForm = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(timeForm) }

// Sum is the digest of the body that stands in the canonical bytes: its SHA-256, and
// [Entry.Digest] where it was redacted.
func (e Entry) Sum() [sha256.Size]byte {
	if e.Body == nil {
		return e.Digest
	}
	return sha256.Sum256(e.Body)
}

// Canonical gives the bytes that are hashed: the form's name, then one line for
// each field in a fixed order. A text is preceded by its length in bytes, so that
// no text can pass for another field. The body stands for itself by its SHA-256,
// which is why it can be redacted later.
func (e Entry) Canonical() []byte {
	b := make([]byte, 0, 320)
	b = append(b, "ajar-journal-entry/v1\nseq "...)
	b = strconv.AppendInt(b, e.Seq, 10)
	b = append(b, "\nat "...)
	b = e.At.UTC().AppendFormat(b, timeForm)
	b = append(b, "\nepoch "...)
	b = strconv.AppendInt(b, e.Epoch, 10)
	b = append(b, "\norg "...)
	b = strconv.AppendInt(b, e.Org, 10)
	b = append(b, '\n')
	for _, f := range []struct{ name, text string }{
		{"kind ", string(e.Kind)}, {"plan ", e.Plan}, {"run ", e.Run}, {"action ", e.Action}, {"who ", e.Who},
	} {
		b = append(b, f.name...)
		b = strconv.AppendInt(b, int64(len(f.text)), 10)
		b = append(append(append(b, ' '), f.text...), '\n')
	}
	sum := e.Sum()
	b = hex.AppendEncode(append(b, "body "...), sum[:])
	return append(b, '\n')
}

// Leaf is the hash of the entry in the log: SHA-256 of a zero byte and the
// canonical bytes (RFC 6962, section 2.1).
func (e Entry) Leaf() []byte { return hasher.HashLeaf(e.Canonical()) }

// Check reports what keeps an entry from being written: it is what every reader
// may rely on.
func (e Entry) Check() error {
	if !named(string(e.Kind)) {
		return fmt.Errorf("journal entry: %.40q is no kind", e.Kind)
	}
	if e.Org < 0 {
		return fmt.Errorf("journal entry %s: %d is no organization", e.Kind, e.Org)
	}
	if y := e.At.UTC().Year(); y < 1 || y > 9999 {
		return fmt.Errorf("journal entry %s: the year %d", e.Kind, y)
	}
	for _, text := range []string{e.Plan, e.Run, e.Action, e.Who} {
		if len(text) > MaxText || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return fmt.Errorf("journal entry %s: a text of it is longer than %d bytes or no plain text", e.Kind, MaxText)
		}
	}
	return checkBody(e.Kind, e.Body)
}

func checkBody(kind Kind, body json.RawMessage) error {
	switch {
	case len(body) > MaxBody:
		return fmt.Errorf("journal entry %s: its body has %d bytes, more than %d", kind, len(body), MaxBody)
	case !utf8.Valid(body) || !json.Valid(body) || len(body) == 0 || body[0] != '{':
		return fmt.Errorf("journal entry %s: its body is no JSON object", kind)
	}
	return nil
}

// named reports whether a kind is lower-case words with dashes between them.
func named(kind string) bool {
	if kind == "" || len(kind) > 40 || kind[0] == '-' || kind[len(kind)-1] == '-' {
		return false
	}
	return strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz-") == "" && !strings.Contains(kind, "--")
}

// NewEntry makes an entry with a body; nil makes the empty object. What is to be
// the place, epoch and, where it is zero, the time of it is set when it is written.
func NewEntry(kind Kind, body any) (Entry, error) {
	e := Entry{Kind: kind, Body: json.RawMessage("{}")}
	if body == nil {
		return e, nil
	}
	var err error
	if e.Body, err = json.Marshal(body); err != nil {
		return e, fmt.Errorf("journal entry %s: %w", kind, err)
	}
	return e, checkBody(kind, e.Body)
}

// ErrRedacted says that a body is asked for that was redacted.
var ErrRedacted = errors.New("the body was redacted")

// Decode reads the body into a value of the writer's type.
func (e Entry) Decode(into any) error {
	if e.Body == nil {
		return fmt.Errorf("journal entry %d (%s): %w", e.Seq, e.Kind, ErrRedacted)
	}
	if err := json.Unmarshal(e.Body, into); err != nil {
		return fmt.Errorf("journal entry %d (%s): %w", e.Seq, e.Kind, err)
	}
	return nil
}

// Redaction is the body of an entry of kind [Redacted].
type Redaction struct {
	Seq    int64  `json:"seq"`
	Digest string `json:"body_sha256"` // of the body that was removed, in hex
	Reason string `json:"reason"`
}
