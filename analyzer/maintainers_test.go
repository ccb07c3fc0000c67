package analyzer_test

import (
	"testing"

	"github.com/eb661601/ajar/access"
)

// promote makes somebody in a team its maintainer.
func (w *world) promote(login, slug string) {
	for i, g := range w.Grants {
		if g.Principal == w.ref("user:"+login) && g.Resource == w.ref("team:"+slug) {
			w.Grants[i].Privilege = access.Maintain
		}
	}
}

func TestAMaintainerWhomTheBaselineDoesNotListIsFound(t *testing.T) {
	const only = "[[team]]\nmatch = [\"team:acme/sre\"]\nmaintainers = [\"user:ann\"]\n"
	sre := func(w *world) {
		w.team("sre", "", "ann", "bob", "cy")
		w.promote("ann", "sre")
		w.promote("bob", "sre")
	}
	check(t, "team-maintainer-not-listed", []verdictCase{
		{"of a team that gives nothing", only, sre, []string{"low open: user:bob maintains team:acme/sre, which the baseline does not allow"}, nil},
		{"of a team that gives write", only, func(w *world) {
			sre(w)
			w.give("team:sre", "api", access.Write)
		}, []string{"medium open: user:bob maintains team:acme/sre, which the baseline does not allow"}, nil},
		{"of a team whose parent gives admin", only, func(w *world) {
			sre(w)
			w.team("eng", "")
			w.team("sre", "eng")
			w.give("team:eng", "api", access.Admin)
		}, []string{"high open: user:bob maintains team:acme/sre, which the baseline does not allow"}, nil},
		{"of a team that opens production", only, func(w *world) {
			sre(w)
			w.reviewer("team:sre", "api/production")
		}, []string{"high open: user:bob maintains team:acme/sre, which the baseline does not allow"}, nil},
		{"an owner reads as a maintainer", "[[team]]\nmatch = [\"team:acme/*\"]\nmaintainers = []\n", func(w *world) {
			w.team("sre", "", "root")
			w.promote("root", "sre")
		}, nil, nil},
		{"no entry names the team", "[[team]]\nmatch = [\"team:acme/qa\"]\nmaintainers = []\n", func(w *world) {
			sre(w)
			w.team("qa", "", "cy")
		}, nil, nil},
		{"nothing is managed by name alone", "[organization.acme]\nmanage = [\"team-maintainers\"]\n", sre, nil, nil},
		{"a waiver accepts it", only + "[[waiver]]\nmatch = { rule = \"team-maintainer-not-listed\", principal = \"user:bob\" }\nreason = \"x\"\nowner = \"user:ann\"\nexpires = 2026-07-01\n", sre,
			[]string{"low waived: user:bob maintains team:acme/sre, which the baseline does not allow"}, nil},
		{"the team was not read to its end", only, func(w *world) {
			sre(w)
			w.blind(access.AreaTeamMembers, w.ref("team:sre").ID, access.Partial, "the page failed")
		}, nil, []string{"1: team-members: partial, the page failed"}},
		{"who owns the organization was not read", only, func(w *world) {
			sre(w)
			w.blind(access.AreaMembers, 0, access.Denied, "no")
		}, nil, []string{"1: members: denied, no"}},
	})
}

func TestAMaintainersFindingSaysWhatTheyGiveAway(t *testing.T) {
	w := newWorld()
	w.team("sre", "", "ann", "bob")
	w.promote("bob", "sre")
	w.give("team:sre", "api", access.Write)
	for _, f := range w.analyze(t, "[[team]]\nmatch = [\"team:acme/*\"]\nmaintainers = [\"user:ann\"]\n").Findings {
		if f.Rule == "team-maintainer-not-listed" {
			if f.Want != "maintained by user:ann (baseline.toml:1)" || f.Evidence[0] != "Whom user:bob adds to the team gets what it gives: write on repo:acme/api." || f.Affected != 2 {
				t.Errorf("%+v", f)
			}
			return
		}
	}
	t.Error("nothing was found")
}
