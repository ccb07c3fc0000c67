package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate/act"
)

// writer looks at the credential that changes are made with: what of the changes
// it can make, and what it lacks. It is asked by reads alone.
func (d *doctor) writer(ctx context.Context) {
	dry := d.Config.Remediate.Mode == "dry-run"
	w := d.Writer
	switch {
	case w == nil && dry:
		return
	case w == nil:
		d.add(Check{About: Token, Name: "[github.write]", Mark: Failed, Found: "there is no credential for changes, and the mode is " + d.Config.Remediate.Mode,
			Do: "name one in [github.write], or leave the mode at \"dry-run\""})
		return
	case w.Err != nil:
		check := d.explained(Token, w.Name, w.Err)
		if check.Do == "" {
			check.Do = "[github.write] names it"
		}
		if dry { // an audit works without it
			check.Mark = Warning
		}
		d.add(check)
		return
	}
	before := len(d.Checks)
	if w.App {
		for _, o := range d.orgs {
			d.writingApp(w, o.login)
		}
	} else {
		d.writingToken(ctx, w)
	}
	for i := before; dry && i < len(d.Checks); i++ {
		c := &d.Checks[i]
		if c.Mark == Failed {
			c.Mark = Warning
		}
		c.Found += "; in mode dry-run it is not used"
	}
}

// writingApp holds an installation against what changes need.
func (d *doctor) writingApp(w *Credential, org string) {
	in, err := w.Installation(org)
	d.Requests++
	if err != nil {
		d.add(d.explained(Token, w.Name, err))
		return
	}
	has := func(n act.Need) []string {
		var lacks []string
		for _, p := range n.Permissions {
			name, level, _ := strings.Cut(p, ":")
			if got := in.Permissions[name]; got == "" || got == "read" && level != "read" {
				lacks = append(lacks, p)
			}
		}
		return lacks
	}
	c := Check{About: Token, Name: w.Name, Mark: OK, Found: fmt.Sprintf("for changes: GitHub App %s (number %d) on %s", in.Slug, in.AppID, org)}
	d.add(d.reach(c, has, "give the app these permissions, and let an owner accept them"))
	var more []string
	for _, p := range in.Writes() {
		if name, _, _ := strings.Cut(p, ":"); github.WritePermissions[name] != "write" {
			more = append(more, p)
		}
	}
	if len(more) > 0 {
		d.add(Check{About: Token, Name: w.Name, Mark: Warning, Found: "for changes: whoever gets hold of its key can do more than ajar needs: " + strings.Join(more, ", "),
			Do: "take these permissions from the app"})
	}
}

// writingToken holds the scopes of a token against what changes need.
func (d *doctor) writingToken(ctx context.Context, w *Credential) {
	client, err := w.Client("")
	if err != nil {
		d.add(d.explained(Token, w.Name, err))
		return
	}
	who, err := audit.Who(ctx, client)
	d.Requests += client.Meter().Requests
	if err != nil {
		d.add(d.explained(Token, w.Name, err))
		return
	}
	if who != "" { // no API tells a person from a machine account
		d.add(Check{
			About: Token, Name: w.Name, Mark: Warning,
			Found: "for changes: it acts as an account, " + who + ": what a person does by hand with the same account is a critical finding and a hold",
			Do:    "use a GitHub App, or a machine account that nobody works with",
		})
	}
	h := client.Heard()
	c := d.identity(*w, who, h)
	c.Found = "for changes: " + c.Found
	if !h.Scoped {
		c.Found += "; GitHub does not tell which changes it can make"
		d.add(c)
		return
	}
	scopes := strings.FieldsFunc(h.Scopes, func(r rune) bool { return r == ',' || r == ' ' })
	d.add(d.reach(c, func(n act.Need) []string {
		if slices.Contains(scopes, n.Scope) {
			return nil
		}
		return []string{"scope " + n.Scope}
	}, "make a token with these scopes, or use a GitHub App"))
}

// reach says of a credential which changes it can make.
func (d *doctor) reach(c Check, lacking func(act.Need) []string, do string) Check {
	var can []string
	lack := map[string][]string{}
	for _, n := range act.Needs() {
		missing := lacking(n)
		if len(missing) == 0 {
			can = append(can, string(n.Thing))
		}
		for _, m := range missing {
			lack[m] = append(lack[m], string(n.Thing))
		}
	}
	if len(lack) == 0 {
		c.Found += "; it can make every change"
		return c
	}
	var all []string
	for m, of := range lack {
		all = append(all, fmt.Sprintf("without %s it cannot set: %s", m, strings.Join(of, ", ")))
	}
	slices.Sort(all)
	if c.Mark == OK {
		c.Mark = Warning
	}
	if len(can) == 0 {
		c.Mark = Failed
	}
	c.Found, c.Do = c.Found+"; "+strings.Join(all, "; "), do
	return c
}
