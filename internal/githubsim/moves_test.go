package githubsim

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMovesLeaveAWorldThatCouldBeAndNoOldNameInIt(t *testing.T) {
	for name, move := range map[string]func(*World) error{
		"user":     func(w *World) error { return w.RenameUser("ada", "grace") },
		"team":     func(w *World) error { return w.RenameTeam("village", "web", "net") },
		"transfer": func(w *World) error { return w.Transfer("village", "shop", "Hamlet") },
		"leave":    func(w *World) error { return w.Leave("village", "ada") },
	} {
		w := village()
		w.Orgs = append(w.Orgs, &Org{Login: "Hamlet", ID: 12, CreatedAt: w.Meta.Now, Plan: "team", Settings: Settings{DefaultRepositoryPermission: "none"}})
		if err := move(w); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := w.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		raw, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		if old := map[string]string{"user": `"ada"`, "team": `"web"`}[name]; old != "" && strings.Contains(string(raw), old) {
			t.Errorf("%s: %s is still there", name, old)
		}
		if err := move(w); err == nil {
			t.Errorf("%s: twice", name)
		}
	}
	if err := village().Leave("village", "root"); err == nil {
		t.Error("the last owner left")
	}
}
