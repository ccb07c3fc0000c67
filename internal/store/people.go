package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
)

const (
	livePeople = `
		SELECT id, node_id, login, name, created_at, seen_from
		  FROM people
		 WHERE org = $1 AND seen_to IS NULL
		 ORDER BY id`
	insertPerson = `
		INSERT INTO people (org, id, seen_from, node_id, login, name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	correctPerson = `
		UPDATE people SET node_id = $4, login = $5, name = $6, created_at = $7
		 WHERE org = $1 AND id = $2 AND seen_from = $3`
	closePerson = `UPDATE people SET seen_to = $4 WHERE org = $1 AND id = $2 AND seen_from = $3`
)

// label is what a person is called since a snapshot.
type label struct {
	person access.Person
	from   int64
}

func (p *Pass) rememberPeople() error {
	return p.s.query(livePeople, []any{p.org.ID}, func(rows *sql.Rows) error {
		var l label
		var err error
		l.person, l.from, err = scanPerson(rows)
		p.people[l.person.ID] = l
		return err
	})
}

func scanPerson(rows *sql.Rows) (access.Person, int64, error) {
	var p access.Person
	var created sql.NullInt64
	var from int64
	err := rows.Scan(&p.ID, &p.NodeID, &p.Login, &p.Name, &created, &from)
	p.CreatedAt = instant(created)
	return p, from, err
}

// People notes what people are called now. A label ends only when another is seen
// for the same number: a person who is no longer named keeps the last one. What a
// source leaves empty keeps its known value, because not every answer of GitHub
// tells everything.
func (p *Pass) People(ctx context.Context, people []access.Person) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return err
	}
	for _, person := range people {
		if person.ID <= 0 {
			return fmt.Errorf("storing people: %q has no number", person.Login)
		}
		if err := p.call(person); err != nil {
			return err
		}
	}
	return p.s.commitIfDue()
}

func (p *Pass) call(seen access.Person) error {
	known, ok := p.people[seen.ID]
	now := access.Person{
		ID:        seen.ID,
		NodeID:    cmp.Or(name(seen.NodeID), known.person.NodeID),
		Login:     cmp.Or(name(seen.Login), known.person.Login),
		Name:      cmp.Or(name(seen.Name), known.person.Name),
		CreatedAt: seen.CreatedAt.UTC().Truncate(time.Millisecond),
	}
	if seen.CreatedAt.IsZero() {
		now.CreatedAt = known.person.CreatedAt
	}
	if now == known.person || now.Login == "" {
		return nil
	}
	query, from := insertPerson, p.id
	if ok && known.from == p.id { // two sources of one pass complete each other
		query = correctPerson
	} else if ok {
		if _, err := p.s.exec(closePerson, p.org.ID, seen.ID, known.from, p.id); err != nil {
			return err
		}
	}
	p.people[seen.ID] = label{now, from}
	p.s.batch.rows++
	_, err := p.s.exec(query, p.org.ID, seen.ID, from, now.NodeID, now.Login, now.Name, ms(now.CreatedAt))
	return err
}
