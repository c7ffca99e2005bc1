package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
)

// KeyDecides returns a place where the program would still test whether there is a key, after the change in
// set: a program that disables a feature without a key would then disable it. Checks that only report a missing
// key are removed with the flow. A value with another use does not count, because it does not belong to the
// flow alone.
func (pl *Plan) KeyDecides(set *change.Set) (place string, decides bool) {
	if pl.ix == nil {
		return "", false
	}
	var places []string
	for _, s := range pl.Flow.Steps {
		if s.Role != flow.KeyLoad {
			continue
		}
		f, n := pl.ix.Node(s.Span)
		if n == nil || gone(set, f, n) {
			continue
		}
		if held, kept := keptIn(f, n); kept {
			places = append(places, pl.comparisons(set, held)...)
		}
	}
	if len(places) == 0 {
		return "", false
	}
	return slices.Min(places), true
}

// comparisons returns the places where variables and fields, and values made of them, are compared. It returns none
// if one of them has another use.
func (pl *Plan) comparisons(set *change.Set, held []types.Object) []string {
	var places []string
	seen := map[types.Object]bool{}
	for len(held) > 0 {
		obj := held[0]
		held = held[1:]
		if seen[obj] {
			continue
		}
		seen[obj] = true
		for _, use := range pl.ix.Uses[obj] {
			f := pl.ix.FileOf(use)
			n := f.Whole(use)
			if gone(set, f, n) || target(f, n) {
				continue
			}
			if b := comparison(f, n); b != nil {
				places = append(places, f.Place(b))
				continue
			}
			more, kept := keptIn(f, n)
			if !kept {
				return nil
			}
			held = append(held, more...)
		}
	}
	return places
}

// target reports whether a node is only assigned to: it is the left side, or the key of an element.
func target(f *syntax.File, n ast.Node) bool {
	kv, ok := f.Parent[n].(*ast.KeyValueExpr)
	return ok && kv.Key == n || f.Assigned(n) != nil
}

// comparison returns the comparison that a value belongs to: key == "", len(key) > 0, key == nil.
func comparison(f *syntax.File, n ast.Node) ast.Node {
	if c, ok := f.Parent[n].(*ast.CallExpr); ok && syntax.CalleeName(c) == "len" {
		n = c
	}
	b, ok := f.Parent[n].(*ast.BinaryExpr)
	if !ok {
		return nil
	}
	switch b.Op {
	case token.EQL, token.NEQ, token.GTR, token.LSS, token.GEQ, token.LEQ:
		return b
	}
	return nil
}

// keptIn returns the variables and fields that get a value, or a result of calls with it. kept is false if it
// goes to another place.
func keptIn(f *syntax.File, n ast.Node) (held []types.Object, kept bool) {
	add := func(e ast.Expr) {
		if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
			e = sel.Sel
		}
		if id := syntax.IdentOf(e); id != nil {
			if v, ok := f.Object(id).(*types.Var); ok {
				held = append(held, v)
			}
			kept = kept || id.Name == "_"
		}
	}
	for child := n; ; {
		switch up := f.Parent[child].(type) {
		case *ast.CallExpr:
			if up.Fun == child {
				return nil, false
			}
			child = up
			continue
		case *ast.ParenExpr, *ast.SliceExpr:
			child = up
			continue
		case *ast.KeyValueExpr:
			if up.Value == child {
				add(up.Key)
			}
		case *ast.AssignStmt:
			for i, r := range up.Rhs {
				if r == child && len(up.Lhs) == len(up.Rhs) {
					add(up.Lhs[i])
				} else if r == child {
					add(up.Lhs[0])
				}
			}
		case *ast.ValueSpec:
			for i, v := range up.Values {
				if v == child && i < len(up.Names) {
					add(up.Names[i])
				}
			}
		}
		return held, kept || len(held) > 0
	}
}
