package faults

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// connection finds a list of an organization in an answer of GraphQL.
func connection(body any, name string) map[string]any {
	data := body.(map[string]any)["data"].(map[string]any)
	list, _ := data["organization"].(map[string]any)[name].(map[string]any)
	return list
}

// promises makes a page promise another one, behind a cursor that was never there.
func promises(list map[string]any, n int) {
	list["pageInfo"] = map[string]any{"hasNextPage": true, "endCursor": fmt.Sprint("c", n)}
}

// fromTheStart has GraphQL answer with the first page whatever is asked.
func fromTheStart(_ int, _ *http.Request, body map[string]any) {
	for name := range body["variables"].(map[string]any) {
		if name == "after" || name == "from" || name[0] == 'c' || name[0] == 'b' {
			body["variables"].(map[string]any)[name] = nil
		}
	}
}

func TestListsWithoutAnEndAreCutOffAndMarked(t *testing.T) {
	for name, tc := range map[string]struct {
		*altered
		area access.Area
		most int64 // requests that it may take
	}{
		"a REST list whose page number is ignored": {&altered{
			path: "/orgs/acme/invitations", ask: func(_ int, r *http.Request, _ map[string]any) { r.URL.RawQuery = "per_page=100" },
		}, access.AreaInvitations, 4},
		"the same rows behind new cursors": {&altered{
			path: "/graphql", query: "membersWithRole(first", ask: fromTheStart,
			tell: func(n int, body any) any {
				promises(connection(body, "membersWithRole"), n)
				return body
			},
		}, access.AreaMembers, 4},
		"the same rows of a team behind new cursors": {&altered{
			path: "/graphql", query: "list: members(first", ask: fromTheStart,
			tell: func(n int, body any) any {
				for alias, slot := range body.(map[string]any)["data"].(map[string]any) {
					if alias[0] == 'n' {
						promises(slot.(map[string]any)["list"].(map[string]any), n)
					}
				}
				return body
			},
		}, access.AreaTeamMembers, 4},
		"new rows for ever": {&altered{
			path: "/graphql", query: "membersWithRole(first", ask: fromTheStart,
			tell: func(n int, body any) any {
				list := connection(body, "membersWithRole")
				for i, e := range list["edges"].([]any) {
					node := e.(map[string]any)["node"].(map[string]any)
					node["databaseId"], node["id"], node["login"] = 5_000_000+1000*n+i, fmt.Sprint("U_", n, "_", i), fmt.Sprint("u", n, "x", i)
				}
				promises(list, n)
				return body
			},
		}, access.AreaMembers, 2 * (2*130/100 + 1000/100 + 2)},
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := labAfter(t, aTown)
			p := l.pass(town(), trouble{at: then, front: tc.front(t)})
			if p.err != nil {
				t.Fatal(p.err)
			}
			if n := tc.n.Load(); n < 2 || n > tc.most {
				t.Errorf("it was asked for %d times, want at most %d", n, tc.most)
			}
			if p.ledger.Complete(tc.area) {
				t.Errorf("%s is called complete", tc.area)
			}
		})
	}
}

// Whoever lists the page before in another order each time must not be taken for a
// list that changes for ever.
func TestListWhosePagesNeverJoinIsWholeWhereTwoReadingsAgree(t *testing.T) {
	backwards := func(list any) {
		nodes := list.(map[string]any)["nodes"].([]any)
		for i, k := 0, len(nodes)-1; i < k; i, k = i+1, k-1 {
			nodes[i], nodes[k] = nodes[k], nodes[i]
		}
	}
	for name, a := range map[string]*altered{
		"members": {path: "/graphql", query: "membersWithRole(first", tell: func(_ int, body any) any {
			backwards(connection(body, "past"))
			return body
		}},
		"members of a team": {path: "/graphql", query: "list: members(first", tell: func(_ int, body any) any {
			for alias, slot := range body.(map[string]any)["data"].(map[string]any) {
				if alias[0] == 'n' {
					backwards(slot.(map[string]any)["past"])
				}
			}
			return body
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := labAfter(t, aTown)
			p := l.pass(town(), trouble{at: then, front: a.front(t)})
			p.whole(t)
			if n := a.n.Load(); n < 3 || n > 4 {
				t.Errorf("it was asked for %d times, want each page twice", n)
			}
			old := cleanOnce(t, aTown.name, aTown.make, noon)
			now := cleanOnce(t, aTown.name+" later", aTown.make, then)
			truth{old, now, now}.check(t, p.stored, p.ledger)
		})
	}
}

func TestInvitationsToARepositoryThatComeShortOnceAreReadAgain(t *testing.T) {
	path := "/repos/acme/" + town().Orgs[0].Repos[0].Name + "/invitations"
	for _, where := range []place{aVillage, aTown} {
		for _, f := range []githubsim.Fault{
			{Action: githubsim.ShortPage, Nth: 1}, {Action: githubsim.ShortPage, Nth: 2}, {Action: githubsim.NoNext, Nth: 1}, {Action: githubsim.EmptyPage, Nth: 1},
		} {
			f.Match = path
			_, p := disturbed(t, where, scripted(f))
			again := f.Nth == 1 && f.Action != githubsim.EmptyPage // two readings in a row agree then
			if p.sim.Meters().Faulted != 1 || again && !p.ledger.Complete(access.AreaRepoInvitations) {
				t.Errorf("%s of the %s struck %d times: %v", f.Action, where.name, p.sim.Meters().Faulted, p.gaps())
			}
		}
	}
}
