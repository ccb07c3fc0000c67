package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const whole = `{"openapi":"3.0.3","info":{"title":"t","x-plan":"p"},"servers":[{"url":"u"}],"x-webhooks":{},
"paths":{
  "/meta":{"get":{"x-github":{},"parameters":[{"$ref":"#/components/parameters/page"}],
    "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/a"},"examples":{"default":{}}}}}}}},
  "/meta/more":{"get":{}},
  "/orgs/{org}/teams/{team_slug}":{"get":{}},
  "/gists":{"get":{"schema":{"$ref":"#/components/schemas/unused"}}}},
"components":{
  "parameters":{"page":{"name":"page","example":3}},
  "schemas":{"a":{"properties":{"example":{"type":"string","example":"x"},"b":{"$ref":"#/components/schemas/b"}}},
             "b":{"items":{"$ref":"#/components/schemas/a"}},"unused":{}}}}`

const part = `{"openapi":"3.0.3","info":{"title":"t"},
"paths":{
  "/meta":{"get":{"parameters":[{"$ref":"#/components/parameters/page"}],
    "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/a"}}}}}}},
  "/orgs/{org}/teams/{team_slug}":{"get":{}}},
"components":{
  "parameters":{"page":{"name":"page"}},
  "schemas":{"a":{"properties":{"example":{"type":"string"},"b":{"$ref":"#/components/schemas/b"}}},
             "b":{"items":{"$ref":"#/components/schemas/a"}}}}}`

func TestCutKeepsOurPathsAndWhatTheyReferToAndNothingElse(t *testing.T) {
	var out bytes.Buffer
	if err := cut(strings.NewReader(whole), &out); err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(part), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the part differs (-want +got):\n%s", diff)
	}
}

func TestCutSaysWhatIsWrongWithADescription(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{`, "reading the description"},
		{`{}`, "it has no paths"},
		{`{"paths":{"/meta":{"$ref":"#/components/schemas/gone"}}}`, "following #/components/schemas/gone: the description has no such component"},
		{`{"paths":{"/meta":{"$ref":"other.json#/x"}}}`, "following other.json#/x: not a component"},
	} {
		err := cut(strings.NewReader(c.in), &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("cut(%s) = %v, want an error with %q", c.in, err, c.want)
		}
	}
}
