package collector

import (
	"context"
	"errors"
	"sync"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// gateBatch is how many environments one query asks for: 4 requests each, so
// that 36 still cost one point.
const gateBatch = 36

// gatesQuery asks what protects environments. GitHub has three built-in kinds of
// rules and at most six reviewers; a longer list is asked for by itself.
type gatesQuery struct {
	Nodes []*struct {
		Typename string `graphql:"__typename" json:"__typename"`
		gate     `graphql:"... on Environment"`
	} `graphql:"nodes(ids:$ids)"`
	RateLimit *github.RateLimit
}

type gate struct {
	DatabaseID      int64
	ProtectionRules *nodes[gateRule] `graphql:"protectionRules(first:3)"`
}

// longGateQuery asks for one environment with long lists.
type longGateQuery struct {
	Node *struct {
		Typename string `graphql:"__typename" json:"__typename"`
		longGate `graphql:"... on Environment"`
	} `graphql:"node(id:$id)"`
	RateLimit *github.RateLimit
}

type longGate struct {
	DatabaseID      int64
	ProtectionRules *nodes[longGateRule] `graphql:"protectionRules(first:50)"`
}

// nodes is a connection that is read by its nodes.
type nodes[N any] struct {
	TotalCount int
	PageInfo   pageInfo
	Nodes      []*N
}

// whole reports whether every node came.
func (c *nodes[N]) whole() bool { return !c.PageInfo.HasNextPage && len(c.Nodes) == c.TotalCount }

type gateRule struct {
	ruleFacts
	Reviewers *nodes[reviewer] `graphql:"reviewers(first:6)"`
}

type longGateRule struct {
	ruleFacts
	Reviewers *nodes[reviewer] `graphql:"reviewers(first:100)"`
}

type ruleFacts struct {
	Type              string
	Timeout           *int  // minutes
	PreventSelfReview *bool // null but for required reviewers
}

// reviewer is a user or a team. Fields that both have carry aliases.
type reviewer struct {
	Typename      string `graphql:"__typename" json:"__typename"`
	reviewingUser `graphql:"... on User"`
	reviewingTeam `graphql:"... on Team"`
}

type reviewingUser struct {
	UserID   int64  `graphql:"userID: databaseId"`
	UserNode string `graphql:"userNode: id"`
	Login    string
}

type reviewingTeam struct {
	TeamID int64 `graphql:"teamID: databaseId"`
}

// gateItem is one environment whose gate is to be read.
type gateItem struct {
	of   *gateWork
	id   int64
	node string
	name string
}

// gateWork gathers the gates of one repository, whose environments may be in
// several batches.
type gateWork struct {
	repo place
	mu   sync.Mutex
	left int
	rows access.Rows
	gap  *gap
}

// gatesOf lines up the environments of one repository.
func (w *repoWalk) gatesOf(ctx context.Context, of place, edges []*environmentEdge, g *gap) error {
	if len(edges) == 0 || !w.r.reads(access.AreaGates) {
		return w.r.finish(ctx, access.AreaGates, of.id, access.Rows{}, g)
	}
	work := &gateWork{repo: of, left: len(edges), gap: g}
	for _, e := range edges {
		w.gates = append(w.gates, gateItem{of: work, id: e.id(), node: e.Node.ID, name: e.Node.Name})
		if len(w.gates) >= gateBatch {
			w.sendGates(ctx)
		}
	}
	return nil
}

// sendGates asks for the gates that have gathered.
func (w *repoWalk) sendGates(ctx context.Context) {
	batch := w.gates
	w.gates = nil
	w.batches.Go(func() error { return w.r.readGates(ctx, batch) })
}

// errOtherGate is an answer that is about another environment than the one asked for.
var errOtherGate = errors.New("another environment came in its place")

func (r *run) readGates(ctx context.Context, batch []gateItem) error {
	ids := make([]githubv4.ID, len(batch))
	for i, item := range batch {
		ids[i] = item.node
	}
	var q gatesQuery
	err := r.query(ctx, &q, map[string]any{"ids": ids})
	if end := stopped(err); end != nil {
		return end
	}
	if half := len(batch) / 2; heavy(err) && half > 0 {
		r.o.Shrunk.Add(1)
		if err := r.readGates(ctx, batch[:half]); err != nil {
			return err
		}
		return r.readGates(ctx, batch[half:])
	}
	t, err := sift(err)
	if t.sso != nil {
		r.lower(leftOut("gates of environments of "+r.org.Login, t.sso), access.AreaGates)
	}
	for i, item := range batch {
		trouble, g := err, (*gate)(nil)
		if err == nil {
			if trouble = t.at("nodes", i); i < len(q.Nodes) && q.Nodes[i] != nil {
				g = &q.Nodes[i].gate
			}
			if trouble == nil && g != nil && g.DatabaseID != item.id {
				trouble = errOtherGate
			}
		}
		if err := r.keepGate(ctx, item, g, trouble); err != nil {
			return err
		}
	}
	r.out.progress(access.AreaGates, int(r.count.Load()))
	return nil
}

// keepGate reads one environment's gate, and hands on its repository's when it
// was the last one.
func (r *run) keepGate(ctx context.Context, item gateItem, g *gate, trouble error) error {
	read := &gateReading{r: r, item: item}
	switch {
	case trouble != nil || g == nil || g.ProtectionRules == nil:
		read.miss(missing(access.AreaGates, read.what(), trouble))
	case !g.fits():
		if err := read.long(ctx); err != nil {
			return err
		}
	default:
		read.begin()
		for _, rule := range g.ProtectionRules.Nodes {
			read.rule(rule.ruleFacts, rule.Reviewers.Nodes)
		}
	}
	if err := r.out.people(ctx, false, read.people); err != nil {
		return err
	}
	return read.join(ctx)
}

// fits reports whether the whole gate came in the batch.
func (g *gate) fits() bool {
	for _, rule := range g.ProtectionRules.Nodes {
		if rule == nil || rule.Reviewers == nil || !rule.Reviewers.whole() {
			return false
		}
	}
	return g.ProtectionRules.whole()
}
