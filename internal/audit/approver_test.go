package audit

import (
	"net/http/httptest"
	"testing"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// asking is a client of the demo, changed beforehand.
func asking(t *testing.T, scope githubsim.Scope, change func(*githubsim.World)) *github.Client {
	t.Helper()
	w := githubsim.Demo()
	if change != nil {
		change(w)
	}
	srv := httptest.NewServer(githubsim.New(w, githubsim.Options{Tokens: []githubsim.Token{{Value: "ajartest-asking", Scope: scope}}}))
	t.Cleanup(srv.Close)
	c, err := github.New(github.Options{APIURL: srv.URL, Unpaced: true,
		Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "ajartest-asking"})})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestApproverIsAMemberWhoseLoginIsTheirsNow(t *testing.T) {
	const org = "acme-robotics"
	tendai := Person{ID: 122036604, Login: "tendai-lindqvist"}
	for _, c := range []struct {
		name   string
		listed []string
		who    Person
		change func(*githubsim.World)
		want   bool
	}{
		{"by name", []string{"user:Tendai-Lindqvist"}, tendai, nil, true},
		{"somebody else is listed", []string{"user:mirela-okafor"}, tendai, nil, false},
		{"nobody is listed", nil, tendai, nil, false},
		{"the name is another's by now", []string{"user:tendai-lindqvist"}, Person{ID: 99, Login: "tendai-lindqvist"}, nil, false},
		{"left the organization", []string{"user:tendai-lindqvist"}, tendai, func(w *githubsim.World) {
			o := w.Orgs[0]
			for i, m := range o.Members {
				if m.Login == "tendai-lindqvist" {
					o.Members = append(o.Members[:i], o.Members[i+1:]...)
					return
				}
			}
		}, false},
		{"a team that they are not in", []string{"team:acme-robotics/web"}, Person{ID: 108992993, Login: "mirela-okafor"}, func(w *githubsim.World) {
			for _, x := range w.Orgs[0].Teams {
				x.Members = nil
			}
		}, false},
		{"a team that they are in", []string{"team:acme-robotics/web"}, tendai, func(w *githubsim.World) {
			for _, x := range w.Orgs[0].Teams {
				if x.Slug == "web" {
					x.Members = append(x.Members, &githubsim.TeamMember{Login: "tendai-lindqvist", Role: "member"})
				}
			}
		}, true},
		{"a team that is not there", []string{"team:acme-robotics/nowhere"}, tendai, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Approver(t.Context(), asking(t, githubsim.OwnerScope, c.change), org, c.listed, c.who)
			if err != nil || got != c.want {
				t.Errorf("%t, %v", got, err)
			}
		})
	}
}

func TestAppIsNobody(t *testing.T) {
	if me, err := Me(t.Context(), asking(t, githubsim.AppScope, nil)); err == nil {
		t.Errorf("it is %+v", me)
	}
}
