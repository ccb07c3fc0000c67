package tabular

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// The measures of a chart, in units of its view box; a unit is about a pixel.
const (
	chartWidth, chartHeight = 340, 150
	plotLeft, plotRight     = 44, 330
	plotTop, plotBottom     = 12, 124
)

// chart is one measure over the period, a line for each of the things it is counted for.
type chart struct {
	Name               string // of the column
	Title, About, Said string
	Lines              []line
	Holes              []hole
	Ticks              []tick
	Days               []tick
	Width, Height      int
	Screen             bool // it is not printed
}

// line is one line of a chart. Its class tells the dashes, which tell lines apart without
// colour.
type line struct{ Class, Path, Dots string }

// hole is a stretch of time of which nothing was seen.
type hole struct{ X, Width string }

// tick is a mark of an axis.
type tick struct {
	At, Text, Anchor string
	Shift            int // of the text, down
}

// point is one value of a line.
type point struct {
	at    time.Time
	value float64
}

// scale maps the values of a chart to its plot.
type scale struct {
	from, to time.Time
	most     float64
	step     time.Duration // between two points that belong together
}

func (s scale) x(t time.Time) float64 {
	all := s.to.Sub(s.from).Seconds()
	if all <= 0 {
		return plotLeft
	}
	share := min(max(t.Sub(s.from).Seconds()/all, 0), 1)
	return plotLeft + float64(share*(plotRight-plotLeft)) // rounded in between on every machine
}

func (s scale) y(v float64) float64 {
	if s.most <= 0 {
		return plotBottom
	}
	return plotBottom - float64(min(max(v/s.most, 0), 1)*(plotBottom-plotTop))
}

// drawn makes the path of a line, broken where a value is missing: what is not known is not
// drawn. A point that stands alone is a dot, of which the path is given apart. A point
// between two of the same height adds nothing and is left out.
func (s scale) drawn(points []point) (path, dots string) {
	var p, d strings.Builder
	joined := func(i int) bool { return i > 0 && i < len(points) && points[i].at.Sub(points[i-1].at) <= s.step*3/2 }
	for i, pt := range points {
		before, after := joined(i), joined(i+1)
		if before && after && points[i-1].value == pt.value && points[i+1].value == pt.value {
			continue
		}
		x, y := coordinate(s.x(pt.at)), coordinate(s.y(pt.value))
		switch {
		case before:
			p.WriteString("L" + x + " " + y)
		case after:
			p.WriteString("M" + x + " " + y)
		default:
			d.WriteString("M" + x + " " + y + "h0")
		}
	}
	return p.String(), d.String()
}

func coordinate(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

// axis chooses the top of the scale and its marks: whole steps of 1, 2 or 5, and no
// fraction where the values have none.
func axis(most float64, unit unit) (top float64, marks []float64) {
	if unit == ofShare {
		return 1, []float64{0, 0.5, 1}
	}
	in := unit.size(most)
	most /= in
	if most <= 0 {
		most = 1
	}
	step := 1.0 // the greatest power of ten that is not above: logarithms differ between machines
	for ; step*10 <= most; step *= 10 {
	}
	for ; step > most; step /= 10 {
	}
	for _, f := range []float64{0.1, 0.2, 0.25, 0.5, 1, 2, 5} {
		if s := step * f; s*4 >= most && (s == math.Trunc(s) || most < 1) {
			step = s
			break
		}
	}
	n := math.Ceil(most/step - 1e-9)
	for i := range int(n) + 1 {
		marks = append(marks, float64(i)*step*in)
	}
	return n * step * in, marks
}

// rounded keeps one digit behind the point.
func rounded(v float64) float64 { return math.Round(v*10) / 10 }

// newChart draws one column. Lines are by their keys, in the order of the table.
func newChart(c evidence.Column, s scale, keys []string, lines map[string][]point, holes []hole) chart {
	u := unitOf(c)
	most := 0.0
	for _, key := range keys {
		for _, p := range lines[key] {
			most = max(most, p.value)
		}
	}
	out := chart{Name: c.Name, Title: report.Visible(c.Title), About: report.Visible(inSeconds.ReplaceAllString(c.About, "")), Holes: holes, Width: chartWidth, Height: chartHeight}
	var marks []float64
	s.most, marks = axis(most, u)
	if noun := u.noun(most); noun != "" {
		out.Title += ", " + noun
	}
	for _, m := range marks {
		y := s.y(m)
		out.Ticks = append(out.Ticks, tick{At: coordinate(y), Text: u.mark(m, most), Shift: int(math.Round(y)) + 4})
	}
	for i, at := range []time.Time{s.from, s.from.Add(s.to.Sub(s.from) / 2), s.to} {
		out.Days = append(out.Days, tick{
			At: coordinate(s.x(at)), Text: at.UTC().Format(time.DateOnly), Anchor: []string{"start", "middle", "end"}[i],
		})
	}
	said := []string{out.Title + ", " + s.from.UTC().Format(time.DateOnly) + " to " + s.to.UTC().Format(time.DateOnly)}
	for i, key := range keys {
		points := lines[key]
		if len(points) == 0 {
			continue
		}
		path, dots := s.drawn(points)
		out.Lines = append(out.Lines, line{Class: lineClass(i), Path: path, Dots: dots})
		said = append(said, spoken(u, key, points, most))
	}
	out.Said = report.Visible(strings.Join(said, ". ")) + "."
	return out
}

// spoken tells a line in words.
func spoken(u unit, key string, points []point, most float64) string {
	low, high := points[0].value, points[0].value
	for _, p := range points {
		low, high = min(low, p.value), max(high, p.value)
	}
	text := fmt.Sprintf("first %s, last %s, lowest %s, highest %s", u.text(points[0].value, most), u.text(points[len(points)-1].value, most),
		u.text(low, most), u.text(high, most))
	if key != "" {
		text = key + ": " + text
	}
	return text
}

// lineClasses is how many lines can be told apart in one chart.
const lineClasses = 6

func lineClass(i int) string { return "l" + strconv.Itoa(i+1) }
