package githubsim

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/eb661601/ajar/internal/contract"
)

var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// signed is an App's own token.
func signed(t *testing.T, key *rsa.PrivateKey, issuer string, iat, exp time.Time) string {
	t.Helper()
	s, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
		Issuer: issuer, IssuedAt: jwt.NewNumericDate(iat), ExpiresAt: jwt.NewNumericDate(exp)}).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// auditApp is an App that is installed on the demo's organization.
func auditApp(w *World) App {
	w.Orgs[0].Installations = append(w.Orgs[0].Installations, &Installation{ID: 77, AppID: 4711, AppSlug: "audit", RepositorySelection: "all",
		Permissions: map[string]string{"members": "read", "administration": "write", "metadata": "read"}, CreatedAt: w.Meta.Now.AddDate(0, -1, 0)})
	return App{ID: 4711, ClientID: "Iv1.audit", Slug: "audit", Name: "Audit", Key: &appKey().PublicKey}
}

// post sends a body to a path.
func (c caller) post(path, body string) restAnswer {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodPost, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	a := restAnswer{status: resp.StatusCode, header: resp.Header}
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(resp.Body); err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal(raw.Bytes(), &a.body); err != nil {
		c.t.Fatalf("%s: %v in %q", path, err, raw.String())
	}
	return a
}

// installing starts a simulator with the audit app, whose answers are judged.
func installing(t *testing.T) (*World, *clock, *Server, func(token string) caller) {
	w := Demo()
	app := auditApp(w)
	at := newClock(w.Meta.Now)
	s := New(w, Options{Now: at.Now, Apps: []App{app}, PrimaryLimit: 50})
	srv := httptestServer(t, s)
	client := &http.Client{Transport: contract.Transport(nil, contract.REST(t), func(err error) { t.Error(err) })}
	return w, at, s, func(token string) caller { return caller{t, srv, token, client} }
}

func TestAppsOwnTokenIsCheckedAsGitHubDoes(t *testing.T) {
	_, at, _, as := installing(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := at.Now()
	for name, c := range map[string]struct {
		token  string
		status int
		says   string
	}{
		"by client id":     {signed(t, appKey(), "Iv1.audit", now.Add(-time.Minute), now.Add(9*time.Minute)), 200, ""},
		"by number":        {signed(t, appKey(), "4711", now, now.Add(10*time.Minute)), 200, ""},
		"another key":      {signed(t, other, "4711", now, now.Add(time.Minute)), 401, jwtUndecodable},
		"another app":      {signed(t, appKey(), "4712", now, now.Add(time.Minute)), 404, "Integration not found"},
		"issued tomorrow":  {signed(t, appKey(), "4711", now.Add(time.Second), now.Add(time.Minute)), 401, jwtIssued},
		"over":             {signed(t, appKey(), "4711", now.Add(-time.Hour), now), 401, jwtExpired},
		"too long":         {signed(t, appKey(), "4711", now, now.Add(10*time.Minute+time.Second)), 401, jwtTooFar},
		"no token of apps": {"whatever", 401, jwtUndecodable},
	} {
		if a := as(c.token).get("/app"); a.status != c.status || c.says != "" && a.key("message") != c.says {
			t.Errorf("%s: got %d %s, want %d %s", name, a.status, a.key("message"), c.status, c.says)
		}
	}
	if a := as(signed(t, appKey(), "4711", now, now.Add(time.Minute))).get("/orgs/acme-robotics/members"); a.status != 401 {
		t.Errorf("an app's own token reads members: %d", a.status)
	}
}

func TestInstallationTokenIsAsNarrowAsAskedAndDies(t *testing.T) {
	w, at, s, as := installing(t)
	org := w.Orgs[0]
	now := at.Now()
	app := as(signed(t, appKey(), "4711", now.Add(-time.Minute), now.Add(9*time.Minute)))
	found := app.get("/orgs/" + org.Login + "/installation")
	if found.status != 200 || found.key("id") != "77" {
		t.Fatalf("got %d %v", found.status, found.body)
	}
	const mint = "/app/installations/77/access_tokens"
	for body, status := range map[string]int{
		`{"permissions":{"members":"read"}}`: 201, `{"permissions":{"members":"write"}}`: 422, `{"permissions":{"organization_plan":"read"}}`: 422,
		`{"permissions":{"administration":"read"}}`: 201, `{"repository_ids":[1]}`: 422, `{}`: 201,
	} {
		if a := app.post(mint, body); a.status != status {
			t.Errorf("%s: got %d, want %d", body, a.status, status)
		}
	}
	if a := app.post("/app/installations/78/access_tokens", "{}"); a.status != 404 {
		t.Errorf("another's installation: %d", a.status)
	}
	token := app.post(mint, `{"permissions":{"members":"read"}}`).key("token")
	if a := as(token).get("/orgs/" + org.Login + "/members"); a.status != 200 {
		t.Errorf("members: %d", a.status)
	}
	if a := as(token).get("/repos/" + org.Login + "/" + org.Repos[0].Name + "/keys"); a.status != 403 {
		t.Errorf("deploy keys without administration: %d", a.status)
	}
	if a := as(token).get("/installation/repositories"); a.status != 200 || a.key("total_count") == "0" {
		t.Errorf("its repositories: %d %v", a.status, a.key("total_count"))
	}
	s.Mutate(func(w *World) { w.Orgs[0].Installations[len(w.Orgs[0].Installations)-1].SuspendedAt = now })
	if a := as(token).get("/orgs/" + org.Login + "/members"); a.status != 403 || a.key("message") != "This installation has been suspended" {
		t.Errorf("a suspended one: %d %s", a.status, a.key("message"))
	}
	if a := app.post(mint, "{}"); a.status != 403 {
		t.Errorf("a token for a suspended one: %d", a.status)
	}
	s.Mutate(func(w *World) { w.Orgs[0].Installations[len(w.Orgs[0].Installations)-1].SuspendedAt = time.Time{} })
	at.Advance(time.Hour)
	if a := as(token).get("/orgs/" + org.Login + "/members"); a.status != 401 {
		t.Errorf("after an hour: %d", a.status)
	}
}

func TestInstallationSharesItsLimitAmongItsTokens(t *testing.T) {
	_, at, _, as := installing(t)
	now := at.Now()
	app := as(signed(t, appKey(), "4711", now.Add(-time.Minute), now.Add(9*time.Minute)))
	one := app.post("/app/installations/77/access_tokens", "{}").key("token")
	two := app.post("/app/installations/77/access_tokens", "{}").key("token")
	as(one).get("/meta")
	if left := as(two).get("/meta").header.Get("X-RateLimit-Remaining"); left != "48" {
		t.Errorf("%s left, want 48", left)
	}
}

// httptestServer serves s and gives its address.
func httptestServer(t *testing.T, s *Server) string {
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return srv.URL
}
