package pack_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/eb661601/ajar/internal/pack"
)

// A pack is kept for years. The one in testdata was made when the format was new; it is
// never made anew, whatever later versions write.
func TestAPackOfTheFirstVersionStaysVerifiable(t *testing.T) {
	const path = "testdata/first.zip"
	whole, b := tiny(t)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && os.Getenv("AJAR_FIRST_PACK") != "" {
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if r := look(t, first, pack.VerifyOptions{Keys: b.keys[:1]}); !r.Sound() || !r.Trusted {
		t.Errorf("it is not sound any more: %v", r.Problems)
	}
}
