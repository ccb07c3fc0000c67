package github

import (
	"strings"
	"testing"
)

func TestWhatIsNoGitHubIsNotTakenForTroubleOfGitHub(t *testing.T) {
	for name, c := range map[string]struct {
		err        error
		line, hint string
	}{
		"a page instead of an answer": {&BodyError{Host: "127.0.0.1:8000", What: "a web page"},
			"127.0.0.1:8000 answered with a web page, not with GitHub's API", "check api_url"},
		"a server of files": {&StatusError{Status: 501, Method: "POST", Path: "/graphql", Web: true},
			"what answers at /graphql is not GitHub's API (a web page, 501)", "check api_url"},
		"a bad gateway": {&StatusError{Status: 502, Method: "POST", Path: "/graphql", Web: true},
			"GitHub could not answer: POST /graphql: status 502", "try again later"},
	} {
		t.Run(name, func(t *testing.T) {
			line, hint := Explain(c.err)
			if line != c.line || !strings.HasPrefix(hint, c.hint) {
				t.Errorf("got %q, hint %q, want %q, hint %q…", line, hint, c.line, c.hint)
			}
		})
	}
}
