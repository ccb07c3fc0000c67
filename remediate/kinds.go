package remediate

import (
	"cmp"
	"slices"

	"github.com/eb661601/ajar/access"
)

// Kind is what an action does, as a journal would name it.
type Kind string

// kindRow is what is true of every action of a kind.
type kindRow struct {
	kind     Kind
	grade    int  // where the kind stands between the safest and the gravest
	takes    bool // somebody may lose access, so ajar must know who it is itself
	expels   bool // touches the person and not a grant: only where asked for
	risk     Risk // at the least; "": low
	riskWhy  string
	inverse  string
	precheck string
	lost     []string // what restore can never bring back
	// loss says in words what is lost; nil: it follows from who is reached.
	loss func(p *planner, c *candidate) string
}

// The grades, from the safest to the gravest: what adds a gate, what offers
// nothing any more, what lowers, what removes a grant, what removes a person.
// Actions of one risk run in this order.
const (
	gates = iota * 10
	offers
	settings
	lowers
	removes
	keysGo
	everybody
	people
)

// family is all that is done to one thing: the kinds of action, and how findings
// lead to them. A new one is a file with a family, and a line in families.
type family struct {
	kinds []*kindRow
	// answers reports whether a finding is the family's business, by its rule and
	// what it is about.
	answers func(f *access.Finding) bool
	// propose adds the actions that the finding calls for, or an instruction.
	propose func(p *planner, f access.Finding)
}

// families are asked in this order; the first that answers takes the finding.
// What none answers is left to people.
var families = []*family{
	&gateFamily, &outsiderFamily, &orgInvitationFamily, &repoInvitationFamily, &baseFamily, &tokenFamily,
	&personFamily, &maintainerFamily, &keyFamily, &grantFamily, &membershipFamily,
}

// kindRows lists every kind, from the safest to the gravest.
func kindRows() []*kindRow {
	var out []*kindRow
	for _, f := range families {
		out = append(out, f.kinds...)
	}
	slices.SortStableFunc(out, func(a, b *kindRow) int { return cmp.Compare(a.grade, b.grade) })
	return out
}

// Kinds lists every kind, from the safest to the gravest.
func Kinds() []Kind {
	var out []Kind
	for _, r := range kindRows() {
		out = append(out, r.kind)
	}
	return out
}

// Describe says of a kind how it is undone and what can never be brought back.
// False: there is no such kind.
func Describe(k Kind) (inverse string, lost []string, known bool) {
	for _, r := range kindRows() {
		if r.kind == k {
			return r.inverse, slices.Clone(r.lost), true
		}
	}
	return "", nil, false
}
