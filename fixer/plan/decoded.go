package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
)

// A function that sends, decodes and returns the answer may serve other requests, too:
//
//	func (c *client) postToken(form url.Values) (*tokenResponse, error)
//	func fetch[T any](c *http.Client, req *http.Request) (T, error)
//
// It stays, and what it returned for this flow is made of the token where it was called.

// returnsDecoded reports whether the function of a point returns what it decodes, as it came.
func (p *planner) returnsDecoded(pt *point) bool {
	d := pt.fn
	f := d.File
	sig, ok := f.TypeOf(funcName(d)).(*types.Signature)
	if !ok || sig.Results().Len() != 2 || !syntax.IsError(sig.Results().At(1).Type()) {
		return false
	}
	der := p.derived(pt)
	vars := map[types.Object]bool{}
	for _, dec := range p.decodeCalls(d, der) {
		id := syntax.IdentOf(ast.Unparen(dec.target))
		if id == nil {
			return false
		}
		vars[f.Object(id)] = true
	}
	if !p.onlyDecoded(d, vars) {
		return false
	}
	found := false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) == 0 {
				return true
			}
			e := ast.Unparen(n.Results[0])
			if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
				e = u.X
			}
			if id := syntax.IdentOf(e); id != nil && vars[f.Object(id)] {
				found = true
			}
			if c, ok := e.(*ast.CallExpr); ok && len(n.Results) == 1 && der.in(f, c) && p.decodesParam(f, c) {
				found = true
			}
		}
		return true
	})
	return found
}

// funcName returns the identifier that declares a function.
func funcName(d *syntax.Func) ast.Expr {
	if decl, ok := d.Node.(*ast.FuncDecl); ok {
		return decl.Name
	}
	return d.Node.(ast.Expr)
}

// onlyDecoded reports whether the variables are decoded into, asked for errors and returned, no more.
func (p *planner) onlyDecoded(d *syntax.Func, vars map[types.Object]bool) bool {
	f := d.File
	for v := range vars {
		for _, use := range p.ix.Uses[v] {
			var n ast.Node = use
			if u, ok := f.Parent[n].(*ast.UnaryExpr); ok && u.Op == token.AND {
				n = u
			}
			switch up := f.Parent[n].(type) {
			case *ast.ReturnStmt:
				continue
			case *ast.CallExpr:
				if up.Fun != n && hasName(syntax.CalleeName(up), "Unmarshal", "Decode", "decode") {
					continue
				}
			}
			return false
		}
	}
	return true
}

// decodesParam reports whether a call goes to a function that decodes what it is given and returns that.
func (p *planner) decodesParam(f *syntax.File, c *ast.CallExpr) bool {
	m := p.ix.Target(f, c)
	if m == nil {
		return false
	}
	for i, id := range m.Params() {
		if id == nil || i >= len(c.Args) {
			continue
		}
		obj := m.File.Pkg.Info.Defs[id]
		inner := &point{fn: m, call: c, resp: obj}
		if obj != nil && carries(obj.Type()) && len(p.decodeCalls(m, p.derived(inner))) > 0 && p.returnsDecoded(inner) {
			return true
		}
	}
	return false
}

// emitDecoded fetches the token in the place of the call and makes its result of it.
func (p *planner) emitDecoded(pt *point, ans *answer, text change.Text, fetch string) error {
	f, set := pt.fn.File, ans.set
	if ret, ok := pt.stmt.(*ast.ReturnStmt); ok {
		return p.emitDecodedReturn(pt, ans, ret, text, fetch)
	}
	s, ok := pt.stmt.(*ast.AssignStmt)
	if !ok || len(s.Lhs) != 2 {
		return because("the exchange stands in a statement that cannot be rewritten (%s)", f.Place(pt.stmt))
	}
	list, at := f.List(s)
	if list == nil {
		return because("the exchange stands in the head of a statement (%s)", f.Place(s))
	}
	errName := "_"
	if pt.err != nil {
		errName = pt.err.Name()
	}
	target := s.Lhs[0]
	id := syntax.IdentOf(target)
	declared := id != nil && f.Pkg.Info.Defs[id] != nil
	var fill change.Text
	if id == nil || id.Name != "_" {
		var replaced bool
		if declared {
			ans.fill.lifetime = syntax.FreshName(p.ix, pt.fn, nil, "expiresIn", "lifetime", "tokenLifetime")
			replaced, fill = ans.fill.substitute(pt.fn, id, ans.tok, s)
		}
		if !replaced {
			t := f.TypeOf(target)
			var err error
			if fill, err = ans.fill.structure(pt.fn, f.Text(target), t, true, ans.tok, f.Place(target)); err != nil {
				return err
			}
			fill.Keeps = append(fill.Keeps, target)
			if declared {
				text.Src += fmt.Sprintf("var %s %s\n", id.Name, ans.fill.typeText(pt.fn, t))
			}
		}
	}
	if s.Tok == token.DEFINE && (pt.err == nil || f.Pkg.Info.Defs[syntax.IdentOf(s.Lhs[1])] != nil || declared) {
		text.Src += fmt.Sprintf("%s, %s := %s", ans.tok, errName, fetch)
	} else {
		text.Src += fmt.Sprintf("var %s *«%s».Token\n%[1]s, %[3]s = %[4]s", ans.tok, oauth2Path, errName, fetch)
	}
	if err := p.addCarried(pt, errName, &text); err != nil {
		return err
	}
	set.Replace[s] = text
	after := at + 1
	if after < len(list) {
		if i, ok := list[after].(*ast.IfStmt); ok && i.Init == nil && ans.checks(i.Cond, pt.err) {
			after++
		}
	}
	return p.fillAt(set, f, list, after, fill, s)
}

// emitDecodedReturn handles `return c.postToken(form)`.
func (p *planner) emitDecodedReturn(pt *point, ans *answer, ret *ast.ReturnStmt, text change.Text, fetch string) error {
	f := pt.fn.File
	list, _ := f.List(ret)
	tup, ok := f.TypeOf(pt.call).(*types.Tuple)
	if list == nil || !ok || tup.Len() != 2 || len(ret.Results) != 1 || ast.Unparen(ret.Results[0]) != pt.call {
		return because("the exchange's answer is returned among others (%s)", f.Place(ret))
	}
	t := tup.At(0).Type()
	name := syntax.FreshName(p.ix, pt.fn, map[string]bool{ans.tok: true}, "answer", "result", "fetched")
	zero := "nil"
	if _, isStruct := t.Underlying().(*types.Struct); isStruct {
		zero = name
	}
	text.Src += fmt.Sprintf("var %s %s\n%s, err := %s", name, ans.fill.typeText(pt.fn, t), ans.tok, fetch)
	if err := p.addCarried(pt, "err", &text); err != nil {
		return err
	}
	fill, err := ans.fill.structure(pt.fn, name, t, true, ans.tok, f.Place(ret))
	if err != nil {
		return err
	}
	text.Src += fmt.Sprintf("\nif err != nil {\nreturn %s, err\n}\n%s\nreturn %s, nil", zero, fill.Src, name)
	ans.set.Replace[ret] = text
	return nil
}
