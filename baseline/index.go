package baseline

import (
	"sort"
	"strconv"
	"strings"
)

// The TOML library tells where a syntax error is, but not where a key or a value
// stands. index walks the tokens of a file that the library has accepted and
// keeps those places in a tree of the same shape as the decoded value.

// node is the place of one value, with the places of what is inside it.
type node struct {
	key   int // byte offset of its key, or of the table header
	value int // byte offset of its value; of the header for a table
	kids  map[string]*node
	elems []*node // of an array
}

// kid gives the child of that name, or the node itself where the tree knows
// none: a place nearby is better than no place.
func (n *node) kid(name string) *node {
	if k, ok := n.kids[name]; ok {
		return k
	}
	return n
}

// elem gives the i-th element of an array, or the array.
func (n *node) elem(i int) *node {
	if i < len(n.elems) {
		return n.elems[i]
	}
	return n
}

// latest is where a header's name leads: the newest element of an array of
// tables, else the node.
func (n *node) latest() *node {
	if len(n.elems) > 0 {
		return n.elems[len(n.elems)-1]
	}
	return n
}

// step goes to the child of that name, and makes it where there is none.
func (n *node) step(name string, at int) *node {
	n = n.latest()
	if k, ok := n.kids[name]; ok {
		return k
	}
	k := &node{key: at, value: at}
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	n.kids[name] = k
	return k
}

type indexer struct {
	scanner
	tok token
}

func (x *indexer) advance() { x.tok = x.next() }

// index builds the tree of places of one file. On text that is not valid TOML
// the tree is of no use, but it still ends.
func index(text string) *node {
	root := &node{}
	x := &indexer{scanner: scanner{text: text}}
	x.advance()
	for table := root; x.tok.kind != tokenEnd; {
		switch x.tok.kind {
		case tokenOpen:
			table = x.header(root)
		case tokenBare, tokenString:
			x.pair(table)
		default:
			x.advance()
		}
	}
	return root
}

// header reads [a.b] or [[a.b]] and gives the table that it opens.
func (x *indexer) header(root *node) *node {
	start := x.tok.start
	x.advance()
	array := x.tok.kind == tokenOpen
	if array {
		x.advance()
	}
	table := x.path(root, start)
	if array {
		table.elems = append(table.elems, &node{key: start, value: start})
	}
	for x.tok.kind == tokenClose {
		x.advance()
	}
	return table.latest()
}

// path reads a dotted key and goes where it leads from n. Where at is not
// negative, what is new on the way is placed there, else at its own part.
func (x *indexer) path(n *node, at int) *node {
	for x.tok.kind == tokenBare || x.tok.kind == tokenString {
		place := at
		if place < 0 {
			place = x.tok.start
		}
		n = n.step(keyName(x.text[x.tok.start:x.tok.end]), place)
		x.advance()
		if x.tok.kind != tokenDot {
			break
		}
		x.advance()
	}
	return n
}

// pair reads key = value into the table.
func (x *indexer) pair(table *node) {
	n := x.path(table, -1)
	if x.tok.kind != tokenEquals {
		return
	}
	x.advance()
	x.val(n)
}

// val reads one value; the nesting is bounded by the pre-scan.
func (x *indexer) val(n *node) {
	n.value = x.tok.start
	switch x.tok.kind {
	case tokenOpen:
		x.advance()
		for x.tok.kind != tokenClose && x.tok.kind != tokenEnd {
			if x.tok.kind == tokenComma || x.tok.kind == tokenNewline {
				x.advance()
				continue
			}
			e := &node{key: x.tok.start, value: x.tok.start}
			n.elems = append(n.elems, e)
			x.val(e)
		}
		x.advance()
	case tokenCurly:
		x.advance()
		for x.tok.kind != tokenUncurly && x.tok.kind != tokenEnd {
			if x.tok.kind == tokenBare || x.tok.kind == tokenString {
				x.pair(n)
				continue
			}
			x.advance()
		}
		x.advance()
	default:
		x.scalar()
	}
}

// scalar reads what is no array and no table: a string, a number with its dots,
// a date with its blank.
func (x *indexer) scalar() {
	x.advance()
	for x.tok.kind == tokenBare || x.tok.kind == tokenDot || x.tok.kind == tokenString {
		x.advance()
	}
}

// keyName takes the quotes off a key.
func keyName(raw string) string {
	if raw[0] == '\'' {
		return strings.Trim(raw, "'")
	}
	if raw[0] == '"' {
		if s, err := strconv.Unquote(raw); err == nil {
			return s
		}
		return strings.Trim(raw, `"`)
	}
	return raw
}

// lines turns byte offsets into lines and columns, each in a few steps however
// long a line is: a file of one line is a file as well.
type lines struct {
	text   string
	starts []int // of each line
	counts []int // characters before each block
}

// block is how many bytes lie between two counts of characters.
const block = 1 << 10

func newLines(text string) lines {
	l := lines{text: text, starts: []int{0}}
	n := 0
	for i := range len(text) {
		if i%block == 0 {
			l.counts = append(l.counts, n)
		}
		if text[i]&0xc0 != 0x80 {
			n++
		}
		if text[i] == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	l.counts = append(l.counts, n)
	return l
}

func (l lines) at(offset int) (line, column int) {
	offset = max(0, min(offset, len(l.text)))
	line = sort.SearchInts(l.starts, offset+1)
	return line, l.characters(offset) - l.characters(l.starts[line-1]) + 1
}

// characters counts those before the offset: bytes that begin one.
func (l lines) characters(offset int) int {
	if offset == len(l.text) {
		return l.counts[len(l.counts)-1]
	}
	n := l.counts[offset/block]
	for i := offset - offset%block; i < offset; i++ {
		if l.text[i]&0xc0 != 0x80 {
			n++
		}
	}
	return n
}
