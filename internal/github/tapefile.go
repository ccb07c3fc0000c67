package github

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"time"
)

// The file begins with tapeMagic. Records follow, each as its length, the CRC-32C
// of what follows, and that: the kind, the time in milliseconds, and what the kind
// has. Numbers are little endian. The first record is the header, as JSON. Bodies
// are not compressed: the fastest compression there is would cost more than all of
// the rest, and single nodes could not be read by themselves.
const (
	tapeMagic   = "ajar answers\r\n\x1a\n"
	tapeVersion = 1
	recordFixed = 4 + 4
	recordHead  = 1 + 8 + 16 // kind, time, key
	largestTape = maxGraphQL + 1<<20
)

// Kinds of records.
const (
	recordHeader = 'H'
	recordQuery  = 'q' // a GraphQL answer
	recordREST   = 'r' // a REST answer
	recordKept   = 'k' // a REST answer of a former pass
	recordDenied = 'd' // a REST call that was refused
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// tapeKey stands for one question: a truncated SHA-256.
type tapeKey [16]byte

func (k tapeKey) with(text string) (sub tapeKey) {
	h := sha256.New()
	h.Write(k[:])
	h.Write([]byte(text))
	copy(sub[:], h.Sum(nil))
	return sub
}

// tapeHeader says what a tape is of.
type tapeHeader struct {
	Version      int       `json:"version"`
	Organization int64     `json:"organization"`
	Host         string    `json:"host"`
	Salt         string    `json:"salt"`
	Credential   string    `json:"credential"` // a salted hash
	Sight        string    `json:"sight"`      // a salted hash
	Start        time.Time `json:"start"`
	Ajar         string    `json:"ajar"`
	Done         bool      `json:"done"` // the pass ended: nothing is taken up
}

// restHead is what is kept of a REST answer beside its body.
type restHead struct {
	at     int64  // milliseconds
	tag    uint64 // of the token that it was given to
	header []byte // lines of "Name: value"
}

// restHeaders are the headers that mean something above the transport, or that
// GitHub can be asked with whether an answer still holds.
var restHeaders = []string{"Etag", "Last-Modified", "Link", "Content-Type"}

// keptHeaders are those of an answer as they are recorded.
func keptHeaders(h http.Header) (lines []byte) {
	for _, name := range restHeaders {
		if v := h.Get(name); v != "" {
			lines = append(append(append(append(lines, name...), ": "...), v...), '\n')
		}
	}
	return lines
}

// parseHeaders reads what keptHeaders wrote. No header has a line break in it.
func parseHeaders(lines []byte) http.Header {
	h := http.Header{}
	for line := range strings.SplitSeq(string(lines), "\n") {
		if name, v, ok := strings.Cut(line, ": "); ok {
			h[name] = []string{v}
		}
	}
	return h
}

// validated reports whether GitHub can be asked whether the answer still holds.
// Validators come first.
func (h *restHead) validated() bool {
	return bytes.HasPrefix(h.header, []byte("Etag: ")) || bytes.HasPrefix(h.header, []byte("Last-Modified: "))
}

// begun appends the beginning of a record; its length and checksum are left open
// until it is sealed.
func begun(b []byte, kind byte, at int64, k tapeKey) []byte {
	b = append(b, make([]byte, recordFixed)...)
	b = append(b, kind)
	b = binary.LittleEndian.AppendUint64(b, uint64(at))
	return append(b, k[:]...)
}

// sealed writes length and checksum of the record that begins at a place of b and
// ends with it.
func sealed(b []byte, start int) []byte {
	rec := b[start:]
	binary.LittleEndian.PutUint32(rec, uint32(len(rec)-recordFixed))
	binary.LittleEndian.PutUint32(rec[4:], crc32.Checksum(rec[recordFixed:], castagnoli))
	return b
}

func appendHeader(b []byte, h tapeHeader) []byte {
	text, _ := json.Marshal(h) // plain fields
	return sealed(append(begun(b, recordHeader, h.Start.UnixMilli(), tapeKey{}), text...), len(b))
}

// appendQuery appends a GraphQL answer: the keys of its nodes, if it is asked for
// by node, and the body.
func appendQuery(b []byte, at int64, k tapeKey, nodes []tapeKey, body []byte) []byte {
	start := len(b)
	b = begun(b, recordQuery, at, k)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(nodes)))
	for _, n := range nodes {
		b = append(b, n[:]...)
	}
	return sealed(append(b, body...), start)
}

// appendREST appends a REST answer: the token's tag, the headers, the body.
func appendREST(b []byte, kind byte, k tapeKey, h *restHead, body []byte) []byte {
	start := len(b)
	b = begun(b, kind, h.at, k)
	b = binary.LittleEndian.AppendUint64(b, h.tag)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(h.header)))
	return sealed(append(append(b, h.header...), body...), start)
}

func appendDenied(b []byte, at int64, k tapeKey) []byte {
	return sealed(begun(b, recordDenied, at, k), len(b))
}

// record is one record as it was read.
type record struct {
	kind  byte
	at    int64
	key   tapeKey
	nodes []tapeKey // recordQuery
	rest  *restHead // recordREST, recordKept
	body  []byte
	from  int64 // where the body stands in the file
}

var errRecord = errors.New("a record is not what it says")

// parseRecord takes a payload apart.
func parseRecord(p []byte) (r record, err error) {
	if len(p) < recordHead {
		return r, errRecord
	}
	r.kind, r.at = p[0], int64(binary.LittleEndian.Uint64(p[1:]))
	copy(r.key[:], p[9:])
	p = p[recordHead:]
	switch r.kind {
	case recordQuery:
		if len(p) < 4 {
			return r, errRecord
		}
		said := binary.LittleEndian.Uint32(p)
		if p = p[4:]; uint64(said) > uint64(len(p)/16) { // an int may have 32 bits
			return r, errRecord
		}
		n := int(said)
		r.nodes = make([]tapeKey, n)
		for i := range r.nodes {
			copy(r.nodes[i][:], p[16*i:])
		}
		p = p[16*n:]
	case recordREST, recordKept:
		if len(p) < 12 {
			return r, errRecord
		}
		r.rest = &restHead{at: r.at, tag: binary.LittleEndian.Uint64(p)}
		said := binary.LittleEndian.Uint32(p[8:])
		if p = p[12:]; uint64(said) > uint64(len(p)) {
			return r, errRecord
		}
		r.rest.header, p = p[:said], p[said:]
	case recordDenied, recordHeader:
	default:
		return r, errRecord
	}
	r.body = p
	return r, nil
}

// readTape reads a tape record by record, up to the first that is torn, and gives
// where that begins. Only a file that does not begin as a tape is an error. What
// each is given holds until it returns.
func readTape(in io.Reader, each func(record)) (head tapeHeader, end int64, err error) {
	r := bufio.NewReaderSize(in, 1<<20)
	magic := make([]byte, len(tapeMagic))
	if _, err := io.ReadFull(r, magic); err != nil || string(magic) != tapeMagic {
		return head, 0, errors.New("it does not begin as an answers file")
	}
	end = int64(len(magic))
	var buf bytes.Buffer
	for first := true; ; first = false {
		payload, ok := nextRecord(r, &buf)
		var rec record
		if ok {
			rec, err = parseRecord(payload)
			ok = err == nil && (rec.kind == recordHeader) == first
		}
		switch {
		case !ok && first:
			return head, 0, errors.New("its header is damaged")
		case !ok:
			return head, end, nil
		case first:
			if err := json.Unmarshal(rec.body, &head); err != nil {
				return head, 0, errors.New("its header is damaged")
			}
		}
		rec.from = end + int64(recordFixed+len(payload)-len(rec.body))
		end += int64(recordFixed + len(payload))
		if !first {
			each(rec)
		}
	}
}

// nextRecord reads a record whose checksum is right.
func nextRecord(r io.Reader, buf *bytes.Buffer) (payload []byte, ok bool) {
	var fixed [recordFixed]byte
	if _, err := io.ReadFull(r, fixed[:]); err != nil {
		return nil, false
	}
	size := binary.LittleEndian.Uint32(fixed[:])
	if size < recordHead || size > largestTape {
		return nil, false
	}
	buf.Reset()
	n, err := io.CopyN(buf, r, int64(size)) // grows with what is there, not with what is said
	if err != nil || n != int64(size) {
		return nil, false
	}
	return buf.Bytes(), crc32.Checksum(buf.Bytes(), castagnoli) == binary.LittleEndian.Uint32(fixed[4:])
}

// load reads the whole file into the index and gives when the last record was
// written.
func (t *Tape) load() (last time.Time, err error) {
	newest := int64(0)
	t.head, t.end, err = readTape(t.f, func(r record) {
		if r.kind != recordKept {
			newest = max(newest, r.at)
		}
		t.admit(r)
	})
	if err != nil {
		return last, err
	}
	if t.salt, err = hex.DecodeString(t.head.Salt); err != nil || len(t.salt) == 0 {
		return last, errors.New("its header is damaged")
	}
	if newest == 0 {
		return t.head.Start, nil
	}
	return time.UnixMilli(newest), nil
}

// admit takes one record into the index, unless it holds what GitHub never answers
// with: the tape is no source of truth, and what is refused here is asked for again.
func (t *Tape) admit(r record) {
	switch r.kind {
	case recordDenied:
		t.denied[r.key] = struct{}{}
	case recordKept:
		if r.rest.validated() {
			t.kept[r.key] = r.keep() // its body is looked at once GitHub has confirmed it
		}
	case recordREST:
		// Without headers it could not be told from an answer to a query.
		if len(r.rest.header) == 0 || !structured(r.body) {
			return
		}
		t.enter(r.key, tapeEntry{at: r.from, size: uint32(len(r.body)), head: uint32(len(r.rest.header))})
		t.resumed++
		if r.rest.validated() {
			t.kept[r.key] = r.keep()
		}
	case recordQuery:
		t.admitQuery(r)
	}
}

// admitQuery takes in a GraphQL answer, or the nodes of one.
func (t *Tape) admitQuery(r record) {
	nodes, whole := dataOf(r.body)
	if !json.Valid(r.body) {
		return
	}
	switch {
	case len(r.nodes) == 0 && whole:
		t.enter(r.key, tapeEntry{at: r.from, size: uint32(len(r.body))})
		t.resumed++
	case len(r.nodes) > 0 && len(nodes) == len(r.nodes):
		t.resumed++
		for i, n := range nodes {
			if r.body[n.from] == '{' { // null: GitHub had none
				t.enter(r.nodes[i], tapeEntry{at: r.from + int64(n.from), size: uint32(n.to - n.from)})
			}
		}
	}
}

// structured reports whether the body is one JSON object or list, as every REST
// answer is that is recorded.
func structured(body []byte) bool {
	raw := bytes.TrimSpace(body)
	return len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') && json.Valid(raw)
}

// keep is where a REST answer stands.
func (r record) keep() keptEntry {
	return keptEntry{at: r.from, size: uint32(len(r.body)), head: uint32(len(r.rest.header)), when: r.at, tag: r.rest.tag}
}

// enter puts an entry behind those of the same key.
func (t *Tape) enter(k tapeKey, e tapeEntry) {
	e.next = -1
	at := int32(len(t.entries))
	t.entries = append(t.entries, e)
	first, ok := t.index[k]
	if !ok {
		t.index[k] = at
		return
	}
	for t.entries[first].next >= 0 {
		first = t.entries[first].next
	}
	t.entries[first].next = at
}
