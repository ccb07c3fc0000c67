// Package canary searches for secrets where none may be: in what was said, in files
// and in what is left of deleted rows, in every form in which a secret can be written
// down. Tests plant known secrets and let a whole run pass before they search.
package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Secret is something that must not be found.
type Secret struct {
	Name string // what it is, for a report: the secret itself is never repeated there
	Text string
}

// Hit is a secret that was found.
type Hit struct {
	Secret string // its name
	Form   string // how it was written
	Where  string // the file or the stream
	At     int    // byte
}

// String says it in a line.
func (h Hit) String() string {
	return fmt.Sprintf("%s holds %s, written as %s, at byte %d", h.Where, h.Secret, h.Form, h.At)
}

// Search looks for secrets. The zero value looks for none.
type Search struct {
	forms []form
	seen  int64 // bytes searched
	files int
}

type form struct {
	secret, how string
	text        []byte
}

// shortest is the length from which a secret can be searched for: what is shorter is
// found by accident.
const shortest = 8

// New makes a search for secrets. One that is too short to be told from accident is
// an error.
func New(secrets ...Secret) (*Search, error) {
	s := &Search{}
	for _, x := range secrets {
		if len(x.Text) < shortest {
			return nil, fmt.Errorf("%s has %d bytes, which are found by accident", x.Name, len(x.Text))
		}
		for how, text := range Forms(x.Text) {
			if len(text) >= shortest {
				s.forms = append(s.forms, form{x.Name, how, []byte(text)})
			}
		}
	}
	slices.SortFunc(s.forms, func(a, b form) int { return strings.Compare(a.secret+"\x00"+a.how, b.secret+"\x00"+b.how) })
	return s, nil
}

// Forms gives every way in which a secret is searched for, by name. Of base64 it is
// the part that does not depend on what stands before and behind, for each of the
// three places where the secret can begin in a group.
func Forms(secret string) map[string]string {
	b := []byte(secret)
	out := map[string]string{
		"raw":             secret,
		"hex":             hex.EncodeToString(b),
		"HEX":             strings.ToUpper(hex.EncodeToString(b)),
		"URL query":       url.QueryEscape(secret),
		"URL path":        url.PathEscape(secret),
		"URL, every byte": percent(b),
		"JSON":            quoted(secret, true),
		"JSON, no HTML":   quoted(secret, false),
		"Go":              trimQuotes(fmt.Sprintf("%q", secret)),
		"Go, ASCII":       trimQuotes(fmt.Sprintf("%+q", secret)),
		"Go bytes":        strings.Trim(fmt.Sprint(b), "[]"),
	}
	for shift := range 3 {
		for name, e := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			out[fmt.Sprintf("%s, %d bytes before", name, shift)] = inner(e, b, shift)
		}
	}
	return out
}

// quoted is a JSON string without its quotes; an encoder may write the characters
// that HTML reads as escapes.
func quoted(s string, html bool) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(html)
	if err := e.Encode(s); err != nil { // no string fails
		panic(err)
	}
	return trimQuotes(strings.TrimSuffix(out.String(), "\n"))
}

func trimQuotes(s string) string { return s[1 : len(s)-1] }

func percent(b []byte) string {
	var out strings.Builder
	for _, c := range b {
		fmt.Fprintf(&out, "%%%02X", c)
	}
	return out.String()
}

// inner is what the encoding of a secret has in common wherever it begins at that
// place of a group of three: characters that hold bits of a neighbour are left out.
func inner(e *base64.Encoding, secret []byte, shift int) string {
	text := e.EncodeToString(append(make([]byte, shift), secret...))
	from := (shift*8 + 5) / 6 // the first character without a bit of what stands before
	to := (shift + len(secret)) * 8 / 6
	return text[from:to]
}

// Find searches a text, and gives the first place of each form that is there.
func (s *Search) Find(where string, text []byte) []Hit {
	s.seen += int64(len(text))
	var out []Hit
	for _, f := range s.forms {
		if at := bytes.Index(text, f.text); at >= 0 {
			out = append(out, Hit{f.secret, f.how, where, at})
		}
	}
	return out
}

// Folder searches every file beneath a folder but those that skip names by their
// path: names of files, and what is in them, with all that a database or its log has
// on free pages.
func (s *Search) Folder(dir string, skip ...string) ([]Hit, error) {
	var out []Hit
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("searching %s: %w", dir, err)
	}
	defer func() { _ = root.Close() }()
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		path := filepath.Join(dir, name)
		if err != nil || slices.Contains(skip, path) {
			return err
		}
		out = append(out, s.Find("the name of "+path, []byte(d.Name()))...)
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := root.ReadFile(name)
		s.files++
		out = append(out, s.Find(path, text)...)
		return err
	})
	if err != nil {
		return out, fmt.Errorf("searching %s: %w", dir, err)
	}
	return out, nil
}

// Figures says how much was searched: secrets in all their forms, files, bytes.
func (s *Search) Figures() string {
	names := map[string]bool{}
	for _, f := range s.forms {
		names[f.secret] = true
	}
	return fmt.Sprintf("%d secrets in %d forms searched in %d files and %d bytes", len(names), len(s.forms), s.files, s.seen)
}
