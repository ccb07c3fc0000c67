-- +goose Up
-- What evidence tells of the past, which the newest state of a table does not: by
-- what was judged, what findings said before, and the lives of notices.

-- What the baselines say that an audit judged by: each text once, however many
-- versions have it. DEFLATE, without a header.
CREATE TABLE baseline_texts (
  id     INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32), -- SHA-256 of the text
  size   INTEGER NOT NULL CHECK (size >= 0),               -- of the text, in bytes
  text   BLOB NOT NULL
) STRICT;

-- The files of each version, by the hash of what it means. Of two versions that mean
-- the same, the first.
CREATE TABLE baseline_files (
  hash  TEXT NOT NULL CHECK (hash <> ''),
  place INTEGER NOT NULL, -- in the order in which they are read
  name  TEXT NOT NULL,    -- without its folder
  text  INTEGER NOT NULL REFERENCES baseline_texts (id),
  PRIMARY KEY (hash, place)
) STRICT, WITHOUT ROWID;

-- By what the snapshots of an organization were judged: one row where it is not as it
-- was at the judgement before, so that a pass with nothing new adds none. A row holds
-- for its snapshot and for all that were judged after it, up to the next row; of
-- several rows of one snapshot the last one holds.
CREATE TABLE judgements (
  id        INTEGER PRIMARY KEY,
  org       INTEGER NOT NULL REFERENCES orgs (id),
  snapshot  INTEGER NOT NULL REFERENCES snapshots (id),
  baseline  TEXT NOT NULL,                         -- its hash; '': there was none
  kept      INTEGER NOT NULL CHECK (kept IN (0, 1)), -- baseline_files has it
  config    TEXT NOT NULL,                         -- the hash of the configuration; '': not known
  program   TEXT NOT NULL,                         -- its version; '': not known
  undecided TEXT NOT NULL CHECK (json_valid(undecided)) -- the rules that could not judge all, or did not run; null: not known
) STRICT;
CREATE INDEX judgements_by_org ON judgements (org, snapshot, id);
-- Of what was judged before, the store knows the hash of the newest alone.
INSERT INTO judgements (org, snapshot, baseline, kept, config, program, undecided)
SELECT b.org, max(s.id), b.baseline, 0, '', '', 'null'
  FROM judged_by b JOIN snapshots s ON s.org = b.org AND s.judged_at IS NOT NULL
 GROUP BY b.org, b.baseline;

-- What a finding said until a judgement told it otherwise: its severity, its names and
-- what else of it is counted. The newest stands in findings.
CREATE TABLE finding_forms (
  org         INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  until       INTEGER NOT NULL REFERENCES snapshots (id), -- the first snapshot of which it is not so
  body        TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (org, fingerprint, until),
  FOREIGN KEY (org, fingerprint) REFERENCES findings (org, fingerprint)
) STRICT, WITHOUT ROWID;

-- What a hold said until a snapshot told it otherwise: it grows while it is in force.
CREATE TABLE hold_forms (
  hold       INTEGER NOT NULL REFERENCES holds (id),
  until      INTEGER NOT NULL, -- the first snapshot of which it is not so
  reason     TEXT NOT NULL,
  snapshot   INTEGER NOT NULL,
  lost       INTEGER NOT NULL,
  population INTEGER NOT NULL,
  agreed     INTEGER NOT NULL,
  PRIMARY KEY (hold, until)
) STRICT, WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER holds_grew AFTER UPDATE OF reason, snapshot, lost, population, agreed ON holds BEGIN
  INSERT INTO hold_forms (hold, until, reason, snapshot, lost, population, agreed)
  VALUES (OLD.id, max(NEW.snapshot, NEW.agreed), OLD.reason, OLD.snapshot, OLD.lost, OLD.population, OLD.agreed)
      ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd

-- Each notice that was ever in the outbox, under the same number, without what it says
-- and where to. The outbox forgets, this does not.
CREATE TABLE notices (
  id      INTEGER PRIMARY KEY,
  key     TEXT NOT NULL CHECK (key <> ''),
  channel TEXT NOT NULL CHECK (channel <> ''),
  kind    TEXT NOT NULL CHECK (kind <> ''),
  org     INTEGER NOT NULL CHECK (org >= 0), -- 0: of no organization
  at      INTEGER NOT NULL,
  began   TEXT NOT NULL CHECK (began IN ('waiting', 'held'))
) STRICT;
CREATE INDEX notices_by_time ON notices (at);

-- What became of each: a row for each try, and for each other state.
CREATE TABLE notice_turns (
  id     INTEGER PRIMARY KEY,
  notice INTEGER NOT NULL REFERENCES notices (id),
  at     INTEGER NOT NULL,
  state  TEXT NOT NULL,
  tries  INTEGER NOT NULL,
  error  TEXT NOT NULL -- '': none, or the one of the try before
) STRICT;
CREATE INDEX notice_turns_of ON notice_turns (notice);
CREATE INDEX notice_turns_by_time ON notice_turns (at);

ALTER TABLE outbox ADD COLUMN tried INTEGER; -- when it was tried last
-- When a try took place that is not over was not kept: they count as of the beginning.
INSERT INTO notices (id, key, channel, kind, org, at, began)
SELECT id, key, channel, kind, org, at, CASE WHEN state IN ('held', 'merged') THEN 'held' ELSE 'waiting' END FROM outbox ORDER BY id;
INSERT INTO notice_turns (notice, at, state, tries, error)
SELECT id, coalesce(ended_at, since), state, tries, error FROM outbox WHERE ended_at IS NOT NULL OR tries > 0 ORDER BY coalesce(ended_at, since), id;

-- Who puts something into the outbox or changes it cannot forget to note that.
-- +goose StatementBegin
CREATE TRIGGER outbox_began AFTER INSERT ON outbox BEGIN
  INSERT INTO notices (id, key, channel, kind, org, at, began)
  VALUES (NEW.id, NEW.key, NEW.channel, NEW.kind, NEW.org, NEW.at, CASE NEW.state WHEN 'held' THEN 'held' ELSE 'waiting' END);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outbox_turned AFTER UPDATE ON outbox WHEN NEW.state <> OLD.state OR NEW.tries <> OLD.tries BEGIN
  INSERT INTO notice_turns (notice, at, state, tries, error)
  VALUES (NEW.id, coalesce(NEW.ended_at, CASE WHEN NEW.tries > 0 THEN NEW.tried END, NEW.since), NEW.state, NEW.tries,
          CASE WHEN NEW.error = OLD.error THEN '' ELSE NEW.error END);
END;
-- +goose StatementEnd

-- From when on the store keeps what it did not keep when it was made. No row: from its
-- beginning. findings: the forms of an organization's findings are known as of this
-- snapshot and later. notices: those that were over before this instant may be missing.
CREATE TABLE kept_from (
  what     TEXT NOT NULL CHECK (what IN ('findings', 'notices')),
  org      INTEGER NOT NULL, -- 0: of all
  snapshot INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (what, org)
) STRICT, WITHOUT ROWID;
INSERT INTO kept_from (what, org, snapshot, at)
SELECT 'findings', org, max(id), max(at) FROM snapshots WHERE judged_at IS NOT NULL GROUP BY org;
-- It forgot what was over for 30 days, each time when it noted what became of others.
INSERT INTO kept_from (what, org, snapshot, at)
SELECT 'notices', 0, 0, max(coalesce(ended_at, next)) - 2592000000 FROM outbox HAVING count(*) > 0;
