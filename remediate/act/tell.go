package act

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/eb661601/ajar/remediate"
)

// path builds an address below the root of the API; each part is one segment.
func path(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("/" + url.PathEscape(p))
	}
	return b.String()
}

// object is a JSON object with one key.
func object(key, value string) json.RawMessage { return body(map[string]any{key: value}) }

// body writes JSON. Values are texts, numbers, truths and lists of them, which
// always can be written.
func body(v map[string]any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("writing the body of a call: " + err.Error())
	}
	return raw
}

// describe names the thing of a change, for errors.
func describe(c remediate.Change) string {
	var b strings.Builder
	b.WriteString(string(c.Thing))
	for _, part := range []struct {
		word  string
		label *remediate.Label
	}{{"of", c.User}, {"invitation", c.Invitation}, {"key", c.Key}, {"environment", c.Env}, {"team", c.Team}, {"on", c.Repo}, {"in", &c.Org}} {
		if part.label != nil {
			fmt.Fprintf(&b, " %s %q (%d)", part.word, part.label.Name, part.label.ID)
		}
	}
	return b.String()
}
