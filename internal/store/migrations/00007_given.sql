-- +goose Up
-- Who gave access, by the audit log. GitHub forgets after half a year; these rows
-- stay. They are what the log said, and nothing is concluded from a row that is
-- not there.
CREATE TABLE given (
  org      INTEGER NOT NULL REFERENCES orgs (id),
  document TEXT NOT NULL CHECK (document <> ''),
  at       INTEGER NOT NULL,
  action   TEXT NOT NULL,
  actor    TEXT NOT NULL,
  actor_id INTEGER NOT NULL,
  user     TEXT NOT NULL,
  user_id  INTEGER NOT NULL,
  repo     TEXT NOT NULL,
  repo_id  INTEGER NOT NULL,
  team     TEXT NOT NULL,
  label    TEXT NOT NULL,
  PRIMARY KEY (org, document)
) STRICT, WITHOUT ROWID;
