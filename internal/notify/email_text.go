package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/report"
)

// compose writes a mail: headers, the text, and the same as HTML. Nothing of a message
// can become a header: its only place there is the subject, which holds no control
// characters and is encoded where it is more than ASCII.
func compose(m Message, from *mail.Address, to []*mail.Address, now time.Time, who string) []byte {
	var b bytes.Buffer
	var names []string
	for _, a := range to {
		names = append(names, a.String())
	}
	_, host, _ := strings.Cut(from.Address, "@")
	digest := sha256.Sum256([]byte(m.ID + "\x00" + who))
	id := hex.EncodeToString(digest[:16])
	body := multipart.NewWriter(&b)
	_ = body.SetBoundary("ajar-" + id) // letters and digits
	header := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	header("From", from.String())
	header("To", strings.Join(names, ",\r\n\t"))
	header("Subject", subjectLine(m))
	header("Date", now.UTC().Format(time.RFC1123Z))
	header("Message-ID", "<"+id+"@"+host+">")
	header("Auto-Submitted", "auto-generated")
	header("X-Ajar-Kind", m.Kind)
	header("MIME-Version", "1.0")
	header("Content-Type", `multipart/alternative; boundary="`+body.Boundary()+`"`)
	b.WriteString("\r\n")
	part(body, "text/plain; charset=utf-8", plainText(m))
	part(body, "text/html; charset=utf-8", htmlText(m))
	_ = body.Close() // into memory
	return b.Bytes()
}

func part(w *multipart.Writer, kind, text string) {
	p, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {kind}, "Content-Transfer-Encoding": {"quoted-printable"}})
	if err != nil {
		return // into memory: it does not fail
	}
	q := quotedprintable.NewWriter(p)
	_, _ = q.Write([]byte(text))
	_ = q.Close()
}

// maxSubject is how long a subject gets, in bytes before it is encoded.
const maxSubject = 160

// subjectLine is the title as a header: visible, cut, and encoded in words that the line
// may be folded between.
func subjectLine(m Message) string {
	text := cut(report.Visible(m.Title), maxSubject)
	return mime.QEncoding.Encode("utf-8", "[ajar] "+text)
}

// plainText writes the message for people who read text.
func plainText(m Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", report.Visible(m.Title))
	for _, s := range m.Sections {
		fmt.Fprintf(&b, "\n%s\n", report.Visible(s.Title))
		for _, l := range s.Lines {
			fmt.Fprintf(&b, "\n  * %s", report.Visible(l.Text))
			if l.Rule != "" {
				fmt.Fprintf(&b, " (%s, %s)", l.Severity, report.Visible(l.Rule))
			}
			b.WriteByte('\n')
			for _, d := range l.Details {
				fmt.Fprintf(&b, "      %s\n", report.Visible(d))
			}
		}
		if s.More > 0 {
			fmt.Fprintf(&b, "\n  … and %d more\n", s.More)
		}
	}
	b.WriteByte('\n')
	for _, f := range m.Facts {
		fmt.Fprintf(&b, "%s: %s\n", report.Visible(f.Name), report.Visible(f.Value))
	}
	return b.String()
}

// page is the HTML of a mail. Names stand in <bdi>, so that a right-to-left one moves
// nothing around it; nothing is loaded from anywhere.
var page = template.Must(template.New("mail").Funcs(template.FuncMap{"visible": report.Visible}).Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title | visible}}</title></head>
<body style="font-family:sans-serif;max-width:46em">
<h1 style="font-size:1.2em"><bdi>{{.Title | visible}}</bdi></h1>
{{range .Sections}}<h2 style="font-size:1em"><bdi>{{.Title | visible}}</bdi></h2>
<ul>
{{range .Lines}}<li><bdi>{{.Text | visible}}</bdi>{{if .Rule}} <small>({{.Severity}}, <code>{{.Rule | visible}}</code>)</small>{{end}}{{range .Details}}<br><small><bdi>{{. | visible}}</bdi></small>{{end}}</li>
{{end}}{{if .More}}<li>… and {{.More}} more</li>
{{end}}</ul>
{{end}}<p>{{range .Facts}}<small>{{.Name | visible}}: <bdi>{{.Value | visible}}</bdi></small><br>
{{end}}</p>
</body></html>
`))

func htmlText(m Message) string {
	var b strings.Builder
	if err := page.Execute(&b, m); err != nil {
		return "<!DOCTYPE html><p>See the text of this mail.</p>"
	}
	return b.String()
}
