package plan

import (
	"go/ast"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/syntax"
)

// Stays returns a place where the assertion would still enter the form after the change. A flow is rewritten as
// a whole or not at all, so such a change is not carried out. Helpers that also sign for another purpose may
// stay.
func (pl *Plan) Stays(set *change.Set) (place string, stays bool) {
	if pl.ix == nil || pl.Flow.SDK != "" || pl.Flow.Kind == flow.DirectBearer {
		return "", false // the new token is put in the same place
	}
	return pl.survives(set, pl.Flow.Assertion)
}

// KeyStays returns a place on a path to the token request where the key would still be parsed or used, although
// its file and variable are gone then. The same code on other paths may stay.
func (pl *Plan) KeyStays(set *change.Set) (place string, stays bool) {
	if pl.ix == nil || pl.at == nil {
		return "", false
	}
	for _, s := range pl.Flow.Steps {
		if s.Role != flow.KeyParse && s.Role != flow.Sign && !(pl.unparsed && find.KeyFileRead(s)) {
			continue
		}
		f, n := pl.ix.Node(s.Span)
		call, ok := n.(*ast.CallExpr)
		if !ok || pl.ix.Target(f, call) != nil {
			continue // calls within a function of the module are separate steps
		}
		if s.Role == flow.KeyParse && !handlesKeys(f.Callee(call)) {
			continue // the value only passes through
		}
		if pl.onTheWay(set, f, call, maxSurvivor) {
			return f.Place(call), true
		}
	}
	return "", false
}

// Gone reports whether a change removes the node of a span of the flow, or a node around it.
func (pl *Plan) Gone(set *change.Set, span flow.Span) bool {
	if pl.ix == nil {
		return false
	}
	f, n := pl.ix.Node(span)
	return n != nil && gone(set, f, n)
}

// KeyElsewhere returns a place of the flow where a key is still parsed or used, but not on a path to the token
// request (see KeyStays).
func (pl *Plan) KeyElsewhere(set *change.Set) (place string, stays bool) {
	for _, span := range pl.KeyCalls() {
		if f, n := pl.ix.Node(span); !gone(set, f, n) {
			return f.Place(n), true
		}
	}
	return "", false
}

// LoadsKey reports whether a node contains a step of the flow that loads, parses or makes key material.
func (pl *Plan) LoadsKey(n ast.Node) bool {
	for _, s := range pl.Flow.Steps {
		if s.Role != flow.KeyLoad && s.Role != flow.KeyParse {
			continue
		}
		f, m := pl.ix.Node(s.Span)
		for ; m != nil; m = f.Parent[m] {
			if m == n {
				return true
			}
		}
	}
	return false
}

// onTheWay reports whether code stays and runs before the token request: in a function that leads to it, in a
// function that such a function calls or passes on, or in the initialisation of the package.
func (pl *Plan) onTheWay(set *change.Set, f *syntax.File, n ast.Node, depth int) bool {
	if depth == 0 || gone(set, f, n) {
		return false
	}
	d := pl.ix.Outer(f, n)
	if d == nil {
		return !strings.HasSuffix(f.Path, "_test.go")
	}
	if d.Node == pl.at.Node || pl.ix.Reaches(d, pl.at, express.MaxPass) {
		return true
	}
	if d.Obj == nil {
		return false
	}
	for _, id := range pl.ix.Uses[d.Obj] {
		if pl.onTheWay(set, pl.ix.FileOf(id), id, depth-1) {
			return true
		}
	}
	return false
}

// gone reports whether a node is inside of a node that the set removes.
func gone(set *change.Set, f *syntax.File, n ast.Node) bool {
	_, ok := set.Remove[f.Syntax]
	return ok || set.Gone(n, f.Parent)
}

func (pl *Plan) survives(set *change.Set, span flow.Span) (place string, stays bool) {
	f, n := pl.ix.Node(span)
	if n == nil {
		return "", false
	}
	if gone(set, f, n) {
		return "", false
	}
	return f.Place(n), true
}

// maxSurvivor bounds the uses between remaining code and the function with the token request.
const maxSurvivor = 4
