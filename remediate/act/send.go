package act

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/eb661601/ajar/internal/github"
)

// Answer is what GitHub answered to a step that it carried out.
type Answer struct {
	Status    int       // 202: it will, by and by; 201 to a collaborator: an invitation was made
	At        time.Time // GitHub's clock; that of this machine where it was not said
	RequestID string
	Created   int64 // number of what was made: a key, an invitation, a branch policy; 0: nothing, or not told
}

// ErrNotSent says that nothing of a step left this machine.
var ErrNotSent = errors.New("nothing was sent")

// Refused is a step that GitHub did not carry out.
type Refused struct { //nolint:errname // it reads as what GitHub did: act.Refused
	Status int // 400 to 499, or a redirect, which is never followed; 200 for a mutation of GraphQL
	Reason string
	Err    error
}

// Error gives GitHub's reason.
func (e *Refused) Error() string { return fmt.Sprintf("GitHub refused (%d): %s", e.Status, e.Reason) }

// Unwrap gives the class of the refusal.
func (e *Refused) Unwrap() error { return e.Err }

// Conflict is a step that GitHub did not carry out since something else was under
// way, or stands against it (409): read again, and try again.
type Conflict struct{ Reason string } //nolint:errname // as above

// Error gives GitHub's reason.
func (e *Conflict) Error() string {
	return "GitHub is busy with it, or it contradicts (409): " + e.Reason
}

// Limited is a step that GitHub did not carry out for a limit.
type Limited struct{ Until time.Time } //nolint:errname // as above

// Error says when to come back.
func (e *Limited) Error() string {
	return "GitHub's limit is reached until " + e.Until.UTC().Format(time.RFC3339)
}

// Unknown is a step that may have been carried out: it is settled by reading.
type Unknown struct { //nolint:errname // as above
	Why string
	Err error
}

// Error says what came in place of an answer.
func (e *Unknown) Error() string { return "it is not known whether GitHub did it: " + e.Why }

// Unwrap gives the cause.
func (e *Unknown) Unwrap() error { return e.Err }

// unsent keeps the cause beside the class.
type unsent struct{ err error }

func (e *unsent) Error() string        { return fmt.Sprintf("%v: %v", ErrNotSent, e.err) }
func (e *unsent) Unwrap() error        { return e.err }
func (e *unsent) Is(target error) bool { return target == ErrNotSent }

// Send sends one step: exactly one request, never repeated, no redirect followed.
// It does not wait (see [Hands.Ready]). Errors are [ErrNotSent], *[Refused],
// *[Conflict], *[Limited] or *[Unknown]; after the first four nothing was changed.
func (h *Hands) Send(ctx context.Context, s Step) (Answer, error) {
	m := github.Mutation{Method: s.Method, Path: s.Path, Body: s.Body}
	if s.GraphQL != "" {
		var err error
		if m, err = mutation(s); err != nil {
			return Answer{}, &unsent{err}
		}
	}
	a, err := h.o.Write.Send(ctx, m)
	if err != nil {
		return Answer{}, sorted(err)
	}
	out := Answer{Status: a.Status, At: a.At, RequestID: a.RequestID}
	if out.At.IsZero() {
		out.At = h.o.Now()
	}
	if a.Status == http.StatusCreated || a.Status == http.StatusOK {
		var body struct {
			ID int64 `json:"id"`
		}
		if s.Method == http.MethodPost || a.Status == http.StatusCreated {
			if json.Unmarshal(a.Body, &body) == nil { // without a number it was made all the same
				out.Created = body.ID
			}
		}
	}
	return out, nil
}

// sorted gives an error of the writer its class.
func sorted(err error) error {
	if errors.Is(err, github.ErrInDoubt) {
		var d *github.DoubtError
		errors.As(err, &d)
		return &Unknown{Why: d.Why, Err: err}
	}
	if errors.Is(err, github.ErrNotSent) || errors.Is(err, github.ErrWrite) {
		return &unsent{err}
	}
	if l, ok := errors.AsType[*github.LimitedError](err); ok {
		return &Limited{Until: l.Until}
	}
	if s, ok := errors.AsType[*github.StatusError](err); ok {
		if s.Status == http.StatusConflict {
			return &Conflict{Reason: s.Message}
		}
		return &Refused{Status: s.Status, Reason: reason(s), Err: err}
	}
	if g, ok := errors.AsType[*github.GraphQLError](err); ok {
		return &Refused{Status: http.StatusOK, Reason: g.Error(), Err: err}
	}
	return &Unknown{Why: err.Error(), Err: err}
}

// reason is GitHub's own words, or the status where it had none.
func reason(s *github.StatusError) string {
	switch {
	case s.Status >= 300 && s.Status < 400:
		return "it was redirected, which a change never follows"
	case s.Message == "":
		return http.StatusText(s.Status)
	case s.Accepted != "":
		return s.Message + " (enough would be " + s.Accepted + ")"
	}
	return s.Message
}

// documents are the mutations, by name, with the type of their input.
var documents = map[string]string{
	"updateEnvironment": "mutation($input:UpdateEnvironmentInput!){updateEnvironment(input:$input){environment{id}}}",
}

// mutation is the request of a step that is a mutation of GraphQL.
func mutation(s Step) (github.Mutation, error) {
	text, ok := documents[s.GraphQL]
	if !ok {
		return github.Mutation{}, fmt.Errorf("there is no mutation %q", s.GraphQL)
	}
	body, err := json.Marshal(map[string]any{"query": text, "variables": map[string]any{"input": s.Body}})
	if err != nil {
		return github.Mutation{}, fmt.Errorf("writing the mutation %s: %w", s.GraphQL, err)
	}
	return github.Mutation{Method: http.MethodPost, Body: body}, nil
}
