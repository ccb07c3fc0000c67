package pack_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/pack"
)

func TestAPackIsVerifiedWithoutAnythingElse(t *testing.T) {
	b := year(t)
	r := look(t, made(t, b), pack.VerifyOptions{Keys: []string{b.keys[0]}})
	if !r.Sound() {
		t.Fatalf("it is not sound: %v", r.Problems)
	}
	if !r.Trusted || r.Key != b.keys[0] || r.Rows != 40 || r.Samples != 1 || r.Journal == nil || r.Journal.First > 36 || r.Journal.Last < 126 {
		t.Errorf("it gives %+v", r)
	}
	t.Log(strings.Join(r.Proven(), "\n"))
	t.Log(strings.Join(r.Unproven(), "\n"))
}

func TestTheSamePackIsTheSameBytes(t *testing.T) {
	b := year(t)
	if !bytes.Equal(made(t, b), made(t, b)) {
		t.Error("made twice, it is not the same")
	}
	// What happens after the period changes nothing.
	before := made(t, b)
	b.fill(20)
	if !bytes.Equal(before, made(t, b)) {
		t.Error("a longer journal makes another pack of a period that is over")
	}
}
