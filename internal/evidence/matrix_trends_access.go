package evidence

import (
	"context"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// StandingRule is the rule whose findings are privileged access without an end.
const StandingRule = "standing-privileged"

// The sorts of privileged grants, in the order of their columns.
const (
	sortOwner = iota
	sortOrgRole
	sortAdmin
	sortMaintain
	sortWrite
	sortApprove
	sorts
)

// readIn are the areas that the grants of each sort are read in.
var readIn = [sorts][]access.Area{
	{access.AreaMembers}, {access.AreaOrgRoleAssignments}, {access.AreaTeamGrants, access.AreaDirectGrants}, {access.AreaTeamGrants, access.AreaDirectGrants},
	{access.AreaTeamGrants, access.AreaDirectGrants, access.AreaDeployKeys}, {access.AreaGates},
}

func (t trends) privileged() Table {
	return Table{
		Name: TrendPrivileged, Title: "Standing privileged access over time",
		About: "One row for each day with a snapshot: how many grants carry a privilege, and how many findings say that such access stands without an end." +
			" A grant to a team counts once, whatever the team's size; invitations do not count, and neither does what members have by the base permission." +
			" What was not read on that day is empty, and with it the sum. Who can pass by the gate of an environment is in environment-access.",
		Source: "the grants of the last snapshot of each day, and the lives of the findings of the rule " + StandingRule,
		Columns: dayColumns(
			amount("owners", "Owners", "Owners of the organization."),
			amount("organization_roles", "Organization roles", "Roles of the organization that are given to people or teams."),
			amount("repository_admin", "Admin", "Grants of admin on a repository."),
			amount("repository_maintain", "Maintain", "Grants of maintain on a repository."),
			amount("repository_write", "Write", "Grants of write on a repository."),
			amount("environment_approve", "Approve", "People and teams who may approve a deployment, counted for each environment."),
			amount("privileged", "All of them", "The sum of the columns before."),
			amount("standing", "Standing", "Findings of the rule "+StandingRule+" that were not over, accepted ones among them."+
				" Empty where the rule never found anything up to then: it may not have run."),
		),
		Rows: t.rows(t.privilegedOf),
	}
}

// sortOf tells which sort of privileged grant is counted, false where it is none.
func sortOf(c store.GrantCount) (int, bool) {
	switch {
	case c.Principal == access.Invitation:
		return 0, false
	case c.Resource == access.Org && c.Source == access.ByOwner:
		return sortOwner, true
	case c.Resource == access.Org && c.Source == access.ByOrgRole:
		return sortOrgRole, true
	case c.Resource == access.Repo:
		s, ok := map[access.Privilege]int{access.Admin: sortAdmin, access.Maintain: sortMaintain, access.Write: sortWrite}[c.Privilege]
		return s, ok
	case c.Resource == access.Env:
		return sortApprove, c.Privilege == access.Approve
	}
	return 0, false
}

// privilegedChange is a change of the number of grants of one sort, or of the findings
// that stand.
type privilegedChange struct {
	at       int64
	sort     int // sorts: of the findings
	by       int64
	finding  string
	standing bool
}

func (t trends) privilegedOf(ctx context.Context, o Org) ([][]Value, error) {
	days, err := t.days(ctx, o)
	if err != nil {
		return nil, err
	}
	blind, err := t.blind(ctx, o, days)
	if err != nil {
		return nil, err
	}
	var changes []privilegedChange
	err = t.s.GrantCounts(ctx, o.ID, startOf(o), o.Last, access.Write, func(c store.GrantCount) error {
		if s, ok := sortOf(c); ok {
			changes = append(changes, privilegedChange{at: c.At, sort: s, by: c.Change})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = t.turns(ctx, o, func(turn store.TurnOf) {
		if turn.Rule == StandingRule {
			changes = append(changes, privilegedChange{at: turn.Snapshot, sort: sorts, finding: turn.Fingerprint, standing: turn.What != store.Closed})
		}
	})
	if err != nil {
		return nil, err
	}
	var out [][]Value
	var have [sorts]int64
	standing, known := map[string]bool{}, false
	replay(days, changes, func(c privilegedChange) int64 { return c.at }, func(c privilegedChange) {
		switch {
		case c.sort < sorts:
			have[c.sort] += c.by
		case c.standing:
			standing[c.finding], known = true, true
		default:
			delete(standing, c.finding)
		}
	}, func(d store.DayEnd) {
		row := privilegedCells(dayCells(o, d), have, blind[d.ID])
		stand := Value{}
		if known {
			stand = Count(len(standing))
		}
		out = append(out, append(row, stand))
	})
	return out, nil
}

// privilegedCells are the grants of each sort and their sum; what was not read is empty.
func privilegedCells(row []Value, have [sorts]int64, blind map[access.Area]bool) []Value {
	sum := Count(0)
	for i, n := range have {
		if slices.ContainsFunc(readIn[i], func(a access.Area) bool { return blind[a] }) {
			row, sum = append(row, Value{}), Value{}
			continue
		}
		row = append(row, Count(n))
		if sum.Set {
			sum.Whole += n
		}
	}
	return append(row, sum)
}

// blind gives for each day the kinds of data of which its last snapshot read nothing: what
// the store still has of them is what an earlier one saw.
func (t trends) blind(ctx context.Context, o Org, days []store.DayEnd) (map[int64]map[access.Area]bool, error) {
	changes, err := t.covers(ctx, o)
	if err != nil {
		return nil, err
	}
	read, out := map[access.Area]int64{}, map[int64]map[access.Area]bool{}
	replay(days, changes, func(c store.CoverCount) int64 { return c.At }, func(c store.CoverCount) {
		if c.Whole && c.Status != access.Denied && c.Status != access.Unread {
			read[c.Area] += c.Change
		}
	}, func(d store.DayEnd) {
		out[d.ID] = map[access.Area]bool{}
		for _, a := range access.Areas {
			out[d.ID][a] = read[a] == 0
		}
	})
	return out, nil
}

// covers gives how the ledger changed.
func (t trends) covers(ctx context.Context, o Org) ([]store.CoverCount, error) {
	var changes []store.CoverCount
	err := t.s.CoverCounts(ctx, o.ID, startOf(o), o.Last, func(c store.CoverCount) error {
		changes = append(changes, c)
		return nil
	})
	return changes, err
}

func (t trends) coverage() Table {
	return Table{
		Name: TrendCoverage, Title: "Coverage over time",
		About: "One row for each day with a snapshot: how many of the kinds of data were read to their end." +
			" What the plan or the server has no such thing of is not expected; what the configuration leaves out is expected and not complete.",
		Source: "the coverage ledger of the last snapshot of each day",
		Columns: dayColumns(
			amount("snapshots", "Snapshots", "How many snapshots the day has."),
			amount("areas_expected", "Expected", "Kinds of data that are expected."),
			amount("areas_complete", "Complete", "Kinds of data that were read to their end, or as the ledger says of an earlier reading that still stands."),
			Column{"share", "Share", "Complete by expected, from 0 to 1.", Number},
			amount("scopes_missing", "Parts missing", "Single repositories, teams and the like that have a gap of their own."),
		),
		Rows: t.rows(t.coverageOf),
	}
}

// coverTally is how many lines of each status an area has.
type coverTally struct{ own, scoped map[access.Status]int64 }

// gaps are the scoped lines that are not complete.
func (l coverTally) gaps(but ...access.Status) (n int64) {
	for status, k := range l.scoped {
		if status != access.Complete && (len(but) == 0 || status != but[0]) {
			n += k
		}
	}
	return n
}

// expected and complete are as the metrics count them.
func (l coverTally) judged() (expected, complete bool) {
	switch {
	case l.own[access.Complete] > 0:
		complete = l.gaps() == 0
		return complete || l.gaps(access.Unavailable) > 0, complete
	case l.own[access.Unavailable] > 0:
		return false, false
	}
	return true, false
}

func (t trends) coverageOf(ctx context.Context, o Org) ([][]Value, error) {
	days, err := t.days(ctx, o)
	if err != nil {
		return nil, err
	}
	changes, err := t.covers(ctx, o)
	if err != nil {
		return nil, err
	}
	have := map[access.Area]coverTally{}
	for _, a := range access.Areas {
		have[a] = coverTally{map[access.Status]int64{}, map[access.Status]int64{}}
	}
	var out [][]Value
	replay(days, changes, func(c store.CoverCount) int64 { return c.At }, func(c store.CoverCount) {
		if c.Whole {
			have[c.Area].own[c.Status] += c.Change
		} else {
			have[c.Area].scoped[c.Status] += c.Change
		}
	}, func(d store.DayEnd) {
		var expected, complete, missing int64
		for _, a := range access.Areas {
			e, c := have[a].judged()
			if e {
				expected++
			}
			if c {
				complete++
			}
			missing += have[a].gaps(access.Unavailable)
		}
		share := Value{}
		if expected > 0 {
			share = Fraction(float64(complete) / float64(expected))
		}
		out = append(out, append(dayCells(o, d), Count(d.Snapshots), Count(expected), Count(complete), share, Count(missing)))
	})
	return out, nil
}
