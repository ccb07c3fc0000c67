package store

import (
	"errors"
	"testing"

	"github.com/eb661601/ajar/access"
)

// What was changed behind the store's back is noticed before evidence is made of it, also
// where a pass that broke off came after the newest snapshot.
func TestNoEvidenceRestsOnAStoreThatIsNotAsItWasWritten(t *testing.T) {
	for name, statements := range map[string][]string{
		"nothing was changed":       nil,
		"a grant that is gone":      {`DELETE FROM grants WHERE resource = 60`},
		"a thing that is gone":      {`DELETE FROM entities WHERE seen_to IS NULL AND id = (SELECT max(id) FROM entities)`},
		"a grant that is over":      {`UPDATE grants SET seen_to = seen_from + 1 WHERE resource = 60`},
		"a changed entry":           {`UPDATE journal SET who = 'mallory' WHERE seq = 3`},
		"a journal that was cut":    {`DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)`},
		"no journal any more":       {`DELETE FROM checkpoints`, `DELETE FROM journal_head`, `DELETE FROM journal`},
		"a journal made much older": {`DELETE FROM checkpoints WHERE size > 2`, `DELETE FROM journal WHERE seq > 2`},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := told(t)
			p := begin(t, s, hour(0))
			small(t, p)
			add(t, p, access.AreaDirectGrants, 60, direct(1, 60, access.Read))
			finish(t, p)
			if err := begin(t, s, hour(1)).Abort(t.Context()); err != nil {
				t.Fatal(err)
			}
			path := again(t, s)
			if len(statements) > 0 {
				tamper(t, path, statements...)
			}
			s = open(t, path)
			defer s.Close()
			if err := s.Whole(t.Context()); errors.Is(err, ErrNotWhole) != (len(statements) > 0) {
				t.Errorf("it says %v", err)
			}
		})
	}
}
