package remediate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
)

// planner is the making of one plan.
type planner struct {
	in Input
	s  *access.Snapshot
	g  *reach.Graph

	owners   []int64                        // ids, ascending
	envs     map[int64][]access.Environment // by repository
	env      map[int64]access.Environment   // by id: the snapshot would search all of them each time
	outside  map[int64][]access.Grant       // direct grants of outside collaborators
	safe     []access.Ref                   // protected
	editors  []access.Ref                   // who keep the baseline
	may      map[onRepo]may
	floors   map[onRepo]access.Privilege
	unsafe   []string // protected principals that were not found
	by       map[string]*candidate
	found    []*candidate
	refused  []Refusal
	waiting  []Waiting
	notices  []Notice
	manual   []Instruction
	accepted []*candidate
	left     int
	effect   *effect              // of the accepted actions
	held     map[int64]*HeldState // what people hold by name; nil: not worked out yet
	more     map[int64]bool       // teams that review environments or hold an organization role
	leave    map[int64]bool       // teams that are worth nothing by the baseline
	leaves   map[membershipOf]bool
	gives    map[int64][]given // what teams give
}

// onRepo is a person or a team on one repository.
type onRepo struct {
	who  access.Ref
	repo int64
}

// candidate is an action on its way through the guards.
type candidate struct {
	row      *kindRow
	action   Action
	findings []access.Finding
	reached  []held       // who is reached by the change, on which repository
	hit      []access.Ref // who might lose something, whatever else is in the plan; the guards ask about these
	near     []access.Ref // who loses nothing yet and must not be ajar itself or protected either
	losers   []access.Ref // who does lose something by the whole plan; the limits count these
	blocked  refuse       // what GitHub itself would refuse
	verdict  refuse       // of the guards, where they were asked beforehand
	taken    bool         // it stands in the place of others
	gap      string       // what was not seen and the action itself rests on
	lost     []string     // what its inverse cannot bring back, beyond what is true of the kind
	// Of an action on an environment:
	env       access.Environment
	part      gatePart
	reviewers []access.Ref // the list that is set; nil: it stays
}

// held is what somebody has on a repository, the level that an action cuts, and
// the least that any plan leaves them. The guards go by the cut and the least, not
// by what one action alone does: another path may give as much today, and another
// action may cut that.
type held struct {
	user, repo int64
	before     access.Privilege // by every path
	from, to   access.Privilege // by the path that is cut
	worst      access.Privilege
	end        access.Privilege // after the whole plan; known when it is
}

func (p *planner) hold(u, onto int64, from, to access.Privilege) held {
	before := max(access.None, p.g.On(u, onto).Privilege)
	return held{user: u, repo: onto, before: before, from: from, to: to, worst: min(before, max(to, p.floor(u, onto))), end: before}
}

func user(id int64) access.Ref { return access.Ref{Kind: access.User, ID: id} }
func team(id int64) access.Ref { return access.Ref{Kind: access.Team, ID: id} }
func repo(id int64) access.Ref { return access.Ref{Kind: access.Repo, ID: id} }
func env(id int64) access.Ref  { return access.Ref{Kind: access.Env, ID: id} }

func newPlanner(in Input) *planner {
	in.Guards = in.Guards.sane()
	p := &planner{in: in, s: in.Snapshot, g: in.Graph, envs: map[int64][]access.Environment{}, env: map[int64]access.Environment{}, outside: map[int64][]access.Grant{},
		may: map[onRepo]may{}, floors: map[onRepo]access.Privilege{}, by: map[string]*candidate{},
		more: map[int64]bool{}, leave: map[int64]bool{}, leaves: map[membershipOf]bool{}, gives: map[int64][]given{}}
	if p.g == nil {
		p.g = reach.New(p.s)
	}
	for _, e := range p.s.Environments {
		p.envs[e.Repo] = append(p.envs[e.Repo], e)
		p.env[e.ID] = e
	}
	for _, g := range p.s.GrantsOn(p.org()) {
		if g.Privilege == access.Owner && g.Source == access.ByOwner {
			p.owners = append(p.owners, g.Principal.ID)
		}
	}
	for _, g := range p.s.Grants {
		if g.Principal.Kind == access.User && g.Resource.Kind == access.Repo && g.Source == access.Direct && !p.g.Member(g.Principal.ID) {
			p.outside[g.Principal.ID] = append(p.outside[g.Principal.ID], g)
		}
		if g.Principal.Kind == access.Team && (g.Source == access.Reviewer || g.Source == access.ByOrgRole) {
			p.more[g.Principal.ID] = true
		}
	}
	p.shield()
	return p
}

func (p *planner) org() access.Ref { return access.Ref{Kind: access.Org, ID: p.s.Org.ID} }

func (p *planner) name(r access.Ref) access.Named {
	if r.IsZero() {
		return access.Named{}
	}
	return access.Named{Ref: r, Name: p.called(r)}
}

// called is the written name of a principal or resource.
func (p *planner) called(r access.Ref) string {
	if e, ok := p.env[r.ID]; ok && r.Kind == access.Env {
		if in, ok := p.s.Repository(e.Repo); ok {
			return "env:" + p.s.Org.Login + "/" + in.Name + "/" + e.Name
		}
	}
	return p.s.Name(r)
}

// propose turns every open finding into an action, an instruction or nothing.
func (p *planner) propose() {
	open := slices.DeleteFunc(slices.Clone(p.in.Findings), func(f access.Finding) bool { return f.State != access.Open })
	slices.SortFunc(open, func(a, b access.Finding) int {
		return cmp.Or(access.Pressing(&a, &b), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	for _, f := range open {
		if p.in.Baseline == nil {
			p.instruct(f, f.Fixable, "without a baseline nothing is drift")
			continue
		}
		p.finding(f)
	}
}

// finding gives a finding to the family that answers it.
func (p *planner) finding(f access.Finding) {
	if f.Rule == "last-repository-admin" {
		return // it asks to give, and a plan takes
	}
	for _, x := range families {
		if x.answers(&f) {
			x.propose(p, f)
			return
		}
	}
	p.elsewhere(f)
}

// add files an action, or adds the finding to the one that is there: one cause,
// one action.
func (p *planner) add(key string, f access.Finding, make func() *candidate) {
	c, ok := p.by[key]
	if !ok {
		c = make()
		p.by[key] = c
		p.found = append(p.found, c)
	}
	c.answer(f)
}

// answer adds a finding to those that the action answers.
func (c *candidate) answer(f access.Finding) {
	if !slices.ContainsFunc(c.findings, func(x access.Finding) bool { return x.Fingerprint == f.Fingerprint }) {
		c.findings = append(c.findings, f)
	}
}

// judge asks the guards, keeps what passes, and puts it in order. Where an action
// on a team's grant would take what is allowed, memberships are weighed against it.
func (p *planner) judge() {
	for _, c := range p.found {
		c.action.Kind = c.row.kind
		p.measure(c)
		r := p.guard(c)
		if r.guard == "" {
			p.accepted = append(p.accepted, c)
			continue
		}
		others := p.instead(c, r)
		if len(others) == 0 {
			p.refuse(c, r)
			p.leftToDirectory(c, r)
			if x := p.partly(c, r); x != nil {
				others = append(others, x)
			}
		}
		for _, o := range others {
			if !o.taken {
				o.taken = true
				p.accepted = append(p.accepted, o)
			}
		}
	}
	for _, c := range p.accepted {
		p.risk(c)
	}
	p.deferred()
	p.mergeGates()
	slices.SortFunc(p.accepted, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(p.turn(a), p.turn(b)), cmp.Compare(rank(a.action.Risk), rank(b.action.Risk)), cmp.Compare(a.row.grade, b.row.grade), cmp.Compare(a.row.kind, b.row.kind),
			a.action.Resource.Compare(b.action.Resource.Ref), a.action.Principal.Compare(b.action.Principal.Ref))
	})
	if m := p.in.Max; m > 0 && len(p.accepted) > m {
		p.left = len(p.accepted) - m
		p.accepted = p.accepted[:m]
	}
	if p.in.asked != nil {
		p.accepted = slices.DeleteFunc(p.accepted, func(c *candidate) bool {
			return !slices.ContainsFunc(p.in.asked, func(a Action) bool { return a.Change.SameThing(c.action.Change) })
		})
	}
	p.effect = p.effectOf(p.accepted)
	for _, c := range p.accepted {
		p.settle(c)
	}
	for _, c := range p.accepted {
		p.finish(c)
	}
}

func rank(r Risk) int { return slices.Index([]Risk{LowRisk, MediumRisk, HighRisk}, r) }

func (p *planner) refuse(c *candidate, r refuse) {
	f := c.findings[0]
	p.refused = append(p.refused, Refusal{
		ID: c.action.id(), Kind: c.action.Kind, Title: c.action.Title, Principal: c.action.Principal, Resource: c.action.Resource,
		Guard: r.guard, Why: r.why, Rule: f.Rule, Finding: f.Fingerprint,
		Overdue: overdue(c.findings, p.in.At),
	})
}

// plan puts the parts together.
func (p *planner) plan() Plan {
	out := Plan{
		Schema: Schema, Org: p.name(p.org()), SnapshotID: p.s.ID, SnapshotAt: p.s.TakenAt.UTC(), MadeAt: p.in.At.UTC(), Journal: p.in.Journal,
		SnapshotHash: p.in.SnapshotHash, GuardsHash: p.in.Guards.Hash(), Version: p.in.Version, ExpiresAt: p.in.At.Add(cmp.Or(p.in.TTL, DefaultTTL)).UTC(),
		Actions: []Action{}, Waiting: []Waiting{}, Refused: []Refusal{}, Instructions: []Instruction{}, Notices: []Notice{}, Left: p.left,
	}
	if p.in.Baseline != nil {
		out.BaselineHash = p.in.Baseline.Hash()
	}
	for _, c := range p.accepted {
		out.Actions = append(out.Actions, c.action)
	}
	out.Refused = append(out.Refused, p.refused...)
	slices.SortFunc(out.Refused, func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(a.Guard, b.Guard), a.Resource.Compare(b.Resource.Ref), a.Principal.Compare(b.Principal.Ref), cmp.Compare(a.Kind, b.Kind))
	})
	out.Instructions = append(out.Instructions, p.manual...)
	slices.SortFunc(out.Instructions, func(a, b Instruction) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), a.Resource.Compare(b.Resource.Ref), a.Principal.Compare(b.Principal.Ref), cmp.Compare(a.Finding, b.Finding))
	})
	out.Losers, out.Losses, out.Stopped = p.limits()
	out.Waiting, out.Notices = p.graced()
	out.Done = p.done()
	broken, gates := p.verify()
	out.Stopped, out.Gates = append(out.Stopped, broken...), gates
	for i, why := range p.in.Held {
		out.Stopped = slices.Insert(out.Stopped, i, "hold: "+why)
	}
	out.Hash = out.hash()
	return out
}

// some names a few of many.
func (p *planner) some(all []access.Ref) string {
	var names []string
	for _, r := range all[:min(3, len(all))] {
		names = append(names, p.called(r))
	}
	s := strings.Join(names, ", ")
	if n := len(all) - 3; n > 0 {
		s += " and " + count(n, "other", "others")
	}
	return s
}

// managed reports whether the baseline manages the class.
func (p *planner) managed(c baseline.Class) bool { return p.in.Baseline.Managed(c) }
