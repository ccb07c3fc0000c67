package pack_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/pack"
)

// empties is a zip file with many empty files.
func empties(t *testing.T, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range n {
		_, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint("f", i)})
		check(t, err)
	}
	check(t, z.Close())
	return out.Bytes()
}

func TestADirectoryOfTooManyFilesIsNotRead(t *testing.T) {
	many := empties(t, 300_000)
	lying := empties(t, 200_000) // says 10 of them, in both of its ends
	for _, at := range []int{len(lying) - 98 + 24, len(lying) - 98 + 32} {
		binary.LittleEndian.PutUint64(lying[at:], 10)
	}
	none := empties(t, 1)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"many, and it says so":     {many, "there are more than 10000 files"},
		"many, and it says ten":    {lying, "its directory is longer than that of any pack"},
		"something behind the end": {append(bytes.Clone(none), 0), "something stands behind its end"},
		"too short":                {none[:9], "too short"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := look(t, c.file, pack.VerifyOptions{})
		runtime.ReadMemStats(&after)
		named(t, r, "", c.want)
		if n := after.TotalAlloc - before.TotalAlloc; n > 64<<20 {
			t.Errorf("%s: %d bytes were allocated", name, n)
		}
	}
}

func TestNoFileHasTheNameOfADevice(t *testing.T) {
	whole, b := everything(t)
	for name, refused := range map[string]bool{
		"tables/con.csv": true, "nul": true, "tables/LPT9.json": true, "com1": true, "aux/x.csv": true,
		"tables/console.csv": false, "tables/com.csv": false, "tables/com10.csv": false, "tables/null.csv": false,
	} {
		u := unpack(t, whole)
		u.replace("manifest.json", `"name": "README.txt"`, fmt.Sprintf(`"name": %q`, name))
		u.seal(b.signer)
		r := look(t, u.zip(), pack.VerifyOptions{})
		if got := strings.Contains(fmt.Sprint(r.Problems), "no pack has a file of that name"); got != refused {
			t.Errorf("%s: %v", name, r.Problems)
		}
	}
}

func TestTheManifestIsSafeToShow(t *testing.T) {
	e := proof()
	e.Orgs[0].Login = "acme\u202egro"
	e.Complete, e.Gaps = false, []evidence.Gap{{Org: "a\u009bb", Area: "members", Reason: "<\u2066>"}}
	packed := written(t, e, pack.Options{Tables: []string{"owners", "gaps"}})
	text := string(unpack(t, packed).text["manifest.json"])
	if strings.ContainsAny(text, "\u202e\u009b\u2066") || !strings.Contains(text, `acme\u202egro`) {
		t.Errorf("it is %s", text)
	}
	if r := look(t, packed, pack.VerifyOptions{}); !r.Sound() || r.Manifest.Orgs[0].Login != e.Orgs[0].Login {
		t.Errorf("%v: %v", r.Problems, r.Manifest.Orgs)
	}
}

func TestAPackOfChosenTablesIsToldAsOne(t *testing.T) {
	all := strings.Join(look(t, made(t, nil), pack.VerifyOptions{}).Unproven(), "\n")
	if !strings.Contains(all, "what these tables say, which are not in the pack: ") || !strings.Contains(all, "findings") || strings.Contains(all, "pack: owners") {
		t.Errorf("not proven is\n%s", all)
	}
	whole, _ := everything(t)
	if all := strings.Join(look(t, whole, pack.VerifyOptions{}).Unproven(), "\n"); strings.Contains(all, "not in the pack") {
		t.Errorf("of all tables, not proven is\n%s", all)
	}
}

func TestAManifestOfTooManyTablesIsNotFollowed(t *testing.T) {
	u := unpack(t, made(t, nil))
	text := string(u.text["manifest.json"])
	at := strings.Index(text, `"samples": [`)
	from := strings.Index(text, `"tables": [`)
	const one = `
    {
      "name": "",
      "title": "",
      "rows": 0,
      "columns": 0,
      "csv": "",
      "json": ""
    },`
	crowd := `"tables": [` + strings.TrimSuffix(strings.Repeat(one, 10_001), ",") + "\n  ],\n  "
	u.text["manifest.json"] = []byte(text[:from] + crowd + text[at:])
	named(t, look(t, u.zip(), pack.VerifyOptions{}), "manifest.json", "more than 10000 tables and samples")
}
