-- +goose Up
-- The highest instant that GitHub's clock was heard to tell. Ends of access are
-- judged by that clock, and time never runs back behind it, whatever is done to the
-- clock of this machine. No row: nothing was heard yet.
CREATE TABLE clock (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  highest INTEGER NOT NULL
) STRICT;
-- The newest snapshot that a store had when it was noticed that a backup was put in
-- its place: only a later one shows what is missing.
CREATE TABLE rollback (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  snapshot INTEGER NOT NULL
) STRICT;
INSERT INTO rollback (id, snapshot)
SELECT 1, (SELECT coalesce(max(id), 0) FROM snapshots) FROM generation WHERE restored_at IS NOT NULL;
