package baseline

import (
	"maps"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// KeyRule is one [[key]]: deploy keys that may exist. A key matches by its
// number, or by its repository and title.
type KeyRule struct {
	Position   Position   `json:"-"`
	Match      []Pattern  `json:"match,omitempty"`
	Repository []Pattern  `json:"repository,omitempty"`
	Title      string     `json:"title,omitempty"` // a pattern; "" is any
	Write      bool       `json:"write"`
	Reason     string     `json:"reason"`
	Acceptance Acceptance `json:"acceptance"`
	title      glob
}

// AppRule is one [[app]]: an app that may be installed, and with how much.
type AppRule struct {
	Position     Position          `json:"-"`
	Match        []Pattern         `json:"match"`
	Organization string            `json:"organization,omitempty"` // "": every one
	Permissions  map[string]string `json:"permissions,omitempty"`  // GitHub's names, to read, write or admin
	Repositories []Pattern         `json:"repositories,omitempty"`
	Reason       string            `json:"reason"`
	Expires      time.Time         `json:"expires,omitzero"`
}

// TokenRule is one [[token]]: a fine-grained token that may exist.
type TokenRule struct {
	Position     Position          `json:"-"`
	Match        []Pattern         `json:"match"`
	Owner        []Pattern         `json:"owner,omitempty"` // at most one
	Permissions  map[string]string `json:"permissions,omitempty"`
	Repositories []Pattern         `json:"repositories,omitempty"`
	Reason       string            `json:"reason"`
	Expires      time.Time         `json:"expires,omitzero"`
}

// WebhookRule is one [[webhook]]: a webhook that may exist on the organization
// or on repositories.
type WebhookRule struct {
	Position Position  `json:"-"`
	On       []Pattern `json:"on"`
	URL      string    `json:"url"`
	Events   []string  `json:"events,omitempty"`
	Reason   string    `json:"reason"`
	Expires  time.Time `json:"expires,omitzero"`
}

// BypassRule is one [[bypass]]: who may go around the rulesets and branch
// protection of repositories.
type BypassRule struct {
	Position Position  `json:"-"`
	On       []Pattern `json:"on"`
	Actors   []Pattern `json:"actors"`
	Mode     string    `json:"mode,omitempty"` // always or pull_request; "": either
	Reason   string    `json:"reason"`
	Expires  time.Time `json:"expires,omitzero"`
}

func readKeys(t *table) []KeyRule {
	var out []KeyRule
	for _, kt := range t.subs("key") {
		k := KeyRule{Position: kt.place(), Acceptance: readAcceptance(kt)}
		k.Match = kt.patterns("match", access.Key)
		k.Repository = kt.patterns("repository", access.Repo)
		if kt.has("match") == kt.has("repository") {
			kt.complain(kt.place(), `match = ["key:ORG/REPO#ID"], or repository = ["repo:ORG/NAME"]`,
				"[[key]] needs either match or repository")
		}
		notEmpty(kt, "match")
		notEmpty(kt, "repository")
		k.Title = kt.str("title")
		k.title = newGlob(k.Title)
		if b := kt.flag("write"); b != nil {
			k.Write = *b
		}
		k.Reason = kt.reason()
		kt.done()
		if k.Write && !k.Acceptance.stated() {
			kt.complain(kt.at("write"), "add expires, or standing_reason with review_by", "a key that may write needs an end or a reason")
		}
		out = append(out, k)
	}
	return out
}

// reason reads a reason that must be there.
func (t *table) reason() string {
	t.need("reason", `reason = "why this is allowed"`)
	return t.str("reason")
}

func readApps(t *table) []AppRule {
	var out []AppRule
	for _, at := range t.subs("app") {
		a := AppRule{Position: at.place()}
		if at.need("match", `match = ["app:SLUG"]`) {
			a.Match = at.patterns("match", access.App)
		}
		a.Organization = at.str("organization")
		a.Permissions = readPermissions(at)
		a.Repositories = at.patterns("repositories", access.Repo)
		a.Expires, a.Reason = at.end("expires"), at.reason()
		at.done()
		out = append(out, a)
	}
	return out
}

func readTokens(t *table) []TokenRule {
	var out []TokenRule
	for _, tt := range t.subs("token") {
		k := TokenRule{Position: tt.place()}
		if tt.need("match", `match = ["pat:ORG#ID"]`) {
			k.Match = tt.patterns("match", access.Token)
		}
		if s := tt.str("owner"); s != "" {
			if p, ok := tt.pattern("owner", word{s, tt.valueAt("owner")}, []access.Kind{access.User}); ok {
				k.Owner = []Pattern{p}
			}
		}
		k.Permissions = readPermissions(tt)
		k.Repositories = tt.patterns("repositories", access.Repo)
		k.Expires, k.Reason = tt.end("expires"), tt.reason()
		tt.done()
		out = append(out, k)
	}
	return out
}

// readPermissions reads permissions = { contents = "read" }.
func readPermissions(t *table) map[string]string {
	perms, ok := t.sub("permissions")
	if !ok {
		return nil
	}
	out := map[string]string{}
	for _, name := range perms.names() {
		if s := perms.oneOf(name, "read", "write", "admin"); s != "" {
			out[name] = s
		}
	}
	return out
}

func readWebhooks(t *table) []WebhookRule {
	var out []WebhookRule
	for _, wt := range t.subs("webhook") {
		w := WebhookRule{Position: wt.place()}
		if wt.need("on", `on = ["org:ORG"] or ["repo:ORG/NAME"]`) {
			w.On = wt.patterns("on", access.Org, access.Repo)
		}
		if wt.need("url", `url = "https://…"`) {
			w.URL = wt.str("url")
		}
		w.Events = wt.texts("events")
		w.Expires, w.Reason = wt.end("expires"), wt.reason()
		wt.done()
		out = append(out, w)
	}
	return out
}

func readBypasses(t *table) []BypassRule {
	var out []BypassRule
	for _, bt := range t.subs("bypass") {
		b := BypassRule{Position: bt.place()}
		if bt.need("on", `on = ["repo:ORG/NAME"]`) {
			b.On = bt.patterns("on", access.Org, access.Repo)
		}
		if bt.need("actors", `actors = ["team:ORG/SLUG"]`) {
			b.Actors = bt.patterns("actors", access.User, access.Team, access.App, access.Key)
		}
		b.Mode = bt.oneOf("mode", "always", "pull_request")
		b.Expires, b.Reason = bt.end("expires"), bt.reason()
		bt.done()
		out = append(out, b)
	}
	return out
}

// sortedKeys lists the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
