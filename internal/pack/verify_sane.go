package pack

import (
	"slices"
	"strings"
	"time"
)

// told checks the names and times that the manifest gives.
func (c *checking) told() {
	m := c.r.Manifest
	tables := map[string]bool{}
	for _, t := range m.Tables {
		if base := "tables/" + t.Name; t.Name == "" || tables[t.Name] || t.CSV != base+".csv" || t.JSON != base+".json" {
			c.r.say(manifestName, "the table %.60q stands there twice, or is in a file of another name", t.Name)
		}
		tables[t.Name] = true
	}
	for _, s := range m.Samples {
		if base := "samples/" + s.Table; tables[base] || s.CSV != base+".csv" || s.JSON != base+".json" {
			c.r.say(manifestName, "the sample of %.60q stands there twice, or is in a file of another name", s.Table)
		}
		tables["samples/"+s.Table] = true
	}
	c.unfolded()
	if slices.ContainsFunc(m.times(), func(t time.Time) bool { return t.Location() != time.UTC }) {
		c.r.say(manifestName, "it has a time in another zone than UTC")
	}
}

// unfolded checks that the files of a pack lie beside each other on every file system: two
// that differ in capitals alone are one on some, and none is a folder of another one.
func (c *checking) unfolded() {
	lower := map[string]bool{}
	for _, f := range c.r.Manifest.Files {
		name := strings.ToLower(f.Name)
		if lower[name] {
			c.r.say(f.Name, "the name of another file differs from it in nothing but capitals: on some systems one would replace the other")
		}
		lower[name] = true
	}
	for name := range lower {
		for i, r := range name {
			if r == '/' && lower[name[:i]] {
				c.r.say(manifestName, "it names %s, which is a folder too", name[:i])
			}
		}
	}
}

// times gives all times of the manifest.
func (m Manifest) times() []time.Time {
	out := []time.Time{m.Period.From, m.Period.To}
	some := func(all ...*time.Time) {
		for _, t := range all {
			if t != nil {
				out = append(out, *t)
			}
		}
	}
	for _, g := range m.Gaps {
		some(g.From, g.To)
	}
	for _, o := range m.Orgs {
		some(o.Start, o.End)
	}
	return out
}
