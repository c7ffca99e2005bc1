package outcome

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// prune removes declarations of unused variables whose values have no side effect, repeatedly:
// code that only removed code uses is removed, too.
func prune(items []*item) []*item {
	for {
		uses := map[types.Object]int{}
		count(items, uses)
		dropConfigurations(items, uses)
		named(items, uses)
		if !drop(items, uses) {
			blank(items, uses)
			return items
		}
	}
}

// named counts the types, and the variables that move, that new text names: it repeats no node that does.
func named(items []*item, uses map[types.Object]int) {
	all := everything(items)
	for _, it := range all {
		if it.verb != dropped && it.ev != nil {
			for name, v := range it.ev.moved {
				if it.node != nil && v.Pos() >= it.node.Pos() && v.Pos() < it.node.End() && slices.ContainsFunc(all, func(u *item) bool { return u.verb == written && u != it && names(u.text.text, name) }) {
					uses[v]++
				}
			}
		}
		d, ok := it.node.(*ast.DeclStmt)
		if !ok || it.verb == dropped || it.verb == written {
			continue
		}
		for _, sp := range d.Decl.(*ast.GenDecl).Specs {
			t, ok := sp.(*ast.TypeSpec)
			if ok && slices.ContainsFunc(all, func(it *item) bool { return it.verb == written && strings.Contains(it.text.text, t.Name.Name) }) {
				uses[it.ev.f.Object(t.Name)]++
			}
		}
	}
}

// names reports whether a text has a name as a token.
func names(src, name string) bool {
	for rest := src; ; {
		before, after, ok := strings.Cut(rest, name)
		if !ok {
			return false
		}
		if !token.IsIdentifier("x"+after[:min(1, len(after))]) || after == "" {
			if n := len(before); n == 0 || before[n-1] != '.' && !token.IsIdentifier("x"+before[n-1:]) {
				return true
			}
		}
		rest = after
	}
}

// dropConfigurations removes calls that only configure a decoder, if nothing else uses the decoder.
func dropConfigurations(items []*item, uses map[types.Object]int) {
	told := map[types.Object][]*item{}
	for _, it := range everything(items) {
		if obj := it.configuredDecoder(); obj != nil {
			told[obj] = append(told[obj], it)
		}
	}
	for obj, its := range told {
		if uses[obj] > len(its) || !its[0].ev.insideTail(obj) {
			continue
		}
		for _, it := range its {
			it.verb, it.parts = dropped, nil
		}
		uses[obj] = 0
	}
}

// configuredDecoder returns the decoder that a statement only configures.
func (it *item) configuredDecoder() types.Object {
	s, ok := it.node.(*ast.ExprStmt)
	if !ok || it.verb != kept && it.verb != edited {
		return nil
	}
	c, ok := ast.Unparen(s.X).(*ast.CallExpr)
	if !ok {
		return nil
	}
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok || !settings[sel.Sel.Name] || len(c.Args) > 0 {
		return nil
	}
	id := syntax.IdentOf(ast.Unparen(sel.X))
	if id == nil || !isDecoder(it.ev.f.TypeOf(id)) {
		return nil
	}
	return it.ev.f.Object(id)
}

// isDecoder reports whether a type is a decoder, by the custom of encoding/json.
func isDecoder(t types.Type) bool {
	if t == nil {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Decode")
	fn, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	r, ok := bySignature(fn)
	return ok && r.decodes == 0
}

// count counts the reads of variables.
func count(items []*item, uses map[types.Object]int) {
	for _, it := range items {
		switch it.verb {
		case written:
			for _, n := range it.text.keeps {
				countNode(it.ev, n, uses)
			}
		case spliced:
			count(it.list, uses)
		case kept:
			countNode(it.ev, it.node, uses)
		case edited:
			if it.cases != nil {
				for _, k := range it.tag.keeps {
					countNode(it.ev, k, uses)
				}
				for _, c := range it.cases {
					for _, w := range c.when {
						for _, k := range w.keeps {
							countNode(it.ev, k, uses)
						}
					}
					count(c.items, uses)
				}
				continue
			}
			ast.Inspect(it.node, func(n ast.Node) bool {
				if n == nil {
					return true
				}
				if pt, ok := it.parts[n]; ok {
					for _, k := range pt.keeps {
						countNode(it.ev, k, uses)
					}
					count(pt.items, uses)
					return false
				}
				if r, ok := n.(*ast.ReturnStmt); ok {
					countResults(it.ev, r, uses)
				}
				if id, ok := n.(*ast.Ident); ok && !isTarget(it.ev.f, id) {
					uses[it.ev.f.Object(id)]++
				}
				return true
			})
			for _, pt := range it.parts {
				if pt.block {
					for _, inner := range pt.items {
						for _, q := range inner.parts {
							for _, k := range q.keeps {
								countNode(it.ev, k, uses)
							}
						}
					}
				}
			}
		}
	}
}

func countNode(ev *evaluator, n ast.Node, uses map[types.Object]int) {
	if ev == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			countResults(ev, r, uses)
		}
		if id, ok := n.(*ast.Ident); ok && !isTarget(ev.f, id) {
			uses[ev.f.Object(id)]++
		}
		return true
	})
}

// countResults counts the named results that a return without operands reads.
func countResults(ev *evaluator, r *ast.ReturnStmt, uses map[types.Object]int) {
	if len(r.Results) > 0 || ev.d.Type.Results == nil {
		return
	}
	for _, fld := range ev.d.Type.Results.List {
		for _, id := range fld.Names {
			uses[ev.f.Pkg.Info.Defs[id]]++
		}
	}
}

// isTarget reports whether an identifier is a variable that is declared or assigned as a whole.
func isTarget(f *syntax.File, id *ast.Ident) bool {
	if f.Pkg.Info.Defs[id] != nil {
		return true
	}
	a, ok := f.Parent[id].(*ast.AssignStmt)
	if !ok || a.Tok != token.ASSIGN && a.Tok != token.DEFINE {
		return false
	}
	for _, l := range a.Lhs {
		if l == id {
			return true
		}
	}
	return false
}

// drop drops the statements that only assign to variables without a use.
func drop(items []*item, uses map[types.Object]int) (changed bool) {
	for _, it := range items {
		switch it.verb {
		case spliced:
			changed = drop(it.list, uses) || changed
			continue
		case dropped, written:
			continue
		}
		for _, c := range it.cases {
			changed = drop(c.items, uses) || changed
		}
		for _, pt := range it.parts {
			changed = drop(pt.items, uses) || changed
			for _, inner := range pt.items {
				if inner.node == nil && inner.verb == spliced {
					changed = drop(inner.list, uses) || changed
				}
			}
		}
		if it.idle(uses) {
			it.verb, it.parts = dropped, nil
			changed = true
		}
	}
	return changed
}

// blank makes targets without a use blank, if the statement that defines them stays for its side effect.
func blank(items []*item, uses map[types.Object]int) {
	for _, it := range everything(items) {
		s, ok := it.node.(*ast.AssignStmt)
		if !ok || it.verb != kept && it.verb != edited || s.Tok != token.DEFINE {
			continue
		}
		left, some := 0, false
		for _, l := range s.Lhs {
			id := syntax.IdentOf(l)
			if id == nil || id.Name == "_" {
				continue
			}
			if v, ok := it.ev.f.Pkg.Info.Defs[id].(*types.Var); ok && uses[v] == 0 && it.ev.insideTail(v) {
				it.set(id, rendering{text: "_"})
				some = true
				continue
			}
			left++
		}
		if !some || left > 0 {
			continue
		}
		p := &printer{}
		var lhs, rhs []string
		for _, r := range s.Rhs {
			rhs = append(rhs, p.part(it, r))
		}
		for range s.Lhs {
			lhs = append(lhs, "_")
		}
		it.verb, it.text = written, rendering{text: strings.Join(lhs, ", ") + " = " + strings.Join(rhs, ", "), keeps: p.keeps}
	}
}

// idle reports whether a statement only assigns to unused variables of the residual.
func (it *item) idle(uses map[types.Object]int) bool {
	f := it.ev.f
	unused := func(e ast.Expr) bool {
		id := syntax.IdentOf(e)
		if id == nil {
			return false
		}
		if id.Name == "_" {
			return true
		}
		v, ok := f.Object(id).(*types.Var)
		return ok && uses[v] == 0 && (it.ev.insideTail(v) || types.Object(v) == it.ev.errVar)
	}
	switch s := it.node.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE && s.Tok != token.ASSIGN {
			return false
		}
		for _, l := range s.Lhs {
			if !unused(l) {
				return false
			}
		}
		for _, r := range s.Rhs {
			if !pureExpr(it.ev, r) && !it.ev.readsOnly(r) {
				return false
			}
			for _, obj := range it.ev.decoding(r) {
				if obj == nil || uses[obj] > 1 || !it.ev.insideTail(obj) { // &x itself is one
					return false
				}
			}
		}
		return true
	case *ast.DeclStmt:
		g, ok := s.Decl.(*ast.GenDecl)
		if ok && g.Tok == token.TYPE {
			return !slices.ContainsFunc(g.Specs, func(sp ast.Spec) bool { return uses[f.Object(sp.(*ast.TypeSpec).Name)] > 0 })
		}
		if !ok || g.Tok != token.VAR {
			return false
		}
		for _, sp := range g.Specs {
			vs, ok := sp.(*ast.ValueSpec)
			if !ok {
				return false
			}
			for _, id := range vs.Names {
				if !unused(id) {
					return false
				}
			}
			for _, v := range vs.Values {
				if !pureExpr(it.ev, v) && !it.ev.readsOnly(v) {
					return false
				}
			}
		}
		return true
	case *ast.ExprStmt: // a decoding whose target nothing uses
		return false
	}
	return false
}
