package pack_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/pack"
)

// packedAnew packs each file of a zip file again, with empty blocks in front that no
// program unpacks to anything. It takes no key.
func packedAnew(t *testing.T, whole []byte) []byte {
	t.Helper()
	u := unpack(t, whole)
	old, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	check(t, err)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range old.File {
		var packed bytes.Buffer
		w, err := flate.NewWriter(&packed, flate.BestSpeed)
		check(t, err)
		check(t, w.Flush())
		_, err = w.Write(u.text[f.Name])
		check(t, err)
		check(t, w.Close())
		h := f.FileHeader
		h.CreatorVersion, h.ReaderVersion, h.Flags, h.CompressedSize64 = f.CreatorVersion&0xff00|20, 20, 8, uint64(packed.Len())
		to, err := z.CreateRaw(&h)
		check(t, err)
		_, err = to.Write(packed.Bytes())
		check(t, err)
	}
	check(t, z.Close())
	return out.Bytes()
}

func TestAZipFileThatWasPackedAnewIsNamedOrToldAsNotProven(t *testing.T) {
	whole, b := everything(t)
	anew := packedAnew(t, whole)
	named(t, look(t, anew, pack.VerifyOptions{Keys: b.keys, Program: thisProgram}), "", "are not those that ajar packs it into")
	r := look(t, anew, pack.VerifyOptions{Keys: b.keys, Program: "ajar 9.9.9"})
	if all := strings.Join(r.Unproven(), "\n"); !r.Sound() || !strings.Contains(all, "that the zip file holds no hidden bytes") {
		t.Errorf("of another program: %v; not proven is\n%s", r.Problems, all)
	}
	r = look(t, whole, pack.VerifyOptions{Keys: b.keys, Program: "ajar 9.9.9"})
	if all := strings.Join(r.Unproven(), "\n"); !r.Sound() || strings.Contains(all, "hidden bytes") {
		t.Errorf("as it was packed: %v; not proven is\n%s", r.Problems, all)
	}
}
