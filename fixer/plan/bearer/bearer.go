// Package bearer plans flows whose signed JWT is the bearer token itself: a call that returns a token replaces the call that signs.
package bearer

import (
	"fmt"
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// Is reports whether the vendor of a flow withdrew tokens that the program signs itself, and has a grant with a
// client secret.
func Is(fl *flow.Flow, v *provider.Provider) bool {
	return fl.Kind == flow.DirectBearer && v != nil && fl.Verdict == provider.Retire && v.Target.Supported
}

// Replace replaces a signed JWT that is the access token. There is no exchange, so the call that signs becomes
// a call that returns the access token of a token source. The package keeps this source, because the old
// program made its token without a request, and may do so for every call of the API.
//
// Client id, secret and parameters are new values, so all of them are decisions.
func Replace(p *find.Finder, fl *flow.Flow, got *place.Fetched, set *change.Set) error {
	v := p.Vendor(fl)
	f, signs, err := signCalls(p, fl)
	if err != nil {
		return err
	}
	if err := oneAccount(p, fl, f, signs[0]); err != nil {
		return err
	}
	for _, call := range signs {
		if err := usedAtOnce(p, f, call); err != nil {
			return err
		}
	}
	lit, err := directConfig(p, fl, v, f)
	if err != nil {
		return err
	}
	name := lowerCamel(v.ID)
	source, get := topName(f, name+"Tokens"), topName(f, name+"Token")
	// No sync.OnceValue: such programs may have a go directive before 1.21.
	src := fmt.Sprintf(`// %[1]s is where access tokens of %[2]s come from. It keeps one until it expires.
var %[1]s struct {
«sync».Once
«%[3]s».TokenSource
}

// %[5]s returns the access token, a new one where the old one has expired.
func %[5]s() (string, error) {
%[1]s.Do(func() {
config := %[4]s
%[1]s.TokenSource = config.TokenSource(«context».Background())
})
token, err := %[1]s.Token()
if err != nil {
return "", err
}
return token.AccessToken, nil
}`, source, v.Name, find.OAuth2Path, lit, get)
	set.Append[f.Syntax] = change.Text{Src: src}
	for _, call := range signs {
		set.Replace[call] = change.Text{Src: get + "()"}
	}
	set.Look(safety.Identity, "the token was made without a request; now one is fetched by http.DefaultClient and kept until it expires, so calls of the API can fail for want of a token")
	find.VendorNotes(v, set)
	got.Place, got.In = f.Place(signs[0]), p.Index.Outer(f, signs[0])
	return nil
}

// signCalls returns the calls that return the finished token, as a string, with an error.
func signCalls(p *find.Finder, fl *flow.Flow) (*syntax.File, []*ast.CallExpr, error) {
	var in *syntax.File
	var calls []*ast.CallExpr
	for _, s := range fl.Steps {
		if s.Role != flow.Sign {
			continue
		}
		f, n := p.Index.Node(s.Span)
		call, ok := n.(*ast.CallExpr)
		if !ok || p.Index.Target(f, call) != nil {
			continue // a function of the module that signs; the call within it is a separate step
		}
		tuple, ok := f.TypeOf(call).(*types.Tuple)
		if !ok || tuple.Len() != 2 || !syntax.IsString(tuple.At(0).Type()) || !syntax.IsError(tuple.At(1).Type()) {
			return nil, nil, reason.New(reason.ByHand, "the program assembles the token from parts, in a way that is not supported (%s)", f.Place(call))
		}
		if in != nil && in != f {
			return nil, nil, reason.New(reason.ByHand, "the token is signed in several files")
		}
		in, calls = f, append(calls, call)
	}
	if len(calls) == 0 {
		return nil, nil, reason.New(reason.NotFound, "the call that signs the token was not found")
	}
	return in, calls, nil
}

// oneAccount returns an error if the calls may be for different accounts, because the package gets one token
// source.
func oneAccount(p *find.Finder, fl *flow.Flow, f *syntax.File, sign *ast.CallExpr) error {
	loads, passes := map[string]bool{}, map[string]bool{}
	for _, s := range fl.Steps {
		if s.Role != flow.KeyLoad {
			continue
		}
		g, n := p.Index.Node(s.Span)
		if call, ok := n.(*ast.CallExpr); ok && g != nil {
			if p.Index.Target(g, call) != nil {
				passes[g.Text(call)] = true // a function of the program that only passes it on
				continue
			}
			loads[g.Text(call)] = true
		}
	}
	if len(loads) == 0 {
		loads = passes
	}
	if len(loads) == 1 {
		return nil
	}
	if len(sign.Args) == 1 && f.Pkg.Info.Types[conversionOf(f, sign.Args[0])].Value != nil {
		return nil
	}
	if len(loads) > 1 {
		return reason.New(reason.SeveralAccounts, "the secret comes from more than one place, so there may be several accounts, and the new token source is for one (%s)", f.Place(sign))
	}
	return reason.New(reason.SeveralAccounts, "callers pass the secret, so there may be several accounts; the new grant needs the client id, secret and account of each (%s)", f.Place(sign))
}

// conversionOf returns the operand of conversions such as []byte(secret).
func conversionOf(f *syntax.File, e ast.Expr) ast.Expr {
	for {
		c, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok || len(c.Args) != 1 || !f.Pkg.Info.Types[c.Fun].IsType() {
			return ast.Unparen(e)
		}
		e = c.Args[0]
	}
}
