// Package serve is the daemon without its work: it runs jobs on a clock, one after
// the other, says how it is, and ends in order. It knows nothing of GitHub, rules or
// findings; who makes the jobs knows that.
package serve

import (
	"context"
	"errors"
	"time"
)

// Name is what a job does. The list is closed: the names are labels of metrics.
type Name string

// The jobs.
const (
	Audit      Name = "audit"      // collect, judge, tell
	Remediate  Name = "remediate"  // settle what was interrupted; in mode auto, carry out
	Deliver    Name = "deliver"    // send what waits in the outbox
	Digest     Name = "digest"     // one message about a period
	Checkpoint Name = "checkpoint" // publish the head of the journal
	Backup     Name = "backup"     // a checked copy of the store
	Care       Name = "care"       // of the store's file
)

// Names lists every job.
var Names = []Name{Audit, Remediate, Deliver, Digest, Checkpoint, Backup, Care}

// Result is how a pass of a job ended. The list is closed too.
type Result string

// The results.
const (
	OK          Result = "ok"
	Incomplete  Result = "incomplete"  // done, and something expected was not seen
	Failed      Result = "failed"      // the error is the reason
	Interrupted Result = "interrupted" // the daemon was stopped meanwhile
	Anchored    Result = "planned"     // never ran: from when on its schedule counts
)

// Results lists every result.
var Results = []Result{OK, Incomplete, Failed, Interrupted, Anchored}

// Good reports whether a pass did what it is for.
func (r Result) Good() bool { return r == OK || r == Incomplete }

// Job is one thing that is done again and again.
type Job struct {
	Name Name
	Org  string // login; "" = of the store
	// Due is when it is to run next, and why, computed from what the store holds, so
	// that a restart neither skips nor repeats. The zero time: it is not planned.
	Due func(ctx context.Context) (time.Time, string, error)
	// Run does it once. Its error is kept and reported, and does not end the daemon,
	// unless it is or wraps a [FatalError].
	Run func(ctx context.Context) (Outcome, error)
}

// Outcome is how a pass ended that came to its end.
type Outcome struct {
	Result Result // "": [OK]
	Reason string // one line, "" = nothing to say
}

// FatalError is an error after which the process must not go on, such as a failed
// sync of the store.
type FatalError struct{ Err error }

// Error is that of the cause.
func (f FatalError) Error() string { return f.Err.Error() }

// Unwrap gives the cause.
func (f FatalError) Unwrap() error { return f.Err }

func fatal(err error) bool {
	var f FatalError
	return errors.As(err, &f)
}

// Pass is the record of one pass of a job.
type Pass struct {
	Job      Name
	Org      string
	Began    time.Time // by the clock of this machine
	Ended    time.Time
	Result   Result
	Reason   string
	Failures int // in a row, this one included; 0 after a good one
}

// Ledger keeps the passes. What it cannot keep just now it gives back as an error;
// the daemon goes on by what it has in memory.
type Ledger interface {
	// Last gives the newest pass of each job, and the newest good one.
	Last(ctx context.Context) (last, good []Pass, err error)
	Keep(ctx context.Context, p Pass) error
}
