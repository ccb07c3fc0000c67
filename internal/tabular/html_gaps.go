package tabular

import (
	"slices"

	"github.com/eb661601/ajar/internal/evidence"
)

// together puts gaps that differ in nothing that is shown but their organizations into one
// line, which names them all: an outage of ajar's is one of each organization.
func together(t evidence.Table, rows [][]evidence.Value) [][]evidence.Value {
	org := slices.IndexFunc(t.Columns, func(c evidence.Column) bool { return c.Name == "organization" })
	if org < 0 {
		return rows
	}
	var out [][]evidence.Value
	for _, row := range rows {
		i := slices.IndexFunc(out, func(known []evidence.Value) bool {
			for j, c := range t.Columns {
				if j != org && shown(c, known[j]) != shown(c, row[j]) {
					return false
				}
			}
			return true
		})
		if i < 0 {
			out = append(out, slices.Clone(row))
			continue
		}
		out[i][org] = evidence.Of(out[i][org].Text + ", " + row[org].Text)
	}
	return out
}
