package github

import (
	"slices"
	"strings"
)

// What a token can be, in words for people.
const (
	ClassicToken      = "classic token"
	FineGrainedToken  = "fine-grained token"
	OAuthToken        = "token of an OAuth app"                //nolint:gosec // words about a token
	UserToken         = "token of a person by a GitHub App"    //nolint:gosec // words about a token
	InstallationToken = "token of a GitHub App's installation" //nolint:gosec // words about a token
	RefreshToken      = "refresh token, which GitHub's API does not take"
)

// prefixes tell the kinds of tokens apart (GitHub Docs: "About authentication to
// GitHub", GitHub's token formats).
var prefixes = []struct{ prefix, kind string }{
	{"ghp_", ClassicToken}, {"github_pat_", FineGrainedToken}, {"gho_", OAuthToken},
	{"ghu_", UserToken}, {"ghs_", InstallationToken}, {"ghr_", RefreshToken},
}

// KindOf says what a token is by how it begins; "" where that tells nothing, as
// of classic tokens from before 2021.
func KindOf(token string) string {
	for _, p := range prefixes {
		if strings.HasPrefix(token, p.prefix) {
			return p.kind
		}
	}
	return ""
}

// readScopes are the scopes of classic tokens that let nothing be written (GitHub
// Docs: "Scopes for OAuth apps"); every other one does.
var readScopes = []string{
	"read:org", "read:user", "user:email", "read:public_key", "read:gpg_key", "read:ssh_signing_key", "read:repo_hook", "read:packages",
	"read:project", "read:discussion", "read:enterprise", "read:audit_log", "read:network_configurations",
}

// Writes lists the scopes of a token by which it could change something, as
// GitHub states them.
func (h Heard) Writes() []string {
	var out []string
	for s := range strings.SplitSeq(h.Scopes, ",") {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(readScopes, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// Writes lists the permissions of the app by which it could change something, as
// "members:write". The tokens that ajar asks for have none of them; the app's key
// can get others.
func (in Installation) Writes() []string {
	var out []string
	for name, level := range in.Permissions {
		if level != "read" {
			out = append(out, name+":"+level)
		}
	}
	slices.Sort(out)
	return out
}
