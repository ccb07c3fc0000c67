package githubsim

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const reposQuery = `{organization(login:"village"){repositories(first:2,orderBy:{field:NAME,direction:ASC}){totalCount pageInfo{hasNextPage endCursor} nodes{name visibility} edges{node{name}}} kind:__typename}}`

func TestFaultsThatAnswerInPlaceOfTheHandler(t *testing.T) {
	tests := []struct {
		name    string
		fault   Fault
		status  int
		body    string
		headers map[string]string
	}{
		{"500", Fault{Action: AnswerStatus, Status: 500}, 500, "Something went wrong", nil},
		{"502", Fault{Action: AnswerStatus, Status: 502}, 502, "Something went wrong", nil},
		{"503", Fault{Action: AnswerStatus, Status: 503}, 503, "", nil},
		{"404", Fault{Action: AnswerStatus, Status: 404}, 404, "Not Found", nil},
		{"410", Fault{Action: AnswerStatus, Status: 410}, 410, "", nil},
		{"451", Fault{Action: AnswerStatus, Status: 451}, 451, "dmca", nil},
		{"502 after all was done", Fault{Action: StatusAfter, Status: 502}, 502, "", nil},
		{"401", Fault{Action: Unauthenticated}, 401, "Bad credentials", nil},
		{"403", Fault{Action: Denied}, 403, "Must have admin rights", nil},
		{"single sign-on", Fault{Action: SSORequired}, 403, "SAML", map[string]string{"X-GitHub-SSO": "required; url="}},
		{"primary limit", Fault{Action: PrimaryLimited}, 200, "RATE_LIMITED", map[string]string{"X-RateLimit-Remaining": "0"}},
		{"secondary limit", Fault{Action: SecondaryLimited, After: 30 * time.Second}, 403, "secondary rate limit", map[string]string{"Retry-After": "30"}},
		{"secondary limit, 429", Fault{Action: SecondaryLimited, Status: 429}, 429, "secondary rate limit", nil},
		{"secondary limit, 200", Fault{Action: SecondaryLimited, Status: 200}, 200, `{"errors":[{"message":"You have exceeded`, nil},
		{"redirect", Fault{Action: Redirected, URL: "/elsewhere"}, 301, "", map[string]string{"Location": "http://"}},
		{"temporary redirect", Fault{Action: Redirected, Status: 307, URL: "https://other.example/x"}, 307, "", map[string]string{"Location": "https://other.example/x"}},
		{"202", Fault{Action: NotReady}, 202, "{}", nil},
		{"timeout", Fault{Action: TimedOut, After: 10 * time.Second}, 504, "in time", nil},
		{"web page", Fault{Action: HTMLPage}, 200, "<!DOCTYPE html>", map[string]string{"Content-Type": "text/html"}},
		{"nothing", Fault{Action: EmptyBody}, 200, "", nil},
		{"no JSON", Fault{Action: NoJSON}, 200, "upstream connect error", nil},
		{"no data", Fault{Action: DataNull, Type: "INTERNAL"}, 200, `{"data":null,"errors":[{"type":"INTERNAL"`, nil},
		{"bad cursor", Fault{Action: BadCursor}, 200, "INVALID_CURSOR_ARGUMENTS", nil},
		{"unknown error", Fault{Action: UnknownErrorType}, 200, "FROM_THE_FUTURE", nil},
		{"partial results", Fault{Action: SSOPartial}, 200, `"The Village"`, map[string]string{"X-GitHub-SSO": "partial-results; organizations=11"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.fault.Nth = 2
			s := startSim(t, village(), Options{Faults: []Fault{tt.fault}})
			for i := 1; i <= 3; i++ {
				resp, raw := s.do("POST", "/graphql", `{"query":"{organization(login:\"village\"){name}}"}`)
				status, body := 200, `"The Village"`
				if i == 2 {
					status, body = tt.status, tt.body
					for k, v := range tt.headers {
						if !strings.HasPrefix(resp.Header.Get(k), v) {
							t.Errorf("header %s is %q", k, resp.Header.Get(k))
						}
					}
				}
				if resp.StatusCode != status || !strings.Contains(string(raw), body) {
					t.Errorf("request %d got %d %s", i, resp.StatusCode, raw)
				}
			}
			if m := s.s.Meters(); m.Faulted != 1 || s.s.Requests()[1].Fault != string(tt.fault.Action) {
				t.Errorf("meters %+v", m)
			}
		})
	}
}

func TestFaultsThatSpoilAnAnswer(t *testing.T) {
	good := startSim(t, village(), Options{}).data(reposQuery)
	for action, want := range map[Action]struct{ gone, there, kind string }{
		PartialData: {`{"node":{"name":"shop"}}`, `"nodes":[{"name":"attic","visibility":"PRIVATE"},null],"edges":[{"node":{"name":"attic"}},null]`, "RESOURCE_LIMITS_EXCEEDED"},
		NullNodes:   {`{"node":{"name":"shop"}}`, `"nodes":[{"name":"attic","visibility":"PRIVATE"},null]`, ""},
		UnknownEnum: {`"PRIVATE"`, `"visibility":"FROM_THE_FUTURE"`, ""},
		UnknownType: {`"kind":"Organization"`, `"kind":"FromTheFuture"`, ""},
		EmptyPage:   {`"attic"`, `"hasNextPage":true`, ""},
		NoNext:      {`"hasNextPage":true`, `"hasNextPage":false`, ""},
		ShortPage:   {`{"node":{"name":"shop"}}`, `"hasNextPage":true,"endCursor":`, ""},
		WrongTotal:  {`"totalCount":3`, `"totalCount":4`, ""},
	} {
		s := startSim(t, village(), Options{Faults: []Fault{{Kind: GraphQL, Match: "organization.repositories", Action: action}}})
		a := s.ask(reposQuery)
		got := compact(t, a.Data)
		if !strings.Contains(good, want.gone) || strings.Contains(got, want.gone) || !strings.Contains(got, want.there) {
			t.Errorf("%s: %s", action, a.Raw)
		}
		if (want.kind == "") != (len(a.Errors) == 0) || want.kind != "" && a.Errors[0].Type != want.kind {
			t.Errorf("%s: %s", action, a.Raw)
		}
	}
}

func TestFaultOnANamedConnectionLeavesTheOthers(t *testing.T) {
	s := startSim(t, village(), Options{Faults: []Fault{{Action: WrongTotal, Field: "deployKeys"}}})
	got := s.data(`{organization(login:"village"){repositories(first:1,orderBy:{field:NAME,direction:DESC}){totalCount nodes{deployKeys(first:1){totalCount} environments(first:1){totalCount}}}}}`)
	if want := `{"totalCount":3,"nodes":[{"deployKeys":{"totalCount":1},"environments":{"totalCount":0}}]}`; !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

func TestMissingFieldIsGoneEverywhere(t *testing.T) {
	s := startSim(t, village(), Options{Faults: []Fault{{Action: MissingField, Field: "name"}}})
	if got := s.data(reposQuery); strings.Contains(got, "name") || !strings.Contains(got, `"nodes":[{"visibility":"PRIVATE"},{"visibility":"PUBLIC"}]`) {
		t.Errorf("got %s", got)
	}
	rep := (&Fault{Action: MissingField, Field: "role"}).spoil(&call{r: &http.Request{URL: &url.URL{}}}, &reply{raw: []byte(`[{"role":"x","id":1},{"a":{"role":2}}]`)})
	if string(rep.raw) != `[{"id":1},{"a":{}}]` {
		t.Errorf("got %s", rep.raw)
	}
}

func TestCursorLoopNeverEnds(t *testing.T) {
	s := startSim(t, crowd(30), Options{Faults: []Fault{{Action: CursorLoop}}})
	first := s.gqlPage("repositories", "first:10")
	cursor := *first.PageInfo.EndCursor
	for range 5 {
		p := s.gqlPage("repositories", `first:10,after:"`+cursor+`"`)
		if !p.PageInfo.HasNextPage || *p.PageInfo.EndCursor != cursor || p.Nodes[0] == first.Nodes[0] {
			t.Fatalf("got %+v", p)
		}
	}
}

func TestBrokenBodiesAndConnections(t *testing.T) {
	post := func(s *sim, timeout time.Duration) ([]byte, error) {
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "POST", s.url+"/graphql", strings.NewReader(`{"query":"{viewer{login}}"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer owner")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		defer func() { _ = resp.Body.Close() }()
		return io.ReadAll(resp.Body)
	}
	for _, tt := range []struct {
		fault Fault
		check func(b []byte, err error) bool
	}{
		{Fault{Action: Truncated}, func(b []byte, err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) && len(b) > 0 }},
		{Fault{Action: CutJSON}, func(b []byte, err error) bool { return err == nil && len(b) > 0 && !json.Valid(b) }},
		{Fault{Action: HugeHeader}, func(_ []byte, err error) bool { return err != nil }},
		{Fault{Action: Reset}, func(_ []byte, err error) bool { return err != nil }},
		{Fault{Action: TimedOut}, func(_ []byte, err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
		{Fault{Action: BadGzip}, func(_ []byte, err error) bool { return err != nil }},
		{Fault{Action: Slow}, func(b []byte, err error) bool { return err == nil && json.Valid(b) }},
		{Fault{Action: Oversized, Bytes: 1 << 20}, func(b []byte, err error) bool { return err == nil && json.Valid(b) && len(b) > 1<<20 }},
		{Fault{Action: GzipBomb, Bytes: 1 << 20}, func(b []byte, err error) bool { return err == nil && json.Valid(b) && len(b) > 1<<20 }},
	} {
		s := startSim(t, village(), Options{Faults: []Fault{tt.fault}})
		start := s.clock.Now()
		b, err := post(s, 300*time.Millisecond)
		if !tt.check(b, err) {
			t.Errorf("%s: %d bytes, %v", tt.fault.Action, len(b), err)
		}
		if tt.fault.Action == Slow && s.clock.Now().Sub(start) != time.Duration(len(b))*time.Second {
			t.Errorf("%d bytes took %v", len(b), s.clock.Now().Sub(start))
		}
	}
}

func TestRESTAnswersAreSpoiledToo(t *testing.T) {
	raw := []byte(`{"total_count":2,"items":[{"role":"admin"},{"role":"member"}]}`)
	for action, want := range map[Action]string{
		EmptyPage:   `{"items":[],"total_count":2}`,
		NullNodes:   `{"items":[{"role":"admin"},null],"total_count":2}`,
		WrongTotal:  `{"items":[{"role":"admin"},{"role":"member"}],"total_count":3}`,
		UnknownEnum: `{"items":[{"role":"from-the-future"},{"role":"from-the-future"}],"total_count":2}`,
		CursorLoop:  string(raw), NoNext: string(raw), NextElsewhere: string(raw),
	} {
		r, err := http.NewRequest("GET", "http://sim/things?page=2", nil)
		if err != nil {
			t.Fatal(err)
		}
		rep := (&reply{status: 200, raw: raw}).set("Link", `<http://sim/things?page=3>; rel="next"`)
		rep = (&Fault{Action: action}).spoil(&call{r: r}, rep)
		if string(rep.raw) != want {
			t.Errorf("%s: %s", action, rep.raw)
		}
		links := map[Action]string{CursorLoop: `<http://sim/things?page=2>; rel="next"`, NoNext: "", NextElsewhere: `<https://elsewhere.example/next>; rel="next"`}
		if link, set := links[action]; set && rep.header.Get("Link") != link {
			t.Errorf("%s: the next page is %s", action, rep.header.Get("Link"))
		}
	}
}

func TestFaultsByChanceAreSeededAndAboutAsOftenAsSaid(t *testing.T) {
	run := func(seed uint64) (hits string) {
		s := startSim(t, village(), Options{Seed: seed, Faults: []Fault{{Probability: 0.2, Action: AnswerStatus, Status: 502}}})
		for range 300 {
			resp, _ := s.do("GET", "/rate_limit", "")
			hits += map[bool]string{true: "x", false: "."}[resp.StatusCode == 502]
		}
		return hits
	}
	one := run(1)
	if n := strings.Count(one, "x"); n < 35 || n > 90 {
		t.Errorf("%d of 300 were hit", n)
	}
	if one != run(1) || one == run(2) {
		t.Error("chance does not follow the seed")
	}
}

func TestFaultsMatchByKindRouteAndText(t *testing.T) {
	s := startSim(t, village(), Options{Faults: []Fault{{Kind: REST, Action: NotReady, Match: "rate_limit", Nth: 2, Times: 2}}})
	s.s.AddFault(Fault{Kind: GraphQL, Match: "databaseId", Action: NoJSON, Name: "mine"})
	var got []int
	for range 4 {
		resp, _ := s.do("GET", "/rate_limit", "")
		got = append(got, resp.StatusCode)
	}
	if got[0] != 200 || got[1] != 202 || got[2] != 202 || got[3] != 200 {
		t.Errorf("got %v", got)
	}
	s.data(`{viewer{login}}`)
	s.do("POST", "/graphql", `{"query":"{viewer{databaseId}}"}`)
	if log := s.s.Requests(); log[len(log)-1].Fault != "mine" {
		t.Errorf("the log says %+v", log[len(log)-1])
	}
	s.s.ClearFaults()
	s.data(`{viewer{databaseId}}`)
}

func TestATimeoutOfGraphQLCostsTwice(t *testing.T) {
	s := startSim(t, village(), Options{Faults: []Fault{{Nth: 1, Action: AnswerStatus, Status: 502}}})
	s.do("POST", "/graphql", `{"query":"{viewer{login}}"}`)
	if got := s.data(`{rateLimit{used}}`); got != `{"rateLimit":{"used":3}}` {
		t.Errorf("after one timeout and this query: %s", got)
	}
}
