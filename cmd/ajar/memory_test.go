package main

import "testing"

func TestGarbageHasRoomHoweverLittleIsInUse(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, most},
		{1 << 20, most},
		{12 << 20, 200},
		{24 << 20, 100},
		{48 << 20, 50},
		{60 << 20, 40},
		{1 << 30, 40},
	} {
		if got := (allowance{40, 24 << 20}).percent(c.live); got != c.want {
			t.Errorf("%d bytes in use: %d percent, want %d", c.live, got, c.want)
		}
	}
}
