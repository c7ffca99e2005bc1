package gomod

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// goLine returns the version that the go directive names. A go.mod without one means 1.16.
func goLine(f *modfile.File) string {
	if f.Go == nil {
		return "1.16"
	}
	return f.Go.Version
}

// inModule reports whether an import path lies in a module path.
func inModule(path, mod string) bool {
	rest, ok := strings.CutPrefix(path, mod)
	return ok && (rest == "" || rest[0] == '/')
}

func replaced(f *modfile.File, path string) bool {
	return slices.ContainsFunc(f.Replace, func(r *modfile.Replace) bool { return r.Old.Path == path })
}

func excluded(f *modfile.File, path, version string) bool {
	return slices.ContainsFunc(f.Exclude, func(e *modfile.Exclude) bool { return e.Mod.Path == path && e.Mod.Version == version })
}

func requirement(f *modfile.File, path string) *modfile.Require {
	for _, r := range f.Require {
		if r.Mod.Path == path {
			return r
		}
	}
	return nil
}

func requirements(f *modfile.File) map[string]*modfile.Require {
	out := map[string]*modfile.Require{}
	for _, r := range f.Require {
		out[r.Mod.Path] = r
	}
	return out
}

// setIndirect adds or removes the "// indirect" comment of a requirement, and leaves every other
// comment and its place alone.
func setIndirect(r *modfile.Require, indirect bool) {
	if r == nil || r.Indirect == indirect {
		return
	}
	r.Indirect = indirect
	line := r.Syntax
	if indirect {
		if len(line.Suffix) == 0 {
			line.Suffix = []modfile.Comment{{Token: "// indirect", Suffix: true}}
		} else {
			line.Suffix[0].Token = "// indirect; " + strings.TrimSpace(strings.TrimPrefix(line.Suffix[0].Token, "//"))
		}
		return
	}
	text := strings.TrimSpace(strings.TrimPrefix(line.Suffix[0].Token, "//"))
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "indirect"), ";"))
	if text == "" {
		line.Suffix = line.Suffix[1:]
	} else {
		line.Suffix[0].Token = "// " + text
	}
}

// insertRequire adds a requirement to the first block of its kind (direct or indirect), in its place if
// the block is sorted and at the end if not. Without such a block it gets a line of its own.
func insertRequire(f *modfile.File, path, version string, indirect bool) {
	line := &modfile.Line{Token: []string{modfile.AutoQuote(path), version}, InBlock: true}
	var block, any *modfile.LineBlock
	byLine := map[*modfile.Line]*modfile.Require{}
	for _, r := range f.Require {
		byLine[r.Syntax] = r
	}
	for _, stmt := range f.Syntax.Stmt {
		b, ok := stmt.(*modfile.LineBlock)
		if !ok || len(b.Token) != 1 || b.Token[0] != "require" {
			continue
		}
		if any == nil {
			any = b
		}
		same := len(b.Line) > 0
		for _, l := range b.Line {
			if r := byLine[l]; r != nil && r.Indirect != indirect {
				same = false
			}
		}
		if same && block == nil {
			block = b
		}
	}
	if block == nil && len(f.Require) > 0 && any != nil && !indirect {
		block = any // one block of both kinds, as before go 1.17
	}
	if block == nil {
		// The library makes a block out of a single requirement and this one, but does not sort it.
		f.AddNewRequire(path, version, indirect)
		line := requirement(f, path).Syntax
		for _, stmt := range f.Syntax.Stmt {
			if b, ok := stmt.(*modfile.LineBlock); ok && slices.Contains(b.Line, line) {
				b.Line = slices.DeleteFunc(b.Line, func(l *modfile.Line) bool { return l == line })
				insertLine(b, line)
			}
		}
		return
	}
	// A comment above the next line belongs to that line and stays with it.
	insertLine(block, line)
	r := &modfile.Require{Syntax: line}
	r.Mod.Path, r.Mod.Version = path, version
	setIndirect(r, indirect)
	f.Require = append(f.Require, r)
}

// insertLine puts a line in its place in a sorted block, and at the end of another.
func insertLine(block *modfile.LineBlock, line *modfile.Line) {
	block.Line = slices.DeleteFunc(block.Line, func(l *modfile.Line) bool { return len(l.Token) == 0 }) // dropped ones
	at := len(block.Line)
	text := func(l *modfile.Line) string { return strings.Join(l.Token, " ") }
	if slices.IsSortedFunc(block.Line, func(a, b *modfile.Line) int { return strings.Compare(text(a), text(b)) }) {
		if i := slices.IndexFunc(block.Line, func(l *modfile.Line) bool { return text(l) > text(line) }); i >= 0 {
			at = i
		}
	}
	block.Line = slices.Insert(block.Line, at, line)
}

// format prints the file. Without a change it returns old, because printing would normalize the spacing.
func format(f *modfile.File, old []byte) []byte {
	if orig, err := modfile.Parse("go.mod", old, nil); err == nil && string(modfile.Format(orig.Syntax)) == string(modfile.Format(f.Syntax)) {
		return old
	}
	// Cleanup also removes the parentheses of a block with one line, so it is called only after a removal.
	if slices.ContainsFunc(f.Require, func(r *modfile.Require) bool { return r.Mod.Path == "" }) {
		f.Cleanup()
	}
	return modfile.Format(f.Syntax)
}

// applyDifference applies the difference between two tidied trees to f and to go.sum, and nothing else.
func (w *work) applyDifference(f *modfile.File, before, after tree) error {
	b, err := modfile.ParseLax("go.mod", before.mod, nil)
	if err != nil {
		return fmt.Errorf("reading the result of go mod tidy: %w", err)
	}
	a, err := modfile.ParseLax("go.mod", after.mod, nil)
	if err != nil {
		return fmt.Errorf("reading the result of go mod tidy: %w", err)
	}
	was, now := requirements(b), requirements(a)
	for _, r := range a.Require {
		old, mine := was[r.Mod.Path], requirement(f, r.Mod.Path)
		switch {
		case old != nil && old.Indirect == r.Indirect && old.Mod.Version == r.Mod.Version:
		case mine == nil:
			insertRequire(f, r.Mod.Path, r.Mod.Version, r.Indirect)
		case mine.Mod.Version != r.Mod.Version && semver.Compare(mine.Mod.Version, r.Mod.Version) < 0:
			if err := f.AddRequire(r.Mod.Path, r.Mod.Version); err != nil {
				return err
			}
			setIndirect(requirement(f, r.Mod.Path), r.Indirect)
		default:
			setIndirect(mine, r.Indirect)
		}
	}
	// Removals come last: an added line needs the block of its kind, which a removal may empty.
	for path := range was {
		if _, ok := now[path]; !ok && requirement(f, path) != nil {
			if err := f.DropRequire(path); err != nil {
				return err
			}
		}
	}
	w.newMod = format(f, w.oldMod)
	w.newSum = mergeSums(w.oldSum, missing(sumLines(before.sum), sumLines(after.sum)), missing(sumLines(after.sum), sumLines(before.sum)))
	return nil
}

func sumLines(data []byte) []string {
	var out []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// missing returns the lines of now that are not in was.
func missing(was, now []string) []string {
	have := map[string]bool{}
	for _, l := range was {
		have[l] = true
	}
	var out []string
	for _, l := range now {
		if !have[l] {
			out = append(out, l)
		}
	}
	return out
}

// mergeSums adds lines to a go.sum in their place and removes others. Other lines keep their order.
func mergeSums(data []byte, add, remove []string) []byte {
	have := sumLines(data)
	add = missing(have, add)
	if len(add) == 0 && len(remove) == 0 {
		return data
	}
	have = missing(remove, have)
	for _, line := range add {
		at := len(have)
		for i, h := range have {
			if compareSums(h, line) > 0 {
				at = i
				break
			}
		}
		have = slices.Insert(have, at, line)
	}
	if len(have) == 0 {
		return []byte{}
	}
	return []byte(strings.Join(have, "\n") + "\n")
}

// compareSums orders lines as the go command does: by path, then by version as a version.
func compareSums(a, b string) int {
	af, bf := strings.Fields(a), strings.Fields(b)
	if len(af) < 2 || len(bf) < 2 {
		return strings.Compare(a, b)
	}
	av, aMod, _ := strings.Cut(af[1], "/")
	bv, bMod, _ := strings.Cut(bf[1], "/")
	return cmp.Or(strings.Compare(af[0], bf[0]), semver.Compare(av, bv), strings.Compare(aMod, bMod), strings.Compare(a, b))
}
