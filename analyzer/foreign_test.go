package analyzer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
)

// own is a history in which robot wrote once, an hour ago.
func own(events ...access.Event) access.Own {
	robot := access.Actor{Ref: access.Ref{Kind: access.User, ID: 900}, Login: "robot"}
	return access.Own{
		Writers: []access.Writer{{Actor: robot, Since: now.Add(-2 * time.Hour)}},
		Writes:  []access.OwnWrite{{Actor: robot, From: now.Add(-time.Hour), To: now.Add(-time.Hour), On: access.OnGrant, User: "sam", Repo: "api"}},
		Events:  events,
	}
}

func event(id, action, user string, at time.Time) access.Event {
	return access.Event{ID: id, At: at, Action: action, Actor: "robot", ActorID: 900, User: user, Repo: "api"}
}

// history judges a history in a small world.
func history(t *testing.T, o access.Own) (found []access.Finding, undecided []string) {
	t.Helper()
	r := analyzer.Analyze(analyzer.Input{Snapshot: newWorld().seal(), At: now, Own: o})
	for _, f := range r.Findings {
		if f.Rule == analyzer.UnexplainedChange {
			found = append(found, f)
		}
	}
	for _, u := range r.Undecided {
		if u.Rule == analyzer.UnexplainedChange {
			undecided = append(undecided, u.Reason)
		}
	}
	return found, undecided
}

func TestOnlyWhatTheJournalDoesNotExplainIsForeign(t *testing.T) {
	explained := event("e1", "repo.add_member", "sam", now.Add(-time.Hour))
	foreign := event("e2", "repo.add_member", "ann", now.Add(-time.Hour))
	before := event("e3", "repo.add_member", "ann", now.Add(-3*time.Hour))
	push := event("e4", "git.push", "", now.Add(-time.Hour))
	found, undecided := history(t, own(explained, foreign, before, push))
	if len(found) != 1 || len(undecided) != 0 {
		t.Fatalf("%v %q", found, undecided)
	}
	f := found[0]
	if f.Fingerprint != analyzer.ForeignFingerprint(foreign) || f.Severity != access.Critical || f.Category != analyzer.Anomaly ||
		!f.Since.Equal(foreign.At) || !strings.Contains(f.Evidence[0], "person ann") || !strings.Contains(f.Evidence[0], "event e2") {
		t.Errorf("%+v", f)
	}
	settled := own(foreign)
	settled.Settled = map[string]bool{"e2": true}
	if found, _ := history(t, settled); len(found) != 0 {
		t.Errorf("a person accepted it: %v", found)
	}
}

func TestWhatTheAuditLogDoesNotCoverIsUndecidedAndNeverClean(t *testing.T) {
	if found, undecided := history(t, access.Own{Gap: "it was not read"}); len(found)+len(undecided) != 0 {
		t.Errorf("nobody ever wrote: %v %q", found, undecided)
	}
	o := own(event("e2", "repo.add_member", "ann", now.Add(-time.Hour)))
	o.Gap = "it was not read to its end"
	found, undecided := history(t, o)
	if len(found) != 1 || len(undecided) != 1 || undecided[0] != "audit-log: it was not read to its end" {
		t.Errorf("%v %q", found, undecided)
	}
}
