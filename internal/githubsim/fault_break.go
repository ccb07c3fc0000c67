package githubsim

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// breaker is how an answer is sent so that it breaks on the way.
func (f *Fault) breaker() func(c *call, rep *reply, w http.ResponseWriter) {
	switch f.Action {
	case Truncated:
		return truncate
	case Reset:
		return reset
	case Slow:
		return drip
	case BadGzip:
		return func(_ *call, rep *reply, w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			send(w, rep.status, rep.raw)
		}
	}
	size := f.Bytes
	if f.Action == HugeHeader {
		return func(_ *call, rep *reply, w http.ResponseWriter) {
			w.Header().Set("X-Filler", strings.Repeat("x", cmp.Or(size, 16<<20)))
			send(w, rep.status, rep.raw)
		}
	}
	if size == 0 {
		size = 40 << 20
	}
	return func(_ *call, rep *reply, w http.ResponseWriter) {
		body := append(bytes.Repeat([]byte{' '}, size), rep.raw...)
		if f.Action == GzipBomb {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, _ = z.Write(body) // into memory: cannot fail
			_ = z.Close()
			w.Header().Set("Content-Encoding", "gzip")
			body = b.Bytes()
		}
		send(w, rep.status, body)
	}
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that hangs up is what these faults expect
}

// truncate promises the whole body and sends half of it.
func truncate(_ *call, rep *reply, w http.ResponseWriter) {
	w.Header().Set("Content-Length", strconv.Itoa(len(rep.raw)))
	send(w, rep.status, rep.raw[:len(rep.raw)/2])
}

// reset cuts the connection without a word.
func reset(_ *call, _ *reply, w http.ResponseWriter) {
	h, canHijack := w.(http.Hijacker)
	if !canHijack {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, isTCP := conn.(*net.TCPConn); isTCP {
		_ = tcp.SetLinger(0) // makes the close a reset; if not, it is still a close
	}
	_ = conn.Close()
}

// drip sends one byte a second, until the client has enough.
func drip(c *call, rep *reply, w http.ResponseWriter) {
	w.WriteHeader(rep.status)
	flush, _ := w.(http.Flusher)
	for i := range rep.raw {
		if _, err := w.Write(rep.raw[i : i+1]); err != nil {
			return
		}
		if flush != nil {
			flush.Flush()
		}
		if c.s.o.Sleep(c.r.Context(), time.Second) != nil {
			return
		}
	}
}

// hang answers only after a while; without one, never.
func hang(after time.Duration) func(c *call, rep *reply, w http.ResponseWriter) {
	return func(c *call, rep *reply, w http.ResponseWriter) {
		if after == 0 {
			<-c.r.Context().Done()
			panic(http.ErrAbortHandler)
		}
		if err := c.s.o.Sleep(c.r.Context(), after); err != nil && c.r.Context().Err() != context.Canceled {
			return
		}
		send(w, rep.status, rep.raw)
	}
}
