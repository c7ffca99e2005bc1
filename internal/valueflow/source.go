package valueflow

import "go/types"

// tokenSources makes the tokens of a token source (golang.org/x/oauth2.TokenSource) a part of the values of its type: any function that takes such a
// source (a client, a transport, a gRPC dialer) sends its tokens. So these functions
// need no rows, and the place of the call does not matter.
func (b *builder) tokenSources() {
	for i := b.OwnStructs; i < len(b.Structs); i++ {
		s := &b.Structs[i]
		t := b.typeNamed(s.Pkg, s.Name)
		if t == nil {
			continue
		}
		obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, b.pass.Pkg, "Token")
		fn, ok := obj.(*types.Func)
		if !ok || !givesToken(fn) || isInterfaceMethod(fn) {
			continue
		}
		if f := b.functionOf(fn); f != nil && len(f.results) > 0 {
			b.connect(Edge{From: f.results[0], To: s.Node, Kind: Put, Key: "Token()"})
		}
	}
}

// typeNamed returns a type of the package or of one that it imports.
func (b *builder) typeNamed(pkg, name string) types.Type {
	if pkg == "" || name == "" || !b.inSight(pkg) {
		return nil
	}
	scopes := []*types.Package{b.pass.Pkg}
	if pkg != b.Path {
		scopes = b.pass.Pkg.Imports()
	}
	for _, p := range scopes {
		if p.Path() != pkg {
			continue
		}
		if tn, ok := p.Scope().Lookup(name).(*types.TypeName); ok {
			return tn.Type()
		}
	}
	return nil
}

// givesToken reports whether a method has the signature func() (*oauth2.Token, error).
func givesToken(fn *types.Func) bool {
	sig := fn.Type().(*types.Signature)
	if sig.Params().Len() > 0 || sig.Results().Len() != 2 {
		return false
	}
	pkg, name := namedType(sig.Results().At(0).Type())
	return name == "Token" && pkg == "golang.org/x/oauth2"
}
