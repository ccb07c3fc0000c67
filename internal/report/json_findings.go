package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/eb661601/ajar/access"
)

// laterFindings stands for the findings in a document, until they are written.
type laterFindings struct{}

// MarshalJSON writes what encodeFindings looks for.
func (laterFindings) MarshalJSON() ([]byte, error) { return []byte(`"later"`), nil }

// encodeFindings writes a document that has [laterFindings] under the key
// "findings", as encode writes one that has all of them.
func encodeFindings(w io.Writer, doc any, all []access.Finding, now time.Time) error {
	sorted := worstFirst(all)
	return encodeList(w, "", doc, "findings", len(sorted), func(i int) any { return newFindingDoc(sorted[i], now) })
}

// encodeList writes a document whose lines but the first begin with the prefix,
// and which has [laterFindings] under the key, with the n things that at gives in
// their place. They are made one after the other: all of those of a large
// organization as documents, and as text, are several times larger than all else
// that is known of it.
func encodeList(w io.Writer, prefix string, doc any, key string, n int, at func(int) any) error {
	var frame bytes.Buffer
	if err := indented(&frame, prefix).Encode(doc); err != nil {
		return err
	}
	// There is one such line in a document: within a text a line does not end, and
	// two spaces stand before its own keys alone.
	line := "\n" + prefix + "  \"" + key + "\": "
	head, tail, ok := bytes.Cut(frame.Bytes(), []byte(line+`"later"`))
	if !ok {
		return errors.New("the document has no place for " + key)
	}
	out := bufio.NewWriterSize(w, 64<<10)
	safe := escaper{out}
	put := func(parts ...[]byte) (err error) {
		for _, b := range parts {
			if err == nil {
				_, err = safe.Write(b)
			}
		}
		return err
	}
	err := put(head, []byte(line+"["))
	var one bytes.Buffer
	inner := prefix + "    "
	before := "\n" + inner
	for i := range n {
		one.Reset()
		if err == nil {
			err = indented(&one, inner).Encode(at(i))
		}
		if err == nil {
			err = put([]byte(before), bytes.TrimSuffix(one.Bytes(), []byte("\n")))
		}
		before = ",\n" + inner
	}
	if err == nil && n > 0 {
		err = put([]byte("\n" + prefix + "  "))
	}
	if err == nil {
		err = put([]byte("]"), tail)
	}
	return errors.Join(err, out.Flush())
}

// indented is an encoder whose lines but the first begin with the prefix.
func indented(w io.Writer, prefix string) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, "  ")
	return e
}
