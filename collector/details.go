package collector

import (
	"context"

	"github.com/shurcooL/githubv4"

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
	DatabaseID            int64
	Collaborators         *conn[collaborator] `graphql:"collaborators(first:50,affiliation:DIRECT)"`
	DeployKeys            *count              `graphql:"deployKeys(first:1)"`
	BranchProtectionRules *count              `graphql:"branchProtectionRules(first:1)"`
	Rulesets              *count              `graphql:"rulesets(first:1,includeParents:false)"`
}

// count is a connection of which only the size is asked.
type count struct{ TotalCount *int }

// readDetails asks for one batch, and in halves where the server cannot bear it.
func (w *repoWalk) readDetails(ctx context.Context, batch []*repositoryNode) error {
	ids := make([]githubv4.ID, len(batch))
	for i, n := range batch {
		ids[i] = n.ID
	}
	var q detailsQuery
	err := w.r.query(ctx, &q, map[string]any{"ids": ids})
	if end := stopped(err); end != nil {
		return end
	}
	if heavy(err) && len(batch) > 1 {
		w.size.shrink(len(batch))
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
		d, trouble := &details{}, err
		if err == nil {
			if trouble = t.at("nodes", i); i < len(q.Nodes) && q.Nodes[i] != nil {
				d, trouble = &q.Nodes[i].details, nil
			}
		}
		if err := w.keepDetails(ctx, n, d, trouble, t, i); err != nil {
			return err
		}
	}
	w.r.out.progress(access.AreaDirectGrants, int(w.r.count.Load()))
	return nil
}

// keepDetails hands on one repository. trouble is why there are no details at
// all; what lacks one of them is told by the troubles at its field.
func (w *repoWalk) keepDetails(ctx context.Context, n *repositoryNode, d *details, trouble error, t *troubles, i int) error {
	at := func(field string) error {
		if trouble != nil {
			return trouble
		}
		return t.at("nodes", i, field)
	}
	entity, name := n.entity(), w.r.name(n.Name)
	var g *gap
	for _, c := range []struct {
		field string
		count *count
		into  *int
	}{
		{"deployKeys", d.DeployKeys, &entity.DeployKeys},
		{"branchProtectionRules", d.BranchProtectionRules, &entity.ProtectionRules},
		{"rulesets", d.Rulesets, &entity.Rulesets},
	} {
		if err := at(c.field); c.count == nil || c.count.TotalCount == nil || err != nil {
			why := missing(access.AreaRepositories, c.field+" of "+name+" were not counted", err)
			g = &why
			continue
		}
		*c.into = *c.count.TotalCount
	}
	if err := w.r.finish(ctx, access.AreaRepositories, entity.ID, one(entity), g); err != nil {
		return err
	}
	if err := begin(ctx, w.collaborators(entity, n.ID), d.Collaborators, at("collaborators"), w.people); err != nil {
		return err
	}
	return w.r.deployKeys(ctx, w.keysOf(n, d.DeployKeys, at("deployKeys")))
}
