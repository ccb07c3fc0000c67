package github

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// batch answers a query for nodes: those that the tape has are taken out of the
// request and put back into its answer.
func (rc *recalling) batch(t *playing, req *http.Request, q *question) (*http.Response, error) {
	found := make([]json.RawMessage, len(q.ids))
	var uses []func()
	rest := &question{key: q.key}
	for i, id := range q.ids {
		a, ok := t.find(q.each[i])
		if !ok {
			rest.ids, rest.each = append(rest.ids, id), append(rest.each, q.each[i])
			continue
		}
		found[i], uses = a.body, append(uses, a.used)
	}
	if len(uses) == 0 {
		return rc.live(t, req, q)
	}
	spend := func() {
		for _, used := range uses {
			used()
		}
	}
	if len(rest.ids) == 0 {
		spend()
		return rc.replayed(req, spliced(nil, found)), nil
	}
	smaller, err := q.only(req, rest.ids)
	if err != nil {
		return nil, err
	}
	resp, err := rc.next.RoundTrip(smaller)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err // what was taken out stays on the tape for the next try
	}
	nodes, whole := dataOf(bodyOf(resp))
	if !clean(resp) || !whole || len(nodes) != len(rest.ids) {
		// Where an error stands in the answer is told by position: ask for all of it.
		_ = resp.Body.Close() // never fails
		if err := rewind(req); err != nil {
			return nil, err
		}
		return rc.live(t, req, q)
	}
	t.recordQuery(q.key, rest.each, bodyOf(resp))
	spend()
	next := 0
	for i := range found {
		if found[i] == nil {
			found[i] = bodyOf(resp)[nodes[next].from:nodes[next].to]
			next++
		}
	}
	out := recalled(req, resp.Header, spliced(bodyOf(resp), found))
	_ = resp.Body.Close() // never fails
	return out, nil
}

// only is the request for some of the ids.
func (q *question) only(req *http.Request, ids []json.RawMessage) (*http.Request, error) {
	vars := make(map[string]any, len(q.Variables))
	for name, v := range q.Variables {
		vars[name] = v
	}
	vars[batchOf] = ids
	raw, err := json.Marshal(map[string]any{"query": q.Query, "variables": vars})
	if err != nil {
		return nil, err
	}
	return withBody(req, raw), nil
}

// spliced is a body with these nodes. Of the live one it keeps what GitHub says
// of the budget; without a live one nothing was spent.
func spliced(live []byte, nodes []json.RawMessage) []byte {
	var b bytes.Buffer
	b.WriteString(`{"data":{"nodes":[`)
	b.Write(bytes.Join(rawNodes(nodes), []byte(",")))
	b.WriteString(`]`)
	if at, ok := budgetOf(live); ok {
		b.WriteString(`,"rateLimit":`)
		b.Write(live[at.from:at.to])
	}
	b.WriteString(`}}`)
	return b.Bytes()
}

func rawNodes(nodes []json.RawMessage) [][]byte {
	out := make([][]byte, len(nodes))
	for i, n := range nodes {
		out[i] = n
	}
	return out
}

// span is a part of a body.
type span struct{ from, to int }

// dataOf looks at the shape of a GraphQL answer. whole means that it has data, no
// errors, and no field at the top that is null, but for the rate limit, which is
// null where there is none. nodes are the elements of data.nodes, where data holds
// nothing else.
func dataOf(raw []byte) (nodes []span, whole bool) {
	var data span
	errs := false
	s := &scanner{raw: raw}
	if !s.object(func(key string, v span) {
		switch key {
		case "data":
			data = v
		case "errors":
			errs = true
		}
	}) || errs || data.to == 0 || raw[data.from] != '{' {
		return nil, false
	}
	whole, alone := true, true
	var list span
	s = &scanner{raw: raw[:data.to], at: data.from}
	if !s.object(func(key string, v span) {
		switch {
		case key == "rateLimit":
		case raw[v.from] == 'n':
			whole = false
		case key == "nodes" && raw[v.from] == '[':
			list = v
		default:
			alone = false
		}
	}) {
		return nil, false
	}
	if list.to > 0 && alone {
		s = &scanner{raw: raw[:list.to], at: list.from}
		if !s.list(func(v span) { nodes = append(nodes, v) }) {
			return nil, false
		}
	}
	return nodes, whole
}

// budgetOf finds data.rateLimit.
func budgetOf(raw []byte) (at span, ok bool) {
	s := &scanner{raw: raw}
	s.object(func(key string, data span) {
		if key == "data" {
			in := &scanner{raw: raw[:data.to], at: data.from}
			in.object(func(key string, v span) {
				if key == "rateLimit" {
					at, ok = v, true
				}
			})
		}
	})
	return at, ok
}
