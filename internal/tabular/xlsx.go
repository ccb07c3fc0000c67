package tabular

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/eb661601/ajar/internal/evidence"
)

// sheetRows is how many rows a sheet of a workbook holds; its last one is kept for saying
// that the table goes on in a further sheet.
const sheetRows = 1 << 20

// firstSheet is the sheet that tells of the others. It is written last and stands first.
const firstSheet = "About"

// WriteXLSX writes the evidence as one workbook: About, Gaps and Controls, then a sheet for
// each table. Text is text whatever it begins with, with invisible characters written as
// their codes; numbers are numbers, instants are dates in UTC, yes and no are words. A table
// with more rows than a sheet holds goes on in a further sheet, which both of them say. It
// keeps a few rows in memory and at most 16 MiB of one sheet; the rest of that sheet waits
// in a temporary file.
func WriteXLSX(ctx context.Context, w io.Writer, e evidence.Evidence) error {
	b := newWorkbook(w, e)
	if err := b.write(ctx); err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

// workbook writes a workbook part by part. excelize keeps every sheet of a file until the
// file is written, and writes them in no fixed order; so each sheet is a file of its own
// here, of which the sheet alone is kept, and one more file without sheets has the rest.
type workbook struct {
	zip    *zip.Writer
	e      evidence.Evidence
	rows   int // that a sheet holds
	sheets []sheetName
	tables []written
}

// sheetName is a sheet of the workbook, and the range that its filter covers.
type sheetName struct{ name, filter string }

// written is what became of a table.
type written struct {
	evidence.Table
	sheets []string
	rows   int
	cut    int // texts that are longer than a cell holds
}

// newWorkbook begins a workbook. It is compressed with the least effort: the usual one makes
// it a third smaller, and takes as long again as all the rest.
func newWorkbook(w io.Writer, e evidence.Evidence) *workbook {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return &workbook{zip: z, e: e, rows: sheetRows}
}

func (b *workbook) write(ctx context.Context) error {
	b.name(firstSheet)
	gaps, others := ordered(b.e)
	for _, t := range append([]evidence.Table{gaps, controlSheet(b.e)}, others...) {
		if err := b.table(ctx, t); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	if err := b.about(); err != nil {
		return fmt.Errorf("sheet %s: %w", firstSheet, err)
	}
	if err := b.frame(); err != nil {
		return err
	}
	return b.zip.Close()
}

// name takes a name for the next sheet, as spreadsheets allow it and no other one has it,
// and gives the number of the sheet.
func (b *workbook) name(want string) int {
	want = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' {
			return '-'
		}
		return r
	}, want)
	name := cutName(want, "")
	for n := 2; b.taken(name); n++ {
		name = cutName(want, fmt.Sprintf(" (%d)", n))
	}
	b.sheets = append(b.sheets, sheetName{name: name})
	return len(b.sheets)
}

func (b *workbook) taken(name string) bool {
	for _, s := range b.sheets {
		if strings.EqualFold(s.name, name) {
			return true
		}
	}
	return false
}

// cutName makes room for the end of a name.
func cutName(name, end string) string {
	for len(name) > 0 && utf16Length(name)+len(end) > excelize.MaxSheetNameLength {
		r := []rune(name)
		name = string(r[:len(r)-1])
	}
	return name + end
}

// frame writes the parts of the workbook that are no sheets: their names, the styles, the
// properties.
func (b *workbook) frame() (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := newStyles(f); err != nil {
		return err
	}
	for i, s := range b.sheets {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", s.name); err != nil {
				return err
			}
		} else if _, err := f.NewSheet(s.name); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	for _, s := range b.sheets {
		if s.filter == "" {
			continue
		}
		if err := f.AutoFilter(s.name, s.filter, nil); err != nil {
			return fmt.Errorf("filter of sheet %s: %w", s.name, err)
		}
		titles := &excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + s.name + "'!$1:$2", Scope: s.name}
		if err := f.SetDefinedName(titles); err != nil {
			return fmt.Errorf("titles of sheet %s: %w", s.name, err)
		}
	}
	made := b.e.Period.To.UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{
		Creator: "ajar", LastModifiedBy: "ajar", Title: titleOf(b.e), Description: b.e.Program, Created: made, Modified: made,
	}); err != nil {
		return err
	}
	if err := f.SetAppProps(&excelize.AppProperties{Application: "ajar"}); err != nil {
		return err
	}
	return b.parts(f, func(path string) string {
		if strings.HasPrefix(path, "xl/worksheets/") {
			return ""
		}
		return path
	})
}

// parts adds the parts of a file, under the names that keep gives them; not those to which
// it gives none.
func (b *workbook) parts(f *excelize.File, keep func(path string) string) error {
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return partWriter{b.zip, keep} })
	return f.Write(io.Discard)
}

// partWriter is where excelize writes the parts of a file to.
type partWriter struct {
	zip  *zip.Writer
	keep func(path string) string
}

// Create begins a part. Every part bears the earliest time that a zip can tell, since the
// same evidence must give the same bytes.
func (p partWriter) Create(path string) (io.Writer, error) {
	if path = p.keep(path); path == "" {
		return io.Discard, nil
	}
	return p.zip.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
}

// AddFS is part of the interface; nothing here has files to add.
func (p partWriter) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close ends nothing, for the zip goes on.
func (p partWriter) Close() error { return nil }
