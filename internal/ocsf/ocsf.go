// Package ocsf writes the changes of an evidence as events in OCSF.
package ocsf

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// Changes is the table that the events are made from.
const Changes = "access-changes"

// Write writes what was not seen, and then every change of access of the period, in the
// order of the table, one event on each line. The same evidence gives the same bytes.
// Invitations have no event: nobody holds anything by them. Evidence without the table
// gives an error.
func Write(ctx context.Context, w io.Writer, e evidence.Evidence) error {
	i := slices.IndexFunc(e.Tables, func(t evidence.Table) bool { return t.Name == Changes })
	if i < 0 {
		return fmt.Errorf("writing events: the evidence has no table %s", Changes)
	}
	orgs := map[string]access.Named{}
	for _, o := range e.Orgs {
		orgs[o.Login] = access.Named{Ref: access.Ref{Kind: access.Org, ID: o.ID}, Name: "org:" + o.Login}
	}
	out := report.NewChangeEvents(w, e.Program)
	for _, g := range e.Gaps {
		what := g.Reason
		if g.Scope != "" {
			what = g.Scope + ": " + what
		}
		if err := out.Gap(orgs[g.Org], g.From, g.Area, what); err != nil {
			return fmt.Errorf("writing events: %w", err)
		}
	}
	t := e.Tables[i]
	columns := map[string]int{}
	for i, c := range t.Columns {
		columns[c.Name] = i
	}
	for row, err := range t.Rows(ctx) {
		if err == nil {
			var c report.AccessChange
			if c, err = change(line{columns, row}, orgs); err == nil {
				_, err = out.Change(c)
			}
		}
		if err != nil {
			return fmt.Errorf("writing events: %w", err)
		}
	}
	return nil
}

// line is a row whose cells are asked for by name.
type line struct {
	columns map[string]int
	row     []evidence.Value
}

func (l line) at(column string) evidence.Value {
	if i, ok := l.columns[column]; ok {
		return l.row[i]
	}
	return evidence.Value{}
}

func (l line) named(what string) (access.Named, error) {
	kind, err := access.ParseKind(l.at(what + "_kind").Text)
	if err != nil {
		return access.Named{}, fmt.Errorf("%s %d: %w", what, l.at(what+"_id").Whole, err)
	}
	n := access.Named{Ref: access.Ref{Kind: kind, ID: l.at(what + "_id").Whole}, Name: l.at(what).Text}
	if n.Name == "" {
		n.Name = kind.String() + ":" + strconv.FormatInt(n.ID, 10)
	}
	return n, nil
}

func change(l line, orgs map[string]access.Named) (report.AccessChange, error) {
	who, err := l.named("principal")
	if err != nil {
		return report.AccessChange{}, err
	}
	on, err := l.named("resource")
	if err != nil {
		return report.AccessChange{}, err
	}
	return report.AccessChange{
		Org: orgs[l.at("organization").Text], Principal: who, Resource: on,
		Privilege: l.at("privilege").Text, Source: l.at("source").Text, Role: l.at("role").Text, RoleID: l.at("role_id").Whole,
		Came: l.at("change").Text == "came", Snapshot: l.at("snapshot").Whole, SeenAt: l.at("seen_at").Instant, NotBefore: l.at("seen_after").Instant,
		Actor: l.at("actor").Text, Manner: l.at("manner").Text, Plan: l.at("plan").Text, Run: l.at("run").Text, Action: l.at("action").Text, Doubt: l.at("doubt").Text,
	}, nil
}
