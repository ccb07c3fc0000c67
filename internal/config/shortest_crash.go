//go:build crash

package config

import "time"

// shortest is how often the daemon does something at most. The soak has it live a day
// in minutes.
const shortest = time.Second
