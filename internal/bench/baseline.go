package main

import (
	"fmt"
	"strings"

	"github.com/eb661601/ajar/internal/githubsim"
)

// allowed writes a baseline for a generated organization, as one that has been
// adopted for a while has it: its owners by name, rules for environments, and
// three hundred assignments by team and glob. Teams in tens administer
// everything but for one team in ten, which writes; the others let single
// teams administer some repositories by glob. What is left over makes several
// thousand findings on L.
func allowed(org *githubsim.Org) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[organization.%s]\nbase_permission = \"none\"\nowners = [", org.Login)
	for _, m := range org.Members {
		if m.Role == "admin" {
			fmt.Fprintf(&b, "%q, ", "user:"+m.Login)
		}
	}
	b.WriteString("]\n\n" +
		"[[environment]]\nmatch = [\"env:" + org.Login + "/*/dev\", \"env:" + org.Login + "/*/staging\"]\nreason = \"nobody is hurt there\"\n" +
		"require_reviewers = false\nallow_admin_bypass = true\nbranches = \"any\"\n\n" +
		"[roles.writer]\nrepository = \"write\"\nenvironments = { \"staging\" = [\"deploy\"], \"production*\" = [\"approve\"] }\nstanding_reason = \"daily work\"\nreview_by = 2030-01-01\n\n" +
		"[roles.administrator]\nrepository = \"admin\"\nstanding_reason = \"they own it\"\nreview_by = 2030-01-01\n\n")
	assignment := func(role, to, on string) {
		fmt.Fprintf(&b, "[[assign]]\nrole = %q\nto = [%s]\non = [%s]\nreason = \"work\"\n\n", role, to, on)
	}
	const each, assignments = 10, 300
	written := 0
	size := max(each, len(org.Teams)*2/assignments)
	for at := 0; at < len(org.Teams); at += size {
		var to []string
		for _, t := range org.Teams[at:min(at+size, len(org.Teams))] {
			to = append(to, fmt.Sprintf("%q", "team:"+org.Login+"/"+t.Slug))
		}
		role := "administrator"
		if written%10 == 9 {
			role = "writer"
		}
		assignment(role, strings.Join(to, ", "), fmt.Sprintf("%q", "repo:"+org.Login+"/*"))
		written++
	}
	for i := range assignments - written {
		team := org.Teams[i*7%len(org.Teams)]
		assignment("administrator", fmt.Sprintf("%q", "team:"+org.Login+"/"+team.Slug),
			fmt.Sprintf("%q, %q", fmt.Sprintf("repo:%s/repo-*%02d", org.Login, i%100), fmt.Sprintf("repo:%s/repo-%04d*", org.Login, i)))
	}
	return b.String()
}
