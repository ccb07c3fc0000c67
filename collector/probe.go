package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// Sight is what a credential may see of an organization, found by looking at one
// thing of each kind instead of reading all.
type Sight struct {
	Org          access.Organization
	Viewer       string // login of the account behind the credential; "" where it is not told
	App          bool   // it is a GitHub App's
	Administers  bool   // the account owns the organization
	Member       bool   // it belongs to it
	Plan         string // "" where it is not told
	Repositories int    // that are shown
	Looked       int    // repositories that were looked at for what hangs on them
	// Areas has a line for each kind of data, in the order of reports: what reading
	// it would come to. Complete promises no more than that nothing stood in the way.
	Areas []access.Cover
}

// Of gives the line of one kind of data.
func (s Sight) Of(a access.Area) access.Cover {
	for _, l := range s.Areas {
		if l.Area == a {
			return l
		}
	}
	return access.Cover{Area: a, Total: -1}
}

type probeQuery struct {
	Organization *struct {
		ID         string
		DatabaseID int64
		Login      string
		viewer
		Repositories *nodes[probedRepository] `graphql:"repositories(first:$n,orderBy:{field:PUSHED_AT,direction:DESC})"`
	} `graphql:"organization(login:$org)"`
	Viewer    *asked
	RateLimit *github.RateLimit
}

// probePeople is apart from the rest: where it is refused, GitHub gives null for
// the whole organization.
type probePeople struct {
	Organization *struct {
		MembersWithRole *struct {
			TotalCount int
			Edges      []*struct{ HasTwoFactorEnabled *bool }
		} `graphql:"membersWithRole(first:1)"`
		Teams *struct{ TotalCount int } `graphql:"teams(first:1)"`
	} `graphql:"organization(login:$org)"`
	RateLimit *github.RateLimit
}

type probedRepository struct {
	Name          string
	Collaborators *struct{ TotalCount int } `graphql:"collaborators(first:1,affiliation:DIRECT)"`
	Environments  *struct {
		TotalCount int
		Nodes      []*struct{ Name string }
	} `graphql:"environments(first:1)"`
}

// probed is how many repositories are looked at: those that were worked on last.
const probed = 10

// prober looks at one kind after the other.
type prober struct {
	*run
	sight Sight
	gaps  map[access.Area]gap
	repo  string // that stands for all; "" where none is shown
	env   *probedRepository
}

// Probe finds out what the client's credential may see of an organization. It
// spends two GraphQL points and at most [ProbeCalls] REST calls.
func Probe(ctx context.Context, c Client, login string) (Sight, error) {
	p := &prober{run: &run{c: c, stated: -1}, gaps: map[access.Area]gap{}}
	if err := p.look(ctx, login); err != nil {
		return p.sight, fmt.Errorf("looking at what the credential may see of %s: %w", login, err)
	}
	for _, step := range []func(context.Context) error{p.people, p.settingsOf, p.lists, p.roles, p.ofRepository} {
		if err := step(ctx); err != nil {
			return p.sight, fmt.Errorf("looking at what the credential may see of %s: %w", login, err)
		}
	}
	for _, a := range access.Areas {
		l := access.Cover{Area: a, Status: access.Complete, Total: -1}
		if g, ok := p.gaps[a]; ok {
			l.Status, l.Reason, l.Help = g.status, g.reason, g.help
		}
		p.sight.Areas = append(p.sight.Areas, l)
	}
	return p.sight, nil
}

// lower notes a gap; the first one of an area stays.
func (p *prober) lower(g gap, areas ...access.Area) {
	for _, a := range areas {
		if _, ok := p.gaps[a]; !ok {
			p.gaps[a] = g
		}
	}
}

// look asks by GraphQL for one of each, and finds the organization.
func (p *prober) look(ctx context.Context, login string) error {
	var q probeQuery
	t, err := sift(p.c.Query(ctx, &q, map[string]any{"org": githubv4.String(login), "n": githubv4.Int(probed)}))
	o := q.Organization
	if err == nil && (o == nil || o.DatabaseID <= 0) {
		err = cmp.Or(t.at("organization"), fmt.Errorf("GitHub did not say which it is: %w", github.ErrNotFound))
	}
	if err != nil {
		return err
	}
	p.org = access.Organization{ID: o.DatabaseID, NodeID: o.ID, Login: o.Login}
	p.sight = Sight{Org: p.org, Viewer: value(q.Viewer).Login, App: q.Viewer.app(), Administers: o.ViewerCanAdminister, Member: o.ViewerIsAMember}
	if t.sso != nil {
		p.lower(leftOut("what hangs on "+o.Login, t.sso), access.Areas...)
	}
	p.repositoriesOf(q, t)
	return nil
}

// people asks for one member and one team.
func (p *prober) people(ctx context.Context) error {
	var q probePeople
	t, err := sift(p.c.Query(ctx, &q, map[string]any{"org": githubv4.String(p.org.Login)}))
	if err = p.weigh(err); stopped(err) != nil {
		return err
	}
	o, areas := value(q.Organization), []access.Area{access.AreaMembers, access.AreaTwoFactor}
	mine := p.sight.Administers || p.sight.App
	switch {
	case o.MembersWithRole == nil:
		p.lower(missing(access.AreaMembers, "members of "+p.org.Login, cmp.Or(err, t.at("organization"))), areas...)
	case !p.sight.Member && !mine:
		p.lower(denied(access.AreaMembers, "only public members are listed: the token is not of a member"), areas...)
	case len(o.MembersWithRole.Edges) == 0 || value(o.MembersWithRole.Edges[0]).HasTwoFactorEnabled == nil:
		p.lower(denied(access.AreaTwoFactor, "GitHub tells the second factor of members to organization owners alone"), access.AreaTwoFactor)
	}
	switch {
	case o.Teams == nil:
		p.lower(missing(access.AreaTeams, "teams of "+p.org.Login, cmp.Or(err, t.at("organization"))), teamAreas...)
	case !mine:
		g := denied(access.AreaTeams, "secret teams are visible only to their members and to owners")
		g.status = access.Partial
		p.lower(g, teamAreas...)
	}
	if g, ok := p.gaps[access.AreaTeams]; ok {
		why := partial("a reviewer may be a team that is not shown: %s", g.reason)
		why.help = g.help
		p.lower(why, access.AreaGates)
	}
	return nil
}

// repositoriesOf judges what hangs on repositories by some of them.
func (p *prober) repositoriesOf(q probeQuery, t *troubles) {
	list := q.Organization.Repositories
	if list == nil {
		p.lower(missing(access.AreaRepositories, "repositories of "+p.org.Login, t.at("organization", "repositories")), repositoryAreas...)
		return
	}
	p.sight.Repositories = list.TotalCount
	shut := map[access.Area]int{}
	why := map[access.Area]error{}
	for i, n := range list.Nodes {
		at := []any{"organization", "repositories", "nodes", i}
		p.sight.Looked++
		if n == nil { // what may not be null was refused, and took the repository along
			shut[access.AreaRepositories]++
			why[access.AreaRepositories] = t.at(at...)
			n = &probedRepository{}
		}
		p.repo = cmp.Or(p.repo, n.Name)
		if err := t.at(append(at, "collaborators")...); n.Collaborators == nil && (err != nil || n.Name != "") {
			shut[access.AreaDirectGrants]++
			why[access.AreaDirectGrants] = err
		}
		if err := t.at(append(at, "environments")...); n.Environments == nil && (err != nil || n.Name != "") {
			shut[access.AreaEnvironments]++
			why[access.AreaEnvironments] = err
		} else if n.Environments != nil && p.env == nil && len(n.Environments.Nodes) > 0 && n.Environments.Nodes[0] != nil {
			p.env = n
		}
	}
	for a, n := range shut {
		g := missing(a, fmt.Sprintf("in %d of %d repositories that were looked at", n, p.sight.Looked), why[a])
		if n < p.sight.Looked {
			g.status = access.Partial
		}
		p.lower(g, a)
		if a == access.AreaEnvironments {
			p.lower(g, access.AreaGates, access.AreaPolicies, access.AreaSecrets)
		}
	}
}

// settingsOf asks for the settings, which tell the plan and the count of the
// repositories as well.
func (p *prober) settingsOf(ctx context.Context) error {
	var a settingsAnswer
	resp, err := p.get(ctx, "orgs/"+p.org.Login, &a)
	if err = p.rested(resp, err); err == nil && a.ID == 0 {
		err = errors.New("the answer is no organization")
	}
	if err != nil {
		p.lower(gapOf(access.AreaSettings, "settings of "+p.org.Login, err), access.AreaSettings)
		return stopped(err)
	}
	s, g := a.read(p.org.Login)
	if g != nil {
		p.lower(*g, access.AreaSettings)
	}
	p.plan, p.sight.Plan = s.Plan, s.Plan
	if a.PublicRepos != nil && a.PrivateRepos != nil {
		p.stated = *a.PublicRepos + *a.PrivateRepos
	}
	return p.hidden(ctx)
}

// hidden judges whether repositories are kept from the credential.
func (p *prober) hidden(ctx context.Context) error {
	listed := p.sight.Repositories
	g := partial("repositories of %s: those that the token may not see are not listed", p.org.Login)
	g.help = "an organization owner's token (scope repo), or an app installed on all repositories"
	switch {
	case p.stated >= 0 && listed >= p.stated:
		return nil
	case p.stated >= 0:
		g.reason = fmt.Sprintf("the organization has %d repositories, and %d are shown to the token", p.stated, listed)
	case p.sight.App:
		var a struct {
			Selection string `json:"repository_selection"`
		}
		resp, err := p.get(ctx, "installation/repositories?per_page=1", &a)
		if err = p.rested(resp, err); stopped(err) != nil {
			return err
		}
		if err == nil && a.Selection == "all" {
			return nil
		}
	}
	p.lower(g, repositoryAreas...)
	p.lower(g, access.AreaTeamGrants) // a team's list is as short
	return nil
}
