package journal

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"
)

// Schema is the name of the format of an exported journal.
const Schema = "ajar.journal/v1"

// header is the first line of an exported journal.
type header struct {
	Schema      string   `json:"schema"`
	Origin      string   `json:"origin"`
	Keys        []string `json:"public_keys"`
	Checkpoints int      `json:"checkpoints"` // lines that follow this one
	Entries     int64    `json:"entries"`     // lines that follow those
}

// line is one entry of an exported journal. The body is a text that holds JSON, so
// that a program which reads and writes it again does not change what was hashed.
type line struct {
	Seq    int64   `json:"seq"`
	At     string  `json:"at"`
	Epoch  int64   `json:"epoch"`
	Org    int64   `json:"organization"`
	Kind   string  `json:"kind"`
	Plan   string  `json:"plan"`
	Run    string  `json:"run"`
	Action string  `json:"action"`
	Who    string  `json:"who"`
	Digest string  `json:"body_sha256"`
	Leaf   string  `json:"leaf"`
	Body   *string `json:"body"` // null: it was redacted
}

func lineOf(e Entry) line {
	sum := e.Sum()
	l := line{
		Seq: e.Seq, At: stamp(e.At), Epoch: e.Epoch, Org: e.Org, Kind: string(e.Kind), Plan: e.Plan, Run: e.Run, Action: e.Action, Who: e.Who,
		Digest: hex.EncodeToString(sum[:]), Leaf: hex.EncodeToString(e.Leaf()),
	}
	if e.Body != nil {
		body := string(e.Body)
		l.Body = &body
	}
	return l
}

// entry gives the entry of a line, and the hash that the line states for it.
func (l line) entry() (e Entry, leaf []byte, err error) {
	e = Entry{Seq: l.Seq, Epoch: l.Epoch, Org: l.Org, Kind: Kind(l.Kind), Plan: l.Plan, Run: l.Run, Action: l.Action, Who: l.Who}
	if e.At, err = time.Parse(timeForm, l.At); err != nil {
		return e, nil, errors.New("its time is none")
	}
	digest, err := hex.DecodeString(l.Digest)
	if err != nil || len(digest) != len(e.Digest) {
		return e, nil, errors.New("the hash of its body is none")
	}
	copy(e.Digest[:], digest)
	if leaf, err = hex.DecodeString(l.Leaf); err != nil || len(leaf) != len(e.Digest) {
		return e, nil, errors.New("its hash is none")
	}
	if l.Body != nil {
		e.Body = json.RawMessage(*l.Body)
	}
	if stamp(e.At) != l.At || hex.EncodeToString(digest) != l.Digest || hex.EncodeToString(leaf) != l.Leaf {
		return e, nil, errors.New("it is not written the way ajar writes it")
	}
	return e, leaf, nil
}

// Export writes a journal so that it can be verified without its store: a header,
// the checkpoints, then the entries, one JSON object to a line. entries yields as
// many as the newest of the checkpoints covers.
func Export(w io.Writer, keys []string, checkpoints []Checkpoint, entries iter.Seq2[Entry, error]) error {
	if len(checkpoints) == 0 {
		return errors.New("exporting the journal: it is empty")
	}
	newest := checkpoints[len(checkpoints)-1]
	out := bufio.NewWriter(w)
	put := func(v any) error {
		b, err := encode(v)
		if err != nil {
			return err
		}
		_, err = out.Write(append(b, '\n'))
		return err
	}
	err := put(header{Schema, newest.Origin, keys, len(checkpoints), newest.Size})
	for _, c := range checkpoints {
		if err == nil {
			err = put(copied{c.Note})
		}
	}
	if err != nil {
		return fmt.Errorf("exporting the journal: %w", err)
	}
	var n int64
	for e, err := range entries {
		if err == nil {
			err = put(lineOf(e))
		}
		if err != nil {
			return fmt.Errorf("exporting the journal: %w", err)
		}
		n++
	}
	if n != newest.Size {
		return fmt.Errorf("exporting the journal: %d entries were signed, and %d are there", newest.Size, n)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("exporting the journal: %w", err)
	}
	return nil
}

// maxLine bounds a line of an exported journal, in bytes: in a JSON text every byte
// of a body takes two at most.
const maxLine = 2*MaxBody + 64<<10

// ReadExport hands an exported journal to the verifier, line by line. What is wrong
// with a line is a problem of the journal; the error is of the reading itself, or
// says that it is no journal at all.
func ReadExport(r io.Reader, v *Verifier) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	lines.Split(wholeLines)
	if !lines.Scan() {
		return errors.Join(errors.New("it is empty"), lines.Err())
	}
	var h header
	if err := strict(lines.Bytes(), &h); err != nil || h.Schema != Schema || h.Checkpoints < 0 || h.Entries < 0 {
		return fmt.Errorf("its first line is not that of an exported journal (%s)", Schema)
	}
	var n int64
	last := int64(h.Checkpoints) + h.Entries
	for ; lines.Scan(); n++ {
		switch {
		case n < int64(h.Checkpoints):
			readClaim(v, h.Origin, n+2, lines.Bytes())
		case n < last:
			readEntry(v, n+2, lines.Bytes())
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+2, err)
	}
	if n != last {
		v.Problem(0, "the file has %d lines after the first, and that says %d: it was cut off or added to", n, last)
	}
	if !slices.Equal(v.known(), h.Keys) {
		v.Problem(0, "the first line names other public keys than the entries")
	}
	return nil
}

// wholeLines splits at line feeds and keeps all else. What follows the last one is
// given with a line feed in it, which no line of ours has.
func wholeLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), append(bytes.Clone(data), '\n'), nil
	}
	return 0, nil, nil
}

func readClaim(v *Verifier, origin string, n int64, text []byte) {
	var l copied
	err := strict(text, &l)
	var c Checkpoint
	if err == nil {
		c, err = ReadCheckpoint(l.Checkpoint)
	}
	switch {
	case err != nil:
		v.Problem(0, "line %d is no checkpoint: %v", n, err)
	case c.Origin != origin:
		v.Problem(c.Size, "line %d is a checkpoint of another journal", n)
	default:
		v.Claim(c, "")
	}
}

func readEntry(v *Verifier, n int64, text []byte) {
	var l line
	err := strict(text, &l)
	var e Entry
	var leaf []byte
	if err == nil {
		e, leaf, err = l.entry()
	}
	if err != nil {
		v.Problem(0, "line %d is no entry: %v", n, err)
		return
	}
	v.Entry(e, leaf)
}

// encode writes a value on one line, with no character escaped that need not be.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
