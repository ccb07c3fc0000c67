package githubsim

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func encode(t testing.TB, w *World) []byte {
	t.Helper()
	b, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAWorldSurvivesWritingAndReading(t *testing.T) {
	for name, w := range map[string]*World{"village": village(), "demo": Demo(), "generated": Generate(Size{Repositories: 20, Members: 10, Teams: 5}, GenOptions{})} {
		again, err := Load(bytes.NewReader(encode(t, w)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(w, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s changed:\n%s", name, diff)
		}
	}
}

func TestKubernetesLoadsWithNothingLost(t *testing.T) {
	w := kubernetes(t)
	if len(w.Orgs) != 8 || len(w.Users) != 1576 {
		t.Errorf("%d organizations, %d users", len(w.Orgs), len(w.Users))
	}
	again, err := Load(bytes.NewReader(encode(t, w)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, again, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("it changed:\n%s", diff)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		spoil      func(w *World)
	}{
		{"member without account", `member "nobody" is no user of this world`, func(w *World) { w.Orgs[0].Members[1].Login = "nobody" }},
		{"member twice", `listed twice`, func(w *World) { w.Orgs[0].Members[1].Login = "ROOT" }},
		{"login twice", `user "ADA": the login is empty or taken`, func(w *World) { w.Users[2].Login = "ADA" }},
		{"id twice", `id 101 is not positive or taken`, func(w *World) { w.Users[2].ID = 101 }},
		{"unknown team", `repository Village/shop: there is no team "x"`, func(w *World) { w.Orgs[0].Repos[0].Teams[0].Slug = "x" }},
		{"unknown role", `ada has the unknown permission "boss"`, func(w *World) { w.Orgs[0].Repos[0].Collaborators[1].Permission = "boss" }},
		{"parents in a circle", `round in a circle`, func(w *World) { w.Orgs[0].Teams[0].Parent = "css" }},
		{"no such parent", `there is no parent "x"`, func(w *World) { w.Orgs[0].Teams[0].Parent = "x" }},
		{"unknown word", `visibility is "open", want one of public, private, internal`, func(w *World) { w.Orgs[0].Repos[0].Visibility = "open" }},
		{"environment twice", `environment "dev": the name is empty or taken`, func(w *World) { w.Orgs[0].Repos[0].Environments[0].Name = "DEV" }},
		{"no time", `meta.now is missing`, func(w *World) { w.Meta.Now = time.Time{} }},
		{"role of nobody", `"x" is no user`, func(w *World) { w.Orgs[0].OrgRoles = []*OrgRole{{Name: "r", Users: []string{"x"}}} }},
	} {
		w := village()
		tt.spoil(w)
		if _, err := Load(bytes.NewReader(encode(t, w))); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
	good := string(encode(t, village()))
	for old, want := range map[string]string{
		`"users":`: `unknown field "people"`, `{"meta"`: "about line 1", `"id":11`: "cannot unmarshal string",
	} {
		bad := strings.Replace(good, old, map[string]string{`"users":`: `"people":`, `{"meta"`: `{,"meta"`, `"id":11`: `"id":"eleven"`}[old], 1)
		if _, err := Load(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", old, err)
		}
	}
	if _, err := Load(strings.NewReader(good + "{}")); err == nil {
		t.Error("a second object is taken")
	}
	w := village()
	for _, r := range w.Orgs[0].Repos {
		for range 10 {
			r.Collaborators = append(r.Collaborators, &Collaborator{"nobody", "pull"})
		}
	}
	if err := w.Check(); err == nil || !strings.Contains(err.Error(), "and 10 more") || strings.Count(err.Error(), "\n") != maxComplaints {
		t.Errorf("thirty mistakes: %v", err)
	}
}

// times lists every time of a JSON text.
func times(v any, out []time.Time) []time.Time {
	switch v := v.(type) {
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			out = append(out, t)
		}
	case []any:
		for _, e := range v {
			out = times(e, out)
		}
	case map[string]any:
		for _, k := range []string{"meta", "now", "users", "orgs"} {
			out = times(v[k], out)
		}
		for k, e := range v {
			if k != "meta" && k != "now" && k != "users" && k != "orgs" {
				out = times(e, out)
			}
		}
	}
	return out
}

func TestShiftMovesEveryTimeByTheSameDistance(t *testing.T) {
	before := Demo()
	count := func(w *World) (n int, sum time.Duration) {
		var v any
		if err := json.Unmarshal(encode(t, w), &v); err != nil {
			t.Fatal(err)
		}
		all := times(v, nil)
		for _, at := range all {
			sum += at.Sub(w.Meta.Now) / time.Duration(1)
		}
		return len(all), sum
	}
	n, ages := count(before)
	to := before.Meta.Now.AddDate(3, 2, 1)
	after := Demo()
	after.ShiftTo(to)
	if !after.Meta.Now.Equal(to) {
		t.Errorf("now is %v", after.Meta.Now)
	}
	if m, moved := count(after); m != n || moved != ages || n < 200 {
		t.Errorf("%d times with ages of %v together, want %d with %v", m, moved, n, ages)
	}
	w := village()
	w.ShiftTo(w.Meta.Now.Add(time.Hour))
	r := w.Orgs[0].Repos[0]
	for name, at := range map[string]time.Time{"repository": r.CreatedAt, "key": r.DeployKeys[0].CreatedAt, "environment": r.Environments[0].CreatedAt, "deployment": r.Deployments[0].CreatedAt} {
		if want := time.Date(2024, 6, 1, 13, 0, 0, 0, time.UTC); !at.Equal(want) {
			t.Errorf("%s stands at %v", name, at)
		}
	}
	if !r.DeployKeys[0].LastUsed.IsZero() || !w.Orgs[0].ArchivedAt.IsZero() {
		t.Error("a time that never was has moved")
	}
}
