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

// ErrElsewhere is a login that belongs to another organization than when the pass
// began. What was asked by the login meanwhile may have been told of either.
var ErrElsewhere = errors.New("the login belongs to another organization")

// elsewhere is ErrElsewhere with the numbers of both.
type elsewhere struct {
	login   string
	now, of int64
}

func (e *elsewhere) Error() string {
	return fmt.Sprintf("the login %s now belongs to organization %d, not to %d any more", e.login, e.now, e.of)
}

func (e *elsewhere) Is(target error) bool { return target == ErrElsewhere }

// now is what GitHub says of the organization at one moment of the pass, asked
// live: neither what is on the tape nor what was kept can confirm anything.
type now struct {
	facts  *facts // nil: not told since the lists ended
	stated int    // how many repositories the organization says it has; -1: not told
}

// facts come with the query that confirms names, and cost no point beside them.
type facts struct {
	shown int  // how many repositories the token is shown; -1: not told
	owner bool // the account behind the token owns the organization
	teams bool // the token is shown teams
}

type factsAnswer struct {
	DatabaseID int64
	viewer
	Repositories *struct{ TotalCount int } `graphql:"repositories(first:1)"`
}

// teamsAnswer is apart: where teams are refused, all that is beside them is null.
type teamsAnswer struct {
	Teams *struct{ TotalCount int } `graphql:"teams(first:1)"`
}

// names asks which names repositories have, by their ids, and with it for the facts.
func (r *run) names(ctx context.Context, ids []githubv4.ID) (*namesQuery, *troubles, error) {
	var q namesQuery
	vars := map[string]any{"org": githubv4.String(r.org.Login)}
	for i, field := range nameFields {
		vars[field] = ids[min(i*idsAtOnce, len(ids)):min((i+1)*idsAtOnce, len(ids))]
	}
	err := r.query(github.Live(ctx), &q, vars)
	if stopped(err) != nil || heavy(err) {
		return &q, nil, err
	}
	t, err := sift(err)
	if o := q.Organization; err == nil && o != nil {
		if err := r.same(o.DatabaseID); err != nil {
			return &q, t, err
		}
		f := &facts{shown: -1, owner: o.ViewerCanAdminister, teams: q.Crew != nil && q.Crew.Teams != nil && t.at("crew") == nil}
		if o.Repositories != nil && t.at("organization", "repositories") == nil {
			f.shown = o.Repositories.TotalCount
		}
		r.mu.Lock()
		r.now.facts = f
		r.mu.Unlock()
	}
	return &q, t, err
}

// facts asks for them.
func (r *run) facts(ctx context.Context) (facts, error) {
	q, t, err := r.names(ctx, []githubv4.ID{})
	if err != nil {
		return facts{}, err
	}
	if why := t.at("organization"); why != nil || q.Organization == nil || q.Organization.Repositories == nil {
		return facts{}, missingNode(why)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return *r.now.facts, nil
}

// latest gives the facts that came since the lists ended, or asks for them.
func (r *run) latest(ctx context.Context) (facts, error) {
	if f := r.now.facts; f != nil && f.shown >= 0 {
		return *f, nil
	}
	return r.facts(ctx)
}

// confirmLists asks once more, after the last answer that rests on it, whose the
// login is and what the token is shown. Lists that were asked for by a login that
// has gone to somebody else are not this organization's, and end the pass.
func (r *run) confirmLists(ctx context.Context) error {
	if !r.reads(access.Areas...) {
		return nil
	}
	r.now.facts = nil
	if err := r.confirmRest(ctx); err != nil {
		return err
	}
	if err := r.restate(ctx); err != nil {
		return err
	}
	if err := r.lowerHidden(ctx); err != nil || len(r.gates) == 0 {
		return err
	}
	f, err := r.latest(ctx)
	if end := stopped(err); end != nil {
		return end
	}
	return r.settleGates(ctx, f)
}

// restate asks for the organization by its login, and how many repositories it
// says it has. Who it is may have been told with the names instead.
func (r *run) restate(ctx context.Context) error {
	var a settingsAnswer
	resp, err := r.get(github.Live(ctx), "orgs/"+r.org.Login, &a)
	err = r.rested(resp, err)
	if end := stopped(err); end != nil {
		return end
	}
	r.now.stated = -1
	if err == nil && a.ID != 0 {
		r.now.stated = a.repositories()
		return r.same(a.ID)
	}
	if r.now.facts == nil {
		if _, asked := r.facts(ctx); asked != nil {
			if end := stopped(asked); end != nil {
				return end
			}
			return &stop{fmt.Errorf("confirming whose the login %s is: %w", r.org.Login, cmp.Or(err, asked))}
		}
	}
	return nil
}
