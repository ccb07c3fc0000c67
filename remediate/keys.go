package remediate

import (
	"fmt"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

const keySettings = "Repository settings → Deploy keys"

// key deletes a deploy key that the baseline does not allow, or replaces it by
// itself without write. GitHub changes no key in place.
func (p *planner) key(f access.Finding) {
	k, ok := p.s.Key(f.Principal.ID)
	switch {
	case !ok:
		p.instruct(f, keySettings, "the snapshot does not hold the key")
		return
	case !p.managed(baseline.Keys):
		p.instruct(f, keySettings, "the baseline does not manage deploy keys")
		return
	}
	e := p.in.Baseline.OnRepo(f.Principal.Ref, k.Repo, p.in.At)
	have := pick(k.ReadOnly, access.Read, access.Write)
	if e.Privilege >= have {
		p.decide(f, e.Source)
		return
	}
	p.add("key "+f.Principal.String(), f, func() *candidate {
		c := &candidate{action: Action{Kind: DeleteKey, Principal: p.name(f.Principal.Ref), Resource: p.name(repo(k.Repo)),
			Have: have.String(), Want: "nothing", To: e.Privilege, Calls: []Call{{Method: "DELETE", Route: "/repos/{owner}/{repo}/keys/{key_id}"}}}}
		a := &c.action
		a.Change = p.set(DeployKey, keyState(k), State{})
		a.Change.Key, a.Change.Repo = p.label(f.Principal.Ref), p.label(repo(k.Repo))
		a.Title = fmt.Sprintf("delete %s (%s)", a.Principal.Name, k.Title)
		if e.Privilege == access.Read {
			a.Kind, a.Want = ReplaceKey, "read"
			a.Title = fmt.Sprintf("replace %s (%s) by the same key without write", a.Principal.Name, k.Title)
			k.ReadOnly = true
			a.Change.After = keyState(k)
			a.Calls = append(a.Calls, Call{Method: "POST", Route: "/repos/{owner}/{repo}/keys", Body: `{"title":…,"key":…,"read_only":true}`})
		}
		if len(e.Unresolved) > 0 {
			c.gap = string(access.AreaCustomRoles)
		}
		if k.Public == "" {
			c.gap = string(access.AreaDeployKeys) // without its public half it could not be put back
		}
		c.hit = []access.Ref{f.Principal.Ref}
		return c
	})
}
