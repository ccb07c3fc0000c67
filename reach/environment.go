package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// EnvAccess is one person who can do something with a deployment environment.
type EnvAccess struct {
	User      int64
	Privilege access.Privilege // Deploy, Approve, Bypass or Configure
	Path      access.Path      // the strongest; the last step is into the environment
	Note      string           // what stands in between, or what was not seen
	Unknown   bool             // the setting that decides was not seen: may be so, may not
}

// Approvers lists the people who can approve a deployment to the environment:
// those named as reviewers and the members of the teams named, if they can read
// the repository (GitHub Docs, "Reviewing deployments": reviewers need at least
// read access). One row a person, by ascending id.
func (g *Graph) Approvers(env int64) []EnvAccess {
	e, ok := g.snap.Environment(env)
	if !ok {
		return nil
	}
	var out []EnvAccess
	for _, gr := range g.snap.GrantsOn(access.Ref{Kind: access.Env, ID: env}) {
		if gr.Source != access.Reviewer {
			continue
		}
		last := access.Step{From: g.named(gr.Principal.Kind, gr.Principal.ID), To: g.named(access.Env, env), Privilege: access.Approve, Source: access.Reviewer}
		switch gr.Principal.Kind {
		case access.User:
			out = append(out, EnvAccess{User: gr.Principal.ID, Privilege: access.Approve, Path: access.Path{last}})
		case access.Team:
			t, ok := index(g.teams, gr.Principal.ID)
			if !ok {
				continue
			}
			for _, u := range g.team[t].people {
				for _, p := range g.climbs(u, t) {
					out = append(out, EnvAccess{User: g.users[u], Privilege: access.Approve, Path: append(p, last)})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b EnvAccess) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(len(a.Path), len(b.Path)))
	})
	out = slices.CompactFunc(out, func(a, b EnvAccess) bool { return a.User == b.User })
	return slices.DeleteFunc(out, func(a EnvAccess) bool { return !g.canRead(a.User, e.Repo) })
}

// canRead reports whether the user can read the repository, be it because
// everybody can.
func (g *Graph) canRead(user, repo int64) bool {
	if r, ok := g.snap.Repository(repo); ok && (r.Visibility == "public" || r.Visibility == "internal" && g.Member(user)) {
		return true
	}
	return g.On(user, repo).Privilege >= access.Read
}

// CanBypass lists the people who can deploy past the gate of the environment:
// the administrators of the repository, where the environment lets them. Where
// the setting was not seen they are listed as Unknown; GitHub's own default is
// that they can.
func (g *Graph) CanBypass(env int64) []EnvAccess {
	e, ok := g.snap.Environment(env)
	if !ok {
		return nil
	}
	may, seen := adminBypass(e)
	if !may {
		return nil
	}
	out := g.into(e, access.Admin, access.Bypass, bypassNote(seen))
	for i := range out {
		out[i].Unknown = !seen
	}
	return out
}

// CanConfigure lists the people who can change the gate of the environment: the
// administrators of the repository, owners included.
func (g *Graph) CanConfigure(env int64) []EnvAccess {
	e, ok := g.snap.Environment(env)
	if !ok {
		return nil
	}
	return g.into(e, access.Admin, access.Configure, "")
}

// CanDeploy lists the people who can get a job into the environment: everybody
// with write or more, since they can start a workflow on a branch. The note says
// which branches the environment takes and what the job then waits for.
func (g *Graph) CanDeploy(env int64) []EnvAccess {
	e, ok := g.snap.Environment(env)
	if !ok {
		return nil
	}
	return g.into(e, access.Write, access.Deploy, branchNote(e.Policy)+"; "+gateNote(e.Gate))
}

// into lists everybody with at least that much on the environment's repository.
func (g *Graph) into(e access.Environment, least, what access.Privilege, note string) []EnvAccess {
	var out []EnvAccess
	for _, l := range g.Levels(e.Repo) {
		if l.Privilege < least {
			continue
		}
		path := g.Paths(l.User, e.Repo)[0]
		path = append(path, access.Step{From: g.named(access.Repo, e.Repo), To: g.named(access.Env, e.ID), Privilege: what})
		out = append(out, EnvAccess{User: l.User, Privilege: what, Path: path, Note: note})
	}
	return out
}

func branchNote(p *access.Policy) string {
	if p == nil {
		return "which branches may deploy was not seen"
	}
	switch p.Branches {
	case access.AnyBranch:
		return "from any branch"
	case access.ProtectedBranch:
		return "from protected branches"
	}
	var names []string
	for _, pat := range p.Patterns {
		name := pat.Name
		if pat.Type == "tag" {
			name = "tag " + name
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "from no branch, because none is listed"
	}
	return "from " + strings.Join(names, ", ")
}

func gateNote(gate *access.Gate) string {
	if gate == nil {
		return "its gate was not seen"
	}
	var waits []string
	switch {
	case gate.Reviewers > 0 && gate.PreventSelfReview:
		waits = append(waits, "a reviewer other than who started it")
	case gate.Reviewers > 0:
		waits = append(waits, "a reviewer, who may be the one who started it")
	}
	if gate.WaitTimer > 0 {
		waits = append(waits, fmt.Sprintf("a timer of %d minutes", gate.WaitTimer))
	}
	if len(waits) == 0 {
		return "nothing holds it back"
	}
	return "waits for " + strings.Join(waits, " and ")
}
