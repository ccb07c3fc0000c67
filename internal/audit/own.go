package audit

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/run"
)

// own gathers what is known of the changes that ajar itself made: who it acted as and
// what it sent, by the journal, and what the audit log has of them.
func (p Pass) own(ctx context.Context, info store.SnapshotInfo) (access.Own, error) {
	o := access.Own{}
	actors, err := p.writers(ctx, info, &o)
	if err != nil || len(o.Writers) == 0 {
		return access.Own{}, err
	}
	first := info.At
	for _, w := range o.Writers {
		if w.Since.Before(first) {
			first = w.Since
		}
		if err := p.doneBy(ctx, info, w, &o); err != nil {
			return access.Own{}, err
		}
	}
	slices.SortFunc(o.Events, func(a, b access.Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	o.Events = slices.CompactFunc(o.Events, func(a, b access.Event) bool { return a.ID == b.ID })
	heard, err := p.Store.HeardSince(ctx, info.OrgID, info.At)
	switch {
	case err != nil:
		return access.Own{}, err
	case heard.IsZero():
		o.Gap = "it was not read to its end"
	case heard.After(first):
		o.Gap = fmt.Sprintf("it was read without a gap from %s on only, and the first run as %s began %s",
			heard.Format(time.DateOnly), o.Writers[0].Login, first.UTC().Format(time.DateOnly))
	}
	if o.Settled, err = p.Store.Settled(ctx, info.OrgID); err != nil || len(o.Events) == 0 {
		return o, err
	}
	o.Writes, err = p.writes(ctx, info, o.Events[0].At, actors)
	return o, err
}

// writers finds who the runs of an organization acted as, since when each, and which
// of them each run.
func (p Pass) writers(ctx context.Context, info store.SnapshotInfo, o *access.Own) (map[string][]access.Actor, error) {
	begun, err := p.Store.RunsBegun(ctx, info.OrgID)
	if err != nil {
		return nil, err
	}
	actors := map[string][]access.Actor{}
	for _, e := range begun {
		var b run.Begun
		if e.Body == nil {
			continue // redacted
		}
		if err := e.Decode(&b); err != nil {
			return nil, err
		}
		for _, a := range b.As {
			if !slices.Contains(actors[e.Run], a) {
				actors[e.Run] = append(actors[e.Run], a)
			}
			if !e.At.After(info.At) && !slices.ContainsFunc(o.Writers, func(w access.Writer) bool { return w.Actor == a }) {
				o.Writers = append(o.Writers, access.Writer{Actor: a, Since: e.At})
			}
		}
	}
	return actors, nil
}

// doneBy adds what the audit log has of one writer.
func (p Pass) doneBy(ctx context.Context, info store.SnapshotInfo, w access.Writer, o *access.Own) error {
	var id int64
	if w.Kind == access.User {
		id = w.ID
	}
	all, err := p.Store.DoneBy(ctx, info.OrgID, id, w.Login, w.Since, info.At)
	for _, e := range all {
		if access.ChangesAccess(e.Action) {
			o.Events = append(o.Events, e)
		}
	}
	return err
}

// writes lists what ajar sent that can have to do with events from an instant on.
func (p Pass) writes(ctx context.Context, info store.SnapshotInfo, from time.Time, actors map[string][]access.Actor) ([]access.OwnWrite, error) {
	ids, err := p.Store.RunsSince(ctx, info.OrgID, from.Add(-access.InvitationLife-time.Hour))
	if err != nil {
		return nil, err
	}
	var out []access.OwnWrite
	for _, id := range ids {
		r, err := run.Load(ctx, p.Store, id)
		if err != nil {
			return nil, err
		}
		var as access.Actor // of a run that went on as somebody else, no step is only the one's
		if len(actors[id]) == 1 {
			as = actors[id][0]
		}
		for _, past := range r.Actions {
			for _, s := range past.Sends {
				if w, ok := written(past, s); ok {
					w.Actor = as
					out = append(out, w)
				}
			}
		}
	}
	return out, nil
}

// writeKinds tells what an event must have in common with a write.
var writeKinds = map[remediate.Thing]access.WriteKind{
	remediate.DirectGrant: access.OnGrant, remediate.TeamGrant: access.OnTeamGrant, remediate.TeamMembership: access.OnTeamMember,
	remediate.Membership: access.OnMembership, remediate.OrgInvitation: access.OnInvitation, remediate.RepoInvitation: access.OnInvitation,
	remediate.DeployKey: access.OnKey, remediate.Protection: access.OnGate, remediate.OrgWorkflowToken: access.OnOrgToken,
	remediate.RepoWorkflowToken: access.OnRepoToken, remediate.BasePermission: access.OnBase,
}

// written is a step that was sent, as the audit log may have it; ok is false where it
// had no effect for certain: GitHub refused it.
func written(p *run.Past, s run.Send) (w access.OwnWrite, ok bool) {
	if a := s.Answer; a != nil && a.NotApplied && a.Status >= 400 && a.Status < 500 {
		return w, false
	}
	w.From, w.To, w.On = s.ReadAt, s.ReadAt, writeKinds[p.Change.Thing]
	switch {
	case s.Answer != nil && s.Answer.At.After(w.To):
		w.To = s.Answer.At
	case s.Answer == nil && p.Verified != nil && p.Verified.At.After(w.To):
		w.To = p.Verified.At // it may have taken effect at any time until it was seen
	}
	c := p.Change
	w.Removes = s.Step.Method == "DELETE"
	w.Adds = !w.Removes && s.Step.GraphQL == "" && w.On != access.OnMembership
	w.Invites = p.How == run.Invited || w.On == access.OnInvitation && c.After.There
	for l, into := range map[*remediate.Label]struct {
		id   *int64
		name *string
	}{c.User: {&w.UserID, &w.User}, c.Repo: {&w.RepoID, &w.Repo}, c.Team: {new(int64), &w.Team}, c.Env: {new(int64), &w.Environment}} {
		if l != nil {
			*into.id, *into.name = l.ID, l.Name
		}
	}
	for _, state := range []remediate.State{c.Before, c.After} {
		if i := state.Invite; i != nil {
			w.UserID, w.User = i.Invitee, i.Login
		}
		if k := state.Key; k != nil {
			w.KeyTitle = k.Title
		}
	}
	// The log knows teams and environments by name alone, and what was planned by an
	// older name was sent by today's.
	w.Team, w.Environment = inPath(s.Step.Path, "teams", w.Team), inPath(s.Step.Path, "environments", w.Environment)
	return w, true
}

// inPath gives the name that stands behind a word of a step's address.
func inPath(path, word, otherwise string) string {
	_, rest, found := strings.Cut(path, "/"+word+"/")
	name, _, _ := strings.Cut(rest, "/")
	if plain, err := url.PathUnescape(name); found && err == nil {
		return plain
	}
	return otherwise
}

// holdForeign puts the organization on hold where changes were made as ajar that it
// did not make, and nobody has accepted: whoever made them has its credential, or a
// second ajar runs from a copy of its store.
func (p Pass) holdForeign(ctx context.Context, r *Result) error {
	open := map[string]bool{}
	for _, f := range r.Findings {
		open[f.Fingerprint] = f.Rule == analyzer.UnexplainedChange && f.State == access.Open
	}
	var events []string
	var first access.Foreign
	for _, e := range r.own.Unexplained() {
		if open[analyzer.ForeignFingerprint(e.Event)] {
			if events = append(events, e.ID); len(events) == 1 {
				first = e
			}
		}
	}
	if len(events) == 0 {
		return nil
	}
	return p.Store.HoldForeign(ctx, store.Hold{
		OrgID: r.Info.OrgID, What: "changes", Since: r.Info.At, Snapshot: r.Info.ID, Lost: len(events),
		Reason: fmt.Sprintf("the audit log has %d of ajar's own changes that its journal does not explain, the first %s as %s at %s",
			len(events), first.Action, first.As.Login, first.At.UTC().Format("2006-01-02 15:04 MST")),
	}, events)
}
