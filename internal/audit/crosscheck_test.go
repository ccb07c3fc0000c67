package audit

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestCrossCheckOfARealOrganizationFindsNoDifference(t *testing.T) {
	p, _ := newPass(t, nil)
	v := opened(t, p)
	before := p.Client.Meter().REST
	c, err := p.CrossCheck(t.Context(), v, 200, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	if c.Compared != 200 || c.Equal != 200 || len(c.Differences) > 0 {
		t.Errorf("%+v", c)
	}
	if asked := p.Client.Meter().REST - before; asked != 200 {
		t.Errorf("%d calls for 200 pairs", asked)
	}
}

// A graph that lacks a grant is what a defect of ajar would look like.
func TestCrossCheckTellsAccessThatIsComputedWrongly(t *testing.T) {
	p, _ := newPass(t, nil)
	v := opened(t, p)
	for _, r := range v.Snapshot.Repositories {
		v.Graph.SetRepository(r.ID, nil)
	}
	c, err := p.CrossCheck(t.Context(), v, 100, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Differences) == 0 || c.Equal+len(c.Differences) != c.Compared {
		t.Fatalf("%+v", c)
	}
	if d := c.Differences[0]; !strings.HasPrefix(d.Who.Name, "user:") || !strings.HasPrefix(d.On.Name, "repo:acme-robotics/") || d.Ajar == d.GitHub {
		t.Errorf("%+v", d)
	}
}

func TestCrossCheckComparesNothingWhereAccessIsNotKnown(t *testing.T) {
	p, _ := newPass(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/organization-roles") {
				http.Error(w, `{"message":"Must have admin rights"}`, http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	v := opened(t, p)
	c, err := p.CrossCheck(t.Context(), v, 10, rand.New(rand.NewPCG(1, 2)))
	if err != nil || c.Compared != 0 || len(c.Unseen) == 0 || c.Unseen[0] != access.AreaOrgRoles {
		t.Errorf("%+v, %v", c, err)
	}
}
