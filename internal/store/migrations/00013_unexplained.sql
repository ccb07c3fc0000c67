-- +goose Up
-- One more kind of hold: foreign (somebody made changes as ajar). SQLite changes no
-- CHECK, so the table is made anew.
CREATE TABLE holds_new (
  id         INTEGER PRIMARY KEY,
  org        INTEGER NOT NULL REFERENCES orgs (id),
  kind       TEXT NOT NULL CHECK (kind IN ('lost', 'drift', 'manual', 'foreign')),
  what       TEXT NOT NULL,
  reason     TEXT NOT NULL,
  since      INTEGER NOT NULL,
  snapshot   INTEGER NOT NULL,
  base       INTEGER NOT NULL,
  lost       INTEGER NOT NULL,
  population INTEGER NOT NULL,
  agreed     INTEGER NOT NULL DEFAULT 0,
  set_by     TEXT NOT NULL DEFAULT '',
  lifted_at  INTEGER,
  lifted_by  TEXT NOT NULL DEFAULT '',
  lifted_why TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO holds_new (id, org, kind, what, reason, since, snapshot, base, lost, population, agreed, set_by, lifted_at, lifted_by, lifted_why)
SELECT id, org, kind, what, reason, since, snapshot, base, lost, population, agreed, set_by, lifted_at, lifted_by, lifted_why FROM holds;
DROP TABLE holds;
ALTER TABLE holds_new RENAME TO holds;
CREATE UNIQUE INDEX holds_in_force ON holds (org, kind, what) WHERE lifted_at IS NULL;
-- The events of the audit log that a hold stands for. Whoever lifts it accepts them:
-- they give no reason for another one.
CREATE TABLE unexplained (
  org      INTEGER NOT NULL REFERENCES orgs (id),
  document TEXT NOT NULL CHECK (document <> ''),
  hold     INTEGER NOT NULL REFERENCES holds (id),
  PRIMARY KEY (org, document)
) STRICT, WITHOUT ROWID;
