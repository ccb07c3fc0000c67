package run

import (
	"slices"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
)

func TestActionGoesFromIntendedToVerified(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	r := b.carry(guestOff(boat), direct(user(11, "annika"), boat, "admin", "write"))
	b.expect(r, Done, "verified/carried-out verified/carried-out")
	want := []journal.Kind{
		journal.RunBegun, journal.Intended, journal.Intended,
		journal.Sent, journal.Answered, journal.Verified, journal.Sent, journal.Answered, journal.Verified, journal.RunEnded,
	}
	if got := b.kinds(r.ID); !slices.Equal(got, want) {
		t.Errorf("the journal holds %v", got)
	}
	if got := b.writes(false); len(got) != 2 || got[0] != "DELETE /repos/acme/boat/collaborators/guest" {
		t.Errorf("sent was %q", got)
	}
	if r.Ended.Counts != (Counts{Actions: 2, Verified: 2}) {
		t.Errorf("%+v", r.Ended.Counts)
	}
}

func TestKeyIsReplacedInTwoSteps(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	c := robot(key(false), key(true))
	r := b.carry(c)
	b.expect(r, Done, "verified/carried-out")
	if p := r.Actions[0]; len(p.Sends) != 2 || len(p.Sends[0].Rest) != 1 || p.Sends[1].Answer.Created == 0 {
		t.Errorf("%+v", p.Sends)
	}
}
