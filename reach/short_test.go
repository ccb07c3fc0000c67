package reach_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

func TestTheShortAnswersAreThoseOfTheLongOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		s.Environments = []access.Environment{{ID: 91, Repo: rapid.Int64Range(1, 4).Draw(t, "of"), Name: "production"}}
		for _, who := range rapid.SliceOfNDistinct(rapid.Int64Range(1, 9), 0, 4, rapid.ID).Draw(t, "reviewers") {
			by := user(who)
			if rapid.Bool().Draw(t, "a team") {
				by = team(who)
			}
			s.Grants = append(s.Grants, access.Grant{Principal: by, Resource: access.Ref{Kind: access.Env, ID: 91}, Privilege: access.Approve, Source: access.Reviewer})
		}
		slices.SortFunc(s.Grants, access.Grant.Compare)
		g := reach.New(s)
		var approvers []int64
		for _, a := range g.Approvers(91) {
			approvers = append(approvers, a.Principal.ID)
		}
		if got := g.MayApprove(91); !slices.Equal(got, approvers) {
			t.Fatalf("MayApprove = %v, Approvers = %v", got, approvers)
		}
		for r := range g.Repositories() {
			for p := access.Read; p <= access.Admin; p++ {
				var want []int64
				for _, l := range g.Levels(r) {
					if l.Privilege >= p {
						want = append(want, l.User)
					}
				}
				if got := g.AtLeast(p, r); !slices.Equal(got, want) {
					t.Fatalf("AtLeast(%v, %d) = %v, Levels say %v", p, r, got, want)
				}
				if got := slices.Compact(slices.Sorted(g.Holders(p, r))); !slices.Equal(got, want) {
					t.Fatalf("Holders(%v, %d) = %v, Levels say %v", p, r, got, want)
				}
			}
		}
	})
}

func TestWhoMayApproveIsFoundWithoutNamingAnybody(t *testing.T) {
	s := &access.Snapshot{
		Repositories: []access.Repository{{ID: 1, Name: "api"}}, Environments: []access.Environment{{ID: 9, Repo: 1, Name: "production"}},
		Grants: []access.Grant{
			{Principal: user(1), Resource: repo(1), Privilege: access.Write, Source: access.Direct},
			{Principal: user(1), Resource: access.Ref{Kind: access.Env, ID: 9}, Privilege: access.Approve, Source: access.Reviewer},
		},
	}
	slices.SortFunc(s.Grants, access.Grant.Compare)
	g := reach.New(s)
	if got := g.MayApprove(9); !slices.Equal(got, []int64{1}) {
		t.Fatalf("MayApprove = %v", got)
	}
	if n := testing.AllocsPerRun(100, func() { g.MayApprove(9) }); n > 1 {
		t.Errorf("it takes %v allocations, want 1: the list", n)
	}
}
