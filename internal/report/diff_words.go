package report

import (
	"strconv"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
)

// changeNames are the words for what happened, by class and what.
var changeNames = map[string]string{
	"settings changed": "setting", "settings renamed": "renamed",
	"owners added": "new owner", "owners raised": "new owner", "owners removed": "owner gone", "owners lowered": "no longer owner",
	"people added": "joined", "people removed": "left", "people renamed": "renamed",
	"outside added": "outsider added", "outside removed": "outsider gone",
	"two-factor changed": "second factor", "invitations added": "invited", "invitations removed": "invitation over",
	"teams added": "team made", "teams removed": "team deleted", "teams renamed": "team renamed", "teams moved": "team moved", "teams changed": "team changed",
	"memberships added": "joined team", "memberships removed": "left team", "memberships raised": "now maintainer", "memberships lowered": "maintainer no more",
	"memberships changed": "team role", "organization-roles added": "role given", "organization-roles removed": "role taken",
	"roles added": "role made", "roles removed": "role deleted", "roles changed": "role changed", "roles renamed": "role renamed",
	"repositories added": "repository made", "repositories removed": "repository gone", "repositories renamed": "repository renamed", "repositories changed": "repository",
	"grants added": "granted", "grants removed": "taken away", "grants raised": "raised", "grants lowered": "lowered", "grants changed": "role changed",
	"environments renamed": "environment renamed", "environments weakened": "gate weakened", "environments strengthened": "gate stronger",
	"keys added": "deploy key added", "keys removed": "deploy key gone", "keys changed": "deploy key changed",
}

// changeWords says in a word or two what happened.
func changeWords(c changes.Change) string {
	if c.Class == "environments" && (c.What == "added" || c.What == "removed") {
		what := map[bool]string{true: "environment", false: "reviewer"}[c.Object.IsZero()]
		return what + map[string]string{"added": " made", "removed": " gone"}[c.What]
	}
	if name, ok := changeNames[c.Class+" "+c.What]; ok {
		return name
	}
	return c.Class + " " + c.What
}

// changeDetail says the rest of it.
func changeDetail(c changes.Change) string {
	on := ""
	if !c.Object.IsZero() && c.Object.Kind != access.Org {
		on = " on " + c.Object.Name
	}
	turn := c.Before + " → " + c.After
	switch {
	case c.Aspect != "":
		if c.Before == "" {
			turn = "none" + turn
		}
		if c.After == "" {
			turn += "none"
		}
		return c.Aspect + ": " + turn + on
	case c.Class == "memberships" && c.Before != "" && c.After != "":
		return "of " + c.Object.Name
	case c.Class == "memberships" && (c.After == "maintain" || c.Before == "maintain"):
		return c.Object.Name + ", as maintainer"
	case c.Class == "memberships":
		return c.Object.Name
	case c.Before == "" && c.After == "":
		return ""
	case c.Class == "environments" && !c.Object.IsZero():
		return "of " + c.Object.Name
	case c.Before == "":
		return c.After + on
	case c.After == "":
		return c.Before + on
	}
	return turn + on
}

// plainNumber writes a number that is a name, without commas.
func plainNumber(n int64) string { return strconv.FormatInt(n, 10) }
