package githubsim

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
)

// tree is an object of an answer, its keys in the order of the query.
type tree struct {
	typ  string // the object type, for faults
	keys []string
	vals []any
}

// get returns the value of a key; nil when there is none.
func (t *tree) get(key string) any {
	for i, k := range t.keys {
		if k == key {
			return t.vals[i]
		}
	}
	return nil
}

// set replaces the value of a key that is there.
func (t *tree) set(key string, v any) {
	for i, k := range t.keys {
		if k == key {
			t.vals[i] = v
		}
	}
}

// MarshalJSON writes the keys in order.
func (t *tree) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := writeTree(&b, t)
	return b.Bytes(), err
}

func writeTree(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case *tree:
		b.WriteByte('{')
		for i, k := range v.keys {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeLeaf(b, k); err != nil {
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
