-- +goose Up
-- What a pass cost beside requests, points, bytes and time.
ALTER TABLE snapshots ADD COLUMN not_modified INTEGER NOT NULL DEFAULT 0; -- of requests: answered 304
ALTER TABLE snapshots ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;     -- answers of a run that broke off
ALTER TABLE snapshots ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;      -- of requests: sent again
ALTER TABLE snapshots ADD COLUMN shrunk INTEGER NOT NULL DEFAULT 0;       -- pages and batches asked for in smaller ones
ALTER TABLE snapshots ADD COLUMN waited_ms INTEGER NOT NULL DEFAULT 0;    -- for limits, pacing and retries
