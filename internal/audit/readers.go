package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/store"
)

// Reader is one more credential that an organization is read with.
type Reader struct {
	Name   string // what reports call it
	Client *github.Client
}

// collect reads the organization with the client, and then, with one credential
// of Others after the other, the areas that were not read to their end. Where
// the first can read all, no other is asked.
func (p Pass) collect(ctx context.Context, org access.Organization, pass *store.Pass, o collector.Options) error {
	if len(p.Others) == 0 {
		return collector.Collect(ctx, p.Client, org, pass, o)
	}
	b := newBest(pass)
	first := b.turn(nil)
	if err := collector.Collect(ctx, p.Client, org, first, o); err != nil {
		return err
	}
	b.lines = first.lines
	for _, r := range p.Others {
		lacking := b.lacking(o.Without)
		if len(lacking) == 0 {
			break
		}
		if err := p.again(ctx, org, b, r, lacking, o); err != nil {
			return err
		}
	}
	p.tellReaders(b.by)
	return b.write(ctx)
}

// again reads areas once more with another credential. One that GitHub does not
// accept leaves the gaps as they were, and is told: what was seen is true all
// the same.
func (p Pass) again(ctx context.Context, org access.Organization, b *best, r Reader, areas []access.Area, o collector.Options) error {
	err := p.reread(ctx, org, b, r, areas, o)
	if errors.Is(err, github.ErrUnauthenticated) || errors.Is(err, github.ErrNotFound) || errors.Is(err, github.ErrForbidden) {
		line, hint := github.Explain(err)
		p.tell(fmt.Sprintf("%s cannot be used: %s (%s)", r.Name, line, hint))
		b.unusable(areas, r.Name+" cannot be used: "+line)
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading with %s: %w", r.Name, err)
	}
	return nil
}

func (p Pass) reread(ctx context.Context, org access.Organization, b *best, r Reader, areas []access.Area, o collector.Options) error {
	seen, sight, err := collector.Introduce(ctx, r.Client, p.Org)
	if err != nil {
		return err
	}
	if seen.ID != org.ID {
		return fmt.Errorf("the login %s is organization %d to it, and %d to the first credential", p.Org, seen.ID, org.ID)
	}
	if org.TwoFactorRequired == nil && seen.TwoFactorRequired != nil && !slices.Contains(o.Without, access.AreaOrganization) {
		if err := b.pass.Put(ctx, access.AreaOrganization, org.ID, access.Rows{Entities: []access.Entity{seen}}); err != nil {
			return err
		}
	}
	o.Without = slices.DeleteFunc(slices.Clone(access.Areas), func(a access.Area) bool { return slices.Contains(areas, a) })
	if p.tape != nil {
		if err := r.Client.Replay(p.tape, sight+" scopes "+r.Client.Scopes()); err != nil {
			return err
		}
	}
	t := b.turn(areas)
	if err := collector.Collect(ctx, r.Client, org, t, o); err != nil {
		return err
	}
	return b.merge(ctx, t, r.Name)
}

func (p Pass) tell(line string) {
	if p.Tell != nil {
		p.Tell(line)
	}
}

// tellReaders says which areas another credential than the first has read.
func (p Pass) tellReaders(by map[access.Area]string) {
	for _, r := range p.Others {
		var names []string
		for _, a := range access.Areas {
			if by[a] == r.Name {
				names = append(names, string(a))
			}
		}
		if len(names) > 0 {
			p.tell(fmt.Sprintf("read with %s: %s", r.Name, strings.Join(names, ", ")))
		}
	}
}

// spent is what all credentials together were asked so far.
func (p Pass) spent() github.Meter {
	m := p.Client.Meter()
	for _, r := range p.Others {
		o := r.Client.Meter()
		m.Requests, m.Points, m.Bytes, m.Retries = m.Requests+o.Requests, m.Points+o.Points, m.Bytes+o.Bytes, m.Retries+o.Retries
		m.NotModified, m.Replayed, m.Waited = m.NotModified+o.NotModified, m.Replayed+o.Replayed, m.Waited+o.Waited
	}
	return m
}
