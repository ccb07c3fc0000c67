package report

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/remediate"
)

// bodyFields is what the bodies of entries say that are known by name. Whatever else a
// body holds is shown as it stands.
type bodyFields struct {
	Title        string            `json:"title"`
	Change       *remediate.Change `json:"change"`
	Inverse      string            `json:"inverse"`
	Irreversible []string          `json:"irreversible"`
	Live         *remediate.State  `json:"live"`
	State        *remediate.State  `json:"state"`
	Step         *struct {
		Method  string          `json:"method"`
		Path    string          `json:"path"`
		GraphQL string          `json:"graphql"`
		Body    json.RawMessage `json:"body"`
	} `json:"step"`
}

// inWords are the fields of bodyFields: they are not shown again.
var inWords = []string{"title", "change", "inverse", "irreversible", "live", "state", "step"}

// Words tells the body of an entry, one line for each thing in it.
func (e JournalEntry) Words() []string {
	if e.Body == nil {
		return []string{"the body was redacted; its hash is " + e.Digest}
	}
	var t bodyFields
	var rest map[string]json.RawMessage
	if json.Unmarshal(e.Body, &t) != nil || json.Unmarshal(e.Body, &rest) != nil {
		return flat("", e.Body)
	}
	var out []string
	if t.Title != "" {
		out = append(out, t.Title)
	}
	if t.Change != nil {
		out = append(out, string(t.Change.Thing)+" before: "+stateWords(t.Change.Before), string(t.Change.Thing)+" after: "+stateWords(t.Change.After))
	}
	if t.Step != nil {
		step := "request: " + strings.TrimSpace(t.Step.Method+" "+t.Step.Path)
		if t.Step.GraphQL != "" {
			step = "mutation: " + t.Step.GraphQL
		}
		if len(t.Step.Body) > 0 {
			step += " " + string(t.Step.Body)
		}
		out = append(out, step)
	}
	if t.Live != nil {
		out = append(out, "GitHub showed just before: "+stateWords(*t.Live))
	}
	if t.State != nil {
		out = append(out, "GitHub shows: "+stateWords(*t.State))
	}
	if t.Inverse != "" {
		out = append(out, "way back: "+t.Inverse)
	}
	for _, s := range t.Irreversible {
		out = append(out, "cannot be brought back: "+s)
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		if !slices.Contains(inWords, name) {
			out = append(out, flat(spoken(name), rest[name])...)
		}
	}
	return out
}

// spoken is the name of a field as people read it.
func spoken(name string) string { return strings.ReplaceAll(name, "_", " ") }

// flat tells a JSON value under its name: lists and objects of what is simple on
// one line, all else as it stands. Nothing is left out but what is empty.
func flat(name string, raw json.RawMessage) []string {
	var v any
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return []string{strings.TrimSpace(name + ": " + string(raw))}
	}
	text := simple(v)
	if text == "" {
		return nil
	}
	if name == "" {
		return []string{text}
	}
	return []string{name + ": " + text}
}

func simple(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case json.Number:
		return v.String()
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, simple(x))
		}
		return strings.Join(parts, "; ")
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if text := simple(v[k]); text != "" {
				parts = append(parts, spoken(k)+" "+text)
			}
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// stateWords says what a thing is like.
func stateWords(s remediate.State) string {
	if !s.There {
		return "not there"
	}
	var out []string
	if s.Role != "" {
		out = append(out, s.Role)
	}
	if s.Key != nil {
		out = append(out, "key \""+s.Key.Title+"\", "+map[bool]string{true: "read only", false: "may write"}[s.Key.ReadOnly], s.Key.Public)
	}
	if s.Invite != nil {
		whom := s.Invite.Login
		if whom == "" {
			whom = s.Invite.Email
		}
		out = append(out, "invitation of "+whom+" as "+s.Invite.Role)
	}
	if s.Gate != nil {
		out = append(out, gateWords(*s.Gate))
	}
	if s.Token != nil {
		out = append(out, "token may "+s.Token.Default+map[bool]string{true: " and approve", false: ""}[s.Token.CanApprove])
	}
	if s.Held != nil {
		out = append(out, count(len(s.Held.Teams), "team", "teams")+" and "+count(len(s.Held.Repos), "repository", "repositories")+" held by name")
	}
	if len(out) == 0 {
		return "there"
	}
	return strings.Join(out, ", ")
}

func gateWords(g remediate.GateState) string {
	var who []string
	for _, r := range g.Reviewers {
		who = append(who, r.Kind+" "+r.Name)
	}
	out := []string{"no reviewers"}
	if len(who) > 0 {
		out[0] = "reviewers " + strings.Join(who, " and ")
	}
	if g.WaitTimer > 0 {
		out = append(out, "waits "+strconv.Itoa(g.WaitTimer)+" minutes")
	}
	if g.PreventSelfReview {
		out = append(out, "no self-review")
	}
	if g.AdminBypass != nil {
		out = append(out, map[bool]string{true: "administrators may pass", false: "administrators may not pass"}[*g.AdminBypass])
	}
	branches := g.Branches + " branches"
	var patterns []string
	for _, p := range g.Patterns {
		patterns = append(patterns, p.Type+" "+p.Name)
	}
	if len(patterns) > 0 {
		branches += " (" + strings.Join(patterns, ", ") + ")"
	}
	return strings.Join(append(out, branches), ", ")
}
