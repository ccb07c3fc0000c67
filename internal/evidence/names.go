package evidence

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// names are what everything was called that the period knows: as of its last snapshot,
// else as it was called last before that.
type names struct {
	all    *access.Snapshot // every thing of any snapshot, without grants
	envs   map[int64]string
	repoOf map[int64]int64                // of an environment
	ask    func(access.Ref) string        // the store, of what no snapshot at either end has
	ever   func(access.Ref) []store.Label // the store: all that something was ever called, in full, the last name last

	mu     sync.Mutex
	asked  map[access.Ref]string        // what ask said
	former map[access.Ref][]store.Label // what ever said
}

// named gives the names of an organization. The first time it looks through the things
// that changed, too.
func (g *gathering) named(ctx context.Context, o *organization) (*names, error) {
	if o.names != nil {
		return o.names, nil
	}
	n := g.noNames(ctx, o)
	last, err := g.s.Things(ctx, o.last)
	if err != nil {
		return nil, err
	}
	first, err := g.s.Things(ctx, o.first)
	if err != nil {
		return nil, err
	}
	last.Org.Login = o.Login
	n.all = last
	n.merge(first)
	people, err := g.s.PeopleEver(ctx, o.last)
	if err != nil {
		return nil, err
	}
	last.People = last.People[:0]
	for _, p := range people {
		last.People = append(last.People, p)
	}
	slices.SortFunc(last.People, func(a, b access.Person) int { return cmp.Compare(a.ID, b.ID) })
	pairs, between, err := g.moved(ctx, o)
	if err != nil {
		return nil, err
	}
	n.merge(between)
	n.environments()
	o.names = n
	o.settings = n.settingChanges(pairs)
	return n, nil
}

// noNames are names that know nothing but to ask the store.
func (g *gathering) noNames(ctx context.Context, o *organization) *names {
	ctx = context.WithoutCancel(ctx)
	ever := func(r access.Ref) []store.Label {
		labels, err := g.s.Names(ctx, o.last.Org, r)
		if err != nil {
			return nil // such a thing has no names of its own
		}
		labels = slices.DeleteFunc(labels, func(l store.Label) bool { return l.From.After(o.last.At) }) // what it was called later is not told
		for i, l := range labels {
			if r.Kind != access.User {
				l.Name = o.Login + "/" + l.Name
			}
			labels[i].Name = r.Kind.String() + ":" + l.Name
		}
		return labels
	}
	return &names{envs: map[int64]string{}, repoOf: map[int64]int64{}, asked: map[access.Ref]string{}, former: map[access.Ref][]store.Label{},
		ever: ever, ask: func(r access.Ref) string {
			all := ever(r)
			if len(all) == 0 {
				return ""
			}
			return all[len(all)-1].Name
		}}
}

// called gives something with the name that it has; a team with those that it had in that
// time, for the audit log knows teams by name alone, as they were called then.
func (n *names) called(r access.Ref, x window) []access.Named {
	if r.Kind != access.Team {
		return []access.Named{n.named(r)}
	}
	n.mu.Lock()
	labels, ok := n.former[r]
	n.mu.Unlock()
	if !ok {
		labels = n.ever(r)
		n.mu.Lock()
		n.former[r] = labels
		n.mu.Unlock()
	}
	var out []access.Named
	for _, l := range labels {
		if !l.From.After(x.until) && (l.To.IsZero() || !l.To.Before(x.from)) {
			out = append(out, access.Named{Ref: r, Name: l.Name})
		}
	}
	if len(out) == 0 {
		out = append(out, n.named(r))
	}
	return out
}

// merge adds what another snapshot has beside.
func (n *names) merge(other *access.Snapshot) {
	s := n.all
	s.Teams = union(s.Teams, other.Teams)
	s.Repositories = union(s.Repositories, other.Repositories)
	s.DeployKeys = union(s.DeployKeys, other.DeployKeys)
	s.Invitations = union(s.Invitations, other.Invitations)
	s.RepoInvitations = union(s.RepoInvitations, other.RepoInvitations)
	s.CustomRoles = union(s.CustomRoles, other.CustomRoles)
	s.OrgRoles = union(s.OrgRoles, other.OrgRoles)
	s.Environments = union(s.Environments, other.Environments)
}

// union keeps what the first list has of each number, in the order of numbers.
func union[T access.Entity](a, b []T) []T {
	out := slices.Concat(a, b)
	slices.SortStableFunc(out, func(x, y T) int { return cmp.Compare(x.Key(), y.Key()) })
	return slices.CompactFunc(out, func(x, y T) bool { return x.Key() == y.Key() })
}

func (n *names) environments() {
	for _, e := range n.all.Environments {
		n.repoOf[e.ID] = e.Repo
		n.envs[e.ID] = n.all.EnvironmentName(e)
	}
}

// of gives a thing its name, its number where it has none.
func (n *names) of(r access.Ref) string {
	switch {
	case r.IsZero():
		return ""
	case r.Kind == access.Env:
		if name := n.envs[r.ID]; name != "" {
			return name
		}
	case r.Kind == access.NoKind:
		return n.role(r.ID)
	}
	name := n.all.Name(r)
	if !strings.HasPrefix(name, r.Kind.String()+":#") || r.Kind != access.User && r.Kind != access.Team && r.Kind != access.Repo {
		return name
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if known, ok := n.asked[r]; ok {
		return known
	}
	name = cmp.Or(n.ask(r), name)
	n.asked[r] = name
	return name
}

func (n *names) role(id int64) string {
	if id == 0 {
		return ""
	}
	if r, ok := n.all.CustomRole(id); ok {
		return r.Name
	}
	if r, ok := n.all.OrgRole(id); ok {
		return r.Name
	}
	return fmt.Sprintf("#%d", id)
}

func (n *names) named(r access.Ref) access.Named { return access.Named{Ref: r, Name: n.of(r)} }

// pair is one change of a thing: nil is where it was not there.
type pair struct {
	place
	snapshot int64
	was, is  access.Entity
}

// movedAreas hold the things whose changes are told. Deploy keys and invitations are
// told as grants too.
var movedAreas = []access.Area{
	access.AreaOrganization, access.AreaSettings, access.AreaWorkflowToken, access.AreaTwoFactor, access.AreaOutside, access.AreaInvitations,
	access.AreaTeams, access.AreaCustomRoles, access.AreaOrgRoles, access.AreaRepositories, access.AreaEnvironments, access.AreaGates,
	access.AreaPolicies, access.AreaSecrets, access.AreaDeployKeys, access.AreaRepoInvitations,
}

// moved reads what became of things between the two ends of the period, and gathers
// those that changed, so that they have names though neither end has them.
func (g *gathering) moved(ctx context.Context, o *organization) ([]pair, *access.Snapshot, error) {
	var out []pair
	seen := &access.Snapshot{}
	for _, a := range movedAreas {
		var last store.Version
		var open bool // last is what the thing was like before
		end := func() {
			if open && last.To != 0 {
				out = append(out, pair{place{a, last.Scope}, last.To, last.Thing, nil})
			}
			open = false
		}
		err := g.s.Versions(ctx, a, o.first, o.last, func(v store.Version) error {
			if open && (last.Scope != v.Scope || last.Thing.Key() != v.Thing.Key()) {
				end()
			}
			switch {
			case open && last.To == v.From:
				if !alike(last.Thing, v.Thing) {
					out = append(out, pair{place{a, v.Scope}, v.From, last.Thing, v.Thing})
				}
			case open || v.From > o.first.ID:
				end()
				out = append(out, pair{place{a, v.Scope}, v.From, nil, v.Thing})
			}
			last, open = v, true
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
		end()
	}
	for _, p := range out {
		for _, e := range []access.Entity{p.is, p.was} {
			put(seen, e, "")
		}
	}
	sorted(seen)
	return out, seen, nil
}

// alike reports whether two forms of a thing differ in nothing that has to do with
// access. A push does not.
func alike(was, is access.Entity) bool {
	r, ok := was.(access.Repository)
	s, also := is.(access.Repository)
	if ok && also {
		r.PushedAt = s.PushedAt
		return r == s
	}
	return reflect.DeepEqual(was, is)
}

// put adds a thing to a snapshot. What guards an environment comes with the
// environment itself, which is called env.
func put(s *access.Snapshot, e access.Entity, env string) {
	switch e := e.(type) {
	case access.Organization:
		s.Org = e
	case access.Settings:
		s.Settings = &e
	case access.WorkflowToken:
		s.WorkflowToken = &e
	case access.TwoFactor:
		s.TwoFactor = append(s.TwoFactor, e)
	case access.Outside:
		s.Outside = append(s.Outside, e)
	case access.Invite:
		if e.Repo != 0 {
			s.RepoInvitations = append(s.RepoInvitations, e)
			return
		}
		s.Invitations = append(s.Invitations, e)
	case access.TeamInfo:
		s.Teams = append(s.Teams, e)
	case access.CustomRole:
		s.CustomRoles = append(s.CustomRoles, e)
	case access.OrgRole:
		s.OrgRoles = append(s.OrgRoles, e)
	case access.Repository:
		s.Repositories = append(s.Repositories, e)
	case access.Environment:
		s.Environments = append(s.Environments, e)
	case access.DeployKey:
		s.DeployKeys = append(s.DeployKeys, e)
	case access.Gate:
		if env != "" {
			s.Environments = append(s.Environments, access.Environment{ID: e.Env, Repo: e.Repo, Name: env, Gate: &e})
		}
	case access.Policy:
		if env != "" {
			s.Environments = append(s.Environments, access.Environment{ID: e.Env, Repo: e.Repo, Name: env, Policy: &e})
		}
	case access.Secrets:
		if env != "" {
			s.Environments = append(s.Environments, access.Environment{ID: e.Env, Repo: e.Repo, Name: env, Secrets: &e})
		}
	}
}

// sorted brings what was put into the order that snapshots promise, the newest form of
// each.
func sorted(s *access.Snapshot) {
	s.Teams, s.Repositories, s.DeployKeys = union(s.Teams, nil), union(s.Repositories, nil), union(s.DeployKeys, nil)
	s.Invitations, s.RepoInvitations = union(s.Invitations, nil), union(s.RepoInvitations, nil)
	s.CustomRoles, s.OrgRoles, s.Environments = union(s.CustomRoles, nil), union(s.OrgRoles, nil), union(s.Environments, nil)
}
