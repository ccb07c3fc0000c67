package main

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// drawBaseline allows something to somebody at random. It always lists two owners,
// as an organization that is not to be locked out of needs.
func drawBaseline(t *rapid.T) string {
	var b strings.Builder
	for _, l := range []string{"read", "triage", "write", "maintain", "admin"} {
		fmt.Fprintf(&b, "[roles.%s]\nrepository = %q\nstanding_reason = \"x\"\nreview_by = 2027-06-30\n", l, l)
	}
	fmt.Fprintf(&b, "[roles.releaser]\nrepository = \"releaser\"\nextras = [\"manage_deploy_keys\"]\nstanding_reason = \"x\"\nreview_by = 2027-06-30\n")
	fmt.Fprintf(&b, "[organization.%s]\nowners = [\"user:boss0\", \"user:boss1\"]\nbase_permission = %q\ndefault_workflow_permissions = %q\n",
		orgName, rapid.SampledFrom([]string{"none", "read"}).Draw(t, "base allowed"), rapid.SampledFrom([]string{"read", "write"}).Draw(t, "workflow allowed"))
	if rapid.Bool().Draw(t, "any member") {
		fmt.Fprint(&b, "members = \"any\"\n")
	}
	if rapid.Bool().Draw(t, "guests listed") {
		fmt.Fprint(&b, "outside_collaborators = [\"user:guest0\"]\n")
	}
	fmt.Fprint(&b, "manage = [\"repository-access\"]\n")
	for range rapid.IntRange(1, 6).Draw(t, "assignments") {
		fmt.Fprintf(&b, "[[assign]]\nrole = %q\nto = [%q]\non = [\"repo:%s/%s\"]\nreason = \"x\"\n",
			rapid.SampledFrom([]string{"read", "triage", "write", "maintain", "admin", "releaser"}).Draw(t, "role"), drawWho(t), orgName,
			rapid.SampledFrom(append([]string{"*"}, repoNames...)).Draw(t, "on"))
		if rapid.IntRange(1, 5).Draw(t, "ended") == 1 {
			fmt.Fprint(&b, "expires = 2026-11-20\n")
		}
	}
	if rapid.Bool().Draw(t, "gate rule") {
		fmt.Fprintf(&b, "[[environment]]\nmatch = [\"env:%s/*/production\"]\nrequire_reviewers = true\nreviewers = [%q, \"user:boss0\"]\n", orgName, drawWho(t))
		fmt.Fprintf(&b, "prevent_self_review = %t\nallow_admin_bypass = %t\n", rapid.Bool().Draw(t, "no self"), rapid.Bool().Draw(t, "may bypass"))
		fmt.Fprintf(&b, "branches = %s\n", rapid.SampledFrom([]string{`"any"`, `"protected"`, `["main", "release/*"]`}).Draw(t, "from"))
	}
	if rapid.Bool().Draw(t, "maintainers listed") {
		fmt.Fprintf(&b, "[[team]]\nmatch = [\"team:%s/%s\"]\nmaintainers = [\"user:%s\"]\n", orgName,
			rapid.SampledFrom([]string{"*", "core", "ops"}).Draw(t, "maintained"), rapid.SampledFrom([]string{"dev0", "dev1"}).Draw(t, "maintainer"))
	}
	if rapid.IntRange(1, 3).Draw(t, "key rule") == 1 {
		fmt.Fprintf(&b, "[[key]]\nmatch = [\"key:%s/api\"]\nwrite = %t\nreason = \"x\"\nexpires = 2027-03-31\n", orgName, rapid.Bool().Draw(t, "may write"))
	}
	return b.String()
}

// drawWho names a person or a team of the random organization.
func drawWho(t *rapid.T) string {
	who := rapid.SampledFrom([]string{"user:dev0", "user:dev1", "user:dev2", "user:guest0", "user:guest1", "team:core", "team:ops", "team:web"}).Draw(t, "to")
	return strings.Replace(who, "team:", "team:"+orgName+"/", 1)
}
