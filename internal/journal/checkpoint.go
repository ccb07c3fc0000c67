package journal

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Checkpoint is what a signature covers: how many entries there are, the head of
// the tree over them, and when that was said.
type Checkpoint struct {
	Origin     string // which journal: see [NewOrigin]
	Size       int64
	Head       []byte    // 32 bytes
	At         time.Time // when it was signed, in milliseconds
	Generation int64     // of the store (S24)
	Note       string    // the whole signed text, as it is kept and published
	Key        string    // the public key that signed it, once that is known
}

// text is what is signed: the first three lines as every transparency log writes
// them (C2SP tlog-checkpoint), then two lines of our own.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\ntime %s\ngeneration %d\n",
		c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Head), stamp(c.At), c.Generation)
}

// Same reports whether two checkpoints say the same of the same journal.
func (c Checkpoint) Same(o Checkpoint) bool {
	return c.Origin == o.Origin && c.Size == o.Size && string(c.Head) == string(o.Head)
}

var errCheckpoint = errors.New("it is no checkpoint of a journal")

// ReadCheckpoint reads a checkpoint without asking who signed it.
func ReadCheckpoint(signed string) (Checkpoint, error) {
	c := Checkpoint{Note: signed}
	body, _, ok := strings.Cut(signed, "\n\n")
	lines := strings.Split(body, "\n")
	if !ok || len(lines) != 5 || !isOrigin(lines[0]) {
		return c, errCheckpoint
	}
	c.Origin = lines[0]
	var errs [4]error
	c.Size, errs[0] = strconv.ParseInt(lines[1], 10, 64)
	c.Head, errs[1] = base64.StdEncoding.DecodeString(lines[2])
	at, isTime := strings.CutPrefix(lines[3], "time ")
	generation, isGeneration := strings.CutPrefix(lines[4], "generation ")
	c.At, errs[2] = time.Parse(timeForm, at)
	c.Generation, errs[3] = strconv.ParseInt(generation, 10, 64)
	if err := errors.Join(errs[:]...); err != nil {
		return c, fmt.Errorf("%w: %w", errCheckpoint, err)
	}
	if !isTime || !isGeneration || c.Size < 0 || c.Generation < 0 || len(c.Head) != sha256.Size || c.text() != body+"\n" {
		return c, errCheckpoint
	}
	return c, nil
}

// OpenCheckpoint reads a checkpoint and reports whether one of the public keys
// signed it.
func OpenCheckpoint(signed string, keys ...string) (Checkpoint, error) {
	c, err := ReadCheckpoint(signed)
	if err != nil {
		return c, err
	}
	for _, key := range keys {
		v, err := note.NewVerifier(key)
		if err != nil {
			return c, fmt.Errorf("reading the public key %.80q: %w", key, err)
		}
		// One signature and no more: what else stood there would be covered by none.
		if n, err := note.Open([]byte(signed), note.VerifierList(v)); err == nil && len(n.Sigs) == 1 && len(n.UnverifiedSigs) == 0 {
			c.Key = key
			return c, nil
		}
	}
	return c, ErrSignature
}

// ErrSignature says that none of the keys asked about signed a checkpoint.
var ErrSignature = errors.New("none of the keys of the journal signed it as it stands")

// Sign makes the checkpoint that this key signs.
func (s *Signer) Sign(c Checkpoint) (Checkpoint, error) {
	c.Origin, c.Key = s.Origin(), s.Public()
	if len(c.Head) != sha256.Size || c.Size < 0 || c.Generation < 0 {
		return c, fmt.Errorf("signing a checkpoint of %d entries: %w", c.Size, errCheckpoint)
	}
	c.At = c.At.UTC().Truncate(time.Millisecond)
	signed, err := note.Sign(&note.Note{Text: c.text()}, s.signer)
	if err != nil {
		return c, fmt.Errorf("signing a checkpoint of %d entries: %w", c.Size, err)
	}
	c.Note = string(signed)
	return c, nil
}
