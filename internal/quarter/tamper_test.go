package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
)

// spoilt is a pack as a folder that somebody works on.
type spoilt struct {
	t   *testing.T
	dir string
	key string // the file of the journal's private key
}

func (s spoilt) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s spoilt) read(name string) []byte { return read(s.t, s.path(name)) }

func (s spoilt) write(name string, b []byte) { put(s.t, s.path(name), b) }

func (s spoilt) replace(name, old, fresh string) {
	s.t.Helper()
	was := string(s.read(name))
	if !strings.Contains(was, old) {
		s.t.Fatalf("%s has no %q", name, old)
	}
	s.write(name, []byte(strings.Replace(was, old, fresh, 1)))
}

// lines edits the lines of a file.
func (s spoilt) lines(name string, do func([]string) []string) {
	all := strings.SplitAfter(string(s.read(name)), "\n")
	if all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	s.write(name, []byte(strings.Join(do(all), "")))
}

func (s spoilt) remove(name string) {
	s.t.Helper()
	if err := os.Remove(s.path(name)); err != nil {
		s.t.Fatal(err)
	}
}

var (
	namedFile = regexp.MustCompile(`"name": "([^"]+)",\n      "size": \d+,\n      "sha256": "[0-9a-f]{64}"`)
	packOf    = regexp.MustCompile(`"pack": "[0-9a-f]{32}"`)
	keysOf    = regexp.MustCompile(`"journal_key": "[^"]*",\n    "minisign_key": "[^"]*"`)
)

// sealed makes the hashes, the sums and the signatures fit again: what whoever holds a key
// can do.
func (s spoilt) sealed(by *journal.Signer) {
	s.t.Helper()
	key, err := journal.MinisignKey(by.Public())
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("journal/minisign.pub", fmt.Appendf(nil, "untrusted comment: public key of an ajar journal\n%s\n", key))
	var sums strings.Builder
	manifest := namedFile.ReplaceAllStringFunc(string(s.read("manifest.json")), func(line string) string {
		name := namedFile.FindStringSubmatch(line)[1]
		b := s.read(name)
		fmt.Fprintf(&sums, "%s  %s\n", hexOf(b), name)
		return fmt.Sprintf("\"name\": %q,\n      \"size\": %d,\n      \"sha256\": %q", name, len(b), hexOf(b))
	})
	id := hexOf([]byte(sums.String()))[:32]
	manifest = packOf.ReplaceAllString(manifest, `"pack": "`+id+`"`)
	manifest = keysOf.ReplaceAllString(manifest, fmt.Sprintf("\"journal_key\": %q,\n    \"minisign_key\": %q", by.Public(), key))
	fmt.Fprintf(&sums, "%s  manifest.json\n", hexOf([]byte(manifest)))
	for name, text := range map[string]string{"manifest.json": manifest, "SHA256SUMS": sums.String()} {
		s.write(name, []byte(text))
		sig, err := by.Minisign([]byte(text), "by somebody", fmt.Sprintf("ajar evidence pack %s, file %s, period ends 2026-04-01T00:00:00Z", id, name))
		if err != nil {
			s.t.Fatal(err)
		}
		s.write(name+".minisig", sig)
	}
}

// own is the key of the journal itself.
func (s spoilt) own() *journal.Signer {
	s.t.Helper()
	k, err := journal.ReadKey(s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	return k
}

func hexOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// tamperings are what is done to the pack, and what verify has to say of which file. Those
// that are sealed are done by somebody with the private key: hashes alone do not find them.
var tamperings = []struct {
	name, file, want string
	do               func(spoilt)
}{
	{"a changed byte in a table", "tables/owners.csv", "it was changed: its hash is not the one of the manifest", func(s spoilt) {
		b := s.read("tables/owners.csv")
		b[len(b)/2] ^= 1
		s.write("tables/owners.csv", b)
	}},
	{"a row taken out", "tables/access-changes.csv", "it was changed, or its end was cut off", func(s spoilt) {
		s.lines("tables/access-changes.csv", func(l []string) []string { return slices.Delete(l, 5, 6) })
	}},
	{"a row taken out, and sealed", "tables/access-changes.csv", "rows, and the manifest counts", func(s spoilt) {
		s.lines("tables/access-changes.csv", func(l []string) []string { return slices.Delete(l, 5, 6) })
		s.sealed(s.own())
	}},
	{"a table taken out", "tables/gaps.csv", "it is missing", func(s spoilt) { s.remove("tables/gaps.csv") }},
	{"a file put in", "tables/extra.csv", "it is not of this pack: it was added", func(s spoilt) { s.write("tables/extra.csv", []byte("a,b\n")) }},
	{"the page says complete", "report.html", "its hash is not the one of the manifest", func(s spoilt) {
		s.replace("report.html", "INCOMPLETE", "complete!!")
	}},
	{"the workbook was saved anew", "evidence.xlsx", "manifest gives it", func(s spoilt) { s.write("evidence.xlsx", append(s.read("evidence.xlsx"), 0)) }},
	{"the manifest says complete", "manifest.json", "it says that the pack is complete, and lists gaps", func(s spoilt) { s.replace("manifest.json", `"complete": false`, `"complete": true`) }},
	{"the manifest has another end", "manifest.json.minisig", "not of this file", func(s spoilt) { s.replace("manifest.json", "2026-04-01T00:00:00Z", "2026-03-01T00:00:00Z") }},
	{"the sums were changed", "SHA256SUMS", "it does not say what the manifest says", func(s spoilt) {
		b := s.read("SHA256SUMS")
		b[0] ^= 1
		s.write("SHA256SUMS", b)
	}},
	{"the signature was taken away", "manifest.json.minisig", "it is missing", func(s spoilt) { s.remove("manifest.json.minisig") }},
	{"an entry of the journal rewritten, and sealed", "journal/journal.jsonl", "is not what was written", func(s spoilt) {
		s.replace("journal/journal.jsonl", "looked at each, week", "looked at none, week")
		s.sealed(s.own())
	}},
	{"an entry of the journal taken out, and sealed", "journal/journal.jsonl", "stands where entry", func(s spoilt) {
		s.lines("journal/journal.jsonl", func(l []string) []string { return slices.Delete(l, len(l)-20, len(l)-19) })
		s.sealed(s.own())
	}},
	{"the journal cut short, and sealed", "journal/journal.jsonl", "the journal was cut off", func(s spoilt) {
		s.lines("journal/journal.jsonl", func(l []string) []string { return l[:len(l)-7] })
		s.sealed(s.own())
	}},
	{"a forged checkpoint, and sealed", "journal/checkpoints.jsonl", "one was forged, or is missing", func(s spoilt) {
		s.lines("journal/checkpoints.jsonl", func(l []string) []string {
			i := strings.LastIndex(l[3], `\n"`) - 8
			was := l[3][i]
			fresh := byte('A')
			if was == fresh {
				fresh = 'B'
			}
			l[3] = l[3][:i] + string(fresh) + l[3][i+1:]
			return l
		})
		s.sealed(s.own())
	}},
	{"another row in a sample, and sealed", "samples/findings.csv", "it is not the sample that the seed", func(s spoilt) {
		s.lines("samples/findings.csv", func(l []string) []string { l[2] = strings.Replace(l[2], ",", ",x", 1); return l })
		s.sealed(s.own())
	}},
	{"sealed by another key", "", "does not sign the journal in it", func(s spoilt) {
		s.replace("tables/owners.csv", "start", "stars")
		k, err := journal.NewSigner(strings.NewReader(strings.Repeat("nobody's randomness ", 9)), s.own().Origin())
		if err != nil {
			s.t.Fatal(err)
		}
		s.sealed(k)
	}},
}

// Each tampering is named: the file, and what was done to it.
func TestEachTamperingWithThePackOfAQuarterIsNamed(t *testing.T) {
	q := aQuarter(t)
	whole, _ := unpacked(t, q.path("soc2.zip"))
	if c := q.verify(t, whole, 3); !c.Sound {
		t.Fatalf("before anything was done to it: %v", c.Problems)
	}
	for _, x := range tamperings {
		t.Run(x.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "pack")
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			x.do(spoilt{t, dir, q.path("ajar.db.key")})
			c := q.verify(t, dir, 1)
			if c.Sound {
				t.Error("it is called sound")
			}
			for _, p := range c.Problems {
				if p.File == x.file && strings.Contains(p.What, x.want) {
					return
				}
			}
			t.Errorf("nothing says of %q that %q: %q", x.file, x.want, c.Problems)
		})
	}
}

// So is what was done to the zip file, beside the files in it.
func TestEachTamperingWithTheZipOfAQuarterIsNamed(t *testing.T) {
	q := aQuarter(t)
	whole := read(t, q.path("soc2.zip"))
	for name, c := range map[string]struct {
		want string
		do   func([]byte) []byte
	}{
		"a byte in the middle": {"owners.csv", func(b []byte) []byte {
			at := bytes.Index(b, []byte("tables/owners.csv")) + len("tables/owners.csv") + 40
			b[at] ^= 0x55
			return b
		}},
		"a byte behind its end":          {"something stands behind its end", func(b []byte) []byte { return append(b, 'x') }},
		"packed anew by another program": {"something stands behind its end", func(b []byte) []byte { return packedAnew(t, b) }},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pack.zip")
			put(t, path, c.do(bytes.Clone(whole)))
			_, err := q.ajar(t.Context(), readToken, []int{0}, "verify", path, "-o", "json")
			if err == nil || !strings.Contains(err.Error(), "exit code 1") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it says %v", err)
			}
		})
	}
}

func packedAnew(t *testing.T, b []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetComment("with love"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
