package ocsf

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func grant(who access.Kind, id int64, on access.Kind, resource int64, p access.Privilege, by access.Source) access.Grant {
	return access.Grant{Principal: access.Ref{Kind: who, ID: id}, Resource: access.Ref{Kind: on, ID: resource}, Privilege: p, Source: by}
}

// gathered is the evidence of two snapshots: in the second one everything came, and the
// members were not read.
func gathered(t *testing.T) evidence.Evidence {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: func() time.Time { return noon }})
	check(t, err)
	t.Cleanup(func() { s.Close() })
	for n := range 2 {
		p, err := s.Begin(t.Context(), access.Organization{ID: 1, Login: "acme"}, noon.Add(time.Duration(n)*time.Hour))
		check(t, err)
		for _, a := range access.Areas {
			c := access.Cover{Area: a, Status: access.Complete, Total: -1}
			if n == 1 && a == access.AreaTwoFactor {
				c.Status, c.Reason = access.Denied, "forbidden"
			}
			check(t, p.Cover(t.Context(), c))
		}
		put := func(a access.Area, scope int64, grants ...access.Grant) {
			if n == 0 {
				grants = nil
			}
			check(t, p.Put(t.Context(), a, scope, access.Rows{Grants: grants}))
		}
		check(t, p.Put(t.Context(), access.AreaRepositories, 5, access.Rows{Entities: []access.Entity{access.Repository{ID: 5, Name: "api"}}}))
		check(t, p.Put(t.Context(), access.AreaTeams, 7, access.Rows{Entities: []access.Entity{access.TeamInfo{ID: 7, Slug: "sre"}}}))
		put(access.AreaDirectGrants, 5, grant(access.User, 2, access.Repo, 5, access.Admin, access.Direct))
		put(access.AreaTeamGrants, 7, grant(access.Team, 7, access.Repo, 5, access.Write, access.ByTeam))
		put(access.AreaTeamMembers, 7, grant(access.User, 2, access.Team, 7, access.Member, access.Direct))
		put(access.AreaRepoInvitations, 5, grant(access.Invitation, 9, access.Repo, 5, access.Read, access.Invited))
		_, err = p.Finish(t.Context(), store.PassStats{})
		check(t, err)
	}
	e, err := evidence.Gather(t.Context(), s, evidence.Options{Framework: evidence.SOC2, Period: evidence.Period{From: noon, To: noon.Add(2 * time.Hour)}, Program: "1.2.3"})
	check(t, err)
	return e
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestGapsComeFirstAndThenEachChangeButInvitations(t *testing.T) {
	e := gathered(t)
	var one, two bytes.Buffer
	check(t, Write(t.Context(), &one, e))
	check(t, Write(t.Context(), &two, e))
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two writings differ")
	}
	var got []string
	for line := range strings.Lines(one.String()) {
		var event struct {
			Class    string `json:"class_name"`
			Activity string `json:"activity_name"`
			Message  string `json:"message"`
			Time     int64  `json:"time"`
		}
		check(t, json.Unmarshal([]byte(line), &event))
		got = append(got, event.Class+": "+event.Activity+": "+event.Message)
		if event.Class != "Compliance Finding" && event.Time != noon.Add(time.Hour).UnixMilli() {
			t.Errorf("%s is told as of %d", event.Message, event.Time)
		}
	}
	if len(got) != len(e.Gaps)+3 || len(e.Gaps) == 0 || !strings.HasPrefix(got[0], "Compliance Finding") {
		t.Errorf("%d gaps, and events:\n%s", len(e.Gaps), strings.Join(got, "\n"))
	}
	for _, want := range []string{"User Access Management: Assign Privileges", "Group Management: Assign Privileges", "Group Management: Add User"} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("no %s among\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func TestEvidenceWithoutChangesIsRefused(t *testing.T) {
	var out bytes.Buffer
	if err := Write(t.Context(), &out, evidence.Evidence{}); err == nil || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}
