package githubsim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// cut sends a request whose answer does not come, or not whole.
func (s *sim) cut(method, path string) error {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := (&http.Client{Timeout: 200 * time.Millisecond}).Do(r)
	if err == nil {
		_ = resp.Body.Close()
	}
	return err
}

func TestChangeThatGoesWrong(t *testing.T) {
	const path = "/repos/village/shop/collaborators/eve"
	for _, c := range []struct {
		name    string
		fault   Fault
		status  int // 0: none
		applied bool
	}{
		{"refused, unauthenticated", Fault{Action: Unauthenticated}, 401, false},
		{"refused, no permission", Fault{Action: Denied}, 403, false},
		{"refused, not found", Fault{Action: AnswerStatus, Status: 404}, 404, false},
		{"refused, conflict", Fault{Action: AnswerStatus, Status: 409}, 409, false},
		{"refused, invalid", Fault{Action: AnswerStatus, Status: 422}, 422, false},
		{"hourly limit", Fault{Action: PrimaryLimited}, 403, false},
		{"secondary limit", Fault{Action: SecondaryLimited, Status: 429, After: time.Minute}, 429, false},
		{"secondary limit without a time", Fault{Action: SecondaryLimited}, 403, false},
		{"502, not applied", Fault{Action: AnswerStatus, Status: 502}, 502, false},
		{"502, applied", Fault{Action: StatusAfter, Status: 502}, 502, true},
		{"504, applied", Fault{Action: StatusAfter, Status: 504}, 504, true},
		{"late 504, applied", Fault{Action: TimeoutAfter, After: time.Second}, 504, true},
		{"never answered, applied", Fault{Action: TimeoutAfter}, 0, true},
		{"never answered, not applied", Fault{Action: TimedOut}, 0, false},
		{"reset, applied", Fault{Action: Reset}, 0, true},
		{"answered well, not applied", Fault{Action: NoEffect}, 204, false},
		{"202, not applied yet", Fault{Action: AppliedLater, After: time.Minute}, 202, false},
		{"redirected", Fault{Action: Redirected, Status: 307, URL: "/repositories/61"}, 307, false},
	} {
		c.fault.Writes = true
		s := writable(t, village(), Options{Faults: []Fault{c.fault}})
		if s.want(200, "GET", "/repos/village/shop", ""); c.status != 0 {
			s.want(c.status, "DELETE", path, "")
		} else if err := s.cut("DELETE", path); err == nil {
			t.Errorf("%s: an answer came", c.name)
		}
		gone := s.who("shop", "eve") == "none"
		m := s.s.Mutations()[0]
		if gone != c.applied || m.Applied != c.applied || m.Status != c.status || m.Fault == "" {
			t.Errorf("%s: gone is %t, noted was %+v", c.name, gone, m)
		}
	}
}

func TestAcceptedChangeIsMadeLater(t *testing.T) {
	const path = "/repos/village/shop/collaborators/eve"
	s := writable(t, village(), Options{Faults: []Fault{{Action: AppliedLater, After: 20 * time.Second, Writes: true, Nth: 1}}})
	s.want(202, "DELETE", path, "")
	s.want(204, "GET", path, "")
	s.clock.Advance(20 * time.Second)
	s.want(404, "GET", path, "")
	if m := s.s.Mutations()[0]; !m.Applied || !m.Changed {
		t.Errorf("noted was %+v", m)
	}
	s = writable(t, village(), Options{Faults: []Fault{{Action: AppliedLater, Requests: 2, Status: 204, Writes: true, Nth: 1}}})
	s.want(204, "DELETE", path, "")
	s.want(204, "GET", path, "")
	s.want(204, "GET", path, "")
	s.want(404, "GET", path, "")
}

func TestAcceptedChangeThatMayNotBeMadeAnyMoreIsDropped(t *testing.T) {
	s := writable(t, village(), Options{Faults: []Fault{{Action: AppliedLater, After: time.Second, Writes: true, Nth: 1}}})
	s.want(202, "DELETE", "/repos/village/shop/collaborators/eve", "")
	s.s.Mutate(func(w *World) { w.Orgs[0].Repos[0].Archived = true })
	s.clock.Advance(time.Minute)
	s.want(200, "GET", "/repos/village/shop", "")
	if s.who("shop", "eve") != "triage" || s.s.Mutations()[0].Applied {
		t.Error("it was made")
	}
}

func TestChangeIsSeenAfterTheLagByBothAPIs(t *testing.T) {
	w := village()
	s := writable(t, w, Options{Lag: 30 * time.Second})
	seen := func() string {
		_, raw := s.do("GET", "/repos/village/shop/collaborators?affiliation=direct", "")
		return fmt.Sprint(strings.Count(string(raw), `"role_name"`), s.data(`{repository(owner:"village",name:"shop"){collaborators(first:5,affiliation:DIRECT){totalCount}}}`))
	}
	two := seen()
	s.want(204, "DELETE", "/repos/village/shop/collaborators/eve", "")
	if s.clock.Advance(10 * time.Second); seen() != two {
		t.Error("the change is seen before its time")
	}
	s.want(204, "DELETE", "/repos/village/shop/collaborators/ada", "")
	s.want(404, "DELETE", "/repos/village/shop/collaborators/eve", "") // a change meets what is there
	s.clock.Advance(20 * time.Second)
	one := seen()
	s.clock.Advance(10 * time.Second)
	none := seen()
	if one == two || none == one || !strings.HasPrefix(one, "1") || !strings.HasPrefix(none, "0") {
		t.Errorf("seen were %s, %s, %s", two, one, none)
	}
}

func TestNewBasePermissionReachesTheMembersLater(t *testing.T) {
	s := writable(t, village(), Options{Background: time.Minute})
	s.want(200, "PATCH", "/orgs/village", `{"default_repository_permission":"none"}`)
	_, raw := s.do("GET", "/orgs/village", "")
	if !strings.Contains(string(raw), `"default_repository_permission":"none"`) || s.who("vault", "dot") != "read" {
		t.Errorf("the setting or what members have is not as it should: %s", raw)
	}
	s.want(409, "PATCH", "/orgs/village", `{"default_repository_permission":"write"}`)
	s.clock.Advance(time.Minute)
	s.want(200, "GET", "/orgs/village", "")
	if got := s.who("vault", "dot"); got != "none" {
		t.Errorf("members still have %s", got)
	}
	s.want(422, "PATCH", "/orgs/village", `{"default_repository_permission":"owner"}`)
}

func TestOldNameLeadsToTheRepositoryUntilItIsTaken(t *testing.T) {
	s := writable(t, village(), Options{})
	s.s.Mutate(func(w *World) {
		if err := w.Rename("village", "vault", "safe"); err != nil {
			t.Fatal(err)
		}
	})
	resp, _ := s.do("GET", "/repos/village/vault/keys?per_page=5", "")
	if to := resp.Header.Get("Location"); resp.StatusCode != 301 || to != s.url+"/repositories/62/keys?per_page=5" {
		t.Errorf("a read got %d to %q", resp.StatusCode, to)
	}
	s.want(200, "GET", "/repositories/62/keys?per_page=5", "")
	s.want(307, "DELETE", "/repos/village/vault/collaborators/cy", "")
	s.want(204, "DELETE", "/repositories/62/collaborators/cy", "")
	s.want(404, "DELETE", "/orgs/village/teams/web/repos/village/vault", "")
	if got := s.data(`{repository(owner:"village",name:"vault"){name}}`); got != `{"repository":{"name":"safe"}}` {
		t.Errorf("GraphQL leads to %s", got)
	}
	if a := s.ask(`{repository(owner:"village",name:"vault",followRenames:false){name}}`); len(a.Errors) != 1 {
		t.Errorf("without following, GraphQL answers %s", a.Raw)
	}
	s.s.Mutate(func(w *World) { w.Orgs[0].Repos[2].Name = "vault" })
	s.want(404, "GET", "/repos/village/vault/collaborators/eve", "")
}

func TestChangesTooCloseOrSideBySideAreRefused(t *testing.T) {
	s := writable(t, village(), Options{Secondary: HarshSecondary})
	const path = "/orgs/village/memberships/"
	s.want(200, "PUT", path+"ben", `{"role":"member"}`)
	s.clock.Advance(900 * time.Millisecond)
	resp, _ := s.do("PUT", path+"ben", `{"role":"admin"}`)
	if resp.StatusCode != 403 || resp.Header.Get("Retry-After") != "60" {
		t.Errorf("too close got %d, wait %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	s.want(200, "GET", path+"ben", "") // reads go on
	s.clock.Advance(time.Second)
	s.want(200, "PUT", path+"ben", `{"role":"admin"}`)
	s.clock.Advance(time.Minute)
	owner := s.s.tokens["owner"]
	s.s.limits.underWay[owner]++
	s.want(403, "PUT", path+"ben", `{"role":"admin"}`)
	s.s.limits.underWay[owner]--
	s.clock.Advance(time.Minute)
	s.want(200, "PUT", path+"ben", `{"role":"admin"}`)
}

func TestChangesOfAMinuteAndAnHourAreCounted(t *testing.T) {
	s := writable(t, village(), Options{Secondary: Secondary{ContentMinute: 3, ContentHour: 5}})
	var got []int
	for i := range 8 {
		resp, _ := s.do("PUT", "/orgs/village/memberships/ben", `{"role":"member"}`)
		got = append(got, resp.StatusCode)
		if i == 3 {
			s.clock.Advance(time.Minute)
		}
	}
	if want := []int{200, 200, 200, 403, 200, 403, 403, 403}; !slices.Equal(got, want) { // a refused one counts
		t.Errorf("answered were %v, not %v", got, want)
	}
	s.clock.Advance(time.Hour)
	s.want(200, "PUT", "/orgs/village/memberships/ben", `{"role":"member"}`)
}
