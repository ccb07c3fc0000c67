package github

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// maxQuery is the longest body of a query that is sent, in bytes.
const maxQuery = 4 << 20

// readBody takes the whole body out of a request. why is set where it is none
// that GitHub and this program are sure to read alike.
func readBody(req *http.Request) (raw []byte, why string) {
	if req.Body == nil {
		return nil, "it has no body"
	}
	if req.Header.Get("Content-Encoding") != "" {
		return nil, "its body is encoded"
	}
	kind, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if charset := params["charset"]; err != nil || kind != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, "its body is not declared as JSON"
	}
	raw, err = io.ReadAll(io.LimitReader(req.Body, maxQuery+1))
	if err != nil {
		return nil, "its body cannot be read"
	}
	if len(raw) > maxQuery {
		return nil, "its body is too long"
	}
	return raw, ""
}

// withBody is the request with other bytes for a body, which can be read anew.
func withBody(req *http.Request, raw []byte) *http.Request {
	out := req.Clone(req.Context())
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }
	out.Body, _ = out.GetBody()
	out.ContentLength, out.TransferEncoding, out.Trailer = int64(len(raw)), nil, nil
	return out
}

// document takes the GraphQL document out of a body. Only the three keys of a
// plain request are let out, each once and in its own spelling: which of two
// keys counts differs between servers, and "extensions" or "id" may name another
// document that the server has stored.
func document(raw []byte) (text, why string) {
	const none = "its body holds no GraphQL document"
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return "", none
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		key, _ := t.(string)
		if err != nil {
			return "", none
		}
		if seen[key] {
			return "", "its body has the key " + printable(key, 40) + " twice"
		}
		seen[key] = true
		switch key {
		case "query":
			err = d.Decode(&text)
		case "variables", "operationName":
			err = d.Decode(&json.RawMessage{})
		default:
			return "", "its body has the unknown key " + printable(key, 40)
		}
		if err != nil {
			return "", none
		}
	}
	if _, err := d.Token(); err != nil || text == "" { // the closing brace
		return "", none
	}
	if _, err := d.Token(); err != io.EOF {
		return "", "its body goes on after the GraphQL document"
	}
	return text, ""
}

// onlyQueries parses the document and says what it holds beside queries. It
// takes printable ASCII alone: parsers differ on where a comment ends, and a
// query of this program needs nothing else.
func onlyQueries(text string) (why string) {
	if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && (r < ' ' || r > '~') }) {
		return "its GraphQL document holds characters that no query needs"
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return "its GraphQL document cannot be parsed"
	}
	if len(doc.Operations) == 0 {
		return "its GraphQL document holds no operation"
	}
	for _, op := range doc.Operations {
		if op.Operation != ast.Query {
			return "its GraphQL document holds a " + string(op.Operation)
		}
	}
	return ""
}
