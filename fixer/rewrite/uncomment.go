package rewrite

import (
	"bytes"
	"go/ast"
	"strings"

	"github.com/dave/dst"
	"github.com/dave/dst/dstutil"
)

// untrue returns the comments of a declaration to remove while their code stays: each text, with its index among the
// declaration's comments of the same text.
func (f *file) untrue(start, end int) map[string][]bool {
	if len(f.set.Uncomment) == 0 {
		return nil
	}
	tf := f.pkg.Fset.File(f.orig.Package)
	all := map[string][]bool{}
	found := false
	for _, g := range f.orig.Comments {
		for _, c := range g.List {
			if off := tf.Offset(c.Slash); off < start || off >= end {
				continue
			}
			_, goes := f.set.Uncomment[c]
			all[c.Text] = append(all[c.Text], goes)
			found = found || goes
		}
	}
	if !found {
		return nil
	}
	return all
}

// uncomment empties the decorations of tree with the comments in goes. An empty decoration prints as nothing.
func uncomment(tree dst.Node, goes map[string][]bool) {
	if goes == nil {
		return
	}
	each := func(decs []string) {
		for i, d := range decs {
			if left := goes[d]; len(left) > 0 {
				if left[0] {
					decs[i] = ""
				}
				goes[d] = left[1:]
			}
		}
	}
	// In source order: decorations at the end of a node come after its children.
	var open []dst.Node
	dst.Inspect(tree, func(n dst.Node) bool {
		if n == nil {
			n = open[len(open)-1]
			open = open[:len(open)-1]
			each(n.Decorations().End)
			return true
		}
		open = append(open, n)
		_, _, points := dstutil.Decorations(n)
		for _, p := range points {
			if p.Name != "End" {
				each(p.Decs)
			}
		}
		return true
	})
}

// headerLines returns the lines in front of the package clause whose comments are removed, as ranges of bytes.
func (f *file) headerLines() (lines [][2]int) {
	tf := f.pkg.Fset.File(f.orig.Package)
	for _, g := range f.orig.Comments {
		if g.Pos() > f.orig.Package {
			break
		}
		for _, c := range g.List {
			if _, goes := f.set.Uncomment[c]; !goes {
				continue
			}
			off := tf.Offset(c.Slash)
			start := bytes.LastIndexByte(f.src[:off], '\n') + 1
			end := bytes.IndexByte(f.src[off:], '\n')
			if len(bytes.TrimSpace(f.src[start:off])) > 0 || end < 0 {
				continue
			}
			lines = append(lines, [2]int{start, off + end + 1})
		}
	}
	return lines
}

// uncommented reports whether the set removes the comment at a position of orig.
func (f *file) uncommented(off int) bool {
	tf := f.pkg.Fset.File(f.orig.Package)
	for c := range f.set.Uncomment {
		if f.holds(c) && tf.Offset(c.Slash) == off {
			return true
		}
	}
	return false
}

// holds reports whether the file's tree has a comment.
func (f *file) holds(c *ast.Comment) bool {
	for _, g := range f.orig.Comments {
		for _, own := range g.List {
			if own == c {
				return true
			}
		}
	}
	return false
}

// trimBlank removes line ends on both sides.
func trimBlank(decs []string) []string {
	for len(decs) > 0 && strings.TrimSpace(decs[0]) == "" {
		decs = decs[1:]
	}
	for len(decs) > 0 && strings.TrimSpace(decs[len(decs)-1]) == "" {
		decs = decs[:len(decs)-1]
	}
	return append([]string(nil), decs...)
}
