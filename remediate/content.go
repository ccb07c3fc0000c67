package remediate

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/eb661601/ajar/access"
)

// ContentHash is the SHA-256, in hex, of what a snapshot says: what is there, who
// holds what, and how far it was seen. Two snapshots of one organization that say
// the same have the same hash, whatever their numbers and times.
func ContentHash(s *access.Snapshot) string {
	h := sha256.New()
	w := bufio.NewWriterSize(h, 1<<16) // the hash takes small pieces slowly
	e := json.NewEncoder(w)
	put := func(v any) {
		if err := e.Encode(v); err != nil {
			panic("remediate: canonical form: " + err.Error()) // what does not marshal must not hash as nothing
		}
	}
	put(s.Org)
	put(s.Settings)
	put(s.WorkflowToken)
	all(put, s.People)
	all(put, s.TwoFactor)
	all(put, s.Outside)
	all(put, s.Invitations)
	all(put, s.FailedInvitations)
	all(put, s.RepoInvitations)
	all(put, s.Teams)
	all(put, s.Repositories)
	all(put, s.Environments)
	for _, x := range s.Environments {
		put([]any{x.Gate, x.Policy, x.Secrets})
	}
	all(put, s.DeployKeys)
	all(put, s.CustomRoles)
	all(put, s.OrgRoles)
	all(put, s.AuditActivity)
	all(put, s.Contributions)
	for _, l := range s.Coverage.Lines() {
		put([]any{l.Area, l.Scope, l.Status})
	}
	var text []byte
	for _, g := range s.Grants {
		text = append(append(text[:0], g.Key()...), '\n')
		if _, err := w.Write(text); err != nil {
			panic("remediate: canonical form: " + err.Error())
		}
	}
	if err := w.Flush(); err != nil {
		panic("remediate: canonical form: " + err.Error())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// all writes a list with its length, so that no row can pass from one list to the
// next.
func all[T any](put func(any), rows []T) {
	put(len(rows))
	for _, r := range rows {
		put(r)
	}
}
