package githubsim

import (
	"net/http"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// root is the type that the fields of the operation are of.
func (q *document) root() string {
	if q.op.Operation == ast.Query {
		return "Query"
	}
	return "Mutation"
}

// mutation answers a document that asks for changes. Its fields are carried out
// one after the other; one that is refused is null, with an error beside it.
func (c *call) mutation() effect {
	switch q := c.query; {
	case c.r.Method != http.MethodPost:
		return no(c.notFound())
	case len(q.errs) > 0:
		return no(ok(&gqlBody{errs: q.errs}))
	}
	return yes(func() *reply {
		e := &exec{c: c, q: c.query, ts: schemaTypes(), x: c.x, v: c.viewer}
		data := e.run()
		return ok(&gqlBody{hasData: true, data: data, errs: e.errs})
	})
}

// input is the one argument of a mutation.
type input = args

// payload is the answer of a mutation.
type payload struct {
	in    input
	env   any
	repo  any
	teams []any
	user  any
}

// mutate makes a resolver of something that looks at its input and gives the
// change, or an error. What follows in the document sees the world as it is then.
func mutate(plan func(e *exec, in input) (do func() payload, refused *gqlError)) fieldFunc {
	return func(e *exec, _ any, a args) any {
		raw, _ := a["input"].(map[string]any)
		do, refused := plan(e, raw)
		if refused != nil {
			return refused
		}
		p := do()
		p.in = raw
		e.c.applied = true
		e.c.s.refresh(e.c)
		e.x, e.v = e.c.x, e.c.viewer
		return p
	}
}

func payloadField(get func(e *exec, p payload) any) fieldFunc {
	return func(e *exec, v any, _ args) any { return get(e, v.(payload)) }
}

var clientID = payloadField(func(_ *exec, p payload) any {
	if !p.in.has("clientMutationId") {
		return nil
	}
	return p.in.str("clientMutationId")
})

var mutationFields = map[string]fieldFunc{
	"removeOutsideCollaborator": mutate(removeOutside),
	"updateEnvironment":         mutate(updateEnvironment),
	"updateTeamsRepository":     mutate(updateTeams),
}

var (
	removedFields = map[string]fieldFunc{"clientMutationId": clientID, "removedUser": payloadField(func(_ *exec, p payload) any { return p.user })}
	guardedFields = map[string]fieldFunc{"clientMutationId": clientID, "environment": payloadField(func(e *exec, p payload) any { return e.again(p.env) })}
	grantedFields = map[string]fieldFunc{"clientMutationId": clientID,
		"repository": payloadField(func(e *exec, p payload) any { return e.again(p.repo) }),
		"teams": payloadField(func(e *exec, p payload) any {
			out := make([]any, 0, len(p.teams))
			for _, t := range p.teams {
				out = append(out, e.again(t))
			}
			return out
		})}
)

// again finds the same thing in the world after the change.
func (e *exec) again(v any) any {
	switch v := v.(type) {
	case envOf:
		return e.x.byID["Environment"][v.ID]
	case repoOf:
		return e.x.byID["Repository"][v.ID]
	case teamOf:
		return e.x.byID["Team"][v.ID]
	}
	return nil
}

// unresolved is said of an id behind which there is nothing that the caller may
// know of.
func unresolved(id string) *gqlError {
	return fail("NOT_FOUND", "Could not resolve to a node with the global id of '%s'", id)
}

// administered refuses whoever does not administer the repository.
func (e *exec) administered(r repoOf, id string) *gqlError {
	switch {
	case !e.v.sees(r):
		return unresolved(id)
	case !e.v.onRepo(r, "administration", "write"):
		return e.notAccessible()
	case r.Archived:
		return fail("UNPROCESSABLE", "Repository was archived so is read-only.")
	}
	return nil
}

// updateEnvironment sets reviewers, timer and self-review. What the input leaves
// out is off afterwards: GitHub does not say that it would stay.
func updateEnvironment(e *exec, in input) (func() payload, *gqlError) {
	id := in.str("environmentId")
	env, isEnv := e.x.node(id).(envOf)
	if !isEnv {
		return nil, unresolved(id)
	}
	if refused := e.administered(env.repo, id); refused != nil {
		return nil, refused
	}
	wait, _ := in["waitTimer"].(int64)
	want := Environment{WaitTimer: int(wait), PreventSelfReview: in.flag("preventSelfReview"), CanAdminsBypass: env.CanAdminsBypass, BranchPolicy: env.BranchPolicy}
	for _, id := range in.words("reviewers") {
		var named Actor
		var found bool
		switch v := e.x.node(id).(type) {
		case *User:
			named, found = e.c.reviewer(env.repo, "User", v.ID)
		case teamOf:
			named, found = e.c.reviewer(env.repo, "Team", v.ID)
		default:
			return nil, unresolved(id)
		}
		if !found {
			return nil, fail("UNPROCESSABLE", "The reviewers must have at least read access to the repository.")
		}
		want.Reviewers = append(want.Reviewers, named)
	}
	if want.WaitTimer < 0 || want.WaitTimer > maxWait || len(want.Reviewers) > maxReviewers {
		return nil, fail("UNPROCESSABLE", "An environment takes up to six reviewers and 43,200 minutes.")
	}
	if e.c.affords(env.repo, want) != nil {
		return nil, fail("UNPROCESSABLE", "The billing plan does not support these protection rules.")
	}
	return func() payload {
		e.c.protect(env.repo, env.Environment, want)
		return payload{env: env}
	}, nil
}

// maxTeams is how many teams one updateTeamsRepository takes, as the schema says.
const maxTeams = 10

// updateTeams gives teams one permission on a repository, a built-in one. A
// custom role that a team had there is gone.
func updateTeams(e *exec, in input) (func() payload, *gqlError) {
	id := in.str("repositoryId")
	r, isRepo := e.x.node(id).(repoOf)
	if !isRepo {
		return nil, unresolved(id)
	}
	if refused := e.administered(r, id); refused != nil {
		return nil, refused
	}
	ids := in.words("teamIds")
	if len(ids) > maxTeams {
		return nil, fail("UNPROCESSABLE", "No more than %d teams can be given.", maxTeams)
	}
	var teams []teamOf
	for _, id := range ids {
		t, isTeam := e.x.node(id).(teamOf)
		if !isTeam || t.org.Org != r.org.Org || !e.v.seesTeam(t.org, t.Team) {
			return nil, unresolved(id)
		}
		teams = append(teams, t)
	}
	p := map[string]string{"READ": "pull", "TRIAGE": "triage", "WRITE": "push", "MAINTAIN": "maintain", "ADMIN": "admin"}[in.str("permission")]
	return func() payload {
		out := payload{repo: r}
		for _, t := range teams {
			e.c.grantTeam(r, t.Team, p)
			out.teams = append(out.teams, t)
		}
		return out
	}, nil
}

// removeOutside takes somebody from outside out of every repository.
func removeOutside(e *exec, in input) (func() payload, *gqlError) {
	orgID, userID := in.str("organizationId"), in.str("userId")
	o, isOrg := e.x.node(orgID).(*orgIndex)
	u, isUser := e.x.node(userID).(*User)
	switch {
	case !isOrg || e.v.sso(o):
		return nil, unresolved(orgID)
	case !isUser:
		return nil, unresolved(userID)
	case !e.v.onOrg(o, "members", "write"):
		return nil, e.notAccessible()
	case o.member(u.Login) != nil:
		return nil, fail("UNPROCESSABLE", "You cannot specify an organization member to remove as an outside collaborator.")
	case !slices.Contains(o.outside, u):
		return nil, fail("NOT_FOUND", "%s is not an outside collaborator of %s", u.Login, o.Login)
	}
	return func() payload {
		e.c.expel(o, u)
		return payload{user: u}
	}, nil
}
