package pack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/eb661601/ajar/docs/schemas"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/ocsf"
	"github.com/eb661601/ajar/internal/oscal"
	"github.com/eb661601/ajar/internal/tabular"
)

// packing is a pack that is being written.
type packing struct {
	ctx     context.Context
	to      sink
	m       Manifest
	o       Options
	part    *journal.Part
	chosen  []evidence.Table // that go into it one by one
	sampled []evidence.Table
	drawn   int64 // rows of them
}

// put writes a file that the manifest names.
func (p *packing) put(name string, write func(io.Writer) error) error {
	f, err := p.raw(name, write)
	if err == nil {
		p.m.Files = append(p.m.Files, f)
	}
	return err
}

// raw writes a file, and gives its size and hash.
func (p *packing) raw(name string, write func(io.Writer) error) (File, error) {
	if err := p.ctx.Err(); err != nil {
		return File{}, err
	}
	to, err := p.to.file(name)
	if err != nil {
		return File{}, err
	}
	sum, n := sha256.New(), &counter{}
	err = write(io.MultiWriter(to, sum, n))
	if err = errors.Join(err, to.Close()); err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	return File{name, n.n, hex.EncodeToString(sum.Sum(nil))}, nil
}

// counter counts bytes.
type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// text gives what writes a text.
func text(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

func (p *packing) tables(e evidence.Evidence) error {
	for _, t := range p.chosen {
		var n int64
		var u urn
		// What was made for the pack is no population.
		draw := p.o.Sample != nil && slices.ContainsFunc(e.Tables, func(x evidence.Table) bool { return x.Name == t.Name })
		counted := t
		counted.Rows = func(ctx context.Context) iter.Seq2[[]evidence.Value, error] {
			return func(yield func([]evidence.Value, error) bool) {
				n, u = 0, nil
				for row, err := range t.Rows(ctx) {
					if err == nil {
						n++
						if draw {
							u.offer(*p.o.Sample, t.Name, n, row)
						}
					}
					if !yield(row, err) {
						return
					}
				}
			}
		}
		csv, json, err := p.table("tables", counted, e)
		if err != nil {
			return err
		}
		p.m.Tables = append(p.m.Tables, Table{Name: t.Name, Title: t.Title, Rows: n, Columns: len(t.Columns), CSV: csv, JSON: json})
		if draw && n > 0 {
			if p.drawn += int64(len(u)); p.drawn > allSamples {
				return fmt.Errorf("the samples have more than %d rows in all, which nobody could verify: ask for fewer of each table", allSamples)
			}
			p.sampled = append(p.sampled, sampleOf(t, u))
			p.m.Samples = append(p.m.Samples, Sample{Table: t.Name, Rows: n, Size: int64(len(u)), Seed: p.o.Sample.Seed, Method: drawing})
		}
	}
	return nil
}

// table writes a table in both formats.
func (p *packing) table(dir string, t evidence.Table, e evidence.Evidence) (csv, json string, err error) {
	base := path.Join(dir, strings.TrimPrefix(t.Name, "sample-"))
	csv, json = base+".csv", base+".json"
	err = p.put(csv, func(w io.Writer) error { return tabular.WriteCSV(p.ctx, w, t) })
	if err == nil {
		err = p.put(json, func(w io.Writer) error { return tabular.WriteJSON(p.ctx, w, t, e) })
	}
	return csv, json, err
}

func (p *packing) samples(e evidence.Evidence) (err error) {
	for i, t := range p.sampled {
		s := &p.m.Samples[i]
		if s.CSV, s.JSON, err = p.table("samples", t, e); err != nil {
			return err
		}
	}
	return nil
}

// documents writes what shows all tables together. A pack of single tables has none.
func (p *packing) documents(e evidence.Evidence) error {
	if p.o.Tables != nil {
		return nil
	}
	for _, d := range documentsOf(p.ctx, e, p.sampled) {
		if err := p.put(d.name, d.write); err != nil {
			return err
		}
	}
	return nil
}

// document is a file that is made of all tables together.
type document struct {
	name  string
	write func(io.Writer) error
}

// documentNames are those of the documents, in their order.
var documentNames = []string{"evidence.xlsx", "report.html", "oscal-assessment-results.json", "ocsf-changes.jsonl"}

// documentsOf gives the documents of an evidence and the samples that were drawn.
func documentsOf(ctx context.Context, e evidence.Evidence, samples []evidence.Table) []document {
	shown := e
	shown.Tables = append(shown.Tables[:len(shown.Tables):len(shown.Tables)], samples...)
	writers := []func(io.Writer) error{
		func(w io.Writer) error { return tabular.WriteXLSX(ctx, w, shown) },
		func(w io.Writer) error { return tabular.WriteHTML(ctx, w, e) },
		func(w io.Writer) error { return oscal.Write(ctx, w, e) },
		func(w io.Writer) error { return ocsf.Write(ctx, w, e) },
	}
	var out []document
	for i, write := range writers {
		out = append(out, document{documentNames[i], write})
	}
	return out
}

func (p *packing) readme(e evidence.Evidence) error {
	return p.put(readmeName, text(readme(e, p.m)))
}

// schemas writes the JSON schemas of what is in the pack.
func (p *packing) schemas(evidence.Evidence) error {
	for _, name := range schemas.OfPacks {
		b, err := schemas.Files.ReadFile(name)
		if err != nil {
			return err
		}
		if err := p.put("schemas/"+name, text(b)); err != nil {
			return err
		}
	}
	return nil
}

// seal writes the manifest, the sums, and the signatures of both.
func (p *packing) seal() error {
	p.m.Pack = packID(p.m.Files)
	manifest, err := p.m.encode()
	if err != nil {
		return err
	}
	if len(manifest) > maxManifest {
		return fmt.Errorf("the manifest has %d bytes, more than %d", len(manifest), maxManifest)
	}
	sums := []byte(p.m.sums(manifest))
	if _, err := p.raw(manifestName, text(manifest)); err != nil {
		return err
	}
	if err := p.sign(manifestName, manifest); err != nil {
		return err
	}
	if _, err := p.raw(sumsName, text(sums)); err != nil {
		return err
	}
	return p.sign(sumsName, sums)
}

func (p *packing) sign(name string, content []byte) error {
	if p.o.Signer == nil {
		return nil
	}
	b, err := p.o.Signer.Minisign(content, "signature of "+name+" by the key of an ajar journal", p.m.comment(name))
	if err != nil {
		return err
	}
	_, err = p.raw(name+signature, text(b))
	return err
}
