package evidence

import (
	"context"
	"errors"
	"iter"

	"github.com/eb661601/ajar/internal/store"
)

// emit hands a row on. Its error ends the table.
type emit func(row ...Value) error

// errEnough says that whoever reads the rows wants no more of them.
var errEnough = errors.New("enough")

// build makes a table of rows that are handed on one by one.
func build(name, title, about, source string, columns []Column, each func(context.Context, emit) error) Table {
	t := Table{Name: name, Title: title, About: about, Source: source, Columns: columns}
	t.Rows = func(ctx context.Context) iter.Seq2[[]Value, error] {
		return func(yield func([]Value, error) bool) {
			err := each(ctx, func(row ...Value) error {
				if err := ctx.Err(); err != nil {
					return err
				}
				if !yield(row, nil) {
					return errEnough
				}
				return nil
			})
			if err != nil && !errors.Is(err, errEnough) {
				yield(nil, err)
			}
		}
	}
	return t
}

// number is the cell of a number of GitHub's or the store's; 0 is none.
func number(id int64) Value {
	if id == 0 {
		return Value{}
	}
	return Count(id)
}

var organizationColumn = Column{"organization", "Organization", "The login of the organization at the end of the period.", Text}

// changedColumns say when a change was seen.
var changedColumns = []Column{
	{"seen_at", "Seen at", "When the snapshot was taken that is the first to show the change. It happened before.", Instant},
	{"seen_after", "Not before", "Until when it is known not to have happened: the last reading of this data that was whole. Empty: there was none in the period.", Instant},
	{"snapshot", "Snapshot", "The number of the snapshot that is the first to show it.", Whole},
	{"doubt", "Doubt", "Why the change may be older than the snapshot before: that one did not see all. Empty: it saw it all.", Text},
}

func changed(row []Value, p store.PassInfo, saw sight) []Value {
	return append(row, At(p.At), At(saw.at), Count(p.ID), Of(saw.doubt))
}

func indexOf(all []store.PassInfo) map[int64]int {
	out := make(map[int64]int, len(all))
	for i, p := range all {
		out[p.ID] = i
	}
	return out
}
