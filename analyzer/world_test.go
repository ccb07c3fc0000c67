package analyzer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
)

// now is the instant that every test judges.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return now.AddDate(0, 0, -days) }

// world is an organization under construction, org:acme, fully seen unless a test
// takes coverage away. Everything gets the next free id when it is first named.
type world struct {
	access.Snapshot
	ids  map[string]access.Ref
	next int64
}

func newWorld() *world {
	w := &world{ids: map[string]access.Ref{"org": {Kind: access.Org, ID: 1}}, next: 10}
	w.Org = access.Organization{ID: 1, Login: "acme", TwoFactorRequired: new(true)}
	w.Settings = &access.Settings{Plan: "enterprise", BasePermission: access.Read, TwoFactorRequired: new(true)}
	w.WorkflowToken = &access.WorkflowToken{Default: "read", CanApprovePullRequests: new(bool)}
	w.TakenAt = now
	for _, a := range access.Areas {
		w.Coverage.Set(access.Cover{Area: a, Status: access.Complete, Since: ago(180)})
	}
	w.owner("root", "boss")
	return w
}

// ref gives the Ref of "user:x", "team:x", "repo:x", "key:x" or "env:repo/x".
func (w *world) ref(name string) access.Ref {
	if r, ok := w.ids[name]; ok {
		return r
	}
	kind, label, _ := strings.Cut(name, ":")
	k, err := access.ParseKind(kind)
	if err != nil {
		panic(err)
	}
	w.next++
	r := access.Ref{Kind: k, ID: w.next}
	w.ids[name] = r
	switch k {
	case access.User:
		w.People = append(w.People, access.Person{ID: r.ID, Login: label, CreatedAt: ago(1000)})
	case access.Team:
		w.Teams = append(w.Teams, access.TeamInfo{ID: r.ID, Slug: label})
	case access.Repo:
		w.Repositories = append(w.Repositories, access.Repository{ID: r.ID, Name: label, Visibility: "private"})
	case access.Env:
		repo, env, _ := strings.Cut(label, "/")
		w.Environments = append(w.Environments, access.Environment{
			ID: r.ID, Repo: w.ref("repo:" + repo).ID, Name: env,
			Gate:    &access.Gate{Env: r.ID, Repo: w.ref("repo:" + repo).ID, Reviewers: 1, PreventSelfReview: true},
			Policy:  &access.Policy{Env: r.ID, Repo: w.ref("repo:" + repo).ID, AdminBypass: new(bool), Branches: access.ProtectedBranch, Untouched: new(bool)},
			Secrets: &access.Secrets{Env: r.ID, Repo: w.ref("repo:" + repo).ID},
		})
	}
	return r
}

func (w *world) grant(g access.Grant) { w.Grants = append(w.Grants, g) }

func (w *world) owner(logins ...string) {
	for _, l := range logins {
		w.grant(access.Grant{Principal: w.ref("user:" + l), Resource: w.ids["org"], Privilege: access.Owner, Source: access.ByOwner})
		w.alive(l)
	}
}

func (w *world) member(logins ...string) {
	for _, l := range logins {
		w.grant(access.Grant{Principal: w.ref("user:" + l), Resource: w.ids["org"], Privilege: access.Member, Source: access.Direct})
		w.alive(l)
	}
}

// alive gives a person a second factor and a sign of life of yesterday.
func (w *world) alive(login string) {
	u := w.ref("user:" + login).ID
	w.TwoFactor = append(w.TwoFactor, access.TwoFactor{User: u, Enabled: true})
	w.AuditActivity = append(w.AuditActivity, access.Activity{User: u, Last: ago(1), What: "git.push"})
}

func (w *world) outside(logins ...string) {
	for _, l := range logins {
		u := w.ref("user:" + l).ID
		w.Outside = append(w.Outside, access.Outside{User: u})
		w.AuditActivity = append(w.AuditActivity, access.Activity{User: u, Last: ago(1), What: "git.clone"})
	}
}

// team makes a team of members who are members of the organization already, or
// become so.
func (w *world) team(slug, parent string, logins ...string) {
	t := w.ref("team:" + slug)
	if parent != "" {
		i := slices.IndexFunc(w.Teams, func(x access.TeamInfo) bool { return x.ID == t.ID })
		w.Teams[i].Parent = w.ref("team:" + parent).ID
	}
	for _, l := range logins {
		if _, known := w.ids["user:"+l]; !known {
			w.member(l)
		}
		w.grant(access.Grant{Principal: w.ref("user:" + l), Resource: t, Privilege: access.Member, Source: access.Direct})
	}
}

// give grants a person or team a privilege on a repository.
func (w *world) give(who, repo string, p access.Privilege) access.Grant {
	src := access.Direct
	if strings.HasPrefix(who, "team:") {
		src = access.ByTeam
	}
	g := access.Grant{Principal: w.ref(who), Resource: w.ref("repo:" + repo), Privilege: p, Source: src}
	w.grant(g)
	return g
}

// invite invites somebody to a repository, so many days ago.
func (w *world) invite(login, repo string, p access.Privilege, days int) *access.Invite {
	w.next++
	i := access.Invite{ID: w.next, Login: login, Invitee: w.ref("user:" + login).ID, Repo: w.ref("repo:" + repo).ID, Permission: p, CreatedAt: ago(days)}
	w.RepoInvitations = append(w.RepoInvitations, i)
	w.grant(access.Grant{Principal: access.Ref{Kind: access.Invitation, ID: i.ID}, Resource: w.ref("repo:" + repo), Privilege: p, Source: access.Invited})
	return &w.RepoInvitations[len(w.RepoInvitations)-1]
}

func (w *world) env(name string, change func(*access.Environment)) {
	r := w.ref("env:" + name)
	i := slices.IndexFunc(w.Environments, func(e access.Environment) bool { return e.ID == r.ID })
	if change != nil {
		change(&w.Environments[i])
	}
}

func (w *world) environment(r access.Ref) (access.Environment, bool) {
	i := slices.IndexFunc(w.Environments, func(e access.Environment) bool { return r == access.Ref{Kind: access.Env, ID: e.ID} })
	if i < 0 {
		return access.Environment{}, false
	}
	return w.Environments[i], true
}

func (w *world) repo(name string, change func(*access.Repository)) {
	r := w.ref("repo:" + name)
	i := slices.IndexFunc(w.Repositories, func(x access.Repository) bool { return x.ID == r.ID })
	change(&w.Repositories[i])
}

func (w *world) reviewer(who, env string) {
	w.grant(access.Grant{Principal: w.ref(who), Resource: w.ref("env:" + env), Privilege: access.Approve, Source: access.Reviewer})
}

func (w *world) key(repo, title string, change func(*access.DeployKey)) {
	k := access.DeployKey{ID: w.ref("key:" + title).ID, Repo: w.ref("repo:" + repo).ID, Title: title, Enabled: true, CreatedAt: ago(300), LastUsed: ago(1), AddedBy: "root"}
	change(&k)
	w.DeployKeys = append(w.DeployKeys, k)
	p := access.Write
	if k.ReadOnly {
		p = access.Read
	}
	w.grant(access.Grant{Principal: w.ref("key:" + title), Resource: w.ref("repo:" + repo), Privilege: p, Source: access.ByKey})
}

// orgRole gives an organization role.
func (w *world) orgRole(who, role string, base access.Privilege) {
	id, ok := w.ids["role:"+role]
	if !ok {
		w.next++
		id = access.Ref{ID: w.next}
		w.ids["role:"+role] = id
		w.OrgRoles = append(w.OrgRoles, access.OrgRole{ID: id.ID, Name: role, Base: base})
	}
	w.grant(access.Grant{Principal: w.ref(who), Resource: w.ids["org"], Privilege: base, Source: access.ByOrgRole, Role: id.ID})
}

// blind takes the coverage of an area, or of one scope of it, away.
func (w *world) blind(a access.Area, scope int64, s access.Status, reason string) {
	w.Coverage.Set(access.Cover{Area: a, Scope: scope, Status: s, Reason: reason})
}

// seal gives the snapshot in order.
func (w *world) seal() *access.Snapshot {
	s := w.Snapshot
	by := func(a, b int64) int { return int(a - b) }
	slices.SortFunc(s.People, func(a, b access.Person) int { return by(a.ID, b.ID) })
	slices.SortFunc(s.TwoFactor, func(a, b access.TwoFactor) int { return by(a.User, b.User) })
	slices.SortFunc(s.Outside, func(a, b access.Outside) int { return by(a.User, b.User) })
	slices.SortFunc(s.Teams, func(a, b access.TeamInfo) int { return by(a.ID, b.ID) })
	slices.SortFunc(s.Repositories, func(a, b access.Repository) int { return by(a.ID, b.ID) })
	slices.SortFunc(s.DeployKeys, func(a, b access.DeployKey) int { return by(a.ID, b.ID) })
	slices.SortFunc(s.Environments, func(a, b access.Environment) int {
		if a.Repo != b.Repo {
			return by(a.Repo, b.Repo)
		}
		return by(a.ID, b.ID)
	})
	slices.SortStableFunc(s.AuditActivity, func(a, b access.Activity) int { return by(a.User, b.User) })
	slices.SortFunc(s.Grants, access.Grant.Compare)
	return &s
}

// analyze judges the world, with a baseline unless the text is empty.
func (w *world) analyze(t testing.TB, text string) analyzer.Result {
	t.Helper()
	s := w.seal()
	in := analyzer.Input{Snapshot: s, At: now}
	if text != "" {
		in.Baseline = bind(t, s, text)
	}
	return analyzer.Analyze(in)
}

func bind(t testing.TB, s *access.Snapshot, text string) *baseline.Bound {
	t.Helper()
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(text)}})
	if err != nil {
		t.Fatalf("the test's own baseline is wrong:\n%v", err)
	}
	bound, problems := b.Bind(s)
	if bound == nil {
		t.Fatalf("the test's own baseline does not bind: %v", problems)
	}
	return bound
}

// verdictCase is one line of a rule's table.
type verdictCase struct {
	name      string
	baseline  string
	build     func(*world)
	want      []string // "severity state: title" of each finding of the rule
	undecided []string // "count: reason" of what the rule left open
}

// check runs the cases of one rule, and holds the other rules to nothing but what
// the cases of theirs say.
func check(t *testing.T, rule string, cases []verdictCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			c.build(w)
			res := w.analyze(t, c.baseline)
			var got, open []string
			for _, f := range res.Findings {
				if f.Rule == rule {
					got = append(got, fmt.Sprintf("%s %s: %s", f.Severity, f.State, f.Title))
					sane(t, f)
				}
			}
			for _, u := range res.Undecided {
				if u.Rule == rule {
					open = append(open, fmt.Sprintf("%d: %s", u.Count, u.Reason))
				}
			}
			if d := gocmp.Diff(c.want, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
			if d := gocmp.Diff(c.undecided, open, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("undecided (-want +got):\n%s", d)
			}
		})
	}
}

// sane holds what is true of every finding.
func sane(t *testing.T, f access.Finding) {
	t.Helper()
	switch {
	case f.Fingerprint == "" || f.Category == "" || f.Title == "" || f.Have == "" || f.Want == "":
		t.Errorf("%s: something is missing: %+v", f.Rule, f)
	case f.Severity == access.NoSeverity || f.State == "" || f.Org.Name != "org:acme" || f.Resource.IsZero():
		t.Errorf("%s: something is missing: %+v", f.Rule, f)
	case len(f.Needs) == 0:
		t.Errorf("%s: the finding rests on no coverage", f.Rule)
	case len(f.Sample) > 10 || len(f.Paths) > 3:
		t.Errorf("%s: too long: %d names, %d paths", f.Rule, len(f.Sample), len(f.Paths))
	case f.State == access.Waived && (f.Waiver == "" || f.WaiverEnd.IsZero()):
		t.Errorf("%s: waived without reason or end", f.Rule)
	}
}
