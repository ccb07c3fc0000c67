package reach

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// EnvAccess is one principal that can do something with a deployment environment:
// a person, a team through which its members can, or a deploy key.
type EnvAccess struct {
	Principal access.Ref
	Privilege access.Privilege // Deploy, Approve, Bypass or Configure
	Paths     []access.Path    // every one that is enough for it, strongest first; the last step is into the environment
	Note      string           // what stands in between, or what was not seen
	Unknown   bool             // the setting that decides was not seen: may be so, may not
}

// Approvers lists the people who can approve a deployment to the environment:
// those named as reviewers and the members of the teams named, if they can read
// the repository (GitHub Docs, "Reviewing deployments": reviewers need at least
// read access). One row a person, by ascending id.
func (g *Graph) Approvers(env int64) []EnvAccess {
	e, ok := g.environment(env)
	if !ok {
		return nil
	}
	ways := map[int64][]access.Path{}
	for _, gr := range g.reviewers(env) {
		switch gr.Principal.Kind {
		case access.User:
			ways[gr.Principal.ID] = append(ways[gr.Principal.ID], access.Path{g.reviews(gr)})
		case access.Team:
			t, ok := index(g.teams, gr.Principal.ID)
			if !ok {
				continue
			}
			for _, u := range g.team[t].people {
				for _, p := range g.climbs(u, t) {
					ways[g.users[u]] = append(ways[g.users[u]], append(p, g.reviews(gr)))
				}
			}
		}
	}
	var out []EnvAccess
	for _, user := range slices.Sorted(maps.Keys(ways)) {
		if g.canRead(user, e.Repo) {
			out = append(out, g.approver(access.Ref{Kind: access.User, ID: user}, ways[user]))
		}
	}
	return out
}

// MayApprove lists the people whom [Graph.Approvers] lists, by ascending id,
// without the ways by which they can.
func (g *Graph) MayApprove(env int64) []int64 {
	e, ok := g.environment(env)
	if !ok {
		return nil
	}
	var out []int64
	for _, gr := range g.snap.GrantsOn(access.Ref{Kind: access.Env, ID: env}) {
		switch {
		case gr.Source != access.Reviewer:
		case gr.Principal.Kind == access.User:
			out = append(out, gr.Principal.ID)
		case gr.Principal.Kind == access.Team:
			out = append(out, g.Members(gr.Principal.ID)...)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(user int64) bool { return !g.canRead(user, e.Repo) })
}

// environment finds an environment by id.
func (g *Graph) environment(id int64) (access.Environment, bool) {
	i, ok := g.envs[id]
	if !ok {
		return access.Environment{}, false
	}
	return g.snap.Environments[i], true
}

// reviewers lists the grants of those whom the environment names as reviewers.
func (g *Graph) reviewers(env int64) []access.Grant {
	all := g.snap.GrantsOn(access.Ref{Kind: access.Env, ID: env})
	return slices.DeleteFunc(slices.Clone(all), func(gr access.Grant) bool { return gr.Source != access.Reviewer })
}

// reviews is the last step of a reviewer's path.
func (g *Graph) reviews(gr access.Grant) access.Step {
	return access.Step{
		From: g.named(gr.Principal.Kind, gr.Principal.ID), To: g.named(access.Env, gr.Resource.ID), Privilege: access.Approve, Source: access.Reviewer,
	}
}

func (g *Graph) approver(who access.Ref, ways []access.Path) EnvAccess {
	slices.SortStableFunc(ways, func(a, b access.Path) int { return cmp.Compare(len(a), len(b)) })
	return EnvAccess{Principal: who, Privilege: access.Approve, Paths: ways}
}

// canRead reports whether the user can read the repository, be it because
// everybody can.
func (g *Graph) canRead(user, repo int64) bool {
	if r, ok := g.snap.Repository(repo); ok && (r.Visibility == "public" || r.Visibility == "internal" && g.Member(user)) {
		return true
	}
	u, known := index(g.users, user)
	r, listed := index(g.repos, repo)
	return known && listed && g.levels[g.strongest(u, r)].privilege >= access.Read
}

// CanBypass lists the people who can deploy past the gate of the environment:
// the administrators of the repository, where the environment lets them. Where
// the setting was not seen they are listed as Unknown; GitHub's own default is
// that they can.
func (g *Graph) CanBypass(env int64) []EnvAccess {
	e, ok := g.environment(env)
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
	e, ok := g.environment(env)
	if !ok {
		return nil
	}
	return g.into(e, access.Admin, access.Configure, "")
}

// CanDeploy lists who can get a job into the environment: everybody with write
// or more, since they can start a workflow on a branch, and after them the deploy
// keys that can write, since whoever holds one can push a branch or a tag that
// starts a workflow. The note says which branches the environment takes and what
// the job then waits for.
func (g *Graph) CanDeploy(env int64) []EnvAccess {
	e, ok := g.environment(env)
	if !ok {
		return nil
	}
	return append(g.into(e, access.Write, access.Deploy, deployNote(e)), g.keysInto(e)...)
}

// into lists everybody with at least that much on the environment's repository.
func (g *Graph) into(e access.Environment, least, what access.Privilege, note string) []EnvAccess {
	var out []EnvAccess
	for _, l := range g.Levels(e.Repo) {
		if l.Privilege < least {
			continue
		}
		out = append(out, EnvAccess{
			Principal: access.Ref{Kind: access.User, ID: l.User}, Privilege: what, Note: note,
			Paths: g.onward(g.ways(l.User, e.Repo), e, least, what),
		})
	}
	return out
}

// onward gives those of the ways into a repository that are enough for what, each
// with the step into the environment.
func (g *Graph) onward(ways []way, e access.Environment, least, what access.Privilege) []access.Path {
	last := access.Step{From: g.named(access.Repo, e.Repo), To: g.named(access.Env, e.ID), Privilege: what}
	var out []access.Path
	for _, w := range ways {
		if g.levels[w.level].privilege >= least {
			out = append(out, append(w.path[:len(w.path):len(w.path)], last))
		}
	}
	return out
}

// KeysInto gives the grants of the deploy keys that can push what deploys, by
// ascending id of the key: the last ones of [Graph.CanDeploy]. One that GitHub has
// switched off cannot, and none can where the environment takes no branch at all.
func (g *Graph) KeysInto(env int64) []access.Grant {
	e, ok := g.environment(env)
	if !ok {
		return nil
	}
	if p := e.Policy; p != nil && p.Branches == access.SelectedBranches && len(p.Patterns) == 0 {
		return nil
	}
	var out []access.Grant
	for _, gr := range g.snap.GrantsOn(access.Ref{Kind: access.Repo, ID: e.Repo}) {
		if gr.Source != access.ByKey || gr.Privilege < access.Write {
			continue
		}
		if k, ok := g.snap.Key(gr.Principal.ID); ok && !k.Enabled {
			continue
		}
		out = append(out, gr)
	}
	return out
}

func (g *Graph) keysInto(e access.Environment) []EnvAccess {
	var out []EnvAccess
	for _, gr := range g.KeysInto(e.ID) {
		repo := g.named(access.Repo, e.Repo)
		out = append(out, EnvAccess{
			Principal: gr.Principal, Privilege: access.Deploy, Note: deployNote(e),
			Paths: []access.Path{{
				{From: g.named(access.Key, gr.Principal.ID), To: repo, Privilege: gr.Privilege, Source: access.ByKey},
				{From: repo, To: g.named(access.Env, e.ID), Privilege: access.Deploy},
			}},
		})
	}
	return out
}

func deployNote(e access.Environment) string { return branchNote(e.Policy) + "; " + gateNote(e.Gate) }

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
