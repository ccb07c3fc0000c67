package main

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// stream is stdout, and remembers when nobody reads it any more, as after
// "| head". What is written then goes nowhere.
type stream struct {
	io.Writer
	gone bool
}

// Write passes p on as long as somebody reads.
func (s *stream) Write(p []byte) (int, error) {
	if s.gone {
		return 0, syscall.EPIPE
	}
	n, err := s.Writer.Write(p)
	s.gone = errors.Is(err, syscall.EPIPE)
	return n, err
}

// watched makes a stream of w, unless it is one: the demo runs commands on its own.
func watched(w io.Writer) io.Writer {
	if s, ok := w.(*stream); ok {
		return s
	}
	return &stream{Writer: w}
}

// gone reports whether the reader of w went away.
func gone(w io.Writer) bool {
	s, ok := w.(*stream)
	return ok && s.gone
}

// file gives the file behind w, if there is one.
func file(w io.Writer) (*os.File, bool) {
	if s, ok := w.(*stream); ok {
		w = s.Writer
	}
	f, ok := w.(*os.File)
	return f, ok
}
