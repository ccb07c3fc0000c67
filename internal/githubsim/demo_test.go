package githubsim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

func TestDemoWorldIsAsLargeAsDocumented(t *testing.T) {
	w := Demo()
	o := w.Orgs[0]
	if !w.Meta.Now.Equal(demoNow) {
		t.Errorf("the demo world is written for %s, its baseline for %s", w.Meta.Now, demoNow)
	}
	if len(o.Members) != 42 || len(o.Repos) != 25 || len(o.Teams) != 10 {
		t.Errorf("%d members, %d repositories, %d teams: the documentation says 42, 25, 10", len(o.Members), len(o.Repos), len(o.Teams))
	}
}

// namesake complains about names that nobody in an organization has.
type namesake struct {
	t *testing.T
	o *orgIndex
}

func (r namesake) person(where string, logins ...string) {
	for _, l := range logins {
		if l != "" && r.o.x.user(l) == nil {
			r.t.Errorf("%s names %q, who is no user", where, l)
		}
	}
}

func (r namesake) team(where string, slugs ...string) {
	for _, s := range slugs {
		if s != "" && r.o.team(s) == nil {
			r.t.Errorf("%s names team %q, which is not there", where, s)
		}
	}
}

func (r namesake) repo(where string, names ...string) {
	for _, n := range names {
		if n != "" && r.o.repo(n) == nil {
			r.t.Errorf("%s names repository %q, which is not there", where, n)
		}
	}
}

func TestEveryNameInTheDemoWorldIsSomebody(t *testing.T) {
	w := Demo()
	r := namesake{t, w.Index().org("acme-robotics")}
	for _, tm := range r.o.Teams {
		for _, m := range tm.Members {
			if r.o.member(m.Login) == nil {
				t.Errorf("%s is on team %s and not a member", m.Login, tm.Slug)
			} else if r.o.owner(m.Login) && m.Role != "maintainer" {
				t.Errorf("owner %s is on team %s and not its maintainer, as GitHub would have it", m.Login, tm.Slug)
			}
		}
	}
	for _, i := range slices.Concat(r.o.Invitations, r.o.FailedInvitations) {
		r.person("an invitation", i.Login, i.Inviter)
		r.team("an invitation", i.Teams...)
	}
	for _, e := range r.o.AuditLog {
		where := "audit entry " + e.Action
		r.person(where, e.Actor, e.User)
		r.team(where, e.Team)
		r.repo(where, e.Repo)
		if e.Environment != "" && !slices.ContainsFunc(r.o.repo(e.Repo).Environments, func(v *Environment) bool { return v.Name == e.Environment }) {
			t.Errorf("%s names environment %s/%s, which is not there", where, e.Repo, e.Environment)
		}
	}
	for _, i := range r.o.Installations {
		r.repo("app "+i.AppSlug, i.Repositories...)
	}
	for _, p := range r.o.PersonalAccessTokens {
		r.person("token "+p.TokenName, p.Owner)
	}
}

func TestEveryNameInTheDemoRepositoriesIsSomebody(t *testing.T) {
	r := namesake{t, Demo().Index().org("acme-robotics")}
	for _, repo := range r.o.Repos {
		for _, k := range repo.DeployKeys {
			r.person("key "+k.Title, k.AddedBy)
		}
		for _, i := range repo.Invitations {
			r.person("an invitation to "+repo.Name, i.Login, i.Inviter)
		}
		for _, e := range repo.Environments {
			for _, a := range e.Reviewers {
				if a.Type == "Team" {
					r.team("environment "+repo.Name+"/"+e.Name, a.Name)
				} else {
					r.person("environment "+repo.Name+"/"+e.Name, a.Name)
				}
			}
		}
		for _, d := range repo.Deployments {
			r.person("a deployment of "+repo.Name, d.Creator)
		}
	}
}

func TestNothingInTheDemoWorldIsOfTheFuture(t *testing.T) {
	w := Demo()
	for _, u := range w.Users {
		if u.LastActivity.After(w.Meta.Now) || u.CreatedAt.After(w.Meta.Now) {
			t.Errorf("%s lives after meta.now", u.Login)
		}
	}
	for _, e := range w.Orgs[0].AuditLog {
		if e.CreatedAt.After(w.Meta.Now) {
			t.Errorf("audit entry %s lies after meta.now", e.ID)
		}
	}
}

func TestDemoAuditLogShowsMostPeopleAndReachesBack180Days(t *testing.T) {
	w := Demo()
	o := w.Orgs[0]
	oldest, seen := w.Meta.Now, map[string]bool{}
	for _, e := range o.AuditLog {
		seen[e.Actor] = true
		if e.CreatedAt.Before(oldest) {
			oldest = e.CreatedAt
		}
	}
	if days := w.Meta.Now.Sub(oldest).Hours() / 24; days < 179 || days > 181 {
		t.Errorf("the audit log reaches back %.1f days, want 180", days)
	}
	var unseen []string
	for _, m := range o.Members {
		if !seen[m.Login] {
			unseen = append(unseen, m.Login)
		}
	}
	if !slices.Equal(unseen, []string{"priya-ostrowski"}) {
		t.Errorf("the audit log does not show %q; only priya-ostrowski was never there", unseen)
	}
}

func TestDemoTellsItsStory(t *testing.T) {
	w := Demo()
	for _, c := range []struct{ repo, login, want string }{
		{"infra-live", "hugo-marangoni", "admin"},                // an owner that the baseline does not list
		{"vision-core", "hana-drobny", "admin"},                  // the baseline gives her team write
		{"control-plane", "kofi-brandvold", "maintain"},          // the baseline gives him write
		{"telemetry-pipeline", "wenqian-duarte", "maintain"},     // his assignment has ended
		{"robot-sdk", "bo-almeida", "write"},                     // the baseline gives him what every member has
		{"gripper-firmware", "vera-machado-ext", "write"},        // from outside, and the baseline does not know her
		{"motor-drivers", "yara-lindholm", "write"},              // through an organization role
		{"legacy-dashboard", "dev-papadakis", "write"},           // on an archived repository
		{"control-plane", "aiko-rautio", "maintain"},             // standing, and meant to be asked for
		{"control-plane", "leila-vandermeer", "security-triage"}, // in order: a custom role
		{"docs", "hana-drobny", "read"},                          // in order: the base permission
	} {
		if got, _ := w.PermissionSources("acme-robotics", c.repo, c.login); got != c.want {
			t.Errorf("%s has %s on %s, want %s", c.login, got, c.repo, c.want)
		}
	}
}

func TestDemoBaselineMovesWithTheDay(t *testing.T) {
	type baseline struct {
		Assign []struct {
			To      []string
			Expires time.Time
		}
	}
	expired := func(now time.Time) time.Time {
		var b baseline
		if err := toml.Unmarshal(DemoBaseline(now), &b); err != nil {
			t.Fatal(err)
		}
		for _, a := range b.Assign {
			if slices.Contains(a.To, "user:wenqian-duarte") {
				return a.Expires
			}
		}
		t.Fatal("the assignment that has ended is gone")
		return time.Time{}
	}
	for _, now := range []time.Time{demoNow, demoNow.AddDate(0, 0, 45).Add(14 * time.Hour), demoNow.AddDate(-1, 3, -9), demoNow.AddDate(3, 0, 0)} {
		if got, want := expired(now).Format(time.DateOnly), now.AddDate(0, 0, -10).Format(time.DateOnly); got != want {
			t.Errorf("on %s the assignment ended on %s, want %s", now.Format(time.DateOnly), got, want)
		}
	}
	if got := string(DemoBaseline(demoNow)); got != string(demoBaseline) {
		t.Error("on the day it was written for the baseline is not as it stands")
	}
	if n := strings.Count(string(demoBaseline), "[[assign]]"); n < 20 {
		t.Errorf("only %d assignments", n)
	}
}
