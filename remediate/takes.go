package remediate

// ranks orders GitHub's words for what somebody holds.
var ranks = map[string]int{
	"none": 0, "read": 1, "pull": 1, "triage": 2, "write": 3, "push": 3, "maintain": 4, "admin": 5,
	"outside": 1, "member": 2, "maintainer": 3, "owner": 6,
}

// Takes reports whether a change takes something from somebody. What it cannot
// tell, it takes for that. A plan and the run of it ask the same.
func (c Change) Takes() bool {
	b, a := c.Before, c.After
	switch c.Thing {
	case Protection, OrgWorkflowToken, RepoWorkflowToken:
		return false // they take from nobody by themselves; who approves is asked apart
	}
	switch {
	case !b.There:
		return false
	case !a.There:
		return true
	case b.Role != "" || a.Role != "":
		before, known := ranks[b.Role]
		after, too := ranks[a.Role]
		return !known || !too || after < before
	}
	return true
}
