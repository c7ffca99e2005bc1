package library

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// LookupCall returns the row of a call in type-checked code: of the function, of the method (also if it is
// promoted), or of an interface's method with the shape of a known one.
func LookupCall(info *types.Info, call *ast.CallExpr) (*Func, bool) {
	fn, ok := info.Uses[NameOf(call.Fun)].(*types.Func)
	if !ok {
		return nil, false
	}
	if f, ok := LookupObject(fn.Origin()); ok {
		return f, true
	}
	return LookupShape(fn)
}

// NameOf returns the identifier that names a function or variable: f of f, x.f and f[T], nil for another expression.
func NameOf(e ast.Expr) *ast.Ident {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return x.Sel
	case *ast.IndexExpr:
		return NameOf(x.X)
	case *ast.IndexListExpr:
		return NameOf(x.X)
	}
	return nil
}

// Escaping reports whether a row is that of a function that escapes a part of a URL. The row may be nil.
func (f *Func) Escaping() bool { return f != nil && f.Escapes }

// Unescaped returns the operand of a call that escapes a part of a URL, url.QueryEscape(name), and any other expression as it is. A
// body that a program writes itself needs the call; a form does not.
func Unescaped(info *types.Info, e ast.Expr) ast.Expr {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(c.Args) != 1 {
		return e
	}
	if row, ok := LookupCall(info, c); !ok || !row.Escaping() {
		return e
	}
	return c.Args[0]
}

// LookupShape returns the row for an interface's method by its name and signature. Programs declare small
// interfaces for their dependencies: type Doer interface { Do(*http.Request) (*http.Response, error) }. It
// returns no row for methods with a body, because that can be analysed.
func LookupShape(fn *types.Func) (*Func, bool) {
	sig, ok := fn.Type().(*types.Signature)
	if !ok || sig.Recv() == nil || !types.IsInterface(sig.Recv().Type()) {
		return nil, false
	}
	i := slices.IndexFunc(shapes[:], func(s shape) bool { return s.name == fn.Name() })
	if i < 0 {
		return nil, false
	}
	want := shapes[i]
	got := types.TypeString(types.NewSignatureType(nil, nil, nil, unnamed(sig.Params()), unnamed(sig.Results()), sig.Variadic()), nil)
	if strings.ReplaceAll(got, "interface{}", "any") != want.sig {
		return nil, false
	}
	return Lookup(want.pkg, want.recv, want.name)
}

// unnamed returns a tuple without the names of parameters, which do not belong to the shape.
func unnamed(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		vars[i] = types.NewParam(t.At(i).Pos(), t.At(i).Pkg(), "", t.At(i).Type())
	}
	return types.NewTuple(vars...)
}

type shape struct{ sig, pkg, recv, name string }

var shapes = [...]shape{
	{"func(*net/http.Request) (*net/http.Response, error)", "net/http", "Client", "Do"},
	{"func(*net/http.Request) (*net/http.Response, error)", "net/http", "RoundTripper", "RoundTrip"},
	{"func(string, net/url.Values) (*net/http.Response, error)", "net/http", "Client", "PostForm"},
	{"func(string, string, io.Reader) (*net/http.Response, error)", "net/http", "Client", "Post"},
	{"func(string) (*net/http.Response, error)", "net/http", "Client", "Get"},
	{"func(string) ([]byte, error)", "os", "", "ReadFile"},
	{"func(io.Reader, []byte, crypto.SignerOpts) ([]byte, error)", "crypto", "Signer", "Sign"},
	{"func(string) (string, bool)", "os", "", "LookupEnv"},
}

// Algorithm returns the JWA name ("RS256") of a package's constant, variable or constructor for a signing
// method, "" for other objects.
func Algorithm(pkgPath, name string) string {
	if !IsJWTLibrary(pkgPath) {
		return ""
	}
	name = strings.TrimPrefix(name, "SigningMethod")
	name = strings.TrimPrefix(name, "New") // gbrlsnchs
	name = strings.TrimPrefix(name, "TPM")
	switch name {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "ES256K", "HS256", "HS384", "HS512", "EdDSA":
		return name
	case "Ed25519":
		return "EdDSA"
	}
	return ""
}
