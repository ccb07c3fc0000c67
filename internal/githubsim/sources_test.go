package githubsim

import (
	"compress/gzip"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/contract"
)

func kubernetes(t testing.TB) *World {
	t.Helper()
	w, err := Load(contract.WorldFile(t, "kubernetes.json"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestSourcesAgreeWithTheIndependentAnswersForKubernetes(t *testing.T) {
	x := kubernetes(t).Index()
	z, err := gzip.NewReader(contract.WorldFile(t, "kubernetes-access.csv.gz"))
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
