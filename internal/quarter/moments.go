package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// moment is what happens once.
type moment struct {
	day int
	do  func(*quarter, context.Context) error
}

// moments are what happens once, each at 11 o'clock of its day. Organizations are named by
// their place among those with repositories, the largest first.
var moments = []moment{
	{6, edited(0, func(_ *quarter, w *githubsim.World, o *githubsim.Org) error { return shown(w, o, "private") })},
	{9, waived("last-repository-admin", "being split between two teams, TICKET-31", 30)},
	{13, edited(0, func(_ *quarter, w *githubsim.World, o *githubsim.Org) error { return shown(w, o, "public") })},
	{16, waived("repository-invitation-stale", "the guests of the summit, TICKET-35", 85)},
	{20, waived("deploy-key-stale", "the mirrors are paused, TICKET-40", 60)},
	{24, edited(1, func(_ *quarter, _ *githubsim.World, o *githubsim.Org) error { return demand(o, false) })},
	{27, edited(1, func(_ *quarter, _ *githubsim.World, o *githubsim.Org) error { return demand(o, true) })},
	{28, resumed}, // what ajar init accepted for some weeks has ended all at once
	{30, edited(2, func(_ *quarter, _ *githubsim.World, o *githubsim.Org) error { return base(o, "write") })},
	{33, func(q *quarter, _ context.Context) error { return q.edit("\n[stale]\nmember = \"120d\"\n", "") }},
	{34, edited(2, func(_ *quarter, _ *githubsim.World, o *githubsim.Org) error { return base(o, "read") })},
	{38, denied},
	{42, func(q *quarter, _ context.Context) error { q.sim.ClearFaults(); return nil }},
	{45, typed(0, "keys", "rotate", "--reason", "twice a year")},
	{47, func(q *quarter, _ context.Context) error { return q.edit("", q.given["deploy-key-stale"]) }},
	{51, typed(1, "hold", "--reason", "the directory is migrated, TICKET-52")},
	{53, resumed},
	{59, func(q *quarter, _ context.Context) error { q.left.Store(mostBefore); return nil }},
	{65, func(q *quarter, _ context.Context) error { q.gone.Store(false); return nil }},
	{66, resumed},
	{70, edited(2, func(_ *quarter, w *githubsim.World, o *githubsim.Org) error {
		return w.RenameTeam(o.Login, o.Teams[0].Slug, o.Teams[0].Slug+"-renamed")
	})},
	{80, edited(0, (*quarter).leave)},
}

// mostBefore is how many requests GitHub answers before the outage begins, in the middle
// of a pass.
const mostBefore = 12

// drift lets a few things happen behind everybody's back.
func (q *quarter) drift(context.Context) error {
	org := q.busy[q.rng.IntN(len(q.busy))]
	n, seed := 1+q.rng.IntN(3), q.rng.Uint64()
	q.sim.Mutate(func(w *githubsim.World) {
		w.Meta.Now = q.now()
		was := q.org(w, org).Settings.DefaultRepositoryPermission
		for _, e := range githubsim.Drift(w, org, seed, n) {
			fmt.Fprintf(q.o.log, "%s in %s: %s\n", w.Meta.Now.Format("2006-01-02 15:04"), org, e.What)
		}
		// Where everybody may do everything there is nothing else to see.
		q.org(w, org).Settings.DefaultRepositoryPermission = was
	})
	return nil
}

func (q *quarter) org(w *githubsim.World, login string) *githubsim.Org {
	for _, o := range w.Orgs {
		if o.Login == login {
			return o
		}
	}
	return &githubsim.Org{}
}

// edited is a change of an organization that nobody planned.
func edited(place int, do func(*quarter, *githubsim.World, *githubsim.Org) error) func(*quarter, context.Context) error {
	return func(q *quarter, _ context.Context) (err error) {
		q.sim.Mutate(func(w *githubsim.World) {
			w.Meta.Now = q.now()
			err = do(q, w, q.org(w, q.busy[place%len(q.busy)]))
		})
		return err
	}
}

func demand(o *githubsim.Org, factor bool) error {
	o.Settings.TwoFactorRequired = factor
	return nil
}

func base(o *githubsim.Org, permission string) error {
	o.Settings.DefaultRepositoryPermission = permission
	return nil
}

// typed is a command of the operator's on one organization.
func typed(place int, words ...string) func(*quarter, context.Context) error {
	return func(q *quarter, ctx context.Context) error {
		_, err := q.ajar(ctx, operateToken, []int{0}, append(words[:len(words):len(words)], "--org", q.busy[place%len(q.busy)])...)
		return err
	}
}

// waived gives a waiver for some days.
func waived(rule, reason string, days int) func(*quarter, context.Context) error {
	return func(q *quarter, _ context.Context) error {
		q.given[rule] = fmt.Sprintf("\n[[waiver]]\nmatch = { rule = %q }\nreason = %q\nowner = \"user:%s\"\nexpires = %s\n",
			rule, reason, q.operator, q.now().AddDate(0, 0, days).Format(time.DateOnly))
		return q.edit(q.given[rule], "")
	}
}

// shown changes who can see the first repository.
func shown(w *githubsim.World, o *githubsim.Org, visibility string) error {
	o.Repos[0].Visibility, o.Repos[0].UpdatedAt = visibility, w.Meta.Now
	return nil
}

// leave lets somebody leave who is no owner.
func (q *quarter) leave(w *githubsim.World, o *githubsim.Org) error {
	for _, m := range o.Members {
		if m.Role != "admin" {
			return w.Leave(o.Login, m.Login)
		}
	}
	return errors.New("nobody can leave")
}

// denied lets GitHub deny a kind of data for a while.
func denied(q *quarter, _ context.Context) error {
	q.sim.AddFault(githubsim.Fault{Match: "/orgs/" + q.busy[0] + "/organization-roles", Action: githubsim.Denied})
	return nil
}

// resumed lifts all holds there are, which takes two people. What ajar still doubts stays.
func resumed(q *quarter, ctx context.Context) error {
	for _, org := range q.busy {
		out, err := q.ajar(ctx, readToken, []int{0}, "hold", "--org", org)
		if err != nil {
			return err
		}
		if strings.Contains(out, "not on hold") {
			continue
		}
		code, err := q.coded(ctx, operateToken, []int{0, 1}, "resume", "--org", org, "--reason", "it was looked at, TICKET-53")
		if err == nil && code == 0 {
			_, err = q.ajar(ctx, approveToken, []int{0}, "resume", "--org", org, "--approve")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
