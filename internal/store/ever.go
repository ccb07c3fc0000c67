package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
)

const (
	grantsEver = placesOf + `
		SELECT g.principal, g.resource, g.relation, g.seen_from, g.seen_to
		  FROM places p
		 CROSS JOIN grants g ON g.scope = p.scope AND g.principal = $3
		 ORDER BY g.principal, g.resource, g.relation, g.seen_from`
	teamEver = `
		SELECT e.body, e.seen_from, e.seen_to
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id AND s.scope = $2
		 CROSS JOIN entities e ON e.scope = s.id
		 WHERE a.name = 'teams' AND e.id = $2
		 ORDER BY e.seen_from`
	findPerson = `SELECT id FROM people WHERE org = $1 AND login = $2 COLLATE NOCASE ORDER BY seen_from DESC LIMIT 1`
	findThing  = `
		SELECT e.id
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		 CROSS JOIN entities e ON e.scope = s.id
		 WHERE a.name = $3 AND e.label = $2 COLLATE NOCASE
		 ORDER BY e.seen_from DESC
		 LIMIT 1`
)

// ErrNoName says that nothing in the store ever had a name.
var ErrNoName = errors.New("nothing ever had that name")

// Held is a grant that was seen without a break, and through which teams somebody
// had it.
type Held struct {
	Grant    access.Grant
	Teams    []access.Ref // from the one that the principal was in up to the one that held it; none: its own
	From, To SnapshotInfo // the first snapshot that shows it, and the first that does not any more; To is zero where it is live
	Came     access.Ref   // what began it: the team that was joined or moved, else zero: the grant itself
	Went     access.Ref   // what ended it, likewise
}

// Former finds the number of somebody or something that has, or had last, a name.
func (s *Store) Former(ctx context.Context, org string, kind access.Kind, name string) (access.Ref, error) {
	id, err := s.orgID(ctx, org)
	if err != nil {
		return access.Ref{}, err
	}
	query, args := findPerson, []any{id, name}
	switch kind {
	case access.User:
	case access.Team:
		query, args = findThing, append(args, string(access.AreaTeams))
	case access.Repo:
		query, args = findThing, append(args, string(access.AreaRepositories))
	default:
		return access.Ref{}, fmt.Errorf("looking for a former %s: %w", kind, ErrNoName)
	}
	out := access.Ref{Kind: kind}
	err = s.read.row(ctx, query, args, &out.ID)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoName
	}
	if err != nil {
		return access.Ref{}, fmt.Errorf("looking for the former %s %s: %w", kind, name, explain(s.path, err))
	}
	return out, nil
}

// span is a stretch of snapshots, by number: from the first up to, and without,
// the end; 0 for one that has not ended.
type span struct{ from, to int64 }

func (x span) meet(y span) (span, bool) {
	out := span{max(x.from, y.from), x.to}
	if y.to != 0 && (out.to == 0 || y.to < out.to) {
		out.to = y.to
	}
	return out, out.to == 0 || out.from < out.to
}

// past is all that was ever known of one principal's access.
type past struct {
	s     *Store
	org   int64
	all   []SnapshotInfo // finished ones, the oldest first
	known relations
	out   []Held
}

// HeldEver gives everything that a principal ever held, itself or through the
// teams that it was in, as the snapshots show it, by time. Membership of a team is
// among it; a team's own members are not.
func (s *Store) HeldEver(ctx context.Context, org string, principal access.Ref) ([]Held, error) {
	all, err := s.Snapshots(ctx, org)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("store %s: %w: none of %s", s.path, ErrNoSnapshot, org)
	}
	slices.Reverse(all)
	p := &past{s: s, org: all[0].OrgID, all: all}
	if p.known, err = s.rankedRelations(ctx); err != nil {
		return nil, explain(s.path, err)
	}
	if principal.Kind == access.Team {
		err = p.team(ctx, nil, principal, span{from: 1})
	} else {
		err = p.own(ctx, principal)
	}
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", principal, explain(s.path, err))
	}
	slices.SortStableFunc(p.out, func(x, y Held) int {
		return cmp.Or(cmp.Compare(x.From.ID, y.From.ID), x.Grant.Compare(y.Grant))
	})
	return p.out, nil
}

type spanned struct {
	grant access.Grant
	span  span
}

func (p *past) grants(ctx context.Context, who access.Ref) ([]spanned, error) {
	var out []spanned
	err := p.s.read.rows(ctx, grantsEver, []any{p.org, int64(who.Kind), who.ID}, func(rows *sql.Rows) error {
		var principal, resource, relation, from int64
		var to sql.NullInt64
		if err := rows.Scan(&principal, &resource, &relation, &from, &to); err != nil {
			return err
		}
		r, err := p.known.of(relation)
		if err != nil {
			return err
		}
		if r.principal == who.Kind {
			out = append(out, spanned{r.grant(principal, resource), span{from, to.Int64}})
		}
		return nil
	})
	return out, err
}

func (p *past) own(ctx context.Context, who access.Ref) error {
	all, err := p.grants(ctx, who)
	if err != nil {
		return err
	}
	for _, g := range all {
		p.add(g, nil, g.span, g.span)
		if g.grant.Resource.Kind == access.Team {
			if err := p.team(ctx, nil, g.grant.Resource, g.span); err != nil {
				return err
			}
		}
	}
	return nil
}

// team adds what a team gave while somebody was in it, and what the teams above
// it gave meanwhile.
func (p *past) team(ctx context.Context, below []access.Ref, team access.Ref, in span) error {
	if slices.Contains(below, team) {
		return nil // a circle, which GitHub does not have
	}
	way := append(slices.Clone(below), team)
	all, err := p.grants(ctx, team)
	if err != nil {
		return err
	}
	for _, g := range all {
		if both, ok := g.span.meet(in); ok {
			p.add(g, way, both, in)
		}
	}
	above, err := p.parents(ctx, team)
	if err != nil {
		return err
	}
	for _, up := range above {
		if both, ok := up.span.meet(in); ok {
			if err := p.team(ctx, way, up.team, both); err != nil {
				return err
			}
		}
	}
	return nil
}

type parent struct {
	team access.Ref
	span span
}

// parents gives the teams that a team was under, and when; stretches that follow
// each other are one.
func (p *past) parents(ctx context.Context, team access.Ref) ([]parent, error) {
	var out []parent
	err := p.s.read.rows(ctx, teamEver, []any{p.org, team.ID}, func(rows *sql.Rows) error {
		var body []byte
		var from int64
		var to sql.NullInt64
		var t access.TeamInfo
		if err := rows.Scan(&body, &from, &to); err != nil {
			return err
		}
		if err := json.Unmarshal(body, &t); err != nil {
			return fmt.Errorf("reading team %d: %w", team.ID, err)
		}
		up := parent{access.Ref{Kind: access.Team, ID: t.Parent}, span{from, to.Int64}}
		if n := len(out); n > 0 && out[n-1].team == up.team && out[n-1].span.to == from {
			out[n-1].span.to = to.Int64
			return nil
		}
		out = append(out, up)
		return nil
	})
	return slices.DeleteFunc(out, func(x parent) bool { return x.team.ID == 0 }), err
}

// add notes what finished snapshots show of a stretch. in is the time during which
// the principal was in the team; what it shares a border with began or ended it.
func (p *past) add(g spanned, way []access.Ref, seen, in span) {
	at := func(id int64) (SnapshotInfo, bool) {
		i, _ := slices.BinarySearchFunc(p.all, id, func(s SnapshotInfo, id int64) int { return cmp.Compare(s.ID, id) })
		if i == len(p.all) {
			return SnapshotInfo{}, false
		}
		return p.all[i], true
	}
	h := Held{Grant: g.grant, Teams: way}
	var ok bool
	if h.From, ok = at(seen.from); !ok {
		return // no snapshot shows it yet
	}
	if seen.to != 0 {
		if h.To, ok = at(seen.to); ok && h.To.ID == h.From.ID {
			return // it came and went between two snapshots
		}
	}
	if len(way) > 0 && g.span.from < seen.from && seen.from == in.from {
		h.Came = way[0]
	}
	if len(way) > 0 && seen.to != 0 && g.span.to != seen.to && seen.to == in.to {
		h.Went = way[0]
	}
	p.out = append(p.out, h)
}
