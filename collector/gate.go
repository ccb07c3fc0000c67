package collector

import (
	"context"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
)

// gateReading is what one environment's rules come to.
type gateReading struct {
	r      *run
	item   gateItem
	gate   *access.Gate // nil: not read; not whole beside a gap
	grants []access.Grant
	people []access.Person
	gap    *gap
}

func (g *gateReading) what() string {
	return "gate of environment " + g.r.name(g.item.of.repo.name) + "/" + g.item.name
}

func (g *gateReading) begin() {
	g.gate = &access.Gate{Env: g.item.id, Repo: g.item.of.repo.id}
}

// miss notes what keeps the gate from being whole; the reviewers that were read stay.
func (g *gateReading) miss(why gap) { g.gap = &why }

// rule takes one protection rule. Kinds that ajar does not know may guard or
// open the environment, so that the gate is not complete with one.
func (g *gateReading) rule(facts ruleFacts, reviewers []*reviewer) {
	var l lacks
	l.among(&facts.Type, "the kind of a rule", "WAIT_TIMER", "REQUIRED_REVIEWERS", "BRANCH_POLICY") // REST tells the branches
	switch facts.Type {
	case "WAIT_TIMER":
		l.unless(facts.Timeout != nil, "timeout")
		g.gate.WaitTimer = value(facts.Timeout)
	case "REQUIRED_REVIEWERS":
		l.unless(facts.PreventSelfReview != nil, "preventSelfReview")
		g.gate.PreventSelfReview = value(facts.PreventSelfReview)
		for _, who := range reviewers {
			g.reviewer(who)
		}
	}
	if why := l.gap(g.what()); why != nil {
		g.miss(*why)
	}
}

func (g *gateReading) reviewer(who *reviewer) {
	grant := access.Grant{Resource: env(g.item.id), Privilege: access.Approve, Source: access.Reviewer}
	switch {
	case who == nil:
		g.miss(partial("%s: a reviewer came as null", g.what()))
		return
	case who.Typename == "User" && who.UserID > 0:
		grant.Principal = user(who.UserID)
		g.people = append(g.people, access.Person{ID: who.UserID, NodeID: who.UserNode, Login: who.Login})
	case who.Typename == "Team" && who.TeamID > 0:
		grant.Principal = team(who.TeamID)
	case who.Typename == "User", who.Typename == "Team":
		g.miss(partial("%s: a reviewer without an id", g.what()))
		return
	default:
		g.miss(partial("%s: a reviewer of a kind that is not known here: %q", g.what(), who.Typename))
		return
	}
	g.gate.Reviewers++
	g.grants = append(g.grants, grant)
}

// long reads an environment whose lists did not fit, alone and with long pages.
func (g *gateReading) long(ctx context.Context) error {
	var q longGateQuery
	err := g.r.query(ctx, &q, map[string]any{"id": githubv4.ID(g.item.node)})
	if end := stopped(err); end != nil {
		return end
	}
	if err == nil && q.Node != nil && q.Node.DatabaseID != g.item.id {
		err = errOtherGate
	}
	if err != nil || q.Node == nil || q.Node.ProtectionRules == nil {
		g.miss(missing(access.AreaGates, g.what(), err))
		return nil
	}
	g.begin()
	rules := q.Node.ProtectionRules
	if !rules.whole() {
		g.miss(partial("%s: GitHub counts %d rules and lists %d", g.what(), rules.TotalCount, len(rules.Nodes)))
	}
	for _, rule := range rules.Nodes {
		if rule == nil || rule.Reviewers == nil {
			g.miss(partial("%s: a rule came as null", g.what()))
			continue
		}
		if !rule.Reviewers.whole() {
			g.miss(partial("%s: GitHub counts %d reviewers and lists %d", g.what(), rule.Reviewers.TotalCount, len(rule.Reviewers.Nodes)))
		}
		g.rule(rule.ruleFacts, rule.Reviewers.Nodes)
	}
	return nil
}

// join adds the gate to its repository's, and hands those on when it was the
// last. A gate of which a part is not known is not handed on: what it lacks would
// stand as no.
func (g *gateReading) join(ctx context.Context) error {
	w := g.item.of
	w.mu.Lock()
	w.rows.Grants = append(w.rows.Grants, g.grants...)
	if g.gate != nil && g.gap == nil {
		w.rows.Entities = append(w.rows.Entities, *g.gate)
	}
	if g.gap != nil {
		w.gap = g.gap
	}
	w.left--
	last := w.left == 0
	w.mu.Unlock()
	if !last {
		return nil
	}
	switch r := g.r; {
	case w.gap != nil:
		return r.finish(ctx, access.AreaGates, w.repo.id, w.rows, w.gap)
	case !r.owner.Load() && !r.app.Load():
		return r.addGates(ctx, w)
	}
	return g.r.holdGates(ctx, w)
}

// addGates hands on gates of a token that is not shown each team: a reviewer that
// is not listed may be one that is not shown.
func (r *run) addGates(ctx context.Context, w *gateWork) error {
	r.lower(partial("a reviewer may be a team that is not shown: secret teams are visible only to their members and to owners"), access.AreaGates)
	w.rows.Untold = []string{"reviewers"} // how many there are
	return r.out.add(ctx, access.AreaGates, w.repo.id, w.rows)
}

// heldGates is how many repositories' gates wait at most until it is known that the
// token was shown the teams all along.
const heldGates = 2000

// holdGates keeps the gates of one repository until then.
func (r *run) holdGates(ctx context.Context, w *gateWork) error {
	r.mu.Lock()
	r.gates = append(r.gates, w)
	full := len(r.gates) >= heldGates
	r.mu.Unlock()
	if !full {
		return nil
	}
	f, err := r.facts(ctx)
	if end := stopped(err); end != nil {
		return end
	}
	return r.settleGates(ctx, f)
}

// settleGates hands on the gates that wait, now that the facts came after them.
func (r *run) settleGates(ctx context.Context, f facts) error {
	r.mu.Lock()
	held := r.gates
	r.gates = nil
	r.mu.Unlock()
	for _, w := range held {
		var err error
		if f.teams && (f.owner || r.app.Load()) {
			err = r.finish(ctx, access.AreaGates, w.repo.id, w.rows, nil)
		} else {
			err = r.addGates(ctx, w)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
