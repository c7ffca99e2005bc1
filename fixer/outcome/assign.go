package outcome

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/reason"

	"jwtretire.example/fixer/syntax"
)

// assign evaluates an assignment or a short declaration.
func (ev *evaluator) assign(s *ast.AssignStmt, en *env) []*item {
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
func (ev *evaluator) decl(s *ast.DeclStmt, en *env) []*item {
	g, ok := s.Decl.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return []*item{{node: s, verb: kept}}
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
				fail(reason.New(reason.Statement, "the answer is used in a declaration of several variables (%s)", ev.f.Place(s)))
			}
		}
		for _, id := range vs.Names {
			if obj := ev.f.Pkg.Info.Defs[id]; obj != nil && len(vs.Values) == 0 {
				en.vars[obj] = value{at: zeroOf(obj.Type())}
				if _, isStruct := syntax.Under(obj.Type()).(*types.Struct); isStruct && ev.what != Granted && ev.targets[obj] {
					en.vars[obj] = value{kind: decoded, real: true, zero: true, typ: obj.Type(), obj: obj}
				}
			}
		}
	}
	return []*item{{node: s, verb: kept}}
}

// zeroOf returns the facts about a variable that was declared without a value.
func zeroOf(t types.Type) func(int) fact {
	switch syntax.Under(t).(type) {
	case *types.Pointer, *types.Interface, *types.Slice, *types.Map, *types.Signature, *types.Chan:
		return always(isNil)
	}
	return nil
}

// pairs evaluates x, y = a, b.
func (ev *evaluator) pairs(s ast.Stmt, lhs, rhs []ast.Expr, tok token.Token, en *env) []*item {
	values := make([]value, len(rhs))
	for i, r := range rhs {
		values[i] = ev.eval(r, en)
	}
	it := &item{node: s, verb: kept}
	gone := 0
	for i, l := range lhs {
		v := values[i]
		if v.kind == member && !v.real && v.text == "" && ev.what == Granted { // expressed where it is read: an ordinary value now
			v = value{at: v.at}
		}
		if ev.binds(l, v, en) && (!isBlank(l) || ev.handleOnly(v) || ev.onlyReads(rhs[i])) {
			gone++
			continue
		}
		ev.target(it, l, en)
		if t := ev.render(rhs[i], en); ev.differs(t, rhs[i]) {
			it.set(rhs[i], t)
		}
	}
	switch {
	case gone == len(lhs):
		it.verb, it.parts = dropped, nil
	case gone > 0:
		it = ev.rest(s, lhs, rhs, tok, it, values, en)
	}
	for i, l := range lhs {
		ev.assigned(l, values[i], en)
	}
	its := []*item{it}
	ev.restores(s, en, &its)
	return its
}

// rest writes the remaining pairs of an assignment.
func (ev *evaluator) rest(s ast.Stmt, lhs, rhs []ast.Expr, tok token.Token, it *item, values []value, en *env) *item {
	var l, r []string
	var keeps []ast.Node
	var left []ast.Expr
	p := &printer{}
	for i := range lhs {
		if ev.handleOnly(values[i]) {
			continue
		}
		left = append(left, lhs[i])
		l, r = append(l, p.part(it, lhs[i])), append(r, p.part(it, rhs[i]))
	}
	keeps = append(keeps, p.keeps...)
	return &item{verb: written, node: s, text: rendering{text: strings.Join(l, ", ") + ev.operator(tok, left) + strings.Join(r, ", "), keeps: keeps}}
}

// several evaluates x, y = f().
func (ev *evaluator) several(s ast.Stmt, lhs []ast.Expr, rhs ast.Expr, tok token.Token, en *env) []*item {
	v := ev.eval(rhs, en)
	it := &item{node: s, verb: kept}
	if v.kind == member && ev.what == Refused && v.key == "access_token" && len(lhs) == 2 { // no refusal has a token
		v = ev.absent(lhs[0])
	}
	if v.kind != tuple {
		if v.kind == member && ev.what == Refused && !v.real && len(lhs) == 2 {
			fail(reason.New(reason.Unsaid, "whether the answer has %s cannot be said of a refusal (%s)", v.key, ev.f.Place(rhs)))
		}
		if v.kind == member && ev.what == Granted && !v.real {
			return ev.commaOk(s, lhs, rhs, tok, v, en)
		}
		for _, l := range lhs {
			ev.target(it, l, en)
		}
		if t := ev.render(rhs, en); ev.differs(t, rhs) {
			it.set(rhs, t)
		}
		for _, l := range lhs {
			ev.assigned(l, value{}, en)
		}
		if v.kind == member && len(lhs) == 2 {
			ev.assigned(lhs[0], value{at: v.at}, en)
			ev.assigned(lhs[1], value{at: ev.presence(v)}, en)
		}
		its := []*item{it}
		ev.restores(rhs, en, &its)
		return its
	}
	if v.real { // the call is made in the new program, too
		it = ev.readAgain(s, lhs, rhs, tok, v, en)
		for i, l := range lhs {
			p := v.parts[i]
			p.real = p.real || !ev.handleOnly(p)
			ev.assigned(l, p, en)
		}
		return []*item{it}
	}
	var left, right []string
	var assigned []ast.Expr
	for i, l := range lhs {
		p := v.parts[i]
		if ev.binds(l, p, en) {
			continue
		}
		t := ev.target(&item{}, l, en)
		text := p.text
		switch f := p.sure(en.status); {
		case text != "":
		case p.kind == member && ev.what == Granted && ev.memberText(p) != "":
			text = ev.memberText(p)
		case f.what == isConst || f.what == isNil:
			text = literal(f)
		case p.kind == decoded && p.obj != nil && ev.what == Granted:
			fail(&fillRequest{p.obj})
		default:
			fail(reason.New(reason.Unsaid, "what %s returns has no counterpart in the new program (%s)", syntax.OneLine(ev.f.Text(rhs)), ev.f.Place(rhs)))
		}
		left, right, assigned = append(left, t), append(right, text), append(assigned, l)
	}
	if len(left) == 0 {
		it.verb = dropped
	} else {
		op := ev.operator(tok, assigned)
		it.verb, it.text = written, rendering{text: strings.Join(left, ", ") + op + strings.Join(right, ", ")}
		for _, l := range lhs {
			it.text.keeps = append(it.text.keeps, l)
		}
	}
	for i, l := range lhs {
		ev.assigned(l, v.parts[i], en)
	}
	return []*item{it}
}

// readAgain writes x, err := f() for a call that reads the bytes of RetrieveError.Body, in place of those of the answer. Its
// error is known, and expressed where it is used: the variable is not assigned, and would be unused if it were declared.
func (ev *evaluator) readAgain(s ast.Stmt, lhs []ast.Expr, rhs ast.Expr, tok token.Token, v value, en *env) *item {
	it := &item{node: s, verb: kept}
	call := ev.render(rhs, en)
	names := make([]string, len(lhs))
	blank := false
	var left []ast.Expr
	for i, l := range lhs {
		if ev.binds(l, v.parts[i], en) && !isBlank(l) {
			names[i], blank = "_", true
			continue
		}
		names[i], left = ev.target(it, l, en), append(left, l)
	}
	if !blank || tok == token.DEFINE && ev.operator(tok, left) == " := " {
		for i, l := range lhs {
			if names[i] == "_" && !isBlank(l) {
				it.set(l, rendering{text: "_"})
			}
		}
		if ev.differs(call, rhs) {
			it.set(rhs, call)
		}
		return it
	}
	return &item{node: s, verb: written, text: rendering{text: strings.Join(names, ", ") + ev.operator(tok, left) + call.text, keeps: append(call.keeps, lhs[0])}}
}

// operator returns the assignment operator for the remaining targets: a short declaration needs a new variable.
func (ev *evaluator) operator(tok token.Token, left []ast.Expr) string {
	for _, l := range left {
		if id := syntax.IdentOf(l); tok == token.DEFINE && id != nil && id.Name != "_" && ev.f.Pkg.Info.Defs[id] != nil {
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
func (ev *evaluator) commaOk(s ast.Stmt, lhs []ast.Expr, rhs ast.Expr, tok token.Token, v value, en *env) []*item {
	ok := value{}
	text := ""
	switch v.key {
	case "access_token", "token_type":
		if text = ev.memberText(v); text != "" && v.key == "access_token" {
			ok = boolValue(true)
		}
	case "expires_in":
		if types.Identical(v.typ, types.Typ[types.Float64]) {
			if text = ev.lifetimeName(); ev.ex.Millis {
				text += " * 1000"
			}
			ok = boolValue(true)
		}
	case "error", "error_description", "error_uri":
		if f := v.sure(en.status); f.what == isConst || f.what == isNil {
			text, ok = literal(f), boolValue(false)
		}
	}
	id := syntax.IdentOf(lhs[1])
	wantsOk := id == nil || id.Name != "_"
	if text == "" || wantsOk && ok.at == nil {
		if v.obj != nil {
			fail(&fillRequest{v.obj})
		}
		fail(reason.New(reason.Unsaid, "%s has no counterpart in the new program (%s)", syntax.OneLine(ev.f.Text(rhs)), ev.f.Place(rhs)))
	}
	it := &item{node: s, verb: written}
	op := ev.operator(tok, lhs[:1])
	l := ev.target(&item{}, lhs[0], en)
	it.text = rendering{text: l + op + text, keeps: []ast.Node{lhs[0]}}
	first := value{at: v.at}
	if isLiteral(text) {
		first.text = text
	}
	if isBlank(lhs[0]) || first.text != "" && ev.binds(lhs[0], first, en) {
		it.verb = dropped
	}
	if wantsOk {
		ev.binds(lhs[1], value{at: ok.at, text: literal(ok.fact(200))}, en)
	}
	ev.assigned(lhs[0], first, en)
	if wantsOk {
		ev.assigned(lhs[1], value{at: ok.at, text: literal(ok.fact(200))}, en)
	}
	return []*item{it}
}

// handleOnly reports whether a value needs no assignment, because its expression is written at each use.
func (ev *evaluator) handleOnly(v value) bool {
	switch v.kind {
	case response, body, decoder, header:
		return !v.real
	case raw, decoded:
		return !v.real
	}
	return v.kind == ordinary && v.at != nil && !v.real && (isLiteral(v.text) || v.text == ev.errName)
}

// isLiteral reports whether a text is a constant or nil, which can be repeated.
func isLiteral(text string) bool {
	return text == "nil" || text == "true" || text == "false" || text == `""`
}

// presence returns the fact about ok in v, ok := m["key"], for a map that holds the answer.
func (ev *evaluator) presence(v value) func(int) fact {
	failing := strings.HasPrefix(v.key, "error")
	switch {
	case v.zero, ev.what == Granted && failing:
		return boolValue(false).at
	case ev.what == Granted && v.key == "access_token":
		return boolValue(true).at
	case ev.what == Refused && v.key == "error":
		return func(s int) fact {
			if s == 200 {
				return fact{isConst, constant.MakeBool(true)}
			}
			return fact{}
		}
	}
	return nil
}

// absent evaluates v, ok := m["access_token"].(T) for an answer without that member.
func (ev *evaluator) absent(l ast.Expr) value {
	ev.usedEmpty = true
	parts := []value{{at: func(int) fact { return fact{} }}, {at: boolValue(false).at, text: "false"}}
	if t := ev.f.TypeOf(l); t == nil || isBlank(l) || syntax.IsString(t) {
		parts[0] = value{at: constantly(constant.MakeString("")), text: `""`}
	} else if types.IsInterface(t) {
		parts[0] = nilValue()
	}
	return value{kind: tuple, parts: parts}
}

// binds records the value of a variable that exists only in the old program; its assignment is removed.
func (ev *evaluator) binds(l ast.Expr, v value, en *env) bool {
	id := syntax.IdentOf(ast.Unparen(l))
	if id != nil && id.Name == "_" {
		return true
	}
	if !ev.handleOnly(v) {
		return false
	}
	if id == nil || !ev.local(ev.f.Object(id)) && !ev.isResult(id) {
		if v.kind.handle() {
			if v.kind == decoded && v.obj != nil && ev.what == Granted {
				fail(&fillRequest{v.obj})
			}
			fail(reason.New(reason.KeptElsewhere, "the answer is kept in %s (%s)", syntax.OneLine(ev.f.Text(l)), ev.f.Place(l)))
		}
		return false
	}
	if ev.captured(ev.f.Object(id)) && v.kind.handle() && v.kind != response {
		return false
	}
	return true
}

// isResult reports whether an identifier is a named result of the function.
func (ev *evaluator) isResult(id *ast.Ident) bool {
	if ev.d.Type.Results == nil {
		return false
	}
	for _, fld := range ev.d.Type.Results.List {
		for _, r := range fld.Names {
			if ev.f.Pkg.Info.Defs[r] == ev.f.Object(id) {
				return true
			}
		}
	}
	return false
}

// assigned records the value of a variable after an assignment.
func (ev *evaluator) assigned(l ast.Expr, v value, en *env) {
	id := syntax.IdentOf(ast.Unparen(l))
	if id == nil {
		ev.forget(l, en)
		return
	}
	obj := ev.f.Object(id)
	if obj == nil || id.Name == "_" {
		return
	}
	if ev.handleOnly(v) && (ev.local(obj) || ev.isResult(id)) {
		old, known := en.vars[obj]
		if !(known && !en.stale[obj] && v.kind == ordinary && same(old.sure(en.status), v.sure(en.status)) && old.sure(en.status).what != unknown) {
			en.stale[obj] = true
		}
		en.vars[obj] = v // the variable itself is not assigned
		return
	}
	if obj == ev.errVar {
		en.raw = false
	}
	delete(en.stale, obj)
	w := value{at: v.at, plain: v.plain}
	if v.kind == address || v.real {
		w = v
	}
	if v.real && v.kind == ordinary {
		w.real = false
	}
	if ev.assignedInClosure(obj) || obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
		w.at = nil // others may assign it in between
	}
	en.vars[obj] = w
}

// target returns the left side of an assignment in the new program.
func (ev *evaluator) target(it *item, l ast.Expr, en *env) string {
	if syntax.IdentOf(ast.Unparen(l)) != nil {
		return ev.source(l)
	}
	t := ev.render(l, en)
	if ev.differs(t, l) {
		it.set(l, t)
	}
	return t.text
}

// captured reports whether a function literal inside the function reads a variable.
func (ev *evaluator) captured(obj types.Object) bool {
	return ev.inClosure(obj, false)
}

func (ev *evaluator) assignedInClosure(obj types.Object) bool { return ev.inClosure(obj, true) }

func (ev *evaluator) inClosure(obj types.Object, onlyWrites bool) bool {
	for _, id := range ev.ix.Uses[obj] {
		f := ev.ix.In[id]
		d := ev.ix.Enclosing(f, id)
		if d == nil || d.Node == ev.d.Node || f != ev.f {
			continue
		}
		if obj.Pos() >= d.Node.Pos() && obj.Pos() < d.Node.End() {
			continue // declared in the literal itself
		}
		if !onlyWrites || isWritten(f, id) {
			return true
		}
	}
	return false
}
