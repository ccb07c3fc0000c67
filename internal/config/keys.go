package config

import (
	"time"

	"github.com/eb661601/ajar/access"
)

// key is one line of the configuration: how it is written, what goes in it, and
// where that goes. The table is the whole of the format: what is not in it is an
// unknown key, and docs/config.md is made from it.
type key struct {
	Name    string // dotted; "*" stands for any one name; "[]" marks an array of tables
	Kind    string // the type, as people say it
	Default string // "" = none
	Doc     string
	waits   string // what it waits for, where this version checks it and makes no use of it
	set     func(c *Config, v value)
}

// keys lists every key, in the order of the documentation.
var keys = []key{
	{"github.organizations", "list of strings", "", "Logins of the organizations to audit, one after another. `--org` wins over it.", "",
		func(c *Config, v value) { c.GitHub.Organizations = v.logins() }},
	{"github.api_url", "string", `"https://api.github.com"`, "Address of GitHub's REST API: https, or plain http for a loopback address. GitHub Enterprise Server: `https://HOST/api/v3`.", "",
		func(c *Config, v value) { c.GitHub.APIURL = v.address() }},
	{"github.graphql_url", "string", "derived from `api_url`", "Address of the GraphQL API, where it is not the usual one: `…/api/graphql` beside `…/api/v3`, else `…/graphql`.", "",
		func(c *Config, v value) { c.GitHub.GraphQLURL = v.address() }},
	{"github.ca_file", "string", "", "Certificates (PEM) of authorities that are trusted beside the system's own: that of a GitHub Enterprise Server, or of a proxy that opens TLS.", "",
		func(c *Config, v value) { c.GitHub.CAFile = v.path() }},
	{"github.proxy", "string", "`HTTPS_PROXY` and `NO_PROXY`", "Proxy that GitHub is reached through, `http://HOST:PORT` or `https://HOST:PORT`. A user name and password never stand here: one that asks for them is named in `HTTPS_PROXY`.", "",
		func(c *Config, v value) { c.GitHub.Proxy = v.proxy() }},
	{"github.accept_write", "list of strings", "[]", "Scopes or permissions of a read credential, such as `repo` or `administration`, of which `ajar doctor` does not warn that they let it write elsewhere: GitHub ties some reading to writing. `ajar` sends nothing but reads in any case.", "",
		func(c *Config, v value) { c.GitHub.AcceptWrite = v.permissions() }},
	{"github.read[].name", "string", "where it is found", "What reports and messages call this credential.", "",
		func(c *Config, v value) { c.reader(v).Name = v.name() }},
	{"github.read[].token_env", "string", "", "Name of the variable that holds a token the collector reads with.", "",
		func(c *Config, v value) { c.reader(v).TokenEnv = v.variable() }},
	{"github.read[].token_file", "string", "", "File that holds that token. It must not be readable by others. A file of the same base name in `$CREDENTIALS_DIRECTORY` is looked up first.", "",
		func(c *Config, v value) { c.reader(v).TokenFile = v.path() }},
	{"github.read[].app_id", "integer", "", "Id of the GitHub App that the collector reads as; its installation is found by the organization.", "",
		func(c *Config, v value) { c.reader(v).AppID = int64(v.whole(1, 1<<53)) }},
	{"github.read[].client_id", "string", "", "Client id of that app, which may stand instead of `app_id`.", "",
		func(c *Config, v value) { c.reader(v).ClientID = v.clientID() }},
	{"github.read[].private_key_file", "string", "", "Private key (PEM) of that app. It must not be readable by others, and is looked up as `token_file` is.", "",
		func(c *Config, v value) { c.reader(v).PrivateKeyFile = v.path() }},
	{"github.read[].private_key_env", "string", "", "Name of the variable that holds that key.", "",
		func(c *Config, v value) { c.reader(v).PrivateKeyEnv = v.variable() }},
	{"github.read[].installation_id", "integer", "found by the organization", "Id of the app's installation, where it shall not be looked for. It belongs to one organization.", "",
		func(c *Config, v value) { c.reader(v).InstallationID = int64(v.whole(1, 1<<53)) }},
	{"github.write.token_env", "string", "", "Name of the variable that holds the token that changes are made with. In mode `dry-run` it is not used. Never the one of `[[github.read]]`.", "",
		func(c *Config, v value) { c.writer().TokenEnv = v.variable() }},
	{"github.write.token_file", "string", "", "File that holds that token.", "",
		func(c *Config, v value) { c.writer().TokenFile = v.path() }},
	{"github.write.app_id", "integer", "", "Id of the GitHub App that changes are made as; its installation is found by the organization.", "",
		func(c *Config, v value) { c.writer().AppID = int64(v.whole(1, 1<<53)) }},
	{"github.write.client_id", "string", "", "Client id of that app, which may stand instead of `app_id`.", "",
		func(c *Config, v value) { c.writer().ClientID = v.clientID() }},
	{"github.write.private_key_file", "string", "", "Private key of that app.", "",
		func(c *Config, v value) { c.writer().PrivateKeyFile = v.path() }},
	{"github.write.private_key_env", "string", "", "Name of the variable that holds that key.", "",
		func(c *Config, v value) { c.writer().PrivateKeyEnv = v.variable() }},
	{"store.url", "string", "`sqlite:` and ajar.db in the state directory", "Where snapshots and findings are kept: `sqlite:FILE`.", "",
		func(c *Config, v value) { c.StorePath = v.sqlite() }},
	{"journal.key_file", "string", "the store's path and `.key`", "File of the private key that signs the journal. It is made where there is none, and must not be readable by others. Put it where whoever can write to the store cannot read it.", "",
		func(c *Config, v value) { c.Journal.KeyFile = v.path() }},
	{"journal.checkpoints", "string", "", "One more file that each checkpoint of the journal is appended to, beside the store's path and `.checkpoints`: on another disk or host, where whoever can write to the store cannot change it.", "",
		func(c *Config, v value) { c.Journal.Checkpoints = v.path() }},
	{"baseline.paths", "list of strings", "", "Baseline files, or folders of them; they are merged.", "",
		func(c *Config, v value) {
			pos := v.in.doc.KeyAt(v.at...)
			c.Baseline = &Baseline{Paths: v.paths(), Line: pos.Line, Column: pos.Column}
		}},
	{"baseline.editors", "list of strings", "[]", "Who keeps the baseline, as `user:LOGIN` or `team:ORG/SLUG`: no plan touches them, nor the people of such a team.", "",
		func(c *Config, v value) { c.Remediate.Editors = v.principals("user", "team") }},
	{"collect.without", "list of strings", "[]", "Areas that are not read and not expected. Reports still list them first.", "",
		func(c *Config, v value) { c.Collect.Without = v.areas() }},
	{"collect.activity_window", "duration", `"90d"`, "How far back signs of activity are searched, at least a day.", "",
		func(c *Config, v value) { c.Collect.ActivityWindow = v.duration(day, 3650*day) }},
	{"collect.concurrency", "integer", "8", "Requests in flight at once, 1 to 100.", "",
		func(c *Config, v value) { c.Collect.Concurrency = v.whole(1, 100) }},
	{"collect.reserve", "string or number", `"10%"`, "How much of GitHub's hourly limit is left for others: a fraction such as `\"10%\"` or `0.1`, never less than 200 then; or a number of requests. A server without limits has no use for it.", "",
		func(c *Config, v value) { c.Collect.Reserve = v.reserve() }},
	{"collect.resume", "duration", `"1h"`, "How old a pass that broke off may be so that the next run takes it up where it ended, at most a day. `\"0\"` = never.", "",
		func(c *Config, v value) { c.Collect.Resume = v.duration(0, day) }},
	{"collect.every.*", "duration", "`24h`", "How old an area that costs a request for each repository or team may grow before it is read again, by its name; `\"0\"` = read in each pass. For " + words(access.Tiers) + ". Of `deploy-keys` it is the last use: which keys there are is read in each pass. Of `environment-policies` it is which branches may deploy and whether administrators pass the gate: reviewers, self-review and timers are read in each pass. Of `team-grants` it is the name of a custom role among those with one base: which team has what on which repository is read in each pass, and a team of which that changed is read at once. What is new comes first.", "",
		func(c *Config, v value) { c.every(v.area(access.Tiers), v.duration(0, 30*day)) }},
	{"collect.tier_calls", "integer", "1200", "How many REST calls a pass may make for the areas that `every` names with a period, those for branch patterns and for lists longer than a page apart; the rest follows in the next passes, and until each repository was read once the area has a gap. What is new is read first, then what was never read, then what was read longest ago. Deploy keys that are new are read in any case, and so are the names of teams' roles, which are not among these calls. `0` = no bound; `--fresh` reads everything.", "",
		func(c *Config, v value) { c.Collect.TierCalls = v.whole(0, 1_000_000) }},
	{"remediate.mode", "string", `"dry-run"`, "`dry-run`: plans are shown, nothing is changed. `approve`: a plan is carried out once somebody of `approvers` has approved it who is not the one who carries it out. `auto`: the same, and the daemon carries out by itself what answers to `auto_rules` alone and can be undone in full.", "",
		func(c *Config, v value) { c.Remediate.Mode = v.mode() }},
	{"remediate.auto_rules", "list of strings", "[]", "Rules whose fixes the daemon carries out by itself in mode `auto`. Everything else still needs an approval.", "",
		func(c *Config, v value) { c.Remediate.AutoRules = v.words() }},
	{"remediate.max_changes", "integer", "25", "At most so many people and principals may lose something by one plan. 0 means none.", "",
		func(c *Config, v value) { c.Remediate.MaxChanges = v.whole(0, 1_000_000) }},
	{"remediate.max_fraction", "number", "0.05", "The same limit as a fraction of all of that kind, 0 to 1. Both must hold; a fraction never rounds below 1.", "",
		func(c *Config, v value) { c.Remediate.MaxFraction = v.fraction() }},
	{"remediate.min_owners", "integer", "2", "Owners, who are people, that every plan leaves untouched.", "",
		func(c *Config, v value) { c.Remediate.MinOwners = v.whole(1, 1000) }},
	{"remediate.protected", "list of strings", "[]", "Principals that no plan touches, as `user:LOGIN`: your break-glass accounts.", "",
		func(c *Config, v value) { c.Remediate.Protected = v.principals("user") }},
	{"remediate.allow_owner_only", "boolean", "false", "Whether a repository may be left without an admin other than the owners.", "",
		func(c *Config, v value) { c.Remediate.AllowOwnerOnly = v.yes() }},
	{"remediate.expel", "boolean", "false", "Whether plans may touch people and not their grants alone: make an owner a member, a member an outside collaborator, or remove a member. Without it that is left to you.", "",
		func(c *Config, v value) { c.Remediate.Expel = v.yes() }},
	{"remediate.limits.*.max", "integer", "`max_changes`", "The limit for one kind of principal.", "",
		func(c *Config, v value) { c.limit(v.kind(), func(l *Limit) { n := v.whole(0, 1_000_000); l.Max = &n }) }},
	{"remediate.limits.*.fraction", "number", "`max_fraction`", "The fraction for one kind of principal.", "",
		func(c *Config, v value) { c.limit(v.kind(), func(l *Limit) { f := v.fraction(); l.Fraction = &f }) }},
	{"remediate.plan_ttl", "duration", `"24h"`, "How long a saved plan may be carried out.", "",
		func(c *Config, v value) { c.Remediate.PlanTTL = v.duration(minute, 30*day) }},
	{"remediate.approvers", "list of strings", "[]", "Who may approve a plan, as `user:LOGIN` or `team:ORG/SLUG`: members of the organization, each with a token of their own.", "",
		func(c *Config, v value) { c.Remediate.Approvers = v.principals("user", "team") }},
	{"remediate.grace.snapshots", "integer", "2", "Snapshots in which drift must have been found before a plan holds its removal.", "",
		func(c *Config, v value) { c.Remediate.Grace.Snapshots = v.whole(1, 1000) }},
	{"remediate.grace.age", "duration", `"24h"`, "How old drift must be before a plan holds its removal. An assignment that ended has no grace.", "",
		func(c *Config, v value) { c.Remediate.Grace.Age = v.duration(0, 365*day) }},
	{"remediate.grace.notice", "duration", `"72h"`, "How long before a removal those who lose something must have been told. `ajar plan` lists what to tell whom; `--out` records that they were told, or has the channels of `[notify]` tell them, where one takes such notices: then the notice runs from when they have taken it. `\"0\"` = they need not be.", "",
		func(c *Config, v value) { c.Remediate.Grace.Notice = v.duration(0, 365*day) }},
	{"notify.allow_addresses", "list of strings", "[]", "Addresses and networks, such as `10.1.2.3` or `10.0.0.0/8`, that channels may be at though they are not public. Without it a channel on this machine, in a private network or at a link-local address is refused when it is called. Plain http, and mail without TLS, is possible at these alone.", "",
		func(c *Config, v value) { c.Notify.AllowAddresses = v.networks() }},
	{"notify.people.*", "string", "", "Mail address of a person, by login: whom a grace notice reaches that a channel with `affected = true` sends.", "",
		func(c *Config, v value) { c.reachPerson(v.person(), v.mailbox()) }},
	{"notify.channel[].name", "string", "", "What routes, metrics and messages call the channel.", "",
		func(c *Config, v value) { c.channel(v).Name = v.name() }},
	{"notify.channel[].kind", "string", "", "`slack` (and what understands the same), `webhook`, `email`, `alertmanager`, `github-issue` or `syslog`.", "",
		func(c *Config, v value) { c.channel(v).Kind = v.oneOf("a kind of channel", channelKinds()...) }},
	{"notify.channel[].url", "string", "", "Where it is reached, of `webhook` and `alertmanager`: https.", "",
		func(c *Config, v value) { c.channel(v).URL = v.webAddress() }},
	{"notify.channel[].url_env", "string", "", "Name of the variable that holds that address, where it is a secret: that of a chat is.", "",
		func(c *Config, v value) { c.channel(v).URLEnv = v.variable() }},
	{"notify.channel[].url_file", "string", "", "File that holds that address.", "",
		func(c *Config, v value) { c.channel(v).URLFile = v.path() }},
	{"notify.channel[].secret_env", "string", "", "Of `webhook`: name of the variable that holds the secret which signs what is sent.", "",
		func(c *Config, v value) { c.channel(v).SecretEnv = v.variable() }},
	{"notify.channel[].secret_file", "string", "", "File that holds that secret.", "",
		func(c *Config, v value) { c.channel(v).SecretFile = v.path() }},
	{"notify.channel[].old_secret_env", "string", "", "Variable of the secret before that one. While it stands here both sign, so that receivers can change over.", "",
		func(c *Config, v value) { c.channel(v).OldSecretEnv = v.variable() }},
	{"notify.channel[].old_secret_file", "string", "", "File that holds it.", "",
		func(c *Config, v value) { c.channel(v).OldSecretFile = v.path() }},
	{"notify.channel[].token_env", "string", "", "Variable of a token: of `alertmanager` a bearer token; of `github-issue` GitHub's, with `issues: write` on that one repository.", "",
		func(c *Config, v value) { c.channel(v).TokenEnv = v.variable() }},
	{"notify.channel[].token_file", "string", "", "File that holds that token.", "",
		func(c *Config, v value) { c.channel(v).TokenFile = v.path() }},
	{"notify.channel[].user", "string", "", "Who signs in, of `email` and `alertmanager`.", "",
		func(c *Config, v value) { c.channel(v).User = v.text() }},
	{"notify.channel[].password_env", "string", "", "Variable of that user's password.", "",
		func(c *Config, v value) { c.channel(v).PasswordEnv = v.variable() }},
	{"notify.channel[].password_file", "string", "", "File that holds that password.", "",
		func(c *Config, v value) { c.channel(v).PasswordFile = v.path() }},
	{"notify.channel[].host", "string", "", "The server, HOST:PORT: of `email` the one that takes the mail, of `syslog` the receiver.", "",
		func(c *Config, v value) { c.channel(v).Host = v.server() }},
	{"notify.channel[].tls", "string", `"starttls"`, "Of `email`: `starttls`, `tls` (from the first byte), or `none`, which only a server of `allow_addresses` gets.", "",
		func(c *Config, v value) { c.channel(v).TLS = v.oneOf("a way", "starttls", "tls", "none") }},
	{"notify.channel[].from", "string", "", "Of `email`: who it is from.", "",
		func(c *Config, v value) { c.channel(v).From = v.mailbox() }},
	{"notify.channel[].to", "list of strings", "", "Of `email`: who gets it.", "",
		func(c *Config, v value) { c.channel(v).To = v.mailboxes() }},
	{"notify.channel[].affected", "boolean", "false", "Of `email`: whether a grace notice also goes, one by one, to those who lose something and whose address stands in `people`.", "",
		func(c *Config, v value) { c.channel(v).Affected = v.yes() }},
	{"notify.channel[].repository", "string", "", "Of `github-issue`: the repository of the issue, OWNER/NAME.", "",
		func(c *Config, v value) { c.channel(v).Repository = v.repository() }},
	{"notify.channel[].ca_file", "string", "", "Certificates (PEM) of authorities that are trusted beside the system's own.", "",
		func(c *Config, v value) { c.channel(v).CAFile = v.path() }},
	{"notify.channel[].socket", "string", "", "Of `syslog`, in the place of `host`: the socket of a receiver on this machine, such as `/dev/log`.", "",
		func(c *Config, v value) { c.channel(v).Socket = v.path() }},
	{"notify.channel[].transport", "string", `"tls"`, "Of `syslog`: `tls`, `tcp` or `udp`. Without TLS only an address of `allow_addresses` is reached; by `udp` nobody notices what is lost.", "",
		func(c *Config, v value) { c.channel(v).Transport = v.oneOf("a transport", "tls", "tcp", "udp") }},
	{"notify.channel[].payload", "string", `"cef"`, "Of `syslog`: what a message holds, `cef` or `json`.", "",
		func(c *Config, v value) { c.channel(v).Payload = v.oneOf("a payload", "cef", "json") }},
	{"notify.route[].channels", "list of strings", "all", "Names of the channels that this route leads to.", "",
		func(c *Config, v value) { c.route(v).Channels = v.list() }},
	{"notify.route[].kinds", "list of strings", "all", "What is told on this route: `finding`, `grace` (what is going to be removed), `hold`, `overdue`, `run`, `pass`, `coverage`, `waiver`.", "",
		func(c *Config, v value) { c.route(v).Kinds = v.someOf("a kind of notice", NoticeKinds) }},
	{"notify.route[].organizations", "list of strings", "all", "Logins of the organizations that it is about.", "",
		func(c *Config, v value) { c.route(v).Organizations = v.logins() }},
	{"notify.route[].rules", "list of strings", "all", "Of findings: patterns of their rules, such as `standing-*`.", "",
		func(c *Config, v value) { c.route(v).Rules = v.globs() }},
	{"notify.route[].resources", "list of strings", "all", "Of findings: patterns of their resources, such as `repo:acme/*` or `env:*/production`. `*` stands for any text.", "",
		func(c *Config, v value) { c.route(v).Resources = v.globs() }},
	{"notify.route[].severity", "string", `"high"`, "From which severity on it is told at once.", "",
		func(c *Config, v value) { c.route(v).Severity = v.severity(false) }},
	{"notify.route[].digest", "string", `"low"`, "From which severity on it is told in the digest, if not at once. `none`: nothing is.", "",
		func(c *Config, v value) { c.route(v).Digest = v.severity(true) }},
	{"schedule.audit", "string", `"@hourly"`, "When the daemon audits each organization: a cron line of five fields in UTC, `@hourly`, `@daily`, `@weekly`, `@monthly`, or `@every 30m` (at least a minute).", "",
		func(c *Config, v value) { c.Schedule.Audit, c.Schedule.Said = v.schedule(), true }},
	{"schedule.jitter", "duration", `"5m"`, "By how much the organizations' audits are spread after those instants. Where each lies in it comes from its name and stays. `\"0\"` = not at all.", "",
		func(c *Config, v value) { c.Schedule.Jitter = v.duration(0, day) }},
	{"schedule.digest", "string", `"0 8 * * 1"`, "When channels that take a digest get it.", "",
		func(c *Config, v value) { c.Schedule.Digest = v.schedule() }},
	{"schedule.backup", "string", `"@daily"`, "When the daemon copies the store, where `[backup] folder` says a place.", "",
		func(c *Config, v value) { c.Schedule.Backup = v.schedule() }},
	{"backup.folder", "string", "none", "Folder that the daemon writes whole, checked copies of the store to, each `ajar-TIME.db` and readable by its owner alone. It must be there. Best on another disk.", "",
		func(c *Config, v value) { c.Backup.Folder = v.path() }},
	{"backup.keep", "integer", "14", "How many of these copies stay; older ones are removed after a new one was read back.", "",
		func(c *Config, v value) { c.Backup.Keep = v.whole(1, 10_000) }},
	{"server.listen", "string", `"127.0.0.1:9417"`, "Where the daemon listens, HOST:PORT. An address that others reach needs `cert_file` and `key_file`, or `behind_proxy` and `trusted_proxies`.", "",
		func(c *Config, v value) { c.Server.Listen = v.listen() }},
	{"server.metrics_listen", "string", "with the rest", "A listener of its own for `/metrics`, `/healthz` and `/readyz`, HOST:PORT, by the same rules as `listen`. Then the other one has no `/metrics`.", "",
		func(c *Config, v value) { c.Server.Metrics = v.listen() }},
	{"server.cert_file", "string", "", "Certificate chain (PEM) that the daemon speaks TLS with, 1.2 or newer. It is read again when it changes.", "",
		func(c *Config, v value) { c.Server.CertFile = v.path() }},
	{"server.key_file", "string", "", "Its private key (PEM).", "",
		func(c *Config, v value) { c.Server.KeyFile = v.path() }},
	{"server.behind_proxy", "boolean", "false", "Whether a proxy in front of it speaks TLS. Then nobody but `trusted_proxies` is answered.", "",
		func(c *Config, v value) { c.Server.BehindProxy = v.yes() }},
	{"server.trusted_proxies", "list of strings", "[]", "Addresses or ranges of those proxies, such as `10.0.0.5` or `10.0.1.0/24`. There is no default, and a range of everybody is refused.", "",
		func(c *Config, v value) { c.Server.TrustedProxies = v.ranges() }},
	{"server.pprof", "boolean", "false", "Whether `/debug/pprof/` is answered, to loopback peers alone.", "",
		func(c *Config, v value) { c.Server.Pprof = v.yes() }},
}

// refused are keys of the contract that this version cannot do, each with what
// to do instead: doing nothing in silence would be worse than an error.
var refused = map[string][2]string{
	"github.enterprise": {"enterprises are not supported by this version yet", "list their organizations in organizations"},
}

// reader gives the credential whose key v is: github.read[i].
func (c *Config) reader(v value) *Credential {
	i, _ := v.at[2].(int)
	for len(c.GitHub.Read) <= i {
		c.GitHub.Read = append(c.GitHub.Read, Credential{})
	}
	return &c.GitHub.Read[i]
}

func (c *Config) every(a access.Area, d time.Duration) {
	if a == "" {
		return
	}
	c.Collect.Every[a] = d
}

func (c *Config) writer() *Credential {
	if c.GitHub.Write == nil {
		c.GitHub.Write = &Credential{}
	}
	return c.GitHub.Write
}

func (c *Config) limit(kind string, change func(*Limit)) {
	if c.Remediate.Limits == nil {
		c.Remediate.Limits = map[string]Limit{}
	}
	l := c.Remediate.Limits[kind]
	change(&l)
	c.Remediate.Limits[kind] = l
}
