package collector

import (
	"context"
	"fmt"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// A token that may not see all repositories is shown a shorter list, whose total is
// as short. So what it is shown is compared with what the organization says that it
// has: before the lists are read, and once more after the last of them, as GitHub
// has it then. A repository that comes meanwhile must not stand in for a hidden one
// in the count, and a selection that is narrowed meanwhile must not go unnoticed.

type totalQuery struct {
	Organization *struct {
		DatabaseID   int64
		Repositories *struct{ TotalCount int } `graphql:"repositories(first:1)"`
	} `graphql:"organization(login:$org)"`
	Viewer    *asked
	RateLimit *github.RateLimit
}

// countRepositories asks how many repositories the token is shown, where teams'
// lists of them are read and nothing else of them.
func (r *run) countRepositories(ctx context.Context) error {
	if !r.reads(access.AreaTeamGrants) {
		return nil
	}
	var q totalQuery
	err := r.query(ctx, &q, map[string]any{"org": githubv4.String(r.org.Login)})
	if end := stopped(err); end != nil {
		return end
	}
	if _, err := sift(err); err == nil && q.Organization != nil && q.Organization.Repositories != nil {
		if err := r.same(q.Organization.DatabaseID); err != nil {
			return err
		}
		r.shown = q.Organization.Repositories.TotalCount
		return r.asksAs(ctx, q.Viewer)
	}
	return nil
}

// asksAs notes who asks. An app is asked, as soon as that is known, whether it is
// installed on all repositories.
func (r *run) asksAs(ctx context.Context, who *asked) (err error) {
	if who.app() && !r.app.Swap(true) {
		r.selection.before, err = r.selects(ctx)
	}
	return err
}

// selection is on which repositories an app is installed: "all", "selected", or ""
// where that is not known.
type selection struct{ before, after string }

// selects asks for it. GitHub's description does not promise that it is told.
func (r *run) selects(ctx context.Context) (string, error) {
	var a struct {
		Selection string `json:"repository_selection"`
	}
	resp, err := r.get(ctx, "installation/repositories?per_page=1", &a)
	if err = r.rested(resp, err); err != nil {
		return "", stopped(err)
	}
	return a.Selection, nil
}

// ofGone is the gap of what hangs on repositories, where that of the repositories is g.
func ofGone(g gap) gap {
	return partial("what hangs on repositories that are gone may still stand: %s", g.reason)
}

// lowerHidden notes that repositories may be missing from what was listed: GitHub
// leaves out what the token may not see, and of the total too.
func (r *run) lowerHidden(ctx context.Context) error {
	if !r.reads(repositoryAreas...) && !r.reads(access.AreaTeamGrants) {
		return nil
	}
	g, err := r.hides(ctx)
	if err != nil || g == nil {
		return err
	}
	r.hidden = true
	r.shorten(*g, repositoryAreas...)
	r.lower(*g, access.AreaTeamGrants) // a team's list is as short
	return nil
}

// unshown is the gap of repositories that may not be shown.
func (r *run) unshown(format string, args ...any) *gap {
	g := partial("repositories of %s: %s", r.org.Login, fmt.Sprintf(format, args...))
	g.help = "an organization owner's token (scope repo), or an app installed on all repositories"
	return &g
}

// hides says why repositories may be hidden; nil where they are not.
func (r *run) hides(ctx context.Context) (*gap, error) {
	if r.app.Load() {
		var err error
		if r.selection.after, err = r.selects(github.Live(ctx)); err != nil {
			return nil, err
		}
	}
	counted := r.stated >= 0 && r.shown >= 0
	if counted {
		if g, err := r.compare(ctx); g != nil || err != nil {
			return g, err
		}
	}
	switch s := r.selection; {
	case s.before == "selected" || s.after == "selected":
		return r.unshown("the app is installed on selected ones, and others are not listed"), nil
	case counted || s.before == "all" && s.after == "all":
		return nil, nil
	}
	return r.unshown("those that the token may not see are not listed"), nil
}

// mostCounts is how often it is counted anew while repositories come and go.
const mostCounts = 3

// compare sets the count of the organization beside that of the token, as both are
// now. Where they are what they were before, nothing moved. Else the token is asked
// on both sides of the other, so that they are of one moment.
func (r *run) compare(ctx context.Context) (*gap, error) {
	f, err := r.latest(ctx)
	if err != nil {
		return r.unconfirmed(err)
	}
	for range mostCounts {
		stated := r.now.stated
		if f.shown == r.shown && stated == r.stated && f.shown >= stated {
			return nil, nil
		}
		before := f.shown
		if f, err = r.facts(ctx); err != nil {
			return r.unconfirmed(err)
		}
		switch {
		case stated < 0:
			return r.unshown("how many there are is not told any more, so that some may not be shown"), nil
		case f.shown != before: // one came or went between
		case f.shown < stated:
			return r.unshown("the organization has %d, and %d are shown to the token", stated, f.shown), nil
		case r.shown >= r.stated || r.shown == f.shown:
			return nil, nil
		default:
			return r.unshown("the organization had %d, and %d were shown to the token", r.stated, r.shown), nil
		}
		if err := r.restate(ctx); err != nil {
			return nil, err
		}
	}
	return r.unshown("they come and go too quickly to be counted"), nil
}

// unconfirmed is the gap where nothing was counted, unless the pass ends with it.
func (r *run) unconfirmed(err error) (*gap, error) {
	g := gapOf(access.AreaRepositories, "how many repositories of "+r.org.Login+" are shown could not be confirmed", err)
	g.status = access.Partial
	return &g, stopped(err)
}
