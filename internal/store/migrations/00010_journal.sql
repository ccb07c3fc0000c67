-- +goose Up
-- The journal: what was decided and done, one row for each entry, and never changed.
-- It points at no other table, so that nothing that is tidied away can touch it.
-- docs/journal.md says how digest and leaf come about.
CREATE TABLE journal (
  seq    INTEGER PRIMARY KEY CHECK (seq > 0),
  at     INTEGER NOT NULL,
  epoch  INTEGER NOT NULL CHECK (epoch > 0),
  org    INTEGER NOT NULL CHECK (org >= 0), -- 0: of no organization
  kind   TEXT NOT NULL CHECK (kind <> ''),
  plan   TEXT NOT NULL,
  run    TEXT NOT NULL,
  action TEXT NOT NULL,
  who    TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  leaf   BLOB NOT NULL CHECK (length(leaf) = 32),
  body   TEXT CHECK (json_valid(body)) -- NULL: it was redacted
) STRICT;
CREATE INDEX journal_by_run ON journal (run, seq) WHERE run <> '';
CREATE INDEX journal_by_plan ON journal (plan, seq) WHERE plan <> '';
CREATE INDEX journal_by_kind ON journal (kind, org, seq);
CREATE INDEX journal_by_time ON journal (org, at);

-- The head of the journal: who writes, how long it is, the subtrees that the next
-- head needs, and the newest signature.
CREATE TABLE journal_head (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  epoch  INTEGER NOT NULL CHECK (epoch > 0),
  key    TEXT NOT NULL, -- the public one that signs
  size   INTEGER NOT NULL CHECK (size > 0),
  hashes BLOB NOT NULL,
  note   TEXT NOT NULL
) STRICT;

-- Checkpoints that were published: copies of them exist elsewhere.
CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY CHECK (size > 0),
  at   INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;

-- Entries whose body may be removed, and by which entry.
CREATE TABLE redactions (
  seq INTEGER PRIMARY KEY REFERENCES journal (seq),
  by  INTEGER NOT NULL REFERENCES journal (seq),
  CHECK (by > seq)
) STRICT;

CREATE TABLE plans (
  hash    TEXT PRIMARY KEY CHECK (hash <> ''),
  org     INTEGER NOT NULL CHECK (org >= 0),
  made_at INTEGER NOT NULL,
  body    TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER journal_stays BEFORE DELETE ON journal BEGIN
  SELECT RAISE(ABORT, 'an entry of the journal is never removed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_unchanged BEFORE UPDATE ON journal
WHEN NEW.body IS NOT NULL OR OLD.body IS NULL
  OR NEW.seq IS NOT OLD.seq OR NEW.at IS NOT OLD.at OR NEW.epoch IS NOT OLD.epoch OR NEW.org IS NOT OLD.org
  OR NEW.kind IS NOT OLD.kind OR NEW.plan IS NOT OLD.plan OR NEW.run IS NOT OLD.run OR NEW.action IS NOT OLD.action
  OR NEW.who IS NOT OLD.who OR NEW.digest IS NOT OLD.digest OR NEW.leaf IS NOT OLD.leaf
  OR NOT EXISTS (SELECT 1 FROM redactions WHERE seq = OLD.seq)
BEGIN
  SELECT RAISE(ABORT, 'an entry of the journal is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_in_order BEFORE INSERT ON journal
WHEN NEW.body IS NULL OR NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
BEGIN
  SELECT RAISE(ABORT, 'an entry of the journal has the next number, and a body');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_head_stays BEFORE DELETE ON journal_head BEGIN
  SELECT RAISE(ABORT, 'the head of the journal is never removed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_head_grows BEFORE UPDATE ON journal_head
WHEN NEW.size < OLD.size OR NEW.epoch < OLD.epoch
BEGIN
  SELECT RAISE(ABORT, 'the journal only grows');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoints_stay BEFORE DELETE ON checkpoints BEGIN
  SELECT RAISE(ABORT, 'a checkpoint is never removed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoints_unchanged BEFORE UPDATE ON checkpoints BEGIN
  SELECT RAISE(ABORT, 'a checkpoint is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plans_stay BEFORE DELETE ON plans BEGIN
  SELECT RAISE(ABORT, 'a saved plan is never removed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plans_unchanged BEFORE UPDATE ON plans BEGIN
  SELECT RAISE(ABORT, 'a saved plan is never changed');
END;
-- +goose StatementEnd
