package pack_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
)

// unpacked is a pack that somebody takes apart and puts together again.
type unpacked struct {
	t     testing.TB
	names []string
	text  map[string][]byte
	heads map[string]zip.FileHeader
}

func unpack(t testing.TB, packed []byte) *unpacked {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	u := &unpacked{t: t, text: map[string][]byte{}, heads: map[string]zip.FileHeader{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		u.names, u.text[f.Name], u.heads[f.Name] = append(u.names, f.Name), b, f.FileHeader
	}
	return u
}

// zip puts it together exactly as ajar would.
func (u *unpacked) zip() []byte {
	u.t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, name := range u.names {
		was, ok := u.heads[name]
		if !ok {
			was = u.heads["manifest.json"]
		}
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, ExternalAttrs: was.ExternalAttrs, CreatorVersion: was.CreatorVersion}
		h.ModifiedDate, h.ModifiedTime = was.ModifiedDate, was.ModifiedTime //nolint:staticcheck // the fields that ajar writes
		w, err := z.CreateHeader(h)
		if err != nil {
			u.t.Fatal(err)
		}
		if _, err := w.Write(u.text[name]); err != nil {
			u.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		u.t.Fatal(err)
	}
	return out.Bytes()
}

func (u *unpacked) replace(name, old, fresh string) {
	u.t.Helper()
	was := string(u.text[name])
	now := strings.Replace(was, old, fresh, 1)
	if was == now {
		u.t.Fatalf("%s has no %q", name, old)
	}
	u.text[name] = []byte(now)
}

func (u *unpacked) remove(name string) {
	u.names = slices.DeleteFunc(u.names, func(n string) bool { return n == name })
}

var (
	fileLine    = regexp.MustCompile(`"name": "([^"]+)",\n      "size": \d+,\n      "sha256": "[0-9a-f]{64}"`)
	periodLines = regexp.MustCompile(`"period": \{\n    "from": "[^"]*",\n    "to": "([^"]*)"`)
	packLine    = regexp.MustCompile(`"pack": "[0-9a-f]{32}"`)
	keyLines    = regexp.MustCompile(`"journal_key": "[^"]*",\n    "minisign_key": "[^"]*"`)
)

// reseal makes hashes, sums and signatures fit again: what somebody does who has a key.
func (u *unpacked) reseal(s *journal.Signer) {
	u.t.Helper()
	key, err := journal.MinisignKey(s.Public())
	if err != nil {
		u.t.Fatal(err)
	}
	u.text["journal/minisign.pub"] = fmt.Appendf(nil, "untrusted comment: public key of an ajar journal\n%s\n", key)
	u.seal(s)
}

// seal does that, and leaves the file of the key as it is.
func (u *unpacked) seal(s *journal.Signer) {
	u.t.Helper()
	key, err := journal.MinisignKey(s.Public())
	if err != nil {
		u.t.Fatal(err)
	}
	var sums strings.Builder
	manifest := fileLine.ReplaceAllStringFunc(string(u.text["manifest.json"]), func(line string) string {
		name := fileLine.FindStringSubmatch(line)[1]
		b := u.text[name]
		fmt.Fprintf(&sums, "%s  %s\n", hexOf(b), name)
		return fmt.Sprintf("\"name\": %q,\n      \"size\": %d,\n      \"sha256\": %q", name, len(b), hexOf(b))
	})
	id := hexOf([]byte(sums.String()))[:32]
	manifest = packLine.ReplaceAllString(manifest, `"pack": "`+id+`"`)
	manifest = keyLines.ReplaceAllString(manifest, fmt.Sprintf("\"journal_key\": %q,\n    \"minisign_key\": %q", s.Public(), key))
	u.text["manifest.json"] = []byte(manifest)
	fmt.Fprintf(&sums, "%s  manifest.json\n", hexOf([]byte(manifest)))
	u.text["SHA256SUMS"] = []byte(sums.String())
	end := "2026-04-01T00:00:00Z"
	if m := periodLines.FindStringSubmatch(manifest); m != nil {
		end = m[1]
	}
	for _, name := range []string{"manifest.json", "SHA256SUMS"} {
		sig, err := s.Minisign(u.text[name], "by somebody", fmt.Sprintf("ajar evidence pack %s, file %s, period ends %s", id, name, end))
		if err != nil {
			u.t.Fatal(err)
		}
		u.text[name+".minisig"] = sig
	}
}

func hexOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
