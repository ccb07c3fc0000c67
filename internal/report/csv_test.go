package report

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
)

func TestFormulasAreDefusedReversibly(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "alice": "alice", "a=b": "a=b", "it's": "it's", "'quoted'": "'quoted'", "'": "'", "a\n=b": "a\n=b",
		"=1+1": "'=1+1", "+1": "'+1", "-": "'-", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "\nx": "'\nx",
		"\x00=": "'\x00=", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x", "  =1": "'  =1", "\u00a0=1": "'\u00a0=1",
		"\u3000＝1": "'\u3000＝1", "\ufeff=1": "'\ufeff=1", "\u200b=1": "'\u200b=1", "\x1b=1": "'\x1b=1",
		"'=1": "''=1", "''=1": "'''=1", "' =1": "'' =1", "  a=1": "  a=1",
	} {
		got := Defuse(in)
		if got != want {
			t.Errorf("Defuse(%+q) = %+q, want %+q", in, got, want)
		}
		if back := Undefuse(got); back != in {
			t.Errorf("Undefuse(%+q) = %+q, want %+q", got, back, in)
		}
	}
}

// records reads CSV strictly as RFC 4180 writes it; encoding/csv would turn CR
// LF inside a cell into LF.
func records(t *testing.T, text string) [][]string {
	t.Helper()
	var out [][]string
	var row []string
	for text != "" {
		cell, rest := "", text
		if strings.HasPrefix(rest, `"`) {
			rest = rest[1:]
			for {
				i := strings.IndexByte(rest, '"')
				if i < 0 {
					t.Fatalf("a quote is never closed: %q", text)
				}
				cell, rest = cell+rest[:i], rest[i+1:]
				if !strings.HasPrefix(rest, `"`) {
					break
				}
				cell, rest = cell+`"`, rest[1:]
			}
		} else if i := strings.IndexAny(rest, ",\r\n\""); i >= 0 {
			cell, rest = rest[:i], rest[i:]
		}
		row = append(row, cell)
		switch {
		case strings.HasPrefix(rest, ","):
			text = rest[1:]
		case strings.HasPrefix(rest, "\r\n"):
			out, row, text = append(out, row), nil, rest[2:]
		default:
			t.Fatalf("a cell ends with neither comma nor CR LF: %.80q", rest)
		}
	}
	return out
}

// formula reports whether a spreadsheet could take the cell for one.
func formula(s string) bool {
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return r != '\t' && r != '\r' && r != '\n' && r != 0 && (unicode.IsSpace(r) || unicode.In(r, unicode.C))
	})
	return s != "" && strings.ContainsAny(s[:1], "=+-@\t\r\n\x00") ||
		strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠")
}

func FuzzCSVGivesBackWhatItWasGivenAndNoFormula(f *testing.F) {
	for _, s := range []string{"", "alice", "=cmd|' /C calc'!A0", "  +1", "\"a\",b\r\n", "'=1", "\x00", "＝1", "\ufeff@", "a,b", "\xff=1"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		row := AccessRow{
			Principal: access.Named{Name: a}, Resource: access.Named{Name: b}, Privilege: access.Read, Role: b + a,
		}
		text := render(t, Matrix{Org: org, At: taken, Rows: values([]AccessRow{row, row})}, CSV, Options{})
		if !utf8.ValidString(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		got := records(t, text)
		if len(got) != 3 || len(got[1]) != len(accessColumns) {
			t.Fatalf("%d rows: %q", len(got), got)
		}
		for _, cell := range got[1] {
			if formula(cell) {
				t.Errorf("a formula: %q", cell)
			}
		}
		valid := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
		role := valid(b + a)
		if b+a == "" {
			role = "read"
		}
		want := []string{valid(a), valid(b), role}
		back := []string{Undefuse(got[1][3]), Undefuse(got[1][5]), Undefuse(got[1][8])}
		if diff := cmp.Diff(want, back); diff != "" {
			t.Error(diff)
		}
		if _, err := csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil {
			t.Errorf("another reader cannot read it: %v", err)
		}
	})
}

func TestEveryCSVRowHasTheHeadersCells(t *testing.T) {
	for _, e := range examples {
		rows := records(t, render(t, e.view, CSV, Options{}))
		for i, row := range rows {
			if len(row) != len(rows[0]) {
				t.Errorf("%s: row %d has %d cells, the header %d", e.name, i, len(row), len(rows[0]))
			}
		}
	}
}

// overdueFinding is the example with every field filled.
func overdueFinding() access.Finding {
	f := exampleFinding()
	f.State, f.Ended = access.Open, taken
	return f
}

func TestEveryFieldHasAColumn(t *testing.T) {
	found := overdueFinding()
	for name, c := range map[string]struct {
		columns []string
		rows    []fields
	}{
		"findings": {findingColumns, []fields{findingFields(&found, taken)}},
		"plan":     {planColumns, []fields{actionFields(1, examplePlan().Actions[0])}},
	} {
		known := map[string]bool{}
		for _, col := range c.columns {
			known[col] = true
		}
		for _, row := range c.rows {
			for field := range row {
				if !known[field] {
					t.Errorf("%s: nothing shows the field %s", name, field)
				}
			}
		}
	}
}

func TestCSVOfSeveralOrganizationsHasOneHeader(t *testing.T) {
	var b bytes.Buffer
	v := Findings{Org: org, At: taken, Findings: exampleFindings()[:1]}
	for i := range 2 {
		if err := Write(&b, v, CSV, Options{Append: i > 0}); err != nil {
			t.Fatal(err)
		}
	}
	if rows := records(t, b.String()); len(rows) != 3 || rows[1][0] != "finding" || rows[2][0] != "finding" {
		t.Errorf("rows %q", rows)
	}
}

func TestCSVOnAScreenHasNoControlCharacters(t *testing.T) {
	text := render(t, Audit{Run: exampleRun(), Findings: exampleFindings()}, CSV, Options{Screen: true})
	for _, r := range text {
		if acts(r) && r != '\r' && r != '\n' {
			t.Errorf("%U goes to the screen", r)
		}
	}
}
