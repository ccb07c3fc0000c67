package act

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
)

// node is what one of the things that a change names is today. Fields that two
// types share carry aliases.
type node struct {
	Typename string `graphql:"__typename" json:"__typename"`
	orgNode  `graphql:"... on Organization"`
	repoNode `graphql:"... on Repository"`
	teamNode `graphql:"... on Team"`
	userNode `graphql:"... on User"`
	envNode  `graphql:"... on Environment"`
}

type orgNode struct {
	OrgID    int64  `graphql:"orgID: databaseId"`
	OrgLogin string `graphql:"orgLogin: login"`
}

type repoNode struct {
	RepoID    int64  `graphql:"repoID: databaseId"`
	RepoName  string `graphql:"repoName: name"`
	RepoOwner *struct {
		Login string
	} `graphql:"repoOwner: owner"`
	IsArchived bool
}

type teamNode struct {
	TeamID   int64  `graphql:"teamID: databaseId"`
	TeamSlug string `graphql:"teamSlug: slug"`
	TeamOrg  *struct {
		DatabaseID int64
	} `graphql:"teamOrg: organization"`
}

type userNode struct {
	UserID    int64  `graphql:"userID: databaseId"`
	UserLogin string `graphql:"userLogin: login"`
}

type envNode struct {
	EnvID   int64  `graphql:"envID: databaseId"`
	EnvName string `graphql:"envName: name"`
}

// place is a label of a change, with what GitHub must say of it.
type place struct {
	typ   string
	what  string // for people
	label *remediate.Label
	id    func(*node) int64
	name  func(*node) string
}

func places(c *remediate.Change) []place {
	all := []place{{"Organization", "organization", &c.Org, func(n *node) int64 { return n.OrgID }, func(n *node) string { return n.OrgLogin }}}
	for _, p := range []place{
		{"Repository", "repository", c.Repo, func(n *node) int64 { return n.RepoID }, func(n *node) string { return n.RepoName }},
		{"Team", "team", c.Team, func(n *node) int64 { return n.TeamID }, func(n *node) string { return n.TeamSlug }},
		{"User", "account", c.User, func(n *node) int64 { return n.UserID }, func(n *node) string { return n.UserLogin }},
		{"Environment", "environment", c.Env, func(n *node) int64 { return n.EnvID }, func(n *node) string { return n.EnvName }},
	} {
		if p.label != nil {
			all = append(all, p)
		}
	}
	return all
}

// resolve gives every label of the change today's name, or says what moved.
func (h *Hands) resolve(ctx context.Context, l *Live) error {
	l.Change = own(l.Change)
	all := places(&l.Change)
	for _, p := range all {
		if p.label.NodeID != "" {
			continue
		}
		id, why, err := h.byName(ctx, l.Change, p)
		if err != nil || why != "" {
			l.Moved = why
			return err
		}
		p.label.NodeID = id
	}
	return h.found(ctx, l, all)
}

// found gives labels whose node ids are known today's names, or says what moved. The
// organization's own comes first.
func (h *Hands) found(ctx context.Context, l *Live, all []place) error {
	nodes, err := h.nodes(ctx, all)
	if err != nil {
		return err
	}
	for i, p := range all {
		if l.Moved = p.judge(nodes[i], nodes[0]); l.Moved != "" {
			return nil
		}
		p.label.Name = p.name(nodes[i])
	}
	return nil
}

// own copies what a change points to, so that today's names stay out of the plan.
func own(c remediate.Change) remediate.Change {
	for _, l := range []**remediate.Label{&c.Repo, &c.Team, &c.User, &c.Env, &c.Key, &c.Invitation} {
		if *l != nil {
			one := **l
			*l = &one
		}
	}
	return c
}

// judge says why a label does not lead to what was planned; "": it does.
func (p place) judge(n, org *node) string {
	called := p.what + " " + p.label.Name
	switch {
	case n == nil:
		return fmt.Sprintf("the %s (number %d) is gone, or not shown", called, p.label.ID)
	case n.Typename != p.typ || p.id(n) != p.label.ID:
		return fmt.Sprintf("the %s leads to another number than the planned %d", called, p.label.ID)
	case p.name(n) == "":
		return fmt.Sprintf("the %s (number %d) has no name", called, p.label.ID)
	case p.typ == "Repository" && n.IsArchived:
		return "the " + called + " is archived"
	case p.typ == "Repository" && (n.RepoOwner == nil || !strings.EqualFold(n.RepoOwner.Login, org.OrgLogin)),
		p.typ == "Team" && (n.TeamOrg == nil || n.TeamOrg.DatabaseID != org.OrgID):
		return "the " + called + " belongs to somebody else by now"
	}
	return ""
}

// nodes asks for what stands behind node ids, in one query. One that is nil is
// not there; the organization always is.
func (h *Hands) nodes(ctx context.Context, all []place) ([]*node, error) {
	ids := make([]githubv4.ID, len(all))
	for i, p := range all {
		ids[i] = p.label.NodeID
	}
	var q struct {
		Nodes     []*node `graphql:"nodes(ids:$ids)"`
		RateLimit *github.RateLimit
	}
	err := h.o.Read.Query(ctx, &q, map[string]any{"ids": ids})
	if err := onlyAbsent(err); err != nil {
		return nil, fmt.Errorf("asking what the numbers stand for: %w", err)
	}
	if len(q.Nodes) != len(all) || q.Nodes[0] == nil {
		return nil, errors.New("asking what the numbers stand for: the organization itself is not shown")
	}
	return q.Nodes, nil
}

// onlyAbsent lets errors pass that only say that something is not there.
func onlyAbsent(err error) error {
	g, ok := errors.AsType[*github.GraphQLError](err)
	if _, left := errors.AsType[*github.PartialError](err); !ok || left {
		return err
	}
	for _, e := range g.Errors {
		if e.Type != "NOT_FOUND" {
			return err
		}
	}
	return nil
}
