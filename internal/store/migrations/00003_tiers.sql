-- +goose Up
-- What has no bulk source is not read in each pass: then a line of the ledger
-- says when it was. NULL: in the pass that wrote the line.
ALTER TABLE coverage ADD COLUMN read_at INTEGER;

INSERT INTO areas (id, name, scope_kind, grants_on, things) VALUES
  (23, 'repository-invitations', 10, 10, 1),
  (24, 'environment-secrets', NULL, NULL, 1);

-- How large a page of each list was when the server last bore it well.
CREATE TABLE page_sizes (
  org  INTEGER NOT NULL REFERENCES orgs (id),
  list TEXT NOT NULL,
  size INTEGER NOT NULL CHECK (size > 0),
  PRIMARY KEY (org, list)
) STRICT, WITHOUT ROWID;
