package remediate

import (
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
)

// The guards judge each action by the worst that any part of the plan could leave.
// Beside that, and by another way, the whole plan is carried out on a copy of the
// snapshot, and effective access is worked out again from that alone.

// GateLeft is who could still approve deployments to a guarded environment, where
// the plan changes its gate or how many can.
type GateLeft struct {
	Env    access.Named   `json:"environment"`
	Before int            `json:"before"` // people who can approve
	After  int            `json:"after"`
	Sample []access.Named `json:"sample"` // at most ten of those who can afterwards
}

// endState carries the plan out on a copy, and gives the graph of it.
func (p *planner) endState() (*access.Snapshot, *reach.Graph) {
	var all []Change
	for _, c := range p.accepted {
		all = append(all, c.action.Change)
	}
	s := EndState(p.s, all)
	return s, reach.New(s)
}

// verify names what the end state of the whole plan breaks. It is empty: a guard
// would have refused the action. If it is not, nothing of the plan may run.
func (p *planner) verify() (broken []string, gates []GateLeft) {
	gates = []GateLeft{}
	if len(p.accepted) == 0 {
		return nil, gates
	}
	s, after := p.endState()
	v := verifier{p: p, s: s, after: after}
	for _, r := range p.touchedRepos() {
		v.repository(r)
		for _, e := range p.envs[r] {
			gates = append(gates, v.gate(e)...)
		}
	}
	v.owners()
	return v.broken, gates
}

// verifier looks at one end state.
type verifier struct {
	p      *planner
	s      *access.Snapshot
	after  *reach.Graph
	broken []string
}

// maxBroken bounds how much of what is broken is told: one thing is enough to stop.
const maxBroken = 10

func (v *verifier) breaks(format string, args ...any) {
	if len(v.broken) < maxBroken {
		v.broken = append(v.broken, "end state: "+fmt.Sprintf(format, args...))
	}
}

// touchedRepos lists the repositories on which the plan may change somebody's
// access or a gate.
func (p *planner) touchedRepos() []int64 {
	seen := map[int64]bool{}
	for _, c := range p.accepted {
		switch {
		case c.row == &setBase || c.row.expels:
			for _, r := range p.s.Repositories {
				seen[r.ID] = true
			}
		case c.action.Change.Repo != nil:
			seen[c.action.Change.Repo.ID] = true
		}
		for _, h := range c.reached {
			seen[h.repo] = true
		}
	}
	var out []int64
	for id := range seen {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// repository holds that nobody has more than before, nobody less than both before
// and the baseline, and that somebody keeps house.
func (v *verifier) repository(id int64) {
	p := v.p
	was, is := p.g.Levels(id), v.after.Levels(id)
	admins, left, j := false, false, 0
	for _, l := range is {
		for ; j < len(was) && was[j].User < l.User; j++ {
			v.less(was[j], access.None, id)
		}
		left = left || l.Privilege == access.Admin && !v.after.Owner(l.User)
		if j == len(was) || was[j].User != l.User {
			v.breaks("%s would have %s on %s, and has nothing", p.called(user(l.User)), l.Privilege, p.called(repo(id)))
			continue
		}
		if l.Privilege > was[j].Privilege {
			v.breaks("%s would have %s on %s, more than the %s of now", p.called(user(l.User)), l.Privilege, p.called(repo(id)), was[j].Privilege)
		}
		v.less(was[j], l.Privilege, id)
		j++
	}
	for ; j < len(was); j++ {
		v.less(was[j], access.None, id)
	}
	for _, l := range was {
		admins = admins || l.Privilege == access.Admin && !p.g.Owner(l.User)
	}
	if admins && !left && !p.in.Guards.AllowOwnerOnly && !p.otherAdmin(id) {
		v.breaks("%s would have no administrator but the owners", p.called(repo(id)))
	}
}

// less holds that somebody keeps what the baseline allows them.
func (v *verifier) less(was reach.Level, is access.Privilege, onto int64) {
	if is >= was.Privilege {
		return
	}
	p := v.p
	allowed := p.userMay(was.User, onto)
	if !v.after.Member(was.User) && p.g.Member(was.User) {
		allowed = p.ownMay(was.User, onto)
	}
	if is < min(was.Privilege, allowed.privilege) {
		v.breaks("%s would have %s on %s, and the baseline allows %s", p.called(user(was.User)), is, p.called(repo(onto)), allowed.privilege)
	}
	if slices.Contains(p.safe, user(was.User)) {
		v.breaks("%s is protected, and would have %s on %s", p.called(user(was.User)), is, p.called(repo(onto)))
	}
}

// gate holds that a guarded environment can still be approved.
func (v *verifier) gate(e access.Environment) []GateLeft {
	p := v.p
	was, is := p.g.MayApprove(e.ID), v.after.MayApprove(e.ID)
	listed := slices.ContainsFunc(v.s.GrantsOn(env(e.ID)), func(g access.Grant) bool { return g.Source == access.Reviewer })
	if !listed && len(p.listed(e.ID)) == 0 {
		return nil
	}
	changed := slices.ContainsFunc(p.accepted, func(c *candidate) bool { return c.row == &protectEnvironment && c.env.ID == e.ID })
	if listed && len(was) > 0 && len(is) == 0 {
		v.breaks("nobody could approve a deployment to %s", p.called(env(e.ID)))
	}
	if !changed && len(was) == len(is) {
		return nil
	}
	left := GateLeft{Env: p.name(env(e.ID)), Before: len(was), After: len(is), Sample: []access.Named{}}
	for _, u := range is[:min(maxSample, len(is))] {
		left.Sample = append(left.Sample, p.name(user(u)))
	}
	return []GateLeft{left}
}

// owners holds that enough owners stay who are people, where the plan takes one.
func (v *verifier) owners() {
	p, stay, taken := v.p, 0, false
	for _, u := range p.owners {
		switch {
		case !v.after.Owner(u):
			taken = true
		case !p.machine(u) && (p.in.Baseline.Owner(u) || !p.managed(baseline.Owners)):
			stay++
		}
	}
	if taken && stay < max(1, p.in.Guards.MinOwners) {
		v.breaks("%d owners who are people would stay, and min_owners is %d", stay, p.in.Guards.MinOwners)
	}
}
