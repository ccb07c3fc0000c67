package evidence

import (
	"context"
	"slices"

	"github.com/eb661601/ajar/access"
)

func (g *gathering) completeness() Table {
	return build("completeness", "Counts from two sources",
		"One row for each kind of data that two sources count, at the start and at the end of the period: where the two are the same, nothing is missing as far as they tell.",
		"the snapshots at both ends: what was read, and what GitHub states of its number with the list or elsewhere",
		slices.Concat(momentColumns, []Column{
			{"what", "What", "What is counted.", Text},
			{"read_from", "Read from", "Where the rows come from.", Text},
			{"read", "Read", "How many were read.", Whole},
			{"stated_by", "Stated by", "What else tells their number.", Text},
			{"stated", "Stated", "The number that it tells.", Whole},
			{"difference", "Difference", "Stated less read; 0 where they agree.", Whole},
		}), func(ctx context.Context, emit emit) error {
			return g.ends(ctx, func(_ *organization, _ *names, v *view, head []Value) error {
				for _, c := range v.counts() {
					row := slices.Concat(head, []Value{Of(c.what), Of(c.from), Count(c.read), Of(c.by), Count(c.stated), Count(c.stated - c.read)})
					if err := emit(row...); err != nil {
						return err
					}
				}
				return nil
			})
		})
}

type counted struct {
	what, from string
	read       int
	by         string
	stated     int
}

// The sources of what the ledger counts.
const (
	rowsOfList = "rows of the list"
	rowsOfEach = "rows of all these lists"
	withList   = "the total that GitHub states with the list"
	withEach   = "the sum of the totals that GitHub states with each list"
	listsRead  = "repositories of which that was read"
	reposAreIn = "the total that GitHub states with the list of repositories"
)

// stated are the kinds of data of which GitHub states a number with the list: how much of it
// there is, or else how many there are that it has to be asked of. Of contributions it states
// nothing: who made none has no row.
var stated = map[access.Area]counted{
	access.AreaMembers:            {what: "members", from: rowsOfList, by: withList},
	access.AreaTwoFactor:          {what: "two-factor states of members", from: rowsOfList, by: "the total that GitHub states with the list of members"},
	access.AreaTeams:              {what: "teams", from: rowsOfList, by: withList},
	access.AreaTeamMembers:        {what: "members of teams", from: rowsOfEach, by: withEach},
	access.AreaTeamGrants:         {what: "repositories of teams", from: rowsOfEach, by: withEach},
	access.AreaCustomRoles:        {what: "custom roles", from: rowsOfList, by: withList},
	access.AreaOrgRoles:           {what: "organization roles", from: rowsOfList, by: withList},
	access.AreaOrgRoleAssignments: {what: "organization roles asked for who holds them", from: "roles of which that was read", by: "the total that GitHub states with the list of roles"},
	access.AreaRepositories:       {what: "repositories", from: rowsOfList, by: withList},
	access.AreaDirectGrants:       {what: "direct collaborators of repositories", from: rowsOfEach, by: withEach},
	access.AreaEnvironments:       {what: "repositories asked for environments", from: listsRead, by: reposAreIn},
	access.AreaGates:              {what: "repositories asked for the gates of environments", from: listsRead, by: reposAreIn},
	access.AreaPolicies:           {what: "repositories asked for the policies of environments", from: listsRead, by: reposAreIn},
	access.AreaSecrets:            {what: "repositories asked for the secrets of environments", from: listsRead, by: reposAreIn},
	access.AreaDeployKeys:         {what: "repositories asked for deploy keys", from: listsRead, by: reposAreIn},
	access.AreaRepoInvitations:    {what: "repositories asked for invitations", from: listsRead, by: reposAreIn},
}

// counts are those of which two sources tell.
func (v *view) counts() []counted {
	var out []counted
	for _, a := range access.Areas {
		l := v.snap.Coverage.Of(a)
		if of, ok := stated[a]; ok && l.Total >= 0 && l.Status != access.Unavailable {
			out = append(out, counted{of.what, of.from, l.Seen, of.by, l.Total})
		}
	}
	envs, keys := 0, 0
	for _, r := range v.snap.Repositories {
		envs, keys = envs+r.Environments, keys+r.DeployKeys
	}
	read := func(a access.Area) bool {
		s := v.snap.Coverage.Of(a).Status
		return s == access.Complete || s == access.Partial
	}
	if read(access.AreaEnvironments) {
		out = append(out, counted{"environments of repositories", "the environments of each repository", len(v.snap.Environments), "the counts that the repositories carry", envs})
	}
	if read(access.AreaDeployKeys) {
		out = append(out, counted{"deploy keys of repositories", "the keys of each repository", len(v.snap.DeployKeys), "the counts that the repositories carry", keys})
	}
	if read(access.AreaTwoFactor) {
		members := 0
		for _, x := range v.snap.GrantsOn(access.Ref{Kind: access.Org, ID: v.snap.Org.ID}) {
			if x.Principal.Kind == access.User && (x.Privilege == access.Member || x.Privilege == access.Owner) && x.Source != access.ByOrgRole {
				members++
			}
		}
		out = append(out, counted{"members and owners", "the list of members", members, "the list of members by their second factor", len(v.snap.TwoFactor)})
	}
	gates := 0
	for _, e := range v.snap.Environments {
		if e.Gate != nil {
			gates += e.Gate.Reviewers
		}
	}
	if read(access.AreaGates) {
		listed := 0
		for _, x := range v.snap.Grants {
			if x.Source == access.Reviewer {
				listed++
			}
		}
		out = append(out, counted{"required reviewers", "the reviewers of each environment", listed, "the counts that the gates carry", gates})
	}
	return out
}
