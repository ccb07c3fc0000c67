package githubsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// spoil does its harm to a good answer.
func (f *Fault) spoil(c *call, rep *reply) *reply {
	switch f.Action {
	case StatusAfter:
		return c.status(f.Status)
	case SSOPartial:
		return rep.set("X-GitHub-SSO", "partial-results; organizations="+f.organizations(c))
	case CutJSON:
		rep.encode()
		rep.raw = rep.raw[:len(rep.raw)/2]
		return rep
	case Truncated, Reset, Slow, Oversized, GzipBomb, BadGzip, HugeHeader:
		rep.broken, rep.cut = f.breaker(), f.Action == Reset
		return rep
	case TimeoutAfter:
		rep = c.status(http.StatusGatewayTimeout)
		rep.broken, rep.cut = hang(f.After), f.After == 0
		return rep
	case OnlyMutate, NoEffect, AppliedLater, Lagged:
		return rep
	}
	if body, isGraphQL := rep.body.(*gqlBody); isGraphQL {
		f.spoilData(c, body)
		return rep
	}
	return f.spoilREST(c, rep)
}

// organizations lists the ids of the world's organizations, as the header does.
func (f *Fault) organizations(c *call) string {
	var ids []string
	for _, o := range c.x.World.Orgs {
		ids = append(ids, fmt.Sprint(o.ID))
	}
	return strings.Join(ids, ",")
}

// spoilData changes the data of a GraphQL answer.
func (f *Fault) spoilData(c *call, body *gqlBody) {
	done := false
	walkTree(body.data, nil, func(t *tree, path []any) {
		key := ""
		if len(path) > 0 {
			key, _ = path[len(path)-1].(string)
		}
		switch {
		case f.Action == UnknownEnum || f.Action == UnknownType && len(path) > 0:
			t.future(f.Action)
		case f.Action == MissingField:
			t.drop(f.Field)
		case !strings.HasSuffix(t.typ, "Connection") || done && f.Field == "" || f.Field != "" && f.Field != key:
		default:
			done = true
			f.spoilConnection(t, path, body)
		}
	})
}

// walkTree visits every object of an answer, outer ones first.
func walkTree(v any, path []any, visit func(t *tree, path []any)) {
	switch v := v.(type) {
	case *tree:
		visit(v, path)
		for i, f := range v.fields {
			walkTree(v.vals[i], append(path, f.key), visit)
		}
	case []any:
		for i, e := range v {
			walkTree(e, append(path, i), visit)
		}
	}
}

// future replaces enum values, or type names, by ones that no schema has.
func (t *tree) future(a Action) {
	for i, f := range t.fields {
		d := schemaTypes()[f.def.Type.Name()]
		switch {
		case t.vals[i] == nil:
		case a == UnknownEnum && d != nil && d.Kind == ast.Enum:
			t.vals[i] = "FROM_THE_FUTURE"
		case a == UnknownType && f.name == "__typename":
			t.vals[i] = "FromTheFuture"
		}
	}
}

// drop takes a key out of an object.
func (t *tree) drop(key string) {
	if i := slices.IndexFunc(t.fields, func(f *field) bool { return f.key == key }); i >= 0 {
		t.fields = slices.Delete(slices.Clone(t.fields), i, i+1)
		t.vals = slices.Delete(t.vals, i, i+1)
	}
}

func (f *Fault) spoilConnection(t *tree, path []any, body *gqlBody) {
	for i, fl := range t.fields {
		list, _ := t.vals[i].([]any)
		info, _ := t.vals[i].(*tree)
		switch {
		case f.Action == WrongTotal && fl.name == "totalCount":
			n, _ := t.vals[i].(int)
			t.vals[i] = n + 1
		case f.Action == EmptyPage && list != nil:
			t.vals[i] = []any{}
		case f.Action == ShortPage && list != nil:
			t.vals[i] = list[:len(list)/2]
		case (f.Action == PartialData || f.Action == NullNodes) && list != nil:
			for j := len(list) / 2; j < len(list); j++ {
				list[j] = nil
				if f.Action == PartialData {
					e := f.excuse()
					e.Path = append(append(append([]any{}, path...), fl.key), j)
					body.errs = append(body.errs, e)
				}
			}
		case fl.name == "pageInfo" && info != nil:
			info.endless(f.Action, t.after)
		}
	}
}

// endless makes a page claim what the action wants of it.
func (t *tree) endless(a Action, after any) {
	for i, f := range t.fields {
		switch {
		case f.name == "hasNextPage" && (a == CursorLoop || a == EmptyPage):
			t.vals[i] = true
		case f.name == "hasNextPage" && a == NoNext:
			t.vals[i] = false
		case f.name == "endCursor" && a == CursorLoop && after != nil:
			t.vals[i] = after
		}
	}
}

var nextLink = regexp.MustCompile(`<([^>]*)>; rel="next"`)

// spoilREST changes a REST answer: its Link header or its body.
func (f *Fault) spoilREST(c *call, rep *reply) *reply {
	rep.encode()
	link := ""
	if rep.header != nil {
		link = rep.header.Get("Link")
	}
	here := "http://" + c.r.Host + c.r.URL.RequestURI()
	switch f.Action {
	case CursorLoop:
		rep.set("Link", "<"+here+`>; rel="next"`)
	case NoNext:
		rep.header.Del("Link")
	case NextElsewhere:
		rep.set("Link", `<https://elsewhere.example/next>; rel="next"`)
	case EmptyPage:
		if !nextLink.MatchString(link) {
			rep.set("Link", "<"+here+`>; rel="next"`)
		}
		rep.raw = rewrite(rep.raw, func(list []any) []any { return []any{} }, nil)
	case NullNodes:
		rep.raw = rewrite(rep.raw, func(list []any) []any {
			for i := len(list) / 2; i < len(list); i++ {
				list[i] = nil
			}
			return list
		}, nil)
	case ShortPage:
		rep.raw = rewrite(rep.raw, func(list []any) []any { return list[:len(list)/2] }, nil)
	case MissingField:
		rep.raw = rewrite(rep.raw, nil, func(key string, v any) any {
			if key == f.Field {
				return absent{}
			}
			return v
		})
	case WrongTotal:
		rep.raw = rewrite(rep.raw, nil, func(key string, v any) any {
			if n, isNumber := v.(float64); isNumber && key == "total_count" {
				return n + 1
			}
			return v
		})
	case UnknownEnum:
		rep.raw = rewrite(rep.raw, nil, func(key string, v any) any {
			if _, isText := v.(string); isText && restEnums[key] {
				return "from-the-future"
			}
			return v
		})
	}
	return rep
}

// restEnums are the keys of REST answers whose words come from a fixed list.
var restEnums = map[string]bool{"role": true, "role_name": true, "permission": true, "permissions": true, "visibility": true, "privacy": true,
	"state": true, "enforcement": true, "actor_type": true, "bypass_mode": true, "repository_selection": true, "base_role": true,
	"default_repository_permission": true, "default_workflow_permissions": true, "assignment": true, "access_source": true}

// absent in place of a value takes its key away.
type absent struct{}

// rewrite changes the outermost list of a JSON text, or every named value.
func rewrite(raw []byte, list func([]any) []any, value func(key string, v any) any) []byte {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return raw
	}
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case []any:
			if list != nil {
				return list(v)
			}
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			for k, e := range v {
				if v[k] = walk(e); value != nil {
					v[k] = value(k, v[k])
				}
				if v[k] == (absent{}) {
					delete(v, k)
				}
			}
		}
		return v
	}
	out, err := json.Marshal(walk(v))
	if err != nil {
		return raw
	}
	return out
}
