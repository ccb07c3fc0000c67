package tabular

import (
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
)

// sameTime is by how much gaps of one cause may differ: a pass takes one organization after
// the other.
const sameTime = time.Minute

// together puts gaps that differ in nothing but their organizations into one line, which
// names them all and has the whole of the time: an outage of ajar's is a gap of each
// organization.
func together(t evidence.Table, rows [][]evidence.Value) [][]evidence.Value {
	org := slices.IndexFunc(t.Columns, func(c evidence.Column) bool { return c.Name == "organization" })
	if org < 0 {
		return rows
	}
	var out [][]evidence.Value
	for _, row := range rows {
		i := slices.IndexFunc(out, func(known []evidence.Value) bool { return alike(t, org, known, row) })
		if i < 0 {
			out = append(out, slices.Clone(row))
			continue
		}
		known := out[i]
		known[org] = evidence.Of(known[org].Text + ", " + row[org].Text)
		for j, c := range t.Columns {
			switch {
			case c.Kind != evidence.Instant:
			case c.Name == "since" && row[j].Instant.Before(known[j].Instant), c.Name != "since" && row[j].Instant.After(known[j].Instant):
				known[j] = row[j]
			}
		}
	}
	return out
}

// alike reports whether two gaps say the same of two organizations.
func alike(t evidence.Table, org int, a, b []evidence.Value) bool {
	for j, c := range t.Columns {
		switch {
		case j == org:
			if a[j] == b[j] { // two of one organization
				return false
			}
		case c.Kind == evidence.Instant:
			if a[j].Set != b[j].Set || a[j].Instant.Sub(b[j].Instant).Abs() > sameTime {
				return false
			}
		case a[j] != b[j]:
			return false
		}
	}
	return true
}
