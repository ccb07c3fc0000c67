package github

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"net/http"
	"slices"
	"time"
)

// How much is buffered, and how long, before it is written: what a kill may cost.
const (
	tapeBuffer = 1 << 20
	tapeDelay  = 2 * time.Second
)

// tapeKeeps bounds what is kept of a pass that ended.
const tapeKeeps = 64 << 20

// append adds a record to the buffer.
func (t *Tape) append(add func(buf []byte) []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dead {
		return
	}
	t.buf = add(t.buf)
	switch {
	case len(t.buf) >= tapeBuffer:
		t.flush()
	case t.timer == nil:
		t.timer = time.AfterFunc(tapeDelay, func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.flush()
		})
	}
}

// flush writes the buffer. Where that fails the pass goes on without a tape. The
// caller holds t.mu.
func (t *Tape) flush() {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	if len(t.buf) == 0 || t.dead {
		return
	}
	_, err := t.f.WriteAt(t.buf, t.end)
	t.end += int64(len(t.buf))
	t.buf = t.buf[:0]
	if err != nil {
		t.dead = true
		t.log.Warn("the answers file cannot be written; a pass that breaks off will begin anew", "file", t.path, "err", err)
	}
}

// recordQuery keeps a GraphQL answer.
func (t *Tape) recordQuery(k tapeKey, nodes []tapeKey, body []byte) {
	if t.all {
		at := t.now().UnixMilli()
		t.append(func(buf []byte) []byte { return appendQuery(buf, at, k, nodes, body) })
	}
}

// recordREST keeps the answer to a REST call: a success, or that it was refused.
func (t *Tape) recordREST(k tapeKey, resp *http.Response, tag uint64) {
	at := t.now().UnixMilli()
	t.noteSight(k, resp.StatusCode)
	if resp.StatusCode == http.StatusOK {
		h := &restHead{at: at, tag: tag, header: keptHeaders(resp.Header)}
		if t.all || h.validated() {
			t.append(func(buf []byte) []byte { return appendREST(buf, recordREST, k, h, bodyOf(resp)) })
		}
	}
}

// noteSight notes that a REST call was refused, or was granted that a former run was
// refused.
func (t *Tape) noteSight(k tapeKey, status int) {
	switch status {
	case http.StatusOK:
		t.mu.Lock()
		_, denied := t.denied[k]
		t.grown = t.grown || denied
		t.mu.Unlock()
	case http.StatusForbidden, http.StatusNotFound:
		if t.all {
			at := t.now().UnixMilli()
			t.append(func(buf []byte) []byte { return appendDenied(buf, at, k) })
		}
	}
}

// find gives the next recorded answer to a question without using it up; used is
// to be called once it was given to somebody.
func (t *Tape) find(k tapeKey) (a found, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, ok := t.index[k]
	if !ok || t.f == nil {
		return a, false
	}
	e := t.entries[at]
	var err error
	if e.head > 0 {
		a.header, a.body, err = readREST(t.f, e.at, e.head, e.size)
	} else {
		a.body, err = readRange(t.f, e.at, e.size)
	}
	if err != nil {
		delete(t.index, k)
		return a, false
	}
	a.used = func() { t.use(k, at) }
	return a, true
}

// found is an answer on the tape.
type found struct {
	body   []byte
	header http.Header // nil: it is GraphQL's
	used   func()
}

func (t *Tape) use(k tapeKey, at int32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.index[k] != at {
		return // used already, in another place of the same batch
	}
	if next := t.entries[at].next; next >= 0 {
		t.index[k] = next
		return
	}
	delete(t.index, k)
}

// confirm gives the answer of a former pass that GitHub may confirm: the one to
// the same question, given to the same token, if it is one that GitHub may give.
func (t *Tape) confirm(k tapeKey, tag uint64) (body []byte, h http.Header, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.kept[k]
	if !ok || t.f == nil || e.tag != tag {
		return nil, nil, false
	}
	h, body, err := readREST(t.f, e.at, e.head, e.size)
	if err != nil || !structured(body) {
		delete(t.kept, k)
		return nil, nil, false
	}
	return body, h, true
}

// tag stands for the token of an Authorization header.
func (t *Tape) tag(authorization string) uint64 {
	h := sha256.New()
	h.Write(t.salt)
	h.Write([]byte(authorization))
	return binary.LittleEndian.Uint64(h.Sum(nil))
}

// Reduce ends the pass: of the file stays what the next one can ask GitHub to
// confirm, the newest answers first, up to a bound. Nothing of it is taken up.
func (t *Tape) Reduce() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.f == nil || t.dead {
		return nil
	}
	t.flush()
	if _, err := t.f.Seek(0, 0); err != nil {
		return err
	}
	kept := map[tapeKey]keptEntry{}
	now := t.now()
	if _, _, err := readTape(t.f, func(r record) {
		if r.rest != nil && r.rest.validated() && now.Sub(time.UnixMilli(r.at)) <= validFor {
			kept[r.key] = r.keep()
		}
	}); err != nil {
		return err
	}
	t.head.Done = true
	w, err := newTapeWriter(t.path, t.head)
	if err != nil {
		return err
	}
	t.bound(kept)
	if err := w.copyKept(t.f, kept, func(tapeKey, keptEntry) {}); err != nil {
		t.log.Debug("copying kept answers", "file", t.path, "err", err) // they will be asked for in full
	}
	if err := t.f.Close(); err != nil {
		t.log.Debug("closing the answers file", "err", err) // it is replaced
	}
	t.f, t.end, err = w.done()
	return err
}

// room is how much of the file the answer takes.
func (e keptEntry) room() int64 {
	return int64(e.size) + int64(e.head) + recordFixed + recordHead + 8 + 4
}

// bound drops the oldest of the kept answers where there are too many.
func (t *Tape) bound(kept map[tapeKey]keptEntry) {
	room := int64(tapeKeeps)
	for _, e := range kept {
		room -= e.room()
	}
	if room >= 0 {
		return
	}
	all := len(kept)
	keys := slices.SortedFunc(maps.Keys(kept), func(a, b tapeKey) int {
		return cmp.Or(cmp.Compare(kept[a].when, kept[b].when), cmp.Compare(kept[a].at, kept[b].at))
	})
	for _, k := range keys {
		if room >= 0 {
			break
		}
		room += kept[k].room()
		delete(kept, k)
	}
	t.log.Info("the answers file is full: not every answer is kept for the next pass",
		"file", t.path, "kept", len(kept), "of", all, "bytes", tapeKeeps)
}
