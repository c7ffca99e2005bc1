package outcome

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// An Exchange is the call whose place Config.Token takes, with the functions below it.
type Exchange struct {
	Func *syntax.Func  // the function in which the token is fetched
	Call *ast.CallExpr // the call: of a library, or of the last function of Chain

	// Chain has the functions between the call that sends and Call, the sending one first: each holds the call of
	// the one before it. They may serve others and stay; what they make of the answer is evaluated.
	Chain []Link

	Decoding  *Decoding         // targets that the sending library decodes into; nil if it decodes nothing
	Millis    bool              // expires_in was milliseconds
	Closed    bool              // the old answer had access_token, token_type and expires_in, and no other members
	Durations bool              // a vendor's SDK returns the lifetime as a time.Duration
	Fields    map[string]string // of the structure that a vendor's SDK returns: members of the answer by field
}

// A Link is a function of the call chain between the send and the exchange, with the call in it that returns the answer.
type Link struct {
	Func *syntax.Func
	Call *ast.CallExpr
}

// A frame is a list of statements around the exchange.
type frame struct {
	list  []ast.Stmt
	at    int      // the statement that holds the exchange
	owner ast.Node // the node whose body the list is: *ast.FuncDecl, *ast.FuncLit, a loop, an if, a case, a block
	outer ast.Stmt // the statement of the frame around it that holds the list; nil for the body of the function
	tail  []ast.Stmt
}

// frames returns the lists of statements around a call, the innermost first. The first frame's tail begins with what is left of
// the statement that holds the call: an if without its head, for one.
func frames(d *syntax.Func, call *ast.CallExpr) ([]frame, ast.Stmt, error) {
	f := d.File
	stmt := f.Stmt(call) // the simple statement
	var head ast.Stmt    // the compound statement whose head it is
	var rest []ast.Stmt
	n := ast.Stmt(stmt)
	switch p := f.Parent[stmt].(type) {
	case *ast.IfStmt:
		if p.Init == stmt {
			without := *p
			without.Init = nil
			rest, head, n = []ast.Stmt{&without}, p, p
		} else {
			return nil, nil, reason.New(reason.Nested, "the exchange stands in the head of a statement (%s)", f.Place(stmt))
		}
	case *ast.SwitchStmt:
		if p.Init == stmt {
			without := *p
			without.Init = nil
			rest, head, n = []ast.Stmt{&without}, p, p
		}
	case *ast.ForStmt, *ast.RangeStmt, *ast.TypeSwitchStmt, *ast.CommClause:
		if l, _ := f.List(stmt); l == nil {
			return nil, nil, reason.New(reason.Nested, "the exchange stands in the head of a statement (%s)", f.Place(stmt))
		}
	}
	switch s := n.(type) {
	case *ast.IfStmt, *ast.SwitchStmt:
		if head == nil { // in a condition
			return nil, nil, reason.New(reason.Nested, "the exchange stands in the head of a statement (%s)", f.Place(s))
		}
	}
	var out []frame
	for {
		list, at := f.List(n)
		fr := frame{list: list, at: at}
		parent := f.Parent[n]
		if list == nil { // an else if, or the statement of a label
			fr.list, fr.at = []ast.Stmt{n}, 0
		}
		fr.tail = fr.list[fr.at+1:]
		if len(out) == 0 {
			fr.tail = append(slices.Clone(rest), fr.tail...)
		}
		fr.owner = parent
		if b, ok := parent.(*ast.BlockStmt); ok {
			fr.owner = f.Parent[b]
			if _, ok := fr.owner.(ast.Stmt); !ok {
				if _, isFunc := fr.owner.(*ast.FuncDecl); !isFunc {
					if _, isLit := fr.owner.(*ast.FuncLit); !isLit {
						fr.owner = b
					}
				}
			}
			if _, inList := fr.owner.(*ast.BlockStmt); inList { // a block in a list
				fr.owner = b
			}
		}
		switch o := fr.owner.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return append(out, fr), stmt, nil
		case *ast.CaseClause, *ast.CommClause:
			fr.outer = f.Parent[f.Parent[o]].(ast.Stmt)
		case ast.Stmt:
			fr.outer = o
			if o == n {
				return nil, nil, reason.New(reason.Nested, "the exchange stands where it cannot be followed (%s)", f.Place(stmt))
			}
		default:
			return nil, nil, reason.New(reason.Nested, "the exchange stands where it cannot be followed (%s)", f.Place(stmt))
		}
		out = append(out, fr)
		n = fr.outer
	}
}

// start is what is known right after the exchange. It returns a statement that is left to evaluate: the one that
// holds the call, where that is no assignment of its results.
func (ev *evaluator) start(stmt ast.Stmt, call *ast.CallExpr, from chained) (*env, ast.Stmt) {
	results := from.results
	en := &env{vars: map[types.Object]value{}, stale: map[types.Object]bool{}, calls: map[ast.Node]value{}, status: domain(ev.what), raw: true}
	if from.env != nil {
		for obj, v := range from.env.vars {
			if obj.Pos() >= ev.d.Body.Pos() && obj.Pos() < ev.d.Body.End() || ev.caller != nil {
				en.vars[obj] = v
			}
		}
		en.unchecked, en.diverged, en.failed, en.read = from.env.unchecked, from.env.diverged, from.env.failed, from.env.read
	}
	ev.decodeTargets(en)
	results = ev.received(call, results, en)
	lhs, rhs := syntax.Assigned(stmt)
	if len(rhs) != 1 || ast.Unparen(rhs[0]) != ast.Expr(call) || len(lhs) != len(results) {
		v := value{kind: tuple, parts: results}
		if len(results) == 1 {
			v = results[0]
		}
		en.calls[call] = v
		if e, ok := stmt.(*ast.ExprStmt); ok && ast.Unparen(e.X) == ast.Expr(call) {
			return en, nil
		}
		return en, stmt
	}
	for i, l := range lhs {
		id := syntax.IdentOf(l)
		if id == nil {
			if results[i].kind == ordinary && ev.isError(l) {
				fail(reason.New(reason.KeptElsewhere, "the error of the exchange is kept in %s (%s)", ev.f.Text(l), ev.f.Place(l)))
			}
			fail(reason.New(reason.KeptElsewhere, "the answer is kept in %s (%s)", ev.f.Text(l), ev.f.Place(l)))
		}
		if id.Name == "_" {
			continue
		}
		obj := ev.f.Object(id)
		v := results[i]
		if ev.caller == nil && v.kind == response {
			if lit := ev.literalBefore(obj); lit != nil && !ev.onlyCloses(lit.Body, en) {
				fail(reason.New(reason.Closure, "a function in front of the exchange uses its answer, %s (%s)", id.Name, ev.f.Place(lit)))
			}
		}
		if syntax.IsError(obj.Type()) {
			// Token assigns its error to the same variable.
			if v.sure(en.status).what == isNil && ev.what != Granted {
				en.stale[obj] = true
			} else if ev.caller == nil {
				v.text = ""
			}
			en.vars[obj] = v
			continue
		}
		if v.kind == decoded {
			v.obj, v.typ = obj, elem(obj.Type())
			if ev.fill[obj] || !ev.local(obj) {
				if ev.what == Granted {
					text := ""
					if stmtDefines(stmt) {
						text = "var " + id.Name + " " + ev.typeText(obj.Type()) + "\n"
					}
					fill := ev.filled(id.Name, obj.Type(), true, ev.f.Place(id), obj)
					ev.pending = append(ev.pending, &item{ev: ev, verb: written, text: rendering{text: text + fill, keeps: []ast.Node{id}}, env: en, status: en.status})
				}
				v.real = true
			}
		}
		if v.kind == ordinary && v.at == nil && v.text == "" {
			v = value{kind: raw} // its defining statement is removed: a use is declined
		}
		if !v.real { // it is not assigned any more
			en.stale[obj] = true
		}
		en.vars[obj] = v
	}
	return en, nil
}

func stmtDefines(s ast.Stmt) bool {
	a, ok := s.(*ast.AssignStmt)
	return !ok || a.Tok == token.DEFINE
}

// results are those of the call that sends, by the types that it has.
func (r *run) results(what Outcome, f *syntax.File, call *ast.CallExpr) []value {
	t := f.TypeOf(call)
	var out []value
	add := func(t types.Type) {
		switch {
		case syntax.IsError(t):
			if what == Failed || len(r.ex.Fields) > 0 && what != Granted {
				out = append(out, value{at: always(notNil), text: r.errName, plain: true})
			} else {
				out = append(out, nilValue())
			}
		case len(r.ex.Fields) > 0: // a vendor's SDK
			v := nilValue()
			if what == Granted {
				v = value{kind: decoded, typ: elem(t), at: always(notNil)}
			}
			out = append(out, v)
		case what == Failed && httpclient.OfResponse(t) == nil:
			out = append(out, nilValue())
		case t.String() == "*net/http.Response":
			v := value{kind: response, at: always(notNil)}
			if what == Refused {
				v.text = r.refused + ".Response"
			}
			out = append(out, v)
		case httpclient.OfResponse(t) != nil:
			out = append(out, r.answered(what, t))
		default:
			out = append(out, value{kind: raw})
		}
	}
	if tup, ok := t.(*types.Tuple); ok {
		for i := range tup.Len() {
			add(tup.At(i).Type())
		}
	} else if t != nil {
		add(t)
	}
	return out
}
