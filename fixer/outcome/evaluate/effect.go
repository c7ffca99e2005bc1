package evaluate

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// onlyReads reports whether the calls of an expression only read, decode or close the answer, or compute.
func (ev *Evaluator) onlyReads(e ast.Expr) bool {
	only := ev.What != Refused || len(ev.decoding(e)) == 0
	return only && ev.readsOnly(e)
}

// decoding returns the variables that the calls in an expression decode something into.
func (ev *Evaluator) decoding(e ast.Expr) []types.Object {
	var out []types.Object
	ast.Inspect(e, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if r, ok := ev.readOf(c); ok && r.decodes != none {
				if t := syntax.Operand(c, r.decodes); t != nil {
					if id := syntax.Root(addressed(t)); id != nil {
						out = append(out, ev.F.Object(id))
					} else {
						out = append(out, nil)
					}
				}
			} else if ev.Ix.Target(ev.F, c) != nil {
				out = append(out, ev.mayFill(c)...)
			}
		}
		return true
	})
	return out
}

// readsOnly is onlyReads if the decoded value does not matter.
func (ev *Evaluator) readsOnly(e ast.Expr) bool {
	only := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if _, read := ev.readOf(n); read || ev.pureCall(n) {
				return true
			}
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Close" && ev.ofAnswer(sel.X) {
				return true
			}
			if d := ev.Ix.Target(ev.F, n); d != nil && ev.depth < maxDepth && ev.Entered[Entry{ev.What, n}] {
				return true
			}
			only = false
		case *ast.UnaryExpr:
			only = only && n.Op != token.ARROW
		case *ast.FuncLit:
			return false
		}
		return only
	})
	return only
}

// useNumber records that a decoder decodes numbers as json.Number.
func (ev *Evaluator) useNumber(c *ast.CallExpr, en *value.Env) {
	sel := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if sel.Sel.Name != "UseNumber" {
		return
	}
	id := syntax.IdentOf(ast.Unparen(sel.X))
	if id == nil {
		Fail(reason.New(reason.Statement, "UseNumber is called on a decoder that is not a variable (%s)", ev.F.Place(c)))
	}
	v := ev.variable(id, en)
	v.Numbers = true
	en.Vars[ev.F.Object(id)] = v
}

// readsBody reports whether a call may read the body of the answer that is its i-th argument.
func (ev *Evaluator) readsBody(c *ast.CallExpr, i, depth int) bool {
	d := ev.Ix.Target(ev.F, c)
	if d == nil || depth > maxDepth {
		return true
	}
	params := d.Params()
	if i >= len(params) || params[i] == nil {
		return false
	}
	obj := d.File.Pkg.Info.Defs[params[i]]
	reads := false
	inner := &Evaluator{Run: ev.Run, What: ev.What, F: d.File, D: d}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id := syntax.IdentOf(n.X); id != nil && d.File.Object(id) == obj {
				reads = reads || n.Sel.Name == "Body"
				return false
			}
		case *ast.CallExpr:
			for k, a := range n.Args {
				if id := syntax.IdentOf(a); id != nil && d.File.Object(id) == obj {
					reads = reads || inner.readsBody(n, k, depth+1)
				}
			}
		}
		return !reads
	})
	return reads
}

// endsProgram reports whether a call never returns.
func (ev *Evaluator) endsProgram(c *ast.CallExpr) bool {
	if b, ok := ev.F.Pkg.Info.Uses[syntax.IdentOf(ast.Unparen(c.Fun))].(*types.Builtin); ok {
		return b.Name() == "panic"
	}
	fn := ev.F.Callee(c)
	if fn == nil {
		if fn = ev.functionOf(c); fn == nil {
			d := ev.literal(c)
			return d != nil && ev.neverReturnsFrom(d)
		}
	}
	if effect, ok := ev.declared(fn, c); ok {
		return effect == library.Exits
	}
	if d := ev.Ix.Funcs[fn]; d != nil {
		return ev.neverReturnsFrom(d)
	}
	return library.Ends(fn)
}

// functionOf returns the function that a variable with one definition holds: exit := os.Exit.
func (ev *Evaluator) functionOf(c *ast.CallExpr) *types.Func {
	id := syntax.IdentOf(ast.Unparen(c.Fun))
	if id == nil {
		return nil
	}
	v, ok := ev.F.Object(id).(*types.Var)
	if !ok {
		return nil
	}
	sources := ev.Ix.Sources(v)
	if len(sources) != 1 {
		return nil
	}
	name := library.NameOf(sources[0].Expr)
	if name == nil {
		return nil
	}
	fn, _ := sources[0].File.Object(name).(*types.Func)
	return fn
}

func (ev *Evaluator) neverReturnsFrom(d *syntax.Func) bool {
	return d.Body != nil && ev.depth < maxDepth && (&Evaluator{Run: ev.Run, What: ev.What, F: d.File, D: d, depth: ev.depth + 1}).neverReturns()
}

// declared returns the effect that the configuration declares for a callee, and adds the remark that the rewrite relies on it.
func (ev *Evaluator) declared(fn *types.Func, c *ast.CallExpr) (library.Effect, bool) {
	d, ok := ev.Ix.Declared.Of(fn)
	if ok {
		ev.note(safety.Declared, d.Remark(fn, ev.F.Place(c)))
	}
	return d.Effect, ok
}

// neverReturns reports whether a function of the module ends the program on its last line and returns nowhere.
func (ev *Evaluator) neverReturns() bool {
	if len(ev.D.Body.List) == 0 {
		return false
	}
	last, ok := ev.D.Body.List[len(ev.D.Body.List)-1].(*ast.ExprStmt)
	if !ok {
		return false
	}
	c, ok := last.X.(*ast.CallExpr)
	return ok && len(syntax.Returns(ev.D.Body)) == 0 && ev.endsProgram(c)
}

// pureCall reports whether a call has no side effect.
func (ev *Evaluator) pureCall(c *ast.CallExpr) bool {
	if ev.F.Pkg.Info.Types[c.Fun].IsType() {
		return true
	}
	if b, ok := ev.F.Pkg.Info.Uses[syntax.IdentOf(ast.Unparen(c.Fun))].(*types.Builtin); ok {
		switch b.Name() {
		case "panic", "print", "println", "close", "copy", "delete", "clear", "recover":
			return false
		}
		return true
	}
	fn := ev.F.Callee(c)
	if fn == nil {
		return false
	}
	if effect, ok := ev.declared(fn, c); ok {
		return effect.Harmless()
	}
	if d := ev.Ix.Funcs[fn]; d != nil {
		return ev.depth < maxDepth && (&Evaluator{Run: ev.Run, What: ev.What, F: d.File, D: d, depth: ev.depth + 1}).pureBody()
	}
	return library.Harmless(fn)
}

// pureBody reports whether a function only computes: it assigns only to its own variables, and calls only pure functions.
func (ev *Evaluator) pureBody() bool {
	pure := true
	own := func(e ast.Expr) bool {
		id := syntax.Root(e)
		if id == nil {
			return false
		}
		obj := ev.F.Object(id)
		return id.Name == "_" || obj != nil && obj.Pos() >= ev.D.Body.Pos() && obj.Pos() < ev.D.Body.End()
	}
	ast.Inspect(ev.D.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			pure = pure && ev.pureCall(n)
		case *ast.AssignStmt, *ast.IncDecStmt, *ast.RangeStmt:
			for _, l := range syntax.Targets(n) {
				pure = pure && own(l)
			}
		case *ast.SendStmt, *ast.GoStmt, *ast.DeferStmt, *ast.SelectStmt:
			pure = false
		case *ast.UnaryExpr:
			pure = pure && n.Op.String() != "<-"
		case *ast.FuncLit:
			return false
		}
		return pure
	})
	return pure
}

// pureExpr reports whether the evaluation of an expression has no side effect.
func pureExpr(ev *Evaluator, e ast.Expr) bool {
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if !ev.pureCall(n) {
				pure = false
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				pure = false
			}
		case *ast.FuncLit:
			return false
		}
		return pure
	})
	return pure
}

// Quiet reports whether an item has no visible effect: it computes, and assigns to variables of the function.
func (it *Item) Quiet() bool {
	if it.Verb == Dropped {
		return true
	}
	if it.Node == nil || it.Verb == Spliced || it.Leaves {
		return false
	}
	quiet := true
	ast.Inspect(it.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			quiet = quiet && (it.Ev.pureCall(n) || it.Ev.readsOnly(n))
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				id := syntax.IdentOf(l)
				quiet = quiet && id != nil && (id.Name == "_" || it.Ev.local(it.Ev.F.Object(id)))
			}
		case *ast.DeclStmt, *ast.BlockStmt, *ast.IfStmt, *ast.ExprStmt, ast.Expr:
		case ast.Stmt:
			quiet = false
		}
		return quiet
	})
	return quiet
}

// mayFill returns the variables that a function of the module may fill: arguments that are addresses, pointers or maps.
func (ev *Evaluator) mayFill(c *ast.CallExpr) []types.Object {
	var out []types.Object
	for _, a := range c.Args {
		id := syntax.Root(addressed(a))
		if id == nil {
			continue
		}
		u, isAddress := ast.Unparen(a).(*ast.UnaryExpr)
		switch syntax.Under(ev.F.TypeOf(a)).(type) {
		case *types.Pointer, *types.Map:
			if ev.isResponse(a) {
				continue
			}
			isAddress = true
		}
		if isAddress && (u == nil || u.Op == token.AND) {
			out = append(out, ev.F.Object(id))
		}
	}
	return out
}
