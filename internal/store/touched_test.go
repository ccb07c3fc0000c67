package store

import (
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/journal"
)

// A kind of data that is read once a day would else be shown for a day as it was
// before ajar changed it.
func TestWhatAjarChangedIsReadAgainWhateverItsPeriod(t *testing.T) {
	s := fresh(t)
	first := begin(t, s, hour(0))
	listed(t, first)
	for _, repo := range []int64{1, 2} {
		put(t, first, access.AreaRepoInvitations, repo)
		if err := first.Read(t.Context(), access.AreaRepoInvitations, repo, true); err != nil {
			t.Fatal(err)
		}
	}
	complete(t, first, access.AreaRepositories, access.AreaRepoInvitations)
	finish(t, first)

	epoch := takeOver(t, s)
	body := map[string]any{"change": map[string]any{"repository": map[string]any{"id": 1}}}
	intended, sent := entry(journal.Intended, "r1", "x", body), entry(journal.Sent, "r1", "x", nil)
	journaled(t, s, epoch, intended, sent)

	second := begin(t, s, hour(2000))
	for repo, want := range map[int64]bool{1: false, 2: true} {
		if _, whole := second.ReadAt(access.AreaRepoInvitations, repo); whole != want {
			t.Errorf("repository %d: it stands as it is stored: %t", repo, whole)
		}
		if listed := second.Listed(access.AreaRepoInvitations, repo); listed != want {
			t.Errorf("repository %d: what stands of it counts: %t", repo, listed)
		}
	}
	if err := second.Read(t.Context(), access.AreaRepoInvitations, 1, true); err != nil {
		t.Fatal(err)
	}
	listed(t, second)
	if err := second.Keep(t.Context(), access.AreaRepoInvitations, 2); err != nil {
		t.Fatal(err)
	}
	put(t, second, access.AreaRepoInvitations, 1)
	complete(t, second, access.AreaRepositories, access.AreaRepoInvitations)
	finish(t, second)

	if _, whole := begin(t, s, hour(2001)).ReadAt(access.AreaRepoInvitations, 1); !whole {
		t.Error("once read again, it is due as ever")
	}
}

func listed(t *testing.T, p *Pass) {
	t.Helper()
	put(t, p, access.AreaRepositories, 1, access.Repository{ID: 1, Name: "api"})
	put(t, p, access.AreaRepositories, 2, access.Repository{ID: 2, Name: "web"})
}
