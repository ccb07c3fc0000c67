package baseline

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// The TOML library stops at the first thing that is no TOML. So that one date
// which is not in the calendar, or one word without quotes, does not hide every
// other mistake, such a value is complained about, replaced by what was likely
// meant, and the file is read again.

// repairBudget bounds how many bytes are read again for one file, maxRepairs how often.
const (
	repairBudget = 64 << 20
	maxRepairs   = 200
)

// repair is one value that was replaced for the library's eyes.
type repair struct {
	at          int // byte offset in the file
	old, placed string
}

// decodeAll decodes the text and gives what is wrong with it as TOML. The tree is
// nil where nothing could be made of it.
func (d *Document) decodeAll() (map[string]any, Problems, error) {
	var repairs []repair
	var problems Problems
	limit := min(maxRepairs, max(1, repairBudget/max(1, len(d.lines.text))))
	for {
		tree := map[string]any{}
		err := decodeTOML(repaired(d.lines.text, repairs), &tree)
		if err == nil {
			return tree, problems, nil
		}
		var syntax toml.ParseError
		if !errors.As(err, &syntax) {
			return nil, problems, fmt.Errorf("parsing %s: %w", d.Name, err)
		}
		at := original(syntax.Position.Start, repairs)
		message, hint := syntaxWords(syntax.Message)
		problems = append(problems, d.problem(at, message, hint))
		r, ok := repairOf(d.lines.text, at, syntax.Message)
		if !ok || len(repairs) == limit || slices.ContainsFunc(repairs, func(o repair) bool { return o.at == r.at }) {
			return nil, problems, nil
		}
		repairs = append(repairs, r)
		slices.SortFunc(repairs, func(a, b repair) int { return a.at - b.at })
	}
}

// repaired writes the text with the repairs, which come in the order of the text.
func repaired(text string, repairs []repair) string {
	var b strings.Builder
	from := 0
	for _, r := range repairs {
		b.WriteString(text[from:r.at])
		b.WriteString(r.placed)
		from = r.at + len(r.old)
	}
	b.WriteString(text[from:])
	return b.String()
}

// original turns an offset in the repaired text into one in the file.
func original(offset int, repairs []repair) int {
	for _, r := range repairs {
		switch {
		case offset <= r.at:
			return offset
		case offset < r.at+len(r.placed):
			return r.at
		}
		offset += len(r.old) - len(r.placed)
	}
	return offset
}

// repairOf knows what was likely meant by a value.
func repairOf(text string, at int, message string) (repair, bool) {
	if at < 0 || at >= len(text) {
		return repair{}, false
	}
	if date, ok := strings.CutPrefix(strings.TrimSuffix(message, "."), `invalid datetime: "`); ok {
		date = strings.TrimSuffix(date, `"`)
		return repair{at, date, nearestDate(date)}, date != "" && strings.HasPrefix(text[at:], date)
	}
	if !strings.HasPrefix(message, "expected value but found") {
		return repair{}, false
	}
	s := scanner{text: text, pos: at}
	word, after := s.next(), s.next()
	switch after.kind {
	case tokenNewline, tokenComma, tokenClose, tokenUncurly, tokenEnd:
		return repair{at, text[word.start:word.end], strconv.QuoteToASCII(text[word.start:word.end])},
			word.kind == tokenBare && word.start == at
	}
	return repair{}, false
}

// nearestDate gives the date of the calendar that is nearest to one that is in
// none, so that what it is compared with still compares.
func nearestDate(text string) string {
	var year, month, d int
	if _, err := fmt.Sscanf(text, "%4d-%2d-%2d", &year, &month, &d); err != nil || year < 1 {
		return "2027-01-01"
	}
	month = min(max(month, 1), 12)
	last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return fmt.Sprintf("%04d-%02d-%02d", year, month, min(max(d, 1), last))
}
