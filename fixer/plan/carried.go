package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
)

// What the functions between the send and the point make of a refusal. They may serve others, so
// nothing of them moves. But where a caller can tell their error from any other, the same error is
// made where the token is fetched now:
//
//	var refused *oauth2.RetrieveError
//	if errors.As(err, &refused) && refused.Response.StatusCode >= 300 {
//		err = &StatusError{Code: refused.Response.StatusCode}
//	}

const refusedName = "refused"

// rereadBody gives a refused answer its body back.
const rereadBody = refusedName + ".Response.Body = «io».NopCloser(«bytes».NewReader(" + refusedName + ".Body)) // oauth2 has read it\n"

// A refusal is one branch on the answer: under which condition ("" for always) which error.
type refusal struct {
	cond, err string
	maps      bool  // err is a call that is given the answer, and says nil where it is no refusal
	tells     bool  // callers can tell the error from others
	unsaid    error // why it cannot be said at the point
}

// carried returns the statements that turn the error of Token, in errName, into what the legs would
// have returned; nothing where nobody can tell the difference.
func (p *planner) carried(pt *point, errName string) (change.Text, error) {
	x := &expresser{ix: p.ix, at: pt.fn, pos: pt.stmt.Pos(), via: pt.via}
	var all []refusal
	var keeps []ast.Node
	for i := range pt.legs {
		c := &carrier{p: p, leg: &pt.legs[i], x: x}
		if err := c.look(); err != nil {
			return change.Text{}, err
		}
		all = append(all, c.refusals...)
		keeps = append(keeps, c.keeps...)
	}
	if errName == "_" || !slices.ContainsFunc(all, func(r refusal) bool { return r.tells }) {
		return change.Text{}, nil
	}
	for i, r := range all { // one that is left out could have come first
		if r.unsaid != nil {
			return change.Text{}, r.unsaid
		}
		if r.maps && i > 0 {
			return change.Text{}, because("the answer's status becomes an error in several ways")
		}
	}
	return change.Text{Src: refusalText(all, errName), Keeps: keeps}, nil
}

// addCarried adds these statements to the text that fetches the token.
func (p *planner) addCarried(pt *point, errName string, text *change.Text) error {
	if pt.through {
		return nil // the legs send oauth2's request and see its answer
	}
	more, err := p.carried(pt, errName)
	if err == nil && more.Src != "" {
		text.Src += "\n" + more.Src
		text.Keeps = append(text.Keeps, more.Keeps...)
	}
	return err
}

func refusalText(all []refusal, errName string) string {
	head := fmt.Sprintf("var %[1]s *«%[2]s».RetrieveError\nif «errors».As(%[3]s, &%[1]s)", refusedName, oauth2Path, errName)
	if first := all[0]; first.maps {
		return fmt.Sprintf("%s {\n%sif mapped := %s; mapped != nil {\n%s = mapped\n}\n}", head, rereadBody, first.err, errName)
	} else if len(all) == 1 || first.cond == "" {
		if strings.Contains(first.cond, "||") {
			first.cond = "(" + first.cond + ")"
		}
		if first.cond != "" {
			head += " && " + first.cond
		}
		return fmt.Sprintf("%s {\n%s = %s\n}", head, errName, first.err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s {\nswitch {\n", head)
	for _, r := range all {
		label := "default"
		if r.cond != "" {
			label = "case " + r.cond
		}
		fmt.Fprintf(&b, "%s:\n%s = %s\n", label, errName, r.err)
		if r.cond == "" {
			break
		}
	}
	b.WriteString("}\n}")
	return b.String()
}

// A carrier reads what one leg does with the answer.
type carrier struct {
	p   *planner
	leg *leg       // without a statement where it is a function that a leg hands the answer to
	x   *expresser // at the point

	a        *answer
	positive bool // a check for success has been passed: what follows is the refusal
	refusals []refusal
	keeps    []ast.Node
}

func (c *carrier) look() error {
	l := c.leg
	f := l.fn.File
	c.a = &answer{
		p: c.p, d: l.fn, f: f, err: l.err, skip: l.stmt, set: change.NewSet(),
		der: c.p.derived(&point{fn: l.fn, call: l.call, stmt: l.stmt, resp: l.resp, err: l.err}),
	}
	if l.stmt == nil {
		return c.statements(l.fn.Body.List)
	}
	stmt := l.stmt
	if _, ok := stmt.(*ast.ReturnStmt); ok {
		return nil // handed on as it is
	}
	if i, ok := f.Parent[stmt].(*ast.IfStmt); ok && i.Init == stmt {
		if c.a.checks(i.Cond, l.err) {
			c.a.requestCheck, c.a.failure = i, i.Body
		}
		stmt = i
	} else {
		c.a.findCheck(stmt)
	}
	for n := f.Parent[stmt]; n != nil && n != l.fn.Node; n = f.Parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return because("%s sends in a loop of its own (%s)", c.name(), f.Place(stmt))
		}
	}
	if c.a.failure != nil && c.distinct(c.a.failure) {
		return because("%s makes an error of its own of a failed request, and callers can tell it from others (%s)", c.name(), f.Place(c.a.failure))
	}
	list, at := f.List(stmt)
	return c.statements(list[at+1:])
}

// statements deals with those that follow once the answer has come.
func (c *carrier) statements(list []ast.Stmt) error {
	f := c.a.f
	decoded := objects{}
	for _, dec := range c.p.decodeCalls(c.leg.fn, c.a.der) {
		if id := syntax.IdentOf(ast.Unparen(dec.target)); id != nil {
			decoded[f.Object(id)] = true
		}
	}
	for _, s := range list {
		if i, ok := s.(*ast.IfStmt); ok && decoded.in(f, i.Cond) && c.distinct(i.Body) {
			return because("%s makes an error of what it decoded, and callers can tell it from others (%s)", c.name(), f.Place(s))
		}
		if s == c.a.requestCheck || !c.positive && !c.a.der.in(f, s) {
			continue
		}
		if err := c.stmt(s); err != nil {
			return err
		}
	}
	return nil
}

func (c *carrier) name() string {
	if c.leg.fn.Obj != nil {
		return c.leg.fn.Obj.Name()
	}
	return "a function literal"
}

// distinct reports whether a branch returns an error that is more than a text around what it was given.
func (c *carrier) distinct(b *ast.BlockStmt) bool {
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if e := c.errorOf(n); e != nil && !c.a.plainError(e) {
				found = true
			}
		}
		return !found
	})
	return found
}

// errorOf returns the error among the results of a return, nil where there is none.
func (c *carrier) errorOf(r *ast.ReturnStmt) ast.Expr {
	for _, e := range r.Results {
		if id := syntax.IdentOf(ast.Unparen(e)); id != nil && id.Name == "nil" {
			continue
		}
		if syntax.IsErrorLike(c.a.f.TypeOf(e)) {
			return e
		}
	}
	return nil
}

// stmt deals with one statement after the answer has come.
func (c *carrier) stmt(s ast.Stmt) error {
	f := c.a.f
	if entered, err := c.enter(s); entered {
		return err
	}
	switch s := s.(type) {
	case *ast.IfStmt:
		return c.branch(s)
	case *ast.SwitchStmt:
		if c.a.der.in(f, s.Tag) || c.a.inCases(s) {
			return c.cases(s)
		}
	case *ast.ReturnStmt:
		e := c.errorOf(s)
		if call, ok := e.(*ast.CallExpr); ok && c.mapper(call) {
			c.mapped(call)
		} else if e != nil && c.positive {
			c.add(nil, []ast.Stmt{s})
		}
	case *ast.ForStmt, *ast.RangeStmt, *ast.LabeledStmt, *ast.SelectStmt, *ast.GoStmt:
		return because("what %s makes of the answer could not be followed (%s)", c.name(), f.Place(s))
	}
	return nil
}

// enter goes into a function that a statement hands the answer to and that gives what it reads of it:
// body, err := read(resp).
func (c *carrier) enter(s ast.Stmt) (bool, error) {
	var e ast.Expr
	switch s := s.(type) {
	case *ast.AssignStmt:
		e = s.Rhs[0]
	case *ast.ReturnStmt:
		if len(s.Results) == 1 {
			e = s.Results[0]
		}
	}
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false, nil
	}
	m := c.p.ix.Target(c.a.f, call)
	if tup, ok := c.a.f.TypeOf(call).(*types.Tuple); !ok || tup.Len() != 2 || m == nil || m.Obj == nil {
		return false, nil
	}
	for i, id := range m.Params() {
		if id == nil || i >= len(call.Args) || !c.a.der.in(c.a.f, call.Args[i]) {
			continue
		}
		inner := &carrier{p: c.p, leg: &leg{fn: m, call: call, resp: m.File.Pkg.Info.Defs[id]}, x: c.x}
		err := inner.look()
		c.refusals = append(c.refusals, inner.refusals...)
		c.keeps = append(c.keeps, inner.keeps...)
		return true, err
	}
	return false, nil
}

// mapper reports whether a call makes an error of the answer's status.
func (c *carrier) mapper(call *ast.CallExpr) bool {
	return syntax.IsError(c.a.f.TypeOf(call)) && c.a.mapsStatus(&ast.ExprStmt{X: call})
}

// branch deals with an if on the answer.
func (c *carrier) branch(s *ast.IfStmt) error {
	f := c.a.f
	unclear := because("what %s makes of the answer's status could not be followed (%s)", c.name(), f.Place(s))
	if s.Init != nil && c.a.der.in(f, s.Init) {
		assign, ok := s.Init.(*ast.AssignStmt)
		if !ok || !c.a.mapsStatus(s.Init) {
			return nil // reading or decoding failed: Token says so, too
		}
		call, ok := assign.Rhs[0].(*ast.CallExpr)
		if !ok || !c.mapper(call) || len(assign.Lhs) != 1 || c.distinct(s.Body) {
			return unclear
		}
		c.mapped(call)
		return nil
	}
	if !c.a.der.in(f, s.Cond) {
		return nil
	}
	if positive(f, s.Cond) {
		if s.Else != nil {
			return unclear
		}
		c.positive = true
		return nil
	}
	c.add(s.Cond, s.Body.List)
	switch e := s.Else.(type) {
	case nil:
	case *ast.IfStmt:
		return c.branch(e)
	case *ast.BlockStmt:
		for _, s := range e.List {
			if err := c.stmt(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// cases deals with a switch on the answer's status.
func (c *carrier) cases(s *ast.SwitchStmt) error {
	f := c.a.f
	if s.Init != nil {
		return because("what %s makes of the answer's status could not be followed (%s)", c.name(), f.Place(s))
	}
	for _, cl := range s.Body.List {
		cl := cl.(*ast.CaseClause)
		if endOf(&ast.BlockStmt{List: cl.Body}) == goesOn || c.a.holdsDecode(cl) {
			if c.a.tells(&ast.BlockStmt{List: cl.Body}) {
				return because("what %s makes of the answer's status could not be followed (%s)", c.name(), f.Place(cl))
			}
			continue // the good case
		}
		if len(cl.List) == 0 {
			c.add(nil, cl.Body)
			continue
		}
		for _, e := range cl.List {
			cond := e
			if s.Tag != nil {
				cond = &ast.BinaryExpr{X: s.Tag, OpPos: e.Pos(), Op: token.EQL, Y: e}
			}
			c.add(cond, cl.Body)
		}
	}
	return nil
}

// add notes the branch that is taken under a condition, nil for always.
func (c *carrier) add(cond ast.Expr, list []ast.Stmt) {
	f := c.a.f
	r := refusal{tells: c.a.tells(&ast.BlockStmt{List: list})}
	var result ast.Expr
	if n := len(list); n > 0 {
		if ret, ok := list[n-1].(*ast.ReturnStmt); ok {
			result = c.errorOf(ret)
		}
	}
	for i, s := range list {
		if i < len(list)-1 && !c.reads(s) || result == nil {
			r.unsaid = because("%s makes an error of the answer in more than one step, and callers can tell it from others (%s)", c.name(), f.Place(s))
			c.refusals = append(c.refusals, r)
			return
		}
	}
	if cond != nil {
		r.cond, r.unsaid = c.say(cond)
	}
	if r.unsaid == nil {
		r.err, r.unsaid = c.say(result)
	}
	c.refusals = append(c.refusals, r)
}

// reads reports whether a statement only reads the answer, or ends with it.
func (c *carrier) reads(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return len(s.Rhs) == 1 && c.a.der.in(c.a.f, s.Rhs[0]) && !c.a.holdsDecode(s)
	case *ast.DeferStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return ok && hasName(syntax.CalleeName(call), "Close", "Copy")
	}
	return false
}

// mapped notes a call that makes an error of the answer: it is made of the refused one.
func (c *carrier) mapped(call *ast.CallExpr) {
	text, err := c.say(call)
	c.refusals = append(c.refusals, refusal{err: text, maps: true, tells: true, unsaid: err})
}

// say writes an expression of the leg at the point, in terms of the RetrieveError.
func (c *carrier) say(e ast.Expr) (string, error) {
	if b, ok := e.(*ast.BinaryExpr); ok && b.OpPos == b.Y.Pos() { // made of a switch and its case
		x, err := c.say(b.X)
		if err != nil {
			return "", err
		}
		y, err := c.say(b.Y)
		return x + " == " + y, err
	}
	f := c.a.f
	var edits []edit
	var failed error
	base := f.Offset(e.Pos())
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if v, ok := f.Object(sel.Sel).(*types.Var); ok && v.IsField() {
				_, failed = c.x.ident(f, c.leg.fn, e, sel.Sel)
			}
			ast.Inspect(sel.X, walk)
			return false
		}
		id, ok := n.(*ast.Ident)
		if !ok || failed != nil {
			return failed == nil
		}
		text := ""
		if obj := f.Object(id); c.a.der[obj] {
			text = refusedValue(obj.Type())
			if text == "" {
				failed = because("%s is used when the token service refuses (%s)", id.Name, f.Place(id))
			}
		} else if text, failed = c.x.ident(f, c.leg.fn, e, id); failed == nil {
			c.keeps = append(c.keeps, id)
		}
		at := f.Offset(id.Pos()) - base
		edits = append(edits, edit{at, at + len(id.Name), text})
		return true
	}
	ast.Inspect(e, walk)
	if failed != nil {
		return "", failed
	}
	return spliced(f.Text(e), edits), nil
}

// refusedValue says a value that was read from the answer in terms of the RetrieveError; "" if it cannot.
func refusedValue(t types.Type) string {
	switch {
	case t.String() == "*net/http.Response":
		return refusedName + ".Response"
	case t.String() == "[]byte":
		return refusedName + ".Body"
	case syntax.IsString(t):
		return "string(" + refusedName + ".Body)"
	case syntax.IsNumber(t):
		return refusedName + ".Response.StatusCode"
	}
	return ""
}

// spliced applies edits to a text.
func spliced(src string, edits []edit) string {
	slices.SortFunc(edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	last := 0
	for _, ed := range edits {
		b.WriteString(src[last:ed.from])
		b.WriteString(ed.text)
		last = ed.to
	}
	b.WriteString(src[last:])
	return b.String()
}
