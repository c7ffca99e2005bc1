package rewrite

import (
	"bytes"
	"go/ast"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

// TestRandomRemovals takes statements out of real functions. Whatever goes, the rest
// parses, stays gofmt-ed, and has no line that was not there before.
func TestRandomRemovals(t *testing.T) {
	if testing.Short() {
		t.Skip("decorates two trees")
	}
	rnd := rand.New(rand.NewPCG(7, 11))
	// Not this module's own files: a line of theirs would decide what is tested.
	roots := []string{filepath.Join(trees(t)[0], "net")}
	eachOf(t, roots, 1, func(path string, src []byte) {
		for _, bend := range []func([]byte) []byte{same, toCRLF, toBlanks} {
			if rnd.IntN(3) == 0 {
				removeSome(t, rnd, path, bend(src))
			}
		}
	})
}

func same(src []byte) []byte { return src }

func toCRLF(src []byte) []byte {
	if bytes.Contains(src, []byte("\r")) {
		return src
	}
	return bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n"))
}

// toBlanks indents with four blanks, except in files where that could reach into strings.
func toBlanks(src []byte) []byte {
	if bytes.Contains(src, []byte("`")) {
		return src
	}
	return bytes.ReplaceAll(src, []byte("\t"), []byte("    "))
}

func removeSome(t *testing.T, rnd *rand.Rand, path string, src []byte) {
	pkg := untyped(t, path, src)
	var stmts []ast.Stmt
	ast.Inspect(pkg.Syntax[0], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			stmts = append(stmts, n.List...)
		case *ast.CaseClause:
			stmts = append(stmts, n.Body...)
		}
		return true
	})
	if len(stmts) == 0 {
		return
	}
	set := change.NewSet()
	for range 1 + rnd.IntN(3) {
		set.Remove[stmts[rnd.IntN(len(stmts))]] = "test"
	}
	res, err := Rewrite([]*load.Package{pkg}, set)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	out, ok := res.Files[path]
	if !ok {
		t.Errorf("%s: nothing was removed", path)
		return
	}
	if gofmted(src) && !gofmted(out) {
		t.Errorf("%s is not gofmt-ed any more", path)
	}
	clean := gofmted(src)
	had := linesOf(src, clean)
	for l, n := range linesOf(out, clean) {
		// A block or a case that lost everything may close up, and an import may have moved into none.
		if had[l] < n && !closes(l) && !emptied(had, l) {
			t.Errorf("%s: the line %q is new", path, l)
		}
	}
	for _, c := range res.Lost {
		if !about(pkg, set, c) {
			t.Errorf("%s: lost although its code stays", c)
		}
	}
	if crlf := wholly(src, "\r\n"); crlf && !wholly(out, "\r\n") {
		t.Errorf("%s has lost line ends", path)
	}
	again(t, pkg, res)
}

// about reports whether a comment is inside a removed statement, behind it on its last
// line, or in the group right above it.
func about(pkg *load.Package, set *change.Set, c Comment) bool {
	tf := pkg.Fset.File(pkg.Syntax[0].Package)
	for n := range set.Remove {
		first, last := tf.PositionFor(n.Pos(), false).Line, tf.PositionFor(n.End(), false).Line
		if first <= c.Pos.Line && c.Pos.Line <= last {
			return true
		}
		for _, g := range pkg.Syntax[0].Comments {
			from, to := tf.PositionFor(g.Pos(), false).Line, tf.PositionFor(g.End(), false).Line
			if to == first-1 && from <= c.Pos.Line && c.Pos.Line <= to {
				return true
			}
		}
	}
	return false
}

var bodies = regexp.MustCompile(`\{ [^{}]* \}`)

// emptied reports whether a line is an old one whose function literal has lost its statement.
func emptied(had map[string]int, line string) bool {
	for old := range had {
		if old != line && bodies.ReplaceAllString(old, "{}") == line {
			return true
		}
	}
	return false
}

func linesOf(src []byte, squeezed bool) map[string]int {
	m := map[string]int{}
	for l := range strings.Lines(string(src)) {
		if squeezed {
			l = strings.Join(strings.Fields(l), " ")
		}
		if strings.TrimSpace(l) != "" {
			m[strings.TrimRight(l, "\r\n")]++
		}
	}
	return m
}

func closes(l string) bool {
	l = strings.TrimRight(strings.TrimSpace(l), ",") // an argument or an element, too
	return slices.ContainsFunc([]string{"{", "}", "})", ":", ")"}, func(end string) bool {
		return strings.HasSuffix(l, end)
	})
}
