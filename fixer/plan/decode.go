package plan

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// carries reports whether a type can carry an undecoded answer: a response, a body, bytes, text.
func carries(t types.Type) bool {
	if t == nil {
		return false
	}
	switch s := t.String(); s {
	case "*net/http.Response", "io.ReadCloser", "io.Reader", "[]byte", "string", "*bytes.Buffer", "*bytes.Reader":
		return true
	}
	return false
}

// objects is a set of variables.
type objects map[types.Object]bool

// in reports whether n uses one of the variables.
func (o objects) in(f *syntax.File, n ast.Node) bool {
	if n == nil {
		return false
	}
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && o[f.Object(id)] {
			found = true
		}
		return !found
	})
	return found
}

// derived collects the variables that hold the answer or something read from it and not decoded yet.
func (p *planner) derived(pt *point) objects {
	d := pt.fn
	f := d.File
	der := objects{}
	if pt.resp != nil {
		der[pt.resp] = true
	}
	for changed := true; changed; {
		changed = false
		mark := func(e ast.Expr) {
			id := syntax.IdentOf(e)
			if id == nil || id.Name == "_" {
				return
			}
			obj := f.Object(id)
			if v, ok := obj.(*types.Var); ok && !der[obj] && !syntax.IsError(v.Type()) && obj != pt.err && v.Parent() != v.Pkg().Scope() {
				der[obj] = true
				changed = true
			}
		}
		ast.Inspect(d.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Pos() <= pt.call.Pos() && pt.call.End() <= n.End() {
					return true
				}
				if len(n.Rhs) == 1 {
					if der.in(f, n.Rhs[0]) && !p.isDecode(f, n.Rhs[0], der) && p.readsAnswer(f, n.Rhs[0], der) {
						for _, l := range n.Lhs {
							mark(l)
						}
					}
				} else {
					for i, r := range n.Rhs {
						if der.in(f, r) && p.readsAnswer(f, r, der) {
							mark(n.Lhs[i])
						}
					}
				}
			case *ast.ValueSpec:
				for _, v := range n.Values {
					if der.in(f, v) && p.readsAnswer(f, v, der) {
						for _, id := range n.Names {
							mark(id)
						}
					}
				}
			case *ast.CallExpr:
				// buf.ReadFrom(resp.Body), io.Copy(&buf, resp.Body)
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 0 {
					switch {
					case sel.Sel.Name == "ReadFrom" && der.in(f, n.Args[0]):
						mark(sel.X)
					case sel.Sel.Name == "Copy" && len(n.Args) == 2 && der.in(f, n.Args[1]) && isBuffer(f.TypeOf(n.Args[0])):
						if u, ok := n.Args[0].(*ast.UnaryExpr); ok {
							mark(u.X)
						} else {
							mark(n.Args[0])
						}
					}
				}
			}
			return true
		})
	}
	return der
}

// isBuffer reports whether a writer keeps what is written, for its own program to read.
func isBuffer(t types.Type) bool {
	if t == nil {
		return false
	}
	switch t.String() {
	case "*bytes.Buffer", "*strings.Builder":
		return true
	}
	return false
}

// readsAnswer reports whether e only takes the answer apart: a body, a status, bytes, text, a decoder.
func (p *planner) readsAnswer(f *syntax.File, e ast.Expr, der objects) bool {
	t := f.TypeOf(e)
	if tup, ok := t.(*types.Tuple); ok {
		if tup.Len() == 0 {
			return false
		}
		t = tup.At(0).Type()
	}
	if carries(t) {
		return true
	}
	switch u := t.(type) {
	case *types.Basic:
		return u.Info()&(types.IsNumeric|types.IsBoolean) != 0
	case *types.Pointer, *types.Named:
		switch t.String() {
		case "*encoding/json.Decoder", "*io.LimitedReader", "net/http.Header", "bytes.Buffer":
			return true
		}
	}
	return false
}

// A decodeCall is a call that turns the answer into a value.
type decodeCall struct {
	call   *ast.CallExpr
	target ast.Expr // what it decodes into: x of &x, or the pointer
}

func (p *planner) isDecode(f *syntax.File, e ast.Expr, der objects) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	_, ok = p.decodeOf(f, c, der)
	return ok
}

// decodeOf recognises json.Unmarshal(b, &x), json.NewDecoder(r).Decode(&x) and whatever has their form:
// a call that takes the answer and a pointer to a structure or map.
func (p *planner) decodeOf(f *syntax.File, c *ast.CallExpr, der objects) (decodeCall, bool) {
	if !der.in(f, c) || p.inFailure(f, c, der) {
		return decodeCall{}, false
	}
	for _, a := range c.Args {
		if der.in(f, a) {
			continue
		}
		if name := syntax.CalleeName(c); name == "Copy" || name == "ReadFrom" || name == "Fprintf" || name == "Errorf" || name == "Printf" || name == "Println" {
			continue
		}
		if u, ok := a.(*ast.UnaryExpr); ok && u.Op == token.AND && decodable(f.TypeOf(u.X)) {
			return decodeCall{call: c, target: u.X}, true
		}
		if t := f.TypeOf(a); t != nil {
			if ptr, ok := t.Underlying().(*types.Pointer); ok && decodable(ptr.Elem()) && !carries(t) && hasName(syntax.CalleeName(c), "Unmarshal", "Decode", "decode", "parse", "Parse", "unmarshal", "read", "Read") {
				return decodeCall{call: c, target: a}, true
			}
			if types.IsInterface(t) && hasName(syntax.CalleeName(c), "Unmarshal", "Decode", "decode") && syntax.IdentOf(ast.Unparen(a)) != nil {
				return decodeCall{call: c, target: a}, true
			}
			if _, ok := t.Underlying().(*types.Map); ok && hasName(syntax.CalleeName(c), "Unmarshal", "Decode") {
				return decodeCall{call: c, target: a}, true
			}
		}
	}
	return decodeCall{}, false
}

func (p *planner) decodeCalls(d *syntax.Func, der objects) []decodeCall {
	var out []decodeCall
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if dec, ok := p.decodeOf(d.File, c, der); ok {
				out = append(out, dec)
				return false
			}
		}
		return true
	})
	return out
}

func decodable(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return t.String() != "bytes.Buffer"
	case *types.Map:
		return true
	case *types.Interface:
		return u.Empty()
	}
	return false
}

func hasName(name string, prefixes ...string) bool {
	for _, p := range prefixes {
		if len(name) >= len(p) && name[:len(p)] == p {
			return true
		}
	}
	return false
}

// inFailure reports whether a call stands in a branch that the answer's status leads to and that
// leaves the function: what is decoded there is an error, not the token.
func (p *planner) inFailure(f *syntax.File, c *ast.CallExpr, der objects) bool {
	var inner ast.Node = c
	for n := f.Parent[inner]; n != nil; inner, n = n, f.Parent[n] {
		switch n := n.(type) {
		case *ast.IfStmt:
			if inner == n.Body && der.in(f, n.Cond) && endOf(n.Body) != goesOn && !positive(f, n.Cond) {
				return true
			}
		case *ast.CaseClause, *ast.FuncDecl, *ast.FuncLit:
			return false
		}
	}
	return false
}

// positive reports whether a condition asks for success: resp.StatusCode == 200, < 300.
func positive(f *syntax.File, cond ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	v := f.Pkg.Info.Types[b.Y].Value
	if v == nil {
		return false
	}
	n, _ := constant.Int64Val(constant.ToInt(v))
	switch b.Op {
	case token.EQL:
		return n >= 200 && n < 300
	case token.LSS, token.LEQ:
		return n >= 299 && n <= 400
	}
	return false
}
