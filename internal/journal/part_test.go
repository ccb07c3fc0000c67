package journal

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// cut writes the part of a book that belongs to a period.
func (b *book) cut(o PartOptions) (part, proofs string) {
	b.t.Helper()
	p, err := CutPart(b.keys, b.checkpoints, b.all(0, int64(len(b.entries))), o)
	if err != nil {
		b.t.Fatal(err)
	}
	var out, also bytes.Buffer
	if err := p.Write(&out, b.all(p.First, p.Last)); err != nil {
		b.t.Fatal(err)
	}
	if err := p.WriteProofs(&also); err != nil {
		b.t.Fatal(err)
	}
	return out.String(), also.String()
}

func (b *book) all(from, to int64) func(func(Entry, error) bool) {
	return func(yield func(Entry, error) bool) {
		for _, e := range b.entries {
			if e.Seq >= from && e.Seq <= to && !yield(e, nil) {
				return
			}
		}
	}
}

func readPart(t testing.TB, part, proofs string, orgs ...int64) PartReport {
	t.Helper()
	v := NewPartVerifier()
	v.Orgs(orgs)
	if err := v.Proofs(strings.NewReader(proofs)); err != nil {
		t.Fatal(err)
	}
	if err := v.Part(strings.NewReader(part)); err != nil {
		t.Fatal(err)
	}
	return v.Finish()
}

// second gives the instant of an entry of a book.
func second(seq int) time.Time { return noon.Add(time.Duration(seq) * time.Second) }

// partBook has 40 entries of two organizations, a change of the key, a redaction, and a
// checkpoint after every tenth.
func partBook(t testing.TB) *book {
	t.Helper()
	b := newBook(t)
	for len(b.entries) < 40 {
		switch n := len(b.entries); n {
		case 24:
			b.rotate()
		case 33:
			b.redact(18)
		default:
			org := int64(77)
			if n%3 == 0 {
				org = 88
			}
			b.put(Entry{Seq: int64(n) + 1, At: second(n + 1), Epoch: 1, Org: org, Kind: Sent, Body: fmt.Appendf(nil, `{"n":%d}`, n)})
		}
		if len(b.entries)%10 == 0 {
			b.sign()
		}
	}
	return b
}

func TestAPartIsProvenWithoutTheRest(t *testing.T) {
	b := partBook(t)
	part, proofs := b.cut(PartOptions{From: second(15), To: second(23), Orgs: []int64{77}})
	r := readPart(t, part, proofs, 77)
	if !r.Sound() {
		t.Fatalf("it is not sound: %v", r.Problems)
	}
	if r.First > 14 || r.Last < 23 || r.Size != 40 || len(r.Keys) != 2 || !r.Keys[1].Vouched || r.Shown[Gone] != 1 || r.Shown[Others] == 0 || r.Shown[Outside] != 2 {
		t.Errorf("it gives %+v", r)
	}
	for line := range strings.Lines(part) {
		if strings.Contains(line, `"organization":88`) && !strings.Contains(line, `"body":null`) {
			t.Errorf("an entry of another organization is shown: %s", line)
		}
	}
	if body := `\"n\":16`; !strings.Contains(part, body) {
		t.Errorf("the part lacks %s", body)
	}
}

func TestAnyPeriodOfAnyJournalIsProven(t *testing.T) {
	b := partBook(t)
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.IntRange(0, 45).Draw(rt, "from")
		to := rapid.IntRange(from+1, 50).Draw(rt, "to")
		o := PartOptions{From: second(from), To: second(to)}
		if rapid.Bool().Draw(rt, "one") {
			o.Orgs = []int64{88}
		}
		part, proofs := b.cut(o)
		r := readPart(t, part, proofs)
		if !r.Sound() {
			rt.Fatalf("it is not sound: %v", r.Problems)
		}
		shown := int64(0)
		for _, e := range b.entries {
			if !e.At.Before(o.From) && e.At.Before(o.To) && (o.Orgs == nil || e.Org == 88) {
				shown++
			}
		}
		if r.Shown[Whole]+r.Shown[Gone] != shown {
			rt.Fatalf("%v of %d entries of the period", r.Shown, shown)
		}
	})
}

func TestWhatIsWrongWithAPartIsNamed(t *testing.T) {
	b := partBook(t)
	o := PartOptions{From: second(15), To: second(23), Orgs: []int64{77}}
	part, proofs := b.cut(o)
	lines := strings.SplitAfter(part, "\n")
	lines = lines[:len(lines)-1]
	last := len(lines) - 1
	other := partBook(t)
	strange, strangeProofs := other.cut(o)
	_, earlier := b.cut(PartOptions{From: second(15), To: second(16)})
	edit := func(do func(l []string) []string) string { return strings.Join(do(slices.Clone(lines)), "") }
	for _, c := range []struct{ name, part, proofs, want string }{
		{"a changed entry", strings.Replace(part, `\"n\":16`, `\"n\":61`, 1), proofs, "is not what was written"},
		{"a missing entry", edit(func(l []string) []string { return slices.Delete(l, 6, 7) }), proofs, "one is missing"},
		{"a truncated part", edit(func(l []string) []string { return l[:last-2] }), proofs, "the journal was cut off"},
		{"a part cut with its first line", recut(b, o, -2), proofs, "it was cut off"},
		{"an added line", part + lines[last], proofs, "the journal was added to"},
		{"two swapped", edit(func(l []string) []string { l[6], l[7] = l[7], l[6]; return l }), proofs, "it was moved"},
		{"a forged checkpoint", forge(part, other), proofs, "checkpoint"},
		{"a checkpoint less", edit(func(l []string) []string { return slices.Delete(l, 1, 2) }), proofs, "is no checkpoint"},
		{"the proofs of another journal", part, strangeProofs, "the checkpoint of 20 entries is forged"},
		{"no proofs", part, "", "no proof says which key"},
		{"another journal's part", strange, proofs, "the checkpoint of 20 entries is forged"},
		{"proofs under another checkpoint", part, earlier, "is not the checkpoint that the proofs are under"},
		{"a changed proof", part, strings.Replace(proofs, `"hashes":["`, `"hashes":["00`, 1), "of the proofs"},
		{"a body withheld", hide(part, Gone), proofs, "no entry says that it was redacted"},
		{"one withheld as if it were of another organization", hide(part, Others), proofs, "is of organization 77, and its body is withheld"},
	} {
		r := readPart(t, c.part, c.proofs, 77)
		if r.Sound() || !strings.Contains(fmt.Sprint(r.Problems), c.want) {
			t.Errorf("%s: %v", c.name, r.Problems)
		}
	}
}

func TestCheckpointsAreThinnedToWhatAReaderKeeps(t *testing.T) {
	b := partBook(t)
	one := len(b.checkpoints[0].Note)
	for room, want := range map[int][]int64{4*one + 99: {10, 20, 30, 40}, 3 * one: {20, 40}, one + 9: {40}, 0: {40}} {
		var got []int64
		for _, c := range thinned(b.checkpoints, room) {
			got = append(got, c.Size)
		}
		if !slices.Equal(got, want) {
			t.Errorf("in %d bytes there are %v", room, got)
		}
	}
}

func TestNoOrganizationIsNotAnotherOne(t *testing.T) {
	p := NewPartVerifier()
	for org, want := range map[int64]string{0: "is of no organization", 77: "", 88: "is of organization 88"} {
		p.Orgs([]int64{88})
		if got := p.misstated(Others, Entry{Org: org}, true); !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("%d: %q", org, got)
		}
	}
}

// recut writes a part that ends before the period does, as somebody would who adjusts its
// first line too.
func recut(b *book, o PartOptions, by int64) string {
	p, err := CutPart(b.keys, b.checkpoints, b.all(0, int64(len(b.entries))), o)
	if err != nil {
		b.t.Fatal(err)
	}
	p.Last += by
	var leaves [][]byte
	for _, e := range b.entries[:p.Size] {
		leaves = append(leaves, e.Leaf())
	}
	var out bytes.Buffer
	if err := p.hashes(leaves); err != nil {
		b.t.Fatal(err)
	}
	if err := p.Write(&out, b.all(p.First, p.Last)); err != nil {
		b.t.Fatal(err)
	}
	return out.String()
}

// forge signs the heads of the checkpoints of a part with the key of somebody else.
func forge(part string, by *book) string {
	lines := strings.SplitAfter(part, "\n")
	for i, l := range lines {
		var c copied
		if strict([]byte(strings.TrimSuffix(l, "\n")), &c) != nil {
			continue
		}
		was, err := ReadCheckpoint(c.Checkpoint)
		if err != nil {
			by.t.Fatal(err)
		}
		forged, err := by.signer.Sign(was)
		if err != nil {
			by.t.Fatal(err)
		}
		text, err := encode(copied{forged.Note})
		if err != nil {
			by.t.Fatal(err)
		}
		lines[i] = string(text) + "\n"
	}
	return strings.Join(lines, "")
}

// hide takes the body of an entry away and says why it is not there.
func hide(part string, as Shown) string {
	lines := strings.SplitAfter(part, "\n")
	for i, l := range lines {
		var p partLine
		if strict([]byte(strings.TrimSuffix(l, "\n")), &p) == nil && p.Shown == Whole {
			p.Shown, p.Entry.Body = as, nil
			text, _ := encode(p)
			lines[i] = string(text) + "\n"
			break
		}
	}
	return strings.Join(lines, "")
}

func TestAJournalThatIsNotAsItWasSignedIsNotCut(t *testing.T) {
	b := partBook(t)
	b.entries[5].Who = "mallory"
	_, err := CutPart(b.keys, b.checkpoints, b.all(0, 40), PartOptions{From: noon, To: noon.Add(time.Hour)})
	if err == nil || !strings.Contains(err.Error(), "not as it was signed") {
		t.Errorf("%v", err)
	}
}

func FuzzReadPart(f *testing.F) {
	b := partBook(f)
	part, proofs := b.cut(PartOptions{From: second(15), To: second(23), Orgs: []int64{77}})
	f.Add(part, proofs)
	f.Add("", "")
	f.Add(strings.Replace(part, hex.EncodeToString(b.entries[15].Leaf()), "00", 1), proofs)
	f.Fuzz(func(t *testing.T, p, also string) {
		v := NewPartVerifier()
		_ = v.Proofs(strings.NewReader(also))
		if v.Part(strings.NewReader(p)) == nil && v.Finish().Sound() && (p != part || also != proofs) {
			// The same entries may be proven by a part that shows less of them or claims
			// another period; but nothing may stand there that was never written.
			r := v.Finish()
			if r.Size != 40 {
				t.Errorf("sound with %d entries", r.Size)
			}
		}
	})
}
