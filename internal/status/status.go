// Package status is the state of a daemon, as `ajar status`, /status and the reports
// tell it: words and no work.
package status

import "time"

// Schema names the document that [Status] is.
const Schema = "ajar.status/v1"

// State is what the daemon is doing as a whole.
type State string

// The states.
const (
	Starting  State = "starting"
	Running   State = "running"
	Stopping  State = "stopping"
	NotServed State = "not-running" // nobody serves the store: said by who looked for a daemon
)

// Status is the state of a daemon, as `ajar status` and /status tell it.
type Status struct {
	Schema   string    `json:"schema"`
	State    State     `json:"state"`
	Version  string    `json:"version"`
	PID      int       `json:"pid"` // 0: none runs
	Started  time.Time `json:"started,omitzero"`
	Now      time.Time `json:"now"`
	Store    string    `json:"store"`
	Mode     string    `json:"mode"` // of remediation
	ReadOnly bool      `json:"read_only"`
	Ready    bool      `json:"ready"`
	Reasons  []Check   `json:"checks"`

	Config  ConfigState `json:"config"`
	Working *Working    `json:"working"` // what is under way; nil: nothing
	Orgs    []Org       `json:"organizations"`
	Jobs    []Job       `json:"jobs"`
}

// Check is one thing that readiness asks for.
type Check struct {
	What string `json:"what"` // store, schema, credential, audit, config
	OK   bool   `json:"ok"`
	Why  string `json:"why,omitempty"` // one line, where it is not
}

// ConfigState tells of the configuration in force.
type ConfigState struct {
	Path     string    `json:"path,omitempty"`
	Loaded   time.Time `json:"loaded,omitzero"`
	Valid    bool      `json:"valid"`             // whether what is on the disk is what is in force
	Problem  string    `json:"problem,omitempty"` // why what is on the disk was not taken
	Baseline string    `json:"baseline,omitempty"`
}

// Working tells of a pass under way.
type Working struct {
	Job   string    `json:"job"`
	Org   string    `json:"org,omitempty"`
	Since time.Time `json:"since"`
	Waits string    `json:"waits,omitempty"` // what for; absent: it does not wait
}

// Org is how an organization stands.
type Org struct {
	Org      string         `json:"org"`
	Last     *Pass          `json:"last_audit,omitempty"` // absent: never
	Good     time.Time      `json:"last_success,omitzero"`
	Next     time.Time      `json:"next_audit,omitzero"`
	Snapshot int64          `json:"snapshot,omitempty"`
	Taken    time.Time      `json:"taken,omitzero"`
	Stale    bool           `json:"stale"` // the findings are older than the last audit that failed
	Complete int            `json:"complete_areas"`
	Areas    int            `json:"areas"`
	Gaps     []string       `json:"gaps"`
	Findings map[string]int `json:"findings"` // open ones, by severity
	Waived   int            `json:"waived"`
	Holds    []string       `json:"holds"`
	Budgets  []Budget       `json:"budgets"`
}

// Pass tells how a pass went.
type Pass struct {
	Began  time.Time `json:"began"`
	Ended  time.Time `json:"ended"`
	Result string    `json:"result"`
	Reason string    `json:"reason,omitempty"`
}

// Budget is what is left of an hourly limit.
type Budget struct {
	Credential string    `json:"credential"`
	Resource   string    `json:"resource"`
	Remaining  int64     `json:"remaining"`
	Limit      int64     `json:"limit"`
	Reset      time.Time `json:"reset,omitzero"`
}

// Job tells when a job ran and runs.
type Job struct {
	Job      string    `json:"job"`
	Org      string    `json:"org,omitempty"`
	Last     *Pass     `json:"last,omitempty"`
	Next     time.Time `json:"next,omitzero"` // absent: not planned
	Why      string    `json:"why,omitempty"`
	Failures int       `json:"failures"` // in a row
}
