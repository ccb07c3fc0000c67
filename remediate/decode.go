package remediate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The bounds of a plan file. It may come from anywhere.
const (
	maxPlanFile  = 64 << 20 // bytes
	maxPlanDepth = 32       // of nested brackets and braces
)

// ErrAltered says that a plan is not what its hash says.
var ErrAltered = errors.New("the plan was altered after it was made: its hash does not fit")

// DecodePlan reads a saved plan. The file must say exactly what its plan says, and
// be as it was made: what is too large or too deep, says a thing twice, holds a
// field that no plan has, or does not fit its hash is an error that says which. With
// [ErrAltered] comes what stands in the file, so that it can be said what was refused.
func DecodePlan(r io.Reader) (Plan, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxPlanFile+1))
	switch {
	case err != nil:
		return Plan{}, fmt.Errorf("reading the plan: %w", err)
	case len(text) > maxPlanFile:
		return Plan{}, fmt.Errorf("the plan is larger than %d MiB", maxPlanFile>>20)
	}
	if err := scanPlan(text); err != nil {
		return Plan{}, err
	}
	var p Plan
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Plan{}, fmt.Errorf("the plan cannot be read: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	switch {
	case p.Schema != Schema:
		return Plan{}, fmt.Errorf("the file is no plan of this version: its schema is %q, not %q", p.Schema, Schema)
	case !p.Verify():
		return p, ErrAltered
	}
	if err := p.sayTheSame(text); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// scanPlan walks the file once: depth, keys that stand twice, and text after the end.
func scanPlan(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var open []*level
	for {
		t, err := d.Token()
		if err == io.EOF && len(open) == 0 {
			return errors.New("the plan is empty")
		}
		if err != nil {
			return fmt.Errorf("the plan is not JSON, near byte %d: %w", d.InputOffset(), err)
		}
		mark, isMark := t.(json.Delim)
		switch {
		case isMark && (mark == '{' || mark == '['):
			if len(open) > 0 {
				open[len(open)-1].valued()
			}
			if len(open) == maxPlanDepth {
				return fmt.Errorf("the plan is nested deeper than %d levels, near byte %d", maxPlanDepth, d.InputOffset())
			}
			l := &level{}
			if mark == '{' {
				l.keys, l.key = map[string]bool{}, true
			}
			open = append(open, l)
		case isMark:
			open = open[:len(open)-1]
		case len(open) == 0:
			return errors.New("the plan is no object")
		default:
			if key, twice := open[len(open)-1].next(t); twice {
				return fmt.Errorf("the plan says %q twice, near byte %d", key, d.InputOffset())
			}
		}
		if len(open) == 0 {
			if rest := bytes.TrimLeft(text[d.InputOffset():], " \t\r\n"); len(rest) > 0 {
				return fmt.Errorf("something follows the plan, at byte %d", d.InputOffset())
			}
			return nil
		}
	}
}

// level is an object or a list that is being read.
type level struct {
	keys map[string]bool // nil: a list
	key  bool            // a key comes next
}

// valued notes that a value was read.
func (l *level) valued() { l.key = l.keys != nil }

// next takes a key or a plain value. Keys that differ in case alone count as one:
// the decoder takes either.
func (l *level) next(t json.Token) (key string, twice bool) {
	if !l.key {
		l.valued()
		return "", false
	}
	key, _ = t.(string)
	folded := strings.ToLower(key)
	twice = l.keys[folded]
	l.keys[folded], l.key = true, false
	return key, twice
}

// sayTheSame holds that the file has each field, by its own name and in order, and
// no value in another form: what a person reads in it is what is carried out.
func (p Plan) sayTheSame(text []byte) error {
	own, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("the plan cannot be written again: %w", err)
	}
	a, b := json.NewDecoder(bytes.NewReader(text)), json.NewDecoder(bytes.NewReader(own))
	a.UseNumber()
	b.UseNumber()
	for {
		x, errX := a.Token()
		y, errY := b.Token()
		if errX == io.EOF && errY == io.EOF {
			return nil
		}
		if errX != nil || errY != nil || x != y {
			return fmt.Errorf("the plan is not written as ajar writes it, near byte %d", a.InputOffset())
		}
	}
}
