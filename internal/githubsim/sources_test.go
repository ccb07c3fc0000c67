package githubsim

import (
	"compress/gzip"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// worldFile opens a file of the shared worlds, or skips the test without them.
func worldFile(t testing.TB, name string) *os.File {
	t.Helper()
	dir := os.Getenv("AJAR_WORLDS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "worlds")
	}
	f, err := os.Open(filepath.Join(dir, name))
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatalf("the worlds are missing (set AJAR_WORLDS): %v", err)
	case err != nil:
		t.Skipf("no worlds here (set AJAR_WORLDS to their folder): %v", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func kubernetes(t testing.TB) *World {
	t.Helper()
	w, err := Load(worldFile(t, "kubernetes.json"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestSourcesAgreeWithTheIndependentAnswersForKubernetes(t *testing.T) {
	x := kubernetes(t).Index()
	z, err := gzip.NewReader(worldFile(t, "kubernetes-access.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	wrong, want := 0, map[[3]string]bool{}
	for _, row := range rows[1:] {
		want[[3]string{row[0], row[1], fold(row[2])}] = true
		effective, sources := x.PermissionSources(row[0], row[1], row[2])
		var got []string
		for _, s := range sources {
			got = append(got, s.String())
		}
		expect := strings.Split(row[4], ";")
		slices.Sort(got)
		slices.Sort(expect)
		if effective != row[3] || !slices.Equal(got, expect) {
			if wrong++; wrong < 10 {
				t.Errorf("%v: got %s %v", row, effective, got)
			}
		}
	}
	if wrong > 0 || len(rows) != 334164 {
		t.Errorf("%d of %d rows differ", wrong, len(rows)-1)
	}
	for _, o := range x.World.Orgs {
		for _, r := range o.Repos {
			for _, u := range x.World.Users {
				if effective, _ := x.PermissionSources(o.Login, r.Name, u.Login); effective != "none" && !want[[3]string{o.Login, r.Name, fold(u.Login)}] {
					t.Fatalf("%s has %s on %s/%s, which the answers do not know", u.Login, effective, o.Login, r.Name)
				}
			}
		}
	}
}
