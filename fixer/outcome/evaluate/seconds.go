package evaluate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"time"

	"jwtretire.example/fixer/syntax"
)

// toSeconds turns a field that holds expires_in from milliseconds to seconds, if that can be done
// whole: every read of the field in these packages makes a duration of it or divides it by 1000, and
// nothing but this exchange decodes into the type. The reads are changed with it:
//
//	time.Duration(t.ExpiresIn) * time.Millisecond   time.Duration(t.ExpiresIn) * time.Second
//	t.ExpiresIn / 1000                              t.ExpiresIn
//
// A field that others can read, through an exported type outside of main and internal packages,
// keeps its unit.
func (r *Run) toSeconds(t types.Type, fd jsonField) bool {
	if !syntax.IsNumber(fd.typ) || fd.typ.String() == "time.Duration" {
		return false
	}
	if n, ok := t.(*types.Named); ok && !r.Ix.Private(r.Ex.Func) && givenOut(r.Ex.Func.File.Pkg.Types, n) {
		return false
	}
	if r.readWhole(t) {
		return false
	}
	repl := map[ast.Node]string{}
	var notes []*ast.Comment
	for _, use := range r.Ix.Uses[fd.obj] {
		f := r.Ix.FileOf(use)
		sel, ok := f.Parent[use].(*ast.SelectorExpr)
		if !ok || sel.Sel != use {
			return false
		}
		if a, ok := f.Parent[sel].(*ast.AssignStmt); ok && copiesField(f, a, sel, fd.obj) {
			continue // x.ExpiresIn = y.ExpiresIn copies the field in either unit
		}
		if IsWritten(f, sel) {
			return false
		}
		change, ok := secondsAt(f, sel)
		if !ok {
			return false
		}
		for n, src := range change {
			repl[n] = src
		}
		notes = append(notes, r.unitComments(f, sel)...)
	}
	for n, src := range repl {
		r.Changed[n] = Rendering{Text: src, Keeps: repeated(n, src)}
	}
	for _, c := range notes {
		r.Uncomment[c] = "it spoke of milliseconds"
	}
	return true
}

// repeated returns the nodes that a text repeats of n.
func repeated(n ast.Node, src string) []ast.Node {
	if strings.HasPrefix(src, "«") {
		return nil
	}
	if b, ok := n.(*ast.BinaryExpr); ok {
		return []ast.Node{b.X}
	}
	return nil
}

// copiesField reports whether an assignment copies the field from one value to another.
func copiesField(f *syntax.File, a *ast.AssignStmt, sel *ast.SelectorExpr, field types.Object) bool {
	if len(a.Lhs) != len(a.Rhs) || a.Tok != token.ASSIGN {
		return false
	}
	same := func(e ast.Expr) bool {
		s, ok := e.(*ast.SelectorExpr)
		return ok && f.Object(s.Sel) == field
	}
	for i := range a.Lhs {
		if (a.Lhs[i] == sel || a.Rhs[i] == sel) && same(a.Lhs[i]) && same(a.Rhs[i]) {
			return true
		}
	}
	return false
}

// secondsAt finds the constants around a read of a field in milliseconds that change if the field is in seconds, and
// returns their new texts. It reports false unless the arithmetic ends in a duration or a division by 1000.
func secondsAt(f *syntax.File, sel ast.Expr) (map[ast.Node]string, bool) {
	out := map[ast.Node]string{}
	for _, a := range arithmetic(f, sel) {
		switch {
		case a.op == token.QUO && a.n == 1000 && len(out) == 0:
			out[a.node] = f.Text(a.node.X)
			return out, true
		case a.op == token.MUL && a.duration && a.n == int64(time.Millisecond):
			out[a.constant] = "«time».Second"
			return out, true
		case (a.op == token.SUB || a.op == token.ADD) && a.n%1000 == 0:
			out[a.constant] = strconv.FormatInt(a.n/1000, 10)
		default:
			return nil, false
		}
	}
	return nil, false
}

// readWhole reports whether a value of the type goes on as a whole to code that may read or fill its fields by their names:
// json.Marshal(t), log.Printf("%+v", t), map[string]any{"token": t}, or decoding of something else than this answer.
func (r *Run) readWhole(t types.Type) bool {
	home := r.Ix.Outer(r.Ex.Func.File, r.Ex.Func.Body)
	found := false
	for _, f := range r.Ix.Files {
		given := func(e ast.Expr, to types.Type) {
			found = found || to != nil && types.IsInterface(to) && holds(f.TypeOf(e), t, map[types.Type]bool{})
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if found {
				return false
			}
			switch n := n.(type) {
			case *ast.CallExpr:
				if hasPrefix(syntax.CalleeName(n), "Unmarshal", "Decode", "Scan") {
					if e := r.Ix.Outer(f, n); e != nil && home != nil && e.Node == home.Node {
						return true // the answer, or the same type filled with a refusal
					}
				}
				if tv := f.Pkg.Info.Types[n.Fun]; tv.IsType() {
					given(n.Args[0], tv.Type)
				} else if sig, ok := syntax.Under(tv.Type).(*types.Signature); ok {
					for i, a := range n.Args {
						if d := r.Ix.Target(f, n); d == nil || home == nil || r.Ix.Outer(f, n) == nil || r.Ix.Outer(f, n).Node != home.Node || !r.onlyDecodes(d, i, maxDepth) {
							given(a, paramType(sig, i, n.Ellipsis.IsValid()))
						}
					}
				}
			case *ast.AssignStmt:
				for i := range min(len(n.Lhs), len(n.Rhs)) {
					if len(n.Lhs) == len(n.Rhs) {
						given(n.Rhs[i], f.TypeOf(n.Lhs[i]))
					}
				}
			case *ast.CompositeLit:
				for i, el := range n.Elts {
					var key ast.Expr
					if kv, ok := el.(*ast.KeyValueExpr); ok {
						key, el = kv.Key, kv.Value
					}
					switch u := syntax.Under(f.TypeOf(n)).(type) {
					case *types.Map:
						given(el, u.Elem())
					case *types.Slice:
						given(el, u.Elem())
					case *types.Array:
						given(el, u.Elem())
					case *types.Struct:
						if key != nil {
							given(el, f.TypeOf(key))
						} else {
							given(el, u.Field(i).Type())
						}
					}
				}
			case *ast.ReturnStmt:
				if d := r.Ix.Enclosing(f, n); d != nil {
					if sig, ok := f.TypeOf(d.Type).(*types.Signature); ok && sig.Results().Len() == len(n.Results) {
						for i, e := range n.Results {
							given(e, sig.Results().At(i).Type())
						}
					}
				}
			}
			return true
		})
	}
	return found
}

// onlyDecodes reports whether a function does nothing with parameter i but to decode into it, and to ask whether it is nil.
func (r *Run) onlyDecodes(d *syntax.Func, i, depth int) bool {
	params := d.Params()
	if depth == 0 || i >= len(params) || params[i] == nil {
		return false
	}
	for _, use := range r.Ix.Uses[d.File.Object(params[i])] {
		switch up := d.File.Parent[use].(type) {
		case *ast.BinaryExpr:
			if up.Op != token.EQL && up.Op != token.NEQ {
				return false
			}
		case *ast.CallExpr:
			if hasPrefix(syntax.CalleeName(up), "Unmarshal", "Decode") {
				continue
			}
			next := r.Ix.Target(d.File, up)
			at := slices.IndexFunc(up.Args, func(e ast.Expr) bool { return ast.Unparen(e) == ast.Expr(use) })
			if next == nil || at < 0 || !r.onlyDecodes(next, at, depth-1) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// paramType returns the type of the parameter that takes argument i, nil if there is none.
func paramType(sig *types.Signature, i int, spread bool) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		last := sig.Params().At(n - 1).Type()
		if list, ok := last.(*types.Slice); ok && !spread {
			return list.Elem()
		}
		return last
	}
	if i < n {
		return sig.Params().At(i).Type()
	}
	return nil
}

// holds reports whether a value of type t is or contains one of the type of the answer.
func holds(t, answer types.Type, seen map[types.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	if types.Identical(t, answer) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return holds(u.Elem(), answer, seen)
	case *types.Slice:
		return holds(u.Elem(), answer, seen)
	case *types.Array:
		return holds(u.Elem(), answer, seen)
	case *types.Map:
		return holds(u.Elem(), answer, seen)
	case *types.Chan:
		return holds(u.Elem(), answer, seen)
	case *types.Struct:
		for fd := range u.Fields() {
			if holds(fd.Type(), answer, seen) {
				return true
			}
		}
	}
	return false
}

// unitComments returns the comments of the statement around n that mention milliseconds.
func (r *Run) unitComments(f *syntax.File, n ast.Node) []*ast.Comment {
	s := f.Stmt(n)
	if s == nil {
		return nil
	}
	from, to := f.Pkg.Fset.Position(s.Pos()).Line, f.Pkg.Fset.Position(s.End()).Line
	var out []*ast.Comment
	for _, g := range f.Syntax.Comments {
		end := f.Pkg.Fset.Position(g.End()).Line
		start := f.Pkg.Fset.Position(g.Pos()).Line
		if end == from-1 || start >= from && start <= to {
			if speaksOfMillis(g.Text()) {
				out = append(out, g.List...)
			}
		}
	}
	return out
}

// givenOut reports whether importers of the package can get hold of a value of the type: whether an
// exported function, method, variable or field of the package has it.
func givenOut(pkg *types.Package, n *types.Named) bool {
	if !n.Obj().Exported() {
		return false
	}
	has := func(t types.Type) bool { return mentions(t, n, map[types.Type]bool{}) }
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if !obj.Exported() {
			continue
		}
		if tn, ok := obj.(*types.TypeName); ok {
			named, ok := tn.Type().(*types.Named)
			if !ok {
				continue
			}
			for i := range named.NumMethods() {
				if m := named.Method(i); m.Exported() && has(m.Type()) {
					return true
				}
			}
			if st, ok := named.Underlying().(*types.Struct); ok && named != n {
				for i := range st.NumFields() {
					if f := st.Field(i); f.Exported() && has(f.Type()) {
						return true
					}
				}
			}
			continue
		}
		if has(obj.Type()) {
			return true
		}
	}
	return false
}

// mentions reports whether t is, points to, contains or returns n.
func mentions(t types.Type, n *types.Named, seen map[types.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	switch u := t.(type) {
	case *types.Named:
		return u == n
	case *types.Pointer:
		return mentions(u.Elem(), n, seen)
	case *types.Slice:
		return mentions(u.Elem(), n, seen)
	case *types.Map:
		return mentions(u.Elem(), n, seen)
	case *types.Chan:
		return mentions(u.Elem(), n, seen)
	case *types.Signature:
		for i := range u.Results().Len() {
			if mentions(u.Results().At(i).Type(), n, seen) {
				return true
			}
		}
		for i := range u.Params().Len() {
			if mentions(u.Params().At(i).Type(), n, seen) {
				return true
			}
		}
	}
	return false
}

// mapSeconds turns the reads of expires_in in a map to seconds, if each is `m["expires_in"].(float64)` in an
// expression that names the unit.
func (r *Run) mapSeconds(reads []*ast.IndexExpr, known bool) bool {
	if !known {
		return false
	}
	repl := map[ast.Node]string{}
	for _, x := range reads {
		f := r.Ix.FileAt(r.Ix.FileOf(x.X.(*ast.Ident)).Object(x.X.(*ast.Ident)))
		a, ok := f.Parent[x].(*ast.TypeAssertExpr)
		if !ok || !types.Identical(f.TypeOf(a), types.Typ[types.Float64]) {
			return false
		}
		change, ok := secondsAt(f, a)
		if !ok {
			return false
		}
		for n, src := range change {
			repl[n] = src
		}
	}
	for n, src := range repl {
		r.Changed[n] = Rendering{Text: src, Keeps: repeated(n, src)}
	}
	return true
}

// speaksOfMillis reports whether a comment is about the unit that expires_in had.
func speaksOfMillis(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "millisec") || strings.Contains(text, " ms ") || strings.HasSuffix(strings.TrimRight(text, ". \n"), " ms") || strings.Contains(text, "1000")
}
