package journal

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// tampered is how long the journal of the tamper tests is.
const tampered = 1000

// TestEverythingThatIsDoneToAJournalIsNoticed is T7: flipped bits, removed, moved,
// repeated and cut lines, each by itself, in an exported journal of 1 000 entries.
// Whoever does it has no key; what was published before is at hand.
func TestEverythingThatIsDoneToAJournalIsNoticed(t *testing.T) {
	b := filled(t, tampered)
	file := b.export()
	all := lines(file)
	mustBeSound(t, look(file, b.checkpoints, b.keys[0]))
	n := size(100, 5_000, 50_000)
	r := seeded(1)
	flips, moves := 0, 0
	try := func(what string, changed []byte) {
		t.Helper()
		if bytes.Equal(changed, file) {
			return
		}
		if look(changed, b.checkpoints, b.keys[0]).Sound() {
			t.Errorf("nobody noticed: %s", what)
		}
	}
	for range n {
		at, bit := r.IntN(len(file)), r.IntN(8)
		changed := bytes.Clone(file)
		changed[at] ^= 1 << bit
		try(fmt.Sprintf("bit %d of byte %d", bit, at), changed)
		flips++
	}
	every := max(1, len(all)/size(20, len(all), len(all)))
	for i := 0; i < len(all); i += every {
		j, k := r.IntN(len(all)), r.IntN(len(all)+1)
		without := slices.Delete(slices.Clone(all), i, i+1)
		swapped := slices.Clone(all)
		swapped[i], swapped[j] = swapped[j], swapped[i]
		try(fmt.Sprintf("line %d is removed", i+1), join(without))
		try(fmt.Sprintf("lines %d and %d are swapped", i+1, j+1), join(swapped))
		try(fmt.Sprintf("line %d stands a second time as %d", i+1, k+1), join(slices.Insert(slices.Clone(all), k, all[i])))
		try(fmt.Sprintf("the last %d lines are cut off", i+1), join(all[:len(all)-i-1]))
		cut := r.IntN(len(file))
		try(fmt.Sprintf("all after byte %d is cut off", cut), file[:cut])
		moves += 5
	}
	figures(t, "%d entries; %d flipped bits, %d lines removed, moved, repeated or cut off: all noticed", tampered, flips, moves)
}

// figures tells what a proof did, for the line that `make prove` prints.
func figures(t *testing.T, format string, args ...any) {
	t.Helper()
	t.Attr("figures", fmt.Sprintf(format, args...))
}

// shorter is the journal as it was after some entries, with all that says so made
// to fit again: the end is cut off by somebody who knows the format.
func shorter(t *testing.T, b *book, to int64) []byte {
	t.Helper()
	cut := &book{t: t, keys: b.keys[:1], entries: b.entries[:to]}
	if to > tampered/2 {
		cut.keys = b.keys
	}
	for _, c := range b.checkpoints {
		if c.Size <= to {
			cut.checkpoints = append(cut.checkpoints, c)
		}
	}
	return cut.export()
}

func TestAnEndThatIsCutOffAtACheckpointIsNoticedByACopy(t *testing.T) {
	b := filled(t, tampered)
	for _, c := range b.checkpoints[:len(b.checkpoints)-1] {
		r := look(shorter(t, b, c.Size), b.checkpoints, b.keys[0])
		mustSay(t, r, "the end was cut off")
		alone := look(shorter(t, b, c.Size), nil, b.keys[0])
		if alone.Entries != c.Size || alone.Sound() && !slices.ContainsFunc(alone.Unproven(), func(s string) bool {
			return s == "that no newer entries were cut off, or all of it rewritten: no checkpoint from outside of the store was compared"
		}) {
			t.Errorf("without a copy nothing says that an end may be missing: %v", alone.Unproven())
		}
	}
}

func TestAForkThatIsSignedAnewIsNoticed(t *testing.T) {
	b := filled(t, tampered)
	stranger := b.newKey(b.signer.Origin())
	change := func(e *Entry) {
		if e.Seq == 400 {
			e.Who = "mallory (6)"
		}
	}
	fork := resigned(t, b, stranger, change)
	mustBeSound(t, look(fork.export(), nil)) // consistent in itself
	mustSay(t, look(fork.export(), nil, b.keys[0]), "not the key that you trust")
	mustSay(t, look(fork.export(), b.checkpoints), "none of the keys of the journal signed it")
	// The one who forks it has the key itself: only the copies tell.
	one := newBook(t)
	for len(one.entries) < 600 {
		one.add(Sent, map[string]int{"of": len(one.entries)})
		if len(one.entries)%100 == 0 {
			one.sign()
		}
	}
	fork = resigned(t, one, one.signer, change)
	mustBeSound(t, look(fork.export(), nil, one.keys[0]))
	r := look(fork.export(), one.checkpoints, one.keys[0])
	mustSay(t, r, "something among entries 301 to 400 is not what was signed then: it was changed, or the history was forked")
}

func TestACheckpointThatDoesNotExtendAnOlderOneIsNoticed(t *testing.T) {
	b := filled(t, 300)
	other := filled(t, 300)
	other.signer, other.checkpoints = b.signer, nil
	strange := other.sign() // the same key, the same size, another history
	mustSay(t, look(b.export(), []Checkpoint{strange}, b.keys[0]), "forked")
}

func TestAnEntryOfAFormerWriterIsNoticed(t *testing.T) {
	for what, epochs := range map[string][]int64{"an older epoch": {1, 2, 1}, "an epoch that nobody took over with": {1, 1, 3}} {
		b := newBook(t)
		for i, epoch := range epochs {
			e := b.entries[1]
			e.Seq, e.Epoch, e.Kind = int64(len(b.entries)+1), epoch, Sent
			if i == 1 && epoch == 2 {
				e.Kind = TookOver
			}
			b.put(e)
		}
		b.sign()
		if r := look(b.export(), nil); r.Sound() {
			t.Errorf("%s went unnoticed", what)
		}
	}
}

func TestAKeyThatNothingVouchesForIsTold(t *testing.T) {
	b := newBook(t)
	next := b.newKey(b.signer.Origin())
	r, err := Rotate(nil, b.signer.Public(), next, "lost")
	if err != nil {
		t.Fatal(err)
	}
	b.add(KeyChange, r)
	old := b.signer.Public()
	b.signer, b.keys = next, append(b.keys, next.Public())
	b.sign()
	report := look(b.export(), nil, next.Public())
	mustBeSound(t, report)
	if report.Keys[1].Vouched || !report.Anchored {
		t.Errorf("the keys are %+v", report.Keys)
	}
	mustSay(t, look(b.export(), nil, old), "does not follow from it")
}

func TestAForgedChangeOfKeysIsNoticed(t *testing.T) {
	b := newBook(t)
	stranger := b.newKey(b.signer.Origin())
	r, err := Rotate(stranger, "", stranger, "mine now")
	if err != nil {
		t.Fatal(err)
	}
	r.Old = b.signer.Public()
	b.add(KeyChange, r)
	b.signer = stranger
	b.sign()
	mustSay(t, look(b.export(), nil), "did not sign the change")
}

// TestTheRecipeOfTheDocsVerifiesAnExport runs the lines of Python that
// docs/journal.md gives to those who verify with other tools.
func TestTheRecipeOfTheDocsVerifiesAnExport(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	page, err := os.ReadFile("../../docs/journal.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(page, []byte("```python\n"))
	recipe, _, ok := bytes.Cut(rest, []byte("```"))
	if !ok {
		t.Fatal("docs/journal.md has no recipe")
	}
	file := filled(t, 120).export()
	changed := bytes.Replace(file, []byte("alice"), []byte("mallo"), 1)
	for want, content := range map[bool][]byte{true: file, false: changed} {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), python, "-c", string(recipe), path).CombinedOutput()
		if (err == nil) != want {
			t.Errorf("sound %t: %v\n%s", want, err, out)
		}
	}
}
