// Package decode reads JSON into structs as encoding/json does, in a third of its
// time. It knows the shapes that answers of an API have. Whatever it does not know,
// and whatever is wrong, it leaves to encoding/json, so that what comes out, errors
// included, is always what encoding/json gives.
//
// What it saves: the text is walked once, not checked first; a key is looked for
// where the last object had it; short words that come again are not copied again.
package decode

import (
	"encoding/json"
	"reflect"
	"sync"
)

// Into fills the value that p points to with the JSON text raw. It must be zero, but
// that a field of a struct may be an interface that holds a pointer to something that
// is zero, and which is filled then. Nothing of raw is kept. The error is that of
// [json.Unmarshal].
func Into(raw []byte, p any) error {
	v := reflect.ValueOf(p)
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		if fill(raw, v.Elem()) {
			return nil
		}
		again(v.Elem())
	}
	return json.Unmarshal(raw, p)
}

// again takes back what was read until something was not understood.
func again(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		v.SetZero()
		return
	}
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case held(f) && f.CanInterface():
			f.Elem().Elem().SetZero()
		case f.CanSet():
			f.SetZero()
		case f.Kind() == reflect.Struct && v.Type().Field(i).Anonymous: // it has fields that can
			again(f)
		}
	}
}

// held reports whether v is an interface that holds a pointer to fill.
func held(v reflect.Value) bool {
	return v.Kind() == reflect.Interface && v.Elem().Kind() == reflect.Pointer && !v.Elem().IsNil()
}

// readers are used again, for the sake of their words.
var readers = sync.Pool{New: func() any { return new(reader) }}

// fill reports whether all of raw was understood.
func fill(raw []byte, v reflect.Value) bool {
	r := readers.Get().(*reader)
	r.raw, r.at, r.depth = raw, 0, 0
	ok := r.read(v, of(v.Type()))
	if ok {
		r.blank()
		ok = r.at == len(raw)
	}
	r.raw = nil
	readers.Put(r)
	return ok
}

// deepest is how many objects and lists may lie in each other here. encoding/json
// takes more.
const deepest = 200

// reader walks over one text.
type reader struct {
	raw   []byte
	at    int
	depth int
	words [256]string // short texts that were met, by their hash
}

// read reads the next value into v. It gives false where it does not understand.
func (r *reader) read(v reflect.Value, p *plan) bool {
	r.blank()
	if r.at >= len(r.raw) {
		return false
	}
	if p.how == other {
		return r.leave(v, p)
	}
	if r.raw[r.at] == 'n' {
		return r.null(v, p)
	}
	switch p.how {
	case pointer:
		v.Set(reflect.New(p.elem.of))
		return r.read(v.Elem(), p.elem)
	case list:
		return r.list(v, p)
	case object:
		return r.object(v, p)
	case text:
		s, ok := r.text()
		if ok {
			v.SetString(s)
		}
		return ok
	case whole:
		n, ok := r.whole()
		if ok = ok && !v.OverflowInt(n); ok {
			v.SetInt(n)
		}
		return ok
	}
	b, ok := r.truth()
	if ok {
		v.SetBool(b)
	}
	return ok
}

// null reads null, which leaves what is no pointer and no list as it is.
func (r *reader) null(v reflect.Value, p *plan) bool {
	if !r.word("null") {
		return false
	}
	if p.how == pointer || p.how == list {
		v.SetZero()
	}
	return true
}

// leave passes one value and leaves it to encoding/json, or to the method that its
// type has.
func (r *reader) leave(v reflect.Value, p *plan) bool {
	if r.raw[r.at] != 'n' && held(v) {
		return r.read(v.Elem().Elem(), of(v.Elem().Type().Elem()))
	}
	from := r.at
	if !r.pass() {
		return false
	}
	into := v.Addr().Interface()
	if p.self {
		return into.(json.Unmarshaler).UnmarshalJSON(r.raw[from:r.at]) == nil
	}
	return json.Unmarshal(r.raw[from:r.at], into) == nil
}

func (r *reader) list(v reflect.Value, p *plan) bool {
	if !r.eat('[') || !r.deeper() {
		return false
	}
	n := 0
	v.Set(p.empty)
	for more := !r.eat(']'); more; n++ {
		if n == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(n + 1)
		if !r.read(v.Index(n), p.elem) {
			return false
		}
		if more = r.eat(','); !more && !r.eat(']') {
			return false
		}
	}
	r.depth--
	return true
}

func (r *reader) object(v reflect.Value, p *plan) bool {
	if !r.eat('{') || !r.deeper() {
		return false
	}
	next, met := 0, uint64(0)
	for more := !r.eat('}'); more; {
		r.blank()
		key, ok := r.key()
		if !ok || !r.eat(':') {
			return false
		}
		if at := p.find(key, next); at < 0 {
			ok = r.pass()
		} else if bit := uint64(1) << at; met&bit != 0 {
			return false // what comes twice is merged by rules of its own
		} else {
			f := &p.fields[at]
			met, next = met|bit, at+1
			ok = r.read(f.in(v), f.plan)
		}
		if !ok {
			return false
		}
		if more = r.eat(','); !more && !r.eat('}') {
			return false
		}
	}
	r.depth--
	return true
}

func (r *reader) deeper() bool {
	r.depth++
	return r.depth <= deepest
}
