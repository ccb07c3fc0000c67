package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

// before17 undoes the migration that keeps the past.
const before17 = `DROP TRIGGER holds_grew; DROP TABLE hold_forms; DROP TABLE kept_from; DROP TRIGGER outbox_began; DROP TRIGGER outbox_turned; DROP TABLE notice_turns; DROP TABLE notices;
	ALTER TABLE outbox DROP COLUMN tried; DROP TABLE finding_forms; DROP TABLE judgements; DROP TABLE baseline_files; DROP TABLE baseline_texts; `

func byBaseline(hash string, files ...string) Terms {
	with := Terms{Baseline: hash, Config: "c1", Program: "1.0", Undecided: []string{"b", "a", "b"}, Withheld: []string{"c"}}
	for i, f := range files {
		with.Files = append(with.Files, Text{Name: fmt.Sprintf("/etc/ajar/%d.toml", i), Body: []byte(f)})
	}
	return with
}

// A version of the baseline is kept once, its unchanged files with it, and a pass that was
// judged as the one before adds no row and hardly a byte.
func TestBaselineIsKeptOncePerVersionAndNothingIsAddedWhileItStays(t *testing.T) {
	s := fresh(t)
	random := rand.New(rand.NewPCG(1, 2))
	long := make([]byte, 200_000) // that nothing makes small
	for i := range long {
		long[i] = byte('a' + random.IntN(26))
	}
	judgeWith(t, s, takeOne(t, s, 0, true, true), byBaseline("b1", string(long), "one"))
	before := fileSize(t, s)
	const passes = 100
	for n := 1; n <= passes; n++ {
		judgeWith(t, s, takeOne(t, s, n, true, true), byBaseline("b1", string(long), "one"))
	}
	if grew := (fileSize(t, s) - before) / passes; grew > 4096 {
		t.Errorf("a pass by an unchanged baseline adds %d bytes, want at most 4096", grew)
	}
	before = fileSize(t, s)
	judgeWith(t, s, takeOne(t, s, passes+1, true, true), byBaseline("b2", string(long), "two"))
	if grew := fileSize(t, s) - before; grew > 50_000 {
		t.Errorf("a version of which one small file changed adds %d bytes", grew)
	}
	judgeWith(t, s, takeOne(t, s, passes+2, true, true), byBaseline("b1", string(long), "one"))
	if texts, rows := count(t, s, "baseline_texts"), count(t, s, "judgements"); texts != 3 || rows != 3 {
		t.Errorf("%d texts and %d judgements are kept, want 3 and 3", texts, rows)
	}
	all, err := s.Judgements(t.Context(), acme.ID, 1000)
	if err != nil {
		t.Fatal(err)
	}
	want := []Judgement{{Snapshot: 1, At: hour(0), Baseline: "b1"}, {Snapshot: 102, At: hour(101), Baseline: "b2"}, {Snapshot: 103, At: hour(102), Baseline: "b1"}}
	for i := range want {
		want[i].Kept, want[i].Config, want[i].Program, want[i].Undecided, want[i].Told = true, "c1", "1.0", []string{"a", "b", "c"}, true
	}
	same(t, "judgements", all, want)
	files, err := s.BaselineFiles(t.Context(), "b2")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "files", files, []Text{{"0.toml", long}, {"1.toml", []byte("two")}})
}

func TestBaselineThatIsTooLargeIsKnownByItsHashAlone(t *testing.T) {
	s := fresh(t)
	judgeWith(t, s, takeOne(t, s, 0, true, true), byBaseline("b1", strings.Repeat("a", LargestBaseline), "b"))
	all, err := s.Judgements(t.Context(), acme.ID, 1)
	if err != nil || len(all) != 1 || all[0].Kept || all[0].Baseline != "b1" {
		t.Errorf("%+v, %v", all, err)
	}
	if files, err := s.BaselineFiles(t.Context(), "b1"); err != nil || len(files) > 0 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

func TestTextOfABaselineThatIsNotTheOneIsNotGiven(t *testing.T) {
	s := fresh(t)
	judgeWith(t, s, takeOne(t, s, 0, true, true), byBaseline("b1", "one"))
	other, err := deflate([]byte("two"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.ExecContext(t.Context(), "UPDATE baseline_texts SET text = $1", other); err != nil {
		t.Fatal(err)
	}
	if files, err := s.BaselineFiles(t.Context(), "b1"); err == nil || !strings.Contains(err.Error(), "0.toml") {
		t.Errorf("%v, %v", files, err)
	}
	all, err := s.Examine(t.Context())
	if err != nil || !slices.ContainsFunc(all, func(x Examined) bool { return x.What == "baselines of then" && strings.Contains(x.Wrong, "0.toml") }) {
		t.Errorf("the look at the store does not find it: %v, %v", all, err)
	}
}

// What a finding said is told of each snapshot as it was then, whatever it says later, and
// a finding that says what it said costs nothing.
func TestFindingSaysOfEachSnapshotWhatItSaidThen(t *testing.T) {
	s := fresh(t)
	said := func(severity access.Severity, title string, p access.Privilege) access.Finding {
		f := standing(1, 50)
		g := direct(1, 50, p)
		f.Severity, f.Title, f.Grant = severity, title, &g
		return f
	}
	steps := []access.Finding{
		said(access.High, "ann is admin", access.Admin), said(access.High, "ann is admin", access.Admin),
		said(access.Low, "ann is admin of an archive", access.Admin), said(access.Critical, "ann is admin", access.Write),
	}
	steps[1].Evidence = []string{"seen again"} // which is not kept of then
	var snaps []*access.Snapshot
	for n, f := range steps {
		snaps = append(snaps, takeOne(t, s, n, true, true))
		judge(t, s, snaps[n], said(access.Info, "another judgement of the same snapshot", access.Read))
		judge(t, s, snaps[n], f)
	}
	judge(t, s, takeOne(t, s, len(steps), false, true))
	for n, want := range steps {
		all, err := s.FindingsAt(t.Context(), Filter{Severity: want.Severity, Principal: "ann"}, SnapshotInfo{OrgID: acme.ID, Org: "acme", ID: snaps[n].ID, At: hour(n)})
		if err != nil || len(all) != 1 || all[0].Severity != want.Severity || all[0].Title != want.Title || *all[0].Grant != *want.Grant || all[0].State != access.Open {
			t.Errorf("of snapshot %d it says %+v, %v; want %+v", n, all, err, want)
		}
	}
	turns, err := s.SeverityTurns(t.Context(), acme.ID, 1000)
	if err != nil {
		t.Fatal(err)
	}
	of := func(snapshot int64, was, is access.Severity) SeverityTurn {
		return SeverityTurn{steps[0].Fingerprint, snapshot, hour(int(snapshot) - 1), was, is}
	}
	same(t, "turns", turns, []SeverityTurn{of(3, access.High, access.Low), of(4, access.Low, access.Critical)})
	rows := count(t, s, "finding_forms")
	judge(t, s, takeOne(t, s, 9, true, true), steps[3])
	judge(t, s, takeOne(t, s, 10, true, true), steps[3])
	if n := count(t, s, "finding_forms"); n != rows {
		t.Errorf("%d forms are kept of a finding that says the same, want %d", n, rows)
	}
}

func notice(key, channel string, at time.Time, state string) Notice {
	return Notice{Key: key, Channel: channel, Kind: "audit", Org: acme.ID, At: at, Body: []byte(`{"secret": "https://hooks.example/T0"}`), State: state}
}

// The notices of a period stay as they stood at its end: nothing that becomes of them, of
// others or of the outbox afterwards changes them.
func TestNoticesOfAPeriodStayAsTheyStood(t *testing.T) {
	s := fresh(t)
	ctx := t.Context()
	finish(t, begin(t, s, noon))
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.AddNotices(ctx, notice("sent", "ops", hour(1), NoticeWaiting), notice("late", "ops", hour(1), NoticeWaiting), notice("held", "boss", hour(1), NoticeHeld), notice("old", "ops", hour(-9), NoticeWaiting)))
	tried := func(key, state string, tries int, at time.Time, because string) {
		t.Helper()
		all, err := s.NoticesOf(ctx, key)
		check(err)
		n := all[0]
		n.State, n.Tries, n.Tried, n.Error, n.Next = state, tries, at, because, at.Add(time.Hour)
		if state == NoticeSent || state == NoticeDead {
			n.Ended = at
		}
		check(s.SettleNotices(ctx, n))
	}
	tried("sent", NoticeWaiting, 1, hour(2), "503")
	tried("sent", NoticeWaiting, 2, hour(3), "503")
	tried("late", NoticeWaiting, 1, hour(3), "no route")
	tried("old", NoticeDead, 7, hour(3), "410")
	tried("sent", NoticeSent, 3, hour(4), "")
	stood := func() []PastNotice {
		t.Helper()
		all, err := s.NoticesDuring(ctx, acme.ID, hour(0), hour(5))
		check(err)
		return all
	}
	want := []PastNotice{
		{1, "ops", "audit", acme.ID, hour(1), NoticeSent, 3, hour(2), "", hour(4)},
		{2, "ops", "audit", acme.ID, hour(1), NoticeWaiting, 1, hour(3), "no route", time.Time{}},
		{3, "boss", "audit", acme.ID, hour(1), NoticeHeld, 0, time.Time{}, "", time.Time{}},
		{4, "ops", "audit", acme.ID, hour(-9), NoticeDead, 7, hour(3), "410", hour(3)},
	}
	same(t, "at the end", stood(), want)
	tried("late", NoticeDead, 2, hour(6), "no route")
	if ok, err := s.ReviveNotice(ctx, 4, hour(7)); err != nil || !ok {
		t.Fatal(ok, err)
	}
	tried("old", NoticeSent, 1, hour(7), "")
	check(s.MergeNotices(ctx, hour(8), []Notice{notice("digest", "boss", hour(8), NoticeWaiting)}, []int64{3}))
	check(s.ForgetNotices(ctx, hour(100)))
	same(t, "later", stood(), want)
	check(s.AddNotices(ctx, notice("sent", "ops", hour(9), NoticeWaiting))) // the outbox does not know it any more
	same(t, "with another one", stood(), want)
	all, err := s.NoticesDuring(ctx, acme.ID, hour(5), hour(10))
	check(err)
	if len(all) != 5 || all[0].Error != "no route" || all[0].Tries != 2 || all[1].State != NoticeMerged || all[2].State != NoticeSent || all[2].Tries != 1 || all[4].ID != 6 {
		t.Errorf("what came of them is told as %+v", all)
	}
	if from, err := s.NoticesKeptFrom(ctx); err != nil || !from.IsZero() {
		t.Errorf("a store that kept them all says that it did not: %s, %v", from, err)
	}
	if n := count(t, s, "notices WHERE key LIKE '%hooks%' OR channel LIKE '%hooks%'"); n != 0 {
		t.Error("what a message says is kept")
	}
}

// An older store is brought up to date with all that it has, and says from when on it keeps
// the rest.
func TestOlderStoreSaysFromWhenOnItKeepsThePast(t *testing.T) {
	s := fresh(t)
	ctx := t.Context()
	f := standing(1, 50)
	judgeWith(t, s, takeOne(t, s, 0, true, true), byBaseline("b0", "none"), f)
	judgeWith(t, s, takeOne(t, s, 1, true, true), byBaseline("b1", "one"), f)
	sent, waits := notice("sent", "ops", hour(1), NoticeWaiting), notice("waits", "ops", hour(2), NoticeWaiting)
	if err := s.AddNotices(ctx, sent, waits); err != nil {
		t.Fatal(err)
	}
	sent.ID, sent.State, sent.Tries, sent.Ended = 1, NoticeSent, 2, hour(3)
	waits.ID, waits.Tries, waits.Next, waits.Error = 2, 1, hour(4), "503"
	if err := s.SettleNotices(ctx, sent, waits); err != nil {
		t.Fatal(err)
	}
	path := again(t, s)
	damage(t, path, before17+`DELETE FROM goose_db_version WHERE version_id >= 17`)
	if _, err := Open(ctx, path, Options{ReadOnly: true}); !errors.Is(err, ErrOlder) {
		t.Errorf("reading it: %v", err)
	}
	s = open(t, path)
	all, err := s.Judgements(ctx, acme.ID, 2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "judgements", all, []Judgement{{Snapshot: 2, At: hour(1), Baseline: "b1"}})
	if from, err := s.FindingsKeptFrom(ctx, acme.ID); err != nil || from != 2 {
		t.Errorf("findings are kept from snapshot %d on, %v; want 2", from, err)
	}
	if from, err := s.NoticesKeptFrom(ctx); err != nil || !from.Equal(hour(4).AddDate(0, 0, -30)) {
		t.Errorf("notices are kept from %s on, %v", from, err)
	}
	notices, err := s.NoticesDuring(ctx, acme.ID, hour(0), hour(9))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "notices", notices, []PastNotice{
		{1, "ops", "audit", acme.ID, hour(1), NoticeSent, 2, hour(3), "", hour(3)},
		{2, "ops", "audit", acme.ID, hour(2), NoticeWaiting, 1, hour(2), "503", time.Time{}},
	})
	judgeWith(t, s, takeOne(t, s, 5, true, true), byBaseline("b1", "one"), f)
	all, err = s.Judgements(ctx, acme.ID, 9)
	if err != nil || len(all) != 2 || all[0].Kept || !all[1].Kept {
		t.Errorf("what was not kept then is told later: %+v, %v", all, err)
	}
}
