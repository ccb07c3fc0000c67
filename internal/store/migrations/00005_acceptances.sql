-- +goose Up
-- Who puts a backup in the place of a store accepts that what happened since is
-- not in it. One row each time, with the reason that was given.
CREATE TABLE acceptances (
  id          INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL,
  restored_at INTEGER NOT NULL, -- when it was noticed that a backup was put back
  generation  INTEGER NOT NULL, -- the store's, when it was accepted
  reason      TEXT NOT NULL CHECK (reason <> '')
) STRICT;
