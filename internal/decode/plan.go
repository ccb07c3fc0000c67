package decode

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// how says by what a type is read.
type how int

const (
	other   how = iota // encoding/json, or a method of its own
	pointer            // to something
	list               // a slice
	object             // a struct
	text               // a string
	whole              // a whole number
	truth              // a bool
)

// plan is how a type is read.
type plan struct {
	how    how
	self   bool // other: it has UnmarshalJSON
	of     reflect.Type
	elem   *plan         // pointer, list
	empty  reflect.Value // list
	fields []field       // object
}

// field is a field of a struct, or of one that is embedded in it.
type field struct {
	name string
	path []int
	plan *plan
}

// in is the field of a struct.
func (f *field) in(v reflect.Value) reflect.Value {
	for _, i := range f.path {
		v = v.Field(i)
	}
	return v
}

var (
	plans   sync.Map // by type
	making  sync.Mutex
	unmarsh = reflect.TypeFor[json.Unmarshaler]()
	byText  = reflect.TypeFor[encoding.TextUnmarshaler]()
	number  = reflect.TypeFor[json.Number]()
)

// of gives the plan of a type.
func of(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	making.Lock()
	defer making.Unlock()
	made := map[reflect.Type]*plan{}
	p := planOf(t, made)
	for t, p := range made { // all of them are whole now
		plans.LoadOrStore(t, p)
	}
	return p
}

// planOf makes the plan of a type. made holds those under way, as a type may
// contain itself.
func planOf(t reflect.Type, made map[reflect.Type]*plan) *plan {
	if p, ok := made[t]; ok {
		return p
	}
	p := &plan{of: t}
	made[t] = p
	to := reflect.PointerTo(t)
	switch {
	case t.Kind() == reflect.Pointer: // null has no need of what stands behind it
		p.how, p.elem = pointer, planOf(t.Elem(), made)
	case to.Implements(unmarsh):
		p.self = t.Name() != ""
	case to.Implements(byText), t == number:
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		p.how, p.elem, p.empty = list, planOf(t.Elem(), made), reflect.MakeSlice(t, 0, 0)
	case t.Kind() == reflect.Struct:
		if fields, ok := fieldsOf(t, nil, made); ok && distinct(fields) {
			p.how, p.fields = object, fields
		}
	case t.Kind() == reflect.String:
		p.how = text
	case reflect.Int <= t.Kind() && t.Kind() <= reflect.Int64:
		p.how = whole
	case t.Kind() == reflect.Bool:
		p.how = truth
	}
	return p
}

// most is how many fields the set of those that were met has room for.
const most = 64

// fieldsOf lists the fields that JSON can fill. ok is false where encoding/json has
// rules that are not known here.
func fieldsOf(t reflect.Type, path []int, made map[reflect.Type]*plan) (all []field, ok bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(path[:len(path):len(path)], i)
		tag, has := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-":
			continue
		case strings.Contains(options, "string"), has && options != "" && options != "omitempty" && options != "omitzero":
			return nil, false
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			inner, ok := fieldsOf(f.Type, at, made)
			if !ok {
				return nil, false
			}
			all = append(all, inner...)
			continue
		case f.Anonymous && name == "":
			return nil, false
		case !f.IsExported():
			continue
		case name == "":
			name = f.Name
		}
		if !plain(name) {
			return nil, false
		}
		all = append(all, field{name: name, path: at, plan: planOf(f.Type, made)})
	}
	return all, len(all) <= most
}

// distinct reports whether no key could mean two of the fields.
func distinct(fields []field) bool {
	names := map[string]bool{}
	for _, f := range fields {
		low := strings.ToLower(f.name)
		if names[low] {
			return false
		}
		names[low] = true
	}
	return true
}

// plain reports whether a name is of ASCII alone, and so compared byte by byte.
func plain(name string) bool {
	for i := range len(name) {
		if name[i] < ' ' || name[i] > '~' {
			return false
		}
	}
	return name != ""
}

// find gives the field that a key means, whatever its case, -1 where there is none.
// Objects mostly have their keys in the order of the fields.
func (p *plan) find(key []byte, next int) int {
	if next < len(p.fields) && same(p.fields[next].name, key) {
		return next
	}
	for i := range p.fields {
		if same(p.fields[i].name, key) {
			return i
		}
	}
	return -1
}

func same(name string, key []byte) bool {
	if len(name) != len(key) {
		return false
	}
	for i := range len(name) {
		if a, b := name[i], key[i]; a != b && (a^b != 0x20 || a|0x20 < 'a' || a|0x20 > 'z') {
			return false
		}
	}
	return true
}
