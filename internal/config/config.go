// Package config reads config.toml: defaults first, then a strict decode, then
// every complaint at once. Secrets never stand in the file; it says where they
// are found.
package config

import (
	"net/netip"
	"time"

	"github.com/eb661601/ajar/access"
)

// Config is everything that config.toml can say.
type Config struct {
	Path      string // the file it was read from; "" = none, these are the defaults
	GitHub    GitHub
	StorePath string // the SQLite file of store.url, absolute or relative to the working directory; "" = not said, see StatePath
	Journal   Journal
	Baseline  *Baseline // nil: no [baseline] section, so no rule that needs one runs
	Collect   Collect
	Remediate Remediate
	Notify    Notify
	Schedule  Schedule
	Backup    Backup
	Server    Server

	// Notes are sentences about keys that are checked and kept, but that this
	// version makes no use of. `ajar config check` prints them.
	Notes []string
}

// GitHub says which organizations are audited, where, and with which
// credentials.
type GitHub struct {
	Organizations []string
	APIURL        string       // REST; https, or http for a loopback address
	GraphQLURL    string       // "" = derived from APIURL
	CAFile        string       // PEM certificates that are trusted beside the system's; "" = none
	Proxy         string       // http or https, with no password in it; "" = what the environment says
	AcceptWrite   []string     // scopes and permissions that may let a read credential write elsewhere
	Read          []Credential // what the collector uses, the preferred one first; empty: not said
	Write         *Credential  // nil: nothing can ever be changed
}

// Journal says where the key and the copies of the journal are.
type Journal struct {
	KeyFile     string // the private key, absolute or relative to the working directory; "" = beside the store
	Checkpoints string // one more file that checkpoints are appended to; "" = none
}

// Baseline says where the baseline is found.
type Baseline struct {
	Paths        []string // files or folders of *.toml, absolute or relative to the working directory
	Line, Column int      // where the file names them, from 1; 0: it does not
	Instead      []string // of what: the paths that the file names, where a flag gave others
}

// Collect shapes what a snapshot reads.
type Collect struct {
	Without        []access.Area // areas that are not read and not expected
	ActivityWindow time.Duration // how far back signs of activity are searched
	Concurrency    int           // requests in flight at once
	Reserve        Reserve       // of GitHub's hourly limit, left for others
	Resume         time.Duration // how old a pass that broke off may be to be taken up; 0 = never

	// Every says how old an area may grow before it is read again, for the areas
	// that cost a request for each repository or team; 0: in each pass.
	Every     map[access.Area]time.Duration
	TierCalls int // REST calls that a pass may make for them; 0: any number
}

// Remediate holds the mode and the guards that a plan must pass. They live here
// and not in the baseline, so that whoever may edit the baseline cannot disarm
// them.
type Remediate struct {
	Mode           string // dry-run
	AutoRules      []string
	MaxChanges     int     // people and principals who lose something, per run; 0 = none may
	MaxFraction    float64 // the same, as a fraction of all of that kind
	MinOwners      int     // owners that must stay
	PlanTTL        time.Duration
	Protected      []string // "user:login": never touched
	Editors        []string // of [baseline]: "user:login" or "team:org/slug", never touched
	Approvers      []string
	AllowOwnerOnly bool // a repository may be left with no admin but the owners
	Expel          bool // plans may touch people, not their grants alone
	Grace          Grace
	Limits         map[string]Limit // per kind of principal; a kind that is absent uses MaxChanges and MaxFraction
}

// Grace is how long drift must have been seen before it would be removed.
type Grace struct {
	Snapshots int
	Age       time.Duration
	Notice    time.Duration
}

// Limit bounds the losses of one kind of principal. A nil field uses the general
// limit.
type Limit struct {
	Max      *int
	Fraction *float64
}

// Schedule says when the daemon does what. "" = never.
type Schedule struct {
	Audit  string
	Said   bool          // a file says when to audit; false: that is the default
	Jitter time.Duration // by how much organizations are spread; 0 = not at all
	Digest string
	Backup string
}

// Backup says where the daemon copies the store to.
type Backup struct {
	Folder string // "" = nowhere
	Keep   int    // so many copies stay
}

// Server says where and how the daemon listens.
type Server struct {
	Listen         string         // HOST:PORT
	Metrics        string         // HOST:PORT for /metrics alone; "" = with the rest
	CertFile       string         // PEM; "" = no TLS
	KeyFile        string         // PEM
	BehindProxy    bool           // somebody else speaks TLS in front of it
	TrustedProxies []netip.Prefix // who that may be
	Pprof          bool           // for loopback peers
}

// Default is the configuration of an empty file.
func Default() Config {
	return Config{
		GitHub:  GitHub{APIURL: "https://api.github.com"},
		Collect: Collect{ActivityWindow: 90 * day, Concurrency: 8, Reserve: Reserve{Fraction: 0.1}, Resume: time.Hour, Every: defaultEvery(), TierCalls: 1200},
		Remediate: Remediate{
			Mode: "dry-run", MaxChanges: 25, MaxFraction: 0.05, MinOwners: 2, PlanTTL: day,
			Grace: Grace{Snapshots: 2, Age: day, Notice: 3 * day},
		},
		Schedule: Schedule{Audit: "@hourly", Jitter: 5 * time.Minute, Digest: "0 8 * * 1", Backup: "@daily"},
		Backup:   Backup{Keep: 14},
		Server:   Server{Listen: "127.0.0.1:9417"},
	}
}

// defaultEvery are the periods of the kinds that cost a request for each
// repository or team. Policies of environments are among them: they are two thirds of all
// calls of a pass, and what approves a deployment comes each pass by GraphQL.
func defaultEvery() map[access.Area]time.Duration {
	return map[access.Area]time.Duration{
		access.AreaRepoInvitations: day, access.AreaSecrets: day, access.AreaDeployKeys: day, access.AreaPolicies: day,
		access.AreaTeamGrants: day,
	}
}
