package baseline

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

const waivers = `
[[waiver]]
match = { rule = "deploy-key-write", resource = "repo:acme/api" }
reason = "first"
owner = "user:cto"
expires = 2026-01-31
[[waiver]]
match = { rule = "deploy-*" }
reason = "second"
owner = "user:cto"
expires = 2026-10-31
[[waiver]]
match = { rule = "deploy-key-write", resource = "repo:acme/infra" }
reason = "in force"
owner = "user:cto"
expires = 2026-12-31
`

func TestLapsedIsTheNewestWaiverThatHasEnded(t *testing.T) {
	b, _ := parse(t, waivers).Bind(acme())
	on := func(rule string, repo int64) access.Finding {
		return access.Finding{Rule: rule, Resource: access.Named{Ref: access.Ref{Kind: access.Repo, ID: repo}}}
	}
	end := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		f    access.Finding
		at   time.Time
		want string
	}{
		{"the newer of two", on("deploy-key-write", 201), now, "second"},
		{"the older, while the newer was in force", on("deploy-key-write", 201), end.Add(-time.Second), "first"},
		{"at the very end", on("deploy-key-stale", 201), end, "second"},
		{"a moment before it", on("deploy-key-stale", 201), end.Add(-time.Second), ""},
		{"years later", on("deploy-key-stale", 202), now.AddDate(5, 0, 0), "second"},
		{"never one in force", on("deploy-key-write", 204), now, "second"},
		{"another rule", on("archived-write", 201), now, ""},
	} {
		w, ok := b.Lapsed(c.f, c.at)
		if w.Reason != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v, want %q", c.name, w.Reason, ok, c.want)
		}
	}
}

func TestALowerPrivilegeCanBeAcceptedBesideAHigherThatIsNot(t *testing.T) {
	const text = `
[roles.writer]
repository = "write"
[roles.admin]
repository = "admin"
standing_reason = "review was due"
review_by = 2026-06-30
[roles.reader]
repository = "read"
[[assign]]
role = "writer"
to = ["user:alice"]
on = ["repo:acme/api"]
reason = "work"
expires = 2026-12-31
[[assign]]
role = "admin"
to = ["user:alice"]
on = ["repo:acme/*"]
reason = "work"
[[assign]]
role = "reader"
to = ["user:bob"]
on = ["repo:acme/*"]
reason = "work"
`
	b, _ := parse(t, text).Bind(acme())
	who := func(i int64) access.Ref { return access.Ref{Kind: access.User, ID: i} }
	if e := b.OnRepo(who(3), 201, now); e.Privilege != access.Admin || e.Accepted {
		t.Fatalf("the highest is %v, accepted %v: the case is not the one to test", e.Privilege, e.Accepted)
	}
	for _, c := range []struct {
		user, repo int64
		at         time.Time
		want       access.Privilege
	}{
		{3, 201, now, access.Write},
		{3, 201, now.AddDate(0, -6, 0), access.Admin},
		{3, 201, now.AddDate(0, 6, 0), access.None},
		{3, 202, now, access.None},
		{4, 201, now, access.None},
	} {
		if got := b.AcceptedOnRepo(who(c.user), c.repo, c.at); got != c.want {
			t.Errorf("user %d on %d at %s: %v, want %v", c.user, c.repo, c.at, got, c.want)
		}
	}
}
