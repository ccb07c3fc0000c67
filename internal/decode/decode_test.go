package decode

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// everything has each kind of field that an answer is read into.
type everything struct {
	DatabaseID int64
	Name       *string `json:"full_name"`
	Small      int8
	Yes        bool
	Maybe      *bool
	When       *time.Time
	Then       time.Time
	Raw        json.RawMessage
	Any        any
	Path       []any
	Number     json.Number
	Bytes      []byte
	Floats     []float64
	Map        map[string]int
	Kind       *struct{ Protected bool }
	Nodes      []*node
	Told       told
	Left       string `json:"-"`
	inside
	hidden int //nolint:unused // a field that JSON does not reach
}

type inside struct {
	Typename string `json:"__typename"`
	Count    *struct{ TotalCount *int }
}

type node struct {
	ID    string
	Next  *node
	Names []string
}

// told knows whether it was given.
type told struct {
	told bool
	text string
}

func (t *told) UnmarshalJSON(raw []byte) error {
	t.told, t.text = true, string(raw)
	return nil
}

var texts = []string{
	`{}`, `null`, ` { } `, `[]`, `1`, `"a"`, ``, `{`, `{"a"`, `{"a":}`, `{"a":1,}`, `{"a":1}x`, `{"a":1}{}`, "{\"name\":\"\x01\"}",
	`{"databaseId":7,"FULL_NAME":"a","small":-3,"yes":true,"maybe":null,"when":"2024-01-02T03:04:05Z","then":null}`,
	`{"databaseId":1.0}`, `{"databaseId":1e3}`, `{"databaseId":01}`, `{"databaseId":-0}`, `{"databaseId":"7"}`, `{"databaseId":9223372036854775807}`,
	`{"databaseId":9223372036854775808}`, `{"small":128}`, `{"small":-128}`, `{"small":true}`, `{"yes":"true"}`, `{"yes":null}`, `{"yes":nul}`,
	`{"full_name":null}`, `{"full_name":"a\"b\u00e9\ud83d\ude00\\"}`, `{"full_name":"é"}`, "{\"full_name\":\"\xff\"}", `{"full_name":"\x"}`, `{"full_name":"a`,
	`{"full_name":"a\"}`, `{"full_name":"\ud83d"}`, `{"full_name":"` + strings.Repeat("long", 100) + `"}`,
	`{"raw":{"a":[1,2,{"b":null}]},"any":{"a":[1]},"path":["a",1,null],"number":12.5e3,"bytes":"AAE=","floats":[1,2.5],"map":{"a":1}}`,
	`{"raw":{"a":[1,2,}}`, `{"raw":[1 2]}`, `{"raw":"\u12"}`, `{"raw":-}`, `{"raw":1.}`, `{"raw":tru}`,
	`{"kind":{"protected":true},"nodes":[null,{"id":"x","next":{"id":"y","names":["a","a","b",""]}},{}],"told":null}`,
	`{"told":[1, 2]}`, `{"nodes":[]}`, `{"nodes":null}`, `{"nodes":{}}`, `{"nodes":[1]}`, `{"nodes":[{"names":[null]}]}`, `{"nodes":[{}`, `{"nodes":[{},]}`,
	`{"__typename":"User","count":{"totalCount":0},"typename":"no","inside":{"__typename":"no"},"hidden":1,"left":"no"}`,
	`{"unknown":{"a":"b\"c","d":[[],{}]},"databaseId":1}`, `{"databaseId":1,"databaseID":2}`, `{"count":{"totalCount":1},"count":{}}`,
	"{\"\u212aind\":{\"protected\":true}}", `{"\u006bind":{"protected":true}}`, `{"kind":{"protected":1},"yes":true}`,
	strings.Repeat(`{"nodes":[{"next":`, 2) + `{}` + strings.Repeat(`}]}`, 2), strings.Repeat(`[`, 300) + strings.Repeat(`]`, 300),
	`{"any":` + strings.Repeat(`[`, 300) + strings.Repeat(`]`, 300) + `}`, "{\"databaseId\":\n\t 5 ,\r\"yes\" : false }\n",
}

// agree fails where the two readers do not come to the same.
func agree(t *testing.T, raw []byte) {
	t.Helper()
	var ours, theirs everything
	got, want := Into(raw, &ours), json.Unmarshal(raw, &theirs)
	if (got == nil) != (want == nil) || got != nil && got.Error() != want.Error() {
		t.Fatalf("%q: the error is %v, and %v by encoding/json", raw, got, want)
	}
	if !reflect.DeepEqual(ours, theirs) {
		t.Fatalf("%q: read as\n%+v, and by encoding/json as\n%+v", raw, ours, theirs)
	}
}

func TestEverythingIsReadAsByEncodingJSON(t *testing.T) {
	for _, text := range texts {
		agree(t, []byte(text))
	}
}

func FuzzEverythingIsReadAsByEncodingJSON(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { agree(t, raw) })
}

func TestWhatAnInterfaceHoldsIsFilled(t *testing.T) {
	type outer struct {
		Data   any
		Errors []struct{ Message string }
	}
	for _, text := range []string{
		`{"data":{"id":"a"},"errors":[{"message":"m"}]}`, `{"data":null}`, `{"data":{"id":1}}`, `{"data":{"id":"a"},"data":{"names":["b"]}}`,
		`{"data":{"id":"a"},"errors":{}}`, `{"data":[]}`, `{"data":{"id":"a","names":["x"]},"errors":[}`,
	} {
		var a, b node
		ours, theirs := outer{Data: &a}, outer{Data: &b}
		got, want := Into([]byte(text), &ours), json.Unmarshal([]byte(text), &theirs)
		if (got == nil) != (want == nil) || !reflect.DeepEqual(ours, theirs) || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %+v %+v (%v), and by encoding/json %+v %+v (%v)", text, ours, a, got, theirs, b, want)
		}
	}
}

func TestNothingOfTheTextIsKept(t *testing.T) {
	raw := []byte(`{"full_name":"abc","raw":{"a":"b"},"nodes":[{"id":"x","names":["abcdefghijklmnopqrstuvwxyz1234567890"]}],"path":["p"]}`)
	var got, want everything
	if err := Into(raw, &got); err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(raw, &want)
	clear(raw)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("after the text was overwritten: %+v, not %+v", got, want)
	}
}

func TestStructsWithRulesOfTheirOwnAreLeftToEncodingJSON(t *testing.T) {
	type quoted struct {
		A int `json:"a,string"`
	}
	type twins struct {
		A string `json:"id"`
		B string `json:"ID"`
	}
	type embedded struct{ *node }
	for _, p := range []any{&quoted{}, &twins{}, &embedded{}} {
		theirs := reflect.New(reflect.TypeOf(p).Elem()).Interface()
		raw := []byte(`{"a":"7","id":"x","ID":"y","Id":"z"}`)
		got, want := Into(raw, p), json.Unmarshal(raw, theirs)
		if (got == nil) != (want == nil) || !reflect.DeepEqual(p, theirs) {
			t.Errorf("%T: %+v (%v), and by encoding/json %+v (%v)", p, p, got, theirs, want)
		}
	}
}
