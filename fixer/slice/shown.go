package slice

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
)

// shown returns the prints to standard output that stay although what they print, or the function around them, is
// not needed any more. Standard output is a result of the program: whoever reads it must find every line there,
// in its order. A print goes only if its text speaks of the old credential, or if it prints what names the key; one
// that prints something made of the key keeps the key. A log line is for the operator, and goes with what it tells
// (see mayGo).
func (v *view) shown() map[key]bool {
	out := map[key]bool{}
	for _, f := range v.g.fns {
		if !f.eligible || f.untouched || f.gone || f.file.test {
			continue
		}
		for _, a := range f.atoms {
			if a.strong || a.removed || !v.is.passes(a.ctl) || !prints(a) || speaksOfKeys(a) {
				continue
			}
			if v.is.live[a.key] {
				if !a.log || !v.calledInVain(f) || readsParameter(a) {
					continue
				}
			} else if v.namesKey(a) {
				continue
			}
			a.strong = true
			out[a.key] = true
		}
	}
	return out
}

// calledInVain reports whether a call of a function goes that stays for other calls: its line of output would be missing.
func (v *view) calledInVain(f *fn) bool {
	return slices.ContainsFunc(f.callers, func(c *call) bool {
		return !c.atom.removed && !v.is.live[c.atom.key] && v.slice.live[c.atom.key] && v.is.passes(c.atom.ctl)
	})
}

// readsParameter reports whether a line of output prints what its function is given: each call has its own line then.
func readsParameter(a *atom) bool {
	return slices.ContainsFunc(a.needs, func(n need) bool { return n.v != nil && slices.Contains(a.fn.params, n.v) })
}

// prints reports whether an atom writes to standard output, itself or by a function of the module that does nothing else
// than to print what it is given.
func prints(a *atom) bool {
	if printsItself(a) {
		return true
	}
	if a.kind != expression {
		return false
	}
	for _, c := range a.calls {
		for _, x := range c.callees {
			if slices.ContainsFunc(x.atoms, func(b *atom) bool { return b.log && printsItself(b) && readsParameter(b) }) {
				return true
			}
		}
	}
	return false
}

// printsItself reports whether an atom is a call of a library that writes to standard output.
func printsItself(a *atom) bool {
	return a.log && slices.ContainsFunc(a.calls, func(c *call) bool {
		if c.class != log || c.obj == nil {
			return false
		}
		switch library.EffectOf(c.obj) {
		case library.Outputs:
			return true
		case library.Prints:
			sel, ok := ast.Unparen(c.expr.Args[0]).(*ast.SelectorExpr)
			return ok && sel.Sel.Name == "Stdout"
		}
		return false
	})
}

// keyWords are what a text says that speaks of the old credential: it would be false in the new program.
var keyWords = []string{"jwt", "assertion", "private key", "private_key", "privatekey", "key file", "keyfile", "signing", "signed", "pem "}

// speaksOfKeys reports whether a constant that an atom prints speaks of the old credential.
func speaksOfKeys(a *atom) bool {
	found := false
	for _, arg := range a.args {
		ast.Inspect(arg, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if tv := a.fn.file.pkg.Info.Types[e]; tv.Value != nil && tv.Value.Kind() == constant.String {
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

// namesKey reports whether an atom prints the name of the file, variable or secret that the private key comes from, or its
// bytes, and nothing that was made of the key.
func (v *view) namesKey(a *atom) bool {
	b := v.before.atoms[a.key]
	if b == nil {
		return true
	}
	if v.keys == nil {
		v.keys = v.keySlice()
	}
	m := v.valuesOf()
	m.reads(b, b.needs)
	m.run()
	names := false
	for k := range m.live {
		switch k := k.(type) {
		case atomKey:
			if x := v.before.atoms[k]; x != nil && givesKey(x) {
				return false
			}
		case lhsKey:
			names = names || v.keys.live[k] && holdsText(k.v.Type()) && v.near(b, k.v)
		case *types.Var:
			names = names || v.keys.live[k] && k.IsField() && holdsText(k.Type())
		}
	}
	return names
}

// near reports whether an atom reads a variable that holds one thing only as far as the atom is concerned: it is the
// function's own, or the atom names it. A variable of a helper, or what a constructor reads, may be of another setting.
func (v *view) near(a *atom, obj types.Object) bool {
	for f := a.fn; f != nil; f = f.outer {
		if v.before.enclosingVar(obj) == f {
			return true
		}
	}
	return slices.ContainsFunc(a.needs, func(n need) bool { return n.key == key(obj) })
}

// valuesOf starts a backward slice of values in the program as it was.
func (v *view) valuesOf() *marking {
	m := newMarking(v.before)
	m.parts, m.values = v.parted, true
	return m
}

// holdsText reports whether a value is a text or bytes: a name of the key's file, or what is in it. Of a structure
// that holds such a name among others, only the field counts.
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

// keySlice is the backward slice of the calls that give a private key: reading its file is in it, and what names that.
func (v *view) keySlice() *marking {
	m := v.valuesOf()
	for _, f := range v.before.fns {
		for _, a := range f.atoms {
			if givesKey(a) {
				m.takes(a)
			}
		}
	}
	m.run()
	return m
}

// givesKey reports whether a library gives an atom a private key.
func givesKey(a *atom) bool {
	for _, c := range a.calls {
		switch t := a.fn.file.pkg.Info.TypeOf(c.expr).(type) {
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
func readsKey(f *file, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && !found {
			t := f.pkg.Info.TypeOf(x)
			found = t != nil && isKey(t)
		}
		return !found
	})
	return found
}

// isKey reports whether a type is that of a private key.
func isKey(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && (n.Obj().Name() == "PrivateKey" || n.Obj().Pkg().Path() == "crypto" && n.Obj().Name() == "Signer")
}
