package reach

import "github.com/eb661601/ajar/access"

// InEnvironment gives what one person can do with the environment, one row a
// privilege, each as [Graph.CanDeploy], [Graph.Approvers], [Graph.CanBypass] and
// [Graph.CanConfigure] have it, without working out everybody else's.
func (g *Graph) InEnvironment(user, env int64) []EnvAccess {
	e, ok := g.snap.Environment(env)
	if !ok {
		return nil
	}
	var out []EnvAccess
	if a := g.On(user, e.Repo); a.Privilege >= access.Write {
		way := g.Paths(user, e.Repo)[0]
		row := func(what access.Privilege, note string, unknown bool) {
			last := access.Step{From: g.named(access.Repo, e.Repo), To: g.named(access.Env, env), Privilege: what}
			out = append(out, EnvAccess{User: user, Privilege: what, Path: append(way[:len(way):len(way)], last), Note: note, Unknown: unknown})
		}
		row(access.Deploy, branchNote(e.Policy)+"; "+gateNote(e.Gate), false)
		if a.Privilege >= access.Admin {
			if may, seen := adminBypass(e); may {
				row(access.Bypass, bypassNote(seen), !seen)
			}
			row(access.Configure, "", false)
		}
	}
	if len(g.snap.GrantsOn(access.Ref{Kind: access.Env, ID: env})) > 0 {
		for _, a := range g.Approvers(env) {
			if a.User == user {
				out = append(out, a)
			}
		}
	}
	return out
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
