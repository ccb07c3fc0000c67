-- +goose Up
-- Why an organization stands still: nothing is changed there until a person has
-- lifted the hold. kind: lost (much is gone at once), drift (much is called drift
-- at once), manual (somebody said so). what: the kind of thing. base: the snapshot
-- that was compared with. agreed: a later snapshot that shows the same.
CREATE TABLE holds (
  id         INTEGER PRIMARY KEY,
  org        INTEGER NOT NULL REFERENCES orgs (id),
  kind       TEXT NOT NULL CHECK (kind IN ('lost', 'drift', 'manual')),
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
-- One of a kind is in force at a time.
CREATE UNIQUE INDEX holds_in_force ON holds (org, kind, what) WHERE lifted_at IS NULL;
