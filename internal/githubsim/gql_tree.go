package githubsim

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
)

// tree is an object of an answer, its fields in the order of the query.
type tree struct {
	typ    string // the object type
	fields []*field
	vals   []any
	after  any // of a connection: the cursor that the page was asked to begin behind
}

// gqlBody is a GraphQL answer on its way out. Without hasData there is no
// "data" at all: the query was refused as a whole.
type gqlBody struct {
	hasData bool
	data    any
	errs    []*gqlError
}

// MarshalJSON writes data before errors.
func (g *gqlBody) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	if g.hasData {
		b.WriteString(`"data":`)
		if err := writeTree(&b, g.data); err != nil {
			return nil, err
		}
	}
	if len(g.errs) > 0 {
		if g.hasData {
			b.WriteByte(',')
		}
		b.WriteString(`"errors":`)
		if err := writeLeaf(&b, g.errs); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func writeTree(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case *tree:
		b.WriteByte('{')
		for i, f := range v.fields {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeLeaf(b, f.key); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := writeTree(b, v.vals[i]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeTree(b, e); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	default:
		return writeLeaf(b, v)
	}
	return nil
}

func writeLeaf(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case bool:
		b.Write(strconv.AppendBool(b.AvailableBuffer(), v))
		return nil
	case int:
		b.Write(strconv.AppendInt(b.AvailableBuffer(), int64(v), 10))
		return nil
	case int64:
		b.Write(strconv.AppendInt(b.AvailableBuffer(), v, 10))
		return nil
	case string:
		if plainText(v) {
			b.WriteByte('"')
			b.WriteString(v)
			b.WriteByte('"')
			return nil
		}
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the newline that Encode adds
	return nil
}

// plainText reports whether a string is its own JSON: printable ASCII without
// quotes and backslashes.
func plainText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// leaf writes a scalar as GitHub's JSON has it.
func leaf(v any) any {
	if t, isTime := v.(time.Time); isTime {
		return stamp(t)
	}
	return v
}

// isNull reports whether a raw value means null: nil, a nil pointer, or a time
// that never was.
func isNull(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case time.Time:
		return v.IsZero()
	case string, bool, int, int64, []any, *tree, *window, edge:
		return false
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}
