package pack_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/pack"
	"github.com/eb661601/ajar/internal/report"
)

// owned is the smallest pack with a table that has rows of each sort.
func owned(t testing.TB) ([]byte, *book) {
	t.Helper()
	b := newBook(t, 7).fill(8)
	e := proof()
	e.Tables = e.Tables[:1]
	e.Tables[0].Rows = of([]evidence.Value{evidence.Of("=a,\"b\"\r\nc"), evidence.Count(7), evidence.At(quarter)}, make([]evidence.Value, 3))
	e.Period = evidence.Period{From: b.entries[3].At, To: b.entries[5].At}
	return written(t, e, pack.Options{Signer: b.signer, Journal: b.journal(), Tables: []string{"owners"}}), b
}

// FuzzForms changes both forms of a table and seals them. Where that is sound, other
// readers of CSV and of JSON find the same texts in both.
func FuzzForms(f *testing.F) {
	whole, b := owned(f)
	u := unpack(f, whole)
	table, rows := u.text["tables/owners.csv"], u.text["tables/owners.json"]
	f.Add(table, rows)
	f.Add(bytes.ReplaceAll(table, []byte("\r\n"), []byte("\n")), rows)
	f.Add(table, bytes.ReplaceAll(rows, []byte("null"), []byte(`""`)))
	f.Add(bytes.Replace(table, []byte("'=a"), []byte("'=\xc3\xa4"), 1), bytes.Replace(rows, []byte(`"=a`), []byte(`"=\u00e4`), 1))
	f.Fuzz(func(t *testing.T, table, rows []byte) {
		u := unpack(t, whole)
		u.text["tables/owners.csv"], u.text["tables/owners.json"] = table, rows
		u.reseal(b.signer)
		packed := u.zip()
		r, err := pack.Verify(t.Context(), bytes.NewReader(packed), int64(len(packed)), pack.VerifyOptions{Keys: b.keys, MaxBytes: 1 << 20})
		if err != nil || !r.Sound() {
			return
		}
		cells, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
		if err != nil {
			t.Fatalf("the CSV of a sound pack: %v", err)
		}
		var doc struct{ Rows []map[string]any }
		if err := json.Unmarshal(rows, &doc); err != nil || len(doc.Rows) != len(cells)-1 {
			t.Fatalf("the JSON of a sound pack has %d rows and its CSV %d: %v", len(doc.Rows), len(cells)-1, err)
		}
		for i, row := range doc.Rows {
			want, _ := row[cells[0][0]].(string)
			// encoding/csv reads a CR LF in quotes as a LF.
			if got := report.Undefuse(cells[i+1][0]); cells[0][0] == "principal" && got != strings.ReplaceAll(want, "\r\n", "\n") && got != want {
				t.Fatalf("the CSV says %q and the JSON %q", got, want)
			}
		}
	})
}

func TestATableThatSaysTooMuchOfItselfIsNotRead(t *testing.T) {
	whole, b := owned(t)
	for name, c := range map[string][2]string{
		"a line of 5 MiB":       {`"about":"Who."`, `"about":"` + strings.Repeat("o", 5<<20) + `"`},
		"a cell of 5 MiB":       {`"number":7`, `"number":7` + strings.Repeat("0", 5<<20)},
		"more than 256 columns": {`"columns":[`, `"columns":[` + columns(300)},
	} {
		u := unpack(t, whole)
		u.replace("tables/owners.json", c[0], c[1])
		u.reseal(b.signer)
		start := time.Now()
		named(t, look(t, u.zip(), pack.VerifyOptions{Keys: b.keys}), "tables/owners.json", "not written the way ajar writes a table")
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
}

func columns(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, `{"name":"c%d","title":"C","about":"C.","kind":"text"},`, i)
	}
	return out.String()
}

// What is too large to be made again in bounded memory is said to be not proven.
func TestDocumentsOfHugeRowsAreNotMadeAgainAndThatIsSaid(t *testing.T) {
	b := year(t)
	e := keeping(t, gathered(t), b)
	for i := range e.Tables {
		if e.Tables[i].Name != "baselines" {
			continue
		}
		row := make([]evidence.Value, len(e.Tables[i].Columns))
		row[0] = evidence.Of(strings.Repeat("x", 1<<20))
		e.Tables[i].Rows = of(slices.Repeat([][]evidence.Value{row}, 70)...)
	}
	r := look(t, written(t, e, pack.Options{Signer: b.signer, Journal: b.journal()}), pack.VerifyOptions{Keys: b.keys, Program: thisProgram})
	if !r.Sound() || !r.Large || r.Numbers == 0 {
		t.Errorf("it gives %v, large: %t", r.Problems, r.Large)
	}
	if all := strings.Join(r.Unproven(), "\n"); !strings.Contains(all, "report.html") || !strings.Contains(all, "of more than this program makes again") {
		t.Errorf("not proven is\n%s", all)
	}
}
