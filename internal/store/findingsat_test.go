package store

import (
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestFindingsAreToldInTheStateInWhichTheyStoodThen(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	waived := f
	waived.State, waived.Waiver, waived.WaiverEnd = access.Waived, "migration", hour(48)
	var infos []SnapshotInfo
	for n, found := range [][]access.Finding{nil, {f}, {waived}, nil, {f}} {
		snap := takeOne(t, s, n, len(found) > 0, true)
		judge(t, s, snap, found...)
		info, err := s.Snapshot(t.Context(), "acme", snap.ID)
		if err != nil {
			t.Fatal(err)
		}
		infos = append(infos, info)
	}
	for n, want := range []access.State{"", access.Open, access.Waived, access.Resolved, access.Open} {
		got, err := s.FindingsAt(t.Context(), Filter{}, infos[n])
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case want == "" && len(got) > 0:
			t.Errorf("snapshot %d knows %+v, which came later", n, got)
		case want != "" && (len(got) != 1 || got[0].State != want || (got[0].Waiver != "") != (want == access.Waived) || got[0].LastSeen.After(infos[n].At)):
			t.Errorf("snapshot %d: got %+v, want one that is %s", n, got, want)
		}
		if got, err := s.FindingsAt(t.Context(), Filter{States: []access.State{access.Waived}}, infos[n]); err != nil || (len(got) == 1) != (want == access.Waived) {
			t.Errorf("snapshot %d: asked for those waived, got %+v, %v", n, got, err)
		}
	}
}

func TestAcceptanceNeedsARestoredStoreAndAReason(t *testing.T) {
	s := fresh(t)
	if err := s.AcceptRestored(t.Context(), "nothing"); err == nil {
		t.Error("a store that nobody put back was accepted")
	}
	if err := s.AcceptRestored(t.Context(), "  "); err == nil {
		t.Error("no reason was enough")
	}
}

func TestExaminationOfASoundStoreFindsNothingWhateverPassWasDropped(t *testing.T) {
	s := fresh(t)
	takeOne(t, s, 0, true, true)
	p := begin(t, s, hour(1))
	put(t, p, access.AreaDirectGrants, 50, direct(2, 50, access.Admin))
	if err := p.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	looks, err := s.Examine(t.Context())
	if err != nil || len(looks) != 9 {
		t.Fatalf("%v, %v", looks, err)
	}
	for _, l := range looks {
		if l.Wrong != "" {
			t.Errorf("%s: %s", l.What, l.Wrong)
		}
	}
	if _, _, err := s.Compact(t.Context()); err != nil {
		t.Error(err)
	}
}
