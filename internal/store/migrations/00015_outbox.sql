-- +goose Up
-- What is to be told to whom: one row for each message and channel. It is written in
-- one transaction with what was told (below), so that a process that dies neither
-- forgets a message nor composes it twice.
CREATE TABLE outbox (
  id       INTEGER PRIMARY KEY,
  key      TEXT NOT NULL CHECK (key <> ''),     -- of the message, the same at each try
  channel  TEXT NOT NULL CHECK (channel <> ''), -- by its name in the configuration
  kind     TEXT NOT NULL CHECK (kind <> ''),
  org      INTEGER NOT NULL CHECK (org >= 0), -- 0: of no organization
  at       INTEGER NOT NULL,                  -- when it was written
  body     TEXT NOT NULL CHECK (json_valid(body)),
  -- held waits for the next digest; merged went into one; superseded was overtaken by a
  -- newer account of the same; dead was tried for as long as messages are.
  state    TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'sent', 'merged', 'superseded', 'dead')),
  since    INTEGER NOT NULL, -- from when on it is tried
  next     INTEGER NOT NULL, -- not tried before
  tries    INTEGER NOT NULL DEFAULT 0,
  error    TEXT NOT NULL DEFAULT '', -- of the last try; holds no address and no secret
  ended_at INTEGER,
  UNIQUE (key, channel),
  CHECK ((state IN ('waiting', 'held')) = (ended_at IS NULL))
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, next);
CREATE INDEX outbox_by_channel ON outbox (channel, org, kind, id);

-- What people know: each thing that is open and that they were told of, once.
CREATE TABLE told (
  org      INTEGER NOT NULL CHECK (org >= 0),
  kind     TEXT NOT NULL CHECK (kind <> ''), -- finding, hold, coverage …
  thing    TEXT NOT NULL CHECK (thing <> ''), -- the fingerprint of a finding
  severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5), -- as it was told
  times    INTEGER NOT NULL, -- how often a finding had come back by then
  at       INTEGER NOT NULL,
  title    TEXT NOT NULL, -- of a finding the store has it: then it is ''
  PRIMARY KEY (org, kind, thing)
) STRICT, WITHOUT ROWID;

-- Waivers that end are asked for at each pass; they are few.
CREATE INDEX findings_waived ON findings (org) WHERE state = 'waived';
