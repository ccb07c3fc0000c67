package github

import (
	"errors"
	"fmt"
)

// ErrNotSent says of a change that nothing of it left this machine: the way to
// GitHub could not be made, or it was not its time.
var ErrNotSent = errors.New("nothing was sent")

// ErrInDoubt says of a change that it may have been carried out or not: some of
// it may have left, and no answer says what became of it.
var ErrInDoubt = errors.New("in doubt")

// UnsentError is a change of which nothing left the machine.
type UnsentError struct {
	Method, Path string
	Err          error // why; never nil
}

// Error names the call and why it was not sent.
func (e *UnsentError) Error() string {
	return fmt.Sprintf("%s %s: %v: %v", e.Method, e.Path, ErrNotSent, e.Err)
}

// Unwrap gives the cause.
func (e *UnsentError) Unwrap() error { return e.Err }

// Is makes the error an [ErrNotSent].
func (e *UnsentError) Is(target error) bool { return target == ErrNotSent }

// DoubtError is a change that may have been carried out.
type DoubtError struct {
	Method, Path string
	Status       int    // of the answer; 0: there was none
	Why          string // what came in place of an answer
	Err          error  // the cause, or nil
}

// Error names the call and what came in place of an answer.
func (e *DoubtError) Error() string {
	return fmt.Sprintf("%s %s: it is not known whether GitHub did it: %s", e.Method, e.Path, e.Why)
}

// Unwrap gives the cause.
func (e *DoubtError) Unwrap() error { return e.Err }

// Is makes the error an [ErrInDoubt].
func (e *DoubtError) Is(target error) bool { return target == ErrInDoubt }
