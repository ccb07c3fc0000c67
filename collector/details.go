package collector

import (
	"cmp"
	"context"
	"errors"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// detailsQuery asks for what is heavy, and for how many there are of what is
// read elsewhere. Four connections a repository: 37 of them still cost a point.
type detailsQuery struct {
	Nodes []*struct {
		Typename string `graphql:"__typename" json:"__typename"`
		details  `graphql:"... on Repository"`
	} `graphql:"nodes(ids:$ids)"`
	RateLimit *github.RateLimit
}

type details struct {
	Number                int64               `graphql:"databaseId" json:"databaseId"`
	ViewerCanAdminister   bool                // whether empty lists may be believed is asked beside them
	Collaborators         *conn[collaborator] `graphql:"collaborators(first:50,affiliation:DIRECT)"`
	DeployKeys            *keyFacts           `graphql:"deployKeys(first:10)"`
	BranchProtectionRules *count              `graphql:"branchProtectionRules(first:1)"`
	Rulesets              *count              `graphql:"rulesets(first:1,includeParents:false)"`
}

// count is a connection of which only the size is asked.
type count struct{ TotalCount *int }

// readDetails asks for one batch, and in halves where the server cannot bear it.
func (w *repoWalk) readDetails(ctx context.Context, batch []*repository) error {
	q, before, err := w.askDetails(ctx, batch)
	if end := stopped(err); end != nil {
		return end
	}
	if heavy(err) && len(batch) > 1 {
		w.size.shrink(len(batch))
		w.r.o.Shrunk.Add(1)
		half := len(batch) / 2
		if err := w.readDetails(ctx, batch[:half]); err != nil {
			return err
		}
		return w.readDetails(ctx, batch[half:])
	}
	t, err := sift(err)
	if err == nil && len(t.items) == 0 {
		w.size.grow()
	}
	if t.sso != nil {
		w.r.lower(leftOut("details of repositories of "+w.r.org.Login, t.sso), access.AreaRepositories, access.AreaDirectGrants, access.AreaDeployKeys)
	}
	for i, n := range batch {
		d := detailed{repository: n, all: err, fault: func(field string) error { return t.at("nodes", i, field) }}
		if err == nil && i < len(q.Nodes) && q.Nodes[i] != nil && q.Nodes[i].Number == n.DatabaseID {
			d.details = q.Nodes[i].details
		} else if err == nil {
			d.all = missingNode(t.at("nodes", i))
		}
		if err := w.keepDetails(ctx, d, before); err != nil {
			return err
		}
	}
	w.r.out.progress(access.AreaDirectGrants, int(w.r.count.Load()))
	return nil
}

// detailed is a repository with its details, and what kept them back.
type detailed struct {
	*repository
	details
	all   error // nothing came
	fault func(field string) error
}

// trouble is what kept one field back.
func (d *detailed) trouble(field string) error {
	if d.all != nil {
		return d.all
	}
	return d.fault(field)
}

// errVanished is a thing that was listed and then came as null.
var errVanished = errors.New("it came as null, and GitHub did not say why")

func missingNode(err error) error { return cmp.Or(err, errVanished) }

// keepDetails hands on one repository, with its direct grants and keys. before is
// what the token was shown of those that the account does not administer.
func (w *repoWalk) keepDetails(ctx context.Context, d detailed, before sight) error {
	if d.all != nil || d.ViewerCanAdminister {
		before = visible
	}
	if err := begin(ctx, w.collaborators(d.place(), d.ID), d.Collaborators, d.listTrouble(), w.people); err != nil {
		return err
	}
	if err := w.invitations(ctx, d.place(), before); err != nil {
		return err
	}
	keep := func(ctx context.Context, s sight) error {
		if s == hiddenEverywhere {
			w.r.tellHidden()
		}
		if err := w.keepRepository(ctx, d, s); err != nil {
			return err
		}
		return w.deployKeys(ctx, d, s)
	}
	if before != supposed || !d.empty() {
		return keep(ctx, before)
	}
	d.Collaborators, d.Environments = nil, nil // which are on their way, and need not wait
	return w.r.holdBack(ctx, heldAnswer{value(d.Name), keep})
}

// empty reports whether one of the lists is empty that are so for whoever may not
// see them.
func (d *detailed) empty() bool {
	for _, c := range []*count{d.DeployKeys.count(), d.BranchProtectionRules} {
		if c != nil && c.TotalCount != nil && *c.TotalCount == 0 {
			return true
		}
	}
	return false
}

// keepRepository hands on the thing itself, if it is known. What failed to come
// must not stand as zero in place of what an earlier read saw. A number that the
// token may never see is marked as untold; without that, such a token would show
// no repository at all.
func (w *repoWalk) keepRepository(ctx context.Context, d detailed, s sight) error {
	name := w.r.name(value(d.Name))
	entity := d.entity()
	g, whole := d.uncounted, d.uncounted == nil || d.uncounted.status == access.Denied
	var untold []string
	if g != nil {
		entity.Environments, untold = 0, append(untold, "environments")
	}
	for _, c := range []struct {
		field, key string
		count      *count
		into       *int
		hides      bool // an empty list may be one that is not shown
	}{
		{"deployKeys", "deploy_keys", d.DeployKeys.count(), &entity.DeployKeys, true},
		{"branchProtectionRules", "protection_rules", d.BranchProtectionRules, &entity.ProtectionRules, true},
		{"rulesets", "rulesets", d.Rulesets, &entity.Rulesets, false},
	} {
		err := d.trouble(c.field)
		if c.count == nil || c.count.TotalCount == nil || err != nil {
			why := missing(access.AreaRepositories, c.field+" of "+name+" were not counted", err)
			whole = whole && d.all == nil && why.status == access.Denied
			g, untold = &why, append(untold, c.key)
			continue
		}
		if *c.into = *c.count.TotalCount; *c.into == 0 && c.hides && s != visible {
			untold = append(untold, c.key)
		}
	}
	if g == nil && entity.ProtectionRules == 0 && s == hiddenHere {
		why := denied(access.AreaRepositories, "branch protection of %s: GitHub shows it to administrators of the repository alone", name)
		why.status = access.Partial
		g = &why
	}
	if d.lacking != nil {
		g, whole = d.lacking, false
	}
	rows := one(entity)
	rows.Untold = untold
	switch {
	case !whole:
		rows = access.Rows{}
	case g == nil && len(untold) > 0: // the area has its gap
		return w.r.out.add(ctx, access.AreaRepositories, entity.ID, rows)
	}
	return w.r.finish(ctx, access.AreaRepositories, entity.ID, rows, g)
}

// listTrouble is what kept the collaborators back. A repository that came as
// null for the sake of another field is asked for them alone.
func (d *detailed) listTrouble() error {
	g, ok := errors.AsType[*github.GraphQLError](d.all)
	if ok && errors.Is(d.all, github.ErrForbidden) && len(g.Errors[0].Path) > 2 && g.Errors[0].Path[2] != "collaborators" {
		return alone(&troubles{}).at()
	}
	return d.trouble("collaborators")
}
