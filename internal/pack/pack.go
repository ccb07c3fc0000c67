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
func Write(ctx context.Context, w io.Writer, e evidence.Evidence, o Options) error {
	z := newZip(w, e.Period.To)
	if err := write(ctx, z, e, o); err != nil {
		return fmt.Errorf("writing the evidence pack: %w", err)
	}
	if err := z.z.Close(); err != nil {
		return fmt.Errorf("writing the evidence pack: %w", err)
	}
	return nil
}

// WriteFolder writes a pack as a folder, which must not be there yet. It appears when it
// is whole; only its owner can read it.
func WriteFolder(ctx context.Context, path string, e evidence.Evidence, o Options) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("writing the evidence pack: %s: %w", path, os.ErrExist)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(path), ".partial-*") // mode 0700
	if err != nil {
		return fmt.Errorf("writing the evidence pack: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	root, err := os.OpenRoot(tmp)
	if err != nil {
		return fmt.Errorf("writing the evidence pack: %w", err)
	}
	err = errors.Join(write(ctx, &folder{root}, e, o), root.Close())
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return fmt.Errorf("writing the evidence pack: %w", err)
	}
	return nil
}

// write writes all files of a pack, in the order of the manifest.
func write(ctx context.Context, to sink, e evidence.Evidence, o Options) error {
	tables, err := chosen(e, o.Tables)
	if err != nil {
		return err
	}
	if o.Sample != nil {
		if err := o.Sample.Check(); err != nil {
			return err
		}
	}
	p := &packing{ctx: ctx, to: to, m: manifestOf(e), o: o, chosen: tables}
	if p.m.Signed, err = signedBy(o.Signer); err != nil {
		return err
	}
	if o.Journal != nil && len(o.Journal.Checkpoints) > 0 {
		if err := p.cutJournal(e); err != nil {
			return err
		}
	}
	steps := []func(evidence.Evidence) error{p.readme, p.tables, p.samples, p.documents, p.journal, p.schemas}
	for _, step := range steps {
		if err := step(e); err != nil {
			return err
		}
	}
	return p.seal()
}

// chosen gives the tables that are wanted, in the order of the evidence.
func chosen(e evidence.Evidence, names []string) ([]evidence.Table, error) {
	all := append(slices.Clone(e.Tables), controlTables(e)...)
	if names == nil {
		return all, nil
	}
	var out []evidence.Table
	for _, t := range all {
		if slices.Contains(names, t.Name) {
			out = append(out, t)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, func(t evidence.Table) bool { return t.Name == name }) {
			return nil, fmt.Errorf("%w: %.60q", ErrNoTable, name)
		}
	}
	return out, nil
}
