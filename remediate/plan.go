// Package remediate turns findings into a plan: what would be changed, in which
// order, who would lose what, how it would be undone, and what is refused. It
// makes plans and carries nothing out: it has no client.
package remediate

import (
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
)

// Schema names the form of a saved plan. `ajar plan --output json` is a report about
// one, with a form of its own.
const Schema = "ajar.plan-file/v1"

// Input is all that a plan is made from.
type Input struct {
	Snapshot *access.Snapshot
	Graph    *reach.Graph    // of the same snapshot; nil: it is built
	Baseline *baseline.Bound // bound to the same snapshot; a plan needs one
	Findings []access.Finding
	At       time.Time
	// Journal is how many entries the journal has. Two plans from one snapshot within
	// one second are told apart by it, where something was decided in between.
	Journal int64
	Guards  Guards
	// Self is every principal that ajar itself acts as: the person behind a token,
	// the app, the key. Unknown, that is empty, refuses whatever takes something away.
	Self []access.Ref
	// Held are the reasons why the organization is on hold; with one of them nothing
	// of the plan runs.
	Held []string
	// Max asks for a smaller plan: its first so many actions. 0 asks for all.
	Max int
	// SnapshotHash is [ContentHash] of the snapshot; "": it is worked out.
	SnapshotHash string
	Version      string // ajar's own
	// TTL is how long the plan may be carried out once it is made; 0: [DefaultTTL].
	TTL time.Duration
	// Recent are those who lost something in the last 24 hours, by the journal: the
	// limits hold for them and for those of this plan together.
	Recent []Lost
	// Told says when those whom a finding affects were told of what is planned, by
	// its fingerprint. Seen says how long a finding has been there.
	Told map[string]time.Time
	Seen map[string]Sight
	// Former are the instructions of an earlier plan, and Ended says when findings
	// were resolved, by fingerprint: so it is known which of them were followed.
	Former []Instruction
	Ended  map[string]time.Time

	asked []Action // the plan holds no others; nil: it may hold all
}

// Plan is the ordered list of changes that would bring the organization back to
// the baseline. It is a value: it is shown, kept, hashed and carried out as it is.
type Plan struct {
	Schema       string        `json:"schema"`
	Org          access.Named  `json:"organization"`
	SnapshotID   int64         `json:"snapshot"`
	SnapshotAt   time.Time     `json:"snapshot_at"`
	SnapshotHash string        `json:"snapshot_hash"` // of its content: see [ContentHash]
	BaselineHash string        `json:"baseline_hash"`
	GuardsHash   string        `json:"guards_hash"`
	Version      string        `json:"ajar_version"`
	MadeAt       time.Time     `json:"made_at"`
	Journal      int64         `json:"journal"`    // entries that the journal had then: a plan that is made again is another one
	ExpiresAt    time.Time     `json:"expires_at"` // it may not be begun any more
	Hash         string        `json:"hash"`       // SHA-256, in hex, of everything else
	Actions      []Action      `json:"actions"`
	Waiting      []Waiting     `json:"waiting"` // what would be an action, were it time
	Refused      []Refusal     `json:"refused"`
	Instructions []Instruction `json:"instructions"`
	Done         []Done        `json:"done"`    // instructions of an earlier plan that a snapshot shows done
	Notices      []Notice      `json:"notices"` // who is to be told of what, and when it comes
	Gates        []GateLeft    `json:"gates"`   // who could still approve deployments afterwards
	Losers       int           `json:"losers"`  // people and principals who lose something, each once
	Losses       []Loss        `json:"losses"`  // the same by kind
	// Stopped are the guards that the whole plan breaks. Where there is one,
	// nothing of the plan would run.
	Stopped []string `json:"stopped"`
	Left    int      `json:"left_out"` // actions that Max leaves out
}

// Action is one change.
type Action struct {
	ID        string       `json:"id"` // stable: the same change has the same id in every plan
	Kind      Kind         `json:"kind"`
	Title     string       `json:"title"`
	Principal access.Named `json:"principal"` // who loses it; zero for a setting
	Resource  access.Named `json:"resource"`
	Have      string       `json:"have"`
	Want      string       `json:"want"`

	Change Change           `json:"change"`          // what carrying it out, verifying and undoing it need
	Grant  *access.Grant    `json:"grant,omitempty"` // what is changed, where it is one grant
	To     access.Privilege `json:"to,omitempty"`    // what the grant becomes; None: it goes

	Parts []string `json:"parts,omitempty"` // of an environment's gate: which parts of it

	Reasons  []Reason        `json:"reasons"` // the findings it answers, the worst first
	Rule     string          `json:"rule"`    // of the first reason
	Severity access.Severity `json:"severity"`
	Overdue  time.Time       `json:"overdue_since,omitzero"` // when what allowed it ended; zero: nothing did
	Risk     Risk            `json:"risk"`
	RiskWhy  string          `json:"risk_why"`

	Losers    int            `json:"losers"` // people and principals who lose something by it
	Sample    []access.Named `json:"sample"` // at most ten of them
	Lost      []Lost         `json:"lost"`   // all of them, by number: the limits of a day count them
	Loss      string         `json:"loss"`   // what they lose, in words
	Remaining []Remaining    `json:"remaining"`
	Residual  []string       `json:"residual"`          // excess that stays by another path
	Weighed   []Weighed      `json:"weighed,omitempty"` // what was weighed against it, and why it was not chosen

	Precondition string   `json:"precondition"` // what is read again just before
	Calls        []Call   `json:"calls"`
	Inverse      string   `json:"inverse"`      // how restore would undo it
	Irreversible []string `json:"irreversible"` // what restore could not bring back
}

// Weighed is another way to the same end.
type Weighed struct {
	Title  string         `json:"title"`
	Losers int            `json:"losers"` // who might lose something by it
	Sample []access.Named `json:"sample"` // at most ten of them
	Why    string         `json:"why"`    // it was not chosen
}

// Reason is a finding that an action answers.
type Reason struct {
	Rule        string          `json:"rule"`
	Fingerprint string          `json:"fingerprint"`
	Title       string          `json:"title"`
	Severity    access.Severity `json:"severity"`
}

// Remaining is what somebody keeps after the whole plan.
type Remaining struct {
	Person  access.Named     `json:"person"`
	Before  access.Privilege `json:"before"`
	After   access.Privilege `json:"after"`
	Through string           `json:"through,omitempty"` // the strongest path that is left
}

// Call is one request to GitHub, as its documentation writes it.
type Call struct {
	Method string `json:"method"`
	Route  string `json:"route"` // or the name of a GraphQL mutation
	Body   string `json:"body,omitempty"`
}

// Risk ranks how likely an action is to hurt somebody's work.
type Risk string

// The risks.
const (
	LowRisk    Risk = "low"
	MediumRisk Risk = "medium"
	HighRisk   Risk = "high"
)

// Refusal is an action that drift calls for and a guard forbids.
type Refusal struct {
	ID        string       `json:"id"` // of the action
	Kind      Kind         `json:"kind"`
	Title     string       `json:"title"`
	Principal access.Named `json:"principal"`
	Resource  access.Named `json:"resource"`
	Guard     Guard        `json:"guard"`
	Why       string       `json:"why"`
	Rule      string       `json:"rule"`
	Finding   string       `json:"finding"`                // fingerprint
	Overdue   time.Time    `json:"overdue_since,omitzero"` // as of an action
}

// DefaultTTL is how long a plan may be carried out where nothing else is said.
const DefaultTTL = 24 * time.Hour

// NewPlan makes the plan. It is pure: the same input gives the same plan, in
// whatever order the findings come. Without a baseline there is no drift, so
// there is no action.
func NewPlan(in Input) Plan {
	if in.SnapshotHash == "" {
		in.SnapshotHash = ContentHash(in.Snapshot)
	}
	p := newPlanner(in)
	p.propose()
	p.judge()
	return p.plan()
}
