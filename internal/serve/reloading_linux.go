package serve

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// reloading tells systemd that a reload begins; Type=notify-reload asks for the time.
func reloading() string {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return "RELOADING=1"
	}
	return fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", t.Nano()/1000)
}
