package evidence

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/store"
)

// However small the parts are, each snapshot is in one of them, and they follow each other
// without a hole.
func TestPartsOfAPeriodFollowEachOther(t *testing.T) {
	for _, most := range []int64{1, 5, 7, 1000} {
		o := &organization{most: most}
		for id := int64(1); id <= 9; id++ {
			p := store.PassInfo{SnapshotInfo: store.SnapshotInfo{ID: id, Stats: store.PassStats{GrantsAdded: id % 3, GrantsClosed: id % 2}}}
			if id != 4 { // it broke off
				p.FinishedAt = time.Unix(id, 0)
			}
			o.passes = append(o.passes, p)
		}
		at, parts := int64(1), 0
		err := o.parts(func(earlier, later store.PassInfo) error {
			if earlier.ID != at || later.ID <= at {
				t.Errorf("at most %d: a part from %d to %d follows %d", most, earlier.ID, later.ID, at)
			}
			at, parts = later.ID, parts+1
			return nil
		})
		if err != nil || at != 9 {
			t.Errorf("at most %d: the parts end at %d, %v", most, at, err)
		}
		if most == 1000 && parts != 1 {
			t.Errorf("%d parts where one is enough", parts)
		}
	}
}
