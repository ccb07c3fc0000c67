package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/remediate"
)

// RestoreSchema names the form of what a restore would do.
const RestoreSchema = "ajar.restore/v1"

// Restore is what putting a run back would do. It is made from the journal alone,
// and from the baseline of now, which decides what takes a second person. The same
// journal and baseline give the same restore, so its hash is what is approved.
type Restore struct {
	Schema   string   `json:"schema"`
	Run      string   `json:"run"`
	Org      int64    `json:"organization"`
	Actions  []Action `json:"actions"` // the last one of the run first
	Cannot   []Cannot `json:"cannot"`  // what stays as it is
	Above    []string `json:"above"`   // ids of actions that give what the baseline forbids now
	Takes    []string `json:"takes"`   // ids of actions that take something, as of a restore that is put back
	Baseline string   `json:"baseline_hash"`
	Guards   string   `json:"guards_hash"`
	Hash     string   `json:"hash"`
}

// Cannot is what a restore does not bring back.
type Cannot struct {
	Title string   `json:"title"`
	What  []string `json:"what"` // as the plan named it beforehand, or why the action is left out
}

// Allows reports whether the baseline of now allows the state that a change leads
// to. Where it is not sure, it does not.
type Allows func(remediate.Change) bool

// NewRestore makes the restore of a run. Only what the run itself did is put back:
// what was done already when its turn came was somebody else's.
func NewRestore(r *Run, allows Allows, baselineHash, guardsHash string) (Restore, error) {
	out := Restore{Schema: RestoreSchema, Run: r.ID, Org: r.Org, Actions: []Action{}, Cannot: []Cannot{}, Above: []string{}, Takes: []string{},
		Baseline: baselineHash, Guards: guardsHash}
	for _, p := range slices.Backward(r.Actions) {
		if len(p.Sends) == 0 || !p.Effective() {
			continue
		}
		if p.Open() {
			return out, refuse(OpenRun, "ajar apply settles it: it looks at GitHub first", "run %s has not ended: %s is in doubt", r.ID, p.Title)
		}
		if len(p.Irreversible) > 0 {
			out.Cannot = append(out.Cannot, Cannot{Title: p.Title, What: p.Irreversible})
		}
		if remediate.OneWay(p.Irreversible) {
			continue
		}
		a := p.inverse(len(out.Actions) + 1)
		taking, raising := takes(a.Change), raises(a.Change) // of a custom role it is not known: both
		if taking && !raising && allows(a.Change.Inverse()) {
			out.Cannot = append(out.Cannot, Cannot{Title: p.Title, What: []string{"the baseline allows now what this would take"}})
			continue
		}
		if taking {
			out.Takes = append(out.Takes, a.ID)
		}
		if raising && !allows(a.Change) {
			out.Above = append(out.Above, a.ID)
		}
		out.Actions = append(out.Actions, a)
	}
	slices.Sort(out.Above)
	slices.Sort(out.Takes)
	text, err := json.Marshal(out)
	if err != nil {
		return out, fmt.Errorf("making the restore of run %s: %w", r.ID, err)
	}
	sum := sha256.Sum256(text)
	out.Hash = hex.EncodeToString(sum[:])
	return out, nil
}

// inverse is the action that puts back what p did. What p made has a number that
// only GitHub's answer told.
func (p *Past) inverse(place int) Action {
	c := p.Change.Inverse()
	// Whom an invitation is for, and which teams it leads to, only the reading tells
	// that was made before it was cancelled.
	if c.After.Invite != nil && len(p.Sends) > 0 && p.Sends[0].Live.Invite != nil {
		c.After.Invite = p.Sends[0].Live.Invite
	}
	for _, s := range p.Sends {
		if s.Answer == nil || s.Answer.Created == 0 {
			continue
		}
		made := &remediate.Label{ID: s.Answer.Created}
		switch c.Thing {
		case remediate.DeployKey:
			made.Name = labelName(c.Key)
			c.Key = made
		case remediate.OrgInvitation, remediate.RepoInvitation:
			made.Name = labelName(c.Invitation)
			c.Invitation = made
		}
	}
	sum := sha256.Sum256([]byte("restore\x00" + p.ID))
	return Action{ID: hex.EncodeToString(sum[:8]), Intended: Intended{
		Place: place, Kind: p.Kind, Title: "undo: " + p.Title, Principal: p.Principal, Resource: p.Resource, Rules: []string{},
		Change: c, Half: p.Half, Inverse: p.Title, Irreversible: []string{},
		Lost: append([]remediate.Lost{}, p.Gains...), Gains: p.losers(),
	}}
}

// losers are all who lost something by it.
func (p *Past) losers() []remediate.Lost {
	out := slices.Clone(p.Lost)
	for _, s := range p.Sends {
		out = append(out, s.Also...)
	}
	return out
}

func labelName(l *remediate.Label) string {
	if l == nil {
		return ""
	}
	return l.Name
}

// raises reports whether a change gives somebody more, or guards something less.
func raises(c remediate.Change) bool {
	switch c.Thing {
	case remediate.Protection, remediate.OrgWorkflowToken, remediate.RepoWorkflowToken:
		return true
	}
	return takes(c.Inverse())
}

// Beneficiaries are the people who get something by the restore: whom it speaks of,
// and all who had lost something by what is put back, as the people of a team.
func (r Restore) Beneficiaries() []int64 {
	var out []int64
	for _, a := range r.Actions {
		if a.Principal.Kind == access.User {
			out = append(out, a.Principal.ID)
		}
		if u := a.Change.User; u != nil {
			out = append(out, u.ID)
		}
		if i := a.Change.After.Invite; i != nil && i.Invitee != 0 {
			out = append(out, i.Invitee)
		}
		for _, l := range a.Gains {
			if l.Kind == access.User {
				out = append(out, l.IDs...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ByBaseline is what the baseline allows, by its entries for the principal itself.
func ByBaseline(b *baseline.Bound, at time.Time) Allows {
	return func(c remediate.Change) bool {
		if b == nil {
			return false
		}
		var who access.Ref
		switch {
		case c.User != nil:
			who = access.Ref{Kind: access.User, ID: c.User.ID}
		case c.Team != nil:
			who = access.Ref{Kind: access.Team, ID: c.Team.ID}
		case c.Key != nil:
			who = access.Ref{Kind: access.Key, ID: c.Key.ID}
		}
		switch c.Thing {
		case remediate.DirectGrant, remediate.TeamGrant:
			want, ok := privilegeOf(c.After)
			return ok && b.OnRepo(who, c.Repo.ID, at).Privilege >= want
		case remediate.DeployKey:
			want := access.Write
			if c.After.Key != nil && c.After.Key.ReadOnly {
				want = access.Read
			}
			return b.OnRepo(who, c.Repo.ID, at).Privilege >= want
		case remediate.TeamMembership:
			list, named := b.Maintainers(c.Team.ID)
			return c.After.Role == "maintainer" && named && list.Lists(who.ID)
		case remediate.Membership:
			switch c.After.Role {
			case "owner":
				return b.Owner(who.ID)
			case "member":
				return b.Member(who.ID) && heldAllowed(b, who, c.After.Held, at)
			case "outside":
				return b.Outside(who.ID) && heldAllowed(b, who, c.After.Held, at)
			}
		case remediate.BasePermission:
			want, ok := privilegeOf(c.After)
			most, said := b.BasePermission()
			return ok && said && want <= most
		}
		return false
	}
}

// heldAllowed is whether the baseline allows what comes back with a membership: the
// roles on repositories. What a team gives is not sure, so it is not allowed.
func heldAllowed(b *baseline.Bound, who access.Ref, held *remediate.HeldState, at time.Time) bool {
	if held == nil {
		return true
	}
	for _, r := range held.Repos {
		want, ok := privilegeOf(remediate.State{There: true, Role: r.Role})
		if !ok || b.OnRepo(who, r.ID, at).Privilege < want {
			return false
		}
	}
	return len(held.Teams) == 0
}

// privilegeOf is the privilege that a built-in role gives.
func privilegeOf(s remediate.State) (access.Privilege, bool) {
	if s.RoleID != 0 {
		return access.NoPrivilege, false
	}
	var p access.Privilege
	if err := p.UnmarshalText([]byte(s.Role)); err != nil || !p.OnRepository() {
		return access.NoPrivilege, false
	}
	return p, true
}

// RestoreCase is all that it is decided by whether a run may be put back.
type RestoreCase struct {
	Restore   Restore
	Now       time.Time
	Mode      string
	Held      []string
	Restored  time.Time
	By        Person
	Approvals []Approval // of this restore, each unused
	Former    *Run       // the run of this restore that was interrupted, nil: there is none
	Reason    string
	Guards    remediate.Guards
	Lost      Losses // by the runs of the last 24 hours
	// Populations are how many there are of each kind ([remediate.Populations]); one that
	// is missing or below 0 is not known.
	Populations map[string]int
}

// Allowed says whether the run may be put back now by whoever asks, and whether
// somebody agreed where that is needed: nil, or why not.
func (c RestoreCase) Allowed() *RefusedError {
	_, r := c.word()
	return r
}

// Decide is Allowed with the word that counts, and asks, live, whether who gave it
// may still.
func (c RestoreCase) Decide(ctx context.Context, who Approvers) ([]Approval, *RefusedError) {
	given, r := c.word()
	if r != nil {
		return nil, r
	}
	for _, a := range given {
		if r := confirm(ctx, who, a.By); r != nil {
			return nil, r
		}
	}
	return given, nil
}

func (c RestoreCase) word() ([]Approval, *RefusedError) {
	k := Case{Mode: c.Mode, Restored: c.Restored, Held: c.Held, Now: c.Now, By: c.By, Approvals: c.Approvals}
	k.Plan.Hash = c.Restore.Hash
	if r := k.mode(); r != nil {
		return nil, r
	}
	if c.Former != nil {
		k.Former = c.Former
		return c.Former.Begun.Approvals, k.goesOn()
	}
	if r := c.caps(); r != nil {
		return nil, r
	}
	if len(c.Restore.Above)+len(c.Restore.Takes) == 0 {
		return nil, nil
	}
	a, r := k.usable()
	if r == nil {
		return []Approval{a}, nil
	}
	r.Hint = fmt.Sprintf("somebody else of [remediate] approvers: ajar restore %s --approve", c.Restore.Run)
	if r.Code == NoApproval {
		r.Why = fmt.Sprintf("%d of its actions give what the baseline forbids now, %d take something, and nobody else has agreed",
			len(c.Restore.Above), len(c.Restore.Takes))
		if len(c.Restore.Takes) == 0 {
			r.Why = fmt.Sprintf("%d of its actions give what the baseline forbids now, and nobody else has agreed", len(c.Restore.Above))
		}
	}
	return nil, r
}

// Order makes the order of the restore.
func (r Restore) Order(id string, c RestoreCase, approvals []Approval, version string) Order {
	return Order{ID: id, Actions: r.Actions, Caps: c.capsWith, Begun: Begun{
		Plan: r.Hash, Restores: r.Run, Baseline: r.Baseline, Guards: r.Guards, Version: version, By: c.By,
		Approvals: append([]Approval{}, approvals...), Actions: len(r.Actions), Reason: c.Reason,
	}}
}

// restorePrefix begins the id of each run that carries out a restore.
const restorePrefix = "restore-"

// RestoreID is the id of the nth run that carries out a restore: a run can be put
// back again, where the first time was stopped.
func RestoreID(hash string, n int) string {
	id := restorePrefix + hash[:min(16, len(hash))]
	if n > 1 {
		id += "-" + strconv.Itoa(n)
	}
	return id
}
