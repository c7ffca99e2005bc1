package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
)

func isTerminal(w io.Writer) bool {
	if a, ok := w.(*afterStatus); ok {
		w = a.Writer
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colored reports whether text is coloured: as -color says, or on a terminal, by the rules of no-color.org.
func (c *command) colored() bool {
	switch {
	case c.color == "always":
		return true
	case c.color == "never" || c.output != "":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && !dumb() && isTerminal(c.stdout)
}

// width is the number of columns of a terminal, 0 if w is none.
func width(w io.Writer) int {
	if a, ok := w.(*afterStatus); ok {
		w = a.Writer
	}
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// dumb reports whether the terminal has no carriage return.
func dumb() bool { return os.Getenv("TERM") == "dumb" }

// statusDelay is the time before the status of a run appears.
const statusDelay = time.Second

// A status shows the current step of a long run on a terminal, in one line. The line is overwritten, and
// removed before any other output. A nil status does nothing. It is safe for concurrent use.
type status struct {
	out   *os.File
	plain bool // one line per step

	mu    sync.Mutex
	what  string
	shown int // number of columns of the current line
	late  bool
}

// newStatus returns the status of a new run, nil without a terminal.
func newStatus(stderr io.Writer) *status {
	if !isTerminal(stderr) {
		return nil
	}
	s := &status{out: stderr.(*os.File), plain: dumb()}
	time.AfterFunc(statusDelay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.late = true
		s.draw()
	})
	return s
}

// set sets the current step.
func (s *status) set(what string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if what != s.what {
		s.what = what
		s.draw()
	}
}

// clear removes the line until the next step.
func (s *status) clear() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.what = ""
	s.draw()
}

// draw replaces the line by the current step. It only needs a carriage return.
func (s *status) draw() {
	if !s.late {
		return
	}
	text := ""
	if s.what != "" {
		text = "jwtretire: " + s.what + "…"
	}
	if s.plain {
		if text != "" {
			fmt.Fprintln(s.out, text)
		}
		return
	}
	width, _, err := term.GetSize(int(s.out.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	// A line that reaches the last column may wrap, and a carriage return cannot undo that.
	text = cut(text, width-1)
	n := utf8.RuneCountInString(text)
	if n == 0 && s.shown == 0 {
		return
	}
	line := "\r" + text
	if rest := min(s.shown, width-1) - n; rest > 0 {
		line += strings.Repeat(" ", rest)
		if n == 0 {
			line += "\r"
		}
	}
	s.shown = n
	fmt.Fprint(s.out, line)
}

// cut returns at most the first n runes.
func cut(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// An afterStatus is a stream that removes the status before each write.
type afterStatus struct {
	io.Writer
	status *status
}

func (a *afterStatus) Write(b []byte) (int, error) {
	a.status.clear()
	return a.Writer.Write(b)
}
