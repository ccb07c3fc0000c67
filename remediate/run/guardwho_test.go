package run

import (
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/reach"
	"github.com/eb661601/ajar/remediate"
)

var crew = label("T", 31, "crew")

func teamGrant(before, after string) remediate.Change {
	return remediate.Change{Thing: remediate.TeamGrant, Org: acme, Team: crew, Repo: boat, Before: has(before), After: has(after)}
}

func base(before, after string) remediate.Change {
	return remediate.Change{Thing: remediate.BasePermission, Org: acme, Before: has(before), After: has(after)}
}

// with gives the organization another base permission than none.
func with(base string, replace ...string) []string {
	return append([]string{`"defaultRepositoryPermission":"none"`, `"defaultRepositoryPermission":"` + base + `"`}, replace...)
}

func reaching(admin, guarded []remediate.Label) func(*Options) {
	return func(o *Options) {
		o.Reach = func(remediate.Change) (a, g []remediate.Label) { return admin, guarded }
	}
}

// expectGuard carries one change out, and wants it done, or refused by that guard
// and nothing sent.
func expectGuard(t *testing.T, b *bench, change remediate.Change, caps func([]remediate.Lost) *RefusedError, options func(*Options), guard remediate.Guard) *Run {
	t.Helper()
	o := b.options()
	if options != nil {
		options(&o)
	}
	e, err := New(t.Context(), "test", o)
	if err != nil {
		t.Fatal(err)
	}
	what := order("plan", change)
	what.Caps = caps
	if change.Thing == remediate.TeamGrant {
		what.Actions[0].Lost = []remediate.Lost{{As: "member", Kind: access.User, IDs: []int64{11}}, {As: "team", Kind: access.Team, IDs: []int64{31}}}
	}
	r, err := e.Carry(t.Context(), what)
	if err != nil {
		t.Fatal(err)
	}
	if guard == "" {
		b.expect(r, Done, "verified/carried-out")
		return r
	}
	b.expect(r, Stopped, "refused/"+string(guard))
	if got := b.writes(false); len(got) != 0 {
		t.Errorf("sent was %q", got)
	}
	return r
}

const (
	onlyAnnika = `"members":[{"login":"annika","role":"maintainer"}]`
	bodilToo   = `"members":[{"login":"annika","role":"maintainer"},{"login":"bodil","role":"member"}]`
)

// Whoever loses something is asked about by number, also who came into the team since
// the plan was made.
func TestTheProtectedAndTheEditorsLoseNothingByAnybodysGrant(t *testing.T) {
	for _, c := range []struct {
		name    string
		replace []string
		guards  func(*remediate.Guards)
		change  remediate.Change
		want    remediate.Guard
	}{
		{"somebody of the team is protected", nil, func(g *remediate.Guards) { g.Protected = []string{"user:Annika"} }, teamGrant("write", ""), remediate.ProtectedGuard},
		{"who came into it is", []string{onlyAnnika, bodilToo}, func(g *remediate.Guards) { g.Protected = []string{"user:bodil"} }, teamGrant("write", ""), remediate.ProtectedGuard},
		{"nobody of it is", nil, func(g *remediate.Guards) { g.Protected = []string{"user:bodil"} }, teamGrant("write", ""), ""},
		{"somebody of a protected team", nil, func(g *remediate.Guards) { g.Protected = []string{"team:acme/crew"} }, direct(user(11, "annika"), boat, "admin", "write"), remediate.ProtectedGuard},
		{"somebody of a team of editors", nil, func(g *remediate.Guards) { g.Editors = []string{"team:acme/crew"} }, direct(user(11, "annika"), boat, "admin", "write"), remediate.EditorsGuard},
		{"an editor by another name in the plan", nil, func(g *remediate.Guards) { g.Editors = []string{"user:guest"} }, direct(user(14, "visitor"), boat, "write", ""), remediate.EditorsGuard},
		{"a name that nobody has", nil, func(g *remediate.Guards) { g.Protected = []string{"user:nobody-at-all"} }, guestOff(boat), remediate.ProtectedGuard},
		{"a team that is not there", nil, func(g *remediate.Guards) { g.Editors = []string{"team:acme/none"} }, guestOff(boat), remediate.ProtectedGuard},
		{"of the base permission it is every member", with("write"), func(g *remediate.Guards) { g.Protected = []string{"user:bodil"} }, base("write", "read"), remediate.ProtectedGuard},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, world(t, c.replace...), githubsim.Options{})
			expectGuard(t, b, c.change, nil, func(o *Options) {
				c.guards(&o.Guards)
				o.Known = func(remediate.Change) []int64 { return nil }
			}, c.want)
		})
	}
}

func TestWhoCameIntoATeamSinceThePlanCountsInTheLimits(t *testing.T) {
	most := func(n int) func([]remediate.Lost) *RefusedError {
		c := Case{Guards: remediate.Guards{MaxChanges: n}}
		c.Plan.Actions = []remediate.Action{{Lost: []remediate.Lost{{As: "member", Kind: access.User, IDs: []int64{11}}}}}
		c.Plan.Losses = []remediate.Loss{{Kind: "member", Losers: 1, Population: 2, Max: 9, Fraction: 1}}
		return c.capsWith
	}
	b := start(t, world(t, onlyAnnika, bodilToo), githubsim.Options{})
	r := expectGuard(t, b, teamGrant("write", ""), most(1), nil, remediate.LimitsGuard)
	if !strings.Contains(r.Actions[0].Why, "1 people came since the plan was made") || !strings.Contains(r.Actions[0].Why, "the limit is 1") {
		t.Error(r.Actions[0].Why)
	}
	b = start(t, world(t, onlyAnnika, bodilToo), githubsim.Options{})
	r = expectGuard(t, b, teamGrant("write", ""), most(2), nil, "")
	lost := Recent([]*Run{r}, b.now().Add(-Window))
	if !lost["member"][access.Ref{Kind: access.User, ID: 12}] || len(lost.all()) != 3 {
		t.Errorf("of the last day are known to have lost something: %v", lost)
	}
	back, err := NewRestore(r, func(remediate.Change) bool { return true }, "", "")
	if err != nil || len(back.Beneficiaries()) != 2 {
		t.Errorf("who gets something back may not agree to it: %v %v", back.Beneficiaries(), err)
	}
	// Whom the snapshot had in the team, and who lost nothing by it, is no newcomer; an
	// owner loses nothing by a team.
	b = start(t, world(t, onlyAnnika, bodilToo[:len(bodilToo)-1]+`,{"login":"third","role":"member"}]`), githubsim.Options{})
	expectGuard(t, b, teamGrant("write", ""), most(1), func(o *Options) { o.Known = func(remediate.Change) []int64 { return []int64{11, 12} } }, "")
}

func TestPuttingAPlanBackGivesAndPuttingThatBackTakesFromWhoCameSince(t *testing.T) {
	none := RestoreCase{Restore: Restore{Takes: []string{"it"}}}
	for restores, want := range map[string]string{"run-1": "verified/carried-out", "restore-1": "refused/limits"} {
		b := start(t, world(t), githubsim.Options{})
		o := order("plan", teamGrant("write", "read"))
		o.Begun.Restores, o.Caps = restores, none.capsWith
		r, err := b.engine().Carry(t.Context(), o)
		if err != nil || states(r) != want {
			t.Errorf("putting %s back: %v %s %s", restores, err, states(r), r.Actions[0].Why)
		}
	}
}

func TestTheBasePermissionLeavesEachRepositoryAnAdministrator(t *testing.T) {
	noAdmins := with("admin", `{"login":"annika","permission":"admin"},{"login":"bodil","permission":"admin"},`, ``)
	for _, c := range []struct {
		name    string
		replace []string
		stays   []remediate.Label
		want    remediate.Guard
	}{
		{"they have it by a grant", with("admin"), nil, ""},
		{"the snapshot says who", with("admin"), []remediate.Label{*user(1, "root"), *user(11, "annika")}, ""},
		{"who the snapshot says has it no more", with("admin"), []remediate.Label{*user(14, "guest")}, ""},
		{"they have it by the base permission alone", noAdmins, []remediate.Label{*user(11, "annika")}, remediate.LastAdminGuard},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, world(t, c.replace...), githubsim.Options{})
			expectGuard(t, b, base("admin", "read"), nil, func(o *Options) {
				reaching([]remediate.Label{*boat}, nil)(o)
				if c.stays != nil {
					o.Stays = func(on remediate.Change) []remediate.Label {
						if on.Repo.ID != boat.ID {
							t.Errorf("asked about %v", on.Repo)
						}
						return c.stays
					}
				}
			}, c.want)
		})
	}
}

func TestSomebodyCanStillApproveAfterTheBasePermissionOrAMembershipIsGone(t *testing.T) {
	const grants = `"collaborators":[{"login":"annika","permission":"push"},{"login":"bodil","permission":"push"},{"login":"guest","permission":"push"}]`
	const bodilReviews = `[{"type":"User","name":"bodil"}]`
	noGrants := []string{grants, `"collaborators":[]`}
	public := []string{`"name":"ship","id":42,"visibility":"private"`, `"name":"ship","id":42,"visibility":"public"`}
	third := user(3, "third")
	byThird := append([]string{bodilReviews, `[{"type":"User","name":"third"}]`}, noGrants...)
	for _, c := range []struct {
		name    string
		replace []string
		change  remediate.Change
		want    remediate.Guard
	}{
		{"the reviewer reads by the base permission alone", with("read", noGrants...), base("read", "none"), remediate.LastReviewerGuard},
		{"the reviewer has a grant", with("read"), base("read", "none"), ""},
		{"the reviewer leaves, though everybody reads what is public", public, membership(user(12, "bodil"), "member", ""), remediate.LastReviewerGuard},
		{"the reviewer leaves with the team", append([]string{bodilReviews, `[{"type":"Team","name":"crew"}]`}, public...), membership(user(11, "annika"), "member", ""), remediate.LastReviewerGuard},
		{"the reviewer leaves the team to become an outside collaborator", []string{bodilReviews, `[{"type":"Team","name":"crew"}]`},
			membership(user(11, "annika"), "member", "outside"), remediate.LastReviewerGuard},
		{"the reviewer read as an owner", byThird, membership(third, "owner", "member"), remediate.LastReviewerGuard},
		{"the reviewer still reads by the base permission", with("read", byThird...), membership(third, "owner", "member"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, world(t, c.replace...), githubsim.Options{})
			expectGuard(t, b, c.change, nil, reaching(nil, []remediate.Label{*ship}), c.want)
		})
	}
}

// What the guards have to ask about, the newest snapshot says.
func TestTheNewestSnapshotSaysWhatTheBasePermissionReaches(t *testing.T) {
	u := func(id int64) access.Ref { return access.Ref{Kind: access.User, ID: id} }
	on := func(kind access.Kind, id int64) access.Ref { return access.Ref{Kind: kind, ID: id} }
	s := &access.Snapshot{
		Org:          access.Organization{ID: 100, Login: "acme"},
		People:       []access.Person{{ID: 1, Login: "root"}, {ID: 11, Login: "annika"}, {ID: 12, Login: "bodil"}},
		Teams:        []access.TeamInfo{{ID: 31, Slug: "crew"}},
		Repositories: []access.Repository{{ID: 41, Name: "boat"}, {ID: 42, Name: "ship"}, {ID: 43, Name: "wreck", Archived: true}},
		Environments: []access.Environment{{ID: 901, Repo: 42, Name: "harbour"}},
		Grants: []access.Grant{
			{Principal: u(1), Resource: on(access.Org, 100), Privilege: access.Owner, Source: access.ByOwner},
			{Principal: u(11), Resource: on(access.Org, 100), Privilege: access.Member, Source: access.Direct},
			{Principal: u(12), Resource: on(access.Org, 100), Privilege: access.Member, Source: access.Direct},
			{Principal: u(11), Resource: on(access.Team, 31), Privilege: access.Member, Source: access.Direct},
			{Principal: on(access.Team, 31), Resource: on(access.Repo, 41), Privilege: access.Admin, Source: access.ByTeam},
			{Principal: u(1), Resource: on(access.Repo, 42), Privilege: access.Admin, Source: access.Direct},
			{Principal: u(12), Resource: on(access.Env, 901), Source: access.Reviewer},
		},
	}
	slices.SortFunc(s.Grants, access.Grant.Compare)
	x := Seen{s, reach.New(s)}
	admin, guarded := x.Reach(base("admin", "none"))
	if len(admin) != 2 || admin[0].Name != "boat" || len(guarded) != 1 || guarded[0].Name != "ship" {
		t.Errorf("admin %v, guarded %v", admin, guarded)
	}
	if admin, guarded := x.Reach(base("write", "read")); len(admin)+len(guarded) != 0 {
		t.Errorf("admin %v, guarded %v", admin, guarded)
	}
	change := base("admin", "none")
	for repo, want := range map[int64]int{41: 1, 42: 0} { // by the team; an owner does not count
		change.Repo = &remediate.Label{ID: repo}
		if got := x.Stays(change); len(got) != want || want == 1 && got[0].Name != "annika" {
			t.Errorf("repository %d: %v", repo, got)
		}
	}
	if got := x.Known(base("admin", "none")); len(got) != 3 {
		t.Errorf("members: %v", got)
	}
	if got := x.Known(teamGrant("admin", "")); len(got) != 1 || got[0] != 11 {
		t.Errorf("the team: %v", got)
	}
}
