package githubsim

// Fault is something that goes wrong with requests that match it.
type Fault struct {
	// Mutate changes the world just before the request is answered.
	Mutate func(*World)
	name   string
}

type faults struct{}

func newFaults(Options) *faults { return &faults{} }

// strike returns the fault that meets the call; nil for none.
func (f *faults) strike(*call) *Fault { return nil }

// instead reports whether the fault answers in place of the handler.
func (f *Fault) instead() bool { return false }

// reply spoils an answer, or makes one.
func (f *Fault) reply(_ *call, rep *reply) *reply { return rep }
