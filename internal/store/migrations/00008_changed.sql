-- +goose Up
-- The newest snapshot at which a row of the scope began or ended: what changed
-- since another one is found without reading the scopes that did not.
ALTER TABLE scopes ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
UPDATE scopes SET changed = max(
  coalesce((SELECT max(max(g.seen_from, coalesce(g.seen_to, 0))) FROM grants g WHERE g.scope = scopes.id), 0),
  coalesce((SELECT max(max(e.seen_from, coalesce(e.seen_to, 0))) FROM entities e WHERE e.scope = scopes.id), 0));
