package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// event is something that happens at an instant.
type event struct {
	at time.Time
	do func(*quarter, context.Context) error
}

// live lives through the quarter, and leaves it a few hours after its end.
func live(ctx context.Context, o options) (*quarter, error) {
	q, err := newQuarter(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, e := range q.calendar() {
		if q.now().Before(e.at) {
			q.set(e.at)
		}
		if err := e.do(q, ctx); err != nil {
			q.close()
			return nil, err
		}
	}
	q.set(last.Add(8 * time.Hour))
	return q, nil
}

// The outage: the machine of ajar is off. On its first days GitHub cannot be reached
// before that.
var (
	goneFrom   = day(60)
	outageFrom = day(61)
	outageTo   = day(66)
)

// day is the first instant of a day of the quarter, counted from 0.
func day(n int) time.Time { return first.AddDate(0, 0, n) }

// calendar is everything that happens, in its order.
func (q *quarter) calendar() []event {
	var all []event
	add := func(at time.Time, do func(*quarter, context.Context) error) { all = append(all, event{at, do}) }
	add(begun, (*quarter).audit)
	for at := day(-2); !at.After(last.Add(7 * time.Hour)); at = at.Add(q.o.every) {
		if at.Before(outageFrom) || !at.Before(outageTo) {
			add(at, (*quarter).audit)
		}
	}
	for n := range 90 {
		if n%2 == 0 {
			add(day(n).Add(15*time.Hour), (*quarter).drift)
		}
		out := !day(n).Before(goneFrom) && day(n).Before(outageTo)
		switch {
		case n%7 == 4 && !out:
			add(day(n).Add(9*time.Hour), func(q *quarter, ctx context.Context) error { return q.announce(ctx, n/7) })
		case n%7 == 0 && n > 4 && !out:
			add(day(n).Add(9*time.Hour), func(q *quarter, ctx context.Context) error { return q.carry(ctx, n/7) })
		}
	}
	for _, m := range moments {
		add(day(m.day).Add(11*time.Hour), m.do)
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	return all
}

// audit is what cron starts: the daemon does what is due, and ends.
func (q *quarter) audit(ctx context.Context) error {
	q.audits++
	codes := []int{0, 2, 3}
	if q.gone.Load() || q.left.Load() > 0 {
		codes = append(codes, 1)
	}
	_, err := q.ajar(ctx, readToken, codes, "serve", "--once", "--quiet")
	return err
}

// organization is whose turn it is in a week: the large ones come more often.
func (q *quarter) organization(week int) string {
	return q.busy[[]int{0, 1, 0, 2, 0, 1, 3}[week%7]%len(q.busy)]
}

// announce plans for one organization, which tells those concerned.
func (q *quarter) announce(ctx context.Context, week int) error {
	_, err := q.plan(ctx, q.organization(week+1), "0")
	return err
}

// plan saves a plan and gives its file; "" where there is nothing to do.
func (q *quarter) plan(ctx context.Context, org, most string) (string, error) {
	q.plans++
	name := fmt.Sprintf("plans/%02d.json", q.plans)
	out, err := q.ajar(ctx, operateToken, []int{0, 2, 3}, "plan", "--org", org, "--max", most, "--out", name, "-o", "json")
	if err != nil || !strings.Contains(out, `"actions": [`) || strings.Contains(out, `"actions": []`) {
		return "", err
	}
	return name, nil
}

// carry plans, has it approved and carries it out. In some weeks somebody forgets to ask,
// takes a word back, or wants back what was taken.
func (q *quarter) carry(ctx context.Context, week int) error {
	org := q.organization(week)
	name, err := q.plan(ctx, org, "8")
	if err != nil || name == "" {
		return err
	}
	if week == 3 || week == 7 { // nobody agreed
		if _, err := q.ajar(ctx, operateToken, []int{1}, "apply", name, "--org", org, "--yes"); err != nil {
			return err
		}
	}
	code, err := q.coded(ctx, approveToken, []int{0, 1}, "plan", "approve", name, "--org", org, "--yes", "--reason", fmt.Sprintf("looked at each, week %d", week))
	if err != nil || code == 1 { // it was refused, which is kept
		return err
	}
	if week == 4 || week == 10 {
		_, err := q.ajar(ctx, approveToken, []int{0}, "plan", "withdraw", name, "--org", org, "--reason", "the release goes first")
		return err
	}
	out, err := q.ajar(ctx, operateToken, []int{0, 1, 2}, "apply", name, "--org", org, "--yes", "-o", "json")
	if err != nil || week != 6 && week != 11 {
		return err
	}
	return q.restore(ctx, org, out)
}

// restore puts back what a run changed, once somebody else agreed.
func (q *quarter) restore(ctx context.Context, org, applied string) error {
	at := strings.Index(applied, "run-")
	if at < 0 {
		return nil
	}
	run := applied[at : at+strings.IndexByte(applied[at:], '"')]
	q.set(q.now().Add(3 * time.Hour))
	if _, err := q.ajar(ctx, approveToken, []int{0, 1}, "restore", run, "--org", org, "--approve", "--reason", "it broke the release"); err != nil {
		return err
	}
	_, err := q.ajar(ctx, operateToken, []int{0, 1, 2}, "restore", run, "--org", org, "--yes", "--reason", "it broke the release, TICKET-7")
	return err
}
