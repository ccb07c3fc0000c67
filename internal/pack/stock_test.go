package pack_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/pack"
)

// oddSeed has what a shell and printf would take for more than it is.
const oddSeed = `the auditor's word: 5% of "all" \n $HOME`

// stock runs a line of the README of a pack, as an auditor would.
func stock(t *testing.T, dir, script string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", script)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// lines gives the indented lines of the README between two others.
func lines(t *testing.T, readme, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(readme, from)
	body, _, end := strings.Cut(rest, to)
	if !ok || !end {
		t.Fatalf("the README has no %q before %q", from, to)
	}
	return body
}

func TestThePackIsCheckedWithStockToolsAsItsReadmeSays(t *testing.T) {
	for _, tool := range []string{"minisign", "sha256sum", "sh", "awk"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	b := year(t)
	dir := filepath.Join(t.TempDir(), "pack")
	if _, err := pack.WriteFolder(t.Context(), dir, proof(), pack.Options{Signer: b.signer, Journal: b.journal(), Tables: []string{"owners"}, Sample: &pack.Draw{Size: 5, Seed: oddSeed}}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "README.txt"))
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	key, err := journal.MinisignKey(b.keys[0])
	if err != nil {
		t.Fatal(err)
	}
	signed := strings.ReplaceAll(lines(t, readme, "In the folder of the pack:\n", "The trusted comments"), "KEY", key)
	sums := "sha256sum --quiet -c SHA256SUMS"
	added := "(" + lines(t, readme, "this lists those that are:\n", "\"ajar verify PACK") + ") || true"
	if out, err := stock(t, dir, signed); err != nil || strings.Count(out, "Trusted comment: ajar evidence pack ") != 2 {
		t.Errorf("%v: %s", err, out)
	}
	for _, script := range []string{sums, added} {
		if out, err := stock(t, dir, script); err != nil || out != "" {
			t.Errorf("%s: %v: %s", script, err, out)
		}
	}
	draw := lines(t, readme, "whatever signs it has:\n", "HOW TO CHECK A TIME STAMP")
	draw = strings.NewReplacer("ROWS", "40", "SEED", oddSeed, "TABLE", "owners", "SIZE", "5").Replace(draw)
	numbers, err := stock(t, dir, draw)
	if err != nil {
		t.Fatalf("%v: %s", err, numbers)
	}
	sample, err := os.ReadFile(filepath.Join(dir, "samples", "owners.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range strings.Fields(numbers) {
		if !strings.Contains(string(sample), `"sample_row":`+n+`,`) {
			t.Errorf("row %s is not in the sample", n)
		}
	}
	if n := len(strings.Fields(numbers)); n != 5 {
		t.Errorf("%d rows are drawn", n)
	}
	if err := flip(filepath.Join(dir, "tables", "owners.csv")); err != nil {
		t.Fatal(err)
	}
	if out, err := stock(t, dir, sums); err == nil || !strings.Contains(out, "tables/owners.csv: FAILED") {
		t.Errorf("a changed file: %s", out)
	}
	if err := os.WriteFile(filepath.Join(dir, "tables", "more.csv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _ := stock(t, dir, added); strings.TrimSpace(out) != "tables/more.csv" {
		t.Errorf("an added file: %q", out)
	}
	if err := flip(filepath.Join(dir, "SHA256SUMS")); err != nil {
		t.Fatal(err)
	}
	if out, err := stock(t, dir, signed); err == nil {
		t.Errorf("changed sums: %s", out)
	}
}
