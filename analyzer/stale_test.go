package analyzer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
)

// silent takes the person's signs of life back to some days ago.
func silent(w *world, login string, days int) {
	for i := range w.AuditActivity {
		if w.AuditActivity[i].User == w.ref("user:"+login).ID {
			w.AuditActivity[i].Last = ago(days)
		}
	}
}

func TestMemberStale(t *testing.T) {
	bob := func(days int) func(*world) {
		return func(w *world) {
			w.member("bob")
			silent(w, "bob", days)
		}
	}
	const title = "user:bob, a member, shows no sign of life since 2026-02-21 (limit 90 days)"
	check(t, "member-stale", []verdictCase{
		{"a member", "", bob(100), []string{"low open: " + title}, nil},
		{"waived", waived(repositories, "member-stale"), bob(100), []string{"low waived: " + title}, nil},
		{"a member who can write", "", func(w *world) {
			bob(100)(w)
			w.give("user:bob", "api", access.Write)
		}, []string{"medium open: " + title}, nil},
		{"an owner", "", func(w *world) {
			w.owner("dave")
			silent(w, "dave", 100)
		}, []string{"high open: user:dave, an owner, shows no sign of life since 2026-02-21 (limit 90 days)"}, nil},
		{"the day of the limit still counts", "", bob(90), nil, nil},
		{"the day after does not", "", bob(92), []string{"low open: " + strings.Replace(title, "02-21", "03-01", 1)}, nil},
		{"a contribution is a sign", "", func(w *world) {
			bob(100)(w)
			w.Contributions = []access.Activity{{User: w.ref("user:bob").ID, Last: ago(3), What: "commit"}}
		}, nil, nil},
		{"another limit", "[stale]\nmember = \"120d\"\n" + repositories, bob(100), nil, nil},
		{"a young account", "", func(w *world) {
			bob(100)(w)
			w.People[len(w.People)-1].CreatedAt = ago(20)
		}, nil, nil},
		{"the account of an app", "", func(w *world) {
			w.member("ci[bot]")
			silent(w, "ci[bot]", 100)
		}, nil, nil},
		{"no audit log", "", func(w *world) {
			bob(100)(w)
			w.blind(access.AreaAuditLog, 0, access.Unavailable, "the plan has no audit log")
		}, nil, []string{"1: audit-log: unavailable, the plan has no audit log"}},
		{"an audit log that is too short", "", func(w *world) {
			bob(100)(w)
			w.Coverage.Set(access.Cover{Area: access.AreaAuditLog, Status: access.Complete, Since: ago(30)})
		}, nil, []string{"1: audit-log: read back to 2026-05-02 only, the limit is 90 days"}},
		{"contributions not read", "", func(w *world) {
			bob(100)(w)
			w.blind(access.AreaContributions, 0, access.Partial, "timed out")
		}, nil, []string{"1: contributions: partial, timed out"}},
	})
}

func TestTitleOfWhomNoSignIsKnownIsTheSameEachDay(t *testing.T) {
	title := func(late time.Duration) string {
		w := newWorld()
		w.member("bob")
		silent(w, "bob", 300)
		for _, a := range []access.Area{access.AreaAuditLog, access.AreaContributions} {
			w.Coverage.Set(access.Cover{Area: a, Status: access.Complete, Since: ago(180).Add(late).Truncate(24 * time.Hour)})
		}
		found := analyzer.Analyze(analyzer.Input{Snapshot: w.seal(), At: now.Add(late)}).Findings
		return found[0].Title
	}
	const want = "user:bob, a member, shows no sign of life in the 180 days that were read (limit 90 days)"
	for _, late := range []time.Duration{0, time.Hour, 24 * time.Hour, 40 * time.Hour} {
		if got := title(late); got != want {
			t.Errorf("%s later: %q", late, got)
		}
	}
}

func TestStaleEvidenceNamesEverySignal(t *testing.T) {
	w := newWorld()
	w.member("bob")
	silent(w, "bob", 100)
	in := analyzer.Input{Snapshot: w.seal(), At: now}
	f := analyzer.Analyze(in).Findings[0]
	for _, want := range []string{"audit log, read back to 2025-12-03", "Git events for 7 days", "No contribution since 2025-12-03", "clones"} {
		if !strings.Contains(strings.Join(f.Evidence, " "), want) {
			t.Errorf("the evidence does not say %q: %q", want, f.Evidence)
		}
	}
	in.MemberSince = func(int64) time.Time { return ago(10) }
	if found := analyzer.Analyze(in).Findings; len(found) > 0 {
		t.Errorf("who came ten days ago is stale: %v", found[0].Title)
	}
}

func TestOutsideCollaboratorStale(t *testing.T) {
	ext := func(w *world) {
		w.outside("ext")
		silent(w, "ext", 40)
	}
	const title = "user:ext, an outside collaborator, shows no sign of life since 2026-04-22 (limit 30 days)"
	check(t, "outside-collaborator-stale", []verdictCase{
		{"silent", "", ext, []string{"low open: " + title}, nil},
		{"waived", waived(repositories, "outside-collaborator-stale"), ext, []string{"low waived: " + title}, nil},
		{"silent, and can write", "", func(w *world) {
			ext(w)
			w.give("user:ext", "api", access.Write)
		}, []string{"high open: " + title}, nil},
		{"alive", "", func(w *world) { w.outside("ext") }, nil, nil},
		{"no audit log", "", func(w *world) {
			ext(w)
			w.blind(access.AreaAuditLog, 0, access.Denied, "needs an owner")
		}, nil, []string{"1: audit-log: denied, needs an owner"}},
	})
}

func TestDeployKeyStale(t *testing.T) {
	old := func(change func(*access.DeployKey)) func(*world) {
		return func(w *world) {
			w.key("api", "ci", func(k *access.DeployKey) {
				k.LastUsed = ago(100)
				change(k)
			})
		}
	}
	same := func(*access.DeployKey) {}
	const title = "key:acme/api#13 (ci) was last used on 2026-02-21"
	check(t, "deploy-key-stale", []verdictCase{
		{"one that can write", "", old(same), []string{"medium open: " + title}, nil},
		{"waived", waived(repositories, "deploy-key-stale"), old(same), []string{"medium waived: " + title}, nil},
		{"one that can read", "", old(func(k *access.DeployKey) { k.ReadOnly = true }), []string{"low open: " + title}, nil},
		{"never used", "", old(func(k *access.DeployKey) { k.LastUsed = time.Time{} }),
			[]string{"medium open: key:acme/api#13 (ci) was never used since it was made on 2025-08-05"}, nil},
		{"new and not used yet", "", old(func(k *access.DeployKey) { k.LastUsed, k.CreatedAt = time.Time{}, ago(5) }), nil, nil},
		{"in use", "", old(func(k *access.DeployKey) { k.LastUsed = ago(2) }), nil, nil},
		{"no date at all", "", old(func(k *access.DeployKey) { k.LastUsed, k.CreatedAt = time.Time{}, time.Time{} }), nil,
			[]string{"1: deploy-keys: neither last use nor creation was told"}},
		{"keys read in part", "", func(w *world) {
			old(same)(w)
			w.repo("api", func(r *access.Repository) { r.DeployKeys = 3 })
			w.blind(access.AreaDeployKeys, w.ref("repo:api").ID, access.Partial, "last use was not told")
		}, nil, []string{"3: deploy-keys: partial, last use was not told"}},
	})
}

func TestInvitationStale(t *testing.T) {
	carol := func(role string, days int) func(*world) {
		return func(w *world) {
			w.Invitations = []access.Invite{{ID: 5, Login: "carol", Role: role, CreatedAt: ago(days), Inviter: "root"}}
		}
	}
	const title = "the invitation of user:carol waits since 2026-05-12"
	check(t, "invitation-stale", []verdictCase{
		{"a member to be", "", carol("direct_member", 20), []string{"low open: " + title}, nil},
		{"an owner to be", "", carol("admin", 20), []string{"high open: " + title}, nil},
		{"waived", waived(repositories, "invitation-stale"), carol("direct_member", 20), []string{"low waived: " + title}, nil},
		{"fresh", "", carol("direct_member", 2), nil, nil},
		{"without a date", "", func(w *world) { w.Invitations = []access.Invite{{ID: 5}} }, nil, []string{"1: invitations: when it was sent was not told"}},
		{"not seen", "", func(w *world) { w.blind(access.AreaInvitations, 0, access.Denied, "needs members:read") }, nil,
			[]string{"1: invitations: denied, needs members:read"}},
	})
}

func TestArchivedWrite(t *testing.T) {
	archived := func(p access.Privilege) func(*world) {
		return func(w *world) {
			w.team("dev", "", "dan")
			w.give("team:dev", "api", p)
			w.repo("api", func(r *access.Repository) { r.Archived = true })
		}
	}
	check(t, "archived-write", []verdictCase{
		{"write", "", archived(access.Write), []string{"info open: team:acme/dev has write on repo:acme/api, which is archived"}, nil},
		{"admin", "", archived(access.Admin), []string{"low open: team:acme/dev has admin on repo:acme/api, which is archived"}, nil},
		{"waived", waived(repositories, "archived-write"), archived(access.Write), []string{"info waived: team:acme/dev has write on repo:acme/api, which is archived"}, nil},
		{"read", "", archived(access.Read), nil, nil},
		{"a grant that is too much anyway is the other rule's", repositories, archived(access.Admin), nil, nil},
		{"not archived", "", func(w *world) {
			w.member("ann")
			w.give("user:ann", "api", access.Write)
		}, nil, nil},
	})
}

func TestAKeyAndAnInvitationAreThereSinceTheyWereMade(t *testing.T) {
	w := newWorld()
	w.key("api", "ci", func(k *access.DeployKey) { k.LastUsed, k.CreatedAt = ago(200), ago(300) })
	w.Invitations = []access.Invite{{ID: 5, Login: "carol", Role: "admin", CreatedAt: ago(20)}}
	want := map[string]time.Time{"deploy-key-write": ago(300), "deploy-key-stale": ago(300), "invitation-stale": ago(20)}
	for _, f := range w.analyze(t, "").Findings {
		if since, ok := want[f.Rule]; ok && !f.Since.Equal(since) {
			t.Errorf("%s: since %s, want %s", f.Rule, f.Since, since)
		}
		delete(want, f.Rule)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}
