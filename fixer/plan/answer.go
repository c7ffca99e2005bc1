package plan

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
)

// An answer rewrites what a function does with the answer of the exchange, from the statement after
// the send to the decoding: reading, checking and decoding go, and what was decoded is filled from
// the *oauth2.Token instead.
type answer struct {
	p    *planner
	d    *syntax.Func
	f    *syntax.File
	der  objects
	skip ast.Stmt // the statement with the exchange itself
	tok  string   // name of the *oauth2.Token
	err  types.Object

	set  *change.Set
	fill *filler

	requestCheck *ast.IfStmt    // the check of the request's error
	failure      *ast.BlockStmt // and what it does

	errorFields map[types.Object]map[types.Object]string // of decoded variables: field to key
	checked     bool                                     // every refusal is asked for
	refusals    []*ast.IfStmt                            // branches on the status that went because nobody can tell them from the failure
}

// follow goes through all statements of the function that touch the answer.
func (a *answer) follow() error { return a.block(a.d.Body.List) }

func (a *answer) block(list []ast.Stmt) error {
	for i := 0; i < len(list); i++ {
		s := list[i]
		if _, gone := a.set.Remove[s]; gone || s == a.skip || !a.der.in(a.f, s) {
			continue
		}
		if a.skip != nil && s.Pos() <= a.skip.Pos() && a.skip.End() <= s.End() {
			// The exchange itself is inside: only look further in.
			if err := a.inside(s); err != nil {
				return err
			}
			continue
		}
		var next ast.Stmt
		if i+1 < len(list) {
			next = list[i+1]
		}
		ate, err := a.stmt(s, next)
		if err != nil {
			return err
		}
		if ate {
			i++
		}
	}
	return nil
}

// inside visits the blocks of a compound statement.
func (a *answer) inside(s ast.Stmt) error {
	switch s := s.(type) {
	case *ast.BlockStmt:
		return a.block(s.List)
	case *ast.IfStmt:
		if err := a.block(s.Body.List); err != nil {
			return err
		}
		if s.Else != nil {
			return a.inside(s.Else)
		}
		return nil
	case *ast.ForStmt:
		return a.block(s.Body.List)
	case *ast.RangeStmt:
		return a.block(s.Body.List)
	case *ast.LabeledStmt:
		return a.inside(s.Stmt)
	case *ast.SwitchStmt:
		for _, c := range s.Body.List {
			if err := a.block(c.(*ast.CaseClause).Body); err != nil {
				return err
			}
		}
		return nil
	case *ast.ExprStmt, *ast.AssignStmt, *ast.DeferStmt, *ast.GoStmt, *ast.ReturnStmt:
		// the exchange is in a function literal here, whose statements were visited as its own
		return nil
	}
	return because("the answer is used in a statement that cannot be rewritten (%s)", a.f.Place(s))
}

// stmt deals with one statement that uses the answer. It reports whether the next one, the check of
// its error, is dealt with too.
func (a *answer) stmt(s, next ast.Stmt) (ate bool, err error) {
	if dec, ok := a.decodeIn(s); ok {
		return a.decode(s, next, dec)
	}
	if dc, ok := a.decoderIn(s); ok {
		return false, a.decoder(dc)
	}
	if to := a.keptElsewhere(s); to != nil {
		return false, because("the answer itself goes somewhere else, too: %s (%s)", syntax.OneLine(a.f.Text(to)), a.f.Place(to))
	}
	if body := deferred(s); body != nil && !a.onlyReads(body) {
		// Unlocking, say, has nothing to do with the answer.
		return false, a.block(body.List)
	}
	switch s := s.(type) {
	case *ast.DeferStmt, *ast.ExprStmt, *ast.GoStmt:
		if e, ok := s.(*ast.ExprStmt); ok && a.says(e) {
			return false, nil
		}
		a.drop(s, "reads the answer of the exchange")
		return false, nil
	case *ast.DeclStmt:
		if _, replaced := a.set.Replace[s]; !replaced { // it may declare the token now
			a.drop(s, "")
		}
		return false, nil
	case *ast.AssignStmt:
		for _, l := range s.Lhs {
			id := syntax.IdentOf(l)
			if id == nil || id.Name != "_" && !a.der[a.f.Object(id)] && !syntax.IsError(a.f.TypeOf(id)) {
				return false, because("the answer's %s is kept beyond the exchange (%s)", a.f.Text(s.Rhs[0]), a.f.Place(s))
			}
		}
		a.drop(s, "")
		return a.check(s, next), nil
	case *ast.IfStmt:
		return false, a.branch(s)
	case *ast.SwitchStmt:
		if a.der.in(a.f, s.Tag) || a.inCases(s) {
			if a.holdsDecode(s) {
				return false, because("the answer is decoded in one branch of a switch on its status (%s)", a.f.Place(s))
			}
			if why := a.keepsCase(s); why != "" {
				return false, because("%s (%s)", why, a.f.Place(s))
			}
			a.drop(s, "")
			return false, nil
		}
		return false, a.inside(s)
	case *ast.ForStmt, *ast.RangeStmt, *ast.BlockStmt, *ast.LabeledStmt:
		return false, a.inside(s)
	}
	return false, because("the answer of the exchange is used for something else (%s)", a.f.Place(s))
}

func (a *answer) inCases(s *ast.SwitchStmt) bool {
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			if a.der.in(a.f, e) {
				return true
			}
		}
	}
	return false
}

// branch deals with an if whose condition or body uses the answer.
func (a *answer) branch(s *ast.IfStmt) error {
	init := s.Init != nil && a.der.in(a.f, s.Init)
	if !init && !a.der.in(a.f, s.Cond) {
		if err := a.inside(s); err != nil {
			return err
		}
		if a.emptied(s) {
			a.drop(s, "")
		}
		return nil
	}
	if init && a.mapsStatus(s.Init) {
		return a.moveMapped(s)
	}
	a.checked = a.checked || a.asksAll(s.Cond)
	if unwrapped, err := a.unwrap(s, init); unwrapped || err != nil {
		return err
	}
	if a.holdsDecode(s) && (a.asks(s.Cond) == success || endOf(s.Body) == goesOn) {
		return because("the answer is decoded only under a condition on itself (%s)", a.f.Place(s))
	}
	// `err != nil || resp.StatusCode != 200`: what asks the answer goes, the rest stays.
	if rest := a.withoutAnswer(s.Cond); rest != nil && !init {
		if a.der.in(a.f, s.Body) || s.Else != nil {
			return because("an error branch is shared by the request and the answer's status (%s)", a.f.Place(s))
		}
		a.set.Replace[s.Cond] = change.Text{Src: a.f.Text(rest), Keeps: []ast.Node{rest}}
		return nil
	}
	if s.Else != nil && !a.only(s.Else) {
		return because("the program goes two ways by the answer's status (%s)", a.f.Place(s))
	}
	if why := a.keeps(s); why != "" {
		return because("%s (%s)", why, a.f.Place(s))
	}
	if a.skip != nil && a.tells(s.Body) {
		// Those that come before it may be about the same answers, so they go along, in their order.
		for _, earlier := range a.refusals {
			if err := a.move(earlier); err != nil {
				return err
			}
		}
		a.refusals = nil
		return a.move(s)
	}
	if a.skip != nil && endOf(s.Body) != goesOn {
		a.refusals = append(a.refusals, s)
	}
	a.drop(s, "")
	return nil
}

// keepsCase says why a switch on the answer cannot simply go.
func (a *answer) keepsCase(s *ast.SwitchStmt) string {
	asks := func(e ast.Expr) question {
		if s.Tag == nil {
			return a.asks(e)
		}
		return a.asksValue(&ast.BinaryExpr{X: s.Tag, Op: token.EQL, Y: e})
	}
	good := false // some case is that of a success
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			good = good || asks(e) == success
		}
	}
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		body := &ast.BlockStmt{List: c.Body}
		all := refused
		for _, e := range c.List {
			if q := asks(e); q != refused {
				all = q
			}
		}
		if len(c.List) == 0 && !good {
			all = success
		}
		switch {
		case all == refused && a.skip != nil && a.tells(body):
			return "the program goes several ways when the token service refuses it"
		case all == refused, a.onlyReads(body):
		case all == unclear && a.refuses(body):
		default:
			return "the program does something where the answer is a success"
		}
	}
	return ""
}

// keeps says why an if on the answer cannot simply go: something in it is done when all is well.
func (a *answer) keeps(s *ast.IfStmt) string {
	switch asks := a.asks(s.Cond); {
	case asks == refused && s.Else == nil:
		return ""
	case asks == success && !a.onlyReads(s.Body):
		return "the program does something where the answer is a success"
	case asks == unclear && (!a.onlyReads(s.Body) && !a.refuses(s.Body) || endOf(s.Body) == jumps):
		return "the program does something by what it reads of the answer"
	}
	if b, ok := s.Else.(*ast.BlockStmt); ok && a.asks(s.Cond) != success && !a.onlyReads(b) {
		return "the program does something where the answer is no refusal"
	}
	return ""
}

// mapsStatus reports whether a statement hands the answer, or its status, to a function of the module
// that makes an error of it.
func (a *answer) mapsStatus(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !found {
			found = a.p.ix.Target(a.f, c) != nil && syntax.IsError(a.f.TypeOf(c)) && a.der.in(a.f, c) && !a.holdsDecode(c)
		}
		return !found
	})
	return found
}

// only reports whether a statement does nothing but deal with the answer or give up.
func (a *answer) only(s ast.Stmt) bool {
	b, ok := s.(*ast.BlockStmt)
	if !ok {
		i, ok := s.(*ast.IfStmt)
		return ok && a.der.in(a.f, i.Cond) && (i.Else == nil || a.only(i.Else))
	}
	return terminates(b)
}

func terminates(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.ExprStmt:
		c, ok := s.X.(*ast.CallExpr)
		return ok && (hasName(syntax.CalleeName(c), "Fatal", "Panic", "panic", "Exit"))
	}
	return false
}

func (a *answer) withoutAnswer(cond ast.Expr) ast.Expr {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.LOR {
		return nil
	}
	l, r := a.der.in(a.f, b.X), a.der.in(a.f, b.Y)
	switch {
	case l && r:
		return nil
	case l:
		return b.Y
	case r:
		return b.X
	}
	return nil
}

func (a *answer) emptied(s *ast.IfStmt) bool {
	if s.Else != nil {
		return false
	}
	for _, b := range s.Body.List {
		if _, gone := a.set.Remove[b]; !gone {
			return false
		}
	}
	return true
}

func (a *answer) holdsDecode(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !found {
			if _, ok := a.p.decodeOf(a.f, c, a.der); ok {
				found = true
			} else if _, ok := a.p.decoderOf(a.f, c, a.der); ok {
				found = true
			}
		}
		return !found
	})
	return found
}

// drop removes a statement that only dealt with the answer.
func (a *answer) drop(s ast.Stmt, why string) {
	if why != "" {
		if e, ok := s.(*ast.ExprStmt); ok {
			if c, ok := e.X.(*ast.CallExpr); ok && !hasName(syntax.CalleeName(c), "Close", "Copy", "ReadFrom") {
				a.set.Look(safety.Statement, "dropped with the exchange: "+syntax.OneLine(a.f.Text(s))+" ("+a.f.Place(s)+")")
			}
		}
	}
	if why == "" {
		why = "answer of the exchange"
	}
	a.set.Remove[s] = why
}

// check removes the error check that follows a dropped statement.
func (a *answer) check(s *ast.AssignStmt, next ast.Stmt) bool {
	i, ok := next.(*ast.IfStmt)
	if !ok || i.Init != nil || i.Else != nil {
		return false
	}
	for _, l := range s.Lhs {
		id := syntax.IdentOf(l)
		if id == nil || id.Name == "_" || !syntax.IsError(a.f.TypeOf(id)) {
			continue
		}
		if a.checks(i.Cond, a.f.Object(id)) {
			a.set.Remove[i] = "answer of the exchange"
			return true
		}
	}
	return false
}

// checks reports whether cond is `err != nil`.
func (a *answer) checks(cond ast.Expr, err types.Object) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ {
		return false
	}
	x, y := syntax.IdentOf(b.X), syntax.IdentOf(b.Y)
	if x != nil && x.Name == "nil" {
		x, y = y, x
	}
	return x != nil && y != nil && a.f.Object(x) == err && y.Name == "nil"
}

// decodeIn finds the decoding call of a statement, not of the blocks inside it.
func (a *answer) decodeIn(s ast.Stmt) (decodeCall, bool) {
	var heads []ast.Node
	switch s := s.(type) {
	case *ast.IfStmt:
		if s.Init != nil {
			heads = append(heads, s.Init)
		}
		heads = append(heads, s.Cond)
	case *ast.ExprStmt, *ast.AssignStmt, *ast.ReturnStmt:
		heads = append(heads, s)
	}
	var found decodeCall
	ok := false
	for _, h := range heads {
		ast.Inspect(h, func(n ast.Node) bool {
			if c, isCall := n.(*ast.CallExpr); isCall && !ok {
				found, ok = a.p.decodeOf(a.f, c, a.der)
			}
			return !ok
		})
	}
	return found, ok
}

// decode replaces the decoding by filling the target from the token.
func (a *answer) decode(s, next ast.Stmt, dec decodeCall) (ate bool, err error) {
	if err := a.errorReads(dec.target); err != nil {
		return false, err
	}
	text, err := a.fill.target(a.d, dec.target, a.tok, s)
	if err != nil {
		return false, err
	}
	switch s := s.(type) {
	case *ast.ExprStmt:
		a.instead(s, text)
		return false, nil
	case *ast.AssignStmt:
		a.instead(s, text)
		return a.check(s, next), nil
	case *ast.IfStmt:
		return false, a.decodeIf(s, dec, text)
	case *ast.ReturnStmt:
		if text.Src != "" {
			a.set.Before[s] = text
		}
		a.set.Replace[dec.call] = change.Text{Src: "nil"}
		return false, nil
	}
	return false, because("the decoding of the answer stands in a statement that cannot be rewritten (%s)", a.f.Place(s))
}

// instead removes s and puts text where it stood.
func (a *answer) instead(s ast.Stmt, text change.Text) {
	if text.Src == "" {
		a.set.Remove[s] = "decoding of the answer"
		return
	}
	// Not text before a statement that goes: a branch with nothing else in it would go as a whole.
	a.set.Replace[s] = text
}
