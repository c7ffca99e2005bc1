package evaluate

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/syntax"
)

// divide divides the statuses by the value of a condition. A status for which the value is unknown is in both lists.
func (ev *Evaluator) divide(v value.Value, en *value.Env) (yes, no []int, certain bool) {
	certain = true
	for _, s := range en.Status {
		switch v.Fact(s).Truth() {
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
func (ev *Evaluator) decided(n ast.Node, yes, no []int) {
	if ev.What == Granted {
		d := ev.Decisions[n]
		d[0], d[1] = d[0] || len(no) > 0, d[1] || len(yes) > 0
		ev.Decisions[n] = d
	}
}

// asks records whether the condition of an if or a case has an error member.
func (ev *Evaluator) asks(n ast.Node) {
	if ev.AsksError == nil {
		ev.AsksError = map[ast.Node]bool{}
	}
	ev.AsksError[n] = ev.askedError
}

func (ev *Evaluator) diverges(n ast.Node, way int, en *value.Env) {
	if d, seen := ev.Decisions[n]; ev.What != Granted && (!seen || !d[way]) {
		ev.NotByError = ev.NotByError || en.Unchecked != nil && !en.Diverged && !ev.AsksError[n]
		en.Diverged = true
	}
}

// inTree reports whether a statement is a node of the source. The rest of a statement whose head held the exchange is not.
func (ev *Evaluator) inTree(s ast.Stmt) bool { return ev.F.Parent[s] != nil }

func (ev *Evaluator) ifStmt(s *ast.IfStmt, en *value.Env) (items []*Item, falls bool) {
	if s.Init != nil {
		its, on := ev.Stmt(s.Init, en)
		if !on {
			return its, false
		}
		items = its
	}
	rest, falls := ev.branch(s, len(Flat(items)) > 0, en)
	if len(rest) == 1 && rest[0].Node == s && (rest[0].Verb == Kept || rest[0].Verb == Edited) && s.Init != nil {
		it := rest[0]
		switch head := Flat(items); {
		case len(head) == 0:
			it.Verb, it.Parts = Edited, orEmpty(it.Parts)
			it.Parts[s.Init] = Part{Gone: true}
			ev.fillParts(it, s, en)
			return rest, falls
		case len(head) == 1 && head[0].Verb == Kept:
			return rest, falls // still the head of the if
		case len(head) == 1 && head[0].Node == s.Init && simple(head[0]):
			it.Verb, it.Parts = Edited, orEmpty(it.Parts)
			p := &Printer{}
			it.Parts[s.Init] = Part{Rendering: Rendering{Text: p.Item(head[0]), Keeps: p.Keeps}}
			ev.fillParts(it, s, en)
			return rest, falls
		}
		it.Verb, it.Parts = Edited, orEmpty(it.Parts)
		it.Parts[s.Init] = Part{Gone: true}
		ev.fillParts(it, s, en)
	}
	all := append(items, rest...)
	if len(Flat(items)) == 0 {
		return rest, falls
	}
	return []*Item{{Ev: ev, Node: s, Verb: Spliced, List: all, Scoped: ev.declares(items, s), Leaves: Leaves(all)}}, falls
}

// simple reports whether an item is a statement that can be the head of an if.
func simple(it *Item) bool { return it.Verb == Edited || it.Verb == Written && it.Node != nil }

func orEmpty(m map[ast.Node]Part) map[ast.Node]Part {
	if m == nil {
		m = map[ast.Node]Part{}
	}
	return m
}

// fillParts completes the parts of an unchanged if, so that it can be written without its head.
func (ev *Evaluator) fillParts(it *Item, s *ast.IfStmt, en *value.Env) {
	of := &Item{Ev: ev, Env: en.Clone(), Status: en.Status}
	if _, ok := it.Parts[s.Body]; !ok {
		it.Parts[s.Body] = Part{Block: true, Items: KeepWith(of, s.Body.List)}
	}
	if s.Else != nil {
		if _, ok := it.Parts[s.Else]; !ok {
			it.Parts[s.Else] = Part{Block: true, Items: KeepWith(of, ElseList(s.Else))}
		}
	}
}

// branch evaluates an if without its head.
func (ev *Evaluator) branch(s *ast.IfStmt, headed bool, en *value.Env) ([]*Item, bool) {
	ev.touch(s.Cond, en)
	ev.asking, ev.askedError = true, false
	v := ev.Eval(s.Cond, en)
	ev.asking = false
	ev.asks(s)
	if ev.panicked {
		return []*Item{{Node: s, Verb: Kept}}, false
	}
	yes, no, _ := ev.divide(v, en)
	ev.decided(s, yes, no)
	if pure := pureExpr(ev, s.Cond) || ev.onlyReads(s.Cond); !pure {
		yes, no = en.Status, en.Status
	}
	way := func(list []ast.Stmt, status []int, w int) ([]*Item, bool, *value.Env) {
		in := en.Clone()
		in.Status = status
		if len(status) == 0 {
			return nil, false, in
		}
		ev.diverges(s, w, in)
		its, on := ev.List(list, in)
		return its, on, in
	}
	splice := func(list []ast.Stmt, of ast.Stmt, status []int, w int) ([]*Item, bool) {
		its, on, in := way(list, status, w)
		*en = *in
		if len(Flat(its)) == 0 {
			return drops(s), on
		}
		return []*Item{{Node: s, Verb: Spliced, Branch: of, List: its, Scoped: !headed && ev.declares(its, s), Leaves: Leaves(its)}}, on
	}
	switch {
	case len(no) == 0:
		return splice(s.Body.List, s.Body, yes, 1)
	case len(yes) == 0:
		if s.Else == nil {
			ev.diverges(s, 0, en)
			en.Status = no
			return drops(s), true
		}
		return splice(ElseList(s.Else), s.Else, no, 0)
	}
	cond := ev.render(s.Cond, en) // before the branches change the facts
	a, onA, inA := way(s.Body.List, yes, 1)
	b, onB, inB := way(ElseList(s.Else), no, 0)
	switch {
	case onA && onB:
		en.Join(inA, inB)
	case onA:
		*en = *inA
	case onB:
		*en = *inB
	}
	falls := onA || onB
	if len(Flat(a)) == 0 && len(Flat(b)) == 0 && (pureExpr(ev, s.Cond) || ev.onlyReads(s.Cond)) {
		return drops(s), falls
	}
	if !ev.Differs(cond, s.Cond) && Unchanged(a) && Unchanged(b) && ev.inTree(s) && !(ev.What == Refused && ev.caller == nil && ev.assigns(s)) {
		return []*Item{{Node: s, Verb: Kept, Leaves: !falls}}, falls
	}
	it := &Item{Node: s, Verb: Edited, Leaves: !falls, Parts: map[ast.Node]Part{
		s.Cond: {Rendering: cond},
		s.Body: {Items: a, Block: true},
	}}
	if s.Else != nil {
		it.Parts[s.Else] = Part{Items: b, Block: true}
	}
	if len(Flat(a)) == 0 { // only the else branch is left
		it.Turned = true
		it.Parts[s.Cond] = Part{Rendering: Rendering{Text: Negated(cond.Text), Keeps: cond.Keeps}}
		it.Parts[s.Body] = Part{Items: b, Block: true}
		if s.Else != nil {
			it.Parts[s.Else] = Part{Block: true}
		}
	}
	return []*Item{it}, falls
}

// assigns reports whether a statement assigns to a variable that is declared around it. Where the statement is written anew, the variable may
// have no use left, and the assignment goes with it.
func (ev *Evaluator) assigns(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		for _, l := range syntax.Targets(n) {
			if v, ok := ev.F.Object(syntax.IdentOf(ast.Unparen(l))).(*types.Var); ok && ev.insideTail(v) && (v.Pos() < s.Pos() || v.Pos() >= s.End()) {
				found = true
			}
		}
		return !found
	})
	return found
}

// declares reports whether items declare a name with another meaning around a statement.
func (ev *Evaluator) declares(items []*Item, s ast.Stmt) bool {
	scope := ev.F.Pkg.Types.Scope().Innermost(s.Pos())
	if scope == nil {
		return true
	}
	for _, it := range Flat(items) {
		names := namesDeclaredBy(it.Node)
		if it.Verb == Written {
			names = declaredNames(it.Text.Text)
		}
		for _, name := range names {
			if _, obj := scope.LookupParent(name, token.NoPos); obj != nil && obj.Parent() != ev.F.Pkg.Types.Scope() && obj.Parent() != types.Universe {
				return true
			}
		}
	}
	return false
}

// namesDeclaredBy returns the names of variables and types that a statement declares.
func namesDeclaredBy(s ast.Node) (names []string) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			return nil
		}
		for _, l := range s.Lhs {
			if id := syntax.IdentOf(l); id != nil && id.Name != "_" {
				names = append(names, id.Name)
			}
		}
	case *ast.DeclStmt:
		g, ok := s.Decl.(*ast.GenDecl)
		if !ok {
			return nil
		}
		for _, spec := range g.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					names = append(names, id.Name)
				}
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			}
		}
	}
	return names
}
