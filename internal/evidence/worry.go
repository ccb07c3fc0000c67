package evidence

import "github.com/eb661601/ajar/analyzer"

// NeedsLook gives what tells of a row of a table whether an exception of the framework
// counts it, so that it needs a look; nil where none counts in this table.
func NeedsLook(f Framework, t Table) func(row []Value) bool {
	var asked []*counter
	known := map[string]bool{}
	for _, c := range analyzer.Controls(frameworkNames[f]) {
		for _, topic := range topicsOf(c) {
			for _, f := range topic.figures {
				q := f.question
				if !f.exception || q.table != t.Name || known[q.query()] || !q.suits(t) {
					continue
				}
				known[q.query()] = true
				if c, err := newCounter(q, t); err == nil {
					asked = append(asked, c)
				}
			}
		}
	}
	if len(asked) == 0 {
		return nil
	}
	return func(row []Value) bool {
		for _, c := range asked {
			if c.counts(row, t.Columns) {
				return true
			}
		}
		return false
	}
}

// counts reports whether the question counts a row.
func (c *counter) counts(row []Value, columns []Column) bool {
	for i, w := range c.where {
		if !w.hold(row[c.at[i]], columns[c.at[i]].Kind) {
			return false
		}
	}
	return true
}
