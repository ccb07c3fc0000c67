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

// A checksum tells damage and not ill will: what is in a record is looked at as
// hard as if there were none.
func FuzzRecord(f *testing.F) {
	h := &restHead{at: 5, tag: 9, header: []byte("Etag: \"x\"\n")}
	for _, whole := range [][]byte{
		appendQuery(nil, 1, tapeKey{2}, []tapeKey{{3}, {4}}, []byte(`{"data":{"nodes":[{"id":"a"},null],"rateLimit":null}}`)),
		appendQuery(nil, 1, tapeKey{1}, nil, []byte(`{"data":{"organization":{}}}`)),
		appendREST(nil, recordREST, tapeKey{5}, h, []byte(`[]`)), appendREST(nil, recordKept, tapeKey{5}, h, []byte(`[]`)), appendDenied(nil, 2, tapeKey{6}),
	} {
		f.Add(whole[recordFixed:])
	}
	begin := append([]byte(tapeMagic), appendHeader(nil, tapeHeader{Version: 1, Salt: "ab"})...)
	f.Fuzz(func(t *testing.T, payload []byte) {
		raw := sealed(append(append(bytes.Clone(begin), make([]byte, recordFixed)...), payload...), len(begin))
		tape := &Tape{index: map[tapeKey]int32{}, kept: map[tapeKey]keptEntry{}, denied: map[tapeKey]struct{}{}}
		if _, _, err := readTape(bytes.NewReader(raw), tape.admit); err != nil {
			t.Fatal(err)
		}
		for _, e := range tape.entries {
			body := raw[e.at : e.at+int64(e.size)]
			if e.head > 0 {
				parseHeaders(raw[e.at-int64(e.head) : e.at])
			} else if len(body) == 0 || body[0] == 'n' {
				t.Fatalf("an answer of %q is given back", body)
			}
		}
		for _, e := range tape.kept {
			parseHeaders(raw[e.at-int64(e.head) : e.at])
		}
	})
}
