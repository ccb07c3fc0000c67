package store

import "testing"

func TestWhatWasNeverJudgedIsKnownFromWhatIsClean(t *testing.T) {
	s := fresh(t)
	first := takeOne(t, s, 0, true, true)
	info, err := s.Latest(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Judged(t.Context(), info); ok || err != nil {
		t.Errorf("a snapshot that nobody judged counts as judged: %t, %v", ok, err)
	}
	judge(t, s, first)
	takeOne(t, s, 1, true, true)
	got, ok, err := s.Judged(t.Context(), info)
	if err != nil || !ok || got.ID != first.ID || !got.At.Equal(first.TakenAt) || got.Org != info.Org {
		t.Errorf("got %+v, %t, %v, want snapshot %d", got, ok, err, first.ID)
	}
}
