package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// Notify says who is told what. Without a channel nobody is.
type Notify struct {
	AllowAddresses []string // addresses and networks that channels may be at though they are not public
	People         map[string]string
	Channels       []Channel
	Routes         []Route
}

// The kinds of channels.
const (
	Slack        = "slack"
	Webhook      = "webhook"
	Email        = "email"
	Alertmanager = "alertmanager"
	GitHubIssue  = "github-issue"
	Syslog       = "syslog"
)

// Channel says how one receiver is reached. Secrets are named and never held.
type Channel struct {
	Name string
	Kind string

	URL, URLEnv, URLFile        string // where it is; that of a chat is a secret
	SecretEnv, SecretFile       string // signs what a webhook gets
	OldSecretEnv, OldSecretFile string // signs it too, while receivers change over
	TokenEnv, TokenFile         string // a bearer token, or GitHub's
	User                        string
	PasswordEnv, PasswordFile   string
	Host                        string // HOST:PORT of a mail server or a syslog receiver
	TLS                         string // starttls, tls or none
	From                        string
	To                          []string
	Affected                    bool   // those who lose something get a mail of their own
	Repository                  string // OWNER/NAME
	CAFile                      string
	Socket                      string // of a syslog receiver on this machine
	Transport                   string // of syslog: tls, tcp or udp; "": tls
	Payload                     string // of syslog: cef or json; "": cef
}

// Route says which channels are told of what. An empty list stands for everything.
type Route struct {
	Channels      []string
	Kinds         []string
	Organizations []string
	Rules         []string        // globs
	Resources     []string        // globs, as "repo:acme/*"
	Severity      access.Severity // told at once from here on
	Digest        access.Severity // told in a digest from here on; NoSeverity: never
}

// NoticeKinds are the kinds of what is told, of which routes can choose.
var NoticeKinds = []string{"finding", "grace", "hold", "overdue", "run", "pass", "coverage", "waiver"}

// channelKeys are the keys that a channel needs, and those that it may have, by kind.
// "a|b" is one of two.
var channelKeys = map[string]struct{ needs, may []string }{
	Slack:        {[]string{"url_env|url_file"}, []string{"ca_file"}},
	Webhook:      {[]string{"url|url_env|url_file", "secret_env|secret_file"}, []string{"old_secret_env|old_secret_file", "ca_file"}},
	Email:        {[]string{"host", "from", "to"}, []string{"tls", "user", "password_env|password_file", "affected", "ca_file"}},
	Alertmanager: {[]string{"url|url_env|url_file"}, []string{"user", "password_env|password_file", "token_env|token_file", "ca_file"}},
	GitHubIssue:  {[]string{"repository", "token_env|token_file"}, []string{}},
	Syslog:       {[]string{"host|socket"}, []string{"transport", "payload", "ca_file"}},
}

// channel gives the channel whose key v is: notify.channel[i].
func (c *Config) channel(v value) *Channel {
	i, _ := v.at[2].(int)
	for len(c.Notify.Channels) <= i {
		c.Notify.Channels = append(c.Notify.Channels, Channel{})
	}
	return &c.Notify.Channels[i]
}

// route gives the route whose key v is: notify.route[i].
func (c *Config) route(v value) *Route {
	i, _ := v.at[2].(int)
	for len(c.Notify.Routes) <= i {
		c.Notify.Routes = append(c.Notify.Routes, DefaultRoute())
	}
	return &c.Notify.Routes[i]
}

// DefaultRoute is the route of a configuration that names none: everything to every
// channel, what is high or worse at once, what is low or worse in a digest.
func DefaultRoute() Route { return Route{Severity: access.High, Digest: access.Low} }

// notify checks what more than one key of [notify] decides.
func (f *file) notify() {
	n, _ := f.doc.Tree["notify"].(map[string]any)
	written, _ := n["channel"].([]map[string]any)
	names := map[string]bool{}
	for i, one := range written {
		at := place{"notify", "channel"}.with(i)
		if _, ok := one["name"]; !ok {
			f.bad(at, "has no name", `add name = "ops": routes and messages call it by that`)
		}
		if name, _ := one["name"].(string); name != "" {
			if names[name] {
				f.bad(at, fmt.Sprintf("the name %q stands twice", name), "routes tell channels apart by it")
			}
			names[name] = true
		}
		f.channel(at, one)
	}
	routes, _ := n["route"].([]map[string]any)
	for i := range routes {
		if i >= len(f.config.Notify.Routes) { // it is empty
			f.config.Notify.Routes = append(f.config.Notify.Routes, DefaultRoute())
		}
		for _, c := range f.config.Notify.Routes[i].Channels {
			if !names[c] {
				f.bad(place{"notify", "route"}.with(i).with("channels"), fmt.Sprintf("there is no channel %q", c), baseline.Suggest(c, slices.Sorted(keysOf(names))))
			}
		}
	}
}

func keysOf(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// channel checks that a channel has what its kind needs, and nothing else.
func (f *file) channel(at place, written map[string]any) {
	kind, _ := written["kind"].(string)
	if _, ok := written["kind"]; !ok {
		f.bad(at, "has no kind", "one of "+strings.Join(channelKinds(), ", "))
	}
	want, ok := channelKeys[kind]
	if !ok {
		return // said already
	}
	known := []string{"name", "kind"}
	for i, group := range append(slices.Clone(want.needs), want.may...) {
		var has []string
		for _, k := range strings.Split(group, "|") {
			known = append(known, k)
			if _, there := written[k]; there {
				has = append(has, k)
			}
		}
		switch {
		case len(has) > 1:
			f.bad(at, strings.Join(has, " and ")+" say the same", "keep one of them")
		case len(has) == 0 && i < len(want.needs):
			f.bad(at, fmt.Sprintf("a channel of kind %s needs %s", kind, strings.ReplaceAll(group, "|", " or ")), "")
		}
	}
	for k := range written {
		if !slices.Contains(known, k) && slices.ContainsFunc(keys, func(x key) bool { return x.Name == "notify.channel[]."+k }) {
			f.bad(at.with(k), "a channel of kind "+kind+" has no use for it", "leave it out")
		}
	}
	if _, local := written["socket"]; local && (written["transport"] != nil || written["ca_file"] != nil) {
		f.bad(at, "socket is on this machine, and transport and ca_file are for a host", "leave them out")
	}
	if _, user := written["user"]; user != (written["password_env"] != nil || written["password_file"] != nil) {
		f.bad(at, "user and a password go together", "add password_env or password_file, or leave user out")
	}
}

func channelKinds() []string {
	var out []string
	for k := range channelKeys {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (v value) oneOf(what string, words ...string) string {
	s := v.text()
	if s != "" && !slices.Contains(words, s) {
		v.bad(fmt.Sprintf("%q is not %s", s, what), baseline.Suggest(s, words))
		return ""
	}
	return s
}

func (v value) someOf(what string, words []string) []string {
	out := v.list()
	for i, s := range out {
		value{raw: s, at: v.at.with(i), in: v.in}.oneOf(what, words...)
	}
	return out
}

func (v value) severity(none bool) access.Severity {
	s, err := access.ParseSeverity(v.text())
	if err != nil || s == access.NoSeverity && !none {
		v.bad("is not a severity", "one of info, low, medium, high, critical")
	}
	return s
}

// webAddress is where a receiver is: https, or http where [notify] allow_addresses
// has its address, which is found out when it is called.
func (v value) webAddress() string {
	s := v.text()
	u, err := url.Parse(s)
	switch {
	case s == "":
	case err == nil && u.User != nil:
		v.bad("a URL with a user name or password in it (not shown)", "secrets stand in variables or files: url_env")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		v.bad("is not a URL (not shown)", `write "https://HOST/PATH"; one that is a secret stands in url_env or url_file`)
	default:
		return s
	}
	return ""
}

func (v value) server() string {
	s := v.text()
	host, port, err := net.SplitHostPort(s)
	if s != "" && (err != nil || host == "" || port == "") {
		v.bad(fmt.Sprintf("%q is not the address of a server", s), `write HOST:PORT, such as "mail.example.com:587"`)
	}
	return s
}

func (v value) mailbox() string {
	s := v.text()
	a, err := mail.ParseAddress(s)
	if s != "" && (err != nil || strings.ContainsAny(s, "\r\n") || !asciiOnly(a.Address)) {
		v.bad(fmt.Sprintf("%q is not a mail address", s), `write "ajar@example.com"`)
		return ""
	}
	return s
}

func asciiOnly(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (v value) mailboxes() []string {
	out := v.list()
	if _, ok := v.raw.([]any); ok && len(out) == 0 {
		v.bad("is empty", `name somebody: ["access@example.com"]`)
	}
	for i, s := range out {
		value{raw: s, at: v.at.with(i), in: v.in}.mailbox()
	}
	return out
}

// person is the last name of the key: a login.
func (v value) person() string {
	login, _ := v.at[len(v.at)-1].(string)
	if !loginName.MatchString(login) {
		v.bad("is not a login", `write people.LOGIN = "somebody@example.com"`)
	}
	return strings.ToLower(login)
}

func (c *Config) reachPerson(login, address string) {
	if c.Notify.People == nil {
		c.Notify.People = map[string]string{}
	}
	c.Notify.People[login] = address
}

func (v value) networks() []string {
	out := v.list()
	for i, s := range out {
		_, errNet := netip.ParsePrefix(s)
		_, errOne := netip.ParseAddr(s)
		if errNet != nil && errOne != nil {
			value{raw: s, at: v.at.with(i), in: v.in}.bad(fmt.Sprintf("%q is no address and no network", s), `write "10.1.2.3" or "10.0.0.0/8"`)
		}
	}
	return out
}

var repositoryName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}$`)

func (v value) repository() string {
	s := v.text()
	if s != "" && !repositoryName.MatchString(s) {
		v.bad(fmt.Sprintf("%q is not a repository", s), `write "OWNER/NAME"`)
	}
	return s
}

// globs are patterns in which "*" stands for any text and everything else for itself.
func (v value) globs() []string {
	out := v.list()
	for i, s := range out {
		if len(s) > 200 || strings.Count(s, "*") > 10 {
			value{raw: s, at: v.at.with(i), in: v.in}.bad(fmt.Sprintf("%.40q is too long for a pattern", s), `such as "repo:acme/*"`)
		}
	}
	return out
}

// Secrets of a channel, each read when it is needed. What a channel has none of is
// the zero Secret.

// Address is where the channel is reached.
func (c Channel) Address(getenv func(string) string) (Secret, error) {
	if c.URL != "" {
		return NewSecret(c.URL), nil
	}
	return c.secret("url", c.URLEnv, c.URLFile, getenv)
}

// Signing gives the secrets that sign what the channel gets, the newest first.
func (c Channel) Signing(getenv func(string) string) ([]Secret, error) {
	s, err := c.secret("secret", c.SecretEnv, c.SecretFile, getenv)
	if err != nil || s.IsZero() {
		return nil, err
	}
	old, err := c.secret("old secret", c.OldSecretEnv, c.OldSecretFile, getenv)
	if err != nil || old.IsZero() {
		return []Secret{s}, err
	}
	return []Secret{s, old}, nil
}

// Token is what the channel shows to be let in.
func (c Channel) Token(getenv func(string) string) (Secret, error) {
	return c.secret("token", c.TokenEnv, c.TokenFile, getenv)
}

// Password is the one of the channel's user.
func (c Channel) Password(getenv func(string) string) (Secret, error) {
	return c.secret("password", c.PasswordEnv, c.PasswordFile, getenv)
}

func (c Channel) secret(what, env, file string, getenv func(string) string) (Secret, error) {
	if env == "" && file == "" {
		return Secret{}, nil
	}
	s, err := Credential{TokenEnv: env, TokenFile: file}.Token(getenv)
	if err != nil {
		return s, fmt.Errorf("the %s of channel %s: %w", what, c.Name, err)
	}
	return s, nil
}
