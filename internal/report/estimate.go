package report

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Estimate is what a pass is going to cost.
type Estimate struct {
	Org     string
	Kinds   []EstimateKind
	Queries int // GraphQL queries; each is a point
	Calls   int // REST calls
	More    int // REST calls that may come on top

	MoreQueries int // GraphQL queries that may come on top
	Took        time.Duration
	Waiting     time.Duration // of Took, for an hourly limit to begin anew
	Budgets     []EstimateBudget
	Sampled     int         // repositories that stood for all; 0: all were looked at, or a snapshot tells
	Last        EstimateRun // what the newest pass cost
}

// EstimateKind is the share of one kind of data.
type EstimateKind struct {
	Kind    string `json:"kind"`
	Things  int    `json:"things"` // -1: nobody knows beforehand
	GraphQL int    `json:"graphql_queries"`
	REST    int    `json:"rest_calls"`
	AtMost  bool   `json:"at_most"` // the queries and calls are a bound
}

// EstimateBudget is what is left of one hourly limit.
type EstimateBudget struct {
	Resource  string    `json:"resource"`
	Limit     int64     `json:"limit"`
	Remaining int64     `json:"remaining"`
	Reset     time.Time `json:"reset"`
}

// EstimateRun is what an earlier pass cost; the zero value means none.
type EstimateRun struct {
	At       time.Time
	Requests int64
	Points   int64
	Took     time.Duration
}

func (e Estimate) json(w io.Writer) error {
	type last struct {
		At       time.Time `json:"at"`
		Requests int64     `json:"requests"`
		Points   int64     `json:"points"`
		Seconds  float64   `json:"seconds"`
	}
	var before *last
	if !e.Last.At.IsZero() {
		before = &last{utc(e.Last.At), e.Last.Requests, e.Last.Points, e.Last.Took.Seconds()}
	}
	budgets := slices.Clone(e.Budgets)
	for i := range budgets {
		budgets[i].Reset = utc(budgets[i].Reset)
	}
	return encode(w, struct {
		Schema  string           `json:"schema"`
		Org     string           `json:"organization"`
		Queries int              `json:"graphql_queries"`
		MoreQ   int              `json:"graphql_queries_more_at_most"`
		Points  int              `json:"points"`
		Calls   int              `json:"rest_calls"`
		More    int              `json:"rest_calls_more_at_most"`
		Seconds float64          `json:"seconds"`
		Waiting float64          `json:"seconds_waiting"`
		Sampled int              `json:"sampled_repositories"`
		Kinds   []EstimateKind   `json:"kinds"`
		Budgets []EstimateBudget `json:"budgets"`
		Last    *last            `json:"last_pass"` // null: none
	}{"ajar.estimate/v1", e.Org, e.Queries, e.MoreQueries, e.Queries, e.Calls, e.More, e.Took.Seconds(), e.Waiting.Seconds(), e.Sampled, list(e.Kinds), list(budgets), before})
}

var estimateColumns = []string{"organization", "kind", "things", "graphql_queries", "rest_calls", "at_most"}

func (e Estimate) csv(s *sheet) error {
	if err := s.header(estimateColumns...); err != nil {
		return err
	}
	for _, k := range e.Kinds {
		row := fields{"organization": e.Org, "kind": k.Kind, "graphql_queries": strconv.Itoa(k.GraphQL),
			"rest_calls": strconv.Itoa(k.REST), "at_most": strconv.FormatBool(k.AtMost)}
		if k.Things >= 0 {
			row["things"] = strconv.Itoa(k.Things)
		}
		if err := s.fields(estimateColumns, row); err != nil {
			return err
		}
	}
	return nil
}

func (e Estimate) table(p *page) error {
	p.line(strong.of("What an audit of " + e.Org + " would cost"))
	p.gap()
	p.field("requests", e.requests())
	points := "about " + number(e.Queries) + " of GraphQL's"
	if e.MoreQueries > 0 {
		points += ", and at most " + number(e.MoreQueries) + " more"
	}
	p.field("points", points)
	p.field("time", e.time())
	if len(e.Budgets) > 0 {
		p.field("left", e.left())
	}
	if !e.Last.At.IsZero() {
		p.field("last pass", moment(e.Last.At)+": "+count(e.Last.Requests, "request", "requests")+", "+
			count(e.Last.Points, "point", "points")+", "+took(e.Last.Took))
	}
	p.gap()
	var rows []gridRow
	for _, k := range e.Kinds {
		things, queries, rest := number(k.Things), number(k.GraphQL), number(k.REST)
		if k.Things < 0 {
			things = "?"
		}
		if k.AtMost {
			queries, rest = "≤ "+queries, "≤ "+rest
		}
		rows = append(rows, gridRow{cells: []span{plain.of(k.Kind), plain.of(things), dimZero(k.GraphQL, queries), dimZero(k.REST, rest)}})
	}
	p.grid([]column{{head: "kind of data"}, {head: "things", right: true}, {head: "queries", right: true}, {head: "REST calls", right: true}}, rows)
	p.gap()
	if e.Sampled > 0 {
		p.para(0, dim, "What hangs on the repositories was taken from "+number(e.Sampled)+" of them, the oldest and the newest. After the first pass its counts are used.")
	}
	p.para(0, dim, "Time is reckoned with 1.5 s for a query and 0.25 s for a call, one query after another in the long run, as GitHub's limits have it. Nothing was collected.")
	return p.err
}

func dimZero(n int, text string) span {
	if n == 0 {
		return dim.of("-")
	}
	return plain.of(text)
}

func (e Estimate) requests() string {
	s := "about " + number(e.Queries+e.Calls) + " (" + count(e.Queries, "query", "queries") + ", " + count(e.Calls, "REST call", "REST calls") + ")"
	if more := e.More + e.MoreQueries; more > 0 {
		s += ", and at most " + number(more) + " more"
	}
	return s
}

// left says what remains of each hourly limit, and until when.
func (e Estimate) left() string {
	var parts []string
	for _, b := range e.Budgets {
		what := map[string]string{"graphql": "points", "core": "REST calls"}[b.Resource]
		part := number(b.Remaining) + " of " + number(b.Limit) + " " + cmp.Or(what, b.Resource)
		if !b.Reset.IsZero() {
			part += " until " + b.Reset.UTC().Format("15:04 MST")
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

func (e Estimate) time() string {
	s := "about " + Roughly(e.Took)
	if e.Waiting > 0 {
		s += ", of it " + Roughly(e.Waiting) + " waiting for the hourly limit; ajar goes on by itself, and after an interruption where it was"
	}
	return s
}

// Roughly is a length of time in words that promise no more than is known.
func Roughly(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return count(max(int(d.Round(time.Second)/time.Second), 1), "second", "seconds")
	case d < 90*time.Minute:
		return count(int(d.Round(time.Minute)/time.Minute), "minute", "minutes")
	}
	return strconv.FormatFloat(d.Hours(), 'f', 1, 64) + " hours"
}
