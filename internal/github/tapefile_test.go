package github

import (
	"bytes"
	"encoding/json"
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
		appendREST(nil, recordREST, tapeKey{5}, &restHead{}, nil), // found in CI: it was given back as a query's answer of ""
		appendQuery(nil, 1, tapeKey{2}, []tapeKey{{3}}, []byte(`{"data":{"nodes":[nulll]}}`)),
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
			if text := bytes.TrimSpace(body); !json.Valid(text) || text[0] != '{' && (text[0] != '[' || e.head == 0) {
				t.Fatalf("an answer of %q is given back, with %d bytes of headers", body, e.head)
			}
		}
		for _, e := range tape.kept {
			parseHeaders(raw[e.at-int64(e.head) : e.at])
		}
	})
}

// What GitHub never answers with is asked for again and not given back, whoever
// wrote it into the file.
func TestARecordOfNoAnswerIsNotTakenUp(t *testing.T) {
	plain := &restHead{at: 5, header: []byte("Content-Type: application/json\n")}
	good := &restHead{at: 5, header: []byte("Etag: \"x\"\n")}
	for name, rec := range map[string][]byte{
		"REST, no header and no body": appendREST(nil, recordREST, tapeKey{1}, &restHead{at: 5}, nil),
		"REST, no header":             appendREST(nil, recordREST, tapeKey{1}, &restHead{at: 5}, []byte(`{"data":{}}`)),
		"REST, no body":               appendREST(nil, recordREST, tapeKey{1}, good, nil),
		"REST, blank":                 appendREST(nil, recordREST, tapeKey{1}, good, []byte(" \n")),
		"REST, a number":              appendREST(nil, recordREST, tapeKey{1}, good, []byte("12")),
		"REST, null":                  appendREST(nil, recordREST, tapeKey{1}, good, []byte("null")),
		"REST, broken off":            appendREST(nil, recordREST, tapeKey{1}, good, []byte(`[{"id":1},{"id":`)),
		"REST, more behind":           appendREST(nil, recordREST, tapeKey{1}, good, []byte(`[] []`)),
		"REST, no JSON":               appendREST(nil, recordREST, tapeKey{1}, good, []byte(`[}`)),
		"kept, without a validator":   appendREST(nil, recordKept, tapeKey{1}, plain, []byte(`[]`)),
		"query, no body":              appendQuery(nil, 5, tapeKey{1}, nil, nil),
		"query, a list":               appendQuery(nil, 5, tapeKey{1}, nil, []byte(`[]`)),
		"query, data is a text":       appendQuery(nil, 5, tapeKey{1}, nil, []byte(`{"data":"x"}`)),
		"query, more behind":          appendQuery(nil, 5, tapeKey{1}, nil, []byte(`{"data":{}}{}`)),
		"query, no JSON":              appendQuery(nil, 5, tapeKey{1}, nil, []byte(`{"data":{"a":{]}}`)),
		"nodes, a word like null":     appendQuery(nil, 5, tapeKey{2}, []tapeKey{{1}}, []byte(`{"data":{"nodes":[nulll]}}`)),
		"nodes, a text":               appendQuery(nil, 5, tapeKey{2}, []tapeKey{{1}}, []byte(`{"data":{"nodes":["abcdef"]}}`)),
		"nodes, a number":             appendQuery(nil, 5, tapeKey{2}, []tapeKey{{1}}, []byte(`{"data":{"nodes":[123456]}}`)),
		"nodes, a list":               appendQuery(nil, 5, tapeKey{2}, []tapeKey{{1}}, []byte(`{"data":{"nodes":[[1,2,3]]}}`)),
		"nodes, one too few":          appendQuery(nil, 5, tapeKey{2}, []tapeKey{{1}, {3}}, []byte(`{"data":{"nodes":[{"id":"a"}]}}`)),
	} {
		t.Run(name, func(t *testing.T) {
			raw := slices.Concat([]byte(tapeMagic), appendHeader(nil, tapeHeader{Version: 1, Salt: "ab"}), rec)
			tape := &Tape{index: map[tapeKey]int32{}, kept: map[tapeKey]keptEntry{}, denied: map[tapeKey]struct{}{}}
			if _, end, err := readTape(bytes.NewReader(raw), tape.admit); err != nil || end != int64(len(raw)) {
				t.Fatalf("read up to %d of %d: %v", end, len(raw), err)
			}
			if len(tape.entries)+len(tape.kept) > 0 {
				t.Fatalf("taken up: %d entries, %d kept", len(tape.entries), len(tape.kept))
			}
		})
	}
}
