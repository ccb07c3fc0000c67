package collector

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// words are how GitHub's pages and ours write a permission.
func words(name string) string {
	switch name {
	case "members":
		return "organization members"
	case "organization_custom_org_roles":
		return "organization custom organization roles"
	}
	return strings.ReplaceAll(name, "_", " ")
}

// TestPermissionsAreThoseThatAreAskedForAndHelpFor sees that each area names in its
// help what the table says it needs, and that a token is asked for all of it.
func TestPermissionsAreThoseThatAreAskedForAndHelpFor(t *testing.T) {
	needs := map[access.Area][]string{}
	for _, p := range Permissions() {
		if !slices.Contains(github.AuditPermissions, p.Name) {
			t.Errorf("no token is asked for %s", p.Name)
		}
		for _, a := range p.Areas {
			needs[a] = append(needs[a], words(p.Name)+": read")
		}
	}
	for _, a := range access.Areas[1:] { // everybody may know which organization it is
		_, help, ok := strings.Cut(rights[a], "an app ")
		if a == access.AreaTwoFactor {
			if ok || needs[a] != nil {
				t.Errorf("%s: apps are not told", a)
			}
			continue
		}
		for _, w := range needs[a] {
			if !strings.Contains(help, w) {
				t.Errorf("%s: its help %q does not name %s", a, help, w)
			}
		}
		if want := strings.Count(help, ": read"); want != len(needs[a]) {
			t.Errorf("%s needs %q, its help names %d permissions: %q", a, needs[a], want, help)
		}
	}
}

func TestPageOfPermissionsHasTheRowsOfTheTable(t *testing.T) {
	page, err := os.ReadFile("../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), "| permission | kinds of data | without it |")
	if !ok {
		t.Fatal("docs/permissions.md has no table of permissions any more")
	}
	table, _, _ := strings.Cut(rest, "\n\n")
	rows := strings.Split(table, "\n")[2:]
	if len(rows) != len(permissions) {
		t.Fatalf("the page has %d rows, the table %d", len(rows), len(permissions))
	}
	for i, p := range Permissions() {
		cells := strings.Split(rows[i], "|")
		if got := strings.TrimSpace(cells[1]); got != words(p.Name) {
			t.Errorf("row %d is of %q, want %q", i, got, words(p.Name))
		}
		var got []string
		for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(cells[2], -1) {
			got = append(got, m[1])
		}
		var want []string
		for _, a := range p.Areas {
			want = append(want, string(a))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the page names %v, the table %v", p.Name, got, want)
		}
	}
}
