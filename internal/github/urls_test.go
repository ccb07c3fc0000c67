package github

import (
	"strings"
	"testing"
)

func TestGraphQLAddressFollowsFromTheAPIAddress(t *testing.T) {
	for in, want := range map[string][2]string{
		"https://api.github.com":        {"https://api.github.com/", "https://api.github.com/graphql"},
		"https://API.github.com/":       {"https://api.github.com/", "https://api.github.com/graphql"},
		"https://ghe.corp/api/v3":       {"https://ghe.corp/api/v3/", "https://ghe.corp/api/graphql"},
		"https://ghe.corp:8443/api/v3/": {"https://ghe.corp:8443/api/v3/", "https://ghe.corp:8443/api/graphql"},
		"https://api.acme.ghe.com":      {"https://api.acme.ghe.com/", "https://api.acme.ghe.com/graphql"},
		"http://127.0.0.1:9000":         {"http://127.0.0.1:9000/", "http://127.0.0.1:9000/graphql"},
		"http://[::1]:9000/api/v3":      {"http://[::1]:9000/api/v3/", "http://[::1]:9000/api/graphql"},
		"http://localhost":              {"http://localhost/", "http://localhost/graphql"},
	} {
		rest, graphql, err := URLs(in)
		if err != nil || rest != want[0] || graphql != want[1] {
			t.Errorf("URLs(%q) = %q, %q, %v; want %q", in, rest, graphql, err, want)
		}
	}
}

func TestAddressThatWouldExposeACredentialIsRefused(t *testing.T) {
	for _, in := range []string{
		"http://api.github.com", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "ftp://127.0.0.1", "api.github.com",
		"", "https://", "https://user:s3cret@api.github.com", "https://api.github.com?token=s3cret", "https://api.github.com/#s3cret", "://s3cret",
	} {
		_, _, err := URLs(in)
		if err == nil {
			t.Errorf("URLs(%q) was accepted", in)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("URLs(%q) repeats the secret: %v", in, err)
		}
	}
}
