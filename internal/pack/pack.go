// Package pack puts evidence into a folder or a zip file that somebody else can check:
// a manifest with the hash of every file, the part of the journal that belongs to the
// period with its proofs, and signatures in the format of minisign. It also does that
// checking, without a store, a network or a configuration. docs/evidence.md describes
// what is in a pack.
package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
)

// Options say how a pack is made.
type Options struct {
	// Signer signs it; nil: it is not signed, and says so. It is the key that signs the
	// newest checkpoint of the journal.
	Signer *journal.Signer
	// Journal is where the entries of the period are from; nil: there is no journal.
	Journal *Journal
	// Tables are the names of those that are wanted; nil: all of them, with the workbook,
	// the page and what other formats there are.
	Tables []string
	// Sample is the sample that is drawn from each table; nil: none.
	Sample *Draw
}

// Journal is the journal that a part is cut out of.
type Journal struct {
	Keys        []string
	Checkpoints []journal.Checkpoint
	// Entries gives those from one place to another, both included; to 0 is the end
	// that the newest checkpoint covers. It is called several times.
	Entries func(from, to int64) iter.Seq2[journal.Entry, error]
}

// ErrNoTable says that the evidence has no table of a name that was asked for.
var ErrNoTable = errors.New("there is no such table")

// Write writes a pack as a zip file. The same evidence, journal, key and options give
// the same bytes.
func Write(ctx context.Context, w io.Writer, e evidence.Evidence, o Options) (Manifest, error) {
	z := newZip(w, e.Period.To)
	m, err := write(ctx, z, e, o)
	if err == nil {
		err = z.z.Close()
	}
	if err != nil {
		return m, fmt.Errorf("writing the evidence pack: %w", err)
	}
	return m, nil
}

// WriteFolder writes a pack as a folder, which must not be there yet. It appears when it
// is whole; only its owner can read it.
func WriteFolder(ctx context.Context, path string, e evidence.Evidence, o Options) (m Manifest, err error) {
	if _, err := os.Lstat(path); err == nil {
		return m, fmt.Errorf("writing the evidence pack: %s: %w", path, os.ErrExist)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(path), ".partial-*") // mode 0700
	if err != nil {
		return m, fmt.Errorf("writing the evidence pack: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	root, err := os.OpenRoot(tmp)
	if err != nil {
		return m, fmt.Errorf("writing the evidence pack: %w", err)
	}
	m, err = write(ctx, &folder{root}, e, o)
	if err = errors.Join(err, root.Close()); err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return m, fmt.Errorf("writing the evidence pack: %w", err)
	}
	return m, nil
}

// write writes all files of a pack, in the order of the manifest.
func write(ctx context.Context, to sink, e evidence.Evidence, o Options) (Manifest, error) {
	tables, err := chosen(e, o.Tables)
	if err != nil {
		return Manifest{}, err
	}
	if o.Sample != nil {
		if err := o.Sample.Check(); err != nil {
			return Manifest{}, err
		}
	}
	p := &packing{ctx: ctx, to: to, m: manifestOf(e), o: o, chosen: tables}
	if p.m.Signed, err = signedBy(o.Signer); err != nil {
		return Manifest{}, err
	}
	if o.Journal != nil && len(o.Journal.Checkpoints) > 0 {
		if err := p.cutJournal(e); err != nil {
			return Manifest{}, err
		}
	}
	steps := []func(evidence.Evidence) error{p.readme, p.tables, p.samples, p.documents, p.journal, p.schemas}
	for _, step := range steps {
		if err := step(e); err != nil {
			return Manifest{}, err
		}
	}
	err = p.seal()
	return p.m, err
}

// all gives the tables of an evidence, and those that are made of the rest of it.
func all(e evidence.Evidence) []evidence.Table {
	out := slices.Clone(e.Tables)
	for _, t := range []evidence.Table{evidence.GapTable(e.Gaps), evidence.ControlTable(e.Controls), evidence.FigureTable(e.Controls)} {
		if !slices.ContainsFunc(out, func(x evidence.Table) bool { return x.Name == t.Name }) {
			out = append(out, t)
		}
	}
	return out
}

// TableNames lists the tables that a pack of an evidence has.
func TableNames(e evidence.Evidence) []string {
	var out []string
	for _, t := range all(e) {
		out = append(out, t.Name)
	}
	return out
}

// TableOf gives one of them.
func TableOf(e evidence.Evidence, name string) (evidence.Table, error) {
	for _, t := range all(e) {
		if t.Name == name {
			return t, nil
		}
	}
	return evidence.Table{}, fmt.Errorf("%w: %.60q", ErrNoTable, name)
}

// chosen gives the tables that are wanted, in the order of the evidence.
func chosen(e evidence.Evidence, names []string) ([]evidence.Table, error) {
	if names == nil {
		return all(e), nil
	}
	for _, name := range names {
		if _, err := TableOf(e, name); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all(e), func(t evidence.Table) bool { return !slices.Contains(names, t.Name) }), nil
}
