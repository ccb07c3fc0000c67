package main

import (
	"fmt"
	"os"
	"testing"
)

// size picks how much a proof does: little in every test run, more where
// `make prove` or `make prove-long` asks for it.
func size(small, full, long int) int {
	switch os.Getenv(sizeVariable) {
	case "full":
		return full
	case "long":
		return long
	}
	return small
}

// figures tells what a proof did, for the line that `make prove` prints.
func figures(t *testing.T, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	t.Attr(figureKey, text)
	t.Log(text)
}
