package baseline

import (
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// StaleLimits say how long access may lie unused before it is stale.
type StaleLimits struct {
	Member              time.Duration `json:"member"`
	OutsideCollaborator time.Duration `json:"outside_collaborator"`
	DeployKey           time.Duration `json:"deploy_key"`
	Token               time.Duration `json:"token"`
	Invitation          time.Duration `json:"invitation"`
}

// DefaultStale gives the limits that hold where the baseline says none.
func DefaultStale() StaleLimits {
	return StaleLimits{Member: 90 * day, OutsideCollaborator: 30 * day, DeployKey: 90 * day, Token: 60 * day, Invitation: 7 * day}
}

// DefaultLongestWaiver bounds a waiver where [waivers] longest says nothing.
const DefaultLongestWaiver = 90 * day

func readStale(files []*table) StaleLimits {
	l := DefaultStale()
	for _, t := range gather("stale", files) {
		for key, field := range map[string]*time.Duration{"member": &l.Member, "outside_collaborator": &l.OutsideCollaborator,
			"deploy_key": &l.DeployKey, "token": &l.Token, "invitation": &l.Invitation} {
			if d := t.duration(key); d > 0 {
				*field = d
			}
		}
		t.flag("override")
		t.done()
	}
	return l
}

func readLongestWaiver(files []*table) time.Duration {
	longest := DefaultLongestWaiver
	for _, t := range gather("waivers", files) {
		if d := t.duration("longest"); d > 0 {
			longest = d
		}
		t.flag("override")
		t.done()
	}
	return longest
}

// defaultPrivileged are the privileges whose standing use needs an acceptance.
var defaultPrivileged = []access.Privilege{access.Write, access.Maintain, access.Admin, access.Owner,
	access.Deploy, access.Approve, access.Bypass, access.Configure}

// readPrivileged reads [standing] privileged, which replaces the default set.
func readPrivileged(files []*table) []access.Privilege {
	set := slices.Clone(defaultPrivileged)
	for _, t := range gather("standing", files) {
		if words := t.words("privileged"); words != nil {
			set = nil
			for _, w := range words {
				p, ok := access.ParsePrivilege(w.text)
				if !ok || p == access.None || p == access.Member {
					t.complain(w.at, suggest(w.text, privilegedWords()), "%q is not a privilege that can be privileged", w.text)
					continue
				}
				set = append(set, p)
			}
		}
		t.flag("override")
		t.done()
	}
	slices.Sort(set)
	return slices.Compact(set)
}

func privilegedWords() []string {
	out := []string{"owner"}
	out = append(out, repositoryWords...)
	return append(out, environmentWords...)
}
