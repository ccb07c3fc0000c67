package baseline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// Hash is the SHA-256, in hex, of what the baseline means. The order of files
// and entries, their names, blanks and comments do not change it; any change of
// what is allowed or demanded does.
func (b *Baseline) Hash() string {
	text, err := json.Marshal(b)
	if err != nil {
		// Every field marshals; a new one that does not must not hash as nothing.
		panic("baseline: canonical form: " + err.Error())
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		panic("baseline: canonical form: " + err.Error())
	}
	sum := sha256.Sum256(canonical(v))
	return hex.EncodeToString(sum[:])
}

// canonical writes a JSON value with every list sorted: each list of a baseline
// is a set.
func canonical(v any) []byte {
	switch v := v.(type) {
	case []any:
		items := make([][]byte, len(v))
		for i, x := range v {
			items[i] = canonical(x)
		}
		slices.SortFunc(items, bytes.Compare)
		return wrap('[', items, ']')
	case map[string]any:
		items := make([][]byte, 0, len(v))
		for _, k := range sortedKeys(v) {
			items = append(items, wrap('(', [][]byte{canonical(k), canonical(v[k])}, ')'))
		}
		return wrap('{', items, '}')
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic("baseline: canonical form: " + err.Error())
	}
	return text
}

func wrap(open byte, items [][]byte, end byte) []byte {
	out := append([]byte{open}, bytes.Join(items, []byte{','})...)
	return append(out, end)
}
