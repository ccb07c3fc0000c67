package config

import (
	"testing"
	"time"
)

// FuzzDuration: a length of time that is read is none below zero, and what is shown
// of it reads as the same.
func FuzzDuration(f *testing.F) {
	for _, s := range []string{"90d", "1d12h", "30m", "0", "0s", "-1h", "1d-1h", "106751d", "106752d", "99999d", "1h1ns", "d", "1.5h", "1d1d", "", "９d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseDuration(text)
		if err != nil {
			return
		}
		if d < 0 {
			t.Errorf("%q is %s", text, d)
		}
		if back, err := parseDuration(showDuration(d)); err != nil || back != d {
			t.Errorf("%q is %s, shown as %q, which reads as %s, %v", text, d, showDuration(d), back, err)
		}
		_ = time.Time{}.Add(d)
	})
}
