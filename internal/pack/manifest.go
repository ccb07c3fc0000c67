package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
)

// Schema is the name of the format of a pack, and of its manifest.
const Schema = "ajar.pack/v1"

// Manifest says what is in a pack. What it does not name does not belong to it.
type Manifest struct {
	Schema    string      `json:"schema"`
	Pack      string      `json:"pack"`                       // number of the pack: see packID
	Complete  bool        `json:"complete"`                   // there are no gaps
	Promised  int64       `json:"promised_seconds,omitempty"` // between two passes; 0: nobody promised anything
	Gaps      []Gap       `json:"gaps"`
	Framework string      `json:"framework"`
	Period    Period      `json:"period"`
	Program   string      `json:"program"` // that made it
	Orgs      []Org       `json:"organizations"`
	Signed    *Signed     `json:"signed_by"` // null: nobody signed it
	Journal   *JournalSum `json:"journal"`   // null: there is no journal
	Tables    []Table     `json:"tables"`
	Samples   []Sample    `json:"samples"`
	Files     []File      `json:"files"` // all but this one, SHA256SUMS and the signatures
}

// Period is the time that a pack is about; To is not in it.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Gap is something that the pack does not show: see [evidence.Gap].
type Gap struct {
	Org       string     `json:"organization"`
	Area      string     `json:"area"`
	Scope     string     `json:"scope"`
	From      *time.Time `json:"from"` // null: not known
	To        *time.Time `json:"to"`
	Reason    string     `json:"reason"`
	Snapshots int        `json:"snapshots"`
}

// Org is an organization of the pack: see [evidence.Org].
type Org struct {
	ID    int64      `json:"id"`
	Login string     `json:"login"`
	First int64      `json:"first_snapshot"`
	Start *time.Time `json:"first_at"`
	Last  int64      `json:"last_snapshot"`
	End   *time.Time `json:"last_at"`
}

// Signed names the key of the signatures, as the journal and as minisign write it.
type Signed struct {
	Journal  string `json:"journal_key"`
	Minisign string `json:"minisign_key"`
}

// JournalSum says what part of the journal is in the pack.
type JournalSum struct {
	Origin   string `json:"origin"`
	First    int64  `json:"first"`
	Last     int64  `json:"last"`
	Size     int64  `json:"size"` // of the checkpoint that proves it
	Whole    int64  `json:"whole"`
	Redacted int64  `json:"redacted"`
	Outside  int64  `json:"outside"`
	Others   int64  `json:"other"`
}

// Table is a table of the pack.
type Table struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Rows    int64  `json:"rows"`
	Columns int    `json:"columns"`
	CSV     string `json:"csv"` // the file
	JSON    string `json:"json"`
}

// Sample is a sample that was drawn from a table of the pack.
type Sample struct {
	Table  string `json:"table"` // the population
	Rows   int64  `json:"rows"`  // of the population
	Size   int64  `json:"size"`  // rows that were drawn
	Seed   string `json:"seed"`
	Method string `json:"method"`
	CSV    string `json:"csv"` // the file
	JSON   string `json:"json"`
}

// File is a file of the pack.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// The files that a manifest does not name.
const (
	manifestName = "manifest.json"
	sumsName     = "SHA256SUMS"
	signature    = ".minisig"
)

const readmeName = "README.txt"

// Limits of what is read of a pack before it is known to be sound, in bytes.
const (
	maxManifest  = 16 << 20
	maxSignature = 4 << 10
)

// manifestOf begins the manifest of an evidence.
func manifestOf(e evidence.Evidence) Manifest {
	m := Manifest{
		Schema: Schema, Complete: e.Complete && len(e.Gaps) == 0, Framework: string(e.Framework), Program: e.Program, Promised: int64(e.Every / time.Second),
		Period: Period{e.Period.From.UTC(), e.Period.To.UTC()}, Gaps: []Gap{}, Orgs: []Org{}, Tables: []Table{}, Samples: []Sample{}, Files: []File{},
	}
	for _, g := range e.Gaps {
		m.Gaps = append(m.Gaps, Gap{g.Org, g.Area, g.Scope, orNull(g.From), orNull(g.To), g.Reason, g.Snapshots})
	}
	for _, o := range e.Orgs {
		m.Orgs = append(m.Orgs, Org{o.ID, o.Login, o.First, orNull(o.Start), o.Last, orNull(o.End)})
	}
	return m
}

// orNull gives nil for a time that there is none of.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// packID is the number of a pack: the beginning of the SHA-256 of the lines of all its
// files, as SHA256SUMS has them. Two packs with the same number are the same.
func packID(files []File) string {
	sum := sha256.New()
	for _, f := range files {
		_, _ = sum.Write([]byte(sumLine(f))) // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// sumLine is a line of SHA256SUMS.
func sumLine(f File) string { return f.SHA256 + "  " + f.Name + "\n" }

// sums is what SHA256SUMS says, with the manifest as it is written.
func (m Manifest) sums(manifest []byte) string {
	var b strings.Builder
	for _, f := range m.Files {
		b.WriteString(sumLine(f))
	}
	b.WriteString(sumLine(File{Name: manifestName, SHA256: hashOf(manifest)}))
	return b.String()
}

// Stands gives the SHA-256 of the file SHA256SUMS of the pack, which stands for all of it:
// it is what is stamped.
func (m Manifest) Stands() ([sha256.Size]byte, error) {
	manifest, err := m.encode()
	return sha256.Sum256([]byte(m.sums(manifest))), err
}

// encode writes the manifest, for people to read too.
func (m Manifest) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("writing the manifest: %w", err)
	}
	return report.EscapeJSON(b.Bytes()), nil
}

// readManifest takes only the very bytes that a manifest is written with.
func readManifest(text []byte) (Manifest, error) {
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, fmt.Errorf("it cannot be read: %w", err)
	}
	if m.Schema != Schema {
		return m, fmt.Errorf("its schema is %.40q, and this program knows %s", m.Schema, Schema)
	}
	again, err := m.encode()
	if err != nil {
		return m, err
	}
	if !bytes.Equal(again, text) {
		return m, errors.New("it is not written the way ajar writes it")
	}
	return m, nil
}

// comment is the trusted comment of a signature.
func (m Manifest) comment(file string) string {
	return fmt.Sprintf("ajar evidence pack %s, file %s, period ends %s", m.Pack, file, m.Period.To.UTC().Format(time.RFC3339))
}

// signedBy names the key of a signer.
func signedBy(s *journal.Signer) (*Signed, error) {
	if s == nil {
		return nil, nil //nolint:nilnil // nobody signs, which is no error
	}
	key, err := journal.MinisignKey(s.Public())
	return &Signed{s.Public(), key}, err
}

// plain reports whether a name is one that a pack gives to a file: relative, in lower
// levels only, of characters that no file system and no tool reads in two ways.
func plain(name string) bool {
	if name == "" || len(name) > 200 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") != "" {
		return false
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part[0] == '.' || part[len(part)-1] == '.' || part[0] == '-' || device(part) {
			return false
		}
	}
	return true
}

// device reports whether Windows takes a name for a device, whatever follows its first dot.
func device(name string) bool {
	name, _, _ = strings.Cut(strings.ToLower(name), ".")
	if slices.Contains([]string{"con", "prn", "aux", "nul"}, name) {
		return true
	}
	number := strings.TrimPrefix(strings.TrimPrefix(name, "com"), "lpt")
	return len(name) == 4 && len(number) == 1 && number[0] >= '0' && number[0] <= '9'
}
