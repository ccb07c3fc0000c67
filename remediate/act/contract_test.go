package act

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

// heardDocuments keeps every GraphQL document that goes by.
type heardDocuments struct {
	next http.RoundTripper
	mu   sync.Mutex
	all  map[string]map[string]any // text: variables
}

func (h *heardDocuments) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/graphql") {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		var in struct {
			Query     string
			Variables map[string]any
		}
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, err
		}
		h.mu.Lock()
		h.all[in.Query] = in.Variables
		h.mu.Unlock()
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(raw))
	}
	return h.next.RoundTrip(req)
}

// TestEveryCallIsOneThatGitHubDescribes judges each request, body and answer of
// every change and its way back by GitHub's own descriptions.
func TestEveryCallIsOneThatGitHubDescribes(t *testing.T) {
	judge := contract.REST(t)
	wire := http.DefaultTransport.(*http.Transport).Clone()
	heard := &heardDocuments{all: map[string]map[string]any{},
		next: contract.Transport(wire, judge, func(err error) { t.Error(err) })}
	defer wire.CloseIdleConnections()
	for _, tr := range trips {
		b := start(t, world(t), githubsim.Options{}, heard)
		b.roundTrip(tr)
		c := own(tr.c)
		for _, p := range places(&c) {
			p.label.NodeID = ""
		}
		b = start(t, world(t), githubsim.Options{}, heard)
		b.read(c)
		if _, err := b.hands.Approvers(context.Background(), tr.c); err != nil {
			t.Errorf("%s: %v", tr.name, err)
		}
	}
	b := start(t, world(t), githubsim.Options{}, heard)
	for what, ask := range map[string]func(context.Context) error{
		"owners":                        func(ctx context.Context) error { _, err := b.hands.Owners(ctx); return err },
		"admins":                        func(ctx context.Context) error { _, err := b.hands.Admins(ctx, *boat); return err },
		"a person of the configuration": func(ctx context.Context) error { _, err := b.hands.Named(ctx, "user:annika"); return err },
		"a team of the configuration":   func(ctx context.Context) error { _, err := b.hands.Named(ctx, "team:acme/crew"); return err },
		"the members": func(ctx context.Context) error {
			_, err := b.hands.Population(ctx, remediate.Change{Thing: remediate.BasePermission, Org: acme})
			return err
		},
		"the people of a team": func(ctx context.Context) error {
			_, err := b.hands.Population(ctx, remediate.Change{Thing: remediate.TeamGrant, Org: acme, Repo: boat, Team: label("T", 31, "crew")})
			return err
		},
		"self": func(ctx context.Context) error { _, err := b.hands.Self(ctx); return err },
	} {
		if err := ask(context.Background()); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(heard.all) < 8 {
		t.Errorf("only %d documents went by", len(heard.all))
	}
	for name, schema := range map[string]func(testing.TB) *ast.Schema{"published": contract.Schema, "newer": contract.NewerSchema} {
		t.Run(name, func(t *testing.T) {
			s := schema(t)
			for text, vars := range heard.all {
				if _, errs := contract.Query(s, text); len(errs) > 0 {
					t.Errorf("%s: %v", text, errs)
				}
				if input, ok := vars["input"].(map[string]any); ok {
					inputFits(t, s, input)
				}
			}
		})
	}
}

// inputFits holds the variables of updateEnvironment to the schema's input type.
func inputFits(t *testing.T, s *ast.Schema, input map[string]any) {
	t.Helper()
	def := s.Types["UpdateEnvironmentInput"]
	for key := range input {
		if def.Fields.ForName(key) == nil {
			t.Errorf("UpdateEnvironmentInput has no %s", key)
		}
	}
	for _, key := range []string{"environmentId", "reviewers", "waitTimer", "preventSelfReview"} {
		if _, ok := input[key]; !ok {
			t.Errorf("the mutation leaves %s out", key)
		}
	}
}

// TestEveryStepGoesOutByAListedRoute sees that the list holds what actions use, and
// nothing that none does.
func TestEveryStepGoesOutByAListedRoute(t *testing.T) {
	used := map[string]bool{}
	for _, tr := range trips {
		b := start(t, world(t), githubsim.Options{}, nil)
		b.roundTrip(tr)
		for _, m := range b.sim.Mutations() {
			used[m.Route] = true
			if m.Status >= 300 {
				t.Errorf("%s: %s answered %d", tr.name, m.Route, m.Status)
			}
		}
	}
	var routes []string
	for r := range used {
		routes = append(routes, r)
	}
	slices.Sort(routes)
	for _, want := range github.Writable() {
		if !used[want] {
			t.Errorf("%s may leave and no action uses it", want)
		}
	}
	if len(routes) != len(github.Writable()) {
		t.Errorf("used: %s", strings.Join(routes, ", "))
	}
}
