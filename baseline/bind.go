package baseline

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Bound is a baseline tied to one snapshot: every name and glob is resolved to
// ids. It never changes, so it may be asked from several goroutines at once.
type Bound struct {
	b       *Baseline
	names   *names
	org     Organization
	managed map[Class]Position

	entries     []entry
	holders     map[access.Ref][]int32 // entries of one principal, ascending
	anybody     map[access.Kind][]int32
	known       map[access.Ref]bool
	owners      map[int64]bool
	members     map[int64]bool
	outside     map[int64]bool
	rules       map[int32]*EnvRule // by environment ordinal
	maintainers map[int64]Maintainers
	directories map[int64]*TeamRule
	waivers     []boundWaiver
}

// entry is one assignment, or one [[key]], as it holds in the snapshot.
type entry struct {
	at       Position
	role     string // of the baseline; "" for a [[key]]
	reason   string
	starts   time.Time
	accepted Acceptance // its Expires ends the entry
	standing bool

	repos      *set
	privilege  access.Privilege // on them
	customRole int64            // whose base the privilege is
	extras     []string
	unresolved string // a custom role that the snapshot does not hold

	envs   *set // environments named themselves, beside those of repos
	rights []envRight

	org     bool             // names the organization
	orgPriv access.Privilege // Owner, or NoPrivilege
	orgRole int64
}

// envRight gives privileges on environments by their name.
type envRight struct {
	names      *set
	privileges []access.Privilege
}

// Bind ties the baseline to a snapshot. Only what speaks of the snapshot's
// organization takes part. The problems come in the order of the files; those
// that are warnings (a name that matches nothing, a principal that does not
// exist) leave the Bound usable, any other one makes it nil.
func (b *Baseline) Bind(s *access.Snapshot) (*Bound, []Problem) {
	d := &binder{b: b, names: newNames(s)}
	d.problems = append(d.problems, b.warnings...)
	d.out = &Bound{b: b, names: d.names, managed: map[Class]Position{}, holders: map[access.Ref][]int32{},
		anybody: map[access.Kind][]int32{}, known: map[access.Ref]bool{}, owners: map[int64]bool{}, members: map[int64]bool{}, outside: map[int64]bool{}}
	d.organization()
	for _, a := range b.Assignments {
		d.assignment(a)
	}
	for _, k := range b.Keys {
		d.key(k)
	}
	d.environments()
	d.teams()
	d.waivers()
	d.manage()
	if len(d.out.managed)+len(d.out.waivers) == 0 && d.out.org.Login == "" {
		d.problems.warn(Position{File: d.firstFile()}, "", "nothing in the baseline speaks of org:%s", s.Org.Login)
	}
	for _, p := range b.Check(s.TakenAt) {
		p.Warning = true
		d.problems = append(d.problems, p)
	}
	problems := d.problems.sorted()
	if problems.Err() != nil {
		return nil, problems
	}
	return d.out, problems
}

type binder struct {
	b        *Baseline
	names    *names
	out      *Bound
	problems Problems
	guesses  int // suggestions made so far; each costs a walk over all names
}

func (d *binder) firstFile() string {
	for _, a := range d.b.Assignments {
		return a.Position.File
	}
	for _, o := range d.b.Organizations {
		return o.Position.File
	}
	for _, e := range d.b.Environments {
		return e.Position.File
	}
	for _, t := range d.b.Teams {
		return t.Position.File
	}
	return "baseline"
}

// organization resolves the people of [organization.X].
func (d *binder) organization() {
	o, ok := d.b.organization(d.names.org)
	if !ok {
		return
	}
	d.out.org = o
	d.people(o.Owners, d.out.owners)
	d.people(o.Owners, d.out.members)
	d.people(o.Members, d.out.members)
	d.people(o.Outside, d.out.outside)
}

func (d *binder) people(list []Pattern, into map[int64]bool) {
	for _, p := range list {
		for _, r := range d.principals(p) {
			into[r.ID] = true
		}
	}
}

// principals resolves one pattern, remembers whom it names, and warns where it
// names nobody.
func (d *binder) principals(p Pattern) []access.Ref {
	refs, ambiguous := d.names.principals(p)
	if ambiguous {
		d.problems.warn(p.Position, "name it differently once GitHub shows one account only",
			"%s names two accounts, so it names neither", p.shown())
	} else if len(refs) == 0 {
		d.missing(p)
	}
	for _, r := range refs {
		d.out.known[r] = true
	}
	return refs
}

// ours picks the patterns that may name something in the organization.
func (d *binder) ours(list []Pattern) []Pattern {
	var out []Pattern
	for _, p := range list {
		if p.of(d.names.org) {
			out = append(out, p)
		}
	}
	return out
}

func (d *binder) assignment(a Assignment) {
	on := d.ours(a.On)
	r, ok := d.b.Role(a.Role)
	if !ok || len(on) == 0 {
		return
	}
	e := entry{at: a.Position, role: r.Name, reason: cmp.Or(a.Reason, r.Reason), starts: a.Starts, accepted: a.Acceptance.or(r.Acceptance),
		standing: r.Standing, privilege: r.Privilege, extras: r.Extras}
	d.resources(on, &e)
	d.repositoryRole(r, &e)
	for _, right := range r.Environments {
		e.rights = append(e.rights, envRight{d.names.envNames(right.match), right.Privileges})
	}
	if e.org {
		d.organizationRole(r, &e)
	}
	for _, p := range r.Approvers {
		if p.of(d.names.org) {
			d.principals(p)
		}
	}
	var to []Pattern
	for _, p := range d.ours(a.To) {
		if p.template() {
			d.giveByRepo(e, p, on)
			continue
		}
		to = append(to, p)
	}
	d.give(e, to)
	d.claim(a, r, e)
}

// resources resolves on, and warns about what matches nothing.
func (d *binder) resources(on []Pattern, e *entry) {
	e.repos, e.envs = d.names.reposIn(on), d.names.envsIn(on)
	for _, p := range on {
		e.org = e.org || p.Kind == access.Org
		d.checkResource(p)
	}
}

func (d *binder) checkResource(p Pattern) {
	one := []Pattern{p}
	switch p.Kind {
	case access.Repo:
		if s := d.names.reposIn(one); s.empty() || s.all && len(d.names.snap.Repositories) == 0 {
			d.missing(p)
		}
	case access.Env:
		if s := d.names.envsIn(one); s.empty() || s.all && len(d.names.snap.Environments) == 0 {
			d.missing(p)
		}
	}
}

// repositoryRole looks up the custom role. One that the snapshot does not hold
// leaves the entry unresolved: what it allows is unknown.
func (d *binder) repositoryRole(r Role, e *entry) {
	if r.CustomRole == "" {
		return
	}
	var known []string
	for _, c := range d.names.snap.CustomRoles {
		known = append(known, strings.ToLower(c.Name))
		if strings.ToLower(c.Name) == r.CustomRole {
			e.privilege, e.customRole = c.Base, c.ID
			e.extras = slices.Concat(e.extras, c.Permissions)
			if r.Standing && d.b.privileged(c.Base) && !e.accepted.stated() {
				d.problems.warn(e.at, "add expires, or standing_reason with review_by",
					"standing access with custom role %q, which builds on %s, needs an end or a reason", c.Name, c.Base)
			}
			return
		}
	}
	e.unresolved = r.CustomRole
	if gap := d.gap(access.AreaCustomRoles); gap != "" {
		d.problems.warn(r.Position, "", "custom role %q was not seen; %s", r.CustomRole, gap)
		return
	}
	d.problems.add(r.Position, suggest(r.CustomRole, append(known, repositoryWords...)),
		"%q is neither a privilege nor a custom role of %s", r.CustomRole, d.names.snap.Org.Login)
}

func (d *binder) organizationRole(r Role, e *entry) {
	if r.Organization == "owner" {
		e.orgPriv = access.Owner
		return
	}
	var known []string
	for _, o := range d.names.snap.OrgRoles {
		known = append(known, strings.ToLower(o.Name))
		if strings.ToLower(o.Name) == r.Organization {
			e.orgRole = o.ID
			return
		}
	}
	if gap := d.gap(access.AreaOrgRoles); gap != "" {
		d.problems.warn(r.Position, "", "organization role %q was not seen; %s", r.Organization, gap)
		return
	}
	d.problems.warn(r.Position, suggest(r.Organization, known), "%s has no organization role %q", d.names.snap.Org.Login, r.Organization)
}

// give files the entry under everybody it names.
func (d *binder) give(e entry, to []Pattern) {
	i := int32(len(d.out.entries))
	d.out.entries = append(d.out.entries, e)
	for _, p := range to {
		if p.name.any() && (p.Kind == access.User || p.Kind == access.Team) {
			d.out.anybody[p.Kind] = append(d.out.anybody[p.Kind], i)
			continue
		}
		for _, r := range d.principals(p) {
			held := d.out.holders[r]
			if len(held) == 0 || held[len(held)-1] != i {
				d.out.holders[r] = append(held, i)
			}
		}
	}
}

// key files a [[key]] under the deploy keys it names.
func (d *binder) key(k KeyRule) {
	match, repos := d.ours(k.Match), d.ours(k.Repository)
	if len(match)+len(repos) == 0 {
		return
	}
	d.claimed(Keys, k.Position)
	e := entry{at: k.Position, reason: k.Reason, accepted: k.Acceptance, standing: true, privilege: access.Read, repos: everything}
	if k.Write {
		e.privilege = access.Write
	}
	var to []Pattern
	for _, p := range repos {
		d.checkResource(p)
		to = append(to, Pattern{Text: p.Text, Kind: access.Key, Position: p.Position, org: p.org, name: p.name})
	}
	i := int32(len(d.out.entries))
	d.out.entries = append(d.out.entries, e)
	for _, p := range slices.Concat(match, to) {
		refs := d.names.keys(p)
		if len(refs) == 0 && len(match) > 0 {
			d.missing(p)
		}
		for _, r := range refs {
			key, _ := d.names.snap.Key(r.ID)
			if k.Title != "" && !k.title.match(strings.ToLower(key.Title)) {
				continue
			}
			d.out.known[r] = true
			d.out.holders[r] = append(d.out.holders[r], i)
		}
	}
}
