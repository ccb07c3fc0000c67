package baseline

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// Each of these costs the TOML library seconds, or the process.
func TestTOMLBombsAreRefusedBeforeTheLibrarySeesThem(t *testing.T) {
	bombs := map[string]struct{ text, want string }{
		"nested arrays":             {"a = " + strings.Repeat("[", 2<<20), "brackets are nested more than 32 deep"},
		"nested inline tables":      {"a = " + strings.Repeat("{", 5000), "brackets are nested more than 32 deep"},
		"a dotted key":              {strings.Repeat("a.", 8000) + "a = 1", "a key has more than 16 parts"},
		"a dotted key with blanks":  {strings.Repeat("a . ", 40) + "a = 1", "a key has more than 16 parts"},
		"a dotted table":            {"[" + strings.Repeat("'a'.", 40) + "a]\n", "a key has more than 16 parts"},
		"a dotted key inside":       {"x = [{" + strings.Repeat("a.", 40) + "a = 1}]", "a key has more than 16 parts"},
		"long keys inside each":     {"[" + strings.Repeat("a.", 15) + "a]\n" + strings.Repeat("a.", 15) + "a = { a = 1 }", "a key stands more than 32 names deep"},
		"nesting across lines":      {"a = " + strings.Repeat("[\n# ]\n", 40), "brackets are nested more than 32 deep"},
		"behind a string with ends": {`x = """ "\""" """` + "\na = " + strings.Repeat("[", 40), "brackets are nested more than 32 deep"},
		"too many bytes":            {strings.Repeat("# x\n", MaxFileSize/4+1), "the file has 4194308 bytes, more than the 4194304 that a baseline may have"},
	}
	for name, bomb := range bombs {
		start := time.Now()
		if _, message, _ := prescan(bomb.text); message != bomb.want {
			t.Errorf("%s: %q, want %q", name, message, bomb.want)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// Files within the limits must not take long either, whatever stands in them.
func TestHostileFilesAreReadInTime(t *testing.T) {
	fill := func(head, one, tail string) string {
		return head + strings.Repeat(one, (1<<18-len(head)-len(tail))/len(one)) + tail
	}
	numbered := func(head, form, tail string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < 1<<18; i++ {
			fmt.Fprintf(&b, form, i)
		}
		return b.String() + tail
	}
	deep := strings.Repeat("{ a.a = ", 12)
	for name, text := range map[string]string{
		"unknown keys":                numbered("[roles.x]\n", "k%d = 1\n", ""),
		"unknown keys in one line":    numbered("roles = { x = { ", "k%d = 1, ", "z = 1 } }"),
		"unknown tables":              numbered("", "[k%d]\n", ""),
		"empty assignments":           fill("", "[[assign]]\n", ""),
		"assignments in one line":     fill("assign = [", "{ role = 'é', to = ['user:a'], on = ['repo:b/c'] }, ", "]"),
		"roles":                       numbered("", "[roles.k%d]\nrepository = 'read'\n", ""),
		"unknown roles":               numbered("[roles.a]\nrepository = 'read'\n", "[[assign]]\nrole = 'k%d'\nto = ['user:a']\non = ['repo:b/c']\n", ""),
		"roles and unknown roles":     numbered("", "[roles.k%d]\nrepository = 'read'\n", numbered("", "[[assign]]\nrole = 'q%d'\nto = ['user:a']\non = ['repo:b/c']\n", "")),
		"wrong privileges":            fill("[standing]\nprivileged = [", "'"+strings.Repeat("x", 60)+"', ", "]"),
		"keys below a long path":      numbered("x = "+deep+"{ ", "k%d = 1, ", "z = 1 }"+strings.Repeat(" }", 12)),
		"one long string":             fill("x = '", "y", "'"),
		"a long pattern":              fill("[[assign]]\nrole = 'a'\nto = ['user:", "*a", "']\non = ['repo:b/c']\n"),
		"long names for environments": numbered("[roles.x]\nenvironments = { ", "'"+strings.Repeat("é", 200)+"%d' = ['deploy'], ", "z = [] }"),
	} {
		start := time.Now()
		b, err := Parse([]File{{"h.toml", []byte(text)}})
		if err == nil {
			b.Hash()
			b.Bind(acme())
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		} else {
			t.Logf("%s: %v", name, took)
		}
	}
}

func TestBracketsInStringsAndCommentsDoNotNest(t *testing.T) {
	many := strings.Repeat("[{.", 100)
	for _, text := range []string{"# " + many, `a = "` + many + `"`, "a = '" + many + "'", `a = """` + "\n" + many + "\n" + `"""`,
		"a = '''" + many + "'''", `a = "\"` + many + `"`, `a = """x"""""` + "\nb = 1 # " + many} {
		if _, message, _ := prescan(text); message != "" {
			t.Errorf("%.30q: %s", text, message)
		}
	}
}

// places checks that the tree of places has the shape of the decoded value and
// that each place is where the text says the key.
func places(t interface{ Fatalf(string, ...any) }, text string, n *node, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, sub := range v {
			kid, ok := n.kids[k]
			if !ok {
				t.Fatalf("%q: key %q has no place", text, k)
			}
			places(t, text, kid, sub)
		}
	case []any:
		if len(v) != len(n.elems) {
			t.Fatalf("%q: %d places for %d elements", text, len(n.elems), len(v))
		}
		for i, sub := range v {
			places(t, text, n.elems[i], sub)
		}
	case []map[string]any:
		if len(v) != len(n.elems) {
			t.Fatalf("%q: %d places for %d tables", text, len(n.elems), len(v))
		}
		for i, sub := range v {
			places(t, text, n.elems[i], sub)
		}
	}
}

func TestIndexHasAPlaceForEverythingThatTOMLHas(t *testing.T) {
	full, err := os.ReadFile("testdata/full.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(full),
		"a.b = 1\na.c = { d.e = [1, [2, {f = 3}]], 'g' = \"x\" }\n[[x]]\ny = 1\n[x.z]\nq = 1.5\n[[x]]\n[[x.w]]\ny = 2027-01-01 10:00:00\n[[x.w]]\n",
		"\"a b\".\"c\\u0041\" = 1\n", "a = [ {b = 1}, {b = 2},\n # c\n ]\nc = '''\n[d]\n'''\n[e]\n", "a = {\n b = 1,\n c = [ ], }\n"} {
		v := map[string]any{}
		if _, err := toml.Decode(text, &v); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		places(t, text, index(text), v)
	}
}

func TestPlacesCountCharactersAndLines(t *testing.T) {
	text := "# é\nrôle = 'ü'\nk = [\n  1, 22]\n"
	root := index(text)
	l := newLines(text)
	for _, c := range []struct{ offset, line, column int }{
		{root.kid("k").key, 3, 1}, {root.kid("k").value, 3, 5}, {root.kid("k").elem(1).value, 4, 6}, {len(text) + 9, 5, 1}, {-1, 1, 1},
	} {
		if line, col := l.at(c.offset); line != c.line || col != c.column {
			t.Errorf("offset %d is %d:%d, want %d:%d", c.offset, line, col, c.line, c.column)
		}
	}
}

// FuzzParse holds that no file can make the loader panic or take long, that
// every refusal is a list of problems, and that what is accepted has places.
func FuzzParse(f *testing.F) {
	full, err := os.ReadFile("testdata/full.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	for _, c := range complaints {
		for _, text := range c.files {
			f.Add([]byte(text))
		}
	}
	for _, s := range []string{"a={}\n[a.b]\n", "x = [[[]]]\n[[x]]", "'''", "a = \"\"\"\\", "[a]]]]", "a = {b", "\xff\xfe", "[[assign]]\nto=[[]]"} {
		f.Add([]byte(s))
	}
	snap := acme()
	f.Fuzz(func(t *testing.T, text []byte) {
		start := time.Now()
		b, err := Parse([]File{{"f.toml", text}})
		if took := time.Since(start); len(text) < 1<<16 && took > 2*time.Second {
			t.Fatalf("took %v", took)
		}
		if err != nil {
			if ps := (Problems)(nil); !errors.As(err, &ps) || ps.Err() == nil {
				t.Fatalf("refused with %T: %v", err, err)
			}
			return
		}
		b.Hash()
		if bound, problems := b.Bind(snap); (bound == nil) != (Problems(problems).Err() != nil) {
			t.Fatalf("bound %v with %v", bound != nil, problems)
		} else if bound != nil {
			bound.Explain(user("dan"), access.Ref{Kind: access.Env, ID: apiProd}, now)
			bound.Waive(access.Finding{Rule: "x", Resource: access.Named{Ref: access.Ref{Kind: access.Repo, ID: api}}}, now)
		}
		v := map[string]any{}
		if _, err := toml.Decode(string(text), &v); err != nil {
			t.Fatalf("the library refuses what was accepted: %v", err)
		}
		places(t, string(text), index(string(text)), v)
	})
}

// FuzzPrescan holds that whatever passes the pre-scan is harmless to the
// library and to the index.
func FuzzPrescan(f *testing.F) {
	f.Add("a = {b.c = [1, {d = 2}]}")
	f.Add("[a.\"b\".'c']\n\"\"\"[[[[\"\"\"")
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		if _, message, _ := prescan(text); message != "" {
			return
		}
		index(text)
		v := map[string]any{}
		if _, err := toml.Decode(text, &v); err == nil {
			places(t, text, index(text), v)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Fatalf("took %v for %d bytes", took, len(text))
		}
	})
}

func TestDurationsReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(1, int64(longestDuration/time.Second)).Draw(t, "seconds")) * time.Second
		got, err := ParseDuration(formatDuration(d))
		if err != nil || got != d {
			t.Fatalf("%v is written %s and read as %v, %v", d, formatDuration(d), got, err)
		}
	})
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{"90d": 90 * day, "2w": 14 * day, "12h": 12 * time.Hour, "72h30m": 72*time.Hour + 30*time.Minute} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "90", "d", "-1d", "1.5h", "1h1d", "1d1d", "0d", "9999999999d", "4000d", "1y", "1 d", "٣d"} {
		if d, err := ParseDuration(text); err == nil {
			t.Errorf("%q was read as %v", text, d)
		}
	}
}
