package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Longest bodies that are read, decompressed. GitHub's largest honest answers
// are a few MB.
const (
	maxREST    = 32 << 20
	maxGraphQL = 64 << 20
)

// fullBody is a body that has been read to its end. It is used up by Close,
// which gives its memory to the next one.
type fullBody struct {
	bytes.Reader
	raw   []byte
	short []byte        // what reduce puts in its place; nil: nothing
	buf   *bytes.Buffer // nil: raw is not to be given back
}

// buffers hold bodies between requests: lists of repositories are hundreds of
// kilobytes each, and clearing new memory for them is a tenth of a full read.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Close gives the memory back; the connection was given back already.
func (b *fullBody) Close() error {
	if b.buf != nil {
		b.Reset(nil)
		b.buf.Reset()
		buffers.Put(b.buf)
		b.raw, b.short, b.buf = nil, nil, nil
	}
	return nil
}

// bodyOf gives the bytes of an answer that whole has read.
func bodyOf(resp *http.Response) []byte {
	if b, ok := resp.Body.(*fullBody); ok {
		return b.raw
	}
	return nil
}

// whole reads each body to its end within the time that one try has, so that an
// answer which breaks off is an error here and never a shorter list further up.
func whole(graphql *url.URL, timeout time.Duration) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			used := new(string)
			ctx, stop := context.WithTimeout(context.WithValue(req.Context(), usedKey{}, used), timeout)
			defer stop()
			resp, err := next.RoundTrip(req.WithContext(ctx))
			if err != nil {
				return nil, err
			}
			most := int64(maxREST)
			if isGraphQL(req, graphql) {
				most = maxGraphQL
			}
			buf, err := readAll(resp, most+1)
			raw := buf.Bytes()
			resp.Body.Close()
			switch {
			case err != nil && req.Context().Err() != nil:
				return nil, req.Context().Err()
			case err != nil:
				return nil, &BodyError{Host: req.URL.Host, What: "a body that broke off", Cut: true, again: true, Err: readError(err)}
			case int64(len(raw)) > most:
				return nil, &BodyError{Host: req.URL.Host, What: fmt.Sprintf("more than %d MiB", most>>20)}
			}
			hide(resp.Header, raw, *used)
			body := &fullBody{raw: raw, buf: buf}
			body.Reset(raw)
			resp.Body, resp.ContentLength, resp.Request = body, int64(len(raw)), req
			if err := shaped(resp); err != nil {
				return nil, err
			}
			if f := reducer(req, resp); f != nil {
				body.short = f(raw)
			}
			if body.short == nil { // what shortened it has seen its end
				if err := ends(resp); err != nil {
					return nil, err
				}
			}
			return resp, nil
		})
	}
}

// readAll reads a body of at most so many bytes; one whose length was announced
// in one piece.
func readAll(resp *http.Response, most int64) (*bytes.Buffer, error) {
	b := buffers.Get().(*bytes.Buffer)
	b.Grow(int(min(max(resp.ContentLength, 512), most)) + bytes.MinRead)
	_, err := b.ReadFrom(io.LimitReader(resp.Body, most))
	return b, err
}

// readError keeps a short cause.
func readError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("it took too long")
	}
	return err
}

// check refuses an answer that calls itself a success and is not JSON, or does not
// end. An answer that says no is left to judge.
func check(resp *http.Response) error {
	if err := shaped(resp); err != nil {
		return err
	}
	return ends(resp)
}

// shaped refuses an answer that calls itself a success and is not JSON, but for 202
// (not ready) and 204 (nothing to say), which have no body.
func shaped(resp *http.Response) error {
	if !succeeded(resp) {
		return nil
	}
	raw, host := bytes.TrimSpace(bodyOf(resp)), resp.Request.URL.Host
	switch {
	case isWeb(resp):
		return &BodyError{Host: host, What: "a web page"}
	case len(raw) == 0 && resp.Request.Method != http.MethodHead:
		return &BodyError{Host: host, What: "an empty body", again: true}
	case resp.Request.Method == http.MethodHead:
		return nil
	case !isJSON(resp.Header.Get("Content-Type")):
		return &BodyError{Host: host, What: "content of type " + printable(resp.Header.Get("Content-Type"), 60)}
	case raw[0] != '{' && raw[0] != '[':
		return &BodyError{Host: host, What: "text that is not a JSON object or list"}
	}
	return nil
}

// ends refuses the same where the JSON goes on behind the answer's end.
func ends(resp *http.Response) error {
	if !succeeded(resp) || resp.Request.Method == http.MethodHead || closed(bytes.TrimSpace(bodyOf(resp))) {
		return nil
	}
	return &BodyError{Host: resp.Request.URL.Host, What: "JSON that broke off", Cut: true, again: true}
}

// succeeded reports whether an answer calls itself a success and has a body.
func succeeded(resp *http.Response) bool {
	code := resp.StatusCode
	return 200 <= code && code <= 299 && code != http.StatusAccepted && code != http.StatusNoContent
}

// isWeb reports whether the body is a web page, by its type or by its first byte.
func isWeb(resp *http.Response) bool {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return kind == "text/html" || kind == "application/xhtml+xml" || bytes.HasPrefix(bytes.TrimSpace(bodyOf(resp)), []byte("<"))
}

// isJSON accepts application/json and what is built on it. Old servers send no
// type at all with a valid body, which is accepted too.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}
