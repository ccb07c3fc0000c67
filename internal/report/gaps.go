package report

import (
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Gap is one kind of data that was not seen to its end.
type Gap struct {
	Area     access.Area   `json:"area"`
	Status   access.Status `json:"status"`
	Expected bool          `json:"expected"` // false: the plan has no such thing, or the configuration leaves it out
	Reason   string        `json:"reason"`
	Help     string        `json:"help,omitempty"` // what would let ajar see it
	Since    time.Time     `json:"since,omitzero"` // areas of evidence: the start of the window that was read
	Seen     int           `json:"seen"`
	Total    int           `json:"total"` // -1 where GitHub states none
	Missing  []Missing     `json:"missing,omitempty"`

	own bool // the area has a gap besides those of its scopes, and Reason is of it
}

// Missing says which scopes of an area have a gap for one and the same reason.
type Missing struct {
	Status access.Status  `json:"status"`
	Reason string         `json:"reason"`
	Help   string         `json:"help,omitempty"`
	Count  int            `json:"count"`
	First  []access.Named `json:"first"` // at most five of them
}

// firstNames is how many scopes a [Missing] names.
const firstNames = 5

// Gaps lists what the snapshot did not see, in the order of [access.Areas].
// Without holds the areas that the configuration leaves out.
func Gaps(s *access.Snapshot, without ...access.Area) []Gap {
	var out []Gap
	for _, c := range s.Coverage.Gaps() {
		g := Gap{
			Area: c.Area, Status: told(c.Status), Reason: c.Reason, Help: c.Help, Since: utc(c.Since), Seen: c.Seen, Total: c.Total,
			Missing: missing(s, c.Area), own: s.Coverage.For(c.Area, 0).Status != access.Complete,
		}
		g.Expected = !slices.Contains(without, c.Area) && expected(g)
		out = append(out, g)
	}
	return out
}

// told gives the status a word where nobody tried.
func told(s access.Status) access.Status {
	if s == access.Unread {
		return "unread"
	}
	return s
}

// expected is true unless everything that is missing is missing because there
// is no such thing.
func expected(g Gap) bool {
	if g.own {
		return g.Status != access.Unavailable
	}
	return slices.ContainsFunc(g.Missing, func(m Missing) bool { return m.Status != access.Unavailable })
}

// missing groups the scopes of an area by reason. Reasons that differ only in
// naming their own scope are one.
func missing(s *access.Snapshot, a access.Area) []Missing {
	type key struct {
		status       access.Status
		reason, help string
	}
	at := map[key]int{}
	var out []Missing
	for _, c := range s.Coverage.Exceptions(a) {
		name := scope(s, a, c.Scope)
		k := key{told(c.Status), nameless(c.Reason, name, s.Org.Login), c.Help}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Missing{Status: k.status, Reason: c.Reason, Help: c.Help, First: []access.Named{}})
		}
		m := &out[i]
		if m.Reason != c.Reason {
			m.Reason = k.reason
		}
		if m.Count++; m.Count <= firstNames {
			m.First = append(m.First, name)
		}
	}
	return out
}

// nameless writes "acme/…" for the name of a thing in the organization.
func nameless(reason string, n access.Named, login string) string {
	_, name, ok := strings.Cut(n.Name, ":")
	if !ok || !strings.HasPrefix(name, login+"/") {
		return reason
	}
	return strings.ReplaceAll(reason, name, login+"/…")
}

// scope names what an area was read for.
func scope(s *access.Snapshot, a access.Area, id int64) access.Named {
	kind := access.NoKind
	switch a {
	case access.AreaTeams, access.AreaTeamMembers, access.AreaTeamGrants:
		kind = access.Team
	case access.AreaRepositories, access.AreaDirectGrants, access.AreaEnvironments, access.AreaGates,
		access.AreaPolicies, access.AreaSecrets, access.AreaDeployKeys, access.AreaRepoInvitations:
		kind = access.Repo
	case access.AreaMembers, access.AreaTwoFactor, access.AreaOutside, access.AreaAuditLog, access.AreaContributions:
		kind = access.User
	case access.AreaInvitations, access.AreaFailedInvitations:
		kind = access.Invitation
	case access.AreaOrganization, access.AreaSettings, access.AreaWorkflowToken:
		kind = access.Org
	case access.AreaOrgRoleAssignments, access.AreaOrgRoles:
		if r, ok := s.OrgRole(id); ok {
			return access.Named{Ref: access.Ref{ID: id}, Name: "organization role " + r.Name}
		}
	}
	ref := access.Ref{Kind: kind, ID: id}
	return access.Named{Ref: ref, Name: s.Name(ref)}
}

// unexpected counts the gaps that leave a result uncertain.
func unexpected(gaps []Gap) int {
	n := 0
	for _, g := range gaps {
		if g.Expected {
			n++
		}
	}
	return n
}

// gaps writes what was not seen; nothing where everything was.
func (p *page) gaps(gaps []Gap) {
	if len(gaps) == 0 {
		return
	}
	title, s := "Not seen", dim
	rest := halves(gaps) + "; nothing is concluded from what was not seen"
	if unexpected(gaps) > 0 {
		s = warn
	}
	p.section(s, title, rest)
	p.gap()
	if crowded(gaps) && !p.all {
		p.steps(gaps)
		return
	}
	width := 0
	for _, g := range gaps {
		width = max(width, columns(string(g.Area)))
	}
	for _, first := range []bool{true, false} {
		for _, g := range gaps {
			if g.Expected == first {
				p.gapOf(g, width)
			}
		}
	}
}

// halves says how many kinds of data were not seen at all, and how many in part.
func halves(gaps []Gap) string {
	part := 0
	for _, g := range gaps {
		if g.Status == access.Partial {
			part++
		}
	}
	switch none := len(gaps) - part; {
	case part == 0:
		return count(none, "kind of data", "kinds of data")
	case none == 0:
		return count(part, "kind of data", "kinds of data") + " in part"
	default:
		return count(none, "kind of data", "kinds of data") + ", and " + number(part) + " in part"
	}
}

// shownReasons is how many reasons of one area a page spells out.
const shownReasons = 4

// statusWidth is the width of the longest status, "unavailable".
const statusWidth = 11

func (p *page) gapOf(g Gap, areaWidth int) {
	s := warn
	note := ""
	if !g.Expected {
		s, note = dim, " (not counted as missing)"
	}
	status := s.of(string(g.Status))
	lead := []span{
		status, space(statusWidth - columns(status.text) + gutter),
		strong.of(string(g.Area)), space(areaWidth - columns(string(g.Area)) + gutter),
	}
	indent := 2 + total(lead)
	if indent > p.width-40 {
		indent = 2 + statusWidth + gutter
	}
	switch one := len(g.Missing) == 1; {
	case g.own || len(g.Missing) == 0:
		p.hang(2, lead, plain, g.Reason+note)
		p.help(indent, g.Help)
	case one:
		p.hang(2, lead, plain, "all but "+g.missing()+": "+g.Missing[0].Reason+note)
	default:
		p.hang(2, lead, plain, "all but "+g.missing()+note)
	}
	for i, m := range g.Missing {
		if i == shownReasons && len(g.Missing) > shownReasons+1 && !p.all {
			p.para(indent, dim, number(len(g.Missing)-i)+" more reasons; the JSON output lists them all")
			break
		}
		if len(g.Missing) > 1 || g.own {
			p.para(indent, plain, amount(m.Count, m.First)+": "+m.Reason)
		}
		p.para(indent, dim, names(m.First, m.Count, firstNames))
		p.help(indent, m.Help)
	}
}

func (p *page) help(indent int, text string) {
	if text != "" {
		p.hang(indent, []span{dim.of("would help: ")}, plain, text)
	}
}

// missing says how much of an area is missing.
func (g Gap) missing() string {
	n := 0
	for _, m := range g.Missing {
		n += m.Count
	}
	return amount(n, g.Missing[0].First)
}

// amount counts scopes; the first of them tell what they are.
func amount(n int, first []access.Named) string {
	kind := access.NoKind
	if len(first) > 0 {
		kind = first[0].Kind
	}
	switch kind {
	case access.Repo:
		return count(n, "repository", "repositories")
	case access.Team:
		return count(n, "team", "teams")
	case access.User:
		return count(n, "person", "people")
	}
	return count(n, "exception", "exceptions")
}

// gapColumns are the columns in which a table in CSV tells of gaps.
var gapColumns = []string{"area", "status", "reason", "help"}

// gapRows writes one row for each gap and each group of exceptions.
func (s *sheet) gapRows(columns []string, about fields, gaps []Gap) error {
	for _, g := range gaps {
		lines := g.Missing
		if g.own || len(lines) == 0 {
			lines = append([]Missing{{Status: g.Status, Reason: g.Reason, Help: g.Help}}, lines...)
		}
		for _, m := range lines {
			reason := strings.TrimPrefix(names(m.First, m.Count, firstNames)+": "+m.Reason, ": ")
			row := fields{"row": "gap", "area": string(g.Area), "status": string(m.Status), "reason": reason, "help": m.Help}
			if err := s.fields(columns, row, about); err != nil {
				return err
			}
		}
	}
	return nil
}
