package collector

import (
	"encoding/json"
	"slices"
	"testing"
)

type skimmed struct {
	ID   int64  `json:"id"`
	Role string `json:"role_name"`
}

func FuzzSkim(f *testing.F) {
	f.Add([]byte(`[{"id":1,"owner":{"id":2,"role_name":"x"},"t":["a,]}",{}],"d":"\"role_name\":\"","role_name":"write"},{"id":3}]`))
	f.Add([]byte(` [ ] `))
	f.Add([]byte(`[{"id":1e3}]`))
	f.Add([]byte(`[{"id":1,"role_name":null , "a":true}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		skim(raw, func(int64, string) {}) // must not panic
		var list []map[string]any
		if json.Unmarshal(raw, &list) != nil || list == nil || slices.ContainsFunc(list, func(m map[string]any) bool { return m == nil }) {
			return
		}
		text, err := json.Marshal(list) // without repeated keys
		if err != nil {
			t.Fatal(err)
		}
		var want []skimmed
		wantErr := json.Unmarshal(text, &want)
		got := []skimmed{}
		err = skim(text, func(id int64, role string) { got = append(got, skimmed{id, role}) })
		if wantErr != nil {
			return // keys in another case count for encoding/json alone
		}
		for i, m := range list {
			if m["id"] == nil {
				want[i].ID = 0
			}
			if m["role_name"] == nil {
				want[i].Role = ""
			}
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v (%v), want %v", text, got, err, want)
		}
		short, again := shorten(text), []skimmed{}
		if err := skim(short, func(id int64, role string) { again = append(again, skimmed{id, role}) }); err != nil || !slices.Equal(again, got) {
			t.Errorf("%s was shortened to %s (%v)", text, short, err)
		}
		if twice := shorten(short); !slices.Equal(twice, short) {
			t.Errorf("%s was shortened again to %s", short, twice)
		}
	})
}

func TestSkimFindsWhatDecodingFinds(t *testing.T) {
	text := []byte(`[
		{"id":1,"name":"a \"role_name\":\"admin\" ]}","owner":{"id":99,"role_name":"none","x":[{"id":5}]},"role_name":"release-operator"},
		{"role_name":"write","permissions":{"push":true},"id":9007199254740993},{}
	]`)
	var want, got []skimmed
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if err := skim(text, func(id int64, role string) { got = append(got, skimmed{id, role}) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for n := range len(text) {
		if skim(text[:n], func(int64, string) {}) == nil {
			t.Errorf("%q was taken for a whole list", text[:n])
		}
	}
	for _, bad := range []string{`{}`, `[1]`, `[{"id":"x"}]`, `[{"id":1}]]`, `[{"id":1},]`, `[{"id" 1}]`, `[{id:1}]`, `null`} {
		if skim([]byte(bad), func(int64, string) {}) == nil {
			t.Errorf("%s was taken for a list of repositories", bad)
		}
		if short := shorten([]byte(bad)); short != nil && skim(short, func(int64, string) {}) == nil {
			t.Errorf("%s was shortened to the list %s", bad, short)
		}
	}
}
