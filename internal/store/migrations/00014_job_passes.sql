-- +goose Up
-- When the daemon did what, so that what is due can be told after a restart. The
-- organization is a login: a first pass that fails knows no number.
CREATE TABLE job_passes (
  id       INTEGER PRIMARY KEY,
  job      TEXT NOT NULL CHECK (job <> ''),
  org      TEXT NOT NULL,
  began    INTEGER NOT NULL,
  ended    INTEGER NOT NULL,
  result   TEXT NOT NULL CHECK (result IN ('ok', 'incomplete', 'failed', 'interrupted', 'planned')),
  reason   TEXT NOT NULL,
  failures INTEGER NOT NULL CHECK (failures >= 0)
) STRICT;
CREATE INDEX job_passes_of ON job_passes (job, org, id);
