//go:build !crash

package config

import "time"

// shortest is how often the daemon does something at most.
const shortest = time.Minute
