package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	pretty "github.com/jedib0t/go-pretty/v6/progress"
	"github.com/jedib0t/go-pretty/v6/text"
)

// bars are a block of lines at the foot of a terminal, a bar for each kind of
// data, and a note above them. A nil one draws nothing.
type bars struct {
	w     io.Writer
	width int
	color bool

	writer   pretty.Writer // nil: none are drawn
	trackers map[int]*pretty.Tracker
	totals   map[int]*atomic.Int64 // read while it draws
	ended    chan struct{}
}

func newBars(w io.Writer, width int, color bool) *bars {
	return &bars{w: w, width: width, color: color}
}

// start draws until wipe is called.
func (b *bars) start(note string) {
	if b == nil || b.writer != nil {
		return
	}
	b.trackers, b.totals, b.ended = map[int]*pretty.Tracker{}, map[int]*atomic.Int64{}, make(chan struct{})
	b.writer = pretty.NewWriter()
	b.writer.SetOutputWriter(b.w)
	b.writer.SetTerminalWidth(b.width)
	b.writer.SetUpdateFrequency(100 * time.Millisecond)
	b.writer.SetTrackerLength(min(b.width/3, 40))
	b.writer.SetMessageLength(16)
	b.writer.SetTrackerPosition(pretty.PositionRight)
	b.writer.SetSortBy(pretty.SortByIndex)
	b.writer.SetPinnedMessages(note)
	b.writer.SetStyle(b.style())
	go func(w pretty.Writer, ended chan<- struct{}) {
		defer close(ended)
		w.Render()
	}(b.writer, b.ended)
}

func (b *bars) style() pretty.Style {
	s := pretty.StyleBlocks
	s.Chars.BoxLeft, s.Chars.BoxRight = "", ""
	s.Chars.Finished, s.Chars.Finished25, s.Chars.Finished50, s.Chars.Finished75, s.Chars.Unfinished = "━", "╸", "╸", "╸", "─"
	s.Options.Separator = " "
	s.Options.PercentFormat = "%3.0f%%"
	s.Options.PercentIndeterminate = "   ?"
	s.Visibility.Time, s.Visibility.Value, s.Visibility.Speed, s.Visibility.ETA = false, true, false, false
	s.Colors = pretty.StyleColors{}
	if b.color {
		s.Colors.Tracker = text.Colors{text.FgCyan}
		s.Colors.Pinned = text.Colors{text.Faint}
	}
	return s
}

// set moves one bar.
func (b *bars) set(i int, word string, done, total int) {
	if b == nil || b.writer == nil {
		return
	}
	t, ok := b.trackers[i]
	if !ok {
		t = &pretty.Tracker{Message: word, Index: uint64(i), Total: int64(max(total, 0)), AutoStopDisabled: true}
		all := &atomic.Int64{}
		all.Store(t.Total)
		t.Units = pretty.Units{Formatter: func(n int64) string { return ofAll(n, all.Load()) }}
		b.trackers[i], b.totals[i] = t, all
		b.writer.AppendTracker(t)
	}
	if total > 0 {
		t.UpdateTotal(int64(total))
		b.totals[i].Store(int64(total))
		done = min(done, total)
	}
	t.SetValue(int64(done))
}

func ofAll(n, all int64) string {
	if all <= 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d of %d", n, all)
}

// note replaces the line above.
func (b *bars) note(line string) {
	if b != nil && b.writer != nil {
		b.writer.SetPinnedMessages(line)
	}
}

// wipe ends the drawing and takes every line of it away.
func (b *bars) wipe() {
	if b == nil || b.writer == nil {
		return
	}
	drawn := len(b.trackers)
	for running := true; running; {
		b.writer.Stop() // has no effect before the drawing has really begun
		select {
		case <-b.ended:
			running = false
		default:
			runtime.Gosched()
		}
	}
	if drawn > 0 { // nothing is drawn before the first bar
		fmt.Fprint(b.w, strings.Repeat(text.CursorUp.Sprint()+text.EraseLine.Sprint(), drawn+1))
	}
	b.writer = nil
}
