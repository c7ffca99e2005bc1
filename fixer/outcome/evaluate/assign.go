package evaluate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// assign evaluates an assignment or a short declaration.
func (ev *Evaluator) assign(s *ast.AssignStmt, en *value.Env) []*Item {
	if _, joins := ast.Unparen(s.Rhs[0]).(*ast.CallExpr); !joins && ev.addsCloseError(s) {
		return drops(s) // nil is assigned to an error that is nil
	}
	for _, r := range s.Rhs {
		ev.touch(r, en)
	}
	switch {
	case s.Tok != token.ASSIGN && s.Tok != token.DEFINE: // x += y
		its := ev.renderParts(s, en, s.Lhs[0], s.Rhs[0])
		ev.forget(s.Lhs[0], en)
		return its
	case len(s.Lhs) == len(s.Rhs):
		return ev.pairs(s, s.Lhs, s.Rhs, s.Tok, en)
	}
	return ev.several(s, s.Lhs, s.Rhs[0], s.Tok, en)
}

// decl evaluates a declaration.
func (ev *Evaluator) decl(s *ast.DeclStmt, en *value.Env) []*Item {
	g, ok := s.Decl.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return []*Item{{Node: s, Verb: Kept}}
	}
	if len(g.Specs) == 1 {
		vs := g.Specs[0].(*ast.ValueSpec)
		if len(vs.Values) > 0 {
			var lhs []ast.Expr
			for _, id := range vs.Names {
				lhs = append(lhs, id)
			}
			for _, v := range vs.Values {
				ev.touch(v, en)
			}
			if len(vs.Values) == len(lhs) {
				return ev.pairs(s, lhs, vs.Values, token.DEFINE, en)
			}
			return ev.several(s, lhs, vs.Values[0], token.DEFINE, en)
		}
	}
	for _, sp := range g.Specs {
		vs := sp.(*ast.ValueSpec)
		for _, v := range vs.Values {
			if ev.mentions(v, en) {
				Fail(reason.New(reason.Statement, "the answer is used in a declaration of several variables (%s)", ev.F.Place(s)))
			}
		}
		for _, id := range vs.Names {
			if obj := ev.F.Pkg.Info.Defs[id]; obj != nil && len(vs.Values) == 0 {
				en.Vars[obj] = value.Value{At: zeroOf(obj.Type())}
				if _, isStruct := syntax.Under(obj.Type()).(*types.Struct); isStruct && ev.What != Granted && ev.Targets[obj] {
					en.Vars[obj] = value.Value{Kind: value.Decoded, Real: true, Zero: true, Typ: obj.Type(), Obj: obj}
				}
			}
		}
	}
	return []*Item{{Node: s, Verb: Kept}}
}

// zeroOf returns the facts about a variable that was declared without a value.
func zeroOf(t types.Type) func(int) value.Fact {
	switch syntax.Under(t).(type) {
	case *types.Pointer, *types.Interface, *types.Slice, *types.Map, *types.Signature, *types.Chan:
		return always(value.IsNil)
	}
	return nil
}

// pairs evaluates x, y = a, b.
func (ev *Evaluator) pairs(s ast.Stmt, lhs, rhs []ast.Expr, tok token.Token, en *value.Env) []*Item {
	values := make([]value.Value, len(rhs))
	for i, r := range rhs {
		values[i] = ev.Eval(r, en)
	}
	it := &Item{Node: s, Verb: Kept}
	gone := 0
	for i, l := range lhs {
		v := values[i]
		if v.Kind == value.Member && !v.Real && v.Text == "" && ev.What == Granted { // expressed where it is read: an ordinary value now
			v = value.Value{At: v.At}
		}
		if ev.binds(l, v, en) && (!isBlank(l) || ev.handleOnly(v) || ev.onlyReads(rhs[i])) {
			gone++
			continue
		}
		ev.target(it, l, en)
		if t := ev.render(rhs[i], en); ev.Differs(t, rhs[i]) {
			it.set(rhs[i], t)
		}
	}
	switch {
	case gone == len(lhs):
		it.Verb, it.Parts = Dropped, nil
	case gone > 0:
		it = ev.rest(s, lhs, rhs, tok, it, values, en)
	}
	for i, l := range lhs {
		ev.assigned(l, values[i], en)
	}
	its := []*Item{it}
	ev.restores(s, en, &its)
	return its
}

// rest writes the remaining pairs of an assignment.
func (ev *Evaluator) rest(s ast.Stmt, lhs, rhs []ast.Expr, tok token.Token, it *Item, values []value.Value, en *value.Env) *Item {
	var l, r []string
	var keeps []ast.Node
	var left []ast.Expr
	p := &Printer{}
	for i := range lhs {
		if ev.handleOnly(values[i]) {
			continue
		}
		left = append(left, lhs[i])
		l, r = append(l, p.Part(it, lhs[i])), append(r, p.Part(it, rhs[i]))
	}
	keeps = append(keeps, p.Keeps...)
	return &Item{Verb: Written, Node: s, Text: Rendering{Text: strings.Join(l, ", ") + ev.operator(tok, left) + strings.Join(r, ", "), Keeps: keeps}}
}

// several evaluates x, y = f().
func (ev *Evaluator) several(s ast.Stmt, lhs []ast.Expr, rhs ast.Expr, tok token.Token, en *value.Env) []*Item {
	v := ev.Eval(rhs, en)
	it := &Item{Node: s, Verb: Kept}
	if v.Kind == value.Member && ev.What == Refused && v.Key == "access_token" && len(lhs) == 2 { // no refusal has a token
		v = ev.absent(lhs[0])
	}
	if v.Kind != value.Tuple {
		if v.Kind == value.Member && ev.What == Refused && !v.Real && len(lhs) == 2 {
			Fail(reason.New(reason.ValueUnavailable, "for a refusal it is not known whether the answer has %s (%s)", v.Key, ev.F.Place(rhs)))
		}
		if v.Kind == value.Member && ev.What == Granted && !v.Real {
			return ev.commaOk(s, lhs, rhs, tok, v, en)
		}
		for _, l := range lhs {
			ev.target(it, l, en)
		}
		if t := ev.render(rhs, en); ev.Differs(t, rhs) {
			it.set(rhs, t)
		}
		for _, l := range lhs {
			ev.assigned(l, value.Value{}, en)
		}
		if v.Kind == value.Member && len(lhs) == 2 {
			ev.assigned(lhs[0], value.Value{At: v.At}, en)
			ev.assigned(lhs[1], value.Value{At: ev.presence(v)}, en)
		}
		its := []*Item{it}
		ev.restores(rhs, en, &its)
		return its
	}
	if v.Real { // the call is made in the new program, too
		it = ev.readAgain(s, lhs, rhs, tok, v, en)
		for i, l := range lhs {
			p := v.Parts[i]
			p.Real = p.Real || !ev.handleOnly(p)
			ev.assigned(l, p, en)
		}
		return []*Item{it}
	}
	v.Parts = slices.Clone(v.Parts)
	var left, right []string
	var assigned []ast.Expr
	for i, l := range lhs {
		p, filled := ev.taken(l, ev.handed(v.Parts[i], en), tok, en)
		v.Parts[i] = p
		if filled || ev.binds(l, p, en) {
			continue
		}
		t := ev.target(&Item{}, l, en)
		text := p.Text
		switch f := p.Sure(en.Status); {
		case text != "":
		case p.Kind == value.Member && ev.What == Granted && ev.memberText(p) != "":
			text = ev.memberText(p)
		case f.What == value.IsConst || f.What == value.IsNil:
			text = literal(f)
		case p.Kind == value.Decoded && p.Obj != nil && ev.What == Granted:
			Fail(&FillRequest{p.Obj})
		default:
			Fail(reason.New(reason.ValueUnavailable, "the result of %s has no counterpart in the new program (%s)", syntax.OneLine(ev.F.Text(rhs)), ev.F.Place(rhs)))
		}
		left, right, assigned = append(left, t), append(right, text), append(assigned, l)
	}
	if len(left) == 0 {
		it.Verb = Dropped
	} else {
		op := ev.operator(tok, assigned)
		it.Verb, it.Text = Written, Rendering{Text: strings.Join(left, ", ") + op + strings.Join(right, ", ")}
		for _, l := range lhs {
			it.Text.Keeps = append(it.Text.Keeps, l)
		}
	}
	for i, l := range lhs {
		ev.assigned(l, v.Parts[i], en)
	}
	return []*Item{it}
}

// readAgain writes x, err := f() for a call that reads the bytes of RetrieveError.Body, in place of those of the answer. Its
// error is known, and expressed where it is used: the variable is not assigned, and would be unused if it were declared.
func (ev *Evaluator) readAgain(s ast.Stmt, lhs []ast.Expr, rhs ast.Expr, tok token.Token, v value.Value, en *value.Env) *Item {
	it := &Item{Node: s, Verb: Kept}
	call := ev.render(rhs, en)
	names := make([]string, len(lhs))
	blank := false
	var left []ast.Expr
	for i, l := range lhs {
		if ev.binds(l, v.Parts[i], en) && !isBlank(l) {
			names[i], blank = "_", true
			continue
		}
		names[i], left = ev.target(it, l, en), append(left, l)
	}
	if !blank || tok == token.DEFINE && ev.operator(tok, left) == " := " {
		for i, l := range lhs {
			if names[i] == "_" && !isBlank(l) {
				it.set(l, Rendering{Text: "_"})
			}
		}
		if ev.Differs(call, rhs) {
			it.set(rhs, call)
		}
		return it
	}
	return &Item{Node: s, Verb: Written, Text: Rendering{Text: strings.Join(names, ", ") + ev.operator(tok, left) + call.Text, Keeps: append(call.Keeps, lhs[0])}}
}

// operator returns the assignment operator for the remaining targets: a short declaration needs a new variable.
func (ev *Evaluator) operator(tok token.Token, left []ast.Expr) string {
	for _, l := range left {
		if id := syntax.IdentOf(l); tok == token.DEFINE && id != nil && id.Name != "_" && ev.F.Pkg.Info.Defs[id] != nil {
			return " := "
		}
	}
	return " = "
}

func isBlank(e ast.Expr) bool {
	id := syntax.IdentOf(e)
	return id != nil && id.Name == "_"
}

// commaOk evaluates v, ok := m["key"].(T) for a member of a granted answer.
func (ev *Evaluator) commaOk(s ast.Stmt, lhs []ast.Expr, rhs ast.Expr, tok token.Token, v value.Value, en *value.Env) []*Item {
	ok := value.Value{}
	text := ""
	switch v.Key {
	case "access_token", "token_type":
		if text = ev.memberText(v); text != "" && v.Key == "access_token" {
			ok = boolValue(true)
		}
	case "expires_in":
		if types.Identical(v.Typ, types.Typ[types.Float64]) {
			if text = ev.lifetimeName(); ev.Ex.Millis {
				text += " * 1000"
			}
			ok = boolValue(true)
		}
	case "error", "error_description", "error_uri":
		if f := v.Sure(en.Status); f.What == value.IsConst || f.What == value.IsNil {
			text, ok = literal(f), boolValue(false)
		}
	}
	id := syntax.IdentOf(lhs[1])
	wantsOk := id == nil || id.Name != "_"
	if text == "" || wantsOk && ok.At == nil {
		if v.Obj != nil {
			Fail(&FillRequest{v.Obj})
		}
		Fail(reason.New(reason.ValueUnavailable, "%s has no counterpart in the new program (%s)", syntax.OneLine(ev.F.Text(rhs)), ev.F.Place(rhs)))
	}
	it := &Item{Node: s, Verb: Written}
	op := ev.operator(tok, lhs[:1])
	l := ev.target(&Item{}, lhs[0], en)
	it.Text = Rendering{Text: l + op + text, Keeps: []ast.Node{lhs[0]}}
	first := value.Value{At: v.At}
	if isLiteral(text) {
		first.Text = text
	}
	if isBlank(lhs[0]) || first.Text != "" && ev.binds(lhs[0], first, en) {
		it.Verb = Dropped
	}
	if wantsOk {
		ev.binds(lhs[1], value.Value{At: ok.At, Text: literal(ok.Fact(200))}, en)
	}
	ev.assigned(lhs[0], first, en)
	if wantsOk {
		ev.assigned(lhs[1], value.Value{At: ok.At, Text: literal(ok.Fact(200))}, en)
	}
	return []*Item{it}
}

// handleOnly reports whether a value needs no assignment, because its expression is written at each use.
func (ev *Evaluator) handleOnly(v value.Value) bool {
	switch v.Kind {
	case value.Response, value.Body, value.Decoder, value.Header:
		return !v.Real
	case value.Raw, value.Decoded:
		return !v.Real
	}
	return v.Kind == value.Ordinary && v.At != nil && !v.Real && (isLiteral(v.Text) || v.Text == ev.ErrName)
}

// isLiteral reports whether a text is a constant or nil, which can be repeated.
func isLiteral(text string) bool {
	return text == "nil" || text == "true" || text == "false" || text == `""`
}

// presence returns the fact about ok in v, ok := m["key"], for a map that holds the answer.
func (ev *Evaluator) presence(v value.Value) func(int) value.Fact {
	failing := strings.HasPrefix(v.Key, "error")
	switch {
	case v.Zero, ev.What == Granted && failing:
		return boolValue(false).At
	case ev.What == Granted && v.Key == "access_token":
		return boolValue(true).At
	case ev.What == Refused && v.Key == "error":
		return func(s int) value.Fact {
			if s == 200 {
				return value.Fact{What: value.IsConst, C: constant.MakeBool(true)}
			}
			return value.Fact{}
		}
	}
	return nil
}

// absent evaluates v, ok := m["access_token"].(T) for an answer without that member.
func (ev *Evaluator) absent(l ast.Expr) value.Value {
	ev.UsedEmpty = true
	parts := []value.Value{{At: func(int) value.Fact { return value.Fact{} }}, {At: boolValue(false).At, Text: "false"}}
	if t := ev.F.TypeOf(l); t == nil || isBlank(l) || syntax.IsString(t) {
		parts[0] = value.Value{At: constantly(constant.MakeString("")), Text: `""`}
	} else if types.IsInterface(t) {
		parts[0] = nilValue()
	}
	return value.Value{Kind: value.Tuple, Parts: parts}
}

// binds records the value of a variable that exists only in the old program; its assignment is removed.
func (ev *Evaluator) binds(l ast.Expr, v value.Value, en *value.Env) bool {
	id := syntax.IdentOf(ast.Unparen(l))
	if id != nil && id.Name == "_" {
		return true
	}
	if !ev.handleOnly(v) {
		return false
	}
	if id == nil || !ev.local(ev.F.Object(id)) && !ev.IsResult(id) {
		if v.Kind.Handle() {
			if v.Kind == value.Decoded && v.Obj != nil && ev.What == Granted {
				Fail(&FillRequest{v.Obj})
			}
			Fail(reason.New(reason.KeptElsewhere, "the answer is kept in %s (%s)", syntax.OneLine(ev.F.Text(l)), ev.F.Place(l)))
		}
		return false
	}
	if ev.Captured(ev.F.Object(id)) && v.Kind.Handle() && v.Kind != value.Response {
		return false
	}
	return true
}

// IsResult reports whether an identifier is a named result of the function.
func (ev *Evaluator) IsResult(id *ast.Ident) bool {
	if ev.D.Type.Results == nil {
		return false
	}
	for _, fld := range ev.D.Type.Results.List {
		for _, r := range fld.Names {
			if ev.F.Pkg.Info.Defs[r] == ev.F.Object(id) {
				return true
			}
		}
	}
	return false
}

// assigned records the value of a variable after an assignment.
func (ev *Evaluator) assigned(l ast.Expr, v value.Value, en *value.Env) {
	id := syntax.IdentOf(ast.Unparen(l))
	if id == nil {
		ev.forget(l, en)
		return
	}
	obj := ev.F.Object(id)
	if obj == nil || id.Name == "_" {
		return
	}
	if ev.handleOnly(v) && (ev.local(obj) || ev.IsResult(id)) {
		old, known := en.Vars[obj]
		if !(known && !en.Stale[obj] && v.Kind == value.Ordinary && value.Same(old.Sure(en.Status), v.Sure(en.Status)) && old.Sure(en.Status).What != value.Unknown) {
			en.Stale[obj] = true
		}
		en.Vars[obj] = v // the variable itself is not assigned
		return
	}
	if obj == ev.ErrVar {
		en.Raw = false
	}
	delete(en.Stale, obj)
	w := value.Value{At: v.At, Plain: v.Plain}
	if v.Kind == value.Address || v.Real {
		w = v
	}
	if v.Real && v.Kind == value.Ordinary {
		w.Real = false
	}
	if ev.assignedInClosure(obj) || syntax.IsPackageLevel(obj) {
		w.At = nil // others may assign it in between
	}
	en.Vars[obj] = w
}

// target returns the left side of an assignment in the new program.
func (ev *Evaluator) target(it *Item, l ast.Expr, en *value.Env) string {
	if syntax.IdentOf(ast.Unparen(l)) != nil {
		return ev.Source(l)
	}
	t := ev.render(l, en)
	if ev.Differs(t, l) {
		it.set(l, t)
	}
	return t.Text
}
