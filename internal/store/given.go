package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/eb661601/ajar/access"
)

const (
	insertGiven = `
		INSERT INTO given (org, document, at, action, actor, actor_id, user, user_id, repo, repo_id, team, label)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		    ON CONFLICT (org, document) DO NOTHING`
	readGiven = `
		SELECT document, at, action, actor, actor_id, user, user_id, repo, repo_id, team, label
		  FROM given
		 WHERE org = $1
		 ORDER BY at, document`
)

// Heard keeps events of the audit log. One that is kept already stays as it is.
func (p *Pass) Heard(ctx context.Context, events []access.Event) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return err
	}
	for _, e := range events {
		_, err := p.s.exec(insertGiven, p.org.ID, name(e.ID), ms(e.At), name(e.Action), name(e.Actor), e.ActorID,
			name(e.User), e.UserID, name(e.Repo), e.RepoID, name(e.Team), name(e.Label))
		if err != nil {
			return err
		}
	}
	return p.s.commitIfDue()
}

// Given lists what the audit log ever told of access that was changed in an
// organization, the oldest first.
func (s *Store) Given(ctx context.Context, org int64) ([]access.Event, error) {
	return s.events(ctx, readGiven, org)
}

func (s *Store) events(ctx context.Context, query string, args ...any) ([]access.Event, error) {
	var out []access.Event
	err := s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading who changed access: %w", explain(s.path, err))
	}
	return out, nil
}

func scanEvent(rows *sql.Rows) (access.Event, error) {
	var e access.Event
	var at sql.NullInt64
	err := rows.Scan(&e.ID, &at, &e.Action, &e.Actor, &e.ActorID, &e.User, &e.UserID, &e.Repo, &e.RepoID, &e.Team, &e.Label)
	e.At = instant(at)
	return e, err
}
