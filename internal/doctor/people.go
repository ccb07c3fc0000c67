package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate/act"
)

// people looks at whom [remediate] and [baseline] name: who approves, who is
// protected, who keeps the baseline. A name that stands for nobody does nothing, and
// says so nowhere else until a plan is stopped by it.
func (d *doctor) people(ctx context.Context, org string, c *github.Client) {
	h := act.New(act.Options{Read: c, Now: d.Now})
	for _, list := range []struct {
		key   string
		names []string
	}{{"protected", d.Config.Remediate.Protected}, {"editors", d.Config.Remediate.Editors}} {
		found := 0
		for _, name := range list.names {
			who, err := h.Named(ctx, name)
			switch {
			case err != nil:
				d.add(d.unknown(org, list.key, name, err))
			case len(who) == 0:
				d.add(Check{About: Org, Name: org, Mark: Warning, Found: list.key + " names " + name + ", which GitHub does not show: nothing protects it, and a plan that takes something is stopped",
					Do: "correct the name in the configuration, or remove it"})
			default:
				found++
			}
		}
		if found > 0 && found == len(list.names) {
			d.add(Check{About: Org, Name: org, Mark: OK, Found: list.key + ": " + count(found, "name") + ", known to GitHub"})
		}
	}
	d.approvers(ctx, org, c, h)
}

func (d *doctor) unknown(org, key, name string, err error) Check {
	c := d.explained(Org, org, err)
	c.Mark, c.Found = Warning, key+" names "+name+", and whom that stands for is not known: "+c.Found
	return c
}

// approvers looks whether two people can decide about a plan.
func (d *doctor) approvers(ctx context.Context, org string, c *github.Client, h *act.Hands) {
	mode := d.Config.Remediate.Mode
	const second = "name another person in [remediate] approvers: nobody approves what they carry out themselves"
	if len(d.Config.Remediate.Approvers) == 0 {
		if mode != "" && mode != "dry-run" {
			d.add(Check{About: Org, Name: org, Mark: Warning, Found: "[remediate] approvers names nobody, so no plan is approved and no hold is lifted, and the mode is " + mode, Do: second})
		}
		return
	}
	can := map[int64]bool{}
	for _, name := range d.Config.Remediate.Approvers {
		who, why, err := approver(ctx, org, name, c, h)
		if err != nil {
			d.add(d.unknown(org, "approvers", name, err))
			return
		}
		if why != "" {
			d.add(Check{About: Org, Name: org, Mark: Warning, Found: "approvers names " + name + ", who approves nothing: " + why, Do: "correct the name in the configuration, or remove it"})
		}
		for _, id := range who {
			can[id] = true
		}
	}
	switch len(can) {
	case 0:
		d.add(Check{About: Org, Name: org, Mark: Warning, Found: "nobody can approve a plan", Do: second})
	case 1:
		d.add(Check{About: Org, Name: org, Mark: Warning, Found: "one person alone can approve; what they carry out or ask for themselves nobody can approve", Do: second})
	default:
		d.add(Check{About: Org, Name: org, Mark: OK, Found: fmt.Sprintf("%d people can approve plans", len(can))})
	}
}

// approver gives the numbers of the people whom a name lets approve, or why it lets
// nobody.
func approver(ctx context.Context, org, name string, c *github.Client, h *act.Hands) (who []int64, why string, err error) {
	kind, login, _ := strings.Cut(name, ":")
	if kind == "user" {
		m, _, err := c.REST().Organizations.GetOrgMembership(ctx, login, org)
		switch {
		case errors.Is(err, github.ErrNotFound):
			return nil, "GitHub shows no such member of " + org, nil
		case err != nil:
			return nil, "", err
		case m.GetState() != "active":
			return nil, "the invitation to " + org + " is not accepted yet", nil
		case m.GetUser().GetType() != "User", strings.HasSuffix(strings.ToLower(login), "[bot]"):
			return nil, "it is no person's account", nil
		}
		return []int64{m.GetUser().GetID()}, "", nil
	}
	all, err := h.Named(ctx, name)
	for _, one := range all {
		if one.Kind == access.User {
			who = append(who, one.ID)
		}
	}
	switch {
	case err != nil:
		return nil, "", err
	case len(all) == 0:
		return nil, "GitHub shows no such team", nil
	case len(who) == 0:
		return nil, "nobody is in it", nil
	}
	return who, "", nil
}
