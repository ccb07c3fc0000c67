package tabular

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/evidence"
)

func opening(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// readBack reads all rows of a document.
func readBack(text string) (evidence.Table, [][]evidence.Value, error) {
	t, _, err := ReadJSON(exampleEvidence(), opening(text))
	if err != nil {
		return t, nil, err
	}
	var all [][]evidence.Value
	for row, err := range t.Rows(context.Background()) {
		if err != nil {
			return t, all, err
		}
		all = append(all, slices.Clone(row))
	}
	return t, all, nil
}

func TestWhatIsWrittenAsJSONIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows [][]evidence.Value
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			row := make([]evidence.Value, 5)
			some := func() bool { return rapid.Bool().Draw(t, "some") }
			if some() {
				row[0] = evidence.Of(rapid.String().Draw(t, "text"))
			}
			if some() {
				row[1] = evidence.Count(rapid.Int64().Draw(t, "whole"))
			}
			if f := rapid.Float64().Draw(t, "number"); some() && !math.IsInf(f, 0) && !math.IsNaN(f) {
				row[2] = evidence.Fraction(f)
			}
			if some() {
				row[3] = evidence.At(time.Unix(rapid.Int64Range(-1e10, 1e11).Draw(t, "instant"), 0))
			}
			if some() {
				row[4] = evidence.Is(some())
			}
			rows = append(rows, row)
		}
		text := jsonOf(t, exampleTable(rows...))
		table, got, err := readBack(text)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, rows, slices.Equal) {
			t.Fatalf("it gives %v, want %v", got, rows)
		}
		if again := jsonOf(t, table); again != text {
			t.Fatalf("written again it is %q, want %q", again, text)
		}
	})
}

// One row of the example, as it is written.
func exampleText(t *testing.T) string {
	t.Helper()
	row := []evidence.Value{evidence.Of("u\"\u202e<"), evidence.Count(7), evidence.Fraction(0.25), evidence.At(time.Unix(1767225600, 0)), evidence.Is(true)}
	return jsonOf(t, exampleTable(row, row))
}

func TestATableInAnotherFormIsRefused(t *testing.T) {
	whole := exampleText(t)
	if _, rows, err := readBack(whole); err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for name, c := range map[string][2]string{
		"a key twice":                  {`"principal_id":7`, `"principal_id":8,"principal_id":7`},
		"a key less":                   {`"principal_id":7,`, ``},
		"another key":                  {`"principal_id":7`, `"Principal_id":7`},
		"keys in another order":        {`"principal_id":7,"share":0.25`, `"share":0.25,"principal_id":7`},
		"a key more":                   {`"planned":true}`, `"planned":true,"x":1}`},
		"a key of the document twice":  {`"about":`, `"name":"other","about":`},
		"a row in the first line":      {`"rows":[`, `"rows":[{}`},
		"a blank":                      {`"share":0.25`, `"share": 0.25`},
		"a number with a plus":         {`:7,`, `:+7,`},
		"a number with zeros":          {`:7,`, `:007,`},
		"a number with an exponent":    {`:0.25,`, `:25e-2,`},
		"a number beyond all":          {`:0.25,`, `:1e999,`},
		"a whole number beyond all":    {`:7,`, `:9223372036854775808,`},
		"a fraction in a whole number": {`:7,`, `:7.0,`},
		"a number as a text":           {`:7,`, `:"7",`},
		"yes as a word":                {`:true`, `:"yes"`},
		"an instant in a zone":         {`"seen_at":"2026-01-01T00:00:00Z`, `"seen_at":"2026-01-01T01:00:00+01:00`},
		"an instant with a fraction":   {`"seen_at":"2026-01-01T00:00:00Z`, `"seen_at":"2026-01-01T00:00:00.5Z`},
		"no instant":                   {`"seen_at":"2026`, `"seen_at":"0001`},
		"an empty text":                {`"u\"\u202e\u003c"`, `""`},
		"half of a pair":               {`\u202e`, `\ud800`},
		"a pair the wrong way around":  {`\u202e`, `\udc00\ud800`},
		"an escape in capitals":        {`\u202e`, `\u202E`},
		"an escape of a letter":        {`\u202e`, `\u0061`},
		"an escape of a slash":         {`\u202e`, `\/`},
		"bytes that are not UTF-8":     {`\u202e`, "\xff"},
		"a control character":          {`\u202e`, "\x01"},
		"a text without an end":        {`"u\"\u202e\u003c"`, `"u`},
		"another count":                {`"count":2`, `"count":3`},
		"a count written otherwise":    {`"count":2`, `"count":02`},
		"something behind it":          {"\"count\":2}\n", "\"count\":2}\n\n"},
		"no end of the line":           {"\"count\":2}\n", "\"count\":2}"},
		"no comma between rows":        {"},\n", "}\n"},
		"a comma behind the last row":  {"}\n]", "},\n]"},
		"an empty line":                {"},\n", "},\n\n"},
		"another schema":               {`evidence-table/v1`, `evidence-table/v2`},
		"a name that leads out":        {`"name":"access-changes"`, `"name":"../x"`},
		"a kind that there is not":     {`"kind":"whole"`, `"kind":"any"`},
		"a column of another name":     {`"name":"principal_id"`, `"name":"principal id"`},
		"a column twice":               {`"name":"principal_id"`, `"name":"principal"`},
		"no word of gaps":              {`"gaps":`, `"gabs":`},
		"a byte order mark":            {`{"schema"`, "\ufeff{\"schema\""},
	} {
		text := strings.Replace(whole, c[0], c[1], 1)
		if text == whole {
			t.Errorf("%s: there is no %q in %s", name, c[0], whole)
			continue
		}
		if _, _, err := readBack(text); !errors.Is(err, ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := readBack(strings.Replace(whole, `"u`, `"`+strings.Repeat("u", maxLine), 1)); !errors.Is(err, ErrForm) {
		t.Errorf("a row without an end: %v", err)
	}
}

func TestEitherWayToWriteACharacterThatIsNotASCIIIsTheSame(t *testing.T) {
	_, rows, err := readBack(strings.Replace(exampleText(t), `\u202e\u003c`, "\u202e<\\u00e9", 1))
	if err != nil || rows[0][0].Text != "u\"\u202e<é" {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestATableOfAnotherEvidenceIsRefused(t *testing.T) {
	for what, other := range map[string]func(*evidence.Evidence){
		"period":   func(e *evidence.Evidence) { e.Period.To = e.Period.To.Add(time.Hour) },
		"complete": func(e *evidence.Evidence) { e.Complete = !e.Complete },
		"gaps":     func(e *evidence.Evidence) { e.Gaps = e.Gaps[1:] },
	} {
		e := exampleEvidence()
		other(&e)
		if _, _, err := ReadJSON(e, opening(exampleText(t))); !errors.Is(err, ErrOther) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestATableOfTheFirstVersionSaysNothingOfTheEvidence(t *testing.T) {
	text := regexp.MustCompile(`"period":\{[^}]*\},"complete":(true|false),"gaps":\d+,`).ReplaceAllString(exampleText(t), "")
	if _, bare, err := ReadJSON(exampleEvidence(), opening(text)); err != nil || !bare {
		t.Errorf("bare: %t, %v", bare, err)
	}
}

func FuzzReadJSON(f *testing.F) {
	row := exampleRows()
	var b bytes.Buffer
	if err := WriteJSON(f.Context(), &b, exampleTable(row...), exampleEvidence()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Add(strings.Replace(b.String(), `\u202e`, `\ud83d\ude00`, 1))
	f.Fuzz(func(t *testing.T, text string) {
		table, rows, err := readBack(text)
		if err != nil {
			return
		}
		var doc struct{ Rows []map[string]any }
		if err := json.Unmarshal([]byte(text), &doc); err != nil || len(doc.Rows) != len(rows) {
			t.Fatalf("a parser reads %d rows (%v), and here are %d", len(doc.Rows), err, len(rows))
		}
		for i, c := range table.Columns {
			for j, row := range rows {
				if got, _ := doc.Rows[j][c.Name].(string); c.Kind == evidence.Text && got != row[i].Text {
					t.Fatalf("a parser reads %q, and here is %q", got, row[i].Text)
				}
			}
		}
		var again bytes.Buffer
		if err := WriteJSON(t.Context(), &again, table, exampleEvidence()); err != nil {
			t.Fatal(err)
		}
		if _, second, err := readBack(again.String()); err != nil || !slices.EqualFunc(rows, second, slices.Equal) {
			t.Fatalf("written again it is another table: %v", err)
		}
	})
}
