-- +goose Up
-- When the judgement of a snapshot was doubted to its end: only then what is on hold
-- for it is all that is to be. What was judged before this was known counts as
-- doubted.
ALTER TABLE snapshots ADD COLUMN doubted_at INTEGER;
UPDATE snapshots SET doubted_at = judged_at;

-- The newest of an organization that was, and by which baseline: '' = none.
CREATE TABLE doubted_by (
  org      INTEGER PRIMARY KEY REFERENCES orgs (id),
  snapshot INTEGER NOT NULL REFERENCES snapshots (id),
  baseline TEXT NOT NULL,
  drift    INTEGER NOT NULL -- the newest that was doubted with a baseline; 0: none
) STRICT;
INSERT INTO doubted_by (org, snapshot, baseline, drift)
SELECT s.org, max(s.id), coalesce((SELECT baseline FROM judged_by WHERE org = s.org), ''),
       CASE WHEN EXISTS (SELECT 1 FROM judged_by WHERE org = s.org AND baseline <> '') THEN max(s.id) ELSE 0 END
  FROM snapshots s WHERE s.judged_at IS NOT NULL GROUP BY s.org;
