package collector

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// rewritten lets a test change answers of GitHub, as text.
func rewritten(when, from, to string) func(*setup) {
	return through(func(next http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err != nil {
				return resp, err
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				return nil, err
			}
			if strings.Contains(r.URL.Path, when) {
				body = bytes.ReplaceAll(body, []byte(from), []byte(to))
			}
			resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			resp.Header.Del("Content-Length")
			return resp, nil
		})
	})
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A team of the enterprise is a source that ajar does not read: what it gives
// must be a gap, never nothing.
func TestAccessThroughATeamOfTheEnterpriseIsAGap(t *testing.T) {
	h := start(t, githubsim.Demo(), rewritten("/graphql", `"__typename":"Repository"`, `"__typename":"EnterpriseTeam"`))
	s := h.collect(t, "acme-robotics")
	line := s.ledger.Of(access.AreaDirectGrants)
	if line.Status != access.Partial || !strings.Contains(line.Reason, "team of the enterprise") {
		t.Errorf("direct grants: %+v", line)
	}
}

func TestOrganizationRoleThroughATeamNobodyListsIsAGap(t *testing.T) {
	w := githubsim.Demo()
	h := start(t, w, rewritten("/organization-roles/", `"inherited_from":[{`, `"inherited_from":[{"id":1,"slug":"ent:all"},{`))
	if line := h.collect(t, "acme-robotics").ledger.Of(access.AreaOrgRoleAssignments); line.Status != access.Complete {
		t.Errorf("a team that is listed with it explains it: %+v", line)
	}
	h = start(t, w, rewritten("/organization-roles/", `"inherited_from":[]`, `"inherited_from":[{"id":1,"slug":"ent:all"}]`))
	if line := h.collect(t, "acme-robotics").ledger.Of(access.AreaOrgRoleAssignments); line.Status != access.Partial || !strings.Contains(line.Reason, "not read") {
		t.Errorf("a team that nobody lists: %+v", line)
	}
}
