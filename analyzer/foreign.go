package analyzer

import (
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// UnexplainedChange is the id of the rule that keeps ajar's own identity to itself.
const UnexplainedChange = "unexplained-change"

var anomalies = []rule{{Rule{
	ID: UnexplainedChange, Category: Anomaly, Severity: access.Critical,
	Title: "A change was made as ajar, and not by it",
	What: "The audit log has a change of access by who ajar's write credential acts as, or once acted as, since its first run in the organization, and no step in the journal explains it: " +
		"the same identity, about the same thing, within five minutes by GitHub's clock. One step explains all that GitHub logs for it. " +
		"Undecided where the audit log was not read for all the time since then; nothing is said before a first run. " +
		"A person whose own account is the write credential raises it by each click: use a GitHub App or a machine account.",
	Why:      "Somebody else has the credential, or a second ajar runs from a copy of the store and knows nothing of what this one does. Either can undo, repeat or hide what this one changes.",
	Grading:  "Always critical. The organization goes on hold until a person lifts that.",
	Remedy:   "Find out who or what made the change; stop the second ajar, or renew the credential. Then ajar resume accepts the events.",
	Example:  "user:acme-ajar made repo.add_member on repo:acme/api, which no run of ajar explains",
	Controls: supports("CC6.1", "CC8.1", "A.5.16", "A.5.17", "A.8.2", "A.8.32", "AC-2", "CM-3", "CM-5"),
	Needs:    []access.Area{access.AreaAuditLog},
}, unexplainedChange}}

// ForeignFingerprint is the fingerprint of the finding about an event.
func ForeignFingerprint(e access.Event) string { return access.Fingerprint(UnexplainedChange, e.ID) }

// unexplainedChange reports what was made as ajar and not by it. What the log has is
// certain, whatever it lacks; the finding rests on kept rows and on no snapshot.
func unexplainedChange(c *court) {
	if len(c.own.Writers) == 0 {
		return
	}
	if c.own.Gap != "" {
		c.undecide(1, fmt.Sprintf("%s: %s", access.AreaAuditLog, c.own.Gap))
	}
	for _, e := range c.own.Unexplained() {
		who, on := c.name(e.As.Ref), c.org()
		if r := (access.Ref{Kind: access.Repo, ID: e.RepoID}); e.RepoID != 0 {
			on = c.name(r)
		}
		f := access.Finding{
			Principal: who, Resource: on, Affected: 1, Since: e.At,
			Title: fmt.Sprintf("%s made %s on %s, which no run of ajar explains", who.Name, e.Action, on.Name),
			Have:  e.Action, Want: "only changes that the journal explains",
			Evidence: []string{sentence(e)},
			Fixable:  "find out who has the write credential or a copy of the store; ajar resume accepts the event",
		}
		c.report(f, e.ID)
	}
}

// sentence tells an event of the audit log.
func sentence(e access.Foreign) string {
	var about []string
	for _, part := range []struct{ word, name string }{{"person", e.User}, {"team", e.Team}, {"repository", e.Repo}, {"named", e.Label}} {
		if part.name != "" {
			about = append(about, part.word+" "+part.name)
		}
	}
	said := fmt.Sprintf("The audit log has %s by %s at %s", e.Action, e.Actor, e.At.UTC().Format(time.RFC3339))
	if len(about) > 0 {
		said += ", about " + strings.Join(about, ", ")
	}
	return said + " (event " + e.ID + ")."
}
