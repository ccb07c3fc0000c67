package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/doctor"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/report"
)

func newDoctor(a *app) *cobra.Command {
	var offline bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at all that an audit needs, and say what to do about what is wrong",
		Long: `Look at everything that an audit needs and could stumble over: the configuration;
the way to GitHub, its certificate and its clock; each credential, whose it is, when
it ends, what it could write; which changes that of [github.write] can make; each
organization, and the kinds of data that would not be seen; the hourly limits and what
an audit would cost; the store and its disk; the baseline and what in it ends soon; the
channels that people are told by, which are not called ("ajar notify test" does).
Each line says what was found and what to do.

Nothing is changed. It takes some twenty requests for each credential and
organization, of which one thing of each kind is asked for. The exit code is 1 where
something keeps an audit from working, 3 where it would not see everything that is
expected, else 0: a warning alone does not change it.`,
		Example: "  ajar doctor\n  ajar doctor --org acme\n  ajar doctor --offline -o json",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.doctor(cmd.Context(), offline)
		},
	}
	cmd.Flags().BoolVar(&offline, "offline", false, "do not ask GitHub")
	return cmd
}

// patience is how long the doctor waits for one answer.
const patience = 20 * time.Second

func (a *app) doctor(ctx context.Context, offline bool) error {
	r := doctor.Run(ctx, a.surroundings(ctx, offline))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	v := report.Doctor{Requests: r.Requests, Blind: r.Blind}
	for _, c := range r.Checks {
		v.Checks = append(v.Checks, report.DoctorCheck{About: c.About, Name: c.Name, Mark: string(c.Mark), Found: c.Found, Do: c.Do, Blinds: c.Blinds})
	}
	a.exit(status(v.Exit()))
	return a.show(v)
}

// surroundings gathers what the doctor looks at. What cannot be had is handed on
// as the trouble that it is.
func (a *app) surroundings(ctx context.Context, offline bool) doctor.Env {
	e := doctor.Env{Now: a.now, Program: a.program, Offline: offline, Explain: words, Rules: ruleNames()}
	c, err := a.config()
	if err != nil {
		path, _ := config.Find(a.flags.config, a.getenv)
		e.Trouble = troubles(path, err)
		return e
	}
	e.Config, e.StorePath = c, a.storePath(c)
	e.Baseline = func() (*baseline.Baseline, error) { return a.baseline(c) }
	e.Connection = func() (github.Options, error) { return a.quick(c) }
	e.Collect = collector.Options{
		Now: a.now, Without: c.Collect.Without, ActivityWindow: c.Collect.ActivityWindow, Concurrency: c.Collect.Concurrency, Every: c.Collect.Every,
	}
	e.Channels = a.channelPatients(c)
	if !offline {
		e.Credentials, e.CredErr = a.patients(ctx, c)
		e.Writer = a.writingPatient(ctx, c)
	}
	return e
}

// channelPatients are the channels, each by itself.
func (a *app) channelPatients(c *config.Config) []doctor.Channel {
	var out []doctor.Channel
	for _, ch := range c.Notify.Channels {
		one := *c
		one.Notify.Channels, one.Notify.Routes = []config.Channel{ch}, nil
		_, err := a.notifier(&one, nil, nil)
		out = append(out, doctor.Channel{Name: ch.Name, Kind: ch.Kind, Err: err})
	}
	return out
}

// troubles are the complaints about a configuration that cannot be used.
func troubles(path string, err error) []doctor.Check {
	var problems baseline.Problems
	if !errors.As(err, &problems) {
		line, hint := words(err)
		return []doctor.Check{{About: doctor.Configuration, Name: path, Mark: doctor.Failed, Found: line, Do: hint}}
	}
	var out []doctor.Check
	for _, p := range problems {
		where := p.File
		if p.Line > 0 {
			where = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
		}
		out = append(out, doctor.Check{About: doctor.Configuration, Name: where, Mark: doctor.Failed, Found: p.Message, Do: p.Hint})
	}
	return out
}

// quick is the connection of a run that would rather say that it got no answer
// than wait for one.
func (a *app) quick(c *config.Config) (github.Options, error) {
	o, err := a.connection(c)
	o.Timeout, o.MaxWait, o.Reserve = patience, -1, nil
	return o, err
}

// patients are the credentials that GitHub would be read with, each by itself: one
// that cannot be loaded keeps no other from being looked at.
func (a *app) patients(ctx context.Context, c *config.Config) ([]doctor.Credential, error) {
	o, err := a.quick(c)
	if err != nil {
		return nil, err
	}
	r := &readers{a: a, ctx: ctx, o: o}
	if err := a.authWay(); err != nil {
		return nil, err
	}
	if a.flags.auth == "gh" || len(c.GitHub.Read) == 0 {
		name, secret, err := a.tokenAndName(ctx, c)
		if err != nil {
			return nil, err
		}
		return []doctor.Credential{r.patient(newReader(name, config.Credential{}, secret), github.KindOf(secret.Reveal()))}, nil
	}
	var out []doctor.Credential
	for i := range c.GitHub.Read {
		one, secret, err := a.reader(c, i)
		if err != nil {
			out = append(out, doctor.Credential{Name: c.GitHub.Read[i].Label(), Err: err})
			continue
		}
		kind := ""
		if one.key == nil {
			kind = github.KindOf(secret.Reveal())
		}
		out = append(out, r.patient(one, kind))
	}
	return out, nil
}

func (r *readers) patient(one *reader, kind string) doctor.Credential {
	c := doctor.Credential{Name: one.name, Kind: kind, App: one.key != nil}
	c.Client = func(org string) (*github.Client, error) { return r.client(one, org) }
	c.Installation = func(org string) (github.Installation, error) {
		app, err := r.app(one, org)
		if err != nil {
			return github.Installation{}, err
		}
		return app.Installation()
	}
	return c
}

// tokenAndName is the credential where the configuration names none, and what to
// call it.
func (a *app) tokenAndName(ctx context.Context, c *config.Config) (string, config.Secret, error) {
	name := "gh's token"
	if a.flags.auth != "gh" {
		for _, variable := range tokenVariables {
			if a.getenv(variable) != "" {
				name = "$" + variable
				break
			}
		}
	}
	secret, err := a.token(ctx, c)
	return name, secret, err
}
