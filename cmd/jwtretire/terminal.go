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

// colored reports whether text is to be coloured: as -color says, or else on a terminal, as no-color.org has it.
func (c *command) colored() bool {
	switch {
	case c.color == "always":
		return true
	case c.color == "never" || c.output != "":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && !dumb() && isTerminal(c.stdout)
}

// width is the number of columns of a terminal, 0 where the stream is none.
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

// dumb reports whether the terminal cannot go back to the beginning of a line.
func dumb() bool { return os.Getenv("TERM") == "dumb" }

// patience is how long a run says nothing of what it does.
const patience = time.Second

// A status says on a terminal what a run does, once it takes longer than people wait for without asking. It
// is one line, written over and over and gone before anything else is written. A nil status says nothing.
type status struct {
	out   *os.File
	plain bool // lines are written below one another

	mu    sync.Mutex
	what  string
	shown int // columns that are written at the moment
	late  bool
}

// newStatus returns the status of a run that begins, nil if nobody looks.
func newStatus(stderr io.Writer) *status {
	if !isTerminal(stderr) {
		return nil
	}
	s := &status{out: stderr.(*os.File), plain: dumb()}
	time.AfterFunc(patience, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.late = true
		s.draw()
	})
	return s
}

// say tells what begins.
func (s *status) say(what string) {
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

// clear takes the line away. Nothing is written any more until something else begins.
func (s *status) clear() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.what = ""
	s.draw()
}

// draw writes what is to be seen over what was. It needs no more of a terminal than a carriage return.
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
	// A line that reaches the last column may go on in the next one, where no carriage return comes back from.
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

// An afterStatus is a stream that is only written to where no status stands.
type afterStatus struct {
	io.Writer
	status *status
}

func (a *afterStatus) Write(b []byte) (int, error) {
	a.status.clear()
	return a.Writer.Write(b)
}
