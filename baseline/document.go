package baseline

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// Document is a TOML file that is well formed and within the limits of the
// pre-scan, with the places of what stands in it. config.toml is read through it
// as well, so that both files have the same limits and the same complaints.
type Document struct {
	Name string
	Tree map[string]any // as github.com/BurntSushi/toml decodes it

	root  *node
	lines lines
}

// ReadDocument parses the text. What is wrong with it is a [Problems], of as many
// as can be told apart.
func ReadDocument(name string, text []byte) (*Document, error) {
	d, problems, err := readDocument(name, text)
	if len(problems) > 0 {
		return nil, problems
	}
	return d, err
}

// readDocument gives beside the problems the document as far as it can be read
// all the same; nil where it cannot.
func readDocument(name string, text []byte) (*Document, Problems, error) {
	d := &Document{Name: name, lines: newLines(string(text))}
	if at, message, hint := prescan(d.lines.text); message != "" {
		return nil, Problems{d.problem(at, message, hint)}, nil
	}
	tree, problems, err := d.decodeAll()
	if tree == nil {
		return nil, problems, err
	}
	d.Tree, d.root = tree, index(d.lines.text)
	return d, problems, nil
}

// decodeTOML turns a panic of the library into an error: a file is input.
func decodeTOML(text string, into *map[string]any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the TOML library gave up: %v", r)
		}
	}()
	_, err = toml.Decode(text, into)
	return err
}

// syntaxWords says in our words what the TOML library refused.
func syntaxWords(message string) (text, hint string) {
	message, _, _ = strings.Cut(strings.TrimSuffix(message, "."), "\n")
	if date, ok := strings.CutPrefix(message, `invalid datetime: "`); ok {
		return explainDate(strings.TrimSuffix(date, `"`))
	}
	if strings.HasPrefix(message, "expected value but found") {
		hint = "text stands in quotes"
	}
	if rest, ok := strings.CutPrefix(message, "Key "); ok {
		message = "key " + rest
	}
	return "not valid TOML: " + message, hint
}

func (d *Document) problem(offset int, message, hint string) Problem {
	at := d.place(offset)
	return Problem{File: at.File, Line: at.Line, Column: at.Column, Message: message, Hint: hint}
}

// KeyAt gives the place of a key, or of the nearest thing around it that has
// one. The path is made of names and of indexes into arrays.
func (d *Document) KeyAt(path ...any) Position { return d.place(d.find(path).key) }

// ValueAt gives the place of the value behind a key; of a table, its header's.
func (d *Document) ValueAt(path ...any) Position { return d.place(d.find(path).value) }

func (d *Document) place(offset int) Position {
	line, column := d.lines.at(offset)
	return Position{File: d.Name, Line: line, Column: column}
}

func (d *Document) find(path []any) *node {
	n := d.root
	for _, step := range path {
		switch s := step.(type) {
		case string:
			n = n.kid(s)
		case int:
			n = n.elem(s)
		}
	}
	return n
}

// Nearest gives the known word that was most likely meant, "" where none is near
// enough. It looks at every one, however many: it is for one word, not for a file of them.
func Nearest(word string, known []string) string { return nearest(word, known) }

// Suggest names the nearest of the known words, or lists them all where none is
// near enough to have been meant.
func Suggest(word string, known []string) string { return suggest(word, known) }
