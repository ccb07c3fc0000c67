package adopt_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/adopt"
)

// large is an organization of n repositories: each fifth has teams of its own, and
// fifty teams hold something on a stretch of them.
func large(n int) *access.Snapshot {
	s := empty()
	for i := range 2000 {
		members(s, 1, int64(1000+i))
	}
	for i := range n {
		s.Repositories = append(s.Repositories, access.Repository{ID: int64(1_000_000 + i), Name: fmt.Sprintf("svc-%03d-part-%05d", i%500, i), Visibility: "private"})
	}
	for i := range 50 {
		id := int64(100_000 + i)
		team(s, id, fmt.Sprintf("area-%02d", i), int64(1000+i), int64(1001+i), int64(1002+i))
		for r := i * n / 50; r < (i+1)*n/50; r++ {
			give(s, ref(access.Team, id), access.Write, int64(1_000_000+r))
		}
	}
	for r := 0; r < n; r += 5 {
		id := int64(200_000 + r)
		team(s, id, s.Repositories[r].Name+"-admins", int64(1000+r%2000), int64(1000+(r+1)%2000))
		give(s, ref(access.Team, id), access.Admin, int64(1_000_000+r))
	}
	return seal(s)
}

func TestLargeOrganizationIsWrittenInTimeOrRefused(t *testing.T) {
	r, err := adopt.Baseline(large(10_000), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("10 000 repositories: %d grants, %d entries on %d lines, %d bytes", r.Grants, r.Entries, r.Lines, len(r.Text))
	if _, err = adopt.Baseline(large(150_000), nil); !errors.Is(err, adopt.ErrTooLong) {
		t.Errorf("got %v, want %v", err, adopt.ErrTooLong)
	}
}
