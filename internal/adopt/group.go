package adopt

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/eb661601/ajar/access"
)

// kindOfAccess is what one role of the baseline gives.
type kindOfAccess struct {
	privilege access.Privilege
	custom    int64 // custom repository role; 0 for GitHub's own
	org       int64 // organization role; then the privilege is its base
}

// holding is what one principal holds of one kind of access.
type holding struct {
	who   access.Ref
	name  string // as a baseline writes it
	what  kindOfAccess
	repos []int32 // ordinals in Snapshot.Repositories, ascending
	why   string  // why it is unusual; "" where it is not
}

// block is one [[assign]].
type block struct {
	what   kindOfAccess
	to     []string
	on     []item
	repos  int
	grants int
	why    string
	note   string // a comment of its own
	byRepo int    // teams named by their repository: how many are named alike in all
}

// minTemplate is from how many repositories on a team's name is taken for a
// pattern; minGlob the same for the beginning of a repository's name.
const (
	minTemplate = 2
	minGlob     = 3
)

// maxTogether is how many teams named by their repository one entry accepts: more
// are not reviewed in one day.
const maxTogether = 40

// group puts holdings that say the same into one entry each: the most powerful
// first, then what reaches furthest, then by name.
func (w *writer) group(all []holding) []block {
	rest, blocks := w.templates(all)
	type same struct {
		what kindOfAccess
		why  string
		on   string
	}
	place := map[same]int{}
	for _, h := range rest {
		k := same{h.what, h.why, fmt.Sprint(h.repos)}
		i, ok := place[k]
		if !ok {
			i = len(blocks)
			place[k] = i
			blocks = append(blocks, block{what: h.what, on: w.repositories(h.repos, h.what), repos: len(h.repos), why: h.why})
		}
		blocks[i].to = append(blocks[i].to, h.name)
		blocks[i].grants += len(h.repos)
	}
	for i := range blocks {
		slices.SortFunc(blocks[i].to, compareNames)
	}
	slices.SortStableFunc(blocks, func(a, b block) int {
		return cmp.Or(w.compareAccess(a.what, b.what), cmp.Compare(b.byRepo, a.byRepo), compareReach(a, b), cmp.Compare(a.why, b.why), compareNames(a.to[0], b.to[0]))
	})
	return blocks
}

// compareReach puts what reaches further first; the parts of one list stay in
// their order.
func compareReach(a, b block) int {
	if a.byRepo > 0 && b.byRepo > 0 {
		return 0
	}
	return cmp.Compare(b.repos, a.repos)
}

func compareNames(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

// compareAccess orders kinds of access, the most powerful first.
func (w *writer) compareAccess(a, b kindOfAccess) int {
	return cmp.Or(cmp.Compare(b.privilege, a.privilege), cmp.Compare(min(b.custom+b.org, 1), min(a.custom+a.org, 1)),
		cmp.Compare(w.roles[a], w.roles[b]), cmp.Compare(a.custom, b.custom), cmp.Compare(a.org, b.org))
}

// templates takes out the teams that hold something on exactly the repository
// they are named after, where several are named in the same way.
func (w *writer) templates(all []holding) (rest []holding, blocks []block) {
	type like struct {
		what kindOfAccess
		why  string
		name string
	}
	found := map[like][]holding{}
	var order []like
	for _, h := range all {
		name, ok := w.template(h)
		if !ok {
			rest = append(rest, h)
			continue
		}
		k := like{h.what, h.why, name}
		if found[k] == nil {
			order = append(order, k)
		}
		found[k] = append(found[k], h)
	}
	for _, k := range order {
		same := found[k]
		if len(same) < minTemplate {
			rest = append(rest, same...)
			continue
		}
		slices.SortFunc(same, func(a, b holding) int {
			return compareNames(w.s.Repositories[a.repos[0]].Name, w.s.Repositories[b.repos[0]].Name)
		})
		parts := (len(same) + maxTogether - 1) / maxTogether
		for i := range parts { // parts of about the same size
			part := same[i*len(same)/parts : (i+1)*len(same)/parts]
			var repos []int32
			for _, h := range part {
				repos = append(repos, h.repos...)
			}
			b := block{what: k.what, to: []string{k.name}, on: w.repositories(repos, k.what), repos: len(repos), grants: len(part), why: k.why, byRepo: len(same)}
			b.note = number(len(part), "team", "teams") + " named after their repositories"
			if parts > 1 {
				b.note += fmt.Sprintf(", part %d of %d", i+1, parts)
			}
			b.note += "."
			blocks = append(blocks, b)
		}
	}
	return rest, blocks
}

// template gives the team's name with its only repository's taken out.
func (w *writer) template(h holding) (string, bool) {
	if h.who.Kind != access.Team || len(h.repos) != 1 {
		return "", false
	}
	repo := strings.ReplaceAll(strings.ToLower(w.s.Repositories[h.repos[0]].Name), ".", "-")
	prefix := "team:" + w.s.Org.Login + "/"
	slug := strings.ToLower(strings.TrimPrefix(h.name, prefix))
	before, after, ok := strings.Cut(slug, repo)
	whole := func(part string) bool { return part == "" || strings.Trim(part, "-_") != part }
	if !ok || before+after == "" || strings.Contains(after, repo) || !whole(before) || !whole(after) ||
		before != "" && !strings.HasSuffix(before, "-") || after != "" && !strings.HasPrefix(after, "-") {
		return "", false
	}
	return prefix + before + "{repo}" + after, true
}

// repositories writes a set of repositories by name, and by a glob where the
// beginning of a name says it. A glob stands for a set only if every repository
// that it names is in the set, and only below maintain: what is more powerful
// must not come to a new repository by its name alone.
func (w *writer) repositories(set []int32, what kindOfAccess) []item {
	names := make([]string, 0, len(set))
	for _, r := range set {
		names = append(names, w.s.Repositories[r].Name)
	}
	slices.SortFunc(names, compareNames)
	folded := make([]string, len(names))
	for i, n := range names {
		folded[i] = strings.ToLower(n)
	}
	var out []item
	for i := 0; i < len(names); {
		glob, n := "", 0
		if what.privilege < access.Maintain {
			glob, n = w.glob(names[i], folded)
		}
		if n < minGlob {
			out = append(out, item{text: "repo:" + w.s.Org.Login + "/" + names[i]})
			i++
			continue
		}
		out = append(out, item{text: "repo:" + w.s.Org.Login + "/" + glob, remark: fmt.Sprintf("%d repositories today", n)})
		i += n // those of one beginning stand together
	}
	return out
}

// glob finds the shortest beginning of the name, up to a dash or nothing at all,
// that only repositories of the set have, and how many those are. The set's names
// are folded and in order.
func (w *writer) glob(name string, set []string) (string, int) {
	for end := 0; end <= len(name); end++ {
		if end > 0 && !strings.ContainsRune("-_.", rune(name[end-1])) {
			continue
		}
		begin := strings.ToLower(name[:end])
		if n := beginning(set, begin); n >= minGlob && n == beginning(w.repoNames, begin) {
			return name[:end] + "*", n
		}
	}
	return "", 0
}

// beginning counts the names, which are in order, that begin so.
func beginning(names []string, with string) int {
	from := sort.SearchStrings(names, with)
	return sort.Search(len(names)-from, func(i int) bool { return !strings.HasPrefix(names[from+i], with) })
}
