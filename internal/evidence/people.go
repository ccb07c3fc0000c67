package evidence

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// momentColumns say of which end of the period a row is.
var momentColumns = []Column{
	organizationColumn,
	{"moment", "Moment", "start or end: of the period.", Text},
	{"snapshot", "Snapshot", "The number of the snapshot that shows it.", Whole},
	{"as_of", "As of", "When that snapshot was taken.", Instant},
}

// ends goes through the two ends of the period of each organization.
func (g *gathering) ends(ctx context.Context, each func(o *organization, n *names, v *view, head []Value) error) error {
	for _, o := range g.known() {
		n, err := g.named(ctx, o)
		if err != nil {
			return err
		}
		for i, info := range []struct {
			moment string
			last   bool
		}{{"start", false}, {"end", true}} {
			at := o.first
			if i == 1 {
				at = o.last
			}
			v, err := g.look(ctx, o, at)
			if err != nil {
				return err
			}
			if err := each(o, n, v, []Value{Of(o.Login), Of(info.moment), Count(at.ID), At(at.At)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *gathering) owners() Table {
	return build("owners", "Owners", "One row for each owner of each organization at the start and at the end of the period. An owner is administrator of every repository.",
		"the snapshots at both ends",
		slices.Concat(momentColumns, []Column{
			{"person", "Person", "Who, by name.", Text},
			{"person_id", "Person ID", "GitHub's number of the account.", Whole},
			{"person_name", "Name", "What the account says its name is; empty where it says none.", Text},
			{"two_factor", "Two-factor", "Whether the account has a second factor; empty where that was not seen.", Yes},
			{"seen_since", "Seen since", "The first snapshot since which they have been an owner without a break; it may be longer.", Instant},
		}, entitledColumns), func(ctx context.Context, emit emit) error {
			return g.ends(ctx, func(_ *organization, n *names, v *view, head []Value) error {
				factor := map[int64]Value{}
				for _, f := range v.snap.TwoFactor {
					factor[f.User] = Is(f.Enabled)
				}
				for _, x := range v.snap.GrantsOn(access.Ref{Kind: access.Org, ID: v.snap.Org.ID}) {
					if x.Privilege != access.Owner || x.Principal.Kind != access.User {
						continue
					}
					p, _ := v.snap.Person(x.Principal.ID)
					row := slices.Concat(head, []Value{Of(n.of(x.Principal)), Count(x.Principal.ID), Of(p.Name), factor[p.ID], At(v.times[v.since(x)])}, v.entitled(x).values())
					if err := emit(row...); err != nil {
						return err
					}
				}
				return nil
			})
		})
}

func (g *gathering) privileged() Table {
	return build("privileged-access", "Privileged access",
		"One row for each person, and each deploy key, that can write to a repository or more at the start and at the end of the period: effective access, by every way. "+
			"Apps and tokens are not read.",
		"the snapshots at both ends, followed as ajar who-can does: ownership, base permission, organization roles, teams and the teams above them, direct grants",
		slices.Concat(momentColumns, []Column{
			{"principal", "Principal", "Who, by name: user: or key:.", Text},
			{"principal_kind", "Principal kind", "user or key.", Text},
			{"principal_id", "Principal ID", "GitHub's number of the account or key.", Whole},
			{"member", "Member", "Whether the person is a member of the organization; no: from outside. Empty for a key.", Yes},
			{"resource", "Repository", "On which repository.", Text},
			{"resource_id", "Repository ID", "GitHub's number of the repository.", Whole},
			{"privilege", "Privilege", "The most that they can do: write, maintain or admin; of a custom role its base.", Text},
			{"role", "Role", "The name of the custom role that gives it; empty for GitHub's own.", Text},
			{"source", "Ways", "Every way that gives it, strongest first, with what each gives; separated by semicolons.", Text},
			{"entitled", "Entitled", "Whether the baseline that was in force then allows the person this much there by all ways together: yes, no, unmanaged, or unknown where there was none or the store did not keep what it said.", Text},
			{"ends", "Ends", "When the last of what allows it ends; empty: without an end, or not known.", Instant},
			{"baseline", "Baseline", "The hash of the baseline in force; empty where there was none, or the store does not know it.", Text},
		}), func(ctx context.Context, emit emit) error {
			return g.ends(ctx, func(_ *organization, n *names, v *view, head []Value) error {
				for repo := range v.graph.Repositories() {
					if err := v.writers(n, repo, head, emit); err != nil {
						return err
					}
				}
				return nil
			})
		})
}

func (v *view) writers(n *names, repo int64, head []Value, emit emit) error {
	on := access.Ref{Kind: access.Repo, ID: repo}
	for _, a := range v.graph.Effective(repo) {
		if a.Privilege < access.Write {
			continue
		}
		who := access.Ref{Kind: access.User, ID: a.User}
		row := slices.Concat(head, []Value{Of(n.of(who)), Of("user"), Count(a.User), Is(v.graph.Member(a.User)), Of(n.of(on)), Count(repo),
			Of(a.Privilege.String()), Of(n.role(a.Role)), Of(n.ways(a.Sources))}, v.answer(who, on, a.Privilege))
		if err := emit(row...); err != nil {
			return err
		}
	}
	for _, x := range v.snap.GrantsOn(on) {
		if x.Principal.Kind != access.Key || x.Privilege < access.Write {
			continue
		}
		t := v.entitled(x)
		row := slices.Concat(head, []Value{Of(n.of(x.Principal)), Of("key"), Count(x.Principal.ID), {}, Of(n.of(on)), Count(repo),
			Of(x.Privilege.String()), {}, Of("the key itself"), Of(t.is), At(t.ends), Of(t.by)})
		if err := emit(row...); err != nil {
			return err
		}
	}
	return nil
}

// answer says whether the baseline of then allows somebody as much, by all ways.
func (v *view) answer(who, on access.Ref, p access.Privilege) []Value {
	if v.bound == nil {
		return []Value{Of(entitledUnknown), {}, Of(v.law.baseline)}
	}
	a := v.bound.Answer(who, on, v.info.At)
	is := entitledNo
	switch {
	case !a.Managed:
		is = unmanaged
	case slices.ContainsFunc(a.Standing, func(s access.Privilege) bool { return s >= p }):
		is = entitledYes
	}
	return []Value{Of(is), At(a.Until), Of(v.law.baseline)}
}

// ways says in words by what somebody reaches a repository.
func (n *names) ways(all []reach.Source) string {
	words := make([]string, 0, len(all))
	for _, s := range all {
		how := s.Kind.String()
		if s.Via != 0 {
			how = n.of(access.Ref{Kind: access.Team, ID: s.Via})
			if s.Team != s.Via && s.Team != 0 {
				how += " above " + n.of(access.Ref{Kind: access.Team, ID: s.Team})
			}
		}
		if s.Kind == access.ByOrgRole {
			how = fmt.Sprintf("organization role %s", n.role(s.Role))
			if s.Via != 0 {
				how += " of " + n.of(access.Ref{Kind: access.Team, ID: s.Via})
			}
		}
		words = append(words, how+" ("+s.Privilege.String()+")")
	}
	return strings.Join(words, "; ")
}
