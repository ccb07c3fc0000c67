package collector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

func TestAreasLeftOutAreNotReadAndTheLedgerSaysSo(t *testing.T) {
	for _, without := range access.Areas {
		w := modest()
		h := start(t, w)
		s := h.collect(t, "acme", func(o *Options) { o.Without = []access.Area{without} })
		line := s.ledger.Of(without)
		if line.Status != access.Partial || line.Reason != "left out by [collect] without" {
			t.Errorf("%s: %+v", without, line)
		}
		if len(s.put[without])+len(s.added[without]) > 0 {
			t.Errorf("%s was read all the same", without)
		}
		checkSound(t, s, w, w.Orgs[0])
	}
	h := start(t, modest())
	h.collect(t, "acme", func(o *Options) { o.Without = access.Areas })
	if n := len(h.sim.Requests()); n != 2 { // Identify, and custom roles by which others are read
		t.Errorf("%d requests were sent though everything is left out", n)
	}
}

func TestProgressIsTold(t *testing.T) {
	seen := map[access.Area]int{}
	h := start(t, crowded())
	h.collect(t, "acme", func(o *Options) {
		o.Progress = func(a access.Area, done, total int) {
			if done < seen[a] {
				t.Errorf("%s went back from %d to %d", a, seen[a], done)
			}
			seen[a] = done
		}
	})
	for _, a := range []access.Area{access.AreaMembers, access.AreaTeams, access.AreaDirectGrants, access.AreaGates, access.AreaPolicies, access.AreaDeployKeys} {
		if seen[a] == 0 {
			t.Errorf("nothing was told of %s", a)
		}
	}
}

func TestAuditLogIsReadBackAsFarAsAskedAndSaysHowFar(t *testing.T) {
	w := githubsim.Generate(githubsim.Size{Repositories: 3, Members: 20, Teams: 1}, githubsim.GenOptions{Seed: 4})
	o := w.Orgs[0]
	o.AuditLog = nil
	for i := range 450 {
		o.AuditLog = append(o.AuditLog, &githubsim.AuditEvent{
			ID: fmt.Sprint(i), Action: "repo.create", Actor: o.Members[i%20].Login, CreatedAt: w.Meta.Now.Add(-time.Duration(i*10) * time.Hour),
		})
	}
	h := start(t, w)
	whole := h.collect(t, "acme", func(c *Options) { c.ActivityWindow = 150 * 24 * time.Hour })
	line := whole.ledger.Of(access.AreaAuditLog)
	if want := day(w.Meta.Now.Add(-150 * 24 * time.Hour)); line.Status != access.Complete || !line.Since.Equal(want) {
		t.Errorf("%+v, want all since %s", line, want)
	}
	for id, a := range entities[access.Activity](whole, access.AreaAuditLog) {
		if a.User != id || w.Meta.Now.Sub(a.Last) > 10*20*time.Hour+24*time.Hour || a.What != "repo.create" || !a.Last.Equal(day(a.Last)) {
			t.Errorf("user %d: %+v is not the newest event", id, a)
		}
	}
	if n := len(whole.put[access.AreaAuditLog]); n != 20 {
		t.Errorf("%d actors, want 20", n)
	}
	part := h.collect(t, "acme", func(c *Options) { c.ActivityWindow, c.AuditPages = 150*24*time.Hour, 2 })
	line = part.ledger.Of(access.AreaAuditLog)
	if want := w.Meta.Now.Add(-1990 * time.Hour); line.Status != access.Partial || !line.Since.Equal(want) {
		t.Errorf("%+v, want partial since %s", line, want)
	}
	if long := h.collect(t, "acme", func(c *Options) { c.ActivityWindow = 400 * 24 * time.Hour }).ledger.Of(access.AreaAuditLog); !long.Since.Equal(day(w.Meta.Now.Add(-auditLife))) {
		t.Errorf("GitHub keeps 180 days, and the ledger says %s", long.Since)
	}
}

func TestContributionsAreDatedOrSaidNotToBe(t *testing.T) {
	w := githubsim.Generate(githubsim.Size{Repositories: 30, Members: 150, Teams: 12}, githubsim.GenOptions{Seed: 4})
	h := start(t, w)
	s := h.collect(t, "acme")
	acts := entities[access.Activity](s, access.AreaContributions)
	since := s.ledger.Of(access.AreaContributions).Since
	if !since.Equal(day(w.Meta.Now.Add(-90 * 24 * time.Hour))) {
		t.Errorf("since %s", since)
	}
	for _, u := range w.Users {
		a, found := acts[u.ID]
		_, member := s.put[access.AreaMembers][u.ID]
		_, outside := s.put[access.AreaOutside][u.ID]
		if !member && !outside {
			continue
		}
		active := !u.LastActivity.Before(since)
		switch line := s.ledger.For(access.AreaContributions, u.ID); {
		case line.Status != access.Complete && !active:
			t.Errorf("%s did nothing, and the ledger says %+v", u.Login, line)
		case line.Status == access.Complete && active != found:
			t.Errorf("%s was last active %s, found %v", u.Login, u.LastActivity, a)
		case found && !a.Last.Equal(day(u.LastActivity)):
			t.Errorf("%s was last active %s, found %v", u.Login, u.LastActivity, a)
		}
	}
}

func TestUnknownOrganizationIsSaidPlainly(t *testing.T) {
	h := start(t, crowded())
	_, err := Identify(context.Background(), h.client, "acne")
	line, hint := github.Explain(err)
	if !errors.Is(err, github.ErrNotFound) || !strings.Contains(line, "acne") || hint == "" {
		t.Errorf("%v: %s (%s)", err, line, hint)
	}
}

func TestPlansWithoutAFeatureMakeItUnavailable(t *testing.T) {
	w := githubsim.Generate(githubsim.Size{Repositories: 5, Members: 9, Teams: 2}, githubsim.GenOptions{Plan: "free"})
	s := start(t, w).collect(t, "acme")
	for _, a := range []access.Area{access.AreaCustomRoles, access.AreaAuditLog} {
		if line := s.ledger.Of(a); line.Status != access.Unavailable || line.Reason == "" {
			t.Errorf("%+v", line)
		}
	}
	if line := s.ledger.Of(access.AreaTeamGrants); line.Status != access.Complete {
		t.Errorf("without custom roles there is nothing to doubt: %+v", line)
	}
}

func TestEnterpriseServerIsRead(t *testing.T) {
	w := crowded()
	h := start(t, w, func(o *setup) { o.prefix = "/api/v3" })
	s := h.collect(t, "acme")
	checkSound(t, s, w, w.Orgs[0])
	if line := s.ledger.Of(access.AreaTeams); line.Status != access.Complete {
		t.Errorf("%+v", line)
	}
}
