package analyzer

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
)

// facts is what all rules share during one analysis, and what they found so far.
type facts struct {
	s           *access.Snapshot
	g           *reach.Graph
	b           *baseline.Bound // nil: none
	at          time.Time
	memberSince func(int64) time.Time
	own         access.Own

	envs    map[int64]int32 // by id: where the environment stands in the snapshot
	exposed map[int64]bool  // repositories with an environment that leads to production
	named   map[access.Ref]access.Named
	samples map[string][]access.Named // by the numbers of the people

	// Of the baseline; see verdicts.
	disabled   []string
	known      map[access.Ref][]access.Ref
	reach      map[int64][]int64
	judgedAll  bool
	forgotten  bool // the judgements; not whom they accused
	judgements []*verdict
	accused    map[access.Grant]bool // grants that some rule reports as more than allowed, or that may be

	found     []*access.Finding
	undecided map[access.Undecided]int // counted by rule and reason; the key's Count is 0
}

func newFacts(in Input) *facts {
	s := sorted(in.Snapshot)
	f := &facts{
		s: s, g: in.Graph, b: in.Baseline, at: in.At, memberSince: in.MemberSince, own: in.Own,
		envs: make(map[int64]int32, len(s.Environments)), exposed: map[int64]bool{},
		named: map[access.Ref]access.Named{}, samples: map[string][]access.Named{}, undecided: map[access.Undecided]int{}, disabled: in.Disabled,
		known: map[access.Ref][]access.Ref{}, reach: map[int64][]int64{}, accused: map[access.Grant]bool{},
	}
	if f.g == nil {
		f.g = reach.New(s)
	}
	if f.memberSince == nil {
		f.memberSince = func(int64) time.Time { return time.Time{} }
	}
	for i, e := range s.Environments {
		f.envs[e.ID] = int32(i)
		if f.leadsToProduction(e) {
			f.exposed[e.Repo] = true
		}
	}
	return f
}

// sorted gives the snapshot with its slices in order: itself, when they are.
func sorted(s *access.Snapshot) *access.Snapshot {
	c := *s
	order(&c.People, func(p access.Person) int64 { return p.ID })
	order(&c.TwoFactor, access.TwoFactor.Key)
	order(&c.Outside, access.Outside.Key)
	order(&c.Invitations, access.Invite.Key)
	order(&c.Teams, access.TeamInfo.Key)
	order(&c.Repositories, access.Repository.Key)
	order(&c.DeployKeys, access.DeployKey.Key)
	order(&c.CustomRoles, access.CustomRole.Key)
	order(&c.OrgRoles, access.OrgRole.Key)
	order(&c.AuditActivity, access.Activity.Key)
	order(&c.Contributions, access.Activity.Key)
	inOrder(&c.Environments, func(a, b access.Environment) int { return cmp.Or(cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.ID, b.ID)) })
	inOrder(&c.Grants, access.Grant.Compare)
	return &c
}

func order[T any](rows *[]T, key func(T) int64) {
	inOrder(rows, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

func inOrder[T any](rows *[]T, compare func(a, b T) int) {
	if !slices.IsSortedFunc(*rows, compare) {
		*rows = slices.SortedStableFunc(slices.Values(*rows), compare)
	}
}

// environment finds an environment by its id; the snapshot would search all of
// them each time.
func (f *facts) environment(id int64) (access.Environment, bool) {
	i, ok := f.envs[id]
	if !ok {
		return access.Environment{}, false
	}
	return f.s.Environments[i], true
}

// name gives a principal or resource with the name it has now.
func (f *facts) name(r access.Ref) access.Named {
	n, ok := f.named[r]
	if ok {
		return n
	}
	n.Ref = r
	if e, ok := f.environment(r.ID); ok && r.Kind == access.Env {
		n.Name = f.s.EnvironmentName(e)
	} else {
		n.Name = f.s.Name(r)
	}
	f.named[r] = n
	return n
}

func (f *facts) org() access.Named { return f.name(access.Ref{Kind: access.Org, ID: f.s.Org.ID}) }

// sample names the first ten of the people, by id. Findings about what a team holds
// share those of its people, and nobody changes them.
func (f *facts) sample(people []int64) []access.Named {
	people = people[:min(10, len(people))]
	if len(people) == 0 {
		return nil
	}
	var ids [10 * binary.MaxVarintLen64]byte
	key := ids[:0]
	for _, u := range people {
		key = binary.AppendVarint(key, u)
	}
	if out := f.samples[string(key)]; out != nil {
		return out
	}
	out := make([]access.Named, len(people))
	for i, u := range people {
		out[i] = f.name(access.Ref{Kind: access.User, ID: u})
	}
	if len(people) > 1 {
		f.samples[string(key)] = out
	}
	return out
}

// machine reports whether the account belongs to an app: GitHub writes those with
// [bot] at the end, which no person's login can have.
func (f *facts) machine(user int64) bool {
	p, ok := f.s.Person(user)
	return ok && strings.HasSuffix(strings.ToLower(p.Login), "[bot]")
}

// memberships lists the grants of people on the organization: member or owner.
func (f *facts) memberships() []access.Grant {
	var out []access.Grant
	for _, g := range f.s.GrantsOn(access.Ref{Kind: access.Org, ID: f.s.Org.ID}) {
		if g.Principal.Kind == access.User && g.Privilege.OnOrganization() {
			out = append(out, g)
		}
	}
	return out
}

// people lists whom the grants of a team reach.
func (f *facts) people(team int64) []int64 {
	got, ok := f.reach[team]
	if !ok {
		got = f.g.Members(team)
		f.reach[team] = got
	}
	return got
}

// open gives what stayed undecided, in the order of the rules.
func (f *facts) open() []access.Undecided {
	place := map[string]int{}
	for i, r := range rules {
		place[r.ID] = i
	}
	out := make([]access.Undecided, 0, len(f.undecided))
	for u, n := range f.undecided {
		u.Count = n
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b access.Undecided) int {
		return cmp.Or(cmp.Compare(place[a.Rule], place[b.Rule]), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// moment writes an end as the person wrote it who set it: a date lasts to the end
// of its day, so an end at midnight is the end of the day before.
func moment(end time.Time) string {
	end = end.UTC()
	if end.Equal(end.Truncate(24 * time.Hour)) {
		return "at the end of " + day(end.Add(-1))
	}
	return "on " + end.Format("2006-01-02 15:04") + " UTC"
}

// by writes an end as the date up to which something held.
func by(end time.Time) string {
	end = end.UTC()
	if end.Equal(end.Truncate(24 * time.Hour)) {
		return day(end.Add(-1))
	}
	return end.Format("2006-01-02 15:04") + " UTC"
}

func days(d time.Duration) string {
	if n := int(d / (24 * time.Hour)); n != 1 {
		return fmt.Sprintf("%d days", n)
	}
	return "1 day"
}
