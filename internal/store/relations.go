package store

import (
	"database/sql"

	"github.com/eb661601/ajar/access"
)

const (
	readRelations = `
		SELECT id, principal_kind, resource_kind, privilege, source, role
		  FROM relations
		 ORDER BY id`
	insertRelation = `
		INSERT INTO relations (principal_kind, resource_kind, privilege, source, role)
		VALUES ($1, $2, $3, $4, $5)`
)

// relation is all of a grant but its two ends.
type relation struct {
	principal, resource access.Kind
	privilege           access.Privilege
	source              access.Source
	role                int64
}

func relationOf(g access.Grant) relation {
	return relation{g.Principal.Kind, g.Resource.Kind, g.Privilege, g.Source, g.Role}
}

func (r relation) grant(principal, resource int64) access.Grant {
	return access.Grant{
		Principal: access.Ref{Kind: r.principal, ID: principal},
		Resource:  access.Ref{Kind: r.resource, ID: resource},
		Privilege: r.privilege, Source: r.source, Role: r.role,
	}
}

func scanRelation(rows *sql.Rows) (id int64, r relation, err error) {
	err = rows.Scan(&id, &r.principal, &r.resource, &r.privilege, &r.source, &r.role)
	return id, r, err
}

// relationSet is the relations that a store knows, both ways.
type relationSet struct {
	ids  map[relation]int64
	byID map[int64]relation
}

func (s *Store) readRelations() error {
	known := relationSet{map[relation]int64{}, map[int64]relation{}}
	err := s.query(readRelations, nil, func(rows *sql.Rows) error {
		id, r, err := scanRelation(rows)
		known.ids[r], known.byID[id] = id, r
		return err
	})
	if err == nil {
		s.relations = known
	}
	return err
}

// relationID gives the number of a relation, a new one where it is the first of
// its sort. The caller holds s.mu.
func (s *Store) relationID(r relation) (int64, error) {
	if s.relations.ids == nil {
		if err := s.readRelations(); err != nil {
			return 0, err
		}
	}
	if id, ok := s.relations.ids[r]; ok {
		return id, nil
	}
	res, err := s.exec(insertRelation, int64(r.principal), int64(r.resource), int64(r.privilege), int64(r.source), r.role)
	if err != nil {
		return 0, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return 0, s.abandon(err)
	}
	s.relations.ids[r], s.relations.byID[id] = id, r
	return id, nil
}
