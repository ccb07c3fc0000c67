package remediate

import (
	"fmt"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// A deploy key that the baseline does not allow is deleted, or replaced by itself
// without write: GitHub changes no key in place.
const (
	ReplaceKey Kind = "replace-deploy-key"
	DeleteKey  Kind = "delete-deploy-key"
)

var (
	keyLost = []string{"the key's number and the day of its last use"}
	keyLoss = func(_ *planner, c *candidate) string { return c.action.Have + " for what signs in with the key" }

	replaceKey = kindRow{kind: ReplaceKey, grade: keysGo, takes: true, risk: MediumRisk, riskWhy: "what signs in with the key may fail",
		inverse: "add the same public key with write again", precheck: "the key, by its id, with its public half", lost: keyLost, loss: keyLoss}
	deleteKey = kindRow{kind: DeleteKey, grade: keysGo, takes: true, risk: MediumRisk, riskWhy: "what signs in with the key may fail",
		inverse: "add the same public key with the same title again", precheck: "the key, by its id, with its public half", lost: keyLost, loss: keyLoss}
)

var keyFamily = family{
	kinds:   []*kindRow{&replaceKey, &deleteKey},
	answers: func(f *access.Finding) bool { return f.Principal.Kind == access.Key },
	propose: (*planner).key,
}

const keySettings = "Repository settings → Deploy keys"

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
	if e.Privilege >= have && f.Rule == "deploy-key-stale" {
		p.unused(f, keySettings, e.Source)
		return
	}
	if e.Privilege >= have {
		p.decide(f, e.Source)
		return
	}
	p.add("key "+f.Principal.String(), f, func() *candidate {
		c := &candidate{row: &deleteKey, action: Action{Principal: p.name(f.Principal.Ref), Resource: p.name(repo(k.Repo)),
			Have: have.String(), Want: "nothing", To: e.Privilege, Calls: []Call{{Method: "DELETE", Route: "/repos/{owner}/{repo}/keys/{key_id}"}}}}
		a := &c.action
		a.Change = p.set(DeployKey, keyState(k), State{})
		a.Change.Key, a.Change.Repo = p.label(f.Principal.Ref), p.label(repo(k.Repo))
		a.Title = fmt.Sprintf("delete %s (%s)", a.Principal.Name, k.Title)
		if e.Privilege == access.Read {
			c.row, a.Want = &replaceKey, "read"
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
