package run

import (
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
)

// The bodies of the journal's entries about runs. All that settling a run and
// putting it back need stands in them: no snapshot and no plan file is asked.
// Every number is an integer and every time is UTC, as the journal wants it.

// Person is somebody who decided something: whom their own token names.
type Person struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
}

// Withdrawal is the body of plan-withdrawn: nobody may carry the plan out any more.
type Withdrawal struct {
	By       Person `json:"by"`
	Reason   string `json:"reason"`
	Entrance string `json:"entrance"` // by which way it came: cli
}

// Begun is the body of run-begun: what is carried out, on whose word. A run that
// was interrupted begins again under the same id, with Resumed set.
type Begun struct {
	Plan     string `json:"plan"`               // hash of the plan; of a restore that of what it puts back
	Restores string `json:"restores,omitempty"` // the run that is put back
	Snapshot int64  `json:"snapshot,omitempty"`
	Baseline string `json:"baseline_hash,omitempty"`
	Guards   string `json:"guards_hash"`
	Version  string `json:"version"`
	By       Person `json:"by"`
	// As is who the write credential acts as, by the name that GitHub's audit log has
	// for it: so the store knows since when and as whom it has written (S18).
	As        []access.Actor `json:"as,omitempty"`
	Auto      bool           `json:"auto,omitempty"` // the daemon, on the word of auto_rules
	Approvals []Approval     `json:"approvals"`
	Actions   int            `json:"actions"`
	Allowed   int            `json:"allowed_changes,omitempty"` // of --allow-changes
	Reason    string         `json:"reason,omitempty"`
	Resumed   bool           `json:"resumed,omitempty"`
}

// Intended is the body of intended: one action, with its way back.
type Intended struct {
	Place        int              `json:"place"` // in the order of the run, from 1
	Kind         remediate.Kind   `json:"kind"`
	Title        string           `json:"title"`
	Principal    access.Named     `json:"principal"`
	Resource     access.Named     `json:"resource"`
	Rules        []string         `json:"rules"` // of the findings it answers
	Change       remediate.Change `json:"change"`
	Inverse      string           `json:"inverse"`
	Irreversible []string         `json:"irreversible"`
	// Half says of a restore that the run left the thing between its two states: it is
	// put back from whatever it is now.
	Half bool             `json:"half,omitempty"`
	Lost []remediate.Lost `json:"lost"` // who loses something by it, as what they are counted
	// Gains are of a restore who gets back what they lost, counted likewise.
	Gains []remediate.Lost `json:"gains,omitempty"`
}

// Sent is the body of sent. It is durable before the first byte leaves.
type Sent struct {
	Step   act.Step        `json:"step"`
	Rest   []act.Step      `json:"rest"`    // the steps that follow it
	Live   remediate.State `json:"live"`    // as it was read just before
	ReadAt time.Time       `json:"read_at"` // GitHub's time
	// Also are who loses something by it and came since the snapshot, so that the plan
	// did not name them.
	Also []remediate.Lost `json:"also_lost,omitempty"`
}

// Answered is the body of answered: the answer to the last sent. NotApplied says
// that the step took no effect for certain: GitHub refused it, nothing left this
// machine, or a look at GitHub showed the state of before.
type Answered struct {
	Status     int       `json:"status,omitempty"` // 0: there was no answer
	At         time.Time `json:"at"`
	RequestID  string    `json:"request_id,omitempty"`
	Created    int64     `json:"created,omitempty"` // number of what came to be
	NotApplied bool      `json:"not_applied,omitempty"`
	// Looked says that NotApplied rests on a look at GitHub alone, which may have been
	// too early.
	Looked bool   `json:"looked,omitempty"`
	Why    string `json:"why,omitempty"`
}

// How an action came to be verified.
const (
	Carried = "carried-out"  // by this run
	Already = "already-done" // GitHub showed it before anything was sent
	Settled = "settled"      // sent without an answer, and then seen to be done
	Late    = "late"         // it counted as not done, and a later look shows it
	Invited = "invited"      // as far as a program can: somebody has to accept an invitation
)

// Verified is the body of verified: GitHub shows what was intended.
type Verified struct {
	How   string          `json:"how"`
	State remediate.State `json:"state"`
	At    time.Time       `json:"at"` // GitHub's time
	Looks int             `json:"looks"`
}

// Why an action is skipped.
const (
	Changed  = "changed"          // GitHub shows something else than the plan started from
	NoLonger = "no-longer-needed" // no finding calls for it any more
)

// Skipped is the body of skipped: nothing was sent.
type Skipped struct {
	Why   string           `json:"why"`
	Said  string           `json:"said"`            // in a sentence
	State *remediate.State `json:"state,omitempty"` // what GitHub shows
}

// Refused is the body of refused: a guard forbids the action, and with it the rest.
type Refused struct {
	Guard string `json:"guard"`
	Why   string `json:"why"`
}

// Failed is the body of failed: it is not done, and the run stops.
type Failed struct {
	Why    string           `json:"why"`
	Status int              `json:"status,omitempty"`
	State  *remediate.State `json:"state,omitempty"` // what GitHub shows, where it was read
	Half   bool             `json:"half,omitempty"`  // some of its steps took effect
}

// InDoubt is the body of in-doubt: it was sent, and it is not known whether it
// took effect. Only looking at GitHub settles it.
type InDoubt struct {
	Why   string           `json:"why"`
	State *remediate.State `json:"state,omitempty"`
}

// NotTried is the body of not-tried: the run ended before its turn. Final says that
// a surprise stopped the run: then it is not taken up again, a new plan is made.
type NotTried struct {
	Why   string `json:"why"`
	Final bool   `json:"final,omitempty"`
}

// How a run ends.
const (
	Done        = "done"
	Stopped     = "stopped"     // by a surprise
	Interrupted = "interrupted" // by a signal, or it died and was settled afterwards
)

// Ended is the body of run-ended.
type Ended struct {
	How    string `json:"how"`
	Why    string `json:"why,omitempty"`
	Counts Counts `json:"counts"`
}

// Counts says how many actions of a run ended how.
type Counts struct {
	Actions  int `json:"actions"`
	Verified int `json:"verified"` // done and seen to be done, by this run
	Already  int `json:"already_done"`
	Skipped  int `json:"skipped"`
	Refused  int `json:"refused"`
	Failed   int `json:"failed"`
	InDoubt  int `json:"in_doubt"`
	NotTried int `json:"not_tried"`
}
