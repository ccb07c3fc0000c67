-- +goose Up
-- When a scope of an area was last asked for that is not read in each pass. One
-- row for each, brought up to date in place: what a snapshot saw is in its rows
-- and its ledger, this says only what is to be read next.
CREATE TABLE readings (
  org   INTEGER NOT NULL REFERENCES orgs (id),
  area  INTEGER NOT NULL REFERENCES areas (id),
  scope INTEGER NOT NULL CHECK (scope > 0),
  at    INTEGER NOT NULL,
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)), -- it was read to its end
  PRIMARY KEY (org, area, scope)
) STRICT, WITHOUT ROWID;
