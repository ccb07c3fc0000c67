package store

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/eb661601/ajar/access"
)

// How many bytes are kept of what a stranger named something. GitHub's own limits are
// far below: what is longer is no name, and is stored by its beginning with a mark.
const (
	longestName   = 1 << 10
	longestKey    = 16 << 10 // a public key, which is put back as it was
	longestReason = 4 << 10  // of a gap, which may name several things
)

// name makes a name fit to be stored: valid, and not without end. What tells two
// things apart is their id; where it is the name alone, as with a secret, the mark
// does.
func name(s string) string { return bounded(s, longestName) }

// bounded keeps the beginning of a text that is longer than most bytes, up to a
// whole character, and says in its place how long it was, with the beginning of the
// hash of all of it.
func bounded(s string, most int) string {
	if len(s) <= most {
		if s = text(s); len(s) <= most { // what is not UTF-8 takes three bytes in place of one
			return s
		}
	}
	all := sha256.Sum256([]byte(s))
	mark := fmt.Sprintf("… [cut: %d bytes, %x]", len(s), all[:8])
	s = text(s[:min(len(s), most)])
	end := min(len(s), most-len(mark))
	for end < len(s) && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}

// shortened bounds every text of a thing; cut says whether one of them had to be. A
// thing with a text that is too long has a long body, so that only those are asked
// about.
func shortened(e access.Entity) (short access.Entity, cut bool) {
	v := reflect.New(reflect.TypeOf(e)).Elem()
	v.Set(reflect.ValueOf(e))
	if cut = shorten(v, longestName); !cut {
		return e, false
	}
	short, _ = v.Interface().(access.Entity)
	return short, true
}

func shorten(v reflect.Value, most int) (cut bool) {
	switch v.Kind() {
	case reflect.String:
		if s := bounded(v.String(), most); len(v.String()) > most {
			v.SetString(s)
			return true
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				cut = shorten(v.Field(i), mostOf(f.Name)) || cut
			}
		}
	case reflect.Slice: // the caller's stays as it is
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		for i := range own.Len() {
			cut = shorten(own.Index(i), most) || cut
		}
		if cut {
			v.Set(own)
		}
	}
	return cut
}

// mostOf is how long the text of a field may be.
func mostOf(field string) int {
	if field == "Public" {
		return longestKey
	}
	return longestName
}
