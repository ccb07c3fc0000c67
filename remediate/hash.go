package remediate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// id derives the stable id of an action from what it does to whom.
func (a Action) id() string {
	text := fmt.Sprintf("%s\x00%s\x00%s\x00%s", a.Kind, a.Principal.Ref, a.Resource.Ref, a.To)
	if a.Grant != nil {
		text += "\x00" + a.Grant.Key()
	}
	for _, part := range a.Parts {
		text += "\x00" + part
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// hash is the SHA-256 of the plan without its hash. The JSON of a plan is its
// canonical form: structs have an order, and no part of it is a map.
func (p Plan) hash() string {
	p.Hash = ""
	return sum(p)
}

// Verify reports whether the plan is as it was made.
func (p Plan) Verify() bool { return p.Hash != "" && p.Hash == p.hash() }

// Hash is the SHA-256, in hex, of the guards. The names of limits are sorted by
// the encoder.
func (g Guards) Hash() string { return sum(g.sane()) }

// sane makes a fraction that is no number mean none: nothing passes it, and JSON
// can write it.
func (g Guards) sane() Guards {
	clean := func(f float64) float64 { return pick(f >= 0 && f <= 1, f, 0) }
	g.MaxFraction = clean(g.MaxFraction)
	limits := make(map[string]Limit, len(g.Limits))
	for kind, l := range g.Limits {
		if l.Fraction != nil {
			f := clean(*l.Fraction)
			l.Fraction = &f
		}
		limits[kind] = l
	}
	g.Limits = limits
	return g
}

func sum(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		// Every field marshals; a new one that does not must not hash as nothing.
		panic("remediate: canonical form: " + err.Error())
	}
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}
