package evaluate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// Prune removes declarations of unused variables whose values have no side effect, repeatedly:
// code that only removed code uses is removed, too.
func Prune(items []*Item) []*Item {
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
func named(items []*Item, uses map[types.Object]int) {
	all := Everything(items)
	for _, it := range all {
		if it.Verb != Dropped && it.Ev != nil {
			for name, v := range it.Ev.moved {
				if it.Node != nil && v.Pos() >= it.Node.Pos() && v.Pos() < it.Node.End() && slices.ContainsFunc(all, func(u *Item) bool { return u.Verb == Written && u != it && names(u.Text.Text, name) }) {
					uses[v]++
				}
			}
		}
		d, ok := it.Node.(*ast.DeclStmt)
		if !ok || it.Verb == Dropped || it.Verb == Written {
			continue
		}
		for _, sp := range d.Decl.(*ast.GenDecl).Specs {
			t, ok := sp.(*ast.TypeSpec)
			if ok && slices.ContainsFunc(all, func(it *Item) bool { return it.Verb == Written && strings.Contains(it.Text.Text, t.Name.Name) }) {
				uses[it.Ev.F.Object(t.Name)]++
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
func dropConfigurations(items []*Item, uses map[types.Object]int) {
	told := map[types.Object][]*Item{}
	for _, it := range Everything(items) {
		if obj := it.configuredDecoder(); obj != nil {
			told[obj] = append(told[obj], it)
		}
	}
	for obj, its := range told {
		if uses[obj] > len(its) || !its[0].Ev.insideTail(obj) {
			continue
		}
		for _, it := range its {
			it.Verb, it.Parts = Dropped, nil
		}
		uses[obj] = 0
	}
}

// configuredDecoder returns the decoder that a statement only configures.
func (it *Item) configuredDecoder() types.Object {
	s, ok := it.Node.(*ast.ExprStmt)
	if !ok || it.Verb != Kept && it.Verb != Edited {
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
	if id == nil || !isDecoder(it.Ev.F.TypeOf(id)) {
		return nil
	}
	return it.Ev.F.Object(id)
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

// count counts the reads of variables in items.
func count(items []*Item, uses map[types.Object]int) {
	for _, it := range items {
		switch {
		case it.Verb == Written:
			countNodes(it.Ev, it.Text.Keeps, uses)
		case it.Verb == Spliced:
			count(it.List, uses)
		case it.Verb == Kept:
			countNode(it.Ev, it.Node, uses)
		case it.Verb == Edited && it.Cases != nil:
			countCases(it, uses)
		case it.Verb == Edited:
			countEdited(it, uses)
		}
	}
}

func countCases(it *Item, uses map[types.Object]int) {
	countNodes(it.Ev, it.tag.Keeps, uses)
	for _, c := range it.Cases {
		for _, w := range c.When {
			countNodes(it.Ev, w.Keeps, uses)
		}
		count(c.Items, uses)
	}
}

// countEdited counts the reads in a statement, and those of its parts instead of the nodes that they replace.
func countEdited(it *Item, uses map[types.Object]int) {
	ast.Inspect(it.Node, func(n ast.Node) bool {
		if n == nil {
			return true
		}
		if pt, ok := it.Parts[n]; ok {
			countNodes(it.Ev, pt.Keeps, uses)
			count(pt.Items, uses)
			return false
		}
		countRead(it.Ev, n, uses)
		return true
	})
	for _, pt := range it.Parts {
		if !pt.Block {
			continue
		}
		for _, inner := range pt.Items {
			for _, q := range inner.Parts {
				countNodes(it.Ev, q.Keeps, uses)
			}
		}
	}
}

func countNodes[N ast.Node](ev *Evaluator, nodes []N, uses map[types.Object]int) {
	for _, n := range nodes {
		countNode(ev, n, uses)
	}
}

func countNode(ev *Evaluator, n ast.Node, uses map[types.Object]int) {
	if ev == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		countRead(ev, n, uses)
		return true
	})
}

// countRead counts the read that a node is by itself.
func countRead(ev *Evaluator, n ast.Node, uses map[types.Object]int) {
	if r, ok := n.(*ast.ReturnStmt); ok {
		countResults(ev, r, uses)
	}
	if id, ok := n.(*ast.Ident); ok && !IsTarget(ev.F, id) {
		uses[ev.F.Object(id)]++
	}
}

// countResults counts the named results that a return without operands reads.
func countResults(ev *Evaluator, r *ast.ReturnStmt, uses map[types.Object]int) {
	if len(r.Results) > 0 || ev.D.Type.Results == nil {
		return
	}
	for _, fld := range ev.D.Type.Results.List {
		for _, id := range fld.Names {
			uses[ev.F.Pkg.Info.Defs[id]]++
		}
	}
}

// IsTarget reports whether an identifier is a variable that is declared or assigned as a whole.
func IsTarget(f *syntax.File, id *ast.Ident) bool {
	if f.Pkg.Info.Defs[id] != nil {
		return true
	}
	a := f.Assigned(id)
	return a != nil && (a.Tok == token.ASSIGN || a.Tok == token.DEFINE)
}

// drop drops the statements that only assign to variables without a use.
func drop(items []*Item, uses map[types.Object]int) (changed bool) {
	for _, it := range items {
		switch it.Verb {
		case Spliced:
			changed = drop(it.List, uses) || changed
			continue
		case Dropped, Written:
			continue
		}
		for _, c := range it.Cases {
			changed = drop(c.Items, uses) || changed
		}
		for _, pt := range it.Parts {
			changed = drop(pt.Items, uses) || changed
			for _, inner := range pt.Items {
				if inner.Node == nil && inner.Verb == Spliced {
					changed = drop(inner.List, uses) || changed
				}
			}
		}
		if it.idle(uses) {
			it.Verb, it.Parts = Dropped, nil
			changed = true
		}
	}
	return changed
}

// blank makes targets without a use blank, if the statement that defines them stays for its side effect.
func blank(items []*Item, uses map[types.Object]int) {
	for _, it := range Everything(items) {
		s, ok := it.Node.(*ast.AssignStmt)
		if !ok || it.Verb != Kept && it.Verb != Edited || s.Tok != token.DEFINE {
			continue
		}
		left, some := 0, false
		for _, l := range s.Lhs {
			id := syntax.IdentOf(l)
			if id == nil || id.Name == "_" {
				continue
			}
			if v, ok := it.Ev.F.Pkg.Info.Defs[id].(*types.Var); ok && uses[v] == 0 && it.Ev.insideTail(v) {
				it.set(id, Rendering{Text: "_"})
				some = true
				continue
			}
			left++
		}
		if !some || left > 0 {
			continue
		}
		p := &Printer{}
		var lhs, rhs []string
		for _, r := range s.Rhs {
			rhs = append(rhs, p.Part(it, r))
		}
		for range s.Lhs {
			lhs = append(lhs, "_")
		}
		it.Verb, it.Text = Written, Rendering{Text: strings.Join(lhs, ", ") + " = " + strings.Join(rhs, ", "), Keeps: p.Keeps}
	}
	for _, it := range Everything(items) {
		if it.Node != nil && it.Verb == Spliced && it.Scoped && it.Ev != nil {
			it.Scoped = it.Ev.declares(it.List, it.Node) // without a name that is blank now
		}
	}
}

// idle reports whether a statement only assigns to unused variables of the residual.
func (it *Item) idle(uses map[types.Object]int) bool {
	f := it.Ev.F
	unused := func(e ast.Expr) bool {
		id := syntax.IdentOf(e)
		if id == nil {
			return false
		}
		if id.Name == "_" {
			return true
		}
		v, ok := f.Object(id).(*types.Var)
		return ok && uses[v] == 0 && (it.Ev.insideTail(v) || types.Object(v) == it.Ev.ErrVar)
	}
	switch s := it.Node.(type) {
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
			if !pureExpr(it.Ev, r) && !it.Ev.readsOnly(r) {
				return false
			}
			for _, obj := range it.Ev.decoding(r) {
				if obj == nil || uses[obj] > 1 || !it.Ev.insideTail(obj) { // &x itself is one
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
				if !pureExpr(it.Ev, v) && !it.Ev.readsOnly(v) {
					return false
				}
			}
		}
		return true
	case *ast.TypeSwitchStmt:
		return s.Init == nil && it.isHollow(s.Body.List...) && pureExpr(it.Ev, typeSwitched(s))
	case *ast.IfStmt:
		branches := []ast.Stmt{s.Body}
		if s.Else != nil {
			branches = append(branches, s.Else)
		}
		return s.Init == nil && it.isHollow(branches...) && pureExpr(it.Ev, s.Cond)
	case *ast.ExprStmt: // a decoding whose target nothing uses
		return false
	}
	return false
}

// isHollow reports whether nothing is left in the branches of a statement.
func (it *Item) isHollow(branches ...ast.Stmt) bool {
	return it.Verb == Edited && !slices.ContainsFunc(branches, func(b ast.Stmt) bool {
		pt, ok := it.Parts[b]
		return !ok || !pt.Block || len(Flat(pt.Items)) > 0
	})
}
