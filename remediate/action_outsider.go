package remediate

import (
	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

const peopleSettings = "Organization settings → People"

// outsiderFamily takes each grant of an outside collaborator who shows no sign of
// life, if the baseline allows none of them. GitHub drops a person from the list
// with the last grant; its call that removes from everywhere at once is not used,
// since it takes what was not seen as well. The actions are those on grants.
var outsiderFamily = family{
	answers: func(f *access.Finding) bool { return f.Rule == "outside-collaborator-stale" },
	propose: (*planner).outsider,
}

func (p *planner) outsider(f access.Finding) {
	const where = peopleSettings + " → Outside collaborators"
	id := f.Principal.ID
	grants := p.outside[id]
	switch {
	case !p.managed(baseline.RepositoryAccess):
		p.instruct(f, where, "the baseline does not manage access to repositories")
		return
	case p.in.Baseline.Outside(id):
		p.unused(f, where, p.in.Baseline.Organization().Source)
		return
	case len(grants) == 0:
		p.instruct(f, where, "the snapshot holds no grant of this person")
		return
	}
	for _, g := range grants {
		if m := p.userMay(id, g.Resource.ID); m.privilege > access.None || m.unknown {
			p.unused(f, where, m.source)
			return
		}
	}
	for _, g := range grants {
		p.add("grant "+g.Key(), f, func() *candidate { return p.cut(g, p.userMay(id, g.Resource.ID)) })
	}
}
