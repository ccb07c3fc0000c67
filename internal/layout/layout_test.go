// Package layout holds the tests of the project's own shape: which package may
// import which, and how long a file may be.
package layout

import (
	"bufio"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/eb661601/ajar/"

// may lists, for each package of the core, the packages of ours that it may
// import. A package that is not in the table may import what it likes of it, but
// never cmd.
var may = map[string][]string{
	"access":              {},
	"baseline":            {"access"},
	"reach":               {"access"},
	"collector":           {"access", "internal/decode", "internal/github"},
	"analyzer":            {"access", "baseline", "reach"},
	"remediate":           {"access", "baseline", "reach", "internal/github"},
	"remediate/act":       {"access", "remediate", "internal/github"},
	"internal/crash":      {},
	"internal/decode":     {},
	"internal/github":     {"internal/crash", "internal/decode"},
	"internal/githubsim":  {},
	"internal/clock":      {},
	"internal/contract":   {},
	"internal/journal":    {},
	"internal/store":      {"access", "internal/crash", "internal/journal"},
	"internal/metrics":    {"access"},
	"internal/dashboards": {},
	"internal/prom":       {"internal/dashboards"},
	"internal/schedule":   {},
	"internal/serve":      {"internal/schedule", "internal/status"},
	"internal/status":     {},
	"internal/config":     {"access", "baseline", "remediate", "internal/schedule"},
	"internal/notify":     {"access", "internal/config", "internal/journal", "internal/report", "internal/store", "remediate"},
	"internal/changes":    {"access", "reach"},
	"internal/report":     {"access", "baseline", "reach", "analyzer", "remediate", "internal/changes", "internal/status"},
	"internal/tabular":    {"internal/evidence", "internal/report"},
	"internal/pack":       {"docs/schemas", "internal/evidence", "internal/journal", "internal/ocsf", "internal/oscal", "internal/report", "internal/stamp", "internal/tabular"},
	"internal/stamp":      {},
	"internal/oscal":      {"internal/evidence", "internal/report"},
	"internal/ocsf":       {"access", "internal/evidence", "internal/report"},
	"internal/overview":   {"access", "internal/audit", "internal/report", "internal/store"},
	"internal/doctor":     {"access", "baseline", "collector", "internal/audit", "internal/config", "internal/github", "internal/store", "remediate/act"},
	"internal/audit":      {"access", "baseline", "reach", "collector", "analyzer", "internal/github", "internal/store", "remediate", "remediate/run"},
}

func TestImportsPointTheWayThePictureDrawsThem(t *testing.T) {
	for dir, allowed := range may {
		files, err := filepath.Glob(filepath.Join(root(t), dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, path := range imports(t, file) {
				ours, ok := strings.CutPrefix(path, module)
				if ok && !slices.Contains(allowed, ours) {
					t.Errorf("%s imports %s, which %s may not", rel(t, file), ours, dir)
				}
			}
		}
	}
}

func TestOnlyTheBinaryImportsCommands(t *testing.T) {
	each(t, func(file string) {
		for _, path := range imports(t, file) {
			if strings.HasPrefix(path, module+"cmd/") {
				t.Errorf("%s imports %s", rel(t, file), path)
			}
		}
	})
}

func TestRESTClientIsImportedWhereItIsAllowedAlone(t *testing.T) {
	each(t, func(file string) {
		dir := filepath.Dir(rel(t, file))
		for _, path := range imports(t, file) {
			if strings.HasPrefix(path, "github.com/google/go-github/") &&
				!slices.Contains([]string{"collector", "remediate/act", "internal/github"}, dir) && !simulatorTest(dir, file) {
				t.Errorf("%s imports %s: its major changes monthly, keep it in one place", rel(t, file), path)
			}
		}
	})
}

// simulatorTest reports whether the file tests the simulator, which has to show
// that the library finds in it what it finds on GitHub.
func simulatorTest(dir, file string) bool {
	return dir == "internal/githubsim" && strings.HasSuffix(file, "_test.go")
}

func TestFilesStayShort(t *testing.T) {
	each(t, func(file string) {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := 0
		for s := bufio.NewScanner(f); s.Scan(); {
			lines++
		}
		if lines > 400 {
			t.Errorf("%s has %d lines; split it by idea (at most 400)", rel(t, file), lines)
		}
	})
}

func each(t *testing.T, visit func(file string)) {
	t.Helper()
	err := filepath.WalkDir(root(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root(t) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			visit(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range parsed.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func rel(t *testing.T, file string) string {
	t.Helper()
	out, err := filepath.Rel(root(t), file)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(out)
}
