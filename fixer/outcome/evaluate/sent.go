package evaluate

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strconv"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/syntax"
)

// A program can mention the request after it was sent: its method and host in an error, its URL in a log line. The new program has no
// such variable, but it knows these values.

// A Sent has the constant properties of an exchange's request. A text is empty if the property is not constant, or another one in the
// new program. An operator reads the URL and its path, so they are the new ones, and only lines of a log and texts of errors may have them.
type Sent struct {
	Method, Scheme, Host string
	Path, URL            string
}

// requests returns the variables and parameters that hold the request of the exchange.
func (r *Run) requests() map[types.Object]bool {
	if r.sent != nil {
		return r.sent
	}
	r.sent = map[types.Object]bool{}
	if r.Ex.Sent == (Sent{}) {
		return r.sent
	}
	links := append([]Link{}, r.Ex.Chain...)
	links = append(links, Link{r.Ex.Func, r.Ex.Call})
	passed := -2 // the parameter of the last function that is the request; -2 for the call that sends
	for _, l := range links {
		var obj types.Object
		for i, a := range l.Call.Args {
			id := syntax.IdentOf(a)
			if id != nil && (passed == -2 || passed == i) && isRequest(l.Func.File.TypeOf(a)) {
				obj = l.Func.File.Object(id)
			}
		}
		if obj == nil || r.isReplaced(obj) {
			break
		}
		r.sent[obj] = true
		i, ok := l.Func.Param(obj)
		if !ok || i < 0 {
			break
		}
		passed = i
	}
	return r.sent
}

// isReplaced reports whether a variable holds several requests. A copy of it with another context is the same request.
func (r *Run) isReplaced(obj types.Object) bool {
	n := 0
	for _, s := range r.Ix.Sources(obj) {
		call, ok := ast.Unparen(s.Expr).(*ast.CallExpr)
		if ok && len(call.Args) == 1 {
			sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
			if ok && (sel.Sel.Name == "WithContext" || sel.Sel.Name == "Clone") && s.File.Object(syntax.IdentOf(sel.X)) == obj {
				continue
			}
		}
		n++
	}
	return n > 1
}

func isRequest(t types.Type) bool { return t != nil && types.TypeString(t, nil) == "*net/http.Request" }

// sentProperty evaluates a property of the request.
func (ev *Evaluator) sentProperty(e ast.Expr) (v value.Value, ok bool) {
	names, ok := ev.path(e)
	if !ok {
		return v, false
	}
	s := ev.Ex.Sent
	text := ""
	switch names {
	case "Method":
		text = s.Method
	case "Host", "URL.Host", "URL.Hostname()":
		text = s.Host
	case "URL.Scheme":
		text = s.Scheme
	case "URL.Path", "URL.EscapedPath()":
		if ev.forOperators(e) {
			text = s.Path
		}
	case "URL.String()", "URL":
		if ev.forOperators(e) {
			text = s.URL
		}
	}
	if text == "" {
		return v, false
	}
	v = value.Value{Text: strconv.Quote(text), At: constantly(constant.MakeString(text))}
	if text == httpclient.MethodPost {
		v.Text = Quoted("net/http") + ".MethodPost"
	}
	return v, true
}

// path returns the names of the selections behind a variable with the request: URL.Host.
func (ev *Evaluator) path(e ast.Expr) (names string, ok bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		sel, isSel := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		if !isSel || len(e.Args) > 0 {
			return "", false
		}
		names, ok = ev.path(sel)
		return names + "()", ok
	case *ast.SelectorExpr:
		if id := syntax.IdentOf(e.X); id != nil {
			return e.Sel.Name, ev.requests()[ev.F.Object(id)]
		}
		if _, ok := ast.Unparen(e.X).(*ast.SelectorExpr); !ok {
			return "", false
		}
		names, ok = ev.path(e.X)
		return names + "." + e.Sel.Name, ok
	}
	return "", false
}

// forOperators reports whether an expression is an argument of a log line or of the text of an error.
func (ev *Evaluator) forOperators(e ast.Expr) bool {
	for n := ev.F.Parent[e]; n != nil; n = ev.F.Parent[n] {
		switch n := n.(type) {
		case *ast.CallExpr:
			fn := ev.F.Callee(n)
			if fn == nil {
				continue
			}
			row := library.RowOf(fn)
			if library.EffectOf(fn) == library.Logs || row != nil && row.PlainError {
				return true
			}
		case ast.Stmt:
			return false
		}
	}
	return false
}
