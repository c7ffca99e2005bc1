package live

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// readsParameter reports whether a line of output prints a parameter of its function, so each call has its own
// line.
func readsParameter(a *graph.Atom) bool {
	return slices.ContainsFunc(a.Needs, func(n graph.Need) bool { return n.Var != nil && slices.Contains(a.Func.Params, n.Var) })
}

// prints reports whether an atom writes to standard output, itself or by a function of the module that only
// prints its arguments.
func prints(a *graph.Atom) bool {
	if printsItself(a) {
		return true
	}
	if a.Kind != graph.Expression {
		return false
	}
	for _, c := range a.Calls {
		for _, x := range c.Callees {
			if slices.ContainsFunc(x.Atoms, func(b *graph.Atom) bool { return b.Log && printsItself(b) && readsParameter(b) }) {
				return true
			}
		}
	}
	return false
}

// printsItself reports whether an atom is a call of a library that writes to standard output.
func printsItself(a *graph.Atom) bool {
	return a.Log && slices.ContainsFunc(a.Calls, func(c *graph.Call) bool {
		if c.Class != program.Log || c.Obj == nil {
			return false
		}
		switch library.EffectOf(c.Obj) {
		case library.Outputs:
			return true
		case library.Prints:
			sel, ok := ast.Unparen(c.Expr.Args[0]).(*ast.SelectorExpr)
			return ok && sel.Sel.Name == "Stdout"
		}
		return false
	})
}

// keyWords are words of texts about the old credential, which would be wrong in the new program.
var keyWords = []string{"jwt", "assertion", "private key", "private_key", "privatekey", "key file", "keyfile", "signing", "signed", "pem "}

// speaksOfKeys reports whether a constant that an atom prints is about the old credential.
func speaksOfKeys(a *graph.Atom) bool {
	found := false
	for _, arg := range a.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if tv := a.Func.File.Pkg.Info.Types[e]; tv.Value != nil && tv.Value.Kind() == constant.String {
				text := strings.ToLower(constant.StringVal(tv.Value))
				for _, w := range keyWords {
					found = found || strings.Contains(text, w)
				}
			}
			return !found
		})
	}
	return found
}

// holdsText reports whether a value is a text or bytes: the name of the key's file, or its contents. Of a
// struct with such a field, only the field counts.
func holdsText(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Slice:
		b, ok := u.Elem().Underlying().(*types.Basic)
		return ok && b.Kind() == types.Byte
	}
	return false
}

// givesKey reports whether an atom gets a private key from a library.
func givesKey(a *graph.Atom) bool {
	for _, c := range a.Calls {
		switch t := a.Func.File.Pkg.Info.TypeOf(c.Expr).(type) {
		case *types.Tuple:
			for i := range t.Len() {
				if isKey(t.At(i).Type()) {
					return true
				}
			}
		case nil:
		default:
			if isKey(t) {
				return true
			}
		}
	}
	return false
}

// readsKey reports whether a part of an expression is a private key.
func readsKey(f *syntax.File, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && !found {
			t := f.Pkg.Info.TypeOf(x)
			found = t != nil && isKey(t)
		}
		return !found
	})
	return found
}

// isKey reports whether a type is a type of private keys.
func isKey(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && (n.Obj().Name() == "PrivateKey" || n.Obj().Pkg().Path() == "crypto" && n.Obj().Name() == "Signer")
}
