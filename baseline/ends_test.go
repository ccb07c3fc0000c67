package baseline

import (
	"testing"
	"time"
)

func TestEndingsAreTheWaiversAndAcceptancesThatEndSoonTheEarliestFirst(t *testing.T) {
	b, err := Parse([]File{{Name: "b.toml", Text: []byte(`
[roles.admin]
repository = "admin"

[[assign]]
role = "admin"
to = ["user:alice"]
on = ["repo:acme/api"]
reason = "on call"
expires = 2026-06-10

[[assign]]
role = "admin"
to = ["user:bob"]
on = ["repo:acme/api"]
reason = "on call"
expires = 2026-09-01

[[waiver]]
match = { rule = "deploy-key-write", resource = "repo:acme/api" }
reason = "being replaced"
owner = "user:alice"
expires = 2026-05-20
`)}})
	if err != nil {
		t.Fatal(err)
	}
	got := b.Endings(time.Date(2026, 6, 14, 0, 0, 0, 0, time.UTC))
	if len(got) != 2 || got[0].What != "waiver" || got[1].What != "assignment" || got[1].Line != 5 {
		t.Errorf("endings: %+v", got)
	}
	if got := b.Endings(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)); len(got) != 0 {
		t.Errorf("too early: %+v", got)
	}
}
