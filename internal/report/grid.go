package report

// column is one column of a grid.
type column struct {
	head  string
	right bool // numbers stand right
	min   int  // may be shortened down to this width; 0: never
	fold  bool // moves to a line beneath where the page is narrow; the rightmost first
	wrap  bool // the last column: holds the ways of a row, which are broken and never cut
}

// gridRow is one row: a lead that has lines of its own above the cells (what it
// is about, in words), and the cells.
type gridRow struct {
	mark, lead span
	cells      []span
	ways       []span // what stands in the column that wraps
}

// gutter is the space between two columns.
const gutter = 2

// layout is how wide each column is, and which are folded away.
type layout struct {
	indent int
	cols   []column
	widths []int
	folded []bool
	brief  bool // cells that have a shorter form are written in it
}

// grid writes the rows under a heading.
func (p *page) grid(cols []column, rows []gridRow) {
	l := p.layout(2, cols, rows)
	l.heading(p)
	l.write(p, rows)
}

// layout finds widths for the rows. Columns are as wide as their content wants;
// where the page is narrower, cells take their shorter form, then columns with a
// min give way, then columns fold.
func (p *page) layout(indent int, cols []column, rows []gridRow) layout {
	l := layout{indent: indent, cols: cols, folded: make([]bool, len(cols))}
	natural := l.natural(rows)
	if l.widths = natural; l.span() > p.width {
		l.brief = true
		natural = l.natural(rows)
	}
	l.shrink(natural, p.width)
	return l
}

func (l *layout) natural(rows []gridRow) []int {
	widths := make([]int, len(l.cols))
	for i, c := range l.cols {
		widths[i] = columns(c.head)
	}
	for _, r := range rows {
		for i, c := range r.cells {
			widths[i] = max(widths[i], columns(l.text(c)))
		}
		for _, w := range r.ways {
			widths[len(widths)-1] = max(widths[len(widths)-1], columns(l.text(w)))
		}
	}
	return widths
}

// text is what a cell says in this layout.
func (l *layout) text(c span) string {
	if l.brief && c.brief != "" {
		return c.brief
	}
	return c.text
}

func (l *layout) shrink(natural []int, width int) {
	l.widths = append([]int(nil), natural...)
	for l.squeeze(width, func(c column) int { return c.min }) > 0 {
		if !l.foldOne(natural) {
			l.squeeze(width, func(column) int { return 3 })
			return
		}
	}
}

// write writes the rows.
func (l *layout) write(p *page, rows []gridRow) {
	for _, r := range rows {
		if r.lead.text != "" {
			p.hang(l.indent-columns(r.mark.text), []span{r.mark}, r.lead.style, r.lead.text)
		}
		l.row(p, r)
	}
}

// squeeze takes columns from the widest that may give, and returns how many are
// still too many.
func (l *layout) squeeze(width int, least func(column) int) int {
	over := l.span() - width
	for over > 0 {
		widest := -1
		for i, c := range l.cols {
			if m := least(c); !l.folded[i] && m > 0 && l.widths[i] > m && (widest < 0 || l.widths[i] > l.widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return over
		}
		l.widths[widest]--
		over--
	}
	return over
}

// foldOne folds the rightmost column that may be folded and gives the others
// their natural width back.
func (l *layout) foldOne(natural []int) bool {
	for i := len(l.cols) - 1; i >= 0; i-- {
		if l.cols[i].fold && !l.folded[i] {
			l.folded[i] = true
			copy(l.widths, natural)
			return true
		}
	}
	return false
}

// span is the width of the unfolded columns with their gutters.
func (l *layout) span() int {
	n := l.indent - gutter
	for i, w := range l.widths {
		if !l.folded[i] {
			n += w + gutter
		}
	}
	return n
}

func (l *layout) heading(p *page) {
	cells := make([]span, len(l.cols))
	some := false
	for i, c := range l.cols {
		if !l.folded[i] {
			cells[i] = dim.of(c.head)
		}
		some = some || c.head != ""
	}
	if some {
		l.row(p, gridRow{cells: cells})
	}
}

// row writes the cells, and what is folded beneath them.
func (l *layout) row(p *page, r gridRow) {
	line := []span{space(l.indent)}
	var beneath []span
	for i, c := range r.cells {
		if l.cols[i].wrap && !l.folded[i] && len(r.ways) > 0 {
			l.ways(p, append(line, space(gutter)), l.widths[i], r.ways)
			return
		}
		if l.folded[i] {
			if c.text = l.text(c); c.text == "" || c.text == "-" {
				continue
			}
			beneath = append(beneath, c)
			continue
		}
		if len(line) > 1 {
			line = append(line, space(gutter))
		}
		text := shorten(l.text(c), l.widths[i])
		pad := space(l.widths[i] - columns(text))
		if l.cols[i].right {
			line = append(line, pad, span{text: text, style: c.style})
		} else {
			line = append(line, span{text: text, style: c.style}, pad)
		}
	}
	p.emit(line)
	l.fold(p, beneath)
	l.ways(p, []span{space(l.indent + gutter)}, p.width-l.indent-gutter, r.ways)
}

// ways ends a row with its ways, each on lines of its own under the column.
func (l *layout) ways(p *page, line []span, width int, ways []span) {
	indent := total(line)
	for _, w := range ways {
		for i, text := range breakPath(l.text(w), width) {
			if i > 0 {
				text = blanks(2) + text
			}
			p.emit(append(line, span{text: text, style: w.style}))
			line = []span{space(indent)}
		}
	}
}

// fold writes the folded cells, as many to a line as fit.
func (l *layout) fold(p *page, cells []span) {
	indent := l.indent + gutter
	line, used := []span{space(indent)}, indent
	for _, c := range cells {
		c.text = shorten(c.text, p.width-indent)
		w := columns(c.text)
		if len(line) > 1 && used+gutter+w > p.width {
			p.emit(line)
			line, used = []span{space(indent)}, indent
		}
		if len(line) > 1 {
			line, used = append(line, space(gutter)), used+gutter
		}
		line, used = append(line, c), used+w
	}
	if len(line) > 1 {
		p.emit(line)
	}
}
