package run

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

func TestNoChangeRestsOnAReadingThatTookTooLong(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	b.hands = b.newHands(slow{b, 6 * time.Second})
	r := b.carry(guestOff(boat), guestOff(ship))
	b.expect(r, Stopped, failedIt)
	if n := len(b.writes(false)); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
