package suppress

import (
	"go/ast"
	"go/token"
)

// findFile returns the directives of one file with the lines that each applies to.
func findFile(fset *token.FileSet, file *ast.File) Directives {
	var all Directives
	var lay *layout // made for the first directive, because nearly all files have none
	for _, group := range file.Comments {
		for _, c := range group.List {
			d, ok := parse(c.Text)
			if !ok {
				continue
			}
			// The unadjusted position, because findings ignore //line comments.
			pos := fset.PositionFor(c.Pos(), false)
			d.File, d.Line, d.Column = pos.Filename, pos.Line, pos.Column
			if lay == nil {
				lay = newLayout(fset, file)
			}
			d.From, d.To = lay.lines(d.Style, group, pos.Line)
			all = append(all, d)
		}
	}
	return all
}

// A layout has the extents of statements and functions of a file, in lines.
type layout struct {
	line  func(token.Pos) int
	file  *ast.File
	code  map[int]bool // lines with the beginning or end of a node
	ends  map[int]int  // by the first line of a statement or spec: the last line of its head
	funcs map[int]int  // by the first line of a function declaration: its last line
	docs  map[*ast.CommentGroup]*ast.FuncDecl
}

func newLayout(fset *token.FileSet, file *ast.File) *layout {
	lay := &layout{
		line:  func(p token.Pos) int { return fset.PositionFor(p, false).Line },
		file:  file,
		code:  map[int]bool{},
		ends:  map[int]int{},
		funcs: map[int]int{},
		docs:  map[*ast.CommentGroup]*ast.FuncDecl{},
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.File:
			return true
		case *ast.CommentGroup:
			return false
		case *ast.FuncDecl:
			from := lay.line(n.Type.Pos())
			lay.funcs[from] = lay.line(n.End())
			if n.Doc != nil {
				lay.docs[n.Doc] = n
			}
		case ast.Stmt, ast.Spec:
			from := lay.line(n.Pos())
			lay.ends[from] = max(lay.ends[from], lay.line(headEnd(n)))
		}
		lay.code[lay.line(n.Pos())] = true
		lay.code[lay.line(n.End()-1)] = true
		return true
	})
	return lay
}

// headEnd returns the end of a statement, or of its head if it contains a block: a directive above an "if"
// applies to its condition, not to its body.
func headEnd(n ast.Node) token.Pos {
	end := n.End()
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			end = min(end, n.Lbrace)
			return false
		case *ast.CaseClause:
			end = min(end, n.Colon)
		case *ast.CommClause:
			end = min(end, n.Colon)
		}
		return true
	})
	return end
}

// lines returns the lines that a directive in a comment group applies to. To is 0 for the whole file.
func (lay *layout) lines(style string, group *ast.CommentGroup, at int) (from, to int) {
	if style == styleLintFile || at <= lay.line(lay.file.Package) {
		return 1, 0
	}
	if f := lay.docs[group]; f != nil {
		return at, lay.line(f.End())
	}
	from = at
	if !lay.code[at] {
		// On a line of its own, it applies to the first line after the comment group.
		at = lay.line(group.End()-1) + 1
	}
	if end, ok := lay.funcs[at]; ok {
		return from, end
	}
	return from, max(at, lay.ends[at])
}
