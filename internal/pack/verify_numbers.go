package pack

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/tabular"
)

// The tables that are made of the rest of the evidence.
const (
	gapsTable     = "gaps"
	controlsTable = "controls"
	numbersTable  = "control-numbers"
)

// maxControls bounds the rows that are read of the tables of controls and of their
// numbers, which are kept in memory.
const maxControls = 10_000

// numbers counts the numbers of the controls again, and gives the controls as the pack
// states them; nil where it has no such tables, or not as this program writes them.
func (v *retelling) numbers() ([]evidence.Control, error) {
	if err := v.gaps(); err != nil {
		return nil, err
	}
	stated, ok, err := v.stated()
	if err != nil || !ok {
		return nil, err
	}
	var counted []evidence.Control
	if v.count != nil {
		counted = v.count.Controls()
	}
	for _, c := range stated {
		for _, f := range c.Numbers {
			v.number(c.ID, f, counted)
		}
	}
	if v.same && v.full {
		v.left(stated, counted)
	}
	return stated, nil
}

// number holds one number against what was counted.
func (v *retelling) number(control string, f evidence.Figure, counted []evidence.Control) {
	r := v.c.r
	again, ok := figureOf(counted, control, f.Name)
	switch {
	case ok && again.Query == f.Query && again.Value != f.Value:
		r.say("tables/"+numbersTable+".json", "control %s: the number %s is stated as %d, and the tables give %d", control, f.Name, f.Value, again.Value)
	case ok && again.Query == f.Query && v.same && (again.Title != f.Title || again.Exception != f.Exception):
		r.say("tables/"+numbersTable+".json", "control %s: the number %s has another title than ajar gives it, or is no exception where ajar makes it one", control, f.Name)
	case ok && again.Query == f.Query:
		r.Numbers++
	case v.same && v.full:
		r.say("tables/"+numbersTable+".json", "control %s: the number %.60q with its query is none that ajar makes", control, f.Name)
	default:
		r.Uncounted++
	}
}

// left names what the matrix should have and does not.
func (v *retelling) left(stated, counted []evidence.Control) {
	for _, c := range counted {
		for _, f := range c.Numbers {
			if _, ok := figureOf(stated, c.ID, f.Name); !ok {
				v.c.r.say("tables/"+numbersTable+".json", "control %s: the number %s was left out: the tables give %d", c.ID, f.Name, f.Value)
			}
		}
	}
}

func figureOf(controls []evidence.Control, id, name string) (evidence.Figure, bool) {
	for _, c := range controls {
		for _, f := range c.Numbers {
			if c.ID == id && f.Name == name {
				return f, true
			}
		}
	}
	return evidence.Figure{}, false
}

// gaps holds the table of gaps against those that the manifest lists.
func (v *retelling) gaps() error {
	m := v.c.r.Manifest
	i := slices.IndexFunc(m.Tables, func(t Table) bool { return t.Name == gapsTable })
	if i < 0 {
		return nil
	}
	if m.Tables[i].Rows != int64(len(m.Gaps)) {
		v.c.r.say(m.Tables[i].JSON, "it lists %d gaps, and the manifest lists %d", m.Tables[i].Rows, len(m.Gaps))
		return nil
	}
	table := evidence.GapTable(v.e.Gaps)
	return v.remade(m.Tables[i].JSON, func(w io.Writer) error { return tabular.WriteJSON(v.c.ctx, w, table, v.e) })
}

// stated reads the controls with their numbers from the tables of the pack; false where it
// has none of them, or they are not as this program writes them.
func (v *retelling) stated() ([]evidence.Control, bool, error) {
	var out []evidence.Control
	rows, ok, err := v.few(controlsTable, evidence.ControlTable(nil))
	if err != nil || !ok {
		return nil, false, err
	}
	for _, row := range rows {
		c := evidence.Control{ID: row[0].Text, Title: row[1].Text, Statement: row[2].Text, Tables: strings.Fields(row[3].Text), Rules: strings.Fields(row[4].Text)}
		if slices.ContainsFunc(out, func(x evidence.Control) bool { return x.ID == c.ID }) {
			v.c.r.say("tables/"+controlsTable+".json", "control %.60q stands there twice", c.ID)
		}
		if len(c.Tables) > maxRemade {
			v.c.r.say("tables/"+controlsTable+".json", "control %.60q names more tables than any pack has", c.ID)
			c.Tables = nil
		}
		out = append(out, c)
	}
	rows, ok, err = v.few(numbersTable, evidence.FigureTable(nil))
	if err != nil || !ok {
		return nil, false, err
	}
	for _, row := range rows {
		f := evidence.Figure{Name: row[1].Text, Title: row[2].Text, Value: row[3].Whole, Exception: row[4].Whole != 0, Query: row[5].Text}
		i := slices.IndexFunc(out, func(c evidence.Control) bool { return c.ID == row[0].Text })
		switch {
		case i < 0:
			v.c.r.say("tables/"+numbersTable+".json", "it has a number of the control %.60q, which is none of the pack", row[0].Text)
		case !row[3].Set || slices.ContainsFunc(out[i].Numbers, func(x evidence.Figure) bool { return x.Name == f.Name }):
			v.c.r.say("tables/"+numbersTable+".json", "control %.60q: the number %.60q stands there twice, or without a value", row[0].Text, f.Name)
		default:
			out[i].Numbers = append(out[i].Numbers, f)
		}
	}
	return out, true, nil
}

var errTooMany = errors.New("it has more rows than are kept in memory")

// few reads a table whole; false where the pack has none, or one of another form.
func (v *retelling) few(name string, like evidence.Table) (all [][]evidence.Value, ok bool, err error) {
	i := slices.IndexFunc(v.tables, func(t evidence.Table) bool { return t.Name == name })
	if i < 0 {
		if v.same && v.full {
			v.c.r.say(manifestName, "the pack lacks the table %s", name)
		}
		return nil, false, nil
	}
	file := "tables/" + name + ".json"
	if !alike(v.tables[i], like) {
		if v.same {
			v.c.r.say(file, "it has other columns than ajar writes")
		} else {
			v.c.r.Unmade = append(v.c.r.Unmade, file)
		}
		return nil, false, nil
	}
	room := maxShown
	err = func(ctx context.Context) error {
		for row, err := range v.tables[i].Rows(ctx) {
			if err != nil {
				return err
			}
			for _, cell := range row {
				room -= len(cell.Text) + 64
			}
			if len(all) == maxControls || room < 0 {
				return errTooMany
			}
			all = append(all, slices.Clone(row))
		}
		return nil
	}(v.c.ctx)
	if err != nil {
		return nil, false, v.c.unread(file, err)
	}
	return all, true, nil
}
