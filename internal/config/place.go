package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// place leads to one value of the file: names of keys, and indexes into arrays.
type place []any

func (p place) with(step any) place { return append(slices.Clip(p), step) }

// String writes the place as people write keys, "github.read[0].token_env". The
// only element of an array is as good as the array: [0] is left out for tables.
func (p place) String() string {
	var s string
	for _, step := range p {
		switch x := step.(type) {
		case string:
			s = join(s, part(x))
		case int:
			s += fmt.Sprintf("[%d]", x)
		}
	}
	return s
}

var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// part writes one name of a dotted key. One that is not bare is quoted, so that
// it can neither be taken for a path of keys nor steer a terminal.
func part(name string) string {
	if bareKey.MatchString(name) {
		return name
	}
	return strconv.QuoteToASCII(name)
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "." + b
}

// parent cuts the last name off a dotted key: "a.b" gives "a", "a" gives "".
func parent(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i]
	}
	return ""
}
