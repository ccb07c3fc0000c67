package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
)

// credentials looks at each organization with each credential, and says of each
// credential what it is, until when, and what it could write.
func (d *doctor) credentials(ctx context.Context) {
	for _, login := range d.Config.GitHub.Organizations {
		d.orgs = append(d.orgs, &patient{login: login})
	}
	if d.CredErr != nil {
		d.add(d.explained(Token, "", d.CredErr))
		return
	}
	for _, c := range d.Credentials {
		d.credential(ctx, c)
	}
}

func (d *doctor) credential(ctx context.Context, c Credential) {
	if c.Err != nil {
		d.add(d.explained(Token, c.Name, c.Err))
		return
	}
	if c.App {
		d.app(ctx, c)
		return
	}
	client, err := c.Client("")
	if err != nil {
		d.add(d.explained(Token, c.Name, err))
		return
	}
	who, err := audit.Who(ctx, client)
	if errors.Is(err, github.ErrUnauthenticated) || errors.Is(err, github.ErrUnreachable) || errors.Is(err, github.ErrLimited) || errors.Is(err, github.ErrNotGitHub) {
		check := d.explained(Token, c.Name, err)
		if c.Kind != "" {
			check.Found += "; it is a " + c.Kind
		}
		d.add(check)
		d.Requests += client.Meter().Requests
		return
	}
	h := client.Heard()
	d.add(d.identity(c, who, h))
	d.writes(c.Name, h.Writes(), "use a token that can read only, or a GitHub App (docs/permissions.md)")
	if d.unstated(c, h) {
		d.add(Check{About: Token, Name: c.Name, Mark: Note, Found: "GitHub does not tell which permissions it has, nor what it could write",
			Do: "its page on GitHub does: Settings, Developer settings; give it read permissions alone"})
	}
	for _, o := range d.orgs {
		o.seen = append(o.seen, d.examine(ctx, c, client, o))
	}
	if len(d.orgs) == 0 {
		d.Requests += client.Meter().Requests
	}
}

// unstated reports whether neither scopes nor permissions of the token are told.
func (d *doctor) unstated(c Credential, h github.Heard) bool {
	return !h.Scoped && (c.Kind == "" || c.Kind == github.FineGrainedToken || c.Kind == github.UserToken)
}

// identity says what a token is, whose, and until when.
func (d *doctor) identity(c Credential, who string, h github.Heard) Check {
	check := Check{About: Token, Name: c.Name, Mark: OK}
	kind := c.Kind
	if kind == "" && h.Scoped {
		kind = "token with scopes"
	} else if kind == "" {
		kind = "token of an unknown kind"
	}
	if who == "" {
		who = "nobody who is a person"
	}
	check.Found = kind + " of " + who
	switch {
	case h.Scoped && strings.TrimSpace(h.Scopes) == "":
		check.Found += ", without any scope"
	case h.Scoped:
		check.Found += ", with the scopes " + h.Scopes
	}
	now := d.Now()
	switch left := h.Expires.Sub(now); {
	case h.Expires.IsZero() && h.Scoped:
		check.Found += "; GitHub states no end"
	case h.Expires.IsZero():
	case left <= 0:
		check.Mark, check.Do = Failed, "make a new one"
		check.Found += "; it ended on " + moment(h.Expires)
	case left < soon:
		check.Mark, check.Do = Warning, "make a new one before that"
		check.Found += fmt.Sprintf("; it ends in %s, on %s", days(left), moment(h.Expires))
	default:
		check.Found += fmt.Sprintf("; it ends on %s (%s)", moment(h.Expires), days(left))
	}
	return check
}

// writes warns of what a credential could change elsewhere.
func (d *doctor) writes(name string, all []string, instead string) {
	left := slices.DeleteFunc(slices.Clone(all), func(p string) bool {
		bare, _, _ := strings.Cut(p, ":write")
		bare = strings.TrimSuffix(bare, ":admin")
		return slices.Contains(d.Config.GitHub.AcceptWrite, p) || slices.Contains(d.Config.GitHub.AcceptWrite, bare)
	})
	if len(left) == 0 {
		return
	}
	quoted := make([]string, len(left))
	for i, p := range left {
		quoted[i] = `"` + p + `"`
	}
	d.add(Check{About: Token, Name: name, Mark: Warning,
		Found: "whoever gets hold of it can write: " + strings.Join(left, ", ") + " (ajar itself sends nothing but reads)",
		Do:    instead + "; or accept it: [github] accept_write = [" + strings.Join(quoted, ", ") + "]"})
}

// app looks at the installations of a GitHub App.
func (d *doctor) app(ctx context.Context, c Credential) {
	told := map[string]bool{}
	for _, o := range d.orgs {
		in, err := c.Installation(o.login)
		d.Requests++ // it is not the client's own
		if err != nil {
			d.add(d.explained(Token, c.Name, err))
			o.failed = true
			continue
		}
		check := Check{About: Token, Name: c.Name, Mark: OK,
			Found: fmt.Sprintf("GitHub App %s (number %d), installed on all repositories of %s; its tokens live for an hour and are renewed", in.Slug, in.AppID, o.login)}
		if in.Selected {
			check.Mark, check.Found = Warning, fmt.Sprintf("GitHub App %s (number %d), installed on some repositories of %s only", in.Slug, in.AppID, o.login)
			check.Do = "install it on all repositories: the others are in no list"
		}
		d.add(check)
		if w := in.Writes(); !told[strings.Join(w, " ")] {
			told[strings.Join(w, " ")] = true
			d.writes(c.Name, w, "take these permissions from the app")
		}
		client, err := c.Client(o.login)
		if err != nil {
			d.add(d.explained(Token, c.Name, err))
			continue
		}
		o.seen = append(o.seen, d.examine(ctx, c, client, o))
		d.Requests++ // the one that gets the token
	}
}

// examine looks at an organization with a credential.
func (d *doctor) examine(ctx context.Context, c Credential, client *github.Client, o *patient) look {
	l := look{by: c, client: client}
	var err error
	l.sight, err = collector.Probe(ctx, client, o.login)
	switch _, address := errors.AsType[*github.StatusError](err); {
	case errors.Is(err, github.ErrNotFound) && !address:
		d.absent(ctx, client, o, c.Name)
	case err != nil:
		check := d.explained(Org, o.login, err)
		check.Found = "with " + c.Name + ": " + check.Found
		d.add(check)
	default:
		l.ok = true
	}
	o.failed = o.failed || !l.ok
	return l
}

// absent says why a credential is shown no such organization.
func (d *doctor) absent(ctx context.Context, client *github.Client, o *patient, name string) {
	check := Check{About: Org, Name: o.login, Mark: Failed,
		Found: "there is none of that name that " + name + " can see",
		Do:    "check the spelling; GitHub hides what a token may not see, and single sign-on must have accepted it"}
	if collector.IsPerson(ctx, client, o.login) {
		check.Found, check.Do = "that is a person's account, and no organization", "ajar audits organizations: name one"
	}
	d.add(check)
}
