package evidence_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// whole writes all that an evidence says.
func whole(t tester, e evidence.Evidence) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%v %v\n%v\n%+v\n", e.Orgs, e.Complete, e.Gaps, e.Controls)
	for _, table := range e.Tables {
		for row, err := range table.Rows(context.Background()) {
			check(t, err)
			b.WriteString(table.Name)
			for i, c := range table.Columns {
				b.WriteString(" " + c.Name + "=" + cell(c.Kind, row[i]))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// saying is how a finding is told at some hour.
type saying struct {
	severity  access.Severity
	title     string
	waiver    string
	waiverEnd time.Time
}

func judgedSaying(t tester, s *store.Store, n int, baseline string, says map[string]saying) {
	t.Helper()
	ctx := context.Background()
	info := taken(t, s, hour(n), func(p *store.Pass) {
		world(t, p, n%3)
		if n > 3 { // renamed
			put(t, p, access.AreaRepositories, 5, access.Repository{ID: 5, Name: "renamed", Visibility: "private", Environments: 1})
			check(t, p.People(ctx, []access.Person{{ID: 1, Login: "anna"}}))
		}
	})
	snap, err := s.Load(ctx, info)
	check(t, err)
	var all []access.Finding
	for name, x := range says {
		g := direct(2, 5, access.Triage+access.Privilege(n%3))
		f := access.Finding{Fingerprint: access.Fingerprint("r", name), Rule: "access-beyond-baseline", Category: "overprivileged", Severity: x.severity, State: access.Open,
			Title: x.title, Principal: access.Named{Ref: user(2), Name: "user:bob"}, Resource: access.Named{Ref: repo(5), Name: fmt.Sprintf("repo:acme/%d", n)}, Grant: &g}
		if x.waiver != "" {
			f.State, f.Waiver, f.WaiverEnd = access.Waived, x.waiver, x.waiverEnd
		}
		all = append(all, f)
	}
	_, err = s.Judge(ctx, snap, all, info.At, store.Terms{Baseline: baseline, Config: "c" + baseline, Program: "v", Files: []store.Text{{Name: "b.toml", Body: []byte("# " + baseline + someBaselines[0])}}})
	check(t, err)
}

// tell puts messages into the outbox and has some of them tried.
func tell(t tester, s *store.Store, n int, state string) {
	t.Helper()
	ctx := context.Background()
	key := fmt.Sprint("k", n)
	check(t, s.AddNotices(ctx, store.Notice{Key: key, Channel: "chat", Kind: "audit", Org: acme.ID, At: hour(n), Body: []byte("{}"), State: store.NoticeWaiting}))
	all, err := s.NoticesOf(ctx, key)
	check(t, err)
	x := all[0]
	x.State, x.Tries, x.Tried, x.Next = state, 1, hour(n), hour(n+1)
	if state == store.NoticeSent {
		x.Ended = hour(n)
	}
	check(t, s.SettleNotices(ctx, x))
}

// What the store learns after a period changes nothing of what is told of it: not what
// findings say, not the baseline, not what became of notices and holds, no name, and no
// organization that is seen for the first time.
func TestNothingThatHappensLaterChangesWhatIsToldOfAPeriod(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	ctx := t.Context()
	judgedSaying(t, s, 0, "b0", map[string]saying{"a": {access.Low, "a bit", "", time.Time{}}, "w": {access.High, "waived", "it is known", hour(50)}})
	judgedSaying(t, s, 1, "b1", map[string]saying{"a": {access.High, "a lot", "", time.Time{}}, "w": {access.High, "waived", "it is known", hour(60)}})
	judgedSaying(t, s, 2, "b1", map[string]saying{"a": {access.Medium, "some", "", time.Time{}}, "w": {access.High, "waived", "it is known", hour(70)}})
	tell(t, s, 1, store.NoticeSent)
	tell(t, s, 2, store.NoticeWaiting)
	check(t, s.Hold(ctx, store.Hold{OrgID: acme.ID, Kind: store.HeldForLoss, What: "members", Reason: "much is gone", Since: hour(2), Snapshot: 3, Lost: 9, Population: 10}))
	p := evidence.Period{From: hour(1), To: hour(2).Add(time.Minute)}
	before := whole(t, gather(t, s, p))
	for _, want := range []string{"event=worse why=from low to high", "event=milder why=from high to medium", "title=some", "expires=" + hour(70).Format(time.RFC3339),
		"kind=configuration hash=cb1", "kind=baseline hash=b1", "state=waiting", "state=sent", "lost=9", "entitled=no", "entitled=yes"} {
		if !strings.Contains(before, want) {
			t.Errorf("%q is not told", want)
		}
	}
	holds, err := s.Holds(ctx, acme.ID)
	check(t, err)
	check(t, s.Agree(ctx, holds[0].ID, 4))
	judgedSaying(t, s, 3, "b3", map[string]saying{"a": {access.Critical, "all", "", time.Time{}}, "w": {access.Info, "was", "it is known", hour(99)}, "n": {access.High, "new", "", time.Time{}}})
	judgedSaying(t, s, 4, "b1", map[string]saying{"w": {access.Info, "was", "another reason", hour(99)}})
	check(t, s.Grow(ctx, holds[0].ID, store.Hold{Reason: "more is gone", Snapshot: 5, Lost: 10, Population: 10}))
	check(t, s.Lift(ctx, holds[0].ID, hour(5), "ann", "it was an outage"))
	for n, key := range []string{"k1", "k2"} {
		all, err := s.NoticesOf(ctx, key)
		check(t, err)
		x := all[0]
		x.State, x.Tries, x.Tried, x.Ended = store.NoticeSent, 2+n, hour(5), hour(5)
		check(t, s.SettleNotices(ctx, x))
	}
	tell(t, s, 5, store.NoticeSent)
	check(t, s.ForgetNotices(ctx, hour(99)))
	other, err := s.Begin(ctx, access.Organization{ID: 2, Login: "other"}, hour(5))
	check(t, err)
	_, err = other.Finish(ctx, store.PassStats{})
	check(t, err)
	if d := cmp.Diff(strings.Split(before, "\n"), strings.Split(whole(t, gather(t, s, p)), "\n")); d != "" {
		t.Errorf("what is told has changed (-before +after):\n%s", d)
	}
	after := whole(t, gather(t, s, evidence.Period{From: hour(3), To: past(hour(6))}))
	for _, want := range []string{"event=worse why=from medium to critical", "why=from high to info", "reason=more is gone", "kind=baseline hash=b3"} {
		if !strings.Contains(after, want) {
			t.Errorf("%q is not told of the time after", want)
		}
	}
}

// What came, went or was set anew among the secrets of an environment is told by name.
func TestSecretsOfEnvironmentsAreToldByTheirNames(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	secrets := []access.Secrets{
		{Env: 51, Repo: 5, Names: []access.Secret{{Name: "OLD", UpdatedAt: hour(-100)}, {Name: "STAYS"}}},
		{Env: 51, Repo: 5, Names: []access.Secret{{Name: "OLD", UpdatedAt: hour(-50)}, {Name: "STAYS"}}},
		{Env: 51, Repo: 5, Names: []access.Secret{{Name: "NEW"}, {Name: "STAYS"}}},
	}
	for n, x := range secrets {
		pass(t, s, hour(n), func(p *store.Pass) {
			world(t, p, 0)
			put(t, p, access.AreaSecrets, 5, x)
		})
	}
	var got []string
	for _, row := range rows(t, gather(t, s, evidence.Period{From: hour(0), To: past(hour(3))}), "setting-changes") {
		if row["aspect"] == "secrets" {
			got = append(got, row["snapshot"]+" "+row["change"]+" "+row["effect"]+" "+row["subject"]+": "+row["before"]+" → "+row["after"])
		}
	}
	want := []string{
		"2 changed other env:acme/api/production: OLD set " + hour(-100).Format(time.DateOnly) + " → OLD set " + hour(-50).Format(time.DateOnly),
		"3 changed other env:acme/api/production: OLD set " + hour(-50).Format(time.DateOnly) + " → NEW",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("secrets (-want +got):\n%s", d)
	}
}
