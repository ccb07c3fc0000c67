package report

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// everywhere puts the text in every string of a copy of the view.
func everywhere(v View, text string) View {
	return fill(reflect.ValueOf(v), text).Interface().(View)
}

func fill(v reflect.Value, text string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[access.State]() || v.Type() == reflect.TypeFor[access.Status]() {
			return v
		}
		out.SetString(text)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return v
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(fill(v.Field(i), text))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(fill(v.Index(i), text))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(fill(v.Elem(), text))
			out.Set(p)
		}
	}
	return out
}

// hostile gives the views with the text in every place that a text can have.
func hostile(text string) []View {
	var out []View
	for _, e := range examples {
		v := everywhere(e.view, text)
		if m, ok := v.(Matrix); ok {
			rows := make([]AccessRow, 0, 2)
			for _, r := range exampleRows()[:2] {
				rows = append(rows, fill(reflect.ValueOf(r), text).Interface().(AccessRow))
			}
			m.Rows = values(rows)
			v = m
		}
		out = append(out, v)
	}
	return out
}

// copied reports whether a line is one to copy, which is not cut.
func copied(line string) bool {
	line = strings.TrimSpace(line)
	for _, start := range []string{"match.", "reason = ", "owner = ", "expires = ", "# the star", "ajar ", "open ", "one in full: "} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}

// checkTable holds a table against the two promises: nothing in it acts on a
// terminal, and no line is wider than the page.
func checkTable(t interface{ Errorf(string, ...any) }, text string, width int) {
	for i, r := range text {
		if r != '\n' && acts(r) && !strings.HasPrefix(text[i:], "\uFFFD") {
			t.Errorf("%U reaches the terminal", r)
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if w := columns(line); w > width && !copied(line) {
			t.Errorf("%d columns on a page of %d: %q", w, width, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("blanks at the end of %q", line)
		}
	}
}

func FuzzNoTextActsOnTheTerminal(f *testing.F) {
	for _, s := range []string{
		"", "user:alice", "\x1b]0;x\x07", "\u202e\u2066", "運用チーム" + strings.Repeat("長", 80), "a\nb", "\xff", strings.Repeat("x", 300),
		"a\u0301 \u0301", " ", "→ → →", "…………………", strings.Repeat("a ", 90), "\U0001F680\ufe0f", "repo:acme-robotics/\r",
	} {
		f.Add(s, uint8(60))
	}
	f.Fuzz(func(t *testing.T, s string, w uint8) {
		width := min(max(int(w), minWidth), maxWidth)
		for _, v := range hostile(s) {
			checkTable(t, render(t, v, Table, Options{Width: width}), width)
		}
	})
}

func TestAnEndlessNameDoesNotBuryTheReport(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	a := exampleAudit()
	a.Findings = a.Findings[:2]
	a.Findings[0].Title, a.Findings[1].Principal.Name = long, long
	text := render(t, a, Table, Options{})
	checkTable(t, text, defaultWidth)
	if lines := strings.Count(text, "\n"); lines > 120 || !strings.Contains(text, "…") {
		t.Errorf("%d lines", lines)
	}
}

func TestColourAddsNothingButItsOwnCodes(t *testing.T) {
	for _, v := range hostile("\x1b[31m\u202eevil") {
		bare := render(t, v, Table, Options{Width: 80})
		colored := render(t, v, Table, Options{Width: 80, Color: true})
		for _, code := range sgr {
			if code != "" {
				colored = strings.ReplaceAll(colored, "\x1b["+code+"m", "")
			}
		}
		if got := strings.ReplaceAll(colored, "\x1b[0m", ""); got != bare {
			t.Errorf("with colour %q, without %q", got, bare)
		}
	}
}

// JSON keeps every text exactly, and yet prints safely.
func TestJSONIsExactAndSafeToShow(t *testing.T) {
	const evil = "\x1b[2J \u202e\u009b \u200b 運用 \U000e0041 \"<&>\u2028 \x7f"
	for _, v := range hostile(evil) {
		text := render(t, v, JSON, Options{})
		for _, r := range text {
			if r != '\n' && acts(r) {
				t.Errorf("%T: %U reaches the terminal", v, r)
			}
		}
		var doc any
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Errorf("%T: %v", v, err)
		}
		kept := 0
		each(doc, func(s string) {
			if s == evil {
				kept++
			}
		})
		if kept == 0 {
			t.Errorf("%T keeps the text nowhere", v)
		}
	}
}

func each(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, x := range v {
			each(x, visit)
		}
	case map[string]any:
		for _, x := range v {
			each(x, visit)
		}
	}
}

func TestShortenedNamesFitAndKeepBothEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Visible(rapid.String().Draw(t, "name"))
		w := rapid.IntRange(0, 40).Draw(t, "width")
		got := shorten(s, w)
		if columns(got) > w {
			t.Fatalf("%q is %d wide, want at most %d", got, columns(got), w)
		}
		if columns(s) <= w && got != s {
			t.Fatalf("%q fits, and became %q", s, got)
		}
		if left, right, cut := strings.Cut(got, "…"); cut && got != s && !strings.Contains(s, "…") {
			if !strings.HasPrefix(s, left) || !strings.HasSuffix(s, right) {
				t.Fatalf("%q is not what is left of %q", got, s)
			}
		}
	})
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"repo:acme/api", 20, "repo:acme/api"},
		{"repo:acme/api", 9, "repo…/api"},
		{"repo:acme/api", 2, "…i"},
		{"repo:acme/api", 1, "…"},
		{"repo:acme/api", 0, ""},
		{"運用チーム", 6, "運…ム"},
		{"運用チーム", 10, "運用チーム"},
	} {
		if got := shorten(c.in, c.w); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}
