package overview

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// changed tells what is otherwise than at the audit before; nil where there was
// none.
func changed(ctx context.Context, s *store.Store, r audit.Result) (*report.Changes, error) {
	before, ok, err := s.JudgedBefore(ctx, r.Info)
	if err != nil || !ok {
		return nil, err
	}
	c := &report.Changes{Snapshot: before.ID, At: before.At}
	turns, err := s.Turns(ctx, r.Info)
	if err != nil {
		return nil, err
	}
	if err := sorted(ctx, s, r, turns, c); err != nil {
		return nil, err
	}
	came, went, err := s.GrantsMoved(ctx, before, r.Info)
	if err != nil {
		return nil, err
	}
	n := namer{ctx: ctx, s: s, r: r, known: map[access.Ref]string{}}
	if c.Gained, err = n.grants(came); err != nil {
		return nil, err
	}
	c.Lost, err = n.grants(went)
	return c, err
}

// sorted puts what happened to findings where it belongs. Of several turns of one
// finding at one snapshot, judged several times, the last counts.
func sorted(ctx context.Context, s *store.Store, r audit.Result, turns []store.Turn, c *report.Changes) error {
	all := map[string]access.Finding{}
	for _, f := range r.Findings {
		all[f.Fingerprint] = f
	}
	last := map[string]string{}
	for _, t := range turns {
		if t.What != store.WaiverSet && t.What != store.WaiverOver {
			last[t.Fingerprint] = t.What
		}
	}
	for id, what := range last {
		f, ok := all[id]
		if !ok {
			var err error
			if f, err = s.Finding(ctx, r.Info.Org, id); err != nil {
				return fmt.Errorf("telling what became of a finding: %w", err)
			}
		}
		n := report.FindingName{Fingerprint: id, Rule: f.Rule, Severity: f.Severity, Title: f.Title}
		switch what {
		case store.Opened:
			c.New = append(c.New, n)
		case store.Reopened:
			c.Back = append(c.Back, n)
		case store.Closed:
			c.Resolved = append(c.Resolved, n)
		}
	}
	for _, list := range [][]report.FindingName{c.New, c.Back, c.Resolved} {
		slices.SortFunc(list, func(a, b report.FindingName) int {
			return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Title, b.Title), cmp.Compare(a.Fingerprint, b.Fingerprint))
		})
	}
	return nil
}

// namer names things that may have left since.
type namer struct {
	ctx   context.Context
	s     *store.Store
	r     audit.Result
	known map[access.Ref]string
}

// grants names grants, the most powerful first.
func (n namer) grants(all []access.Grant) ([]report.GrantName, error) {
	var out []report.GrantName
	for _, g := range all {
		principal, err := n.name(g.Principal)
		if err != nil {
			return nil, err
		}
		resource, err := n.name(g.Resource)
		if err != nil {
			return nil, err
		}
		out = append(out, report.GrantName{
			Principal: principal, Resource: resource, Privilege: g.Privilege, Role: n.r.Snapshot.RoleName(g), Source: g.Source,
		})
	}
	slices.SortFunc(out, func(a, b report.GrantName) int {
		return cmp.Or(cmp.Compare(power(b.Privilege), power(a.Privilege)), cmp.Compare(a.Principal.Name, b.Principal.Name),
			cmp.Compare(a.Resource.Name, b.Resource.Name), cmp.Compare(a.Privilege, b.Privilege), cmp.Compare(a.Source, b.Source))
	})
	return out, nil
}

// power orders privileges on different things by what they let somebody do.
func power(p access.Privilege) int {
	order := []access.Privilege{
		access.None, access.Read, access.Member, access.Triage, access.Write, access.Deploy, access.Maintain,
		access.Approve, access.Bypass, access.Configure, access.Admin, access.Owner,
	}
	return slices.Index(order, p)
}

// name is what the snapshot calls a thing, else what it was called last. Of what
// is no user, team or repository only the number is known once it is gone.
func (n namer) name(r access.Ref) (access.Named, error) {
	if known, ok := n.known[r]; ok {
		return access.Named{Ref: r, Name: known}, nil
	}
	name := n.r.Snapshot.Name(r)
	named := r.Kind == access.User || r.Kind == access.Team || r.Kind == access.Repo
	if named && name == fmt.Sprintf("%s:#%d", r.Kind, r.ID) {
		labels, err := n.s.Names(n.ctx, n.r.Info.Org, r)
		if err != nil {
			return access.Named{}, fmt.Errorf("naming what left: %w", err)
		}
		if last := len(labels) - 1; last >= 0 && labels[last].Name != "" {
			name = r.Kind.String() + ":" + labels[last].Name
			if r.Kind == access.Team || r.Kind == access.Repo {
				name = r.Kind.String() + ":" + n.r.Snapshot.Org.Login + "/" + labels[last].Name
			}
		}
	}
	n.known[r] = name
	return access.Named{Ref: r, Name: name}, nil
}
