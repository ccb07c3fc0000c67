package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"
)

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// population is a table that a sample was drawn from, while both are read.
type population struct {
	Sample
	urn   urn
	kept  map[int64][sha256.Size]byte // hashes of rows that may be drawn
	drawn map[int64][sha256.Size]byte // of those in the file of the sample
}

// allSamples bounds the rows of all samples of a pack that is verified: something is kept
// of each, and the population may be packed into next to nothing.
const allSamples = 50 * MaxSample

// contents reads every file once: its hash, and the rows of tables.
func (c *checking) contents() error {
	m := c.r.Manifest
	samples := map[string]*population{} // by either file
	room := int64(allSamples)
	for _, s := range m.Samples {
		if room -= max(s.Size, 0); room < 0 {
			c.r.say(manifestName, "its samples have more than %d rows in all, which are not kept in memory", allSamples)
			break
		}
		p := &population{Sample: s, kept: map[int64][sha256.Size]byte{}, drawn: map[int64][sha256.Size]byte{}}
		i := slices.IndexFunc(m.Tables, func(t Table) bool { return t.Name == s.Table })
		if d := (Draw{int(min(max(s.Size, 0), MaxSample+1)), s.Seed}); i < 0 || s.Method != drawing || d.Check() != nil {
			c.r.say(manifestName, "the sample of %.60q is of no table of the pack, or drawn in a way that nobody can repeat", s.Table)
			continue
		}
		samples[m.Tables[i].CSV], samples[s.CSV] = p, p
	}
	scans, tails := map[string]*scan{}, map[string]*tail{}
	for _, f := range m.Files {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if !c.there[f.Name] {
			continue
		}
		s, t := newScan(), &tail{}
		scans[f.Name], tails[f.Name] = s, t
		if p := samples[f.Name]; p != nil {
			p.watch(s, f.Name == p.CSV)
		}
		c.file(f, io.MultiWriter(s, t))
	}
	for _, t := range m.Tables {
		c.r.Rows += max(t.Rows, 0)
		c.counts(t.CSV, t.JSON, t.Rows, t.Columns, scans, tails)
	}
	for _, s := range m.Samples {
		c.counts(s.CSV, s.JSON, s.Size, -1, scans, tails)
		if p := samples[s.CSV]; p != nil && scans[s.CSV] != nil {
			c.sample(p, scans)
		}
	}
	return nil
}

// file checks the size and the hash of one file. No more than one byte beyond the size
// that the manifest gives is unpacked.
func (c *checking) file(f File, also io.Writer) {
	r, err := c.a.open(f.Name)
	if errors.Is(err, fs.ErrNotExist) {
		c.r.say(f.Name, "it is missing")
		return
	}
	if err != nil {
		c.r.say(f.Name, "%v", err)
		return
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(sum, also), io.LimitReader(r, f.Size+1))
	err = errors.Join(err, r.Close())
	switch {
	case n > f.Size:
		c.r.say(f.Name, "it is longer than the %d bytes that the manifest gives it; no more of it was read", f.Size)
	case err != nil:
		c.r.say(f.Name, "it cannot be read to its end, so it was changed: %v", err)
	case n < f.Size:
		c.r.say(f.Name, "it has %d bytes, and the manifest gives it %d: it was changed, or its end was cut off", n, f.Size)
	case hex.EncodeToString(sum.Sum(nil)) != f.SHA256:
		c.r.say(f.Name, "it was changed: its hash is not the one of the manifest")
	default:
		c.r.Files++
		c.r.Bytes += n
	}
}

// counts holds what the manifest says of a table against its files.
func (c *checking) counts(csv, json string, rows int64, columns int, scans map[string]*scan, tails map[string]*tail) {
	s, t := scans[csv], tails[json]
	if s == nil || t == nil {
		if !slices.Contains(c.names, csv) || !slices.Contains(c.names, json) {
			c.r.say(manifestName, "it names %.80q and %.80q as files of a table, and does not list them", csv, json)
		}
		return
	}
	switch {
	case s.cut():
		c.r.say(csv, "it ends within a row, or has no header")
	case s.rows != rows:
		c.r.say(csv, "it has %d rows, and the manifest counts %d", s.rows, rows)
	case columns >= 0 && s.columns != columns:
		c.r.say(csv, "it has %d columns, and the manifest counts %d", s.columns, columns)
	}
	if n := t.count(); n != rows {
		c.r.say(json, "it ends with a count of %d rows, and the manifest counts %d", n, rows)
	}
}

// watch keeps the hashes of rows as they pass by: of a population those that may be
// drawn, of a sample all.
func (p *population) watch(s *scan, isSample bool) {
	d := Draw{int(p.Size), p.Seed}
	if isSample {
		s.skip, s.of = true, func(int64) bool { return true }
		s.took = func(_ int64, first string, sum [sha256.Size]byte) {
			row, err := strconv.ParseInt(first, 10, 64)
			if err != nil || len(p.drawn) > MaxSample {
				row = 0 // no row is numbered so: the comparison finds it
			}
			p.drawn[row] = sum
		}
		return
	}
	s.of = func(row int64) bool {
		t := d.ticket(p.Table, row)
		return len(p.urn) < d.Size || bytes.Compare(t[:], p.urn[0].ticket[:]) < 0
	}
	s.took = func(row int64, _ string, sum [sha256.Size]byte) {
		if len(p.urn) == d.Size {
			delete(p.kept, p.urn[0].row)
		}
		p.urn.offer(d, p.Table, row, nil)
		p.kept[row] = sum
	}
}

// sample draws it again.
func (c *checking) sample(p *population, scans map[string]*scan) {
	i := slices.IndexFunc(c.r.Manifest.Tables, func(t Table) bool { return t.Name == p.Table })
	if t := c.r.Manifest.Tables[i]; scans[t.CSV] == nil || t.Rows != p.Rows {
		c.r.say(p.CSV, "the manifest counts another population than the table %s has", p.Table)
		return
	}
	wrong := len(p.drawn) != len(p.kept)
	for row, sum := range p.kept {
		wrong = wrong || p.drawn[row] != sum
	}
	if wrong {
		c.r.say(p.CSV, "it is not the sample that the seed %q draws from the table %s", p.Seed, p.Table)
		return
	}
	c.r.Samples++
}
