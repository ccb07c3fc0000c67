package pack_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/pack"
)

// named checks that one of the problems is about a file and says something.
func named(t *testing.T, r *pack.Report, file, what string) {
	t.Helper()
	for _, p := range r.Problems {
		if p.File == file && strings.Contains(p.What, what) {
			return
		}
	}
	t.Errorf("nothing says of %q that %q: %v", file, what, r.Problems)
}

func TestWhatWasDoneToAPackIsNamed(t *testing.T) {
	b, mallory := year(t), newBook(t, 99).fill(200)
	whole := made(t, b)
	for _, c := range []struct {
		name, file, want string
		do               func(u *unpacked)
	}{
		{"one changed byte", "tables/owners.csv", "it was changed", func(u *unpacked) { u.text["tables/owners.csv"][30] ^= 1 }},
		{"a changed readme", "README.txt", "it was changed", func(u *unpacked) { u.replace("README.txt", "The pack says", "The park says") }},
		{"a file cut short", "tables/owners.json", "it was changed, or its end was cut off", func(u *unpacked) {
			u.text["tables/owners.json"] = u.text["tables/owners.json"][:99]
		}},
		{"a missing file", "tables/waivers.csv", "it is missing", func(u *unpacked) { u.remove("tables/waivers.csv") }},
		{"a missing manifest", "manifest.json", "it is missing", func(u *unpacked) { u.remove("manifest.json") }},
		{"missing sums", "SHA256SUMS", "it is missing", func(u *unpacked) { u.remove("SHA256SUMS") }},
		{"a missing signature", "manifest.json.minisig", "it is missing", func(u *unpacked) { u.remove("manifest.json.minisig") }},
		{"an added file", "tables/more.csv", "it was added", func(u *unpacked) {
			u.names, u.text["tables/more.csv"] = append(u.names, "tables/more.csv"), []byte("a\n")
		}},
		{"a changed manifest", "manifest.json.minisig", "not of this file as it stands", func(u *unpacked) { u.replace("manifest.json", `"rows": 40`, `"rows": 41`) }},
		{"a manifest of another hand", "manifest.json", "not written the way ajar writes it", func(u *unpacked) { u.replace("manifest.json", "{\n", "{\n\n") }},
		{"changed sums", "SHA256SUMS", "it does not say what the manifest says", func(u *unpacked) { u.text["SHA256SUMS"][3] ^= 1 }},
		{"swapped signatures", "manifest.json.minisig", "the two were swapped", func(u *unpacked) {
			u.text["manifest.json.minisig"], u.text["SHA256SUMS.minisig"] = u.text["SHA256SUMS.minisig"], u.text["manifest.json.minisig"]
		}},
		{"the signature of another pack", "manifest.json.minisig", "not of this file as it stands", func(u *unpacked) {
			e := proof()
			e.Tables = e.Tables[:1]
			other := unpack(u.t, written(u.t, e, pack.Options{Signer: b.signer, Journal: b.journal(), Tables: []string{"owners"}}))
			u.text["manifest.json.minisig"] = other.text["manifest.json.minisig"]
		}},
		{"another key", "", "is not the key that you trust", func(u *unpacked) { u.reseal(mallory.signer) }},
		{"another key over the same journal", "", "does not sign the journal in it", func(u *unpacked) { u.reseal(mallory.signer) }},
		{"a lie about rows", "tables/owners.csv", "it has 40 rows, and the manifest counts 39", func(u *unpacked) {
			u.replace("manifest.json", `"rows": 40`, `"rows": 39`)
			u.reseal(b.signer)
		}},
		{"a lie about columns", "tables/owners.csv", "it has 3 columns", func(u *unpacked) {
			u.replace("manifest.json", `"columns": 3`, `"columns": 4`)
			u.reseal(b.signer)
		}},
		{"a lie about gaps", "manifest.json", "lists gaps", func(u *unpacked) {
			u.replace("manifest.json", `"gaps": []`, "\"gaps\": [\n    {\n      \"organization\": \"\",\n      \"area\": \"\",\n      \"scope\": \"\",\n      \"from\": null,\n      \"to\": null,\n      \"reason\": \"\",\n      \"snapshots\": 1\n    }\n  ]")
			u.reseal(b.signer)
		}},
		{"another sample", "samples/owners.csv", "is not the sample that the seed", func(u *unpacked) {
			u.replace("manifest.json", "auditor 12", "auditor 13")
			u.reseal(b.signer)
		}},
		{"a changed row in a sample", "samples/owners.csv", "is not the sample that the seed", func(u *unpacked) {
			u.replace("samples/owners.csv", "owner", "0wner")
			u.reseal(b.signer)
		}},
		{"samples without end", "manifest.json", "not kept in memory", func(u *unpacked) {
			u.replace("manifest.json", `"size": 5,`, `"size": 500001,`)
			u.reseal(b.signer)
		}},
		{"a lie about the journal", "journal/journal.jsonl", "the manifest says that it holds", func(u *unpacked) {
			u.replace("manifest.json", `"redacted": 0`, `"redacted": 7`)
			u.reseal(b.signer)
		}},
		{"another period", "journal/journal.jsonl", "of another period", func(u *unpacked) {
			u.replace("manifest.json", "2026-01-01T00", "2026-02-01T00")
			u.reseal(b.signer)
		}},
		{"a truncated journal", "journal/journal.jsonl", "the journal was cut off", func(u *unpacked) {
			lines := bytes.SplitAfter(u.text["journal/journal.jsonl"], []byte("\n"))
			u.text["journal/journal.jsonl"] = bytes.Join(lines[:len(lines)-20], nil)
			u.reseal(b.signer)
		}},
		{"a changed entry", "journal/journal.jsonl", "is not what was written", func(u *unpacked) {
			u.replace("journal/journal.jsonl", `\"n\":77`, `\"n\":78`)
			u.reseal(b.signer)
		}},
		{"a forged checkpoint", "journal/journal.jsonl", "forged", func(u *unpacked) { forgeCheckpoint(u, mallory.signer); u.reseal(b.signer) }},
		{"a checkpoint less in the copies", "journal/checkpoints.jsonl", "is missing", func(u *unpacked) {
			_, rest, _ := bytes.Cut(u.text["journal/checkpoints.jsonl"], []byte("\n"))
			u.text["journal/checkpoints.jsonl"] = rest
			u.reseal(b.signer)
		}},
		{"another journal", "journal/journal.jsonl", "another journal", func(u *unpacked) {
			other := unpack(u.t, made(u.t, mallory))
			u.text["journal/journal.jsonl"] = other.text["journal/journal.jsonl"]
			u.reseal(b.signer)
		}},
		{"files in another order", "tables/owners.csv", "into another order", func(u *unpacked) { u.names[0], u.names[1] = u.names[1], u.names[0] }},
		{"a name that leads out", "../../etc/cron.d/x", "could lead out of the folder", func(u *unpacked) {
			u.names, u.text["../../etc/cron.d/x"] = append(u.names, "../../etc/cron.d/x"), []byte("x")
		}},
		{"a name of Windows", `..\x`, "could lead out of the folder", func(u *unpacked) { u.names, u.text[`..\x`] = append(u.names, `..\x`), []byte("x") }},
		{"an absolute name", "/etc/passwd", "could lead out of the folder", func(u *unpacked) { u.names, u.text["/etc/passwd"] = append(u.names, "/etc/passwd"), []byte("x") }},
		{"a manifest that leads out", "../x", "could lead out of the folder", func(u *unpacked) {
			u.replace("manifest.json", `"name": "tables/owners.csv"`, `"name": "../x"`)
		}},
		{"the same name twice", "README.txt", "it stands there twice", func(u *unpacked) { u.names = append(u.names, "README.txt") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := unpack(t, whole)
			c.do(u)
			named(t, look(t, u.zip(), pack.VerifyOptions{Keys: []string{b.keys[0]}}), c.file, c.want)
		})
	}
	if r := look(t, unpack(t, whole).zip(), pack.VerifyOptions{}); !r.Sound() {
		t.Errorf("taken apart and put together, it is not sound: %v", r.Problems)
	}
}

// forgeCheckpoint signs the first checkpoint of the part anew.
func forgeCheckpoint(u *unpacked, by *journal.Signer) {
	u.t.Helper()
	copies, err := journal.DecodeCopies(bytes.NewReader(u.text["journal/checkpoints.jsonl"]))
	if err != nil {
		u.t.Fatal(err)
	}
	was := copies.Checkpoints[0]
	forged, err := by.Sign(was)
	if err != nil {
		u.t.Fatal(err)
	}
	// It keeps the name of the journal, as a forger would.
	text := strings.Replace(forged.Note, forged.Origin, was.Origin, 1)
	u.replace("journal/journal.jsonl", quoted(was.Note), quoted(text))
}

func quoted(s string) string {
	return strings.Trim(fmt.Sprintf("%q", strings.ReplaceAll(s, "\u2014", "—")), `"`)
}

func TestWhatWasDoneToAFolderIsNamed(t *testing.T) {
	b := year(t)
	for _, c := range []struct {
		name, file, want string
		do               func(dir string) error
	}{
		{"nothing", "", "", func(string) error { return nil }},
		{"one changed byte", "tables/owners.csv", "it was changed", func(dir string) error { return flip(filepath.Join(dir, "tables/owners.csv")) }},
		{"a missing file", "README.txt", "it is missing", func(dir string) error { return os.Remove(filepath.Join(dir, "README.txt")) }},
		{"an added file", "tables/.hidden", "it was added", func(dir string) error { return os.WriteFile(filepath.Join(dir, "tables/.hidden"), nil, 0o600) }},
		{"a link", "README.txt", "no regular file", func(dir string) error {
			return os.Rename(filepath.Join(dir, "README.txt"), filepath.Join(dir, "..", "r"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "pack")
			if _, err := pack.WriteFolder(t.Context(), dir, proof(), pack.Options{Signer: b.signer, Journal: b.journal(), Tables: []string{"owners"}}); err != nil {
				t.Fatal(err)
			}
			if err := c.do(dir); err != nil {
				t.Fatal(err)
			}
			if c.name == "a link" {
				if err := os.Symlink(filepath.Join("..", "r"), filepath.Join(dir, "README.txt")); err != nil {
					t.Skip(err)
				}
			}
			r, err := pack.VerifyFolder(t.Context(), dir, pack.VerifyOptions{Keys: []string{b.keys[0]}})
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" {
				if !r.Sound() || !r.Trusted {
					t.Errorf("it is not sound: %+v", r)
				}
				return
			}
			named(t, r, c.file, c.want)
		})
	}
}

func flip(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	return os.WriteFile(path, b, 0o600)
}
