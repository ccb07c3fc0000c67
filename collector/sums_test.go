package collector

import (
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// What teams and repositories list is covered by its rows, against the totals that GitHub
// states with the lists: not by how many teams and repositories there are.
func TestListsOfTeamsAreCoveredByTheirRows(t *testing.T) {
	s := start(t, crowded()).collect(t, "acme")
	for _, a := range []access.Area{access.AreaTeamMembers, access.AreaTeamGrants, access.AreaDirectGrants} {
		rows := len(s.grants(a))
		line := s.ledger.Of(a)
		if line.Status != access.Complete || rows == 0 || line.Seen != rows && a != access.AreaDirectGrants || line.Seen < rows || line.Total != line.Seen {
			t.Errorf("%+v, and %d rows", line, rows)
		}
	}
}

// A list of members that is shorter than what GitHub counts is missed in the sum.
func TestShortListOfATeamIsMissedInTheSum(t *testing.T) {
	s := start(t, crowded(), faulty(githubsim.Fault{Match: "node(Team)", Action: githubsim.WrongTotal})).collect(t, "acme")
	if line := s.ledger.Of(access.AreaTeamMembers); line.Total <= line.Seen || line.Status == access.Complete {
		t.Errorf("%+v", line)
	}
}

// Who did nothing has no row of contributions, and GitHub states no number of them.
func TestContributionsHaveNoSecondSource(t *testing.T) {
	if line := start(t, guested()).collect(t, "acme").ledger.Of(access.AreaContributions); line.Status != access.Complete || line.Total != -1 {
		t.Errorf("%+v", line)
	}
}
