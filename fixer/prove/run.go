package prove

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/internal/gocmd"
	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/redact"
)

// A Level is the extent of the proof.
type Level int

// A Config selects the steps and packages.
type Config struct {
	Level   Level
	Root    string   // directory of the module
	Dirs    []string // its changed packages, absolute
	Overlay string   // the file for -overlay
	Tags    string
	Env     []string // nil for the process's own
}

// A Result has the notes of a successful run.
type Result struct {
	Before []string // descriptions of older failures
	Old    []TestID // tests that passed before, fail now, and exercise the removed exchange
}

type run struct {
	Config
	ctx      context.Context
	packages []string
	original *strings.Replacer // names of overlay files to those of the tree
	res      Result
}

// A TestID names a test function.
type TestID struct {
	Package string // import path
	Name    string // of the function, without subtests
	File    string // absolute, "" if it was not found
	Line    int
}

// readOverlay prepares the conversion of file names in the go command's messages, from overlay files to files
// of the tree.
func (r *run) readOverlay() error {
	var overlay struct{ Replace map[string]string }
	if r.Overlay != "" {
		b, err := os.ReadFile(r.Overlay)
		if err == nil {
			err = json.Unmarshal(b, &overlay)
		}
		if err != nil {
			return fmt.Errorf("reading the overlay: %w", err)
		}
	}
	var pairs []string
	for file, now := range overlay.Replace {
		name := file
		if rel, err := filepath.Rel(r.Root, file); err == nil && filepath.IsLocal(rel) {
			name = "." + string(filepath.Separator) + rel
		}
		if now == "" {
			continue
		}
		if rel, err := filepath.Rel(r.Root, now); err == nil {
			pairs = append(pairs, rel, name)
		}
		pairs = append(pairs, now, name)
	}
	r.original = strings.NewReplacer(pairs...)
	return nil
}

// goCommand runs the go command on the result, or on the original tree.
func (r *run) goCommand(verb []string, after bool) (stdout, all string, err error) {
	args := slices.Clone(verb)
	if after && r.Overlay != "" {
		args = append(args, "-overlay", r.Overlay, "-mod=readonly")
	}
	if r.Tags != "" {
		args = append(args, "-tags", r.Tags)
	}
	cmd := gocmd.Command(r.ctx, r.Root, r.Env, append(args, r.packages...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err = cmd.Run()
	if ctxErr := r.ctx.Err(); ctxErr != nil {
		err = ctxErr
	}
	return r.original.Replace(out.String()), r.original.Replace(said.String() + out.String()), err
}

// compare returns an error if the go command has messages for the result that it does not have for the original
// tree.
func (r *run) compare(verb []string) error {
	_, after, err := r.goCommand(verb, true)
	if err == nil {
		return nil
	}
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	news := words(after)
	if _, before, err := r.goCommand(verb, false); err != nil {
		known := map[string]bool{}
		for _, l := range words(before) {
			known[timeless(l)] = true
		}
		news = slices.DeleteFunc(news, func(l string) bool { return known[timeless(l)] })
		if len(news) == 0 {
			r.res.Before = append(r.res.Before, "go "+verb[0]+" failed before as well: "+join(words(before)))
			return nil
		}
	}
	return fmt.Errorf("go %s fails on the rewritten code: %s", verb[0], join(news))
}

// timeless is a message without its position, and with the file name in one form.
func timeless(line string) string {
	return strings.TrimPrefix(position.ReplaceAllString(line, ""), "."+string(filepath.Separator))
}

// words returns the lines of the go command's output with error messages.
func words(s string) []string {
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	return out
}

func join(lines []string) string {
	if len(lines) > 5 {
		lines = append(lines[:5:5], "…")
	}
	return redact.Compiler(strings.Join(lines, "; "))
}

// position is the part of a message that changes with the lines above.
var position = lazyregexp.New(`:\d+(:\d+)?`)
