package report

import (
	"time"

	"github.com/eb661601/ajar/access"
)

// Overview is the organization around the findings: how much of what there is,
// who holds most, how deployments are guarded, and what changed.
type Overview struct {
	Posture      Posture       `json:"posture"`
	Changes      *Changes      `json:"changes"` // null: nothing was audited before
	Environments []Environment `json:"environments"`
	People       []Holder      `json:"people"` // everybody with write or more somewhere: owners first, then the most first
}

// Amount is a number of things. It is a lower bound where not all of what it is
// counted from was seen.
type Amount struct {
	Count   int  `json:"count"`
	AtLeast bool `json:"at_least"`
}

// text writes the figure: "12", "at least 12", or "not seen".
func (f Amount) text() string {
	switch {
	case f.AtLeast && f.Count == 0:
		return "not seen"
	case f.AtLeast:
		return "≥ " + number(f.Count)
	}
	return number(f.Count)
}

// of writes the figure with its noun.
func (f Amount) of(one, many string) string {
	if f.Count == 1 {
		return f.text() + " " + one
	}
	return f.text() + " " + many
}

// Posture counts what there is.
type Posture struct {
	Owners       Amount     `json:"owners"`
	Members      Amount     `json:"members"` // owners included
	Outside      Amount     `json:"outside_collaborators"`
	Invitations  Amount     `json:"invitations"`
	Teams        Amount     `json:"teams"`
	Repositories Amount     `json:"repositories"`
	Archived     int        `json:"archived"` // of the repositories
	Public       int        `json:"public"`
	Standing     []Standing `json:"standing"` // admin, maintain, write
	Environments Amount     `json:"environments"`
	Guarded      int        `json:"guarded"`     // environments with required reviewers
	Unguarded    int        `json:"unguarded"`   // environments without
	Unseen       int        `json:"gate_unseen"` // environments whose gate was not seen
}

// Standing counts who holds one privilege now, without asking for it, the effect
// of teams, roles, ownership and the base permission included.
type Standing struct {
	Privilege access.Privilege `json:"privilege"`
	People    Amount           `json:"people"` // with it, as their highest, on a repository at least
	Pairs     Amount           `json:"pairs"`  // of a person and a repository
}

// Environment is one deployment environment and its gate.
type Environment struct {
	Repo      access.Named   `json:"repository"`
	Env       access.Named   `json:"environment"`
	GateSeen  bool           `json:"gate_seen"`
	Reviewers []access.Named `json:"reviewers"`
	// SelfReview tells whether who started a deployment may approve it; Bypass
	// whether administrators may pass the gate. Nil: not seen.
	SelfReview *bool  `json:"self_review"`
	Bypass     *bool  `json:"bypass"`
	WaitTimer  int    `json:"wait_minutes"`
	Branches   string `json:"branches"` // which may deploy, in words
	Deployers  Amount `json:"can_deploy"`
	Approvers  Amount `json:"can_approve"`
	Bypassers  Amount `json:"can_bypass"`
}

// Holder is a person and on how many repositories each privilege is their
// highest.
type Holder struct {
	Person   access.Named `json:"person"`
	Owner    bool         `json:"owner"`
	Outside  bool         `json:"outside"`
	Admin    int          `json:"admin"`
	Maintain int          `json:"maintain"`
	Write    int          `json:"write"`
	Last     time.Time    `json:"last_activity,omitzero"` // the newest sign of life that was seen
	What     string       `json:"activity,omitempty"`     // what it was
	Looked   time.Time    `json:"looked_since,omitzero"`  // how far back signs of life were looked for; absent: they were not
}

// total is the number of repositories on which the person holds write or more.
func (h Holder) total() int { return h.Admin + h.Maintain + h.Write }

// Changes is what is otherwise than at the audit before.
type Changes struct {
	Snapshot int64         `json:"snapshot"` // of the audit before
	At       time.Time     `json:"taken_at"` // its instant
	New      []FindingName `json:"new"`
	Back     []FindingName `json:"came_back"`
	Resolved []FindingName `json:"resolved"`
	Gained   []GrantName   `json:"gained"` // grants that were not there before, the most powerful first
	Lost     []GrantName   `json:"lost"`
}

// none reports whether nothing changed.
func (c Changes) none() bool {
	return len(c.New)+len(c.Back)+len(c.Resolved)+len(c.Gained)+len(c.Lost) == 0
}

// FindingName tells of a finding in a line.
type FindingName struct {
	Fingerprint string          `json:"fingerprint"`
	Rule        string          `json:"rule"`
	Severity    access.Severity `json:"severity"`
	Title       string          `json:"title"`
}

// GrantName is a grant with the names of its ends.
type GrantName struct {
	Principal access.Named     `json:"principal"`
	Resource  access.Named     `json:"resource"`
	Privilege access.Privilege `json:"privilege"`
	Role      string           `json:"role"`
	Source    access.Source    `json:"source"`
}

// whole makes the lists of the document lists, also where they are empty.
func (o *Overview) whole() *Overview {
	if o == nil {
		return nil
	}
	d := *o
	d.Environments, d.People, d.Posture.Standing = list(d.Environments), list(d.People), list(d.Posture.Standing)
	for i := range d.Environments {
		d.Environments[i].Reviewers = list(d.Environments[i].Reviewers)
	}
	for i := range d.People {
		d.People[i].Last, d.People[i].Looked = utc(d.People[i].Last), utc(d.People[i].Looked)
	}
	if c := d.Changes; c != nil {
		d.Changes = &Changes{c.Snapshot, utc(c.At), list(c.New), list(c.Back), list(c.Resolved), list(c.Gained), list(c.Lost)}
	}
	return &d
}
