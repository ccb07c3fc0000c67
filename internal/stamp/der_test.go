package stamp

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"
)

// wrapped puts a value into another one.
func wrapped(tag byte, b []byte) []byte {
	n := len(b)
	if n < 128 {
		return append([]byte{tag, byte(n)}, b...)
	}
	return append([]byte{tag, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}, b...)
}

// answered is the answer of an authority with something in the place of its token.
func answered(token []byte) []byte {
	return wrapped(0x30, slices.Concat(wrapped(0x30, []byte{2, 1, 0}), token))
}

func TestATimeStampThatTakesLongToReadIsNotRead(t *testing.T) {
	const levels = 10_000
	endless := slices.Concat(bytes.Repeat([]byte{0x30, 0x80}, levels), []byte{4, 1, 'x'}, make([]byte, 2*levels))
	deep := []byte{4, 1, 'x'}
	for range 1000 {
		deep = wrapped(0x30, deep)
	}
	for name, c := range map[string]struct {
		answer []byte
		want   string
	}{
		"no lengths":          {answered(wrapped(0x30, endless)), "has no length"},
		"values in values":    {answered(deep), "more than 32 deep"},
		"many beside another": {answered(wrapped(0x30, bytes.Repeat([]byte{0x30, 0}, 30_000))), ""},
		"many empty sets":     {answered(wrapped(0x30, bytes.Repeat([]byte{0x31, 3, 4, 1, 'x'}, 12_000))), ""},
		"too long":            {make([]byte, maxToken+1), "more than 65536 bytes"},
		"a value cut off":     {answered([]byte{0x30, 9, 1}), "longer than what it lies in"},
		"a tag cut off":       {[]byte{0x3f, 0xff, 0xff}, "longer than what it lies in"},
		"a length cut off":    {[]byte{0x30, 0x84, 0xff}, "longer than what it lies in"},
	} {
		begun := time.Now()
		_, err := Read(c.answer, sha256.Sum256(nil), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%s takes %s", name, took)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add(answered([]byte{0x30, 9, 1}))
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if scan(b) == nil && len(b) < 1<<20 && scan(slices.Concat(b, b)) != nil {
			t.Error("values one after the other are none")
		}
	})
}
