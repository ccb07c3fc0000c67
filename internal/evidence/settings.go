package evidence

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
	"github.com/eb661601/ajar/reach"
)

// settingChange is a change of a thing that is no grant.
type settingChange struct {
	place
	snapshot int64
	changes.Change
}

// settingChanges says in words what pairs differ in.
func (n *names) settingChanges(pairs []pair) []settingChange {
	var out []settingChange
	for _, p := range pairs {
		if was, is := p.was, p.is; was == nil && is == nil {
			continue
		}
		for _, c := range n.compare(p) {
			out = append(out, settingChange{p.place, p.snapshot, c})
		}
	}
	slices.SortStableFunc(out, func(a, b settingChange) int {
		return cmp.Or(cmp.Compare(a.snapshot, b.snapshot), byArea(a.place, b.place), a.Subject.Compare(b.Subject.Ref), cmp.Compare(a.What, b.What), cmp.Compare(a.Aspect, b.Aspect))
	})
	return out
}

// compare lays the two forms of one thing side by side.
func (n *names) compare(p pair) []changes.Change {
	was, is := n.around(p), n.around(p)
	env := ""
	thing := p.is
	if thing == nil {
		thing = p.was
	}
	switch e := thing.(type) {
	case access.Gate:
		env = n.bare(e.Env)
	case access.Policy:
		env = n.bare(e.Env)
	case access.Secrets:
		env = n.bare(e.Env)
	}
	if (p.was == nil || p.is == nil) && env != "" {
		return nil // it came or went with its environment, or was not read before
	}
	if p.was != nil {
		put(was, p.was, env)
	}
	if p.is != nil {
		put(is, p.is, env)
	}
	sorted(was)
	sorted(is)
	d := changes.Compare(changes.Side{Snapshot: was, Graph: reach.New(was)}, changes.Side{Snapshot: is, Graph: reach.New(is)})
	return slices.DeleteFunc(d.Changes, func(c changes.Change) bool { return c.What == "" })
}

// around is a snapshot of what a change may name, in which nothing changes: the
// organization, and the teams above one.
func (n *names) around(p pair) *access.Snapshot {
	s := &access.Snapshot{Org: access.Organization{ID: n.all.Org.ID, Login: n.all.Org.Login}}
	for _, e := range []access.Entity{p.was, p.is} {
		if t, ok := e.(access.TeamInfo); ok && t.Parent != 0 && t.Parent != t.ID {
			if above, ok := n.all.Team(t.Parent); ok && !slices.ContainsFunc(s.Teams, func(x access.TeamInfo) bool { return x.ID == above.ID }) {
				above.Parent = 0
				s.Teams = append(s.Teams, above)
			}
		}
	}
	return s
}

// bare is the name of an environment alone.
func (n *names) bare(env int64) string {
	name := n.of(access.Ref{Kind: access.Env, ID: env})
	return name[strings.LastIndexByte(name, '/')+1:]
}

func (g *gathering) settingChanges() Table {
	return build("setting-changes", "Changes of settings and things",
		"One row for each change of a setting, a gate, a policy, a secret of an environment (its name, never its value), a team, a repository, a key, an invitation or a role between two snapshots. "+
			"Changes of grants stand in access-changes; what came or went between two snapshots left no trace.",
		"the versions that the snapshots saw, compared as ajar diff does",
		slices.Concat([]Column{organizationColumn}, changedColumns, []Column{
			{"class", "Class", "What sort of thing it is: settings, teams, environments, keys and so on.", Text},
			{"change", "Change", "added, removed, renamed, moved, changed, weakened or strengthened.", Text},
			{"effect", "Effect", "more: somebody can do more, or a gate is weaker; less; other.", Text},
			{"subject", "Subject", "What changed, by its name at the end of the period or the last one before.", Text},
			{"subject_id", "Subject ID", "GitHub's number of it.", Whole},
			{"object", "Object", "What it is on; empty for none.", Text},
			{"aspect", "Aspect", "Which part of it changed; empty for the whole.", Text},
			{"before", "Before", "What was there; empty for nothing.", Text},
			{"after", "After", "What is there; empty for nothing.", Text},
		}, authorColumns), func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				if err := g.eachSetting(ctx, o, emit); err != nil {
					return err
				}
			}
			return nil
		})
}

func (g *gathering) eachSetting(ctx context.Context, o *organization, emit emit) error {
	if len(o.settings) == 0 {
		return nil
	}
	all := o.snapshots()
	index := indexOf(all)
	w, err := g.witnesses(ctx, o, all[0].At, overBy(o.last))
	if err != nil {
		return err
	}
	for _, c := range o.settings {
		i := index[c.snapshot]
		saw := o.before(c.place, all, i)
		by := w.ofSetting(o.names, c, windowOf(saw, all[i]))
		row := changed([]Value{Of(o.Login)}, all[i], saw)
		row = append(row, Of(c.Class), Of(c.What), Of(string(c.Effect)), Of(o.names.subject(c.Subject)), number(c.Subject.ID), Of(o.names.of(c.Object.Ref)),
			Of(c.Aspect), Of(c.Before), Of(c.After))
		if err := emit(by.values(row)...); err != nil {
			return err
		}
	}
	return nil
}

// subject names what changed; a role of the organization has no Ref of its own.
func (n *names) subject(x access.Named) string {
	if x.Kind == access.NoKind {
		return x.Name
	}
	return n.of(x.Ref)
}
