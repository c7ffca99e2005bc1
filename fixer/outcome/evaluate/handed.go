package evaluate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/syntax"
)

// A function that decodes the answer and returns the result, reply, err := decode[tokenReply](resp), has a variable of its own, which the
// new program does not have after a grant. Members of the result are expressed by the token, as those of any decoded variable.
// Where the result is used as a whole, the variable that gets it is filled from the token.

// isEntered reports whether a variable belongs to a function that was entered, and was empty before the answer was decoded into it.
func (ev *Evaluator) isEntered(obj types.Object) bool {
	home := ev.Ex.Func
	if obj == nil || obj.Pos() >= home.Node.Pos() && obj.Pos() < home.Node.End() {
		return false
	}
	return !slices.ContainsFunc(ev.Ix.Sources(obj), func(s syntax.Source) bool {
		c, ok := ast.Unparen(s.Expr).(*ast.CallExpr)
		return !isEmptyLiteral(s.Expr) && !(ok && s.File.Builtin(c) == "make")
	})
}

// handed returns a result of a function that was entered. A pointer to its decoded variable is as good as the variable.
func (ev *Evaluator) handed(p value.Value, en *value.Env) value.Value {
	if ev.What == Granted && p.Kind == value.Address && ev.isEntered(p.Obj) {
		if d := en.Vars[p.Obj]; d.Kind == value.Decoded && !d.Real {
			d.At = always(value.NotNil)
			return d
		}
	}
	return p
}

// taken records that an operand of an assignment gets a decoded variable of a function that was entered. The result is the value of the
// operand, and whether it was filled.
func (ev *Evaluator) taken(l ast.Expr, p value.Value, tok token.Token, en *value.Env) (value.Value, bool) {
	if ev.What != Granted || ev.caller != nil || p.Kind != value.Decoded || p.Real || !ev.isEntered(p.Obj) || isBlank(l) {
		return p, false
	}
	id := syntax.IdentOf(ast.Unparen(l))
	var obj types.Object
	if id != nil {
		obj = ev.F.Object(id)
	}
	if obj != nil && ev.local(obj) && !ev.Captured(obj) && !ev.Fill[obj] {
		if ev.readBehind(obj) {
			Fail(&FillRequest{obj})
		}
		p.Obj = obj
		return p, false
	}
	t, place := ev.F.TypeOf(l), ev.F.Place(l)
	name := ev.target(&Item{}, l, en)
	_, isPtr := syntax.Under(t).(*types.Pointer)
	_, isStruct := syntax.Under(t).(*types.Struct)
	var text string
	switch declared := id != nil && tok == token.DEFINE && ev.F.Pkg.Info.Defs[id] != nil; {
	case !isPath(l): // it is evaluated once, and an element of a map has no fields to fill
		own, src := ev.ownVariable(t, place)
		text = src + "\n" + name + " = " + own
	case declared && isPtr:
		text = name + " := &" + ev.TypeText(elem(t)) + "{}\n" + ev.filled(name, t, false, place, obj)
	case declared:
		text = "var " + name + " " + ev.TypeText(t) + "\n" + ev.filled(name, t, false, place, obj)
	case isStruct: // the other fields are empty, too
		text = name + " = " + ev.TypeText(t) + "{}\n" + ev.filled(name, t, false, place, obj)
	default:
		text = ev.filled(name, t, true, place, obj)
	}
	ev.Pending = append(ev.Pending, &Item{Verb: Written, Text: Rendering{Text: text, Keeps: []ast.Node{l}}})
	return value.Value{Kind: value.Decoded, Real: true, Typ: elem(t), Obj: obj, At: p.At}, true
}

// ownVariable returns the name of a new variable that is filled from the token, and the statements that declare and fill it.
func (ev *Evaluator) ownVariable(t types.Type, place string) (name, src string) {
	name = ev.Run.Free("answer", "result", "fetched")
	return name, "var " + name + " " + ev.TypeText(t) + "\n" + ev.filled(name, t, true, place, nil)
}

// isPath reports whether an operand is a variable, or a field of one, by names only.
func isPath(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isPath(e.X)
	}
	return false
}
