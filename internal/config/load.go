package config

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/baseline"
)

// file is one configuration file being read.
type file struct {
	path     string
	doc      *baseline.Document
	config   *Config
	problems baseline.Problems
	waiting  map[string][]string // what this version lacks → keys that wait for it
}

// Load reads the file at path over the defaults. An error about its content is a
// [baseline.Problems]: every mistake at once, each with its place.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	// One byte more than the limit, so that the scan sees that it is too large.
	text, err := io.ReadAll(io.LimitReader(f, baseline.MaxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(path, text)
}

// Parse reads the text of a configuration file. Complaints call it path, and its
// relative paths are relative to the folder of path.
func Parse(path string, text []byte) (*Config, error) {
	f, err := read(path, text)
	if err != nil {
		return nil, err
	}
	if len(f.problems) > 0 {
		slices.SortStableFunc(f.problems, func(a, b baseline.Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, f.problems
	}
	f.notes()
	return f.config, nil
}

// Partly is what of the file at path is in order, over the defaults: enough to find
// the daemon that goes on with the one before it, and never to work by. It is the
// defaults alone where the file is no TOML.
func Partly(path string) Config {
	text, err := os.ReadFile(path)
	if err != nil || len(text) > baseline.MaxFileSize {
		return Default()
	}
	f, err := read(path, text)
	if err != nil {
		return Default()
	}
	return *f.config
}

func read(path string, text []byte) (*file, error) {
	doc, err := baseline.ReadDocument(path, text)
	if err != nil {
		return nil, err
	}
	c := Default()
	c.Path = path
	f := &file{path: path, doc: doc, config: &c, waiting: map[string][]string{}}
	f.table("", nil, doc.Tree)
	f.whole()
	return f, nil
}

// table walks one table. Pattern is the place in the table of keys,
// "github.read[]"; at is the place in the file.
func (f *file) table(pattern string, at place, t map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(t)) {
		f.entry(join(pattern, part(k)), at.with(k), t[k])
	}
}

func (f *file) entry(pattern string, at place, raw any) {
	if why, ok := refused[pattern]; ok {
		f.bad(at, why[0], why[1])
		return
	}
	i := slices.IndexFunc(keys, func(k key) bool { return k.Name == pattern })
	if i < 0 {
		i = slices.IndexFunc(keys, func(k key) bool { return k.Name == parent(pattern)+".*" })
	}
	if i >= 0 {
		keys[i].set(f.config, value{raw: raw, at: at, in: f})
		if w := keys[i].waits; w != "" {
			f.waiting[w] = append(f.waiting[w], at.String())
		}
		return
	}
	switch t := raw.(type) {
	case map[string]any:
		if isTable(pattern) {
			f.table(pattern, at, t)
			return
		}
		if anyName := parent(pattern) + ".*"; isTable(anyName) {
			f.table(anyName, at, t)
			return
		}
	case []map[string]any:
		if isTable(pattern + "[]") {
			for i, one := range t {
				f.table(pattern+"[]", at.with(i), one)
			}
			return
		}
	}
	f.unknown(pattern, at)
}

// unknown complains about a name that no key has, or about the wrong sort of
// table.
func (f *file) unknown(pattern string, at place) {
	name := at.String()
	switch {
	case isTable(pattern):
		f.bad(at, "want a table", fmt.Sprintf("write it as [%s]", name))
	case isTable(pattern + "[]"):
		f.bad(at, "want an array of tables", fmt.Sprintf("write it as [[%s]]", name))
	case secretLike.MatchString(name):
		f.bad(at, "unknown key, and secrets never stand in this file (value not shown)",
			"name a variable in token_env or a file in token_file; if it was a real secret, revoke it")
	default:
		f.bad(at, "unknown key", f.nearKey(pattern))
	}
}

var secretLike = regexp.MustCompile(`(^|[._])(token|password|secret|private_key)$`)

// nearKey suggests a key: of the same table, else of the whole file.
func (f *file) nearKey(pattern string) string {
	var siblings []string
	table := parent(pattern)
	last := strings.TrimPrefix(pattern[len(table):], ".")
	for _, k := range keys {
		if rest, ok := strings.CutPrefix(k.Name, table+"."); ok || table == "" {
			if table == "" {
				rest = k.Name
			}
			name, _, _ := strings.Cut(rest, ".")
			siblings = append(siblings, strings.TrimSuffix(name, "[]"))
		}
	}
	for _, k := range keys { // the right key in the wrong table
		if inTable := parent(k.Name); inTable != table && k.Name[len(inTable)+1:] == last {
			return fmt.Sprintf("there is %s", strings.ReplaceAll(k.Name, "[]", ""))
		}
	}
	slices.Sort(siblings)
	return baseline.Suggest(last, slices.Compact(siblings))
}

// isTable reports whether some key lies under the pattern.
func isTable(pattern string) bool {
	return slices.ContainsFunc(keys, func(k key) bool { return strings.HasPrefix(k.Name, pattern+".") })
}

// whole checks what more than one key decides.
func (f *file) whole() {
	gh, _ := f.doc.Tree["github"].(map[string]any)
	if reads, ok := gh["read"].([]map[string]any); ok && len(reads) > 0 {
		at := place{"github", "read"}
		for i, one := range reads {
			f.credential(at.with(i), one)
		}
		f.readers(at)
	}
	if w, ok := gh["write"].(map[string]any); ok {
		f.credential(place{"github", "write"}, w)
	}
	if _, ok := f.doc.Tree["server"].(map[string]any); ok && len(f.problems) == 0 {
		f.server()
	}
	f.notify()
	if b, ok := f.doc.Tree["baseline"].(map[string]any); ok && len(b) == 0 {
		f.bad(place{"baseline"}, "names no paths", `add paths = ["baseline.toml"], or leave the section out: then no rule that needs one runs`)
	}
}

// notes says which keys were kept for nothing.
func (f *file) notes() {
	for _, w := range slices.Sorted(maps.Keys(f.waiting)) {
		f.config.Notes = append(f.config.Notes,
			fmt.Sprintf("%s: checked, and not used: this version has no %s yet", strings.Join(f.waiting[w], ", "), w))
	}
}

// bad complains about what stands at a place.
func (f *file) bad(at place, message, hint string) {
	pos := f.doc.KeyAt(at...)
	f.problems = append(f.problems, baseline.Problem{File: f.path, Line: pos.Line, Column: pos.Column, Message: at.String() + ": " + message, Hint: hint})
}
