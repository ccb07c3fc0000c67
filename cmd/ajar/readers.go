package main

import (
	"cmp"
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
)

// readers are the credentials that GitHub is read with, the preferred one first.
type readers struct {
	a    *app
	ctx  context.Context
	o    github.Options // without a credential
	list []*reader

	observe func(credential string) github.Observer // counts what is asked; nil: nobody
}

// reader is one of them: a token, which is the same for every organization, or an
// app, which has an installation on each.
type reader struct {
	name    string
	from    config.Credential
	key     *rsa.PrivateKey // nil: a token
	apps    map[string]*github.App
	clients map[string]*github.Client // by organization; a token's under ""
	token   oauth2.TokenSource
}

// readers finds the credentials. All that can be wrong with where they are found
// is an error before anybody is asked.
func (a *app) readers(ctx context.Context, c *config.Config) (*readers, error) {
	if err := cmp.Or(a.authWay(), a.addressed()); err != nil {
		return nil, err
	}
	o, err := a.connection(c)
	if err != nil {
		return nil, err
	}
	r := &readers{a: a, ctx: ctx, o: o}
	if a.flags.auth == "gh" || len(c.GitHub.Read) == 0 {
		secret, err := a.token(ctx, c)
		if err != nil {
			return nil, err
		}
		r.list = []*reader{newReader("the token", config.Credential{}, secret)}
		return r, nil
	}
	for i := range c.GitHub.Read {
		one, _, err := a.reader(c, i)
		if err != nil {
			return nil, err
		}
		r.list = append(r.list, one)
	}
	return r, nil
}

// authWay refuses a way to a token that is none.
func (a *app) authWay() error {
	if a.flags.auth == "" || a.flags.auth == "gh" {
		return nil
	}
	return withHint(usage("--auth %q is not a way to get a token", a.flags.auth), "leave it out, or write --auth gh")
}

// reader loads the i-th credential of the configuration.
func (a *app) reader(c *config.Config, i int) (*reader, config.Secret, error) {
	from := c.GitHub.Read[i]
	secret, err := c.GitHub.ReadSecret(i, a.getenv)
	if errors.Is(err, config.ErrNoToken) {
		err = withHint(err, "%s says where it is: [[github.read]]", c.Path)
	}
	if err != nil {
		return nil, secret, err
	}
	one := newReader(from.Label(), from, secret)
	if from.IsApp() {
		if one.key, err = github.ParseKey(secret.Reveal()); err != nil {
			line, hint := github.Explain(err)
			return nil, secret, withHint(fmt.Errorf("%s: %s", from.Label(), line), "%s", hint)
		}
	}
	return one, secret, nil
}

func newReader(name string, from config.Credential, secret config.Secret) *reader {
	r := &reader{name: name, from: from, apps: map[string]*github.App{}, clients: map[string]*github.Client{}}
	if !from.IsApp() {
		r.token = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: secret.Reveal(), TokenType: "Bearer"})
	}
	return r
}

// connection says how GitHub is reached, by whichever credential.
func (a *app) connection(c *config.Config) (github.Options, error) {
	log, err := a.log()
	if err != nil {
		return github.Options{}, err
	}
	o := github.Options{
		APIURL: c.GitHub.APIURL, GraphQLURL: c.GitHub.GraphQLURL, Proxy: c.GitHub.Proxy, Reserve: c.Collect.Reserve.Of,
		UserAgent: "ajar/" + buildVersion().Version, Log: log, Now: a.now, Dated: a.clock.Hear, InFlight: c.Collect.Concurrency, Waiting: a.waiting,
	}
	if c.GitHub.CAFile != "" {
		if o.Authorities, err = os.ReadFile(c.GitHub.CAFile); err != nil {
			return o, withHint(fmt.Errorf("reading the certificates: %w", err), "%s names them: [github] ca_file", c.Path)
		}
	}
	if a.wires != nil {
		if o.Base, err = a.wires.of(o); err != nil {
			return o, err
		}
	}
	return tune(o), nil
}

// lead gives a pass over an organization its credentials.
func (r *readers) lead(p *audit.Pass, org string) (err error) {
	if p.Client, err = r.client(r.list[0], org); err != nil {
		return err
	}
	p.Others = nil
	for _, one := range r.list[1:] {
		c, err := r.client(one, org)
		if err != nil {
			return err
		}
		p.Others = append(p.Others, audit.Reader{Name: one.name, Client: c})
	}
	return nil
}

func (r *readers) client(one *reader, org string) (*github.Client, error) {
	o, key := r.o, ""
	if one.token != nil {
		o.Source = one.token
	} else {
		app, err := r.app(one, org)
		if err != nil {
			return nil, err
		}
		o.Source, key = app, org
	}
	if c := one.clients[key]; c != nil {
		return c, nil
	}
	if r.observe != nil {
		o.Observe = r.observe(one.name)
	}
	c, err := github.New(o)
	if err == nil {
		one.clients[key] = c
	}
	return c, err
}

// app is the installation of a reader's app on an organization.
func (r *readers) app(one *reader, org string) (*github.App, error) {
	if a := one.apps[org]; a != nil {
		return a, nil
	}
	issuer := one.from.ClientID
	if issuer == "" {
		issuer = strconv.FormatInt(one.from.AppID, 10)
	}
	a, err := github.NewApp(r.ctx, r.o, github.AppOptions{
		Issuer: issuer, Key: one.key, Organization: org, Installation: one.from.InstallationID,
	}, func(line string) { r.a.remark("warning: %s", line) })
	if err == nil {
		one.apps[org] = a
	}
	return a, err
}

// self is every principal that ajar acts as in an organization. One that cannot
// be told is an error: then it is not known who ajar is.
func (r *readers) self(ctx context.Context, c *config.Config, org string) ([]access.Ref, error) {
	var out []access.Ref
	for _, one := range r.list {
		if one.key != nil {
			app, err := r.app(one, org)
			if err != nil {
				return nil, err
			}
			me, err := audit.SelfApp(app)
			if err != nil {
				return nil, err
			}
			out = append(out, me)
			continue
		}
		client, err := r.client(one, org)
		if err != nil {
			return nil, err
		}
		me, err := audit.Self(ctx, client)
		if err != nil {
			return nil, err
		}
		out = append(out, me)
	}
	if w := c.GitHub.Write; w != nil && w.AppID != 0 {
		out = append(out, access.Ref{Kind: access.App, ID: w.AppID})
	}
	return out, nil
}
