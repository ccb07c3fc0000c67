package analyzer_test

import (
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestMembersWhoAreNotListed(t *testing.T) {
	const list = "[organization.acme]\nmembers = [\"user:ann\"]\n"
	const title = "user:bob is a member of org:acme, and is neither listed as one nor in any entry of the baseline"
	bob := func(w *world) { w.member("ann", "bob") }
	check(t, "principal-not-in-baseline", []verdictCase{
		{"one too many; owners are another rule's", list, bob, []string{"low open: " + title}, nil},
		{"waived", waived(list, "principal-not-in-baseline"), bob, []string{"low waived: " + title}, nil},
		{"one who can write", list, func(w *world) {
			bob(w)
			w.give("user:bob", "api", access.Write)
		}, []string{"medium open: " + title}, nil},
		{"any", "[organization.acme]\nmembers = \"any\"\n", bob, nil, nil},
		{"not managed", "[organization.acme]\nbase_permission = \"read\"\n", bob, nil, nil},
		{"named in an entry", list + repositories, func(w *world) { w.member("dora") }, nil, nil},
		{"in a team that is named in an entry", list + repositories, func(w *world) { w.team("qa", "", "bob") }, []string{"low open: " + title}, nil},
		{"managed without a list", "[organization.acme]\nmanage = [\"members\"]\n" + repositories, func(w *world) { w.member("bob", "dora") },
			[]string{"low open: " + title}, nil},
		{"seen in part is still seen", list, func(w *world) {
			bob(w)
			w.blind(access.AreaMembers, 0, access.Partial, "page 2 timed out")
		}, []string{"low open: " + title}, []string{"1: members: partial, page 2 timed out; what is there was not counted"}},
		{"a member without a name", list, func(w *world) {
			w.grant(access.Grant{Principal: access.Ref{Kind: access.User, ID: 999}, Resource: w.ids["org"], Privilege: access.Member, Source: access.Direct})
		}, nil, []string{"1: members: the name of a person was not seen"}},
	})
}

func TestOutsideCollaboratorsWhoAreNotListed(t *testing.T) {
	const list = "[organization.acme]\noutside_collaborators = [\"user:ann\"]\n"
	const title = "user:ext is an outside collaborator of org:acme, and is neither listed as one nor in any entry of the baseline"
	ext := func(p access.Privilege) func(*world) {
		return func(w *world) {
			w.outside("ann", "ext")
			w.give("user:ext", "api", p)
		}
	}
	check(t, "principal-not-in-baseline", []verdictCase{
		{"one too many", list, ext(access.Read), []string{"low open: " + title}, nil},
		{"waived", waived(list, "principal-not-in-baseline"), ext(access.Read), []string{"low waived: " + title}, nil},
		{"any", "[organization.acme]\noutside_collaborators = \"any\"\n", ext(access.Read), nil, nil},
		{"not managed", "[organization.acme]\nbase_permission = \"read\"\n", ext(access.Read), nil, nil},
		{"reported for what they can write", list, ext(access.Write), nil, nil},
		{"reported for a grant that the baseline does not allow", list + repositories, ext(access.Read),
			[]string{"low open: user:ext has read on repo:acme/api, and no entry of the baseline mentions it"}, nil},
		{"named in an entry", list + repositories, func(w *world) { w.outside("dora") }, nil, nil},
		{"direct grants not all seen", list, func(w *world) {
			ext(access.Read)(w)
			w.blind(access.AreaDirectGrants, w.ref("repo:web").ID, access.Denied, "needs administration:read")
		}, nil, []string{"1: direct-grants: partial, needs administration:read"}},
		{"whether their grant is allowed is open", list + repositories, func(w *world) {
			ext(access.Read)(w)
			w.blind(access.AreaTeams, 0, access.Denied, "needs members:read")
		}, nil, []string{"2: teams: denied, needs members:read"}},
		{"seen in part is still seen", list, func(w *world) {
			ext(access.Read)(w)
			w.blind(access.AreaOutside, 0, access.Partial, "page 2 timed out")
		}, []string{"low open: " + title}, []string{"1: outside-collaborators: partial, page 2 timed out; what is there was not counted"}},
	})
}

func TestWhoIsNotListedIsRemovedInTheOrganization(t *testing.T) {
	w := newWorld()
	w.member("bob")
	w.outside("ext")
	seen := map[string]bool{}
	for _, f := range w.analyze(t, "[organization.acme]\nmembers = []\noutside_collaborators = []\n").Findings {
		if f.Fixable == "" || f.Resource.Name != "org:acme" || seen[f.Fingerprint] {
			t.Errorf("%s: on %s, changed at %q", f.Title, f.Resource.Name, f.Fixable)
		}
		if inside := f.Principal.Name == "user:bob"; (f.Grant != nil) != inside {
			t.Errorf("%s: grant %v; only a membership is one grant", f.Title, f.Grant)
		}
		seen[f.Fingerprint] = true
	}
	if len(seen) != 2 {
		t.Errorf("%d findings, want 2", len(seen))
	}
}
