package baseline

import "strings"

// glob matches one name against a pattern in which * stands for any run of
// characters, also none. It is anchored at both ends, ignores case, and takes
// time linear in the name for each literal piece of the pattern.
type glob struct {
	text   string   // in lower case
	pieces []string // what stands between the stars; one piece: no star
}

func newGlob(text string) glob {
	text = strings.ToLower(text)
	return glob{text, strings.Split(text, "*")}
}

// literal reports whether the pattern has no star.
func (g glob) literal() bool { return len(g.pieces) == 1 }

// any reports whether the pattern matches every name.
func (g glob) any() bool { return g.text != "" && strings.Trim(g.text, "*") == "" }

// prefix is what every match begins with.
func (g glob) prefix() string { return g.pieces[0] }

// match reports whether the name, in lower case, matches. Taking the leftmost
// place for each piece is enough, since what follows a star may begin anywhere
// later.
func (g glob) match(name string) bool {
	if g.literal() {
		return name == g.text
	}
	first, last := g.pieces[0], g.pieces[len(g.pieces)-1]
	if len(name) < len(first)+len(last) || !strings.HasPrefix(name, first) || !strings.HasSuffix(name, last) {
		return false
	}
	name = name[len(first) : len(name)-len(last)]
	for _, piece := range g.pieces[1 : len(g.pieces)-1] {
		i := strings.Index(name, piece)
		if i < 0 {
			return false
		}
		name = name[i+len(piece):]
	}
	return true
}

// weight ranks how much a pattern says: more literal characters say more, and a
// pattern without a star says most.
func (g glob) weight() int {
	n := len(g.text) - len(g.pieces) + 1
	if g.literal() {
		n += 1 << 20
	}
	return n
}
