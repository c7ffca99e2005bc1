package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colored follows no-color.org.
func colored(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w)
}

// progress says what a run does once it takes more than a second, on a terminal only.
func progress(w io.Writer) func(string) {
	if !isTerminal(w) {
		return nil
	}
	start := time.Now()
	var mu sync.Mutex
	what := ""
	time.AfterFunc(time.Second, func() {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, "jwtretire: %s…\n", what)
	})
	return func(s string) {
		mu.Lock()
		defer mu.Unlock()
		what = s
		if time.Since(start) > time.Second {
			fmt.Fprintf(w, "jwtretire: %s…\n", s)
		}
	}
}
