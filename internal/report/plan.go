package report

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Plan is the dry-run report of a plan: what would change, and what would not.
type Plan struct {
	Org          access.Named
	Snapshot     int64
	At           time.Time // the snapshot that it was made from
	MadeAt       time.Time
	Baseline     *BaselineUse
	Hash         string // the plan's own
	Gaps         []Gap
	Stopped      []string     // the guards that the whole plan breaks: nothing of it would run
	Actions      []PlanAction // in the order in which they would run
	Losers       int          // people and principals who lose something, each once
	Refused      []PlanRefusal
	Waiting      []PlanWaiting // what grace defers
	Notices      []PlanNotice  // what to tell whom
	Gates        []PlanGate    // who could still approve deployments
	Instructions []PlanInstruction
	Done         []PlanDone // instructions of an earlier plan that were followed
	Asked        string     // the smaller plan that was asked for (--only, --max), in words
	Left         PlanLeft   // what that leaves out
}

// PlanLeft counts what the whole plan has and a smaller one has not.
type PlanLeft struct{ Actions, Waiting, Refused, Instructions int }

// words says what is left out.
func (l PlanLeft) words() string {
	var out []string
	if l.Actions > 0 {
		out = append(out, count(l.Actions, "change", "changes"))
	}
	for _, x := range []struct {
		n    int
		what string
	}{{l.Waiting, " not due"}, {l.Refused, " refused"}, {l.Instructions, " by hand"}} {
		if x.n > 0 {
			out = append(out, number(x.n)+x.what)
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", ")
}

// PlanAction is one change that the plan would make.
type PlanAction struct {
	ID           string         `json:"id"`
	Kind         string         `json:"kind"` // the verb, as the journal has it
	Principal    access.Named   `json:"principal"`
	Resource     access.Named   `json:"resource"`
	Title        string         `json:"title"` // what would change, in one line
	Have         string         `json:"have"`
	Want         string         `json:"want"`
	Why          string         `json:"why"`      // the finding's title, or a sentence
	Findings     []string       `json:"findings"` // fingerprints of what it answers
	Rule         string         `json:"rule"`
	Severity     string         `json:"severity,omitempty"`
	Overdue      *Overdue       `json:"overdue,omitempty"` // nil: no assignment has ended
	Risk         string         `json:"risk"`
	Losers       int            `json:"losers"` // how many people and principals lose something
	Sample       []access.Named `json:"sample"` // at most ten of them
	Loss         string         `json:"loss,omitempty"`
	Inverse      string         `json:"inverse,omitempty"` // how it would be put back
	Irreversible []string       `json:"irreversible"`      // what cannot be put back
	Stays        []string       `json:"stays"`             // excess that stays by another path
	Weighed      []PlanWeighed  `json:"weighed"`           // what was weighed against it
}

// PlanRefusal is a change that drift calls for and a guard forbids.
type PlanRefusal struct {
	Principal access.Named `json:"principal"`
	Resource  access.Named `json:"resource"`
	Title     string       `json:"title"`
	Guard     string       `json:"guard"`
	Why       string       `json:"why"`
	Finding   string       `json:"finding,omitempty"`
	Overdue   *Overdue     `json:"overdue,omitempty"` // as of an action: it stays so
}

// PlanInstruction is a change that somebody has to make elsewhere.
type PlanInstruction struct {
	Principal access.Named `json:"principal"`
	Resource  access.Named `json:"resource"`
	Title     string       `json:"title"`
	Where     string       `json:"where"`
	Who       string       `json:"who"`
	Since     time.Time    `json:"since,omitzero"`
	Rule      string       `json:"rule"`
	Finding   string       `json:"finding,omitempty"`
	Overdue   *Overdue     `json:"overdue,omitempty"`
}

// Exit is ExitFindings for a plan with changes, else ExitGaps where something
// expected was not seen, else ExitClean.
func (v Plan) Exit() int {
	if len(v.Actions)+len(v.Waiting) > 0 {
		return ExitFindings
	}
	return exitOf(v.Gaps)
}

func (v Plan) verdict() string {
	said := "nothing was changed; "
	switch n := len(v.Actions); {
	case n > 0 && len(v.Stopped) > 0:
		return said + count(n, "change is", "changes are") + " planned, and a guard stops the whole plan."
	case n > 0:
		return said + count(n, "change is", "changes are") + " planned."
	case len(v.Waiting) > 0:
		return said + count(len(v.Waiting), "change is", "changes are") + " not due yet."
	case unexpected(v.Gaps) > 0:
		return said + "nothing is planned, but " + count(unexpected(v.Gaps), "expected kind of data was", "expected kinds of data were") +
			" not seen to the end."
	}
	if v.Asked != "" {
		return said + "nothing that was asked for needs to be."
	}
	return said + "nothing needs to be."
}

// irreversible counts the actions that cannot be undone in full.
func (v Plan) irreversible() int {
	n := 0
	for _, a := range v.Actions {
		if len(a.Irreversible) > 0 {
			n++
		}
	}
	return n
}

type planCounts struct {
	Actions      int            `json:"actions"`
	ByKind       map[string]int `json:"by_kind"`
	Losers       int            `json:"losers"`
	Irreversible int            `json:"irreversible"`
	Waiting      int            `json:"waiting"`
	Refused      int            `json:"refused"`
	Instructions int            `json:"instructions"`
	Left         int            `json:"left_out"`

	LeftWaiting      int `json:"left_out_waiting"`
	LeftRefused      int `json:"left_out_refused"`
	LeftInstructions int `json:"left_out_instructions"`
}

func (v Plan) counts() planCounts {
	kinds := map[string]int{}
	for _, a := range v.Actions {
		kinds[a.Kind]++
	}
	l := v.Left
	return planCounts{
		len(v.Actions), kinds, v.Losers, v.irreversible(), len(v.Waiting), len(v.Refused), len(v.Instructions), l.Actions, l.Waiting, l.Refused, l.Instructions,
	}
}

func (v Plan) json(w io.Writer) error {
	type actionDoc struct {
		PlanAction
		Principal *access.Named `json:"principal"`
		Resource  *access.Named `json:"resource"`
	}
	type refusalDoc struct {
		PlanRefusal
		Principal *access.Named `json:"principal"`
		Resource  *access.Named `json:"resource"`
	}
	type instructionDoc struct {
		PlanInstruction
		Principal *access.Named `json:"principal"`
		Resource  *access.Named `json:"resource"`
	}
	actions, refused, manual := []actionDoc{}, []refusalDoc{}, []instructionDoc{}
	for _, a := range v.Actions {
		a.Findings, a.Sample, a.Irreversible = list(a.Findings), list(a.Sample), list(a.Irreversible)
		a.Stays, a.Weighed = list(a.Stays), list(a.Weighed)
		actions = append(actions, actionDoc{a, maybe(a.Principal), maybe(a.Resource)})
	}
	for _, r := range v.Refused {
		refused = append(refused, refusalDoc{r, maybe(r.Principal), maybe(r.Resource)})
	}
	for _, i := range v.Instructions {
		manual = append(manual, instructionDoc{i, maybe(i.Principal), maybe(i.Resource)})
	}
	return encode(w, struct {
		Schema       string           `json:"schema"`
		Org          access.Named     `json:"organization"`
		Snapshot     int64            `json:"snapshot"`
		At           time.Time        `json:"snapshot_at"`
		MadeAt       time.Time        `json:"made_at"`
		Baseline     *BaselineUse     `json:"baseline"`
		Hash         string           `json:"hash"`
		Changed      bool             `json:"changed"` // always false: this is a rehearsal
		Complete     bool             `json:"complete"`
		Gaps         []Gap            `json:"gaps"`
		Counts       planCounts       `json:"counts"`
		Stopped      []string         `json:"stopped"`
		Asked        string           `json:"asked"`
		Actions      []actionDoc      `json:"actions"`
		Waiting      []PlanWaiting    `json:"waiting"`
		Notices      []PlanNotice     `json:"notices"`
		Gates        []PlanGate       `json:"gates"`
		Refused      []refusalDoc     `json:"refused"`
		Instructions []instructionDoc `json:"instructions"`
		Done         []PlanDone       `json:"done"`
		Exit         int              `json:"exit_code"`
	}{
		"ajar.plan/v1", v.Org, v.Snapshot, utc(v.At), utc(v.MadeAt), v.Baseline, v.Hash, false, unexpected(v.Gaps) == 0,
		list(v.Gaps), v.counts(), list(v.Stopped), v.Asked, actions, list(v.Waiting), list(v.Notices), list(v.Gates), refused, manual, list(v.Done), v.Exit(),
	})
}

var planColumns = append([]string{
	"row", "organization", "snapshot_at", "plan", "order", "id", "kind", "principal", "principal_id", "resource", "resource_id",
	"title", "have", "want", "why", "findings", "rule", "severity", "overdue_since", "overdue_seconds", "risk", "losers", "sample", "loss", "inverse", "irreversible",
	"guard", "where", "who", "since", "until",
}, gapColumns...)

// csv writes gaps first, then what stops the plan, the actions in order, what is
// refused, and what is left to people.
func (v Plan) csv(s *sheet) error {
	if err := s.header(planColumns...); err != nil {
		return err
	}
	about := fields{"organization": v.Org.Name, "snapshot_at": rfc3339(v.At), "plan": v.Hash}
	if err := s.gapRows(planColumns, about, v.Gaps); err != nil {
		return err
	}
	var rows []fields
	for _, g := range v.Stopped {
		rows = append(rows, fields{"row": "stopped", "guard": g})
	}
	for i, a := range v.Actions {
		rows = append(rows, actionFields(i+1, a))
	}
	rows = append(rows, v.laterRows()...)
	for _, r := range v.Refused {
		rows = append(rows, fields{
			"row": "refused", "principal": r.Principal.Name, "principal_id": id(r.Principal), "resource": r.Resource.Name,
			"resource_id": id(r.Resource), "title": r.Title, "guard": r.Guard, "why": r.Why, "findings": r.Finding,
		}.overdue(r.Overdue))
	}
	for _, i := range v.Instructions {
		rows = append(rows, fields{
			"row": "instruction", "principal": i.Principal.Name, "principal_id": id(i.Principal), "resource": i.Resource.Name,
			"resource_id": id(i.Resource), "title": i.Title, "where": i.Where, "who": i.Who, "since": rfc3339(i.Since), "rule": i.Rule, "findings": i.Finding,
		}.overdue(i.Overdue))
	}
	for _, row := range rows {
		if err := s.fields(planColumns, row, about); err != nil {
			return err
		}
	}
	return nil
}

func actionFields(order int, a PlanAction) fields {
	sample := make([]string, len(a.Sample))
	for i, n := range a.Sample {
		sample[i] = n.Name
	}
	return fields{
		"row": "action", "order": strconv.Itoa(order), "id": a.ID, "kind": a.Kind, "principal": a.Principal.Name,
		"principal_id": id(a.Principal), "resource": a.Resource.Name, "resource_id": id(a.Resource), "title": a.Title,
		"have": a.Have, "want": a.Want, "why": a.Why, "findings": strings.Join(a.Findings, " "), "rule": a.Rule,
		"severity": a.Severity, "risk": a.Risk, "losers": strconv.Itoa(a.Losers), "sample": strings.Join(sample, "\n"),
		"loss": a.Loss, "inverse": a.Inverse, "irreversible": strings.Join(a.Irreversible, "\n"),
	}.overdue(a.Overdue)
}
