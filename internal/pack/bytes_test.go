package pack_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/pack"
)

// tiny is the smallest pack that has everything.
func tiny(t testing.TB) ([]byte, *book) {
	t.Helper()
	b := newBook(t, 7).fill(8)
	e := proof()
	e.Tables = e.Tables[1:]
	e.Period = evidence.Period{From: b.entries[3].At, To: b.entries[5].At}
	return written(t, e, pack.Options{Signer: b.signer, Journal: b.journal(), Tables: []string{"waivers"}}), b
}

func TestEveryChangedByteOfAZipFileIsNamed(t *testing.T) {
	whole, _ := tiny(t)
	if r := look(t, whole, pack.VerifyOptions{}); !r.Sound() {
		t.Fatalf("it is not sound: %v", r.Problems)
	}
	step := 13
	if os.Getenv("AJAR_PROVE") != "" {
		step = 1
	}
	for i := 0; i < len(whole); i += step {
		changed := bytes.Clone(whole)
		changed[i] ^= 1 << (i / step % 8)
		if r := look(t, changed, pack.VerifyOptions{}); r.Sound() {
			t.Errorf("byte %d of %d is changed, and it is not seen", i, len(whole))
		}
	}
	for name, changed := range map[string][]byte{
		"something before it": append([]byte("#!/bin/sh\n"), whole...),
		"something behind it": append(bytes.Clone(whole), "more"...),
		"its end cut off":     whole[:len(whole)-1],
		"its beginning":       whole[1:],
		"nothing":             nil,
	} {
		if r := look(t, changed, pack.VerifyOptions{}); r.Sound() {
			t.Errorf("%s is not seen", name)
		}
	}
}

func TestAZipBombIsNotUnpacked(t *testing.T) {
	b := year(t)
	whole := made(t, b)
	big := strings.Repeat("0", 64<<20)
	for _, c := range []struct{ name, file, want string }{
		{"a file", "tables/owners.csv", "no more of it was read"},
		{"the manifest", "manifest.json", "longer than 16777216 bytes"},
		{"the sums", "SHA256SUMS", "longer than 16777216 bytes"},
		{"a signature", "manifest.json.minisig", "longer than 4096 bytes"},
	} {
		packed := func() []byte {
			u := unpack(t, whole)
			u.text[c.file] = []byte(big)
			return u.zip()
		}()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		named(t, look(t, packed, pack.VerifyOptions{}), c.file, c.want)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 100<<20 {
			t.Errorf("%s: %d bytes were allocated", c.name, n)
		}
	}
	named(t, look(t, whole, pack.VerifyOptions{MaxBytes: 1000}), "manifest.json", "so nothing of it is read")
}

func TestFilesThatShareTheirBytesAreNotUnpacked(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	var packed bytes.Buffer
	f, _ := flate.NewWriter(&packed, 9)
	zeros := make([]byte, 1<<20)
	_, _ = f.Write(zeros)
	_ = f.Close()
	h := &zip.FileHeader{Name: "manifest.json", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(zeros), CompressedSize64: 1 << 40, UncompressedSize64: 1 << 20}
	w, err := z.CreateRaw(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, &packed); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r := look(t, out.Bytes(), pack.VerifyOptions{})
	named(t, r, "", "zip bomb")
}

func FuzzVerify(f *testing.F) {
	whole, b := tiny(f)
	f.Add(whole)
	u := unpack(f, whole)
	u.replace("manifest.json", `"columns": 1`, `"columns": 2`)
	u.reseal(b.signer)
	f.Add(u.zip())
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		r, err := pack.Verify(t.Context(), bytes.NewReader(packed), int64(len(packed)), pack.VerifyOptions{Keys: b.keys, MaxBytes: 1 << 20})
		if err == nil && r.Sound() && !bytes.Equal(packed, whole) {
			t.Error("something else is sound too")
		}
	})
}

// FuzzSealed changes what is inside and seals it again, so that what lies behind the
// signatures is reached.
func FuzzSealed(f *testing.F) {
	whole, b := tiny(f)
	u := unpack(f, whole)
	f.Add(u.text["manifest.json"], u.text["journal/journal.jsonl"], u.text["journal/proofs.jsonl"], u.text["tables/waivers.csv"])
	f.Add([]byte("{}"), []byte("\n"), []byte(""), []byte(`"`))
	good := string(u.text["journal/journal.jsonl"])
	f.Fuzz(func(t *testing.T, manifest, part, proofs, table []byte) {
		u := unpack(t, whole)
		u.text["manifest.json"], u.text["journal/journal.jsonl"], u.text["journal/proofs.jsonl"], u.text["tables/waivers.csv"] = manifest, part, proofs, table
		u.reseal(b.signer)
		packed := u.zip()
		r, err := pack.Verify(t.Context(), bytes.NewReader(packed), int64(len(packed)), pack.VerifyOptions{Keys: b.keys, MaxBytes: 1 << 20})
		if err == nil && r.Sound() && r.Journal != nil && r.Journal.Reaches && string(part) != good && r.Journal.From.Equal(b.entries[3].At) && r.Journal.To.Equal(b.entries[5].At) {
			t.Error("another journal of the same period is sound too")
		}
	})
}
