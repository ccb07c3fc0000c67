package evidence

import (
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// window is when a change happened: after one instant, and hardly after another, that of
// the snapshot that shows it. from is zero where it is not known. Its pass went on
// reading for a while, and saw what was changed meanwhile: until is when that is over,
// with the slack that the audit log needs.
type window struct {
	from, to, until time.Time
	near            *deed // what ajar did then; nil: nothing is known of it
}

func windowOf(saw sight, p store.PassInfo) window {
	return window{saw.at, p.At, overBy(p.SnapshotInfo), nil}
}

// overBy is when nothing that happens can be in a snapshot any more.
func overBy(s store.SnapshotInfo) time.Time { return s.At.Add(s.Stats.Took).Add(access.WriteSlack) }

// How a change came about.
const (
	planned   = "planned"     // by a plan that ajar carried out
	restored  = "restored"    // by a restore that ajar carried out
	outOfBand = "out-of-band" // not by ajar
	unclear   = "unknown"     // the journal of that time cannot be read
)

// author says who made a change, as far as that is known.
type author struct {
	event  access.Event // zero: the log tells none
	manner string
	deed   *deed // of ajar, where it was one
}

var authorColumns = []Column{
	{"actor", "By", "Who did it, by GitHub's audit log as ajar read it: the newest entry of that time that fits. Empty: the log told nothing, or was not read.", Text},
	{"actor_id", "By ID", "GitHub's number of who did it; empty where the log tells none.", Whole},
	{"log_action", "Log action", "The action in the audit log.", Text},
	{"log_at", "Logged at", "When, by the audit log.", Instant},
	{"log_entry", "Log entry", "GitHub's own id of the entry.", Text},
	{"manner", "Manner", "planned or restored: ajar did it, by its journal; out-of-band: nothing in the journal explains it; unknown: entries of that time are redacted or cannot be read.", Text},
	{"plan", "Plan", "The hash of the plan or restore that explains it; see plans.", Text},
	{"run", "Run", "The run that did it; see runs.", Text},
	{"action", "Action", "The action of the run; see actions.", Text},
}

func (a author) values(row []Value) []Value {
	var plan, run, action string
	if a.deed != nil {
		plan, run, action = a.deed.plan, a.deed.run, a.deed.action
	}
	e := a.event
	return append(row, Of(e.Actor), number(e.ActorID), Of(e.Action), At(e.At), Of(e.ID), Of(a.manner), Of(plan), Of(run), Of(action))
}

// witnesses are what tells who made changes: the audit log, and ajar's journal.
type witnesses struct {
	events []access.Event // the oldest first
	by     map[string][]int32
	deeds  []deed // the oldest first
	dark   []window
	org    access.Named
}

// longAgo is how far before a change the witnesses are heard: an invitation of then may
// have been accepted since.
const longAgo = access.InvitationLife + 24*time.Hour

func (g *gathering) witnesses(ctx context.Context, o *organization, from, until time.Time) (*witnesses, error) {
	return g.heard(ctx, o, from, until, func(access.Event) bool { return true })
}

// heard is witnesses for those events of the audit log alone that are wanted.
func (g *gathering) heard(ctx context.Context, o *organization, from, until time.Time, wanted func(access.Event) bool) (*witnesses, error) {
	w := &witnesses{by: map[string][]int32{}, org: access.Named{Ref: access.Ref{Kind: access.Org, ID: o.ID}, Name: "org:" + o.Login}}
	words := map[string]string{}
	one := func(s *string) {
		if known, ok := words[*s]; ok {
			*s = known
			return
		}
		words[*s] = *s
	}
	err := g.s.LoggedBetween(ctx, o.ID, from.Add(-longAgo), until, func(e access.Event) error {
		if !wanted(e) {
			return nil
		}
		for _, s := range []*string{&e.Action, &e.Actor, &e.User, &e.Repo, &e.Team, &e.Label} {
			one(s)
		}
		w.hear(e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	w.deeds, w.dark, err = g.deeds(ctx, o.ID, from.Add(-longAgo))
	return w, err
}

func (w *witnesses) hear(e access.Event) {
	i := int32(len(w.events))
	w.events = append(w.events, e)
	for _, key := range []string{numberKey("user", e.UserID), nameKey("user", e.User), nameKey("team", e.Team), numberKey("repo", e.RepoID),
		nameKey("repo", e.Repo), nameKey("action", e.Action)} {
		if key != "" {
			w.by[key] = append(w.by[key], i)
		}
	}
}

func numberKey(kind string, id int64) string {
	if id == 0 {
		return ""
	}
	return kind + "#" + strconv.FormatInt(id, 10)
}

func nameKey(kind, name string) string {
	if name == "" {
		return ""
	}
	return kind + ":" + strings.ToLower(name)
}

// find gives the event of a time that fits, among those about one of the keys: the
// nearest to what ajar did, where it did it, else the newest up to the snapshot, else the
// first after it.
func (w *witnesses) find(x window, fits func(access.Event) bool, keys ...string) (access.Event, bool) {
	best, off := int32(-1), time.Duration(0)
	for _, key := range keys {
		all := w.by[key]
		for i := sort.Search(len(all), func(i int) bool { return w.events[all[i]].At.After(x.until) }) - 1; i >= 0; i-- {
			e := w.events[all[i]]
			if e.At.Before(x.from) {
				break
			}
			if !fits(e) {
				continue
			}
			d := x.beside(e.At)
			if a := x.near; a != nil {
				d = max(0, a.from.Sub(e.At), e.At.Sub(a.to))
			}
			if best < 0 || d < off || d == off && all[i] > best {
				best, off = all[i], d
			}
			if x.near == nil && !e.At.After(x.to) {
				break // what is older is not nearer
			}
		}
	}
	if best < 0 {
		return access.Event{}, false
	}
	return w.events[best], true
}

// beside is how long after the snapshot an instant is; 0 up to it.
func (x window) beside(at time.Time) time.Duration { return max(0, at.Sub(x.to)) }

// taking gives for an action that takes what another one gives that one.
var taking = map[string]string{
	"org.remove_member": "org.add_member", "team.remove_member": "team.add_member", "team.demote_maintainer": "team.promote_maintainer",
	"team.remove_repository": "team.add_repository", "repo.remove_member": "repo.add_member", "org.cancel_invitation": "org.invite_member",
	"deploy_key.delete": "deploy_key.create", "public_key.delete": "public_key.create",
	"environment.add_protection_rule": "environment.update_protection_rule",
}

// updating are the actions that may give and take.
var updating = []string{
	"org.update_member", "team.update_repository_permission", "repo.update_member", "team.promote_maintainer", "team.demote_maintainer",
	"environment.update_protection_rule", "environment.add_protection_rule", "environment.remove_protection_rule",
}

// ofGrant says who gave or took a grant.
func (w *witnesses) ofGrant(n *names, g access.Grant, came bool, x window) author {
	whos, ons := n.called(g.Principal, x), n.called(g.Resource, x)
	who := whos[0]
	fits := func(e access.Event) bool {
		gives := access.Gives(e.Action)
		if gives != came && !slices.Contains(updating, e.Action) {
			return false
		}
		if other := taking[e.Action]; other != "" {
			e.Action = other
		}
		return slices.ContainsFunc(whos, func(w access.Named) bool {
			return slices.ContainsFunc(ons, func(on access.Named) bool { return e.About(w, on) })
		})
	}
	keys := []string{numberKey("repo", n.repo(g.Resource)), nameKey("repo", n.repoName(g.Resource))}
	switch g.Principal.Kind {
	case access.User:
		keys = []string{numberKey("user", who.ID), nameKey("user", bare(who.Name))}
	case access.Team:
		for _, w := range whos {
			keys = append(keys, nameKey("team", bare(w.Name)))
		}
	}
	a := author{}
	a.deed, a.manner = w.deedOf(x, func(d *deed) bool { return d.moved(g, came) })
	x.near = a.deed
	var ok bool
	if a.event, ok = w.find(x, fits, keys...); !ok && !came && g.Principal.Kind == access.User {
		left := func(e access.Event) bool { // and with the membership all that hung on it
			e.Action = taking[e.Action]
			return e.Action == "org.add_member" && e.About(who, w.org)
		}
		a.event, _ = w.find(x, left, keys...)
	}
	return a
}

// bare is a name without its kind and organization.
func bare(name string) string { return name[strings.LastIndexAny(name, ":/")+1:] }

func (n *names) repo(r access.Ref) int64 {
	switch r.Kind {
	case access.Repo:
		return r.ID
	case access.Env:
		return n.repoOf[r.ID]
	}
	return 0
}

func (n *names) repoName(r access.Ref) string {
	if id := n.repo(r); id != 0 {
		return bare(n.of(access.Ref{Kind: access.Repo, ID: id}))
	}
	return ""
}

// settingActions are the actions that change a setting of the organization.
var settingActions = map[string][]string{
	"base permission": {"org.update_default_repository_permission"}, "workflow token": {"org.set_default_workflow_permissions"},
	"workflows approve pull requests": {"org.set_workflow_permission_can_approve_pr"},
}

// ofSetting says who changed something that is no grant.
func (w *witnesses) ofSetting(n *names, c settingChange, x window) author {
	a := author{}
	a.deed, a.manner = w.deedOf(x, func(d *deed) bool { return d.set(c) })
	x.near = a.deed
	subject := n.named(c.Subject.Ref)
	switch {
	case c.Class == "settings":
		for _, action := range settingActions[c.Aspect] {
			a.event, _ = w.find(x, func(access.Event) bool { return true }, nameKey("action", action))
		}
	case c.Subject.Kind == access.Env:
		a.event, _ = w.find(x, func(e access.Event) bool {
			return strings.HasPrefix(e.Action, "environment.") && strings.EqualFold(e.Label, bare(subject.Name))
		}, numberKey("repo", n.repo(subject.Ref)), nameKey("repo", n.repoName(subject.Ref)))
	case c.Subject.Kind == access.Team:
		actions := map[string]string{"added": "team.create", "removed": "team.destroy", "moved": "team.change_parent_team"}
		a.event, _ = w.find(x, func(e access.Event) bool { return actions[c.What] != "" && e.Action == actions[c.What] }, nameKey("team", bare(subject.Name)))
	case c.Subject.Kind == access.Repo && c.Aspect == "visibility":
		a.event, _ = w.find(x, func(e access.Event) bool { return e.Action == "repo.access" }, numberKey("repo", subject.ID), nameKey("repo", bare(subject.Name)))
	case c.Subject.Kind == access.Key || c.Subject.Kind == access.Invitation:
		g := access.Grant{Principal: c.Subject.Ref, Resource: c.Object.Ref}
		if c.What == "added" || c.What == "removed" {
			return w.ofGrant(n, g, c.What == "added", x)
		}
	}
	return a
}

// deedOf finds what ajar did in that time that explains a change, the nearest of several.
// Where an entry of the journal of then cannot be read, that there is none means nothing.
func (w *witnesses) deedOf(x window, explains func(*deed) bool) (*deed, string) {
	var best *deed
	var off time.Duration
	first := 0
	if !x.from.IsZero() {
		first = sort.Search(len(w.deeds), func(i int) bool { return w.deeds[i].from.After(x.from.Add(-longAgo)) })
	}
	for i := first; i < len(w.deeds); i++ {
		d := &w.deeds[i]
		if d.from.After(x.until) {
			break // the others are later still
		}
		away := x.beside(d.from)
		if d.upTo().Before(x.from) || best != nil && away > off || !explains(d) {
			continue
		}
		best, off = d, away
	}
	switch {
	case best != nil && best.restores:
		return best, restored
	case best != nil:
		return best, planned
	}
	for _, dark := range w.dark {
		if !dark.from.After(x.to) && (x.from.IsZero() || !dark.to.Before(x.from)) {
			return nil, unclear
		}
	}
	return nil, outOfBand
}

// settingThings says which of ajar's actions set a setting.
var settingThings = map[string]remediate.Thing{
	"base permission": remediate.BasePermission, "workflow token": remediate.OrgWorkflowToken, "workflows approve pull requests": remediate.OrgWorkflowToken,
}
