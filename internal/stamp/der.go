package stamp

import (
	"errors"
	"fmt"
)

// maxDepth bounds how deep the values of a time stamp lie in each other: those of
// authorities lie some 15 deep.
const maxDepth = 32

// scan goes through the values of a time stamp, once and without a copy, and says what the
// parsers behind it take too long for: lengths that are not there but at an end (RFC 3161
// wants DER, which has none of those), and values that lie too deep in each other.
func scan(b []byte) error {
	var ends [maxDepth]int // of the values that the next one lies in
	depth := 0
	for at := 0; at < len(b); {
		for depth > 0 && at == ends[depth-1] {
			depth--
		}
		limit := len(b)
		if depth > 0 {
			limit = ends[depth-1]
		}
		constructed := b[at]&0x20 != 0
		from, to, err := span(b[:limit], at)
		if err != nil {
			return err
		}
		if at = to; constructed {
			if depth == maxDepth {
				return fmt.Errorf("its values lie more than %d deep in each other", maxDepth)
			}
			ends[depth], at = to, from
			depth++
		}
	}
	return nil
}

var errCut = errors.New("a value of it is longer than what it lies in")

// span gives where the content of the value at a place begins and ends.
func span(b []byte, at int) (from, to int, err error) {
	many := b[at]&0x1f == 0x1f
	for at++; many; at++ { // a tag of more than one byte
		if at >= len(b) {
			return 0, 0, errCut
		}
		many = b[at]&0x80 != 0
	}
	if at >= len(b) {
		return 0, 0, errCut
	}
	n := int(b[at])
	at++
	if n == 0x80 {
		return 0, 0, errors.New("a value of it has no length, which DER does not have")
	}
	if n > 0x80 {
		bytes := n - 0x80
		if bytes > 4 || at+bytes > len(b) {
			return 0, 0, errCut
		}
		n = 0
		for range bytes {
			n = n<<8 | int(b[at])
			at++
		}
	}
	if n < 0 || n > len(b)-at {
		return 0, 0, errCut
	}
	return at, at + n, nil
}
