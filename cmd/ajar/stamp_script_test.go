package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/eb661601/ajar/internal/stamp/stamptest"
)

// stamping starts a time stamp authority for all scripts, and gives what lets each know it:
// its address, its certificate, and that of another one.
func stamping(t *testing.T) func(*testscript.Env) error {
	a, other := stamptest.New(t, nil), stamptest.New(t, nil)
	url := stamptest.Serve(t, func(q []byte) []byte {
		return a.Stamp(t, q, func(s *timestamp.Timestamp) { s.Time = time.Now() })
	})
	return func(e *testscript.Env) error {
		e.Setenv("STAMPS", url)
		if err := os.WriteFile(filepath.Join(e.WorkDir, "tsa.pem"), a.PEM, 0o600); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(e.WorkDir, "other-authority.pem"), other.PEM, 0o600)
	}
}
