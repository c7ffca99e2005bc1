package request

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// client returns the HTTP client that sends the exchange.
func client(p *find.Finder, fl *flow.Flow, pt *place.Point, x *express.Expresser, set *change.Set) (change.Text, error) {
	f, call := p.Index.Call(fl.Send)
	lc, err := place.LibraryOf(p, f, call)
	if err != nil {
		return change.Text{}, err
	}
	if lc != nil {
		pt.Library = lc
		return libraryClient(p, lc, x, set)
	}
	if len(pt.Chain) > 0 && wraps(p, f, call, pt) {
		// A shared wrapper of the program stays, and sends the new request like the client.
		f, call, pt.Through = pt.Func.File, pt.Call, true
	}
	fun := ast.Unparen(call.Fun)
	if id := syntax.IdentOf(fun); id != nil {
		// post := http.PostForm
		if g, rhs := x.Index.Definition(f.Object(id)); rhs != nil {
			f, fun = g, ast.Unparen(rhs)
		}
	}
	if id := syntax.IdentOf(fun); id != nil { // a dot import
		if fn, ok := f.Object(id).(*types.Func); ok && fn.Pkg() != nil && fn.Pkg().Path() == "net/http" {
			return change.Text{}, nil
		}
	}
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return throughDo(p, f, fun, x, set)
	}
	if id := syntax.IdentOf(sel.X); id != nil {
		if pkg, ok := f.Object(id).(*types.PkgName); ok {
			lib := httpclient.OfPackage(pkg.Imported().Path())
			switch {
			case lib != nil && lib.Default != "":
				return change.Text{Src: lib.Default}, nil
			case pkg.Imported().Path() == "net/http":
				return change.Text{}, nil
			}
			return throughDo(p, f, fun, x, set)
		}
	}
	receiver := sel.X
	if f.Pkg.Info.Types[sel.X].IsType() && len(call.Args) > 0 { // (*http.Client).Do(client, req)
		receiver = call.Args[0]
	}
	return receiverClient(p, f, call, sel, receiver, x, set)
}

// receiverClient returns the HTTP client of a call that sends by a method, sel, of receiver.
func receiverClient(p *find.Finder, f *syntax.File, call *ast.CallExpr, sel *ast.SelectorExpr, receiver ast.Expr, x *express.Expresser, set *change.Set) (change.Text, error) {
	t := f.TypeOf(receiver)
	if t == nil {
		return change.Text{}, reason.New(reason.UnknownType, "the type of %s is not known (%s)", f.Text(receiver), f.Place(call))
	}
	if lib := httpclient.OfClient(t); lib != nil && lib.Request == "" {
		text, err := x.Express(f, receiver)
		if err != nil {
			return text, reason.Of(reason.OtherFunction, err)
		}
		text.Src += lib.Standard
		return text, nil
	}
	if name := t.String(); name != "*net/http.Client" && name != "net/http.Client" {
		if httpclient.SendsByDo(f.Callee(call)) {
			place.HeaderArgument(f, call, set)
			return throughMethod(p, f, receiver, x, set)
		}
		return throughDo(p, f, sel, x, set)
	}
	if PlainClient(p, f, receiver) {
		return change.Text{}, nil
	}
	text, err := x.Express(f, receiver)
	if err != nil {
		if got, ok := accessor(p, f, receiver, x, set); ok {
			return got, nil
		}
		return text, reason.Of(reason.OtherFunction, err)
	}
	if plainText(text.Src) {
		return change.Text{}, nil
	}
	if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !strings.HasPrefix(text.Src, "&") {
		text.Src = "&" + text.Src
	}
	return text, nil
}

// accessor returns the client in an unexported field of another package of the program by a method. It adds the
// method if there is none: the package belongs to the program, and its type still controls access.
func accessor(p *find.Finder, f *syntax.File, e ast.Expr, x *express.Expresser, set *change.Set) (change.Text, bool) {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok || f.TypeOf(e).String() != "*net/http.Client" || !p.Index.PrivatePath(f.Pkg.Path) {
		return change.Text{}, false
	}
	field, ok := f.Object(sel.Sel).(*types.Var)
	owner := syntax.Named(f.TypeOf(sel.X))
	if !ok || !field.IsField() || field.Exported() || owner == nil || owner.TypeParams().Len() > 0 || owner.Obj().Pkg() != f.Pkg.Types {
		return change.Text{}, false
	}
	text, err := x.Express(f, sel.X)
	if err != nil {
		return change.Text{}, false
	}
	const method = "HTTPClient"
	switch obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(owner), true, f.Pkg.Types, method); obj := obj.(type) {
	case nil:
		set.Append[f.Syntax] = change.Text{Src: fmt.Sprintf("// %s returns the client that requests are sent with.\nfunc (%s *%s) %[1]s() *«net/http».Client { return %[2]s.%[4]s }\n",
			method, receiverName(owner), owner.Obj().Name(), field.Name())}
		set.Notes = append(set.Notes, fmt.Sprintf("%s.%s has a method %s now, by which the token is fetched through the same client", f.Pkg.Types.Name(), owner.Obj().Name(), method))
	default:
		if !gives(p, obj, field) {
			return change.Text{}, false
		}
	}
	text.Src += "." + method + "()"
	return text, true
}

// receiverName returns the name of the receiver in the methods of a type.
func receiverName(n *types.Named) string {
	for m := range n.Methods() {
		if name := m.Signature().Recv().Name(); name != "" && name != "_" {
			return name
		}
	}
	return strings.ToLower(n.Obj().Name()[:1])
}

// gives reports whether a method only returns the field.
func gives(p *find.Finder, obj types.Object, field *types.Var) bool {
	d := p.Index.Funcs[obj]
	if d == nil || len(d.Body.List) != 1 {
		return false
	}
	ret, ok := d.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	sel, ok := ret.Results[0].(*ast.SelectorExpr)
	return ok && d.File.Object(sel.Sel) == field
}

// wraps reports whether the point calls a function that sends a request argument and has other callers, too.
func wraps(p *find.Finder, f *syntax.File, send *ast.CallExpr, pt *place.Point) bool {
	if pt.Call == send || !isDo(pt.Func.File.TypeOf(pt.Call.Fun)) {
		return false
	}
	m := p.Index.Target(pt.Func.File, pt.Call)
	if m == nil || m.Obj == nil {
		return false
	}
	sites, all := p.Index.Callers(m.Obj)
	return len(sites) > 1 || !all || len(m.Body.List) > 1
}

// isDo reports whether a type is func(*http.Request) (*http.Response, error).
func isDo(t types.Type) bool {
	sig, ok := t.(*types.Signature)
	return ok && sig.Params().Len() == 1 && sig.Results().Len() == 2 &&
		sig.Params().At(0).Type().String() == "*net/http.Request" &&
		sig.Results().At(0).Type().String() == "*net/http.Response" && syntax.IsError(sig.Results().At(1).Type())
}

// throughDo makes an *http.Client, which oauth2 requires, of any function with the signature of Client.Do: a
// method of an injected interface, a function in a field, a wrapper that retries.
func throughDo(p *find.Finder, f *syntax.File, fun ast.Expr, x *express.Expresser, set *change.Set) (change.Text, error) {
	if !isDo(f.TypeOf(fun)) {
		return change.Text{}, reason.New(reason.NoClient, "the request is sent by %s, a %s, whose HTTP client oauth2 cannot use (%s)", f.Text(fun), f.TypeOf(fun), f.Place(fun))
	}
	text, err := x.Express(f, fun)
	if err != nil {
		return text, reason.Of(reason.OtherFunction, err)
	}
	return sendFunc(p, text, x, set), nil
}

// throughMethod makes an *http.Client of the Do method of the sender.
func throughMethod(p *find.Finder, f *syntax.File, receiver ast.Expr, x *express.Expresser, set *change.Set) (change.Text, error) {
	text, err := x.Express(f, receiver)
	if err != nil {
		return text, reason.Of(reason.OtherFunction, err)
	}
	text.Src += ".Do"
	return sendFunc(p, text, x, set), nil
}

// sendFunc makes an *http.Client of a function that sends a request.
func sendFunc(p *find.Finder, text change.Text, x *express.Expresser, set *change.Set) change.Text {
	name := "sendFunc"
	for i := 2; x.At.File.Pkg.Types.Scope().Lookup(name) != nil; i++ {
		name = "sendFunc" + strconv.Itoa(i)
	}
	// The file of the first flow in the package declares it.
	file := p.Sender[x.At.File.Pkg]
	if file == nil {
		file = x.At.File.Syntax
		p.Sender[x.At.File.Pkg] = file
	}
	set.Append[file] = change.Text{Src: "// A " + name + " lets oauth2 send its requests the way everything else is sent.\n" +
		"type " + name + " func(*«net/http».Request) (*«net/http».Response, error)\n\n" +
		"func (f " + name + ") RoundTrip(req *«net/http».Request) (*«net/http».Response, error) { return f(req) }\n"}
	text.Src = "&«net/http».Client{Transport: " + name + "(" + text.Src + ")}"
	return text
}

// PlainClient reports whether a client has no settings, so it is equivalent to the default.
func PlainClient(p *find.Finder, f *syntax.File, e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		v, ok := f.Object(x.Sel).(*types.Var)
		return ok && v.Pkg() != nil && v.Pkg().Path() == "net/http" && v.Name() == "DefaultClient"
	case *ast.UnaryExpr:
		return PlainClient(p, f, x.X)
	case *ast.CompositeLit:
		return len(x.Elts) == 0
	case *ast.Ident:
		v, ok := f.Object(x).(*types.Var)
		if !ok || configured(p, v) {
			return false
		}
		if g, rhs := p.Index.Definition(v); rhs != nil {
			return PlainClient(p, g, rhs)
		}
		// var client http.Client
		spec, ok := f.Parent[p.Index.Names[v]].(*ast.ValueSpec)
		return ok && len(spec.Values) == 0 && v.Parent() != v.Pkg().Scope() && v.Type().String() == "net/http.Client"
	}
	return false
}

func plainText(src string) bool { return src == "&«net/http».Client{}" }

// configured reports whether a field of v is set after its definition, or v has another use than a method call.
func configured(p *find.Finder, v *types.Var) bool {
	return slices.ContainsFunc(p.Index.Uses[v], func(id *ast.Ident) bool {
		f := p.Index.FileOf(id)
		sel, ok := f.Parent[f.Whole(id)].(*ast.SelectorExpr)
		if !ok {
			return true
		}
		call, ok := f.Parent[sel].(*ast.CallExpr)
		return !ok || call.Fun != sel
	})
}

// libraryClient returns the *http.Client of a library's client, "" if it is equivalent to the default. All
// settings of the client must be visible, and must be those of the *http.Client. Others, such as hooks and
// retries of the library, are reasons to decline.
func libraryClient(p *find.Finder, lc *place.Library, x *express.Expresser, set *change.Set) (change.Text, error) {
	for _, c := range lc.Headers {
		place.Header(lc.File, c, set)
	}
	if lc.Client == nil {
		if lc.Http == nil || PlainClient(p, lc.File, lc.Http) {
			return change.Text{}, nil
		}
		text, err := x.Express(lc.File, lc.Http)
		if err != nil {
			return text, reason.Of(reason.OtherFunction, err)
		}
		return text, nil
	}
	cl := &clientTrace{p: p, lc: lc, set: set, seen: map[types.Object]bool{}}
	if err := cl.expr(lc.File, lc.Client, maxClient); err != nil {
		return change.Text{}, err
	}
	if !cl.carried && !cl.shared {
		return change.Text{}, nil
	}
	text, err := x.Express(lc.File, lc.Client)
	if err != nil {
		return text, reason.Of(reason.OtherFunction, err)
	}
	text.Src += lc.Lib.Standard
	return text, nil
}
