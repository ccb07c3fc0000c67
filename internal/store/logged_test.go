package store

import (
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

// The log dates a grant that was there before ajar looked, and only that very one;
// how long it has been there for ajar stays as it was.
func TestTheAuditLogDatesWhatTheFirstSnapshotShows(t *testing.T) {
	given := hour(-900)
	of := func(action string, user int64, repo int64, at time.Time) access.Event {
		return access.Event{ID: action + at.String(), At: at, Action: action, Actor: "boss", UserID: user, RepoID: repo}
	}
	for name, c := range map[string]struct {
		events []access.Event
		want   time.Time
	}{
		"given":              {[]access.Event{of("repo.add_member", 1, 50, given)}, given},
		"raised since":       {[]access.Event{of("repo.add_member", 1, 50, given), of("repo.update_member", 1, 50, hour(-3))}, hour(-3)},
		"of somebody else":   {[]access.Event{of("repo.add_member", 2, 50, given)}, hour(0)},
		"on something else":  {[]access.Event{of("repo.add_member", 1, 51, given)}, hour(0)},
		"of another kind":    {[]access.Event{of("org.add_outside_collaborator", 1, 0, given)}, hour(0)},
		"after the snapshot": {[]access.Event{of("repo.update_member", 1, 50, hour(5))}, hour(0)},
	} {
		s := fresh(t)
		p := begin(t, s, hour(0))
		complete(t, p, access.Areas...)
		put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Admin))
		if err := p.Heard(t.Context(), c.events); err != nil {
			t.Fatal(err)
		}
		got := only(t, judge(t, s, load(t, s, finish(t, p)), standing(1, 50)), access.Open, 0, 0)
		if !got.Since.Equal(c.want) {
			t.Errorf("%s: since %s, want %s", name, got.Since, c.want)
		}
		if by := strings.Contains(strings.Join(got.Evidence, "; "), "by the audit log"); by == c.want.Equal(hour(0)) {
			t.Errorf("%s: the evidence is %q", name, got.Evidence)
		}
		seen, err := s.Sights(t.Context(), acme.ID)
		if at := seen[got.Fingerprint].Since; err != nil || !at.Equal(hour(0)) {
			t.Errorf("%s: grace counts from %s (%v), want %s", name, at, err, hour(0))
		}
	}
}

func TestEachKindOfGrantIsDatedByItsOwnActions(t *testing.T) {
	user, team := access.Ref{Kind: access.User, ID: 1}, access.Ref{Kind: access.Team, ID: 2}
	on := func(k access.Kind) access.Ref { return access.Ref{Kind: k, ID: 3} }
	for _, c := range []struct {
		grant access.Grant
		want  string
	}{
		{access.Grant{Principal: team, Resource: on(access.Repo), Privilege: access.Write, Source: access.ByTeam}, "team.add_repository team.update_repository_permission"},
		{access.Grant{Principal: user, Resource: on(access.Team), Privilege: access.Member, Source: access.Direct}, "team.add_member"},
		{access.Grant{Principal: user, Resource: on(access.Team), Privilege: access.Maintain, Source: access.Direct}, "team.promote_maintainer"},
		{access.Grant{Principal: user, Resource: on(access.Org), Privilege: access.Member, Source: access.Direct}, "org.add_member"},
		{access.Grant{Principal: user, Resource: on(access.Org), Privilege: access.Owner, Source: access.ByOwner}, "org.update_member"},
		{access.Grant{Principal: user, Resource: on(access.Env), Privilege: access.Approve, Source: access.Reviewer}, ""},
	} {
		if got := strings.Join(telling(c.grant), " "); got != c.want {
			t.Errorf("%+v is dated by %q, want %q", c.grant, got, c.want)
		}
	}
}
