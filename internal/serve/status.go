package serve

import "github.com/eb661601/ajar/internal/status"

// The words of package status that a daemon is told in.
type (
	Status       = status.Status
	State        = status.State
	Check        = status.Check
	ConfigState  = status.ConfigState
	Working      = status.Working
	OrgStatus    = status.Org
	PassStatus   = status.Pass
	BudgetStatus = status.Budget
	JobStatus    = status.Job
)

// The states.
const (
	Starting = status.Starting
	Running  = status.Running
	Stopping = status.Stopping
)
