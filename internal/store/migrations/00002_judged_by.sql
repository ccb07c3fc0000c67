-- +goose Up
-- With which baseline the lives of the findings were judged last: its hash, or ''
-- for none. An organization that was never judged since has no row.
CREATE TABLE judged_by (
  org      INTEGER PRIMARY KEY REFERENCES orgs (id),
  baseline TEXT NOT NULL
) STRICT;
