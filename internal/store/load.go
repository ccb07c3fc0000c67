package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"weak"

	"github.com/eb661601/ajar/access"
)

const (
	entitiesAt = `
		SELECT s.area, s.id, e.label, e.body
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		 CROSS JOIN entities e ON e.scope = s.id
		 WHERE a.things AND e.seen_from <= $2 AND (e.seen_to IS NULL OR e.seen_to > $2)
		 ORDER BY a.id, s.scope, e.id`
	peopleAt = `
		SELECT id, node_id, login, name, created_at, seen_from
		  FROM people
		 WHERE org = $1 AND seen_from <= $2 AND (seen_to IS NULL OR seen_to > $2)
		 ORDER BY id`
	orgAt = `
		SELECT o.id, o.node_id, l.login, o.name, o.created_at
		  FROM orgs o
		  JOIN org_logins l ON l.org = o.id
		 WHERE o.id = $1 AND l.seen_from <= $2
		 ORDER BY l.seen_from DESC
		 LIMIT 1`
)

// loading is a snapshot that is being read.
type loading struct {
	snap     *access.Snapshot
	gates    []access.Gate
	policies []access.Policy
	secrets  []access.Secrets
	words    map[string]string
	proof    proof
	since    []int32 // beside the grants: the snapshot since which each has been seen
	doubled  bool    // a grant stands in several scopes
}

// word gives one copy of a text that many things share.
func (l *loading) word(s string) string {
	if known, ok := l.words[s]; ok {
		return known
	}
	l.words[s] = s
	return s
}

// Load reads what one snapshot saw. The result belongs to the caller. What the
// newest one is made of is held against the digests that were stored with it.
func (s *Store) Load(ctx context.Context, info SnapshotInfo) (*access.Snapshot, error) {
	l, err := s.load(ctx, info, s.parts()...)
	if err != nil {
		return nil, err
	}
	s.remember(l)
	return l.snap, nil
}

// step reads a part of a snapshot.
type step func(context.Context, SnapshotInfo, *loading) error

// parts are all of a snapshot but its coverage.
func (s *Store) parts() []step {
	return []step{s.startProof, s.loadOrg, s.loadEntities, s.loadGrants, s.endProof, s.loadPeople}
}

func (s *Store) load(ctx context.Context, info SnapshotInfo, steps ...step) (*loading, error) {
	l := &loading{snap: &access.Snapshot{ID: info.ID, TakenAt: info.At}, words: map[string]string{}}
	for _, read := range steps {
		if err := read(ctx, info, l); err != nil {
			return nil, fmt.Errorf("snapshot %d of %s: %w", info.ID, info.Org, explain(s.path, err))
		}
	}
	var err error
	if l.snap.Coverage, err = s.coverage(ctx, info); err != nil {
		return nil, fmt.Errorf("snapshot %d of %s: %w", info.ID, info.Org, explain(s.path, err))
	}
	l.attach()
	return l, nil
}

// remember keeps since when the grants of a snapshot have been seen.
func (s *Store) remember(l *loading) {
	s.dates.Store(&dates{of: weak.Make(l.snap), grants: len(l.snap.Grants), since: l.since})
}

// loadOrg gives what is known of the organization where its own area was not read.
func (s *Store) loadOrg(ctx context.Context, info SnapshotInfo, l *loading) error {
	o := &l.snap.Org
	var created sql.NullInt64
	err := s.read.row(ctx, orgAt, []any{info.OrgID, info.ID}, &o.ID, &o.NodeID, &o.Login, &o.Name, &created)
	o.CreatedAt = instant(created)
	return err
}

func (s *Store) loadEntities(ctx context.Context, info SnapshotInfo, l *loading) error {
	err := s.read.rows(ctx, entitiesAt, []any{info.OrgID, info.ID}, func(rows *sql.Rows) error {
		var id uint8
		var scope int64
		var label, body sql.RawBytes
		if err := rows.Scan(&id, &scope, &label, &body); err != nil {
			return err
		}
		a := byAreaID[id]
		if a == nil || a.thing == nil {
			l.proof.found++
			return nil // an area of a later ajar that brought no new schema
		}
		key, err := a.thing.decode(body, l)
		if err != nil {
			return fmt.Errorf("reading %s, row %d of scopes: %w", a.name, scope, err)
		}
		l.proof.entity(a, scope, key, label, body)
		return nil
	})
	l.proof.endEntities()
	l.proof.begin(0)
	l.sort()
	return err
}

// sort brings what comes scope by scope into the order that snapshots promise.
func (l *loading) sort() {
	s := l.snap
	byKey(s.TwoFactor)
	byKey(s.Outside)
	byKey(s.Invitations)
	byKey(s.FailedInvitations)
	byKey(s.Teams)
	byKey(s.Repositories)
	byKey(s.RepoInvitations)
	byKey(s.DeployKeys)
	byKey(s.CustomRoles)
	byKey(s.OrgRoles)
	byKey(s.AuditActivity)
	byKey(s.Contributions)
	byKey(l.gates)
	byKey(l.policies)
	byKey(l.secrets)
	slices.SortStableFunc(s.Environments, func(x, y access.Environment) int {
		return cmp.Or(cmp.Compare(x.Repo, y.Repo), cmp.Compare(x.ID, y.ID))
	})
}

func byKey[T access.Entity](all []T) {
	slices.SortStableFunc(all, func(x, y T) int { return cmp.Compare(x.Key(), y.Key()) })
}

// attach gives each environment its gate, its policy and its secrets.
func (l *loading) attach() {
	for i := range l.snap.Environments {
		e := &l.snap.Environments[i]
		if j, ok := slices.BinarySearchFunc(l.gates, e.ID, func(g access.Gate, id int64) int { return cmp.Compare(g.Env, id) }); ok {
			e.Gate = &l.gates[j]
		}
		if j, ok := slices.BinarySearchFunc(l.policies, e.ID, func(p access.Policy, id int64) int { return cmp.Compare(p.Env, id) }); ok {
			e.Policy = &l.policies[j]
		}
		if j, ok := slices.BinarySearchFunc(l.secrets, e.ID, func(x access.Secrets, id int64) int { return cmp.Compare(x.Env, id) }); ok {
			e.Secrets = &l.secrets[j]
		}
	}
}

// loadPeople keeps those whom the snapshot names: who has left is known to the
// store for ever, but is nobody in this snapshot.
func (s *Store) loadPeople(ctx context.Context, info SnapshotInfo, l *loading) error {
	named := l.named()
	return s.read.rows(ctx, peopleAt, []any{info.OrgID, info.ID}, func(rows *sql.Rows) error {
		p, _, err := scanPerson(rows)
		if err == nil && named[p.ID] {
			l.snap.People = append(l.snap.People, p)
		}
		return err
	})
}

func (l *loading) named() map[int64]bool {
	named := map[int64]bool{}
	for _, g := range l.snap.Grants {
		if g.Principal.Kind == access.User {
			named[g.Principal.ID] = true
		}
	}
	for _, t := range l.snap.TwoFactor {
		named[t.User] = true
	}
	for _, o := range l.snap.Outside {
		named[o.User] = true
	}
	for _, i := range l.snap.RepoInvitations {
		named[i.Invitee] = true
	}
	for _, a := range slices.Concat(l.snap.AuditActivity, l.snap.Contributions) {
		named[a.User] = true
	}
	return named
}

// Things reads a snapshot without its grants: who and what there is, by name. It
// takes a fraction of the time of [Store.Load], and holds nothing against digests.
// Somebody who is there by a grant alone is not in it.
func (s *Store) Things(ctx context.Context, info SnapshotInfo) (*access.Snapshot, error) {
	return s.loadWith(ctx, info, nil)
}
