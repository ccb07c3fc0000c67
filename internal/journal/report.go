package journal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is what the verification of a journal found.
type Report struct {
	Entries     int64
	Head        []byte // of the newest checkpoint that fits
	First, Last time.Time
	Keys        []KeySpan // the one that signs now is the last
	Checkpoints int       // of the journal itself that fit
	Copies      int       // from elsewhere that fit
	Redacted    []int64   // entries whose body is gone
	GivenUp     []int64   // sizes of checkpoints of a history that was given up when a backup was put back
	Back        int       // entries with an earlier time than the one before
	Problems    []Problem
	More        int  // problems that are not listed
	Later       int  // checkpoints that differ since an earlier one does
	Anchored    bool // the newest key is trusted or follows from one that is

	trusted []string
}

// Sound reports whether nothing is wrong.
func (r Report) Sound() bool { return len(r.Problems) == 0 }

// Proven says in words what the verification shows.
func (r Report) Proven() []string {
	if !r.Sound() || r.Entries == 0 {
		return nil
	}
	out := []string{
		fmt.Sprintf("none of the %s was changed, removed, inserted or moved since it was signed", counted(r.Entries)),
		"only the newest writer wrote at any time",
	}
	if r.Anchored {
		out = append(out, "the signatures are by the key that you trust, or by one that it vouched for")
	}
	if r.Copies > 0 {
		out = append(out, fmt.Sprintf("the history is the one that %d checkpoints copied out of the store were made of", r.Copies))
	}
	return out
}

// Unproven says in words what the verification cannot show.
func (r Report) Unproven() []string {
	if r.Entries == 0 {
		return nil
	}
	var out []string
	if len(r.trusted) == 0 {
		out = append(out, "whose the signing key is: compare it with the public key that you noted (ajar keys), or give that one with --key")
	}
	for _, k := range r.Keys {
		if !k.Vouched {
			out = append(out, fmt.Sprintf("that the key that signs from entry %d on is the same owner's: the one before was lost and did not sign the change", k.From))
		}
	}
	if r.Copies == 0 {
		out = append(out, "that no newer entries were cut off, or all of it rewritten: no checkpoint from outside of the store was compared")
	}
	out = append(out, "what was never copied out: whoever holds both the store and the signing key can rewrite what no copy of a checkpoint covers")
	if len(r.Redacted) > 0 {
		out = append(out, "what the redacted bodies said: only their hashes are left, of "+places(r.Redacted))
	}
	if len(r.GivenUp) > 0 {
		sizes := slices.Clone(r.GivenUp)
		slices.Sort(sizes)
		out = append(out, fmt.Sprintf("what a history held that was given up when a backup was put back: %d copies of its checkpoints are left", len(sizes)))
	}
	if r.Back > 0 {
		out = append(out, fmt.Sprintf("the exact times: the clock went back before %s", counted(int64(r.Back))))
	}
	return out
}

// places lists entries, the first few by their number.
func places(seqs []int64) string {
	const shown = 10
	var out []string
	for i, seq := range seqs {
		if i == shown {
			return fmt.Sprintf("entries %s and %d more", strings.Join(out, ", "), len(seqs)-shown)
		}
		out = append(out, fmt.Sprint(seq))
	}
	if len(seqs) == 1 {
		return "entry " + out[0]
	}
	return "entries " + strings.Join(out, ", ")
}
