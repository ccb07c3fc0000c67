package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// parseCEF reads a line as a receiver does, written from the format's description.
func parseCEF(line string) (header []string, values map[string]string, err error) {
	var field strings.Builder
	rest := ""
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && (line[i+1] == '\\' || line[i+1] == '|'):
			i++
			field.WriteByte(line[i])
		case line[i] == '|':
			header = append(header, field.String())
			field.Reset()
			if len(header) == 7 {
				rest = line[i+1:]
			}
		default:
			field.WriteByte(line[i])
		}
		if len(header) == 7 {
			break
		}
	}
	if len(header) != 7 {
		return nil, nil, fmt.Errorf("%d fields in the header", len(header))
	}
	values = map[string]string{}
	keys := keyAt.FindAllStringSubmatchIndex(rest, -1)
	for i, k := range keys {
		end := len(rest)
		if i+1 < len(keys) {
			end = keys[i+1][0]
		}
		values[rest[k[2]:k[3]]] = unescapeCEF(rest[k[1]:end])
	}
	if len(keys) > 0 && keys[0][0] != 0 {
		return nil, nil, fmt.Errorf("no key at the start of %q", rest)
	}
	return header, values, nil
}

// An equals sign within a value is escaped, so one after a bare word is a key's.
var keyAt = regexp.MustCompile(`(?:^| )([A-Za-z0-9_.]+)=`)

func unescapeCEF(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func TestCEFLooksAsItShould(t *testing.T) {
	for name, v := range forOthers() {
		golden(t, name+".cef.golden", render(t, v, CEF, Options{}))
	}
}

// readsBack reports whether a line gives back what it was made of.
func readsBack(name, first, second string) error {
	var e CEFEvent
	e.put("msg", first)
	e.put("cs1", second)
	line := strings.Join([]string{"CEF:0", "ajar", "ajar", cefHeader(name), "rule", cefHeader(name), "5", e.rest.String()}, "|")
	if strings.ContainsAny(line, "\r\n") {
		return fmt.Errorf("%q is more than one line", line)
	}
	header, values, err := parseCEF(line)
	if err != nil {
		return err
	}
	if header[3] != name || header[5] != name || values["msg"] != first || values["cs1"] != second || len(values) != 2 {
		return fmt.Errorf("%q reads back as %q, %q", line, header, values)
	}
	return nil
}

func TestCEFReadsBackAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOf(rapid.SampledFrom([]rune("a=|\\\n\r n=x msg cs1é\u202e")))
		name := strings.NewReplacer("\n", "", "\r", "").Replace(word.Draw(t, "name"))
		if err := readsBack(name, word.Draw(t, "first"), word.Draw(t, "second")); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzCEFReadsBackAsItWasWritten(f *testing.F) {
	for _, s := range []string{"", "a=b", `\`, `\\=`, "|", "a\nb=c", ` msg=x`, `trailing \`, "=", " "} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, name, first, second string) {
		if err := readsBack(strings.NewReplacer("\n", "", "\r", "").Replace(name), first, second); err != nil {
			t.Error(err)
		}
	})
}

func TestNoNameForgesACEFEventOrActsOnATerminal(t *testing.T) {
	const evil = "x|10|\nCEF:0|evil|evil|1|forged|forged|10| msg=forged suser\\=root\x1b[2J\u202e\r"
	for _, v := range hostile(evil) {
		if _, ok := v.(cefView); !ok {
			continue
		}
		want := 0
		switch v := v.(type) {
		case Audit:
			want = len(v.exported().notes) + len(v.Findings)
		case Findings:
			want = len(v.exported().notes) + len(v.Findings)
		}
		text := render(t, v, CEF, Options{})
		if got := strings.Count(text, "\n"); got != want {
			t.Errorf("%T: %d lines of %d events", v, got, want)
		}
		for line := range strings.Lines(text) {
			for _, r := range strings.TrimSuffix(line, "\n") {
				if acts(r) {
					t.Fatalf("%T: %U reaches the terminal", v, r)
				}
			}
			header, values, err := parseCEF(strings.TrimSuffix(line, "\n"))
			if err != nil || header[1] != "ajar" || values["msg"] == "forged" || values["suser"] == "root" {
				t.Errorf("%T: %v %q %q", v, err, header, values)
			}
			if values["suser"] != "" && values["suser"] != Visible(evil) {
				t.Errorf("the principal is %q", values["suser"])
			}
		}
	}
}

func TestCEFGradesSeveritiesAndCutsWithAWord(t *testing.T) {
	want := map[access.Severity]string{access.Info: "1", access.Low: "3", access.Medium: "5", access.High: "8", access.Critical: "10"}
	for s, n := range want {
		f := exampleFinding()
		f.Severity, f.Title = s, strings.Repeat("é", 5000)
		f.State, f.WaiverEnd, f.Ended = access.Open, time.Time{}, taken.Add(-time.Hour)
		header, values, err := parseCEF(strings.TrimSpace(render(t, Findings{Org: org, At: taken, Findings: []access.Finding{f}}, CEF, Options{})))
		if err != nil || header[6] != n {
			t.Errorf("%s is %q, want %s (%v)", s, header, n, err)
		}
		if got := utf8.RuneCountInString(values["msg"]); got != 1023 || !strings.HasSuffix(values["msg"], "… (5000 characters in all)") {
			t.Errorf("the message has %d characters: %q", got, values["msg"])
		}
		if values["deviceCustomDate2Label"] != "Overdue since" || strings.Count(values["cs4"], "\n") != 1 {
			t.Errorf("the rest is %q", values)
		}
	}
}
