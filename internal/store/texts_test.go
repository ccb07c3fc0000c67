package store

import "testing"

func TestTextsAreComparedWithoutCopies(t *testing.T) {
	needs, body := []byte(`[{"Area":"members","Scope":0}]`), make([]byte, 4096)
	if n := testing.AllocsPerRun(100, func() { digestOfTexts(needs, body) }); n > 2 {
		t.Errorf("a digest takes %v allocations", n)
	}
	if digestOfTexts(needs, body) == digestOfTexts(body, needs) {
		t.Error("texts that changed places are taken for the same")
	}
}
