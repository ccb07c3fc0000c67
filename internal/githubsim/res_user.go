package githubsim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

func userField(get func(e *exec, u *User, a args) any) fieldFunc {
	return func(e *exec, v any, a args) any { return get(e, v.(*User), a) }
}

var userFields = map[string]fieldFunc{
	"contributionsCollection": userField(func(e *exec, u *User, a args) any { return e.contributions(u, a) }),
	"createdAt":               userField(func(_ *exec, u *User, _ args) any { return u.CreatedAt }),
	"updatedAt":               userField(func(_ *exec, u *User, _ args) any { return latest(u.UpdatedAt, u.CreatedAt) }),
	"databaseId":              userField(func(_ *exec, u *User, _ args) any { return int32ID(u.ID) }),
	"email":                   userField(func(_ *exec, u *User, _ args) any { return u.Email }),
	"id":                      userField(func(_ *exec, u *User, _ args) any { return nodeID("User", u.ID) }),
	"isSiteAdmin":             userField(func(_ *exec, u *User, _ args) any { return u.SiteAdmin }),
	"isViewer":                userField(func(e *exec, u *User, _ args) any { return e.v.user == u }),
	"login":                   userField(func(_ *exec, u *User, _ args) any { return u.Login }),
	"name":                    userField(func(_ *exec, u *User, _ args) any { return orNull(u.Name) }),
	"organization": userField(func(e *exec, u *User, a args) any {
		if o := e.x.org(a.str("login")); o != nil && o.member(u.Login) != nil && e.v.member(o) {
			return o
		}
		return nil
	}),
	"organizations": userField(func(e *exec, u *User, a args) any {
		var out []*orgIndex
		for _, o := range e.x.World.Orgs {
			if oi := e.x.org(o.Login); oi.member(u.Login) != nil && e.v.member(oi) {
				out = append(out, oi)
			}
		}
		by, desc := a.order()
		slices.SortStableFunc(out, func(x, y *orgIndex) int {
			n := strings.Compare(fold(x.Login), fold(y.Login))
			if by == "CREATED_AT" {
				n = x.CreatedAt.Compare(y.CreatedAt)
			}
			if desc {
				return -n
			}
			return n
		})
		return connectionOf(out, argsKey(a))
	}),
	"resourcePath": userField(func(_ *exec, u *User, _ args) any { return "/" + u.Login }),
	"url":          userField(func(_ *exec, u *User, _ args) any { return site + "/" + u.Login }),
}

// botLogin is a bot's login in GraphQL, without the [bot] that REST adds.
func botLogin(u *User) string { return strings.TrimSuffix(u.Login, "[bot]") }

var botFields = map[string]fieldFunc{
	"createdAt":    userField(func(_ *exec, u *User, _ args) any { return u.CreatedAt }),
	"updatedAt":    userField(func(_ *exec, u *User, _ args) any { return latest(u.UpdatedAt, u.CreatedAt) }),
	"databaseId":   userField(func(_ *exec, u *User, _ args) any { return int32ID(u.ID) }),
	"id":           userField(func(_ *exec, u *User, _ args) any { return nodeID("Bot", u.ID) }),
	"login":        userField(func(_ *exec, u *User, _ args) any { return botLogin(u) }),
	"resourcePath": userField(func(_ *exec, u *User, _ args) any { return "/apps/" + botLogin(u) }),
	"url":          userField(func(_ *exec, u *User, _ args) any { return site + "/apps/" + botLogin(u) }),
}

// contributed is somebody's contributions in a window. Worlds know one moment
// of activity a person: it shows as a commit in a repository that the person
// can write to, or as an opened issue if there is none.
type contributed struct {
	user     *User
	from, to time.Time
	at       time.Time // zero: nothing in the window
	repo     *repoOf   // nil: an issue
	hidden   bool      // in a repository that the viewer does not see
}

// contributions works out a window as GitHub does: at most a year long, by
// default the year that ends now.
func (e *exec) contributions(u *User, a args) any {
	from, hasFrom := a["from"].(time.Time)
	to, hasTo := a["to"].(time.Time)
	if !hasTo {
		if to = e.c.now; hasFrom && from.AddDate(1, 0, 0).Before(to) {
			to = from.AddDate(1, 0, 0)
		}
	}
	if !hasFrom {
		from = to.AddDate(-1, 0, 0)
	}
	if to.After(from.AddDate(1, 0, 0)) {
		return fail("INVALID", "The total time spanned by 'from' and 'to' must not exceed 1 year")
	}
	c := contributed{user: u, from: from, to: to}
	orgs := e.x.World.Orgs
	if a.has("organizationID") {
		o, isOrg := e.x.node(a.str("organizationID")).(*orgIndex)
		if !isOrg {
			return fail("NOT_FOUND", "Could not resolve to a node with the global id of '%s'", a.str("organizationID"))
		}
		orgs = []*Org{o.Org}
	}
	if u.LastActivity.Before(from) || u.LastActivity.After(to) {
		return c
	}
	for _, o := range orgs {
		oi := e.x.org(o.Login)
		if oi.member(u.Login) == nil && len(oi.direct[fold(u.Login)]) == 0 {
			continue
		}
		c.at = u.LastActivity
		if r := oi.writable(u.Login); r != nil {
			c.repo = &repoOf{r, oi}
			c.hidden = !e.v.sees(*c.repo)
			break
		}
	}
	return c
}

// writable is the first repository by name that somebody can push to; nil for
// none.
func (o *orgIndex) writable(login string) *Repo {
	everywhere := o.owner(login) || o.member(login) != nil && o.rank(o.Settings.DefaultRepositoryPermission) >= rankWrite
	for _, role := range o.OrgRoles {
		everywhere = everywhere || o.rank(role.Grants()) >= rankWrite && o.holds(role, login)
	}
	if everywhere {
		if len(o.byName) == 0 {
			return nil
		}
		return o.byName[0]
	}
	held := slices.Clone(o.direct[fold(login)])
	for _, t := range o.teamsOf[fold(login)] {
		for _, p := range o.parents(t) {
			held = append(held, o.granted[fold(p.Slug)]...)
		}
	}
	held = slices.DeleteFunc(held, func(g grant) bool { return o.rank(g.permission) < rankWrite })
	if len(held) == 0 {
		return nil
	}
	return slices.MinFunc(held, func(x, y grant) int { return cmp.Compare(fold(x.repo.Name), fold(y.repo.Name)) }).repo
}

func contributionsField(get func(c contributed) any) fieldFunc {
	return func(_ *exec, v any, _ args) any { return get(v.(contributed)) }
}

// commits reports whether the activity shows as a commit.
func (c contributed) commits() bool { return c.repo != nil && !c.hidden }

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

var contributionsFields = map[string]fieldFunc{
	"commitContributionsByRepository": contributionsField(func(c contributed) any {
		if !c.commits() {
			return []any{}
		}
		return []any{c}
	}),
	"issueContributions": contributionsField(func(c contributed) any {
		if c.at.IsZero() || c.repo != nil {
			return connectionOf([]contributed{}, "")
		}
		return connectionOf([]contributed{c}, "")
	}),
	"latestRestrictedContributionDate": contributionsField(func(c contributed) any {
		if !c.hidden {
			return nil
		}
		return c.at.UTC().Format(time.DateOnly)
	}),
	"pullRequestContributions":       contributionsField(func(contributed) any { return connectionOf([]contributed{}, "") }),
	"pullRequestReviewContributions": contributionsField(func(contributed) any { return connectionOf([]contributed{}, "") }),
	"endedAt":                        contributionsField(func(c contributed) any { return c.to }),
	"startedAt":                      contributionsField(func(c contributed) any { return c.from }),
	"hasAnyContributions":            contributionsField(func(c contributed) any { return !c.at.IsZero() && !c.hidden }),
	"hasAnyRestrictedContributions":  contributionsField(func(c contributed) any { return c.hidden }),
	"restrictedContributionsCount":   contributionsField(func(c contributed) any { return oneIf(c.hidden) }),
	"totalCommitContributions":       contributionsField(func(c contributed) any { return oneIf(c.commits()) }),
	"totalIssueContributions":        contributionsField(func(c contributed) any { return oneIf(!c.at.IsZero() && c.repo == nil) }),
	"totalPullRequestContributions":  contributionsField(func(contributed) any { return 0 }),
	"totalPullRequestReviewContributions": contributionsField(func(contributed) any {
		return 0
	}),
	"totalRepositoriesWithContributedCommits": contributionsField(func(c contributed) any { return oneIf(c.commits()) }),
	"user": contributionsField(func(c contributed) any { return c.user }),
}

var commitsFields = map[string]fieldFunc{
	"contributions": contributionsField(func(c contributed) any { return connectionOf([]contributed{c}, "") }),
	"repository":    contributionsField(func(c contributed) any { return *c.repo }),
}

// createdFields are those of an issue, a pull request or a review.
var createdFields = map[string]fieldFunc{
	"isRestricted": contributionsField(func(c contributed) any { return c.hidden }),
	"occurredAt":   contributionsField(func(c contributed) any { return c.at }),
	"user":         contributionsField(func(c contributed) any { return c.user }),
}

var commitFields = map[string]fieldFunc{
	"commitCount":  contributionsField(func(contributed) any { return 1 }),
	"isRestricted": contributionsField(func(contributed) any { return false }),
	"occurredAt":   contributionsField(func(c contributed) any { return c.at }),
	"repository":   contributionsField(func(c contributed) any { return *c.repo }),
	"user":         contributionsField(func(c contributed) any { return c.user }),
}
