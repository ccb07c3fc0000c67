package contract

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// SARIF gives the schema of SARIF 2.1.0 that scripts/contract-setup.sh leaves in
// .cache/npm. Where it is missing the test is skipped, or with CI=true in the
// environment failed.
func SARIF(t testing.TB) *jsonschema.Schema {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, ".cache", "npm", "sarif-2.1.0.json")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		const missing = "the schema of SARIF is not here; run scripts/contract-setup.sh"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
