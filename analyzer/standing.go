package analyzer

import (
	"slices"

	"github.com/eb661601/ajar/access"
)

// standingAreas is what a judgement over everything that can stand rests on.
var standingAreas = slices.Concat(grantAreas, []access.Area{access.AreaEnvironments, access.AreaGates, access.AreaDeployKeys})

var standing = []rule{
	{Rule{
		ID: "standing-privileged", Category: Standing, Severity: access.Medium, Baseline: true,
		Title: "Privileged access stands without an end",
		What: "Something privileged ([standing] privileged; write and more unless given) is held for good, although the baseline allows it only as an elevation, " +
			"or allows it without expires and without standing_reason and review_by, or the review was due and nobody wrote a new date. It looks at repositories, organization roles, reviewers of environments with a rule, and deploy keys.",
		Why:      "Access that is always there can be stolen at any hour and is seldom missed when it should go. Access that is asked for and ends leaves a small window and a trail.",
		Grading:  "As access-beyond-baseline where only an elevation is allowed; one step lower, at least low, where only the end or the acceptance is missing.",
		Remedy:   "Make the role an elevation (standing = false) and remove the grant; or accept it with expires, or with standing_reason and review_by. Where the review is due, look whether it is still needed and set a new review_by.",
		Example:  "team:acme/sre has admin on repo:acme/api, which the baseline allows only as an elevation",
		Controls: supports("CC6.1", "CC6.3", "A.5.18", "A.8.2", "AC-2", "AC-6", "AC-6(5)"),
		Needs:    standingAreas,
	}, standingPrivileged},
	{Rule{
		ID: "expired-assignment", Category: Standing, Severity: access.High, Baseline: true,
		Title:    "An assignment has ended and its access is still there",
		What:     "Something is held that an entry of the baseline allowed until a date, and that date is past. Nothing else in the baseline allows it.",
		Why:      "Somebody decided that this access should end, and it did not. It is the one kind of drift that needs no second opinion.",
		Grading:  "As access-beyond-baseline.",
		Remedy:   "Remove the grant, or decide anew and give the assignment a new end.",
		Example:  "user:carol has write on repo:acme/api, though the assignment ended at the end of 2026-03-31",
		Controls: supports("CC6.2", "CC6.3", "A.5.18", "A.8.2", "AC-2", "AC-6(7)"),
		Needs:    standingAreas,
	}, expiredAssignment},
}

func standingPrivileged(c *court) { c.pronounce() }
func expiredAssignment(c *court)  { c.pronounce() }
