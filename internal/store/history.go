package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
)

// placesOf lists the scopes in which a thing may have grants: its own, and those
// that mention it. $1 is the organization, $2 and $3 the thing. The plus keeps
// SQLite from walking all scopes of the organization, which it thinks are few.
const placesOf = `
		WITH places (scope, own, area_kind, thing) AS (
		  SELECT s.id, 1, a.scope_kind, s.scope
		    FROM areas a
		   CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id AND s.scope = $3
		   WHERE a.scope_kind = $2
		   UNION ALL
		  SELECT s.id, 0, a.scope_kind, s.scope
		    FROM mentions m
		   CROSS JOIN scopes s ON s.id = m.scope AND +s.org = $1
		    JOIN areas a ON a.id = s.area
		   WHERE m.kind = $2 AND m.id = $3)`

const (
	// The rows are put in order by whoever reads them, who knows the relations: here
	// they come as they are found, which is a sixth cheaper.
	grantsOfPrincipal = placesOf + `
		SELECT g.principal, g.resource, g.relation
		  FROM places p
		 CROSS JOIN grants g ON g.scope = p.scope AND g.principal = $3
		 WHERE g.seen_from <= $4 AND (g.seen_to IS NULL OR g.seen_to > $4)
		 ORDER BY g.principal`

	// A team's scope may hold thousands of repositories, all with the team as
	// principal (kind 2): there the key leads straight to one of them.
	grantsOnResource = placesOf + `
		SELECT g.principal, g.resource, g.relation
		  FROM places p
		 CROSS JOIN grants g ON g.scope = p.scope AND g.resource = $3
		 WHERE (p.own OR p.area_kind IS NOT 2) AND g.seen_from <= $4 AND (g.seen_to IS NULL OR g.seen_to > $4)
		 UNION ALL
		SELECT g.principal, g.resource, g.relation
		  FROM places p
		 CROSS JOIN grants g ON g.scope = p.scope AND g.principal = p.thing AND g.resource = $3
		 WHERE NOT p.own AND p.area_kind = 2 AND g.seen_from <= $4 AND (g.seen_to IS NULL OR g.seen_to > $4)
		 ORDER BY 1, 2, 3`

	grantsOnOrg = `
		SELECT g.principal, g.resource, g.relation
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE a.grants_on = $2 AND g.resource = $3 AND g.seen_from <= $4 AND (g.seen_to IS NULL OR g.seen_to > $4)
		 ORDER BY a.id, s.scope, g.principal, g.resource, g.relation`

	// Where one grant can be: in the scope of either end, in that of its role, or,
	// on an environment (kind 11), where that is mentioned.
	grantSince = `
		WITH places (scope) AS (
		  SELECT s.id
		    FROM areas a
		   CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		     AND s.scope = CASE a.scope_kind WHEN $2 THEN $3 WHEN $4 THEN $5 ELSE $8 END
		   WHERE a.grants_on = $4
		   UNION
		  SELECT s.id
		    FROM mentions m
		   CROSS JOIN scopes s ON s.id = m.scope AND +s.org = $1
		   WHERE $4 = 11 AND m.kind = 11 AND m.id = $5)
		SELECT min(f.at)
		  FROM relations r
		 CROSS JOIN places p
		 CROSS JOIN grants g ON g.scope = p.scope AND g.principal = $3 AND g.resource = $5 AND g.relation = r.id
		  JOIN snapshots f ON f.id = g.seen_from
		 WHERE r.principal_kind = $2 AND r.resource_kind = $4 AND r.privilege = $6 AND r.source = $7 AND r.role = $8
		   AND g.seen_from <= $9 AND (g.seen_to IS NULL OR g.seen_to > $9)
		 ORDER BY 1`

	personNames = `
		SELECT p.login, f.at, t.at
		  FROM people p
		  JOIN snapshots f ON f.id = p.seen_from
		  LEFT JOIN snapshots t ON t.id = p.seen_to
		 WHERE p.org = $1 AND p.id = $2
		 ORDER BY p.seen_from`
	entityNames = `
		SELECT e.label, f.at, t.at
		  FROM entities e
		  JOIN scopes s ON s.id = e.scope
		  JOIN areas a ON a.id = s.area
		  JOIN snapshots f ON f.id = e.seen_from
		  LEFT JOIN snapshots t ON t.id = e.seen_to
		 WHERE s.org = $1 AND a.name = $3 AND s.scope = $2 AND e.id = $2
		 ORDER BY e.seen_from`
)

// GrantsOf gives the grants that a principal itself held at an instant, by the
// newest snapshot not later than it. What it reaches through a team is with the
// team.
func (s *Store) GrantsOf(ctx context.Context, org string, principal access.Ref, at time.Time) ([]access.Grant, error) {
	return s.grantsAround(ctx, grantsOfPrincipal, org, principal, at, func(r ranked) bool { return r.principal == principal.Kind })
}

// GrantsOn gives the grants on a resource at an instant, by the newest snapshot
// not later than it.
func (s *Store) GrantsOn(ctx context.Context, org string, resource access.Ref, at time.Time) ([]access.Grant, error) {
	query := grantsOnResource
	if resource.Kind == access.Org {
		query = grantsOnOrg
	}
	return s.grantsAround(ctx, query, org, resource, at, func(r ranked) bool { return r.resource == resource.Kind })
}

func (s *Store) grantsAround(ctx context.Context, query, org string, r access.Ref, at time.Time, wanted func(ranked) bool) ([]access.Grant, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := s.At(context.WithoutCancel(ctx), org, at)
	if err != nil {
		return nil, err
	}
	grants, err := s.grants(ctx, query, []any{info.OrgID, int64(r.Kind), r.ID, info.ID}, wanted)
	if err != nil {
		return nil, fmt.Errorf("grants of %s: %w", r, explain(s.path, err))
	}
	return grants, nil
}

// seenSince gives the instant since which a grant has been seen without a break
// up to a snapshot, the zero time where that snapshot does not show it.
func (s *Store) seenSince(ctx context.Context, org, snapshot int64, g access.Grant) (time.Time, error) {
	var at sql.NullInt64
	args := []any{org, int64(g.Principal.Kind), g.Principal.ID, int64(g.Resource.Kind), g.Resource.ID,
		int64(g.Privilege), int64(g.Source), g.Role, snapshot}
	err := s.read.row(ctx, grantSince, args, &at)
	return instant(at), err
}

// Label is one name that a thing had, and when. To is zero for the present one.
type Label struct {
	Name     string
	From, To time.Time
}

// Names tells what a user, team or repository has been called, the oldest name
// first.
func (s *Store) Names(ctx context.Context, org string, r access.Ref) ([]Label, error) {
	id, err := s.orgID(ctx, org)
	if err != nil {
		return nil, err
	}
	query, args := entityNames, []any{id, r.ID, ""}
	switch r.Kind {
	case access.User:
		query, args = personNames, args[:2]
	case access.Team:
		args[2] = string(access.AreaTeams)
	case access.Repo:
		args[2] = string(access.AreaRepositories)
	default:
		return nil, fmt.Errorf("names of %s: only those of users, teams and repositories are kept", r)
	}
	var out []Label
	err = s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		var name string
		var from, to sql.NullInt64
		if err := rows.Scan(&name, &from, &to); err != nil {
			return err
		}
		if n := len(out); n > 0 && out[n-1].Name == name && out[n-1].To.Equal(instant(from)) {
			out[n-1].To = instant(to)
			return nil
		}
		out = append(out, Label{name, instant(from), instant(to)})
		return nil
	})
	return out, explain(s.path, err)
}
