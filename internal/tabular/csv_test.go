package tabular

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

func csvOf(t interface{ Fatal(...any) }, table evidence.Table) string {
	var b bytes.Buffer
	if err := WriteCSV(context.Background(), &b, table); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func jsonOf(t interface{ Fatal(...any) }, table evidence.Table) string {
	var b bytes.Buffer
	if err := WriteJSON(context.Background(), &b, table, exampleEvidence()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCSVHasEachKindAsItsReadersExpectIt(t *testing.T) {
	want := strings.Join([]string{
		"principal,principal_id,share,seen_at,planned",
		"user:ann,7,0.25,2026-01-01T00:00:00Z,yes",
		"'=cmd|' /C calc'!A0,-7,-0.5,2026-01-01T01:30:00Z,no",
		",,,,",
		"\"a \"\"b\"\", c\r\nd\",1152921504606846976,1000000000,2026-03-01T00:00:00Z,yes",
		"\u202ex\x1b[2J,0,0,2026-01-01T00:00:00Z,no", "",
	}, "\r\n")
	if got := csvOf(t, exampleTable(exampleRows()...)); got != want {
		t.Errorf("CSV is\n%q\nwant\n%q", got, want)
	}
}

func TestCSVGivesEveryTextBackAndNoneIsAFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[ \t\r\n'=+@\-]{0,3}[\x00-\x{ff}]{0,8}`).Draw(t, "text")
		row := exampleRows()[0]
		row[0] = evidence.Of(s)
		all, err := csv.NewReader(strings.NewReader(csvOf(t, exampleTable(row)))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		cell := all[1][0]
		if got := report.Undefuse(cell); got != strings.ReplaceAll(s, "\r\n", "\n") { // as encoding/csv reads them
			t.Fatalf("%q comes back as %q", s, got)
		}
		if trimmed := strings.TrimSpace(cell); trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@") {
			t.Fatalf("%q is written as the formula %q", s, cell)
		}
	})
}

func TestJSONKeepsEveryValueAsItIs(t *testing.T) {
	var doc struct {
		Rows []struct {
			Principal *string
			ID        *int64 `json:"principal_id"`
			Share     *float64
			Seen      *string `json:"seen_at"`
			Planned   *bool
		}
		Count int
	}
	text := jsonOf(t, exampleTable(exampleRows()...))
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Count != 5 || len(doc.Rows) != 5 {
		t.Fatalf("%d rows, count %d", len(doc.Rows), doc.Count)
	}
	for i, row := range exampleRows() {
		got := doc.Rows[i]
		if i == 2 {
			if got.Principal != nil || got.ID != nil || got.Share != nil || got.Seen != nil || got.Planned != nil {
				t.Errorf("missing values are %+v", got)
			}
			continue
		}
		if *got.Principal != row[0].Text || *got.ID != row[1].Whole || *got.Share != row[2].Number || *got.Planned != (row[4].Whole == 1) {
			t.Errorf("row %d is %+v", i, got)
		}
	}
	if strings.ContainsAny(text, "\u202e\x1b") {
		t.Error("what acts on a terminal stands there as it is")
	}
}

func TestJSONIsAsItsSchemaSays(t *testing.T) {
	file, err := os.Open("../../docs/schemas/ajar.evidence-table.v1.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("table.json", text); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile("table.json")
	for _, table := range []evidence.Table{exampleTable(), exampleTable(exampleRows()...), many(3)} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(jsonOf(t, table)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Error(err)
		}
		object := doc.(map[string]any)
		for key := range object {
			kept := object[key]
			object[key] = []any{[]any{"x"}}
			if schema.Validate(doc) == nil {
				t.Errorf("nobody noticed another sort of %s", key)
			}
			if delete(object, key); schema.Validate(doc) == nil {
				t.Errorf("nobody noticed that %s is missing", key)
			}
			object[key] = kept
		}
	}
}

// broken gives a table whose rows end in an error.
func broken(err error) evidence.Table {
	t := exampleTable()
	t.Rows = func(context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) {
			_ = yield(exampleRows()[0], nil) && yield(nil, err)
		}
	}
	return t
}

func TestATableThatIsNotSoundIsAnError(t *testing.T) {
	cause := errors.New("the disk is gone")
	short, nan, twice, odd, none := exampleTable(exampleRows()[0][:2]), exampleTable(exampleRows()[0]), exampleTable(), exampleTable(), exampleTable()
	row := exampleRows()[0]
	row[2] = evidence.Fraction(math.NaN())
	nan.Rows = fixed(row)
	twice.Columns[1].Name = twice.Columns[0].Name
	odd.Columns[0].Kind = "colour"
	none.Columns = nil
	for name, table := range map[string]evidence.Table{"error": broken(cause), "short": short, "nan": nan, "twice": twice, "odd": odd, "none": none} {
		var b bytes.Buffer
		for format, err := range map[string]error{
			"csv": WriteCSV(t.Context(), &b, table), "json": WriteJSON(t.Context(), &b, table, exampleEvidence()),
		} {
			if err == nil || !strings.Contains(err.Error(), table.Name) || name == "error" && !errors.Is(err, cause) {
				t.Errorf("%s as %s: %v", name, format, err)
			}
		}
	}
}
