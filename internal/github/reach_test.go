package github

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func reached(t *testing.T, h http.HandlerFunc, change func(*Options)) (Reached, error) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	o := Options{APIURL: srv.URL}
	if change != nil {
		change(&o)
	}
	return Reach(t.Context(), o)
}

func TestReachTellsWhatAnswersWithoutACredential(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	r, err := reached(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.URL.Path != "/meta" {
			t.Errorf("asked for %s with %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		w.Header().Set("Date", at.Format(http.TimeFormat))
		fmt.Fprint(w, `{"verifiable_password_authentication":true,"installed_version":"3.17.2"}`)
	}, nil)
	if err != nil || !r.GitHub || r.Version != "3.17.2" || !r.Date.Equal(at) || r.Connected == "" || r.TLS {
		t.Errorf("%+v, %v", r, err)
	}
}

// A server may keep /meta from whoever shows no credential, and github.com's is
// longer than what is read of it: both are answers.
func TestReachTakesARefusalAndALongAnswerForAnswers(t *testing.T) {
	r, err := reached(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-GitHub-Enterprise-Version", "3.16.0")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"message":"Must authenticate to access this API."}`)
	}, nil)
	if err != nil || r.Status != 401 || r.Version != "3.16.0" {
		t.Errorf("a refusal: %+v, %v", r, err)
	}
	if _, err = reached(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"hooks":["`+strings.Repeat("192.0.2.0/24 ", 10_000)+`"]}`)
	}, nil); err != nil {
		t.Errorf("a long answer: %v", err)
	}
}

func TestReachTellsWhatIsNotGitHub(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a captive portal": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>Sign in</html>")
		},
		"a page that does not say what it is": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, "  <!doctype html>")
		},
		"a proxy that blocks": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusForbidden)
		},
		"something else": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") },
	} {
		if _, err := reached(t, h, nil); !errors.Is(err, ErrNotGitHub) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := reached(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://portal.example.com/", http.StatusFound)
	}, nil)
	if !errors.Is(err, ErrMoved) {
		t.Errorf("a redirect: %v", err)
	}
}

// The certificate that was not believed is at hand, so that one can say why.
func TestReachShowsACertificateThatIsNotBelieved(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	r, err := Reach(t.Context(), Options{APIURL: srv.URL})
	var unknown x509.UnknownAuthorityError
	if r.Cert == nil || !errors.As(err, &unknown) || !r.TLS {
		t.Errorf("an unknown authority: %+v, %v", r, err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	base := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "ghes.invalid"}}
	r, err = Reach(t.Context(), Options{APIURL: srv.URL, Base: base})
	var elsewhere x509.HostnameError
	if r.Cert == nil || !errors.As(err, &elsewhere) {
		t.Errorf("another host: %v", err)
	}
	if line, hint := Explain(err); !strings.Contains(line, "its certificate is for another host") || hint == "" {
		t.Errorf("explained as %q, %q", line, hint)
	}
}

func TestAnswersTellScopesEndAndTime(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	status := http.StatusOK
	c, _ := testClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", at.Format(http.TimeFormat))
		w.Header().Set("X-OAuth-Scopes", "read:org, repo, workflow")
		w.Header().Set("GitHub-Authentication-Token-Expiration", "2026-06-01 00:00:00 +0200")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, `{}`)
	})
	if h := c.Heard(); h.Skew() != 0 {
		t.Errorf("nothing was heard yet: %+v", h)
	}
	if err := get(c, "user"); err != nil {
		t.Fatal(err)
	}
	h := c.Heard()
	if !h.Scoped || h.Scopes != "read:org, repo, workflow" || !h.Expires.Equal(time.Date(2026, 5, 31, 22, 0, 0, 0, time.UTC)) || !h.Date.Equal(at) {
		t.Errorf("%+v", h)
	}
	if got := strings.Join(h.Writes(), " "); got != "repo workflow" {
		t.Errorf("it could write %q", got)
	}
	if h.Skew() != at.Sub(h.At) {
		t.Errorf("skew %s", h.Skew())
	}
}

func TestKindOfATokenIsToldByItsPrefix(t *testing.T) {
	for token, want := range map[string]string{"ghp_x": ClassicToken, "github_pat_x": FineGrainedToken, "ghs_x": InstallationToken, "0123abcd": ""} {
		if got := KindOf(token); got != want {
			t.Errorf("%s: %q, want %q", token, got, want)
		}
	}
}
