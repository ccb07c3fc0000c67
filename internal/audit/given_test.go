package audit

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What the audit log tells of access that was given is kept, once, and stays when
// GitHub has forgotten it.
func TestWhoGaveAccessIsKeptWhenTheAuditLogForgets(t *testing.T) {
	p := moving(t)
	first := p.look(t)
	before, err := p.Store.Given(t.Context(), first.Info.OrgID)
	if err != nil {
		t.Fatal(err)
	}
	if len(before) == 0 || before[0].Actor == "" || before[0].At.IsZero() {
		t.Fatalf("kept: %+v", before)
	}
	p.world.Orgs[0].AuditLog = nil
	p.c.move(24 * time.Hour)
	p.look(t)
	after, err := p.Store.Given(t.Context(), first.Info.OrgID)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("(-before +after):\n%s", d)
	}
}
