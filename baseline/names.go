package baseline

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/eb661601/ajar/access"
)

// names finds what a pattern means in one snapshot. It folds every name once and
// resolves each pattern once.
type names struct {
	snap  *access.Snapshot
	org   string // login in lower case
	users nameList
	teams nameList
	repos nameList        // positions are ordinals in Snapshot.Repositories
	envs  nameList        // distinct names of environments; positions are ordinals of names
	repo  map[int64]int32 // repository id to ordinal
	env   map[int64]int32 // environment id to ordinal in Snapshot.Environments
	named []int32         // environment ordinal to ordinal of its name
	in    []int32         // environment ordinal to ordinal of its repository, -1: unknown
	key   map[int64]int32 // deploy key id to ordinal of its repository
	sets  map[string]*set // resolved lists of patterns
	alike map[string]*set // resolved patterns of environment names
}

// nameList is names in lower case, sorted, each with a position elsewhere.
type nameList struct {
	names []string
	pos   []int32
}

func newNameList(n int, name func(int) string) nameList {
	order := make([]int32, n)
	folded := make([]string, n)
	for i := range n {
		order[i], folded[i] = int32(i), strings.ToLower(name(i))
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(folded[a], folded[b]) })
	l := nameList{make([]string, n), order}
	for i, o := range order {
		l.names[i] = folded[o]
	}
	return l
}

// match gives the positions of the names that match, in no particular order. Of
// a literal name that several things share it gives them all.
func (l nameList) match(g glob) []int32 {
	from := sort.SearchStrings(l.names, g.prefix())
	var out []int32
	for i := from; i < len(l.names) && strings.HasPrefix(l.names[i], g.prefix()); i++ {
		if g.literal() && l.names[i] != g.text {
			break
		}
		if g.match(l.names[i]) {
			out = append(out, l.pos[i])
		}
	}
	return out
}

func newNames(s *access.Snapshot) *names {
	n := &names{snap: s, org: strings.ToLower(s.Org.Login), repo: map[int64]int32{}, env: map[int64]int32{},
		key: map[int64]int32{}, sets: map[string]*set{}, alike: map[string]*set{}}
	n.users = newNameList(len(s.People), func(i int) string { return s.People[i].Login })
	n.teams = newNameList(len(s.Teams), func(i int) string { return s.Teams[i].Slug })
	n.repos = newNameList(len(s.Repositories), func(i int) string { return s.Repositories[i].Name })
	for i, r := range s.Repositories {
		n.repo[r.ID] = int32(i)
	}
	for _, k := range s.DeployKeys {
		n.key[k.ID] = n.repoOf(k.Repo)
	}
	n.nameEnvironments()
	return n
}

func (n *names) repoOf(id int64) int32 {
	if i, ok := n.repo[id]; ok {
		return i
	}
	return -1
}

// nameEnvironments numbers the distinct names: an organization has many
// environments and few names for them.
func (n *names) nameEnvironments() {
	envs := n.snap.Environments
	n.named, n.in = make([]int32, len(envs)), make([]int32, len(envs))
	number := map[string]int32{}
	var distinct []string
	for i, e := range envs {
		name := strings.ToLower(e.Name)
		k, ok := number[name]
		if !ok {
			k = int32(len(distinct))
			number[name], distinct = k, append(distinct, name)
		}
		n.named[i], n.in[i], n.env[e.ID] = k, n.repoOf(e.Repo), int32(i)
	}
	n.envs = newNameList(len(distinct), func(i int) string { return distinct[i] })
}

// envNames resolves a pattern of environment names.
func (n *names) envNames(g glob) *set {
	if g.any() {
		return everything
	}
	s, ok := n.alike[g.text]
	if !ok {
		s = setOf(n.envs.match(g), len(n.envs.names))
		n.alike[g.text] = s
	}
	return s
}

// reposIn resolves the patterns of kind repo among the list.
func (n *names) reposIn(list []Pattern) *set {
	return n.cached("repo", list, func(p Pattern) ([]int32, bool) {
		return n.repos.match(p.name), p.name.any()
	}, len(n.snap.Repositories), access.Repo)
}

// envsIn resolves the patterns of kind env among the list.
func (n *names) envsIn(list []Pattern) *set {
	return n.cached("env", list, func(p Pattern) ([]int32, bool) {
		return n.environments(p), p.name.any() && p.sub.any()
	}, len(n.snap.Environments), access.Env)
}

// environments lists the ordinals of the environments that one pattern names.
func (n *names) environments(p Pattern) []int32 {
	alike := n.envNames(p.sub)
	var out []int32
	if p.name.any() {
		for i := range n.snap.Environments {
			if alike.has(n.named[i]) {
				out = append(out, int32(i))
			}
		}
		return out
	}
	for _, r := range n.repos.match(p.name) {
		id := n.snap.Repositories[r].ID
		from := sort.Search(len(n.snap.Environments), func(i int) bool { return n.snap.Environments[i].Repo >= id })
		for i := from; i < len(n.snap.Environments) && n.snap.Environments[i].Repo == id; i++ {
			if alike.has(n.named[i]) {
				out = append(out, int32(i))
			}
		}
	}
	return out
}

func (n *names) cached(what string, list []Pattern, match func(Pattern) ([]int32, bool), size int, kind access.Kind) *set {
	var texts []string
	for _, p := range list {
		if p.Kind == kind && p.of(n.org) {
			texts = append(texts, p.Text)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	key := what + "\x00" + strings.Join(texts, "\x00")
	if s, ok := n.sets[key]; ok {
		return s
	}
	s := n.union(list, match, size, kind)
	n.sets[key] = s
	return s
}

func (n *names) union(list []Pattern, match func(Pattern) ([]int32, bool), size int, kind access.Kind) *set {
	var members []int32
	for _, p := range list {
		if p.Kind != kind || !p.of(n.org) {
			continue
		}
		found, all := match(p)
		if all {
			return everything
		}
		members = append(members, found...)
	}
	return setOf(members, size)
}

// principals resolves one pattern to ids. Of a literal login that two accounts
// show, neither is meant: a name that was used again is no match.
func (n *names) principals(p Pattern) (refs []access.Ref, ambiguous bool) {
	var found []int32
	var id func(int32) access.Ref
	switch p.Kind {
	case access.User:
		found, id = n.users.match(p.name), func(i int32) access.Ref { return access.Ref{Kind: access.User, ID: n.snap.People[i].ID} }
	case access.Team:
		if p.of(n.org) {
			found, id = n.teams.match(p.name), func(i int32) access.Ref { return access.Ref{Kind: access.Team, ID: n.snap.Teams[i].ID} }
		}
	case access.Key:
		return n.keys(p), false
	}
	if p.Literal() && len(found) > 1 {
		return nil, true
	}
	for _, i := range found {
		refs = append(refs, id(i))
	}
	return refs, false
}

// keys resolves a pattern of deploy keys.
func (n *names) keys(p Pattern) []access.Ref {
	if !p.of(n.org) {
		return nil
	}
	candidates := n.snap.DeployKeys
	if p.id != 0 {
		k, ok := n.snap.Key(p.id)
		if !ok {
			return nil
		}
		candidates = []access.DeployKey{k}
	}
	var out []access.Ref
	for _, k := range candidates {
		repo := n.key[k.ID]
		if repo < 0 {
			continue
		}
		if p.name.match(strings.ToLower(n.snap.Repositories[repo].Name)) {
			out = append(out, access.Ref{Kind: access.Key, ID: k.ID})
		}
	}
	return out
}
