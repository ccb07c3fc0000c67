package remediate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
	"github.com/eb661601/ajar/remediate"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// world is org:acme under construction, fully seen unless a test takes coverage
// away. Everything gets the next free id when it is first named.
type world struct {
	access.Snapshot
	ids map[string]access.Ref
}

func newWorld() *world {
	w := &world{ids: map[string]access.Ref{"org:acme": {Kind: access.Org, ID: 1}}}
	w.ID, w.TakenAt = 7, now
	w.Org = access.Organization{ID: 1, Login: "acme", TwoFactorRequired: new(true)}
	w.Settings = &access.Settings{Plan: "enterprise", BasePermission: access.None, TwoFactorRequired: new(true)}
	w.WorkflowToken = &access.WorkflowToken{Default: "read", CanApprovePullRequests: new(bool)}
	for _, a := range access.Areas {
		w.Coverage.Set(access.Cover{Area: a, Status: access.Complete, Since: now.AddDate(0, 0, -365)})
	}
	w.join(access.Owner, "root", "boss")
	return w
}

func (w *world) ref(name string) access.Ref {
	if r, ok := w.ids[name]; ok {
		return r
	}
	prefix, label, _ := strings.Cut(name, ":")
	kind, err := access.ParseKind(prefix)
	if err != nil {
		panic(err)
	}
	r := access.Ref{Kind: kind, ID: int64(10 + len(w.ids))}
	w.ids[name] = r
	switch kind {
	case access.User:
		w.People = append(w.People, access.Person{ID: r.ID, Login: label, CreatedAt: now.AddDate(-3, 0, 0)})
		w.TwoFactor = append(w.TwoFactor, access.TwoFactor{User: r.ID, Enabled: true})
		w.AuditActivity = append(w.AuditActivity, access.Activity{User: r.ID, Last: now.AddDate(0, 0, -1), What: "git.push"})
	case access.Team:
		w.Teams = append(w.Teams, access.TeamInfo{ID: r.ID, Slug: label})
	case access.Repo:
		w.Repositories = append(w.Repositories, access.Repository{ID: r.ID, Name: label, Visibility: "private"})
	case access.Env:
		in, name, _ := strings.Cut(label, "/")
		on := w.ref("repo:" + in).ID
		w.Environments = append(w.Environments, access.Environment{ID: r.ID, Repo: on, Name: name,
			Gate:   &access.Gate{Env: r.ID, Repo: on, PreventSelfReview: true},
			Policy: &access.Policy{Env: r.ID, Repo: on, AdminBypass: new(bool), Branches: access.ProtectedBranch}})
	}
	return r
}

func (w *world) join(p access.Privilege, logins ...string) {
	for _, l := range logins {
		src := access.Direct
		if p == access.Owner {
			src = access.ByOwner
		}
		w.Grants = append(w.Grants, access.Grant{Principal: w.ref("user:" + l), Resource: w.ids["org:acme"], Privilege: p, Source: src})
	}
}

func (w *world) outside(logins ...string) {
	for _, l := range logins {
		w.Outside = append(w.Outside, access.Outside{User: w.ref("user:" + l).ID})
	}
}

// team puts members of the organization into a team.
func (w *world) team(slug, parent string, logins ...string) {
	t := w.ref("team:" + slug)
	if parent != "" {
		up := w.ref("team:" + parent).ID
		i := slices.IndexFunc(w.Teams, func(x access.TeamInfo) bool { return x.ID == t.ID })
		w.Teams[i].Parent = up
	}
	for _, l := range logins {
		if _, known := w.ids["user:"+l]; !known {
			w.join(access.Member, l)
		}
		w.Grants = append(w.Grants, access.Grant{Principal: w.ref("user:" + l), Resource: t, Privilege: access.Member, Source: access.Direct})
	}
}

// rank makes somebody in a team its maintainer (access.Maintain) or member.
func (w *world) rank(login, slug string, p access.Privilege) {
	for i, g := range w.Grants {
		if g.Principal == w.ref("user:"+login) && g.Resource == w.ref("team:"+slug) {
			w.Grants[i].Privilege = p
		}
	}
}

func (w *world) give(who, repo string, p access.Privilege) access.Grant {
	src := access.Direct
	if strings.HasPrefix(who, "team:") {
		src = access.ByTeam
	}
	g := access.Grant{Principal: w.ref(who), Resource: w.ref("repo:" + repo), Privilege: p, Source: src}
	w.Grants = append(w.Grants, g)
	return g
}

func (w *world) env(name string) *access.Environment {
	r := w.ref("env:" + name)
	i := slices.IndexFunc(w.Environments, func(e access.Environment) bool { return e.ID == r.ID })
	return &w.Environments[i]
}

func (w *world) reviewer(who, env string) {
	w.env(env).Gate.Reviewers++
	w.Grants = append(w.Grants, access.Grant{Principal: w.ref(who), Resource: w.ref("env:" + env), Privilege: access.Approve, Source: access.Reviewer})
}

func (w *world) key(repo, title string, write bool) {
	k := access.DeployKey{ID: w.ref("key:" + title).ID, Repo: w.ref("repo:" + repo).ID, Title: title, Public: "ssh-ed25519 AAAA", ReadOnly: !write,
		Enabled: true, CreatedAt: now.AddDate(-1, 0, 0), LastUsed: now.AddDate(0, 0, -1)}
	w.DeployKeys = append(w.DeployKeys, k)
}

func (w *world) blind(a access.Area, scope int64) {
	w.Coverage.Set(access.Cover{Area: a, Scope: scope, Status: access.Partial, Reason: "the page failed"})
}

// seal gives the snapshot in order.
func (w *world) seal() *access.Snapshot {
	s := w.Snapshot
	s.Grants = slices.Clone(s.Grants)
	slices.SortFunc(s.Grants, access.Grant.Compare)
	s.Grants = slices.Compact(s.Grants)
	s.Environments = slices.Clone(s.Environments)
	slices.SortFunc(s.Environments, func(a, b access.Environment) int {
		if a.Repo != b.Repo {
			return int(a.Repo - b.Repo)
		}
		return int(a.ID - b.ID)
	})
	return &s
}

// loose lets everything through but what a test sets.
func loose() remediate.Guards {
	return remediate.Guards{MaxChanges: 1000, MaxFraction: 1, MinOwners: 1}
}

// ajar is who ajar itself is, unless a test says otherwise.
var ajar = []access.Ref{{Kind: access.App, ID: 1}}

// plan analyzes the world against the baseline and plans on the findings.
func (w *world) plan(t testing.TB, base string, guards remediate.Guards) remediate.Plan {
	t.Helper()
	in := w.input(t, base, guards)
	return remediate.NewPlan(in)
}

func (w *world) input(t testing.TB, base string, guards remediate.Guards) remediate.Input {
	t.Helper()
	s := w.seal()
	b, err := baseline.Parse([]baseline.File{{Name: "b.toml", Text: []byte(base)}})
	if err != nil {
		t.Fatal(err)
	}
	bound, problems := b.Bind(s)
	if bound == nil {
		t.Fatal(baseline.Problems(problems))
	}
	g := reach.New(s)
	found := analyzer.Analyze(analyzer.Input{Snapshot: s, Graph: g, Baseline: bound, At: now}).Findings
	return remediate.Input{Snapshot: s, Graph: g, Baseline: bound, Findings: found, At: now, Guards: guards, Self: ajar}
}

// lines shortens a plan to one line for each action, refusal and instruction.
func lines(p remediate.Plan) []string {
	var out []string
	for _, a := range p.Actions {
		out = append(out, string(a.Risk)+": "+a.Title)
	}
	for _, r := range p.Refused {
		out = append(out, "refused ("+string(r.Guard)+"): "+r.Title+": "+r.Why)
	}
	for _, i := range p.Instructions {
		out = append(out, "by hand: "+i.Title+": "+i.Where)
	}
	for _, s := range p.Stopped {
		out = append(out, "stopped: "+s)
	}
	return out
}
