package reach

import (
	"slices"

	"github.com/eb661601/ajar/access"
)

// InEnvironment gives what one principal can do with the environment, one row a
// privilege. Of a person and a deploy key it says what [Graph.CanDeploy],
// [Graph.Approvers], [Graph.CanBypass] and [Graph.CanConfigure] say, without
// working out everybody else's; of a team, what its members get through it.
func (g *Graph) InEnvironment(who access.Ref, env int64) []EnvAccess {
	e, ok := g.environment(env)
	if !ok {
		return nil
	}
	switch who.Kind {
	case access.User:
		return append(g.enters(who, e, g.ways(who.ID, e.Repo)), g.approves(who, env)...)
	case access.Team:
		return append(g.enters(who, e, g.teamWays(who.ID, e.Repo)), g.approvesByTeam(who, e)...)
	case access.Key:
		return slices.DeleteFunc(g.keysInto(e), func(a EnvAccess) bool { return a.Principal != who })
	}
	return nil
}

// enters gives what the ways into a repository mean for one of its environments.
func (g *Graph) enters(who access.Ref, e access.Environment, ways []way) []EnvAccess {
	var out []EnvAccess
	row := func(least, what access.Privilege, note string, unknown bool) {
		if paths := g.onward(ways, e, least, what); len(paths) > 0 {
			out = append(out, EnvAccess{Principal: who, Privilege: what, Paths: paths, Note: note, Unknown: unknown})
		}
	}
	row(access.Write, access.Deploy, deployNote(e), false)
	if may, seen := adminBypass(e); may {
		row(access.Admin, access.Bypass, bypassNote(seen), !seen)
	}
	row(access.Admin, access.Configure, "", false)
	return out
}

func (g *Graph) approves(who access.Ref, env int64) []EnvAccess {
	if len(g.reviewers(env)) == 0 {
		return nil
	}
	return slices.DeleteFunc(g.Approvers(env), func(a EnvAccess) bool { return a.Principal != who })
}

// adminBypass reports whether administrators may bypass the gate, and whether
// the setting was seen; GitHub's own default is that they may.
func adminBypass(e access.Environment) (may, seen bool) {
	if e.Policy == nil || e.Policy.AdminBypass == nil {
		return true, false
	}
	return *e.Policy.AdminBypass, true
}

func bypassNote(seen bool) string {
	if seen {
		return "administrators may bypass the gate"
	}
	return "whether administrators may bypass the gate was not seen"
}
