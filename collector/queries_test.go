package collector

import (
	"math"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/internal/githubsim"
)

// sentQueries are the queries that collecting everything sends, each once, with
// the largest cost that the server saw.
func sentQueries(t *testing.T) map[string]githubsim.Count {
	t.Helper()
	out := map[string]githubsim.Count{}
	note := func(h *hub) {
		for _, r := range h.sim.Requests() {
			if r.Query != "" && r.Count.Points >= out[r.Query].Points {
				out[r.Query] = r.Count
			}
		}
	}
	h := start(t, crowded())
	h.collect(t, "acme")
	note(h)
	// What is asked when parts are refused.
	for _, f := range []githubsim.Fault{
		{Match: "organization.repositories", Action: githubsim.AnswerStatus, Status: 502, Nth: 1, Times: 14},
		{Match: "organization.teams", Action: githubsim.AnswerStatus, Status: 502, Nth: 1, Times: 14},
	} {
		h := start(t, crowded(), faulty(f))
		h.collect(t, "acme")
		note(h)
	}
	return out
}

func TestEveryQueryIsValidByGitHubsSchemas(t *testing.T) {
	queries := sentQueries(t)
	if len(queries) < 12 {
		t.Errorf("only %d different queries were sent", len(queries))
	}
	for name, schema := range map[string]*ast.Schema{"published": contract.Schema(t), "newer": contract.NewerSchema(t)} {
		for text := range queries {
			if _, errs := contract.Query(schema, text); len(errs) > 0 {
				t.Errorf("by the %s schema: %v\n%.300s", name, errs, text)
			}
		}
	}
}

func TestNoQueryCostsMuch(t *testing.T) {
	for text, c := range sentQueries(t) {
		if c.Points > 3 || c.Nodes > 25_000 {
			t.Errorf("%d points and %d nodes:\n%.300s", c.Points, c.Nodes, text)
		}
	}
}

// A connection whose pageInfo is not asked for is a list that may go on unseen.
// One of which only the size is asked is no list, and one that is asked for its
// newest row alone says so by first:1 and an order. A page that was read before is
// known by its alias (see chain).
func TestNoConnectionIsReadWithoutItsPageInfo(t *testing.T) {
	schema := contract.Schema(t)
	for text := range sentQueries(t) {
		doc, errs := contract.Query(schema, text)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		for _, op := range doc.Operations {
			for _, f := range unpaged(op.SelectionSet) {
				t.Errorf("%s is read without pageInfo in\n%.300s", f, text)
			}
		}
	}
}

func TestTheSearchForUnpagedConnectionsFindsOne(t *testing.T) {
	doc, errs := contract.Query(contract.Schema(t), `{organization(login:"a"){teams(first:9){totalCount nodes{members(first:9){edges{role}}}}}}`)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := unpaged(doc.Operations[0].SelectionSet); len(got) != 2 {
		t.Errorf("found %v", got)
	}
}

func unpaged(set ast.SelectionSet) (found []string) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.InlineFragment:
			found = append(found, unpaged(s.SelectionSet)...)
		case *ast.Field:
			if strings.HasSuffix(s.Definition.Type.Name(), "Connection") && !sizeOnly(s) && !newestOnly(s) && s.Alias != "past" && !asks(s, "pageInfo") {
				found = append(found, s.Alias)
			}
			found = append(found, unpaged(s.SelectionSet)...)
		}
	}
	return found
}

func asks(f *ast.Field, name string) bool {
	for _, s := range f.SelectionSet {
		if g, ok := s.(*ast.Field); ok && g.Name == name {
			return true
		}
	}
	return false
}

func sizeOnly(f *ast.Field) bool { return len(f.SelectionSet) == 1 && asks(f, "totalCount") }

func newestOnly(f *ast.Field) bool {
	first, order := f.Arguments.ForName("first"), f.Arguments.ForName("orderBy")
	return first != nil && first.Value.Raw == "1" && order != nil && strings.Contains(order.Value.String(), "DESC")
}

// The cost that the collector was sized for follows from the documentation's
// formula, not from what the simulator makes of it.
func TestBatchesAreAsLargeAsOnePointAllows(t *testing.T) {
	for name, requests := range map[string]int{
		"listing of repositories": 1 + 100*1 + 1,
		"details":                 1 + 37*4,
		"gates":                   1 + gateBatch*(1+3),
		"teams":                   1 + 50*2 + 1,
		"overflowing lists":       overflowLists * 2,
		"commits":                 1 + contributors,
		"other contributions":     1 + contributorsLong*3,
	} {
		if p := math.Max(1, math.Round(float64(requests)/100)); p != 1 {
			t.Errorf("%s: %d requests are %v points", name, requests, p)
		}
	}
}
