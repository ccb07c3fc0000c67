package github

import (
	"encoding/json"
	"testing"
)

func TestJSONThatBreaksOffIsNoticedWhereverItDoes(t *testing.T) {
	const text = `{"a":[1,{"b":"}]\"\\"},[[]]],"c":"\\\\","d":"\\\""}  `
	if !json.Valid([]byte(text)) || !closed([]byte(text)) {
		t.Fatal("the whole text is not accepted")
	}
	for n := range len(text) - 2 {
		if closed([]byte(text[:n])) {
			t.Errorf("%q is taken for whole", text[:n])
		}
	}
}

func FuzzClosed(f *testing.F) {
	f.Add([]byte(`[{"a":"\"]}"}]`))
	f.Add([]byte(`{"a":1}x`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var object map[string]any
		var list []any
		whole := json.Unmarshal(raw, &object) == nil && object != nil || json.Unmarshal(raw, &list) == nil && list != nil
		if whole && !closed(raw) {
			t.Errorf("%q is whole and was refused", raw)
		}
	})
}
