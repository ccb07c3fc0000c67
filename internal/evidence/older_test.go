package evidence_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// madeBefore takes from a store what ajar keeps of the past since schema 17.
const madeBefore = `DROP TRIGGER holds_grew; DROP TABLE hold_forms; DROP TABLE kept_from; DROP TRIGGER outbox_began; DROP TRIGGER outbox_turned;
	DROP TABLE notice_turns; DROP TABLE notices; ALTER TABLE outbox DROP COLUMN tried; DROP TABLE finding_forms; DROP TABLE judgements;
	DROP TABLE baseline_files; DROP TABLE baseline_texts; DELETE FROM goose_db_version WHERE version_id >= 17`

// A store that an older ajar made says what it does not know of that time, and goes on
// saying so when it knows more of later.
func TestStoreOfAnOlderAjarSaysWhatItDoesNotKnow(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	defer func() { check(t, s.Close()) }()
	a := func(severity access.Severity) map[string]saying {
		return map[string]saying{"a": {severity, "title", "", time.Time{}}}
	}
	judgedSaying(t, s, 0, "b0", a(access.Low))
	judgedSaying(t, s, 1, "b1", a(access.High))
	tell(t, s, 0, store.NoticeSent)
	tell(t, s, 1, store.NoticeWaiting)
	check(t, s.Close())
	db, err := sql.Open("sqlite", filepath.Join(dir, "ajar.db"))
	check(t, err)
	_, err = db.Exec(madeBefore)
	check(t, err)
	check(t, db.Close())
	s = open(t, dir)
	first := evidence.Period{From: hour(0), To: hour(0).Add(time.Minute)}
	before := whole(t, gather(t, s, first))
	judgedSaying(t, s, 2, "b1", a(access.Critical))
	e := gather(t, s, first)
	if whole(t, e) != before {
		t.Error("what is told of that time has changed")
	}
	for _, row := range rows(t, e, "population-end") {
		if is := row["entitled"]; is != "unknown" && is != "no" || row["baseline"] != "" {
			t.Errorf("a grant of then is %s by %q", is, row["baseline"])
		}
	}
	if got := rows(t, e, "findings"); len(got) != 1 || got[0]["as_then"] != "0" || got[0]["severity"] != "high" {
		t.Errorf("the findings are %v", got)
	}
	if len(e.Gaps) > 0 {
		t.Errorf("nothing was forgotten yet, and gaps are %v", e.Gaps)
	}
	if got := rows(t, e, "notices"); len(got) != 1 || got[0]["state"] != "sent" {
		t.Errorf("the notices are %v", got)
	}
	e = gather(t, s, evidence.Period{From: past(hour(1)), To: hour(2).Add(time.Minute)})
	if got := rows(t, e, "findings"); len(got) != 1 || got[0]["as_then"] != "1" || got[0]["severity"] != "critical" {
		t.Errorf("later findings are %v", got)
	}
	ends := map[string]map[string]int{}
	for _, table := range []string{"population-start", "population-end"} {
		ends[table] = map[string]int{}
		for _, row := range rows(t, e, table) {
			ends[table][row["entitled"]]++
			if row["baseline"] != "b1" {
				t.Errorf("the baseline is %q", row["baseline"])
			}
		}
	}
	if ends["population-start"]["yes"] > 0 || ends["population-end"]["yes"] == 0 {
		t.Errorf("entitled is %v", ends)
	}
	old := gather(t, s, evidence.Period{From: hour(-24 * 40), To: hour(0).Add(time.Minute)})
	told := false
	for _, g := range old.Gaps {
		told = told || g.From.Equal(hour(-24*40)) && g.To.Equal(hour(-24*30+2)) && g.Org == "acme"
	}
	if !told {
		t.Errorf("that notices may be missing is not told: %v", old.Gaps)
	}
}
