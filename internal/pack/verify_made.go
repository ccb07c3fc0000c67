package pack

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/docs/schemas"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/tabular"
)

// documents makes again what the pack says of its tables in other forms, and compares every
// byte. What another version of ajar made may be right and differ: of that it is said that
// nothing is shown.
func (v *retelling) documents(controls []evidence.Control) error {
	m := v.c.r.Manifest
	e := evidenceOf(m, v.tables, controls)
	if err := v.remade(readmeName, text(readme(e, m))); err != nil {
		return err
	}
	for _, name := range schemas.OfPacks {
		b, err := schemas.Files.ReadFile(name)
		if err == nil {
			err = v.remade("schemas/"+name, text(b))
		}
		if err != nil {
			return err
		}
	}
	if controls != nil && v.full && v.count != nil {
		counted := evidence.ControlTable(v.count.Controls())
		if err := v.remade("tables/"+controlsTable+".json", func(w io.Writer) error { return tabular.WriteJSON(v.c.ctx, w, counted, v.e) }); err != nil {
			return err
		}
	}
	if !v.full {
		return nil
	}
	if v.shown > maxShown || v.drawn > maxDrawn || len(v.tables) > maxRemade || v.bytes() > maxTables {
		v.c.r.Large = true
		v.c.r.Unmade = append(v.c.r.Unmade, documentNames...)
		return nil
	}
	for _, d := range documentsOf(v.c.ctx, e, v.samples) {
		if err := v.remade(d.name, d.write); err != nil {
			return err
		}
	}
	return nil
}

// bytes is how much the tables are in JSON.
func (v *retelling) bytes() int64 {
	var n int64
	for _, f := range v.c.r.Manifest.Files {
		if strings.HasSuffix(f.Name, ".json") && strings.HasPrefix(f.Name, "tables/") {
			n += f.Size
		}
	}
	return n
}

// remade makes a file again and compares it, where the pack has it.
func (v *retelling) remade(name string, write func(io.Writer) error) error {
	if !slices.ContainsFunc(v.c.r.Manifest.Files, func(f File) bool { return f.Name == name }) {
		return nil
	}
	d, err := v.c.differs(name, nil, write)
	switch {
	case v.c.ctx.Err() != nil:
		return v.c.ctx.Err()
	case d == nil && err == nil:
		v.c.r.Made = append(v.c.r.Made, name)
	case !v.same:
		v.c.r.Unmade = append(v.c.r.Unmade, name)
	case err != nil:
		v.c.r.say(name, "the tables are not such as it can be made of: %v", err)
	default:
		v.c.r.say(name, "it does not say what the tables and the manifest say: from byte %d on it is not what this program makes of them, which by its own word made the pack", d.at)
	}
	return nil
}

// expected compares the files that the manifest lists with those that this program puts
// into a pack; where another version made it, more of them may be right.
func (v *retelling) expected() {
	m := v.c.r.Manifest
	want := []string{readmeName}
	for _, t := range m.Tables {
		want = append(want, t.CSV, t.JSON)
	}
	for _, s := range m.Samples {
		want = append(want, s.CSV, s.JSON)
	}
	if v.full {
		want = append(want, documentNames...)
	}
	if m.Signed != nil {
		want = append(want, keyName)
	}
	if m.Journal != nil {
		want = append(want, partName, proofsName, checkpointsName)
	}
	for _, name := range schemas.OfPacks {
		want = append(want, "schemas/"+name)
	}
	for _, f := range m.Files {
		switch {
		case slices.Contains(want, f.Name):
		case v.same:
			v.c.r.say(f.Name, "the manifest lists it, and ajar puts no such file into a pack")
		default:
			v.c.r.Unknown = append(v.c.r.Unknown, f.Name)
		}
	}
	for _, name := range want {
		if v.same && !slices.ContainsFunc(m.Files, func(f File) bool { return f.Name == name }) {
			v.c.r.say(manifestName, "it does not list %s, which such a pack has", name)
		}
	}
}

// evidenceOf gives the evidence that a manifest is of.
func evidenceOf(m Manifest, tables []evidence.Table, controls []evidence.Control) evidence.Evidence {
	e := evidence.Evidence{
		Framework: evidence.Framework(m.Framework), Period: evidence.Period{From: m.Period.From, To: m.Period.To},
		Every:   time.Duration(m.Promised) * time.Second,
		Program: m.Program, Complete: m.Complete, Controls: controls,
	}
	for _, g := range m.Gaps {
		e.Gaps = append(e.Gaps, evidence.Gap{Org: g.Org, Area: g.Area, Scope: g.Scope, From: orZero(g.From), To: orZero(g.To), Reason: g.Reason, Snapshots: g.Snapshots})
	}
	for _, o := range m.Orgs {
		e.Orgs = append(e.Orgs, evidence.Org{ID: o.ID, Login: o.Login, First: o.First, Last: o.Last, Start: orZero(o.Start), End: orZero(o.End)})
	}
	for _, t := range tables {
		if t.Name != controlsTable && t.Name != numbersTable {
			e.Tables = append(e.Tables, t)
		}
	}
	return e
}

// orZero undoes orNull.
func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
