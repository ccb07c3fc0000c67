package pack

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/stamp"
)

// Problem is one thing that is wrong with a pack.
type Problem struct {
	File string // "" where it is about none
	What string // one sentence
}

// maxProblems is how many problems are told; the rest is counted.
const maxProblems = 100

// Report is what the verification of a pack found.
type Report struct {
	Manifest Manifest // as far as it could be read
	Read     bool     // the manifest could
	Files    int      // that are what the manifest says
	Bytes    int64    // of them
	Key      string   // that signed the pack, as the journal writes it; "": none did, or not soundly
	Keys     []journal.KeySpan
	Given    bool // a key to trust was given
	Trusted  bool // the signature is by it, or by one that follows from it
	Through  bool // that it follows is shown by an exported journal, which was given beside the pack
	Journal  *journal.PartReport
	Exported bool // an exported journal was read, too
	Copies   int  // checkpoints from elsewhere that fit
	Beyond   int  // and that are about no entry of the pack, so nothing is shown by them
	Rows     int64
	Samples  int
	Forms    int // tables and samples whose CSV and JSON say the same
	// Numbers is how many numbers of the controls the tables give again, and Uncounted how
	// many were not counted: this program asks no such question, or the pack lacks the table.
	Numbers, Uncounted int
	Made               []string     // files that this program made again, byte for byte
	Unmade             []string     // those that came out otherwise, and another version made
	Large              bool         // they were not made, being too large
	Unknown            []string     // files that this program puts into no pack
	Entries            int64        // of the journal, that the table journal lists as they are
	Behind             int          // entries of the period that an exported journal has behind those of the pack, which were not signed yet when the period ended
	Uncovered          int          // rows of that table about entries behind the newest checkpoint
	Stamp              *stamp.Token // beside the pack; nil: there is none, or it is not sound
	Packed             bool         // each file of the zip file is packed in another way than this program packs it
	Problems           []Problem
	More               int // problems that are not listed
}

// Sound reports whether nothing is wrong.
func (r *Report) Sound() bool { return len(r.Problems) == 0 }

func (r *Report) say(file, format string, args ...any) {
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, Problem{file, fmt.Sprintf(format, args...)})
}

// Proven says in words what the verification shows.
func (r *Report) Proven() []string {
	if !r.Sound() {
		return nil
	}
	m := r.Manifest
	var out []string
	if r.Key != "" {
		who := "the holder of the key that signed it"
		if r.Trusted {
			who = "the holder of the key that you trust"
			if r.Through {
				who = "the holder of the key that you trust, or of an earlier key of its journal,"
			}
		}
		out = append(out, fmt.Sprintf("all %d files are as %s made them: none was changed, removed, added or moved", r.Files, who))
	} else {
		out = append(out, fmt.Sprintf("all %d files are those that the manifest names", r.Files))
	}
	out = append(out, fmt.Sprintf("the tables have the rows that the manifest counts, %d in all", r.Rows))
	if r.Forms > 0 {
		out = append(out, "CSV and JSON of each table say the same, row by row")
	}
	if r.Numbers > 0 {
		out = append(out, fmt.Sprintf("%s of the controls: counted again from the tables", counted(r.Numbers, "number")))
	}
	if made := r.documents(r.Made); made != "" {
		out = append(out, made+": what the tables and the manifest say; this program made the same bytes of them")
	}
	if r.Samples > 0 {
		out = append(out, fmt.Sprintf("%s: what the seed draws from the populations in the pack", counted(r.Samples, "sample")))
	}
	if j := r.Journal; j != nil {
		words := fmt.Sprintf("entries %d to %d of the journal are those that were signed on %s, in their order and without a gap", j.First, j.Last, j.At.UTC().Format(time.RFC3339))
		if j.Reaches {
			words += ", and the period has no others"
		}
		if n := j.Shown[journal.Outside]; n > 0 {
			words += fmt.Sprintf("; %d of them beside the period show that it is whole", n)
		}
		out = append(out, words)
	}
	if r.Entries > 0 {
		out = append(out, fmt.Sprintf("the table journal lists the entries of the period as they are, %d of them", r.Entries))
	}
	if r.Copies > 0 {
		out = append(out, "the journal is the one that a copy of checkpoints kept elsewhere is of: "+counted(r.Copies, "checkpoint")+" agree")
	}
	if s := r.Stamp; s != nil && s.Trusted {
		out = append(out, fmt.Sprintf("the pack was there on %s: the time stamp authority %s says so, whose certificate leads to those that you trust", s.At.Format(time.RFC3339), s.By))
	}
	if m.Complete {
		out = append(out, "the pack says of itself that nothing is missing: it lists no gap")
	}
	return out
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Unproven says in words what the verification cannot show.
func (r *Report) Unproven() []string {
	if !r.Read {
		return nil
	}
	m := r.Manifest
	var out []string
	if !m.Complete {
		out = append(out, fmt.Sprintf("what was not seen: the pack is INCOMPLETE, and lists %s", counted(len(m.Gaps), "gap")))
	}
	if lacks := m.lacks(); len(lacks) > 0 {
		out = append(out, "what these tables say, which are not in the pack: "+strings.Join(lacks, ", "))
	}
	switch {
	case m.Signed == nil:
		out = append(out, "who made the pack, and that nobody changed it since: it is not signed")
	case !r.Given:
		out = append(out, "whose the signing key is: compare it with the public key that was noted elsewhere, or give that one with --key")
	}
	if s := r.Stamp; s != nil && !s.Trusted {
		out = append(out, fmt.Sprintf("that the pack was there on %s: the time stamp beside it says so, and whose that is was not judged (--timestamp-ca)", s.At.Format(time.RFC3339)))
	}
	for _, k := range r.Keys {
		if !k.Vouched {
			out = append(out, fmt.Sprintf("that the key that signs the journal from entry %d on is the same owner's: the one before was lost and did not sign the change", k.From))
		}
	}
	out = append(out, r.unprovenJournal()...)
	out = append(out, r.unprovenForms()...)
	return append(out,
		"that the tables are true: they are what ajar saw and was told by GitHub, and whoever holds the store and the key can make other ones")
}

func (r *Report) unprovenJournal() []string {
	j := r.Journal
	if j == nil {
		return []string{"what was decided and changed: there is no journal in the pack"}
	}
	var out []string
	if n := j.Shown[journal.Gone]; n > 0 {
		out = append(out, fmt.Sprintf("what %d redacted entries said: only their hashes are left", n))
	}
	if n := j.Shown[journal.Others]; n > 0 {
		out = append(out, fmt.Sprintf("what %d entries say that are about other organizations: their bodies are not here", n))
	}
	if len(j.Bare) > 0 && !r.Exported {
		out = append(out, "that these are about other organizations: of some, nothing but the hash is here, from entry "+fmt.Sprint(j.Bare[0].First)+" on")
	}
	if !j.Reaches {
		out = append(out, fmt.Sprintf("that the journal had no later entries of the period: its newest one was %d when the pack was made", j.Last))
	}
	if c := j.Longer; c != nil {
		out = append(out, fmt.Sprintf("that the %d entries behind those of the pack are not of the period: a checkpoint of %d, signed on %s, knows of them",
			c.Size-j.Last, c.Size, c.At.UTC().Format(time.RFC3339)))
	}
	if r.Behind > 0 {
		out = append(out, fmt.Sprintf("why %d entries of the period are in the exported journal and not in the pack: they were signed after the period ended", r.Behind))
	}
	if j.Back > 0 {
		out = append(out, fmt.Sprintf("the exact times: the clock went back before %d entries", j.Back))
	}
	if r.Uncovered > 0 {
		out = append(out, fmt.Sprintf("%s of the table journal: no checkpoint was signed since", counted(r.Uncovered, "row")))
	}
	if r.Copies == 0 {
		out = append(out, "that the journal was not rewritten before the pack was made: no checkpoint from elsewhere was compared (--checkpoints)")
	}
	return out
}

// documents lists files for people; the schemas are one thing.
func (r *Report) documents(names []string) string {
	var out []string
	for _, name := range names {
		if strings.HasPrefix(name, "schemas/") {
			name = "schemas"
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

func (r *Report) unprovenForms() []string {
	var out []string
	if r.Uncounted > 0 {
		out = append(out, fmt.Sprintf("%s of the controls: this program asks no such question, or the tables that it asks are not here", counted(r.Uncounted, "number")))
	}
	switch unmade := r.documents(r.Unmade); {
	case unmade == "":
	case r.Large:
		out = append(out, "that "+unmade+" say what the tables say: they are of more than this program makes again")
	default:
		out = append(out, fmt.Sprintf("that %s say what the tables say: the pack was made by %s, and this program writes them in another way", unmade, r.Manifest.Program))
	}
	if r.Packed {
		out = append(out, fmt.Sprintf("that the zip file holds no hidden bytes: each file is packed in another way than this program packs it, and the pack was made by %s", r.Manifest.Program))
	}
	if len(r.Unknown) > 0 {
		out = append(out, "what these files say, of which this program knows nothing: "+r.documents(r.Unknown))
	}
	return out
}
