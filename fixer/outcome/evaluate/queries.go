package evaluate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/syntax"
)

// maxDepth is the maximum depth of entered functions of the module. Helpers for answers are rarely nested more
// than three deep; a deeper call counts as a side effect, or the flow is declined.
const maxDepth = 6

const (
	everywhere value.DecodedFor = iota
	successes                   // 200 to 299
	failures                    // 400 and more
)

// local reports whether a variable is a local variable of the function that fetches the token, or of a function
// entered from it: not a parameter or a field, and not visible to other functions.
func (ev *Evaluator) local(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	if !ok || !syntax.IsLocal(v) {
		return false
	}
	for e := ev; e != nil; e = e.caller {
		if v.Pos() >= e.D.Body.Pos() && v.Pos() < e.D.Body.End() {
			return true
		}
		if r := e.D.Type.Results; e.caller != nil && r != nil && v.Pos() >= r.Pos() && v.Pos() < r.End() {
			return true // a named result of a function that is entered
		}
	}
	return false
}

// elem returns the element type of a pointer, or the type itself.
func elem(t types.Type) types.Type {
	if p, ok := syntax.Under(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// TypeText writes a type for the file in which the token is fetched.
func (r *Run) TypeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == r.Ex.Func.File.Pkg.Types {
			return ""
		}
		return Quoted(p.Path())
	})
}

// decodesItself reports whether a type has a method that a decoder calls in the place of filling it.
func decodesItself(t types.Type) bool {
	for _, name := range []string{"UnmarshalJSON", "UnmarshalText"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name); obj != nil {
			if _, ok := obj.(*types.Func); ok {
				return true
			}
		}
	}
	return false
}

// jsonFields returns the fields of a structure, those of embedded ones included. A structure that embeds itself has nothing
// more the second time.
func jsonFields(st *types.Struct) []jsonField { return jsonFieldsIn(st, map[*types.TypeName]bool{}) }

func jsonFieldsIn(st *types.Struct, in map[*types.TypeName]bool) []jsonField {
	var out []jsonField
	for i := range st.NumFields() {
		v := st.Field(i)
		name, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("json"), ",")
		if name == "-" {
			continue
		}
		if v.Embedded() && name == "" {
			named, _ := types.Unalias(elem(v.Type())).(*types.Named)
			if inner, ok := syntax.Under(elem(v.Type())).(*types.Struct); ok && named != nil && !in[named.Obj()] {
				in[named.Obj()] = true
				out = append(out, jsonFieldsIn(inner, in)...)
				delete(in, named.Obj())
			}
			continue
		}
		if !v.Exported() {
			continue
		}
		if name == "" {
			name = v.Name()
		}
		out = append(out, jsonField{path: v.Name(), key: strings.TrimSpace(strings.ToLower(name)), typ: v.Type(), obj: v})
	}
	return out
}

// Captured reports whether a function literal inside the function reads a variable.
func (ev *Evaluator) Captured(obj types.Object) bool {
	return ev.inClosure(obj, false)
}

func (ev *Evaluator) inClosure(obj types.Object, onlyWrites bool) bool {
	for _, id := range ev.Ix.Uses[obj] {
		f := ev.Ix.FileOf(id)
		d := ev.Ix.Enclosing(f, id)
		if d == nil || d.Node == ev.D.Node || f != ev.F {
			continue
		}
		if obj.Pos() >= d.Node.Pos() && obj.Pos() < d.Node.End() {
			continue // declared in the literal itself
		}
		if !onlyWrites || IsWritten(f, id) {
			return true
		}
	}
	return false
}

func (ev *Evaluator) assignedInClosure(obj types.Object) bool { return ev.inClosure(obj, true) }

// ofAnswer reports whether an expression is the body of the answer, by its syntax.
func (ev *Evaluator) ofAnswer(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Body" && ev.isResponse(sel.X)
}

// addressed returns x of &x, or e itself.
func addressed(e ast.Expr) ast.Expr {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok {
		return ast.Unparen(u.X)
	}
	return ast.Unparen(e)
}

func (ev *Evaluator) isErrorResult(i int) bool { return syntax.IsError(ev.resultType(i)) }

func (ev *Evaluator) resultType(i int) types.Type {
	k := 0
	for _, fld := range ev.D.Type.Results.List {
		for range max(1, len(fld.Names)) {
			if k == i {
				return ev.F.TypeOf(fld.Type)
			}
			k++
		}
	}
	return types.Typ[types.Invalid]
}

// literal returns the function literal that a variable with one definition holds.
func (ev *Evaluator) literal(c *ast.CallExpr) *syntax.Func {
	if lit, ok := ast.Unparen(c.Fun).(*ast.FuncLit); ok {
		return &syntax.Func{File: ev.F, Node: lit, Body: lit.Body, Type: lit.Type}
	}
	id := syntax.IdentOf(ast.Unparen(c.Fun))
	if id == nil {
		return nil
	}
	f, rhs := ev.Ix.Definition(ev.F.Object(id))
	if lit, ok := rhs.(*ast.FuncLit); ok && f == ev.F {
		return &syntax.Func{File: f, Node: lit, Body: lit.Body, Type: lit.Type}
	}
	return nil
}

func joinValues(vals []value.Value, rets []Exit) value.Value {
	v := vals[0]
	if len(vals) == 1 {
		return v
	}
	plain, handle := true, false
	for i, w := range vals {
		if f := w.Sure(rets[i].Env.Status); f.What != value.IsNil {
			plain = plain && w.Plain
		}
		handle = handle || w.Kind.Handle() && !w.Real
	}
	out := value.Value{Plain: plain, At: func(s int) value.Fact {
		var f value.Fact
		found := false
		for i, x := range rets {
			for _, t := range x.Env.Status {
				if t != s {
					continue
				}
				if g := vals[i].Fact(s); !found {
					f, found = g, true
				} else if !value.Same(f, g) {
					return value.Fact{}
				}
			}
		}
		return f
	}}
	if handle {
		out.Kind = value.Raw // which of them it is depends on the status
		for _, w := range vals {
			if w.Kind == value.Response {
				out.Kind = value.Response
				out.Text = w.Text
			}
		}
	}
	return out
}

func (ev *Evaluator) variable(id *ast.Ident, en *value.Env) value.Value {
	obj := ev.F.Object(id)
	if obj == nil {
		return value.Value{}
	}
	if _, ok := obj.(*types.Nil); ok {
		return nilValue()
	}
	if v, ok := en.Vars[obj]; ok {
		return v
	}
	if v, ok := obj.(*types.Var); ok && ev.isSentinel(v) {
		return value.Value{At: always(value.NotNil)}
	}
	return ev.Args[obj]
}

// isSentinel reports whether a package variable holds an error that is never nil: it is made once, by errors.New and the like, and
// not assigned again. Of other modules that is the custom for names that begin with Err.
func (ev *Evaluator) isSentinel(v *types.Var) bool {
	if v.IsField() || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() || !syntax.IsErrorLike(v.Type()) {
		return false
	}
	if ev.Ix.FileAt(v) == nil {
		return hasPrefix(v.Name(), "Err", "EOF")
	}
	is, known := ev.Sentinels[v]
	if !known {
		is = ev.madeOnce(v)
		ev.Sentinels[v] = is
	}
	return is
}

// madeOnce reports whether a package variable has one value, an error that is made.
func (ev *Evaluator) madeOnce(v *types.Var) bool {
	sources := ev.Ix.Sources(v)
	if len(sources) != 1 {
		return false
	}
	switch x := ast.Unparen(sources[0].Expr).(type) {
	case *ast.CallExpr:
		fn := sources[0].File.Callee(x)
		return plainError(fn)
	case *ast.UnaryExpr:
		_, lit := x.X.(*ast.CompositeLit)
		return lit && x.Op == token.AND
	case *ast.CompositeLit:
		return true
	}
	return false
}

func (ev *Evaluator) isResponse(e ast.Expr) bool {
	t := ev.F.TypeOf(e)
	return t != nil && t.String() == "*net/http.Response"
}

// part evaluates a field of the answer.
func (ev *Evaluator) part(name string) value.Value {
	if ev.What == Refused {
		v := value.Value{Text: ev.Refused + ".Response." + name}
		switch name {
		case "StatusCode":
			v.At = func(s int) value.Fact { return value.Fact{What: value.IsConst, C: constant.MakeInt64(int64(s))} }
		case "Body":
			return value.Value{Kind: value.Body, At: always(value.NotNil)}
		case "Header":
			v.Kind = value.Header
		}
		return v
	}
	switch name {
	case "StatusCode":
		return value.Value{At: constantly(constant.MakeInt64(200)), Text: "«net/http».StatusOK"}
	case "Status":
		return value.Value{At: constantly(constant.MakeString("200 OK")), Text: `"200 OK"`}
	case "Body":
		return value.Value{Kind: value.Body, At: always(value.NotNil)}
	case "Header":
		return value.Value{Kind: value.Header}
	}
	return value.Value{Kind: value.Response, Key: name} // no part of it that the new program has
}

// isError reports whether an expression is an error by its type.
func (ev *Evaluator) isError(e ast.Expr) bool { return syntax.IsErrorLike(ev.F.TypeOf(e)) }

// IsWritten reports whether an expression is assigned to, or its address taken.
func IsWritten(f *syntax.File, e ast.Expr) bool {
	switch p := f.Parent[e].(type) {
	case *ast.IncDecStmt:
		return true
	case *ast.UnaryExpr:
		return p.Op == token.AND
	}
	return f.Assigned(e) != nil
}

// JoinAll sets en to the facts after any of several paths; it reports whether there is a path.
func JoinAll(en *value.Env, ends []*value.Env) bool {
	if len(ends) == 0 {
		return false
	}
	acc := ends[0]
	for _, e := range ends[1:] {
		both := &value.Env{}
		both.Join(acc, e)
		acc = both
	}
	*en = *acc
	return true
}

// undecided reports whether this round still looks for the checks of a decoded refusal.
func (ev *Evaluator) undecided(en *value.Env) bool {
	n := en.Unchecked
	return n != nil && !ev.Cut[n] && !ev.Exact[n] && !ev.ByError[n]
}

// untouched reports whether a result has not been assigned to before the exchange was made.
func (ev *Evaluator) untouched(obj types.Object) bool {
	for _, id := range ev.Ix.Uses[obj] {
		if id.Pos() < ev.Ex.Call.Pos() && IsWritten(ev.Ix.FileOf(id), id) {
			return false
		}
	}
	return !ev.assignedInClosure(obj)
}

// zeroText writes the zero value of a type.
func (r *Run) zeroText(t types.Type) string {
	switch u := syntax.Under(t).(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsBoolean != 0:
			return "false"
		}
		return "0"
	case *types.Struct, *types.Array:
		return r.TypeText(t) + "{}"
	}
	return "nil"
}
