// Package express names a value of the old program, or an expression of the configuration, at another place.
//
// Input: an expression and a place. Output: text with the same value there, or a HereError. It changes nothing.
package express

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
)

// An Expresser names values of the old exchange at the place of the new one.
//
// A form is often filled in one function and sent in another. So an expression such as c.cfg.ClientID is
// converted to one with the same value at the new place: through parameters and receivers (towards callers or
// callees), and through variables with one definition. It is an error if that is not certain.
type Expresser struct {
	Index *syntax.Index
	At    *syntax.Func                    // the function that gets the text
	Pos   token.Pos                       // the statement in it
	Via   map[*types.Func]syntax.CallSite // by function: the call of this flow, if there are several
	Lit   func(string) string
	Parts []ast.Node // the parts of the last text: expressions that are kept, and single names
	depth int
}

// A HereError is the error for a value that cannot be named at the place of the new code.
type HereError struct {
	what, where string
	why         string
}

// repeatable reports whether a call in another function may be repeated at the new place: a conversion, or a
// call that only computes a value or looks it up.
func (x *Expresser) repeatable(f *syntax.File, c *ast.CallExpr) bool {
	if tv, ok := f.Pkg.Info.Types[c.Fun]; ok && tv.IsType() {
		return true
	}
	obj := f.Callee(c)
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	if sig := obj.Type().(*types.Signature); sig.Results().Len() != 1 {
		return false
	}
	switch row := library.RowOf(obj); library.EffectOf(obj) {
	case library.Pure:
		if !library.PackageOf(obj.Pkg().Path()).Keys {
			return row == nil || row.Fills == library.None
		}
	case library.Reads:
		return true
	case library.Unknown:
	default:
		if row != nil {
			return false
		}
	}
	for _, p := range []string{"Get", "get", "String", "Value", "Lookup", "lookup", "Env", "env", "Must", "must", "Join", "Trim"} {
		if strings.HasPrefix(obj.Name(), p) {
			return true
		}
	}
	return false
}

func (e *HereError) Error() string {
	return fmt.Sprintf("%s (%s) cannot be named where the token is fetched: %s", e.what, e.where, e.why)
}

func (x *Expresser) here(d *syntax.Func) bool {
	if d == nil {
		return false
	}
	if d.Node == x.At.Node {
		return true
	}
	// A function literal sees the variables of the functions around it.
	for n := x.At.File.Parent[x.At.Node]; n != nil; n = x.At.File.Parent[n] {
		if n == d.Node {
			return true
		}
	}
	return false
}

// note records e as a part of the new text, or only its parts without replaced names.
func (x *Expresser) note(e ast.Expr, edits []change.Edit, base int, f *syntax.File) {
	if len(edits) == 0 {
		x.Parts = append(x.Parts, e)
		return
	}
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		at := f.Offset(id.Pos()) - base
		for _, ed := range edits {
			if at >= ed.From && at < ed.To && !strings.HasPrefix(ed.Text, "«") {
				return true
			}
		}
		x.Parts = append(x.Parts, id)
		return true
	})
}

// Lookup resolves a name at x.
func (x *Expresser) Lookup(name string) types.Object {
	s := x.At.File.Pkg.Types.Scope().Innermost(x.Pos)
	if s == nil {
		return nil
	}
	_, obj := s.LookupParent(name, x.Pos)
	return syntax.Origin(obj)
}

// same reports whether two expressions of one function have the same value.
func (x *Expresser) same(f *syntax.File, a, b ast.Expr) bool {
	if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND {
		a = u.X // the address of a variable, as a receiver or an argument, refers to the same variable
	}
	if f.Text(a) != f.Text(b) {
		return false
	}
	ra, rb := syntax.Root(a), syntax.Root(b)
	return ra != nil && rb != nil && f.Object(ra) == f.Object(rb)
}

// fieldsOf returns the names of the fields that are selected from a variable, outermost first.
func fieldsOf(f *syntax.File, id *ast.Ident) (names []string) {
	var n ast.Expr = id
	for {
		sel, ok := f.Parent[n].(*ast.SelectorExpr)
		if !ok || sel.X != n {
			return names
		}
		n, names = sel, append(names, sel.Sel.Name)
	}
}

// AsHere returns the HereError that err wraps, if any.
func AsHere(err error) (*HereError, bool) {
	var h *HereError
	ok := errors.As(err, &h)
	return h, ok
}

// Quote returns source with package names as paths, and with other names for some variables.
func Quote(f *syntax.File, n ast.Node, rename map[types.Object]string) string {
	var edits []change.Edit
	base := f.Offset(n.Pos())
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := f.Object(id)
		name, ok := rename[obj]
		if pkg, isPkg := obj.(*types.PkgName); isPkg {
			name, ok = "«"+pkg.Imported().Path()+"»", true
		}
		if ok {
			at := f.Offset(id.Pos()) - base
			edits = append(edits, change.Edit{From: at, To: at + len(id.Name), Text: name})
		}
		return true
	})
	return change.Splice(f.Text(n), edits)
}
