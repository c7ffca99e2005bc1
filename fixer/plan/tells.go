package plan

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// An ending is how a branch leaves.
type ending int

const (
	goesOn ending = iota
	returns
	dies
	jumps
)

func endOf(b *ast.BlockStmt) ending {
	if len(b.List) == 0 {
		return goesOn
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return returns
	case *ast.BranchStmt:
		return jumps
	case *ast.ExprStmt:
		if c, ok := s.X.(*ast.CallExpr); ok && hasName(syntax.CalleeName(c), "Fatal", "Panic", "panic", "Exit") {
			return dies
		}
	}
	return goesOn
}

// tells reports whether a branch can be told from the branch that a failed request takes.
func (a *answer) tells(b *ast.BlockStmt) bool {
	if end := endOf(b); end != goesOn && a.failure != nil && end != endOf(a.failure) {
		return true
	}
	if a.acts(b) || a.returnsOther(b) {
		return true
	}
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if obj := a.p.ix.Callee(a.f, n); obj != nil && obj.Pkg() != nil {
				switch {
				case obj.Pkg().Path() == "fmt" && hasName(obj.Name(), "Print"):
					found = found || !a.samePrint(n)
				case obj.Pkg().Path() == "os" && obj.Name() == "Exit":
					found = found || !a.sameExit(n)
				}
			}
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				if syntax.IsErrorLike(a.f.TypeOf(r)) && !a.plainError(r) {
					found = true
				}
			}
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// returnsOther reports whether a branch returns what the branch of a failed request does not: no error where
// that has one, an error without an identity where that one's can be told, a value that is not zero.
func (a *answer) returnsOther(b *ast.BlockStmt) bool {
	if a.failure == nil || endOf(b) != returns || endOf(a.failure) != returns {
		return false
	}
	one := b.List[len(b.List)-1].(*ast.ReturnStmt)
	other := a.failure.List[len(a.failure.List)-1].(*ast.ReturnStmt)
	if len(one.Results) != len(other.Results) {
		return true
	}
	isNil := func(e ast.Expr) bool { return a.f.Pkg.Info.Types[e].IsNil() }
	for i, x := range one.Results {
		y := other.Results[i]
		switch {
		case a.f.Text(x) == a.f.Text(y):
		case syntax.IsErrorLike(a.f.TypeOf(x)) || syntax.IsErrorLike(a.f.TypeOf(y)):
			if isNil(x) != isNil(y) || !a.plainError(y) {
				return true
			}
		case !zeroLiteral(x):
			return true
		}
	}
	return false
}

// zeroLiteral reports whether an expression is the zero value of its type, written out.
func zeroLiteral(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return x.Value == `""` || x.Value == "``" || x.Value == "0"
	case *ast.Ident:
		return x.Name == "nil" || x.Name == "false"
	case *ast.CompositeLit:
		return len(x.Elts) == 0
	}
	return false
}

// acts reports whether a branch does something beside leaving that the branch of a failed request does
// not. What is not known to be harmless has an effect: only reading and closing the answer, naming a
// part of it, and a line that the other branch prints as well are nothing that somebody misses.
func (a *answer) acts(b *ast.BlockStmt) bool {
	list := b.List
	if endOf(b) != goesOn {
		list = list[:len(list)-1]
	}
	for _, s := range list {
		if !a.harmless(s) {
			return true
		}
	}
	if len(b.List) > 0 {
		if r, ok := b.List[len(b.List)-1].(*ast.ReturnStmt); ok {
			for _, e := range r.Results {
				if a.calls(e) {
					return true
				}
			}
		}
	}
	return false
}

// harmless reports whether nobody can miss a statement that only refusals come to.
func (a *answer) harmless(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt:
		c, ok := s.X.(*ast.CallExpr)
		return ok && (a.onlyAnswer(c) || a.samePrint(c))
	case *ast.DeferStmt:
		return a.onlyAnswer(s.Call)
	case *ast.DeclStmt:
		return true
	case *ast.AssignStmt:
		for _, l := range s.Lhs {
			id := syntax.IdentOf(l)
			if id == nil {
				return false
			}
			if v, ok := a.f.Object(id).(*types.Var); id.Name != "_" && (!ok || v.Pos() < a.d.Body.Pos() || a.skip != nil && v.Pos() < a.skip.Pos()) {
				return false
			}
		}
		for _, r := range s.Rhs {
			if a.calls(r) {
				return false
			}
		}
		return true
	}
	return false
}

// onlyAnswer reports whether a call reads, decodes or closes the answer and does nothing else.
func (a *answer) onlyAnswer(c *ast.CallExpr) bool {
	return a.der.in(a.f, c) && hasName(syntax.CalleeName(c), "Close", "Copy", "ReadFrom", "Decode", "Unmarshal", "ReadAll", "LimitReader", "NewDecoder")
}

// calls reports whether an expression calls anything but what reads the answer and what makes the text of an error.
func (a *answer) calls(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if a.f.Pkg.Info.Types[c.Fun].IsType() || a.onlyAnswer(c) {
			return true
		}
		obj := a.p.ix.Callee(a.f, c)
		if obj == nil || obj.Pkg() == nil {
			_, builtin := a.f.Pkg.Info.Uses[syntax.IdentOf(c.Fun)].(*types.Builtin)
			found = !builtin
			return !found
		}
		switch obj.Pkg().Path() {
		case "fmt":
			found = !hasName(obj.Name(), "Errorf", "Sprint")
		case "errors", "strings", "bytes", "strconv", "net/http", "github.com/pkg/errors", "golang.org/x/xerrors":
		default:
			found = true
		}
		return !found
	})
	return found
}

func (a *answer) samePrint(c *ast.CallExpr) bool {
	if a.failure == nil {
		return false
	}
	same := false
	ast.Inspect(a.failure, func(n ast.Node) bool {
		if o, ok := n.(*ast.CallExpr); ok && a.f.Text(o) == a.f.Text(c) {
			same = true
		}
		return !same
	})
	return same
}

func (a *answer) sameExit(c *ast.CallExpr) bool { return a.samePrint(c) }

// plainError reports whether an error is only a text: nobody compares it with anything.
func (a *answer) plainError(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := a.f.Object(x)
		v, ok := obj.(*types.Var)
		return x.Name == "nil" || ok && v.Parent() != v.Pkg().Scope()
	case *ast.CallExpr:
		name := syntax.CalleeName(x)
		if !hasName(name, "Errorf", "New", "Wrap", "WithMessage", "Newf") {
			return false
		}
		for _, arg := range x.Args {
			if syntax.IsErrorLike(a.f.TypeOf(arg)) && !a.plainError(arg) {
				return false
			}
		}
		return true
	}
	return false
}
