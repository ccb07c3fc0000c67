package pack

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// readme tells an auditor what this is and how to check it with stock tools.
func readme(e evidence.Evidence, m Manifest) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	var orgs []string
	for _, o := range e.Orgs {
		orgs = append(orgs, report.Visible(o.Login))
	}
	line("EVIDENCE PACK OF AJAR\n")
	if !m.Complete {
		line("INCOMPLETE: it lists %d of what was not seen, first in manifest.json and in the", len(m.Gaps))
		line("table gaps where that is here.\n")
	}
	if m.Promised > 0 {
		line("promised       a pass every %s: a longer pause is a gap", evidence.Span(time.Duration(m.Promised)*time.Second))
	} else {
		line("promised       nothing: a pause is a gap by what was usual in the period")
	}
	line("organizations  %s", strings.Join(orgs, ", "))
	line("period         from %s up to, and without, %s", m.Period.From.Format(time.RFC3339), m.Period.To.Format(time.RFC3339))
	line("framework      %s", m.Framework)
	line("made by        %s", report.Visible(m.Program))
	b.WriteString(inside)
	if m.Signed == nil {
		b.WriteString(unsigned)
	} else {
		fmt.Fprintf(&b, signed, m.Signed.Minisign)
	}
	b.WriteString(check)
	b.WriteString(sampling)
	b.WriteString(stamping)
	b.WriteString(meaning)
	return b.Bytes()
}

const inside = `
WHAT IS IN IT

  manifest.json    every file with its SHA-256, every table with its rows, the gaps
  SHA256SUMS       the same hashes, for sha256sum
  *.minisig        signatures of these two files, for minisign
  tables/          one file of CSV and one of JSON for each table
  samples/         rows drawn from the tables, where a sample was asked for
  evidence.xlsx    all tables in one workbook, where all tables are here
  report.html      the same for reading and printing
  oscal-*.json     the same as OSCAL assessment results
  ocsf-*.jsonl     the gaps and the changes of access as events, in OCSF
  journal/         the signed journal of decisions and changes, as far as it
                   belongs to the period, with proofs, checkpoints and the public key
  schemas/         the JSON schemas of all that

In CSV, a text that a spreadsheet would take for a formula begins with an apostrophe.
JSON has it as it is. A cell is empty where something is not known, or there is none;
the JSON of the table says which.
`

const unsigned = `
THIS PACK IS NOT SIGNED

Nothing shows who made it, or that nobody changed it since. The hashes show only
that its files belong together.
`

const signed = `
HOW TO CHECK IT WITH STOCK TOOLS

The lines below are for any shell (sh). Take the public key from somewhere else than this pack, such as the note that was
made when the journal began. The pack says that it is

  %s

In the folder of the pack:

  minisign -V -P KEY -m SHA256SUMS
  minisign -V -P KEY -m manifest.json

The trusted comments name the same pack, each its own file, and the period's end.
`

const check = `
  sha256sum --quiet -c SHA256SUMS

says nothing where no file was changed and none is missing. No file may be here that
SHA256SUMS does not name, but itself and the signatures; this lists those that are:

  find . -type f | cut -c3- | sort | awk '
    NR == FNR { named[substr($0, 67)] = 1; next }
    !($0 in named) && !/^(SHA256SUMS(\.minisig)?|manifest\.json\.minisig)$/' SHA256SUMS -

"ajar verify PACK --key KEY" does all that, checks the journal against its proofs,
counts the rows and the numbers of the controls, draws the samples again, makes the
workbook and the page again of the tables, and says what is proven and what is not.
It needs no network and no configuration.
`

const sampling = `
HOW TO DRAW A SAMPLE AGAIN

Rows are numbered from 1 in the order of the table. For TABLE with ROWS rows, a
sample of SIZE with SEED (manifest.json has them) is drawn by these lines. The seed
stands on a line of its own, as it is, whatever signs it has:

IFS= read -r seed <<'EOF'
SEED
EOF
for n in $(seq ROWS); do
  printf 'ajar-sample/v1\n%s\nTABLE\n%d\n' "$seed" $n | sha256sum | sed "s/ .*/ $n/"
done | sort | head -n SIZE | cut -d' ' -f2 | sort -n
`

const stamping = `
HOW TO CHECK A TIME STAMP

Where one by RFC 3161 lies beside the pack, as PACK.tsr, it is of SHA256SUMS. With
the certificates of its authority in FILE, which come from the authority itself:

  openssl ts -verify -data SHA256SUMS -in PACK.tsr -CAfile FILE
`

const meaning = `
WHAT A SOUND PACK SHOWS, AND WHAT IT DOES NOT

It shows that the pack is as the holder of the key made it; and that the entries of
the journal that it shows are those that were signed, all of the period, in their
order. It does not show that the tables are true: they are what ajar saw and was told
by GitHub, and the tables about coverage say how much that was. Whoever holds both
the store and the key can make another pack; a checkpoint of the journal that was
kept elsewhere at the time shows that.
`
