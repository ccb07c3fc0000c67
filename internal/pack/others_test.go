package pack_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/pack"
)

var bodyOfLine = regexp.MustCompile(`"body":"(\\.|[^"\\])*"`)

// withheld makes a pack, and passes some entries of the only organization off as those of
// another one.
func withheld(t *testing.T, hide func(line string) string) (u *unpacked, b *book, hidden int) {
	t.Helper()
	b = newBook(t, 1)
	for range 200 {
		b.add(journal.Sent, 7, map[string]int{"n": len(b.entries)})
	}
	b.sign()
	u = unpack(t, made(t, b))
	lines := strings.SplitAfter(string(u.text["journal/journal.jsonl"]), "\n")
	for i, line := range lines {
		if hidden < 30 && strings.Contains(line, `"shown":"whole"`) {
			lines[i] = hide(strings.Replace(line, `"shown":"whole"`, `"shown":"other"`, 1))
			hidden++
		}
	}
	u.text["journal/journal.jsonl"] = []byte(strings.Join(lines, ""))
	u.replace("manifest.json", `"whole": 90`, fmt.Sprintf(`"whole": %d`, 90-hidden))
	u.replace("manifest.json", `"other": 0`, fmt.Sprintf(`"other": %d`, hidden))
	u.reseal(b.signer)
	return u, b, hidden
}

func TestAnEntryIsNotPassedOffAsAnotherOrganizations(t *testing.T) {
	u, b, hidden := withheld(t, func(line string) string { return bodyOfLine.ReplaceAllString(line, `"body":null`) })
	r := look(t, u.zip(), pack.VerifyOptions{Keys: b.keys})
	named(t, r, "journal/journal.jsonl", "is of organization 7, and its body is withheld as if it were of another one")
	if len(r.Problems) != hidden {
		t.Errorf("%d are hidden, and it says %v", hidden, r.Problems)
	}
}

func TestAnEntryThatIsNothingButAHashIsHeldAgainstTheJournal(t *testing.T) {
	u, b, hidden := withheld(t, func(line string) string { return line[:strings.Index(line, `"entry":`)] + "\"entry\":null}\n" })
	packed := u.zip()
	r := look(t, packed, pack.VerifyOptions{Keys: b.keys})
	if all := strings.Join(r.Unproven(), "\n"); !r.Sound() || !strings.Contains(all, "of some, nothing but the hash is here, from entry") {
		t.Errorf("%v; not proven is\n%s", r.Problems, all)
	}
	r = look(t, packed, pack.VerifyOptions{Keys: b.keys, Journal: exported(b)})
	named(t, r, "journal/journal.jsonl", "is withheld as another organization's, and the exported journal shows that it is not")
	if len(r.Problems) != hidden {
		t.Errorf("%d are hidden, and it says %v", hidden, r.Problems)
	}
	r = look(t, packed, pack.VerifyOptions{Keys: b.keys, Program: r.Manifest.Program})
	named(t, r, "journal/journal.jsonl", "is nothing but a hash, and ajar shows more of each")
}

// Whatever program a pack says that it was made by: an entry is listed or is not.
func TestATableThatLeavesEntriesOutIsNamedWhoeverMadeIt(t *testing.T) {
	b := year(t)
	for _, program := range []string{thisProgram, "ajar 9.9.9"} {
		e := keeping(t, gathered(t), b)
		i := slices.IndexFunc(e.Tables, func(x evidence.Table) bool { return x.Name == "journal" })
		var rows [][]evidence.Value
		for row, err := range e.Tables[i].Rows(t.Context()) {
			check(t, err)
			rows = append(rows, slices.Clone(row))
		}
		e.Tables[i].Rows, e.Program = of(rows[10:]...), program
		var err error
		e.Controls, err = evidence.Matrix(t.Context(), e)
		check(t, err)
		p := written(t, e, pack.Options{Signer: b.signer, Journal: b.journal()})
		named(t, look(t, p, pack.VerifyOptions{Keys: b.keys, Program: thisProgram}), "tables/journal.json", "it does not list the entries of the journal that the pack shows")
	}
}
