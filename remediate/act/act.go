// Package act is the hands of a remediation: for each kind of thing that an action
// sets it knows how the thing is read, by which calls it is led from one state to
// another, and how one call is sent. It decides nothing and journals nothing.
package act

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
)

// Options say with what the hands work.
type Options struct {
	// Read asks with the credential of Write, on the transport that only reads: what
	// a change may rest on is seen by who makes it.
	Read  *github.Client
	Write *github.Writer
	// App is where the tokens come from where the credential is an app's; nil: it is
	// a token's, and the person behind it is asked for.
	App *github.App
	Org remediate.Label
	Now func() time.Time
}

// Hands act in one organization.
type Hands struct {
	o Options
}

// New makes hands. Read and Write are needed; Now is the clock of this machine
// unless given.
func New(o Options) *Hands {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Hands{o: o}
}

// Live is what a thing is like now.
type Live struct {
	State remediate.State
	At    time.Time // GitHub's clock in the last answer; that of this machine where it was not said
	// Moved says, where it is not empty, why the change must not be made at all: a
	// name leads to another number, or what the thing belongs to is gone or archived.
	// Then State says nothing.
	Moved string
	// Invited is what the thing becomes once somebody accepts an invitation that is
	// pending; nil: nothing is. Where it is the state that was wanted, GitHub can do
	// no more.
	Invited *remediate.State
	// Change is the change with today's names and numbers, from which [Steps] builds
	// addresses. Of its Before, what a snapshot does not hold is filled in (the
	// account and the teams of an invitation), so compare State with it.
	Change remediate.Change
}

// Step is one request that changes something.
type Step struct {
	Method string `json:"method"`
	Route  string `json:"route"` // as GitHub's documentation writes it
	Path   string `json:"path"`  // escaped; "" for GraphQL
	// Body is JSON, or absent. For GraphQL it is the input of the mutation.
	Body    json.RawMessage `json:"body,omitempty"`
	GraphQL string          `json:"graphql,omitempty"` // name of the mutation, or ""
	// Repeatable says that sending it twice comes out as sending it once.
	Repeatable bool `json:"repeatable"`
}

// thing is how one kind of thing is read and set.
type thing struct {
	// read fills in l.State, for the thing that l.Change names. Names are today's.
	read func(h *Hands, ctx context.Context, l *Live) error
	// steps lead from now to c.After, which is another state.
	steps func(c remediate.Change, now remediate.State) ([]Step, error)
}

// things are all that can be set.
var things = map[remediate.Thing]thing{
	remediate.DirectGrant:       {(*Hands).readDirect, directSteps},
	remediate.TeamGrant:         {(*Hands).readTeamGrant, teamGrantSteps},
	remediate.TeamMembership:    {(*Hands).readTeamMember, teamMemberSteps},
	remediate.Membership:        {(*Hands).readMembership, membershipSteps},
	remediate.OrgInvitation:     {(*Hands).readInvitation, invitationSteps},
	remediate.RepoInvitation:    {(*Hands).readRepoInvitation, repoInvitationSteps},
	remediate.DeployKey:         {(*Hands).readKey, keySteps},
	remediate.Protection:        {(*Hands).readProtection, protectionSteps},
	remediate.OrgWorkflowToken:  {(*Hands).readOrgToken, orgTokenSteps},
	remediate.RepoWorkflowToken: {(*Hands).readRepoToken, repoTokenSteps},
	remediate.BasePermission:    {(*Hands).readBase, baseSteps},
}

// Read reads what the thing of a change is like now. Ids are resolved to today's
// names first; that something is not there is believed only where what it belongs
// to was seen with the same credential. An error means that nothing is known.
func (h *Hands) Read(ctx context.Context, c remediate.Change) (Live, error) {
	t, ok := things[c.Thing]
	if !ok {
		return Live{}, fmt.Errorf("reading what is to be changed: %q is nothing that can be set", c.Thing)
	}
	l := Live{Change: c}
	err := h.resolve(ctx, &l)
	if err == nil && l.Moved == "" {
		err = t.read(h, ctx, &l)
	}
	if err != nil {
		return Live{}, fmt.Errorf("reading %s: %w", describe(c), err)
	}
	l.At = h.clock()
	return l, nil
}

// Steps are the calls that lead from now to c.After, in an order in which no
// instant is open wider than both ends. There are none where the states are the
// same. It is an error where that way cannot be gone: what is to be lowered is not
// there (setting it would give it), or GitHub did not tell what a call would have
// to repeat. c is the one of [Live.Change].
func Steps(c remediate.Change, now remediate.State) ([]Step, error) {
	if now.Same(c.After) {
		return nil, nil
	}
	t, ok := things[c.Thing]
	if !ok {
		return nil, fmt.Errorf("finding the way to a change: %q is nothing that can be set", c.Thing)
	}
	steps, err := t.steps(c, now)
	if err != nil {
		return nil, fmt.Errorf("finding the way to change %s: %w", describe(c), err)
	}
	return steps, nil
}

// Ready waits until a step may be sent: a second after the last one, and past
// every limit that GitHub stated. Call it before the intent to send is journaled.
func (h *Hands) Ready(ctx context.Context) error {
	h.o.Write.Heed(h.o.Read.Budgets())
	return h.o.Write.Ready(ctx)
}

// clock is GitHub's clock in the newest answer.
func (h *Hands) clock() time.Time {
	if at := h.o.Read.Heard().Date; !at.IsZero() {
		return at
	}
	return h.o.Now()
}

// Self is every principal that the write credential is.
func (h *Hands) Self(ctx context.Context) ([]access.Ref, error) {
	all, err := h.Actors(ctx)
	var out []access.Ref
	for _, a := range all {
		out = append(out, a.Ref)
	}
	return out, err
}

// Actors is who the write credential acts as, with the login that the audit log has
// for it: an app acts as its bot (GitHub Docs: "About GitHub Apps").
func (h *Hands) Actors(ctx context.Context) ([]access.Actor, error) {
	if h.o.App != nil {
		in, err := h.o.App.Installation()
		if err != nil {
			return nil, fmt.Errorf("finding who makes the changes: %w", err)
		}
		return []access.Actor{{Ref: access.Ref{Kind: access.App, ID: in.AppID}, Login: in.Slug + "[bot]"}}, nil
	}
	var q struct {
		Viewer struct {
			Typename   string `graphql:"__typename" json:"__typename"`
			DatabaseID int64
			Login      string
		}
		RateLimit *github.RateLimit
	}
	if err := h.o.Read.Query(ctx, &q, nil); err != nil {
		return nil, fmt.Errorf("finding who makes the changes: %w", err)
	}
	if q.Viewer.DatabaseID == 0 || q.Viewer.Login == "" {
		return nil, fmt.Errorf("finding who makes the changes: GitHub did not tell")
	}
	return []access.Actor{{Ref: access.Ref{Kind: access.User, ID: q.Viewer.DatabaseID}, Login: q.Viewer.Login}}, nil
}

// Org is the organization that the hands act in.
func (h *Hands) Org() remediate.Label { return h.o.Org }
