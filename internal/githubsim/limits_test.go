package githubsim

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func headerInt(t *testing.T, h http.Header, name string) int {
	t.Helper()
	n, err := strconv.Atoi(h.Get(name))
	if err != nil {
		t.Fatalf("header %s is %q", name, h.Get(name))
	}
	return n
}

func TestThePrimaryLimitCountsPointsAndResetsAfterAnHour(t *testing.T) {
	s := startSim(t, village(), Options{PrimaryLimit: 10})
	const q = `{organization(login:"village"){repositories(first:100){nodes{deployKeys(first:1){totalCount} rulesets(first:1){totalCount} environments(first:1){totalCount}}}} rateLimit{cost limit used remaining resetAt}}`
	first := s.ask(q)
	want := `"rateLimit":{"cost":3,"limit":10,"used":3,"remaining":7,"resetAt":"2026-06-01T13:00:00Z"}}`
	if !strings.HasSuffix(compact(t, first.Data), want) {
		t.Errorf("the account in the answer: %s", first.Data)
	}
	h := first.Header
	if headerInt(t, h, "X-RateLimit-Limit") != 10 || headerInt(t, h, "X-RateLimit-Remaining") != 7 || headerInt(t, h, "X-RateLimit-Used") != 3 ||
		h.Get("X-RateLimit-Resource") != "graphql" || headerInt(t, h, "X-RateLimit-Reset") != int(s.clock.Now().Add(time.Hour).Unix()) {
		t.Errorf("headers %v", h)
	}
	for range 3 {
		s.ask(q)
	}
	over := s.ask(q)
	if over.Status != http.StatusOK || over.Data != nil || over.Errors[0].Type != "RATE_LIMITED" || over.Header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("over the limit: %d %s", over.Status, over.Raw)
	}
	if m := s.s.Meters(); m.Limited != 1 || m.Total.Requests != 5 {
		t.Errorf("meters %+v", m)
	}
	s.clock.Advance(time.Hour)
	if again := s.ask(q); headerInt(t, again.Header, "X-RateLimit-Used") != 3 {
		t.Errorf("after the hour: %v", again.Header)
	}
}

func TestRESTHasAnAccountOfItsOwn(t *testing.T) {
	s := startSim(t, village(), Options{PrimaryLimit: 2})
	for want := 1; want >= 0; want-- {
		resp, _ := s.do("GET", "/nowhere", "")
		if headerInt(t, resp.Header, "X-RateLimit-Remaining") != want || resp.Header.Get("X-RateLimit-Resource") != "core" {
			t.Errorf("headers %v", resp.Header)
		}
	}
	resp, body := s.do("GET", "/nowhere", "")
	if resp.StatusCode != http.StatusForbidden || !strings.Contains(string(body), "API rate limit exceeded for user ID 101.") || resp.Header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("over the limit: %d %s", resp.StatusCode, body)
	}
	if a := s.ask(`{viewer{login}}`); a.Data == nil {
		t.Errorf("GraphQL is refused too: %s", a.Raw)
	}
	resp, body = s.do("GET", "/rate_limit", "")
	var got struct {
		Resources map[string]struct{ Limit, Used, Remaining int }
	}
	if err := json.Unmarshal(body, &got); err != nil || resp.StatusCode != http.StatusOK || got.Resources["core"].Used != 2 || got.Resources["graphql"].Used != 1 {
		t.Errorf("GET /rate_limit: %d %s", resp.StatusCode, body)
	}
	if a := s.as("app").ask(`{viewer{login}}`); headerInt(t, a.Header, "X-RateLimit-Used") != 1 {
		t.Errorf("another token shares the account: %v", a.Header)
	}
}

func TestWithoutLimitsNothingSpeaksOfThem(t *testing.T) {
	s := startSim(t, village(), Options{PrimaryLimit: Unlimited})
	a := s.ask(`{rateLimit{cost}}`)
	if compact(t, a.Data) != `{"rateLimit":null}` || a.Header.Get("X-RateLimit-Limit") != "" {
		t.Errorf("got %s with %v", a.Raw, a.Header)
	}
	if resp, _ := s.do("GET", "/rate_limit", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("GET /rate_limit: %d", resp.StatusCode)
	}
}

func TestSecondaryLimitsOfAMinute(t *testing.T) {
	tests := []struct {
		name   string
		limit  Secondary
		ask    func(s *sim) int
		passes int
	}{
		{"REST points", Secondary{RESTPoints: 3}, func(s *sim) int { r, _ := s.do("GET", "/nowhere", ""); return r.StatusCode }, 3},
		{"a write counts five", Secondary{RESTPoints: 10}, func(s *sim) int {
			r, _ := s.do("PUT", "/nowhere", "")
			s.clock.Advance(time.Second)
			return r.StatusCode + 1
		}, 2},
		{"GraphQL points", Secondary{GraphQLPoints: 4}, func(s *sim) int { return s.ask(`{viewer{login}}`).Status }, 4},
		{"GraphQL time", Secondary{GraphQLTime: time.Minute}, func(s *sim) int { return s.ask(`{viewer{login}}`).Status }, 6},
		{"time of both", Secondary{TotalTime: 45 * time.Second}, func(s *sim) int { r, _ := s.do("GET", "/nowhere", ""); return r.StatusCode }, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.limit.RetryAfter = 7 * time.Second
			s := startSim(t, village(), Options{Secondary: tt.limit})
			timed := tt.limit.GraphQLTime+tt.limit.TotalTime > 0
			// ten seconds an answer, but the window of a minute must not move on meanwhile
			start := s.clock.Now()
			if timed {
				s.s.o.Latency = func(Kind) time.Duration { return 10 * time.Second }
			}
			for i := range tt.passes {
				if got := tt.ask(s); got == http.StatusForbidden {
					t.Fatalf("request %d is refused", i+1)
				}
				if timed {
					s.clock.Advance(start.Sub(s.clock.Now()))
				}
			}
			resp, body := s.do("POST", "/graphql", `{"query":"{viewer{login}}"}`)
			if tt.limit.GraphQLPoints+int(tt.limit.GraphQLTime) == 0 {
				resp, body = s.do("GET", "/nowhere", "")
			}
			if resp.StatusCode != http.StatusForbidden || resp.Header.Get("Retry-After") != "7" || !strings.Contains(string(body), "You have exceeded a secondary rate limit") {
				t.Errorf("over the limit: %d %v %s", resp.StatusCode, resp.Header, body)
			}
			s.clock.Advance(time.Minute)
			if resp, _ := s.do("POST", "/graphql", `{"query":"{viewer{login}}"}`); resp.StatusCode != http.StatusOK {
				t.Errorf("a minute later: %d", resp.StatusCode)
			}
		})
	}
}

func TestConcurrencyIsMeteredAndLimited(t *testing.T) {
	const most = 4
	gate := make(chan struct{})
	waiting := make(chan struct{}, 100)
	s := startSim(t, village(), Options{
		Secondary: Secondary{Concurrency: most},
		Latency:   func(Kind) time.Duration { return time.Second },
		Sleep:     func(context.Context, time.Duration) error { waiting <- struct{}{}; <-gate; return nil },
	})
	statuses := make(chan int, most+1)
	var wg sync.WaitGroup
	for i := range most + 1 {
		wg.Go(func() { statuses <- s.ask(`{viewer{login}}`).Status })
		<-waiting
		if i == most {
			close(gate)
		}
	}
	wg.Wait()
	close(statuses)
	refused := 0
	for code := range statuses {
		if code == http.StatusForbidden {
			refused++
		}
	}
	if m := s.s.Meters(); refused != 1 || m.InFlightMax != most+1 || m.Limited != 1 {
		t.Errorf("%d refused, meters %+v", refused, m)
	}
}

func TestLatencyIsWaitedAndMetered(t *testing.T) {
	s := startSim(t, village(), Options{Latency: func(k Kind) time.Duration {
		if k == GraphQL {
			return 1500 * time.Millisecond
		}
		return 100 * time.Millisecond
	}})
	s.ask(`{viewer{login}}`)
	s.do("GET", "/nowhere", "")
	m := s.s.Meters()
	if m.GraphQL["viewer"].Time != 1500*time.Millisecond || m.REST["GET (no route)"].Time != 100*time.Millisecond || m.Total.Time != 1600*time.Millisecond {
		t.Errorf("meters %+v", m)
	}
}

func TestCredentials(t *testing.T) {
	s := startSim(t, village(), Options{})
	for _, tt := range []struct {
		header string
		status int
		text   string
	}{
		{"Bearer owner", 404, "Not Found"},
		{"token owner", 404, "Not Found"},
		{"bearer  owner", 404, "Not Found"},
		{"Basic b3duZXI6b3duZXI=", 404, "Not Found"},
		{"Digest owner", 401, "Bad credentials"},
		{"Bearer wrong", 401, "Bad credentials"},
		{"", 401, "Requires authentication"},
	} {
		r, _ := http.NewRequest("GET", s.url+"/nowhere", nil)
		if tt.header != "" {
			r.Header.Set("Authorization", tt.header)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var body struct{ Message, Status string }
		err = json.NewDecoder(resp.Body).Decode(&body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != tt.status || body.Message != tt.text || body.Status != strconv.Itoa(tt.status) {
			t.Errorf("%q: %d %+v", tt.header, resp.StatusCode, body)
		}
	}
	bad := s.as("wrong")
	for range badAttempts {
		bad.do("GET", "/nowhere", "")
	}
	if resp, body := bad.do("GET", "/nowhere", ""); resp.StatusCode != http.StatusForbidden || !strings.Contains(string(body), "Maximum number of login attempts exceeded") {
		t.Errorf("after many attempts: %d %s", resp.StatusCode, body)
	}
}

func TestEveryAnswerCarriesGitHubsHeaders(t *testing.T) {
	s := startSim(t, village(), Options{})
	ids := map[string]bool{}
	for _, path := range []string{"/nowhere", "/api/v3/nowhere", "/rate_limit", "/api/v3/rate_limit"} {
		resp, _ := s.do("GET", path, "")
		h := resp.Header
		if h.Get("Date") != "Mon, 01 Jun 2026 12:00:00 GMT" || !strings.HasPrefix(h.Get("Content-Type"), "application/json") || h.Get("X-GitHub-Media-Type") == "" || ids[h.Get("X-GitHub-Request-Id")] {
			t.Errorf("%s: %v", path, h)
		}
		ids[h.Get("X-GitHub-Request-Id")] = true
	}
	for token, want := range map[string]string{"owner": "admin:org, audit_log, read:audit_log, repo, user, workflow", "member": "read:org, repo", "app": ""} {
		if resp, _ := s.as(token).do("GET", "/nowhere", ""); resp.Header.Get("X-OAuth-Scopes") != want {
			t.Errorf("%s has the scopes %q", token, resp.Header.Get("X-OAuth-Scopes"))
		}
	}
}
