package githubsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// crowd is an organization of n repositories, n teams and n members.
func crowd(n int) *World {
	w := village()
	o := w.Orgs[0]
	o.Repos, o.Teams, o.Members, o.OrgRoles = nil, nil, nil, nil
	for i := range n {
		login := fmt.Sprintf("p%03d", (i*37)%n)
		w.Users = append(w.Users, &User{Login: login, ID: int64(1000 + i), Type: "User", CreatedAt: w.Meta.Now.AddDate(-1, 0, -i)})
		o.Members = append(o.Members, &Member{Login: login, Role: "member"})
		o.Teams = append(o.Teams, &Team{Slug: fmt.Sprintf("t%03d", (i*53)%n), Name: fmt.Sprintf("T%03d", (i*53)%n), ID: int64(5000 + i), Privacy: "closed"})
		o.Repos = append(o.Repos, &Repo{Name: fmt.Sprintf("r%03d", (i*71)%n), ID: int64(9000 + i), Visibility: "private", CreatedAt: w.Meta.Now.AddDate(-1, 0, i), UpdatedAt: w.Meta.Now.AddDate(0, 0, -(i*29)%n)})
	}
	return w
}

// gqlPage is a page as a client reads it.
type gqlPage struct {
	TotalCount int
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
	Nodes []struct{ ID, Name, Login string }
}

func (s *sim) gqlPage(field, args string) gqlPage {
	s.t.Helper()
	sel := "id"
	raw := s.data(`{organization(login:"village"){x:` + field + `(` + args + `){totalCount pageInfo{hasNextPage hasPreviousPage startCursor endCursor} nodes{` + sel + `}}}}`)
	var out struct{ Organization struct{ X gqlPage } }
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		s.t.Fatal(err)
	}
	return out.Organization.X
}

func TestAnyPageSizeReturnsEachItemOnce(t *testing.T) {
	const n = 103
	s := startSim(t, crowd(n), Options{PrimaryLimit: Unlimited})
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.SampledFrom([]string{"repositories", "teams", "membersWithRole"}).Draw(t, "field")
		size := rapid.IntRange(1, 100).Draw(t, "size")
		back := rapid.Bool().Draw(t, "backwards")
		order := ""
		if field == "repositories" {
			order = ",orderBy:{field:" + rapid.SampledFrom([]string{"NAME", "CREATED_AT", "UPDATED_AT", "PUSHED_AT"}).Draw(t, "by") + ",direction:" + rapid.SampledFrom([]string{"ASC", "DESC"}).Draw(t, "direction") + "}"
		}
		seen := map[string]bool{}
		cursor := ""
		for pages := 0; ; pages++ {
			args, cut := fmt.Sprintf("first:%d", size), "after"
			if back {
				args, cut = fmt.Sprintf("last:%d", size), "before"
			}
			if cursor != "" {
				args += fmt.Sprintf(",%s:%q", cut, cursor)
			}
			p := s.gqlPage(field, args+order)
			for _, node := range p.Nodes {
				if seen[node.ID] {
					t.Fatalf("%s came twice", node.ID)
				}
				seen[node.ID] = true
			}
			if p.TotalCount != n || pages > n {
				t.Fatalf("totalCount %d on page %d", p.TotalCount, pages)
			}
			more := p.PageInfo.HasNextPage
			cursor = *p.PageInfo.EndCursor
			if back {
				more, cursor = p.PageInfo.HasPreviousPage, *p.PageInfo.StartCursor
			}
			if !more {
				break
			}
		}
		if len(seen) != n {
			t.Fatalf("%d of %d items came", len(seen), n)
		}
	})
}

func TestOrderByIsHonoured(t *testing.T) {
	w := crowd(40)
	s := startSim(t, w, Options{})
	x := w.Index()
	for order, less := range map[string]func(a, b *Repo) int{
		"NAME":       func(a, b *Repo) int { return strings.Compare(a.Name, b.Name) },
		"CREATED_AT": func(a, b *Repo) int { return a.CreatedAt.Compare(b.CreatedAt) },
		"UPDATED_AT": func(a, b *Repo) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
	} {
		for _, direction := range []string{"ASC", "DESC"} {
			p := s.gqlPage("repositories", "first:100,orderBy:{field:"+order+",direction:"+direction+"}")
			var got []*Repo
			for _, n := range p.Nodes {
				got = append(got, x.node(n.ID).(repoOf).Repo)
			}
			if direction == "DESC" {
				slices.Reverse(got)
			}
			if len(got) != 40 || !slices.IsSortedFunc(got, less) {
				t.Errorf("%s %s is not in order", order, direction)
			}
		}
	}
}

func TestPagingIsRefusedWhereGitHubRefusesIt(t *testing.T) {
	s := startSim(t, crowd(5), Options{})
	cursor := *s.gqlPage("repositories", "first:2,orderBy:{field:NAME,direction:ASC}").PageInfo.EndCursor
	for args, want := range map[string][2]string{
		``:                    {"MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate the `repositories` connection."},
		`(first:101)`:         {"EXCESSIVE_PAGINATION", "Requesting 101 records on the `repositories` connection exceeds the `first` limit of 100 records."},
		`(last:200)`:          {"EXCESSIVE_PAGINATION", "exceeds the `last` limit of 100 records."},
		`(first:1,last:1)`:    {"INVALID_PAGINATION_BOUNDARIES", ""},
		`(first:0)`:           {"INVALID_PAGINATION_BOUNDARIES", ""},
		`(first:-1)`:          {"INVALID_PAGINATION_BOUNDARIES", ""},
		`(first:1,after:"x")`: {"INVALID_CURSOR_ARGUMENTS", "`x` does not appear to be a valid cursor."},
		`(first:1,orderBy:{field:NAME,direction:DESC},after:"` + cursor + `")`: {"INVALID_CURSOR_ARGUMENTS", "does not appear to be a valid cursor."},
		`(first:1,after:"` + cursor + `")`:                                     {"INVALID_CURSOR_ARGUMENTS", ""},
	} {
		a := s.ask(`{organization(login:"village"){repositories` + args + `{totalCount nodes{id}}}}`)
		if compact(t, a.Data) != `{"organization":null}` || a.Errors[0].Type != want[0] || !strings.Contains(a.Errors[0].Message, want[1]) || len(a.Errors[0].Path) != 2 {
			t.Errorf("%s: %s", args, a.Raw)
		}
	}
	if p := s.gqlPage("repositories", `first:9,orderBy:{field:NAME,direction:ASC},after:"`+cursor+`"`); len(p.Nodes) != 3 || p.PageInfo.HasNextPage || !p.PageInfo.HasPreviousPage {
		t.Errorf("the second page is %+v", p)
	}
	ids := strings.Repeat(`"x",`, 101)
	if a := s.ask(`{nodes(ids:[` + ids + `]){id}}`); a.Errors[0].Type != "ARGUMENT_LIMIT" {
		t.Errorf("101 ids: %s", a.Raw)
	}
}

func TestCostsFollowThePublishedFormula(t *testing.T) {
	s := startSim(t, village(), Options{PrimaryLimit: 100_000})
	ids := func(n int) []string { return slices.Repeat([]string{"x"}, n) }
	const r = `{organization(login:"village"){repositories(first:%d){nodes{collaborators(first:50,affiliation:DIRECT){totalCount} environments(first:10){totalCount} deployKeys(first:10){totalCount} branchProtectionRules(first:10){totalCount} rulesets(first:10){totalCount}}}} rateLimit(dryRun:true){cost nodeCount}}`
	for _, tt := range []struct {
		name, query string
		vars        []any
		cost, nodes int
	}{
		{"members", `{organization(login:"village"){membersWithRole(first:100){totalCount}} rateLimit(dryRun:true){cost nodeCount}}`, nil, 1, 100},
		{"teams", `{organization(login:"village"){teams(first:50){nodes{members(first:100,membership:IMMEDIATE){totalCount} repositories(first:100){totalCount}}}} rateLimit(dryRun:true){cost nodeCount}}`, nil, 1, 10_050},
		{"repositories 25", fmt.Sprintf(r, 25), nil, 1, 2_275},
		{"repositories 29", fmt.Sprintf(r, 29), nil, 1, 2_639},
		{"repositories 50", fmt.Sprintf(r, 50), nil, 3, 4_550},
		{"repositories 100", fmt.Sprintf(r, 100), nil, 5, 9_100},
		{"environments 36", `query($ids:[ID!]!){nodes(ids:$ids){... on Environment{protectionRules(first:3){nodes{reviewers(first:6){totalCount}}}}} rateLimit(dryRun:true){cost nodeCount}}`, []any{"ids", ids(36)}, 1, 36 + 108 + 648},
		{"environments 37", `query($ids:[ID!]!){nodes(ids:$ids){... on Environment{protectionRules(first:3){nodes{reviewers(first:6){totalCount}}}}} rateLimit(dryRun:true){cost nodeCount}}`, []any{"ids", ids(38)}, 2, 38 + 114 + 684},
		{"the documentation's example", `{viewer{organizations(first:100){nodes{repositories(first:50){nodes{deployments(first:60){totalCount}}}}}} rateLimit(dryRun:true){cost nodeCount}}`, nil, 51, 100 + 5_000 + 300_000},
		{"nothing", `{viewer{login} rateLimit(dryRun:true){cost nodeCount}}`, nil, 1, 0},
		{"what is skipped is free", `{organization(login:"village"){teams(first:100) @skip(if:true){nodes{members(first:100){totalCount}}}} rateLimit(dryRun:true){cost nodeCount}}`, nil, 1, 0},
	} {
		got := s.data(tt.query, tt.vars...)
		if want := fmt.Sprintf(`"rateLimit":{"cost":%d,"nodeCount":%d}}`, tt.cost, tt.nodes); !strings.HasSuffix(got, want) || !strings.Contains(got, "null,") {
			t.Errorf("%s: got %s, want nulls and %s", tt.name, got, want)
		}
	}
	a := s.ask(`{organization(login:"village"){teams(first:100){nodes{members(first:100){nodes{organizations(first:100){totalCount}}}}}}}`)
	if a.Data != nil || a.Status != http.StatusOK || a.Errors[0].Type != "MAX_NODE_LIMIT_EXCEEDED" || !strings.Contains(a.Errors[0].Message, "up to 1,010,100 possible nodes") {
		t.Errorf("too many nodes: %s", a.Raw)
	}
}

func TestTheWorldMayChangeBetweenTwoPages(t *testing.T) {
	s := startSim(t, crowd(10), Options{Faults: []Fault{{Match: "organization.repositories", Nth: 2, Mutate: func(w *World) { w.Orgs[0].Repos = w.Orgs[0].Repos[1:] }}}})
	first := s.gqlPage("repositories", "first:5")
	second := s.gqlPage("repositories", `first:5,after:"`+*first.PageInfo.EndCursor+`"`)
	if first.TotalCount != 10 || second.TotalCount != 9 || len(second.Nodes) != 4 || second.PageInfo.HasNextPage {
		t.Errorf("first %+v\nsecond %+v", first, second)
	}
}
