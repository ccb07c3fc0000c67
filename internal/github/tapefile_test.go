package github

import (
	"bytes"
	"slices"
	"testing"
)

func FuzzTape(f *testing.F) {
	h := &restHead{at: 5, tag: 9, header: []byte("Etag: \"x\"\n")}
	good := slices.Concat([]byte(tapeMagic), appendHeader(nil, tapeHeader{Version: 1, Salt: "ab"}),
		appendQuery(nil, 1, tapeKey{1}, nil, []byte(`{"data":{"organization":{}}}`)),
		appendQuery(nil, 1, tapeKey{2}, []tapeKey{{3}, {4}}, []byte(`{"data":{"nodes":[{"id":"a"},null],"rateLimit":null}}`)),
		appendREST(nil, recordREST, tapeKey{5}, h, []byte(`[]`)), appendDenied(nil, 2, tapeKey{6}))
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Fuzz(func(t *testing.T, raw []byte) {
		tape := &Tape{index: map[tapeKey]int32{}, kept: map[tapeKey]keptEntry{}, denied: map[tapeKey]struct{}{}}
		within := func(at int64, head, size uint32) {
			if at-int64(head) < int64(len(tapeMagic)) || at+int64(size) > int64(len(raw)) {
				t.Fatalf("an answer at %d of %d bytes, after %d of headers, in a file of %d", at, size, head, len(raw))
			}
		}
		_, end, err := readTape(bytes.NewReader(raw), tape.admit)
		if err != nil && len(tape.entries) > 0 || end > int64(len(raw)) {
			t.Fatalf("%d entries up to %d of %d: %v", len(tape.entries), end, len(raw), err)
		}
		for _, e := range tape.entries {
			within(e.at, e.head, e.size)
		}
		for _, e := range tape.kept {
			within(e.at, e.head, e.size)
		}
	})
}

func TestATornRecordIsDropped(t *testing.T) {
	raw := slices.Concat([]byte(tapeMagic), appendHeader(nil, tapeHeader{Version: 1, Salt: "ab"}),
		appendQuery(nil, 1, tapeKey{1}, nil, []byte(`{"data":{"organization":{}}}`)))
	last := appendQuery(nil, 1, tapeKey{2}, nil, []byte(`{"data":{"organization":{}}}`))
	for cut := range last {
		n := 0
		if _, end, err := readTape(bytes.NewReader(append(raw[:len(raw):len(raw)], last[:cut]...)), func(record) { n++ }); n != 1 || end != int64(len(raw)) || err != nil {
			t.Fatalf("cut after %d bytes: %d records up to %d of %d, %v", cut, n, end, len(raw), err)
		}
	}
	for i := range last {
		bad := slices.Clone(last)
		bad[i] ^= 0x10
		n := 0
		if _, _, err := readTape(bytes.NewReader(append(raw[:len(raw):len(raw)], bad...)), func(record) { n++ }); n != 1 || err != nil {
			t.Fatalf("byte %d changed: %d records, %v", i, n, err)
		}
	}
}
