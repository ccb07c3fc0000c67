package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

func (v Access) table(p *page) error {
	p.org = orgName(v.Org)
	p.title("Access of "+v.Principal.Name, "in "+orgName(v.Org)+", as of "+moment(v.At))
	if v.Principal.Kind == access.Team {
		p.para(2, dim, "what its members get through it; what they have besides is theirs")
	}
	p.gaps(v.Gaps)
	p.gap()
	if len(v.Rows) == 0 {
		p.para(2, plain, "nothing that was seen")
		return p.err
	}
	summary(p, v.Rows)
	rows, everywhere := v.rows(p.all)
	var lines []gridRow
	for _, r := range rows {
		lines = append(lines, gridRow{cells: []span{
			privilegeStyle(r.best).of(r.words), plain.of(r.Resource.Name).in(v.Org), {},
		}, ways: p.ways(r.AccessRow, v.Org)})
	}
	if len(lines) > 0 {
		p.gap()
		p.grid([]column{{head: "privilege", min: 9}, {head: "resource", min: 16}, {head: "how", min: 36, wrap: true, fold: true}}, lines)
	}
	if len(everywhere) > 0 {
		p.gap()
	}
	for _, e := range everywhere {
		p.hang(2, []span{privilegeStyle(e.best).of(e.word), plain.of(" ")}, plain, e.text(len(lines) > 0, v.Org))
	}
	if len(everywhere) > 0 || p.cutWays {
		p.gap()
		p.line(space(2), dim.of("every row and every way:"))
		p.command(2, "access "+argument(v.Principal.Name)+asOf(v.Asked)+" --all-rows")
	}
	return p.err
}

// heldRow is a row as the table of one principal has it: all that it can do on one
// resource in the same ways.
type heldRow struct {
	AccessRow
	best  access.Privilege
	words string
}

// rows gives what the table lists, the most powerful first: what is held on the
// organization, then environments, then repositories. Repositories that are
// reached only by what holds on every repository are counted, unless they are few or
// all is set.
func (v Access) rows(all bool) (rows []heldRow, everywhere []everywhereRow) {
	of := map[access.Ref][]int{} // the rows of each environment
	for _, r := range strongest(v.Rows, resourceOf) {
		if !all && r.Resource.Kind == access.Repo && holdsEverywhere(r) {
			everywhere = countEverywhere(everywhere, r)
			continue
		}
		if r.Resource.Kind == access.Env {
			same := slices.IndexFunc(of[r.Resource.Ref], func(i int) bool { return sameWays(rows[i].AccessRow, r) })
			if same >= 0 {
				rows[of[r.Resource.Ref][same]].words += ", " + r.held()
				continue
			}
			of[r.Resource.Ref] = append(of[r.Resource.Ref], len(rows))
		}
		rows = append(rows, heldRow{r, r.Privilege, r.held()})
	}
	everywhere = slices.DeleteFunc(everywhere, func(e everywhereRow) bool {
		if len(e.rows) >= everywhereLeast {
			return false
		}
		for _, r := range e.rows {
			rows = append(rows, heldRow{r, r.Privilege, r.held()})
		}
		return true
	})
	slices.SortStableFunc(rows, func(a, b heldRow) int {
		return cmp.Or(
			cmp.Compare(section(a.Resource.Kind), section(b.Resource.Kind)), cmp.Compare(rank(b), rank(a)),
			inOrder(a.Resource.Name, b.Resource.Name), cmp.Compare(a.Resource.ID, b.Resource.ID), cmp.Compare(b.best, a.best),
		)
	})
	return rows, everywhere
}

// held is the word for what the row gives; a role of the organization says that
// it is one.
func (r AccessRow) held() string {
	if r.Resource.Kind == access.Org && r.Role != "" {
		return "role " + r.Role
	}
	return r.role()
}

// sameWays reports whether two things on one environment are reached alike.
func sameWays(a, b AccessRow) bool {
	return slices.EqualFunc(a.Paths, b.Paths, func(x, y access.Path) bool { return how(x, a.role()) == how(y, b.role()) })
}

// section orders the kinds of resources in a table.
func section(k access.Kind) int {
	return slices.Index([]access.Kind{access.Org, access.Env, access.Repo}, k)
}

// rank orders the rows of a section: an owner comes before a role, and a role
// before a member.
func rank(r heldRow) int {
	if r.Resource.Kind == access.Org && r.Role != "" && r.best < access.Member {
		return int(access.Member)*2 + 1
	}
	return int(r.best) * 2
}

// everywhereRow counts the repositories that one and the same thing gives, because
// it holds on every repository.
type everywhereRow struct {
	best access.Privilege
	word string
	by   access.Path
	rows []AccessRow
}

// everywhereLeast is how many repositories are worth a count instead of their names.
const everywhereLeast = 4

// holdsEverywhere reports whether every way of the row is one that leads to every
// repository.
func holdsEverywhere(r AccessRow) bool {
	return len(r.Paths) > 0 && !slices.ContainsFunc(r.Paths, func(p access.Path) bool {
		return len(p) == 0 || !slices.Contains([]access.Source{access.Base, access.ByOwner, access.ByOrgRole}, p[len(p)-1].Source)
	})
}

func countEverywhere(all []everywhereRow, r AccessRow) []everywhereRow {
	by := r.Paths[0]
	for i, e := range all {
		if e.word == r.role() && how(e.by, e.word) == how(by, e.word) {
			all[i].rows = append(all[i].rows, r)
			return all
		}
	}
	return append(all, everywhereRow{r.Privilege, r.role(), by, []AccessRow{r}})
}

// text says on how many repositories, and by what.
func (e everywhereRow) text(more bool, org access.Named) string {
	s := "on " + count(len(e.rows), "repository", "repositories")
	if more {
		s = "on " + count(len(e.rows), "more repository", "more repositories")
	}
	switch last := e.by[len(e.by)-1]; last.Source {
	case access.ByOwner:
		return s + ", as an owner of " + org.Name
	case access.Base:
		return s + ", by the base permission of " + org.Name
	default:
		s += ", by the organization role " + role(last)
		if n := len(e.by); n > 2 && e.by[n-2].From.Kind == access.Team {
			s += " of " + e.by[n-2].From.Name
		}
		return s
	}
}

// summary says what there is, by kind of resource, the most powerful first.
func summary(p *page, rows []AccessRow) {
	for _, part := range []struct {
		label string
		kind  access.Kind
	}{{"organization", access.Org}, {"environments", access.Env}, {"repositories", access.Repo}} {
		var of []AccessRow
		for _, r := range rows {
			if r.Resource.Kind == part.kind {
				of = append(of, r)
			}
		}
		said := tallyOf(of)
		if part.kind == access.Org {
			said = heldOn(of)
		}
		p.wide(part.label, said)
	}
}

// heldOn names what is held on the organization.
func heldOn(rows []AccessRow) string {
	held := make([]heldRow, 0, len(rows))
	for _, r := range rows {
		held = append(held, heldRow{r, r.Privilege, r.held()})
	}
	slices.SortStableFunc(held, func(a, b heldRow) int { return cmp.Or(cmp.Compare(rank(b), rank(a)), cmp.Compare(a.words, b.words)) })
	words := make([]string, 0, len(held))
	for _, h := range held {
		words = append(words, h.words)
	}
	return strings.Join(slices.Compact(words), ", ")
}

func (v WhoCan) table(p *page) error {
	p.org = orgName(v.Org)
	p.title("Who has "+v.Privilege.String()+" on "+v.Resource.Name, "as of "+moment(v.At))
	p.gaps(v.Gaps)
	p.gap()
	if len(v.Rows) == 0 {
		p.para(2, plain, "nobody that was seen")
		return p.err
	}
	p.para(2, plain, count(len(v.Rows), "principal", "principals")+": "+tallyOf(v.Rows))
	if v.Note != "" {
		p.para(2, dim, v.Note)
	}
	p.gap()
	var rows []gridRow
	for _, r := range strongest(v.Rows, principalOf) {
		rows = append(rows, gridRow{cells: []span{
			plain.of(r.Principal.Name).in(v.Org), privilegeStyle(r.Privilege).of(r.role()), {},
		}, ways: p.ways(r, v.Org)})
	}
	p.grid([]column{{head: "principal", min: 16}, {head: "privilege", min: 9}, {head: "how", min: 36, wrap: true, fold: true}}, rows)
	if p.cutWays {
		p.gap()
		p.line(space(2), dim.of("every way:"))
		p.command(2, "who-can "+v.Privilege.String()+" "+argument(v.Resource.Name)+asOf(v.Asked)+" --all-rows")
	}
	return p.err
}

// waysShown is how many ways a table tells of for one row.
const waysShown = 3

// ways are the lines that say how, a way each, the strongest first.
func (p *page) ways(r AccessRow, org access.Named) []span {
	listed := r.Paths
	if !p.all {
		listed = listed[:min(len(listed), waysShown)]
	}
	out := make([]span, 0, len(listed)+1)
	for _, path := range listed {
		s := dim.of(how(path, r.role()))
		if login := Visible(orgName(org)); login != "" {
			s.brief = strings.ReplaceAll(s.text+" ", "org:"+login+" ", "org:… ")
			s.brief = strings.TrimSuffix(strings.ReplaceAll(s.brief, ":"+login+"/", ":…/"), " ")
		}
		out = append(out, s)
	}
	if rest := len(r.Paths) - len(listed); rest > 0 {
		out, p.cutWays = append(out, dim.of("and "+count(rest, "more way", "more ways"))), true
	}
	return out
}

// tallyOf counts rows by privilege, the highest first.
func tallyOf(rows []AccessRow) string {
	n := map[access.Privilege]int{}
	for _, r := range rows {
		n[r.Privilege]++
	}
	var parts []string
	for p := access.Configure; p > access.NoPrivilege; p-- {
		if n[p] > 0 {
			parts = append(parts, number(n[p])+" "+p.String())
		}
	}
	return strings.Join(parts, ", ")
}

// privilegeStyle makes what can change things stand out.
func privilegeStyle(p access.Privilege) style {
	switch p {
	case access.Admin, access.Maintain, access.Owner, access.Bypass, access.Configure:
		return strong
	}
	return plain
}
