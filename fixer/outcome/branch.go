package outcome

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// divide divides the statuses by the value of a condition. A status for which the value is unknown is in both lists.
func (ev *evaluator) divide(v value, en *env) (yes, no []int, certain bool) {
	certain = true
	for _, s := range en.status {
		switch v.fact(s).truth() {
		case 1:
			yes = append(yes, s)
		case 0:
			no = append(no, s)
		default:
			yes, no, certain = append(yes, s), append(no, s), false
		}
	}
	return yes, no, certain
}

// decided records the branches that a condition took. Those of Granted are the reference: a refusal that is
// decoded and takes the same branches as a token is unchecked.
func (ev *evaluator) decided(n ast.Node, yes, no []int) {
	if ev.what == Granted {
		d := ev.decisions[n]
		d[0], d[1] = d[0] || len(no) > 0, d[1] || len(yes) > 0
		ev.decisions[n] = d
	}
}

func (ev *evaluator) diverges(n ast.Node, way int, en *env) {
	if d, seen := ev.decisions[n]; ev.what != Granted && seen && !d[way] {
		en.diverged = true
	} else if ev.what != Granted && !seen {
		en.diverged = true
	}
}

// inTree reports whether a statement is a node of the source. The rest of a statement whose head held the exchange is not.
func (ev *evaluator) inTree(s ast.Stmt) bool { return ev.f.Parent[s] != nil }

func (ev *evaluator) ifStmt(s *ast.IfStmt, en *env) (items []*item, falls bool) {
	if s.Init != nil {
		its, on := ev.stmt(s.Init, en)
		if !on {
			return its, false
		}
		items = its
	}
	rest, falls := ev.branch(s, len(flat(items)) > 0, en)
	if len(rest) == 1 && rest[0].node == s && (rest[0].verb == kept || rest[0].verb == edited) && s.Init != nil {
		it := rest[0]
		switch head := flat(items); {
		case len(head) == 0:
			it.verb, it.parts = edited, orEmpty(it.parts)
			it.parts[s.Init] = part{gone: true}
			ev.fillParts(it, s, en)
			return rest, falls
		case len(head) == 1 && head[0].verb == kept:
			return rest, falls // still the head of the if
		case len(head) == 1 && head[0].node == s.Init && simple(head[0]):
			it.verb, it.parts = edited, orEmpty(it.parts)
			p := &printer{}
			it.parts[s.Init] = part{rendering: rendering{text: p.item(head[0]), keeps: p.keeps}}
			ev.fillParts(it, s, en)
			return rest, falls
		}
		it.verb, it.parts = edited, orEmpty(it.parts)
		it.parts[s.Init] = part{gone: true}
		ev.fillParts(it, s, en)
	}
	all := append(items, rest...)
	if len(flat(items)) == 0 {
		return rest, falls
	}
	return []*item{{ev: ev, node: s, verb: spliced, list: all, scoped: ev.declares(items, s), leaves: leaves(all)}}, falls
}

// simple reports whether an item is a statement that can be the head of an if.
func simple(it *item) bool { return it.verb == edited || it.verb == written && it.node != nil }

func orEmpty(m map[ast.Node]part) map[ast.Node]part {
	if m == nil {
		m = map[ast.Node]part{}
	}
	return m
}

// fillParts completes the parts of an unchanged if, so that it can be written without its head.
func (ev *evaluator) fillParts(it *item, s *ast.IfStmt, en *env) {
	of := &item{ev: ev, env: en.clone(), status: en.status}
	if _, ok := it.parts[s.Body]; !ok {
		it.parts[s.Body] = part{block: true, items: keepWith(of, s.Body.List)}
	}
	if s.Else != nil {
		if _, ok := it.parts[s.Else]; !ok {
			it.parts[s.Else] = part{block: true, items: keepWith(of, elseList(s.Else))}
		}
	}
}

func keepAll(ev *evaluator, list []ast.Stmt) []*item {
	var out []*item
	for _, s := range list {
		out = append(out, &item{ev: ev, node: s, verb: kept})
	}
	return out
}

// elseList returns the statements of an else branch; an else if is one.
func elseList(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case nil:
		return nil
	case *ast.BlockStmt:
		return s.List
	}
	return []ast.Stmt{s}
}

// branch evaluates an if without its head.
func (ev *evaluator) branch(s *ast.IfStmt, headed bool, en *env) ([]*item, bool) {
	ev.touch(s.Cond, en)
	ev.asking = true
	v := ev.eval(s.Cond, en)
	ev.asking = false
	if ev.panicked {
		return []*item{{node: s, verb: kept}}, false
	}
	yes, no, _ := ev.divide(v, en)
	ev.decided(s, yes, no)
	if pure := pureExpr(ev, s.Cond) || ev.onlyReads(s.Cond); !pure {
		yes, no = en.status, en.status
	}
	way := func(list []ast.Stmt, status []int, w int) ([]*item, bool, *env) {
		in := en.clone()
		in.status = status
		if len(status) == 0 {
			return nil, false, in
		}
		ev.diverges(s, w, in)
		its, on := ev.list(list, in)
		return its, on, in
	}
	splice := func(list []ast.Stmt, of ast.Stmt, status []int, w int) ([]*item, bool) {
		its, on, in := way(list, status, w)
		*en = *in
		if len(flat(its)) == 0 {
			return drops(s), on
		}
		return []*item{{node: s, verb: spliced, branch: of, list: its, scoped: !headed && ev.declares(its, s), leaves: leaves(its)}}, on
	}
	switch {
	case len(no) == 0:
		return splice(s.Body.List, s.Body, yes, 1)
	case len(yes) == 0:
		if s.Else == nil {
			ev.diverges(s, 0, en)
			en.status = no
			return drops(s), true
		}
		return splice(elseList(s.Else), s.Else, no, 0)
	}
	cond := ev.render(s.Cond, en) // before the branches change the facts
	a, onA, inA := way(s.Body.List, yes, 1)
	b, onB, inB := way(elseList(s.Else), no, 0)
	switch {
	case onA && onB:
		en.join(inA, inB)
	case onA:
		*en = *inA
	case onB:
		*en = *inB
	}
	falls := onA || onB
	if len(flat(a)) == 0 && len(flat(b)) == 0 && (pureExpr(ev, s.Cond) || ev.onlyReads(s.Cond)) {
		return drops(s), falls
	}
	if !ev.differs(cond, s.Cond) && unchanged(a) && unchanged(b) && ev.inTree(s) {
		return []*item{{node: s, verb: kept, leaves: !falls}}, falls
	}
	it := &item{node: s, verb: edited, leaves: !falls, parts: map[ast.Node]part{
		s.Cond: {rendering: cond},
		s.Body: {items: a, block: true},
	}}
	if s.Else != nil {
		it.parts[s.Else] = part{items: b, block: true}
	}
	if len(flat(a)) == 0 { // only the else branch is left
		it.turned = true
		it.parts[s.Cond] = part{rendering: rendering{text: negated(cond.text), keeps: cond.keeps}}
		it.parts[s.Body] = part{items: b, block: true}
		if s.Else != nil {
			it.parts[s.Else] = part{block: true}
		}
	}
	return []*item{it}, falls
}

// negated returns the negation of a condition.
func negated(cond string) string {
	if !strings.Contains(cond, "&&") && !strings.Contains(cond, "||") {
		for _, ops := range [][2]string{{" == ", " != "}, {" != ", " == "}, {" >= ", " < "}, {" <= ", " > "}, {" < ", " >= "}, {" > ", " <= "}} {
			if l, r, ok := strings.Cut(cond, ops[0]); ok && !strings.ContainsAny(r, "=<>") {
				return l + ops[1] + r
			}
		}
		if strings.HasPrefix(cond, "!") && !strings.Contains(cond, " ") {
			return cond[1:]
		}
		if !strings.Contains(cond, " ") {
			return "!" + cond
		}
	}
	return "!(" + cond + ")"
}

// declares reports whether items declare a name with another meaning around a statement.
func (ev *evaluator) declares(items []*item, s ast.Stmt) bool {
	scope := ev.f.Pkg.Types.Scope().Innermost(s.Pos())
	if scope == nil {
		return true
	}
	found := false
	for _, it := range flat(items) {
		var names []string
		if it.verb == written {
			names = declaredNames(it.text.text)
		}
		switch d := it.node.(type) {
		case *ast.AssignStmt:
			if d.Tok == token.DEFINE {
				for _, l := range d.Lhs {
					if id := syntax.IdentOf(l); id != nil && id.Name != "_" {
						names = append(names, id.Name)
					}
				}
			}
		case *ast.DeclStmt:
			if g, ok := d.Decl.(*ast.GenDecl); ok {
				for _, sp := range g.Specs {
					switch sp := sp.(type) {
					case *ast.ValueSpec:
						for _, id := range sp.Names {
							names = append(names, id.Name)
						}
					case *ast.TypeSpec:
						names = append(names, sp.Name.Name)
					}
				}
			}
		}
		for _, name := range names {
			if _, obj := scope.LookupParent(name, token.NoPos); obj != nil && obj.Parent() != ev.f.Pkg.Types.Scope() && obj.Parent() != types.Universe {
				found = true
			}
		}
	}
	return found
}
