package oscal

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

func TestWhatIsGatheredFromAStoreIsValidInEachFramework(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: func() time.Time { return to }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := s.Begin(t.Context(), access.Organization{ID: 1, Login: "acme"}, from.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Cover(t.Context(), access.Cover{Area: access.AreaMembers, Status: access.Denied, Reason: "for\nbidden", Total: -1}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Finish(t.Context(), store.PassStats{}); err != nil {
		t.Fatal(err)
	}
	for _, f := range evidence.Frameworks {
		e, err := evidence.Gather(t.Context(), s, evidence.Options{Framework: f, Period: evidence.Period{From: from, To: to}, Program: "ajar 1.2.3"})
		if err != nil {
			t.Fatal(err)
		}
		text := write(t, e)
		if err := judge(text); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		var d document
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatal(err)
		}
		for _, o := range d.Results.Results[0].Observations {
			if strings.Contains(o.Remarks, "SELECT") && len(o.Evidence) != 1 {
				t.Errorf("%s: %q is counted in one table, and names %v", f, o.Title, o.Evidence)
			}
		}
	}
}
