-- +goose Up
-- The bytes "ajar": file(1) and this program know the file by them.
PRAGMA application_id = 1634361714;

-- The numbers below are access.Kind, access.Privilege and access.Source. Their
-- names are here so that a person with the sqlite3 shell can read the rest.
CREATE TABLE kinds (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO kinds (id, name) VALUES
  (1, 'user'), (2, 'team'), (3, 'app'), (4, 'key'), (5, 'pat'), (6, 'credential'),
  (7, 'invitation'), (8, 'workflow'), (9, 'org'), (10, 'repo'), (11, 'env');

CREATE TABLE privileges (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO privileges (id, name) VALUES
  (1, 'none'), (2, 'read'), (3, 'triage'), (4, 'write'), (5, 'maintain'), (6, 'admin'),
  (10, 'member'), (11, 'owner'), (20, 'deploy'), (21, 'approve'), (22, 'bypass'), (23, 'configure');

CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO sources (id, name) VALUES
  (1, 'direct'), (2, 'team'), (3, 'base'), (4, 'owner'), (5, 'org-role'), (6, 'app'), (7, 'key'),
  (8, 'token'), (9, 'reviewer'), (10, 'bypass-actor'), (11, 'invitation');

-- scope_kind: what the scopes of an area are, where a grant can name the same
-- thing. grants_on: the kind of resource that its grants are on, none where the
-- area holds no grants. things: whether it holds entities.
CREATE TABLE areas (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  scope_kind INTEGER REFERENCES kinds (id),
  grants_on  INTEGER REFERENCES kinds (id),
  things     INTEGER NOT NULL CHECK (things IN (0, 1))
) STRICT;
INSERT INTO areas (id, name, scope_kind, grants_on, things) VALUES
  (1, 'organization', NULL, NULL, 1),
  (2, 'settings', NULL, NULL, 1),
  (3, 'workflow-token', NULL, NULL, 1),
  (4, 'members', 1, 9, 0),
  (5, 'two-factor', NULL, NULL, 1),
  (6, 'outside-collaborators', NULL, NULL, 1),
  (7, 'invitations', 7, 9, 1),
  (8, 'failed-invitations', NULL, NULL, 1),
  (9, 'teams', NULL, NULL, 1),
  (10, 'team-members', 2, 2, 0),
  (11, 'team-grants', 2, 10, 0),
  (12, 'custom-roles', NULL, NULL, 1),
  (13, 'organization-roles', NULL, NULL, 1),
  (14, 'organization-role-assignments', NULL, 9, 0),
  (15, 'repositories', NULL, NULL, 1),
  (16, 'direct-grants', 10, 10, 0),
  (17, 'environments', NULL, NULL, 1),
  (18, 'environment-gates', 10, 11, 1),
  (19, 'environment-policies', NULL, NULL, 1),
  (20, 'deploy-keys', 10, 10, 1),
  (21, 'audit-log', NULL, NULL, 1),
  (22, 'contributions', NULL, NULL, 1);

-- The generation grows with every writing start and every finished snapshot; a
-- small file beside the store repeats it, so that a restored backup is noticed.
CREATE TABLE generation (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  number      INTEGER NOT NULL CHECK (number >= 0),
  restored_at INTEGER -- when the store was found older than its witness
) STRICT;
INSERT INTO generation (id, number) VALUES (1, 0);

CREATE TABLE orgs (
  id         INTEGER PRIMARY KEY CHECK (id > 0),
  node_id    TEXT NOT NULL,
  login      TEXT NOT NULL,
  name       TEXT NOT NULL,
  created_at INTEGER
) STRICT;

-- One row per pass. Only a finished one is a snapshot that anybody may read.
CREATE TABLE snapshots (
  id              INTEGER PRIMARY KEY,
  org             INTEGER NOT NULL REFERENCES orgs (id),
  at              INTEGER NOT NULL,
  finished_at     INTEGER,
  judged_at       INTEGER,
  requests        INTEGER NOT NULL DEFAULT 0,
  points          INTEGER NOT NULL DEFAULT 0,
  bytes           INTEGER NOT NULL DEFAULT 0,
  took_ms         INTEGER NOT NULL DEFAULT 0,
  grants_added    INTEGER NOT NULL DEFAULT 0,
  grants_closed   INTEGER NOT NULL DEFAULT 0,
  entities_added  INTEGER NOT NULL DEFAULT 0,
  entities_closed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX snapshots_by_time ON snapshots (org, at) WHERE finished_at IS NOT NULL;

-- Everything below with seen_from and seen_to is an interval of snapshots of its
-- organization: seen by snapshot N where seen_from <= N and (seen_to IS NULL OR
-- seen_to > N). They are numbers of snapshots, not times, because they are a
-- quarter of the bytes; no foreign key, because it costs a look-up for each row.

CREATE TABLE org_logins (
  org       INTEGER NOT NULL REFERENCES orgs (id),
  seen_from INTEGER NOT NULL,
  login     TEXT NOT NULL,
  PRIMARY KEY (org, seen_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage (
  org       INTEGER NOT NULL REFERENCES orgs (id),
  area      INTEGER NOT NULL REFERENCES areas (id),
  scope     INTEGER NOT NULL CHECK (scope >= 0), -- 0: the whole area
  seen_from INTEGER NOT NULL,
  seen_to   INTEGER CHECK (seen_to > seen_from),
  status    TEXT NOT NULL CHECK (status IN ('', 'complete', 'partial', 'denied', 'unavailable')),
  reason    TEXT NOT NULL,
  help      TEXT NOT NULL,
  since     INTEGER,
  seen      INTEGER NOT NULL,
  total     INTEGER NOT NULL,
  PRIMARY KEY (org, area, scope, seen_from)
) STRICT, WITHOUT ROWID;

-- What people are called, and were called.
CREATE TABLE people (
  org        INTEGER NOT NULL REFERENCES orgs (id),
  id         INTEGER NOT NULL,
  seen_from  INTEGER NOT NULL,
  seen_to    INTEGER CHECK (seen_to > seen_from),
  node_id    TEXT NOT NULL,
  login      TEXT NOT NULL,
  name       TEXT NOT NULL,
  created_at INTEGER,
  PRIMARY KEY (org, id, seen_from)
) STRICT, WITHOUT ROWID;

-- A scope is what one Put replaces: a team's members, a repository's keys. Its
-- digest is that of its live content; NULL where that is not known to be whole.
CREATE TABLE scopes (
  id     INTEGER PRIMARY KEY,
  org    INTEGER NOT NULL REFERENCES orgs (id),
  area   INTEGER NOT NULL REFERENCES areas (id),
  scope  INTEGER NOT NULL CHECK (scope > 0),
  rows   INTEGER NOT NULL CHECK (rows >= 0), -- live rows
  digest BLOB CHECK (length(digest) = 16),
  UNIQUE (org, area, scope)
) STRICT;

CREATE TABLE entities (
  scope     INTEGER NOT NULL REFERENCES scopes (id),
  id        INTEGER NOT NULL,
  seen_from INTEGER NOT NULL,
  seen_to   INTEGER CHECK (seen_to > seen_from),
  label     TEXT NOT NULL,
  body      TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (scope, id, seen_from)
) STRICT, WITHOUT ROWID;

-- The few distinct kinds of edge. One small number stands for all five columns
-- in every grant.
CREATE TABLE relations (
  id             INTEGER PRIMARY KEY,
  principal_kind INTEGER NOT NULL REFERENCES kinds (id),
  resource_kind  INTEGER NOT NULL REFERENCES kinds (id),
  privilege      INTEGER NOT NULL REFERENCES privileges (id),
  source         INTEGER NOT NULL REFERENCES sources (id),
  role           INTEGER NOT NULL,
  UNIQUE (principal_kind, resource_kind, privilege, source, role)
) STRICT;

-- A set of edges: all of it is key, so a changed privilege is another row.
CREATE TABLE grants (
  scope     INTEGER NOT NULL REFERENCES scopes (id),
  principal INTEGER NOT NULL,
  resource  INTEGER NOT NULL,
  relation  INTEGER NOT NULL REFERENCES relations (id),
  seen_from INTEGER NOT NULL,
  seen_to   INTEGER CHECK (seen_to > seen_from),
  PRIMARY KEY (scope, principal, resource, relation, seen_from)
) STRICT, WITHOUT ROWID;

-- The reverse index: in which scopes a principal or resource has ever had a
-- grant, where the scope is not that thing's own. One row for a whole history,
-- so that a change costs nothing here.
CREATE TABLE mentions (
  kind  INTEGER NOT NULL,
  id    INTEGER NOT NULL,
  scope INTEGER NOT NULL REFERENCES scopes (id),
  PRIMARY KEY (kind, id, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  org            INTEGER NOT NULL REFERENCES orgs (id),
  fingerprint    TEXT NOT NULL CHECK (fingerprint <> ''),
  rule           TEXT NOT NULL,
  category       TEXT NOT NULL,
  severity       INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
  state          TEXT NOT NULL CHECK (state IN ('open', 'waived', 'resolved')),
  principal      TEXT NOT NULL, -- names as they were when it was last judged
  resource       TEXT NOT NULL,
  since          INTEGER,
  first_seen     INTEGER NOT NULL,
  last_seen      INTEGER NOT NULL,
  resolved_at    INTEGER,
  resolved_why   TEXT NOT NULL DEFAULT '',
  unseen         TEXT NOT NULL DEFAULT '', -- why it could not be looked for again
  reopened       INTEGER NOT NULL DEFAULT 0,
  needs          TEXT NOT NULL CHECK (json_valid(needs)),
  body           TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (org, fingerprint),
  CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE finding_events (
  id          INTEGER PRIMARY KEY,
  org         INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  at          INTEGER NOT NULL,
  snapshot    INTEGER NOT NULL REFERENCES snapshots (id),
  what        TEXT NOT NULL CHECK (what IN ('opened', 'waived', 'unwaived', 'resolved', 'reopened')),
  why         TEXT NOT NULL,
  FOREIGN KEY (org, fingerprint) REFERENCES findings (org, fingerprint)
) STRICT;
CREATE INDEX finding_events_by_finding ON finding_events (org, fingerprint, id);

-- For people with a shell; ajar itself does not read it.
CREATE VIEW grant_history AS
SELECT o.login AS org, a.name AS area, s.scope,
       pk.name AS principal_kind, g.principal, rk.name AS resource_kind, g.resource,
       p.name AS privilege, src.name AS source, r.role,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.at / 1000, 'unixepoch') AS seen_from,
       strftime('%Y-%m-%dT%H:%M:%SZ', t.at / 1000, 'unixepoch') AS seen_to
  FROM grants g
  JOIN scopes s ON s.id = g.scope
  JOIN orgs o ON o.id = s.org
  JOIN areas a ON a.id = s.area
  JOIN relations r ON r.id = g.relation
  JOIN kinds pk ON pk.id = r.principal_kind
  JOIN kinds rk ON rk.id = r.resource_kind
  JOIN privileges p ON p.id = r.privilege
  JOIN sources src ON src.id = r.source
  JOIN snapshots f ON f.id = g.seen_from
  LEFT JOIN snapshots t ON t.id = g.seen_to;
