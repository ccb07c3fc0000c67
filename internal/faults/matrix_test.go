package faults

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named is a test as docs/faults.md writes it: with its package, or of this one.
var named = regexp.MustCompile("`(?:([a-z/]+)\\.)?(Test[A-Za-z0-9_]+)`")

// rowsOf are the rows of the tables of a page, without their heads.
func rowsOf(page string) (rows []string) {
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| what ") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return rows
}

// testsIn are the names of the tests of a package, whatever they are built for.
func testsIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				out[f.Name.Name] = true
			}
		}
	}
	return out
}

func TestEveryRowOfTheMatrixNamesTestsThatExist(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "faults.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := rowsOf(string(page))
	if len(rows) < 63 {
		t.Errorf("the matrix has %d rows", len(rows))
	}
	tests, used := map[string]map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		all := named.FindAllStringSubmatch(row, -1)
		if len(all) == 0 {
			t.Errorf("no test holds the row %s", row)
		}
		for _, m := range all {
			dir := m[1]
			if dir == "" {
				dir = "internal/faults"
				used[m[2]] = true
			}
			if tests[dir] == nil {
				tests[dir] = testsIn(t, dir)
			}
			if !tests[dir][m[2]] {
				t.Errorf("%s has no %s", dir, m[2])
			}
		}
	}
	t.Attr("figures", fmt.Sprintf("%d rows, each with its tests", len(rows)))
	for name := range testsIn(t, "internal/faults") {
		if !used[name] && name != "TestMain" && name != t.Name() {
			t.Errorf("%s stands in no row of docs/faults.md", name)
		}
	}
}
