package plan

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
)

// direct reports whether a vendor withdrew tokens that the program signs for itself, and has a grant
// by client secret in their place.
func direct(fl *flow.Flow, v *provider.Provider) bool {
	return fl.Kind == flow.DirectBearer && v != nil && fl.Verdict == provider.Retire && v.Target.Supported
}

// replaceDirect replaces a signed JWT that is itself the access token. There is no exchange: the call
// that signs becomes one that returns the access token of a source which the package keeps, since the
// old program made its token without a request and asks for one with every call of the API.
//
// Client id, secret and further parameters are new values, so all of them are decisions.
func (p *planner) replaceDirect(fl *flow.Flow, got *fetched, set *change.Set) error {
	v := p.vendor(fl)
	f, signs, err := p.signCalls(fl)
	if err != nil {
		return err
	}
	if err := p.oneAccount(fl, f, signs[0]); err != nil {
		return err
	}
	for _, call := range signs {
		if err := p.usedAtOnce(f, call); err != nil {
			return err
		}
	}
	lit, err := p.directConfig(fl, v, f)
	if err != nil {
		return err
	}
	name := lowerCamel(v.ID)
	source, get := topName(f, name+"Tokens"), topName(f, name+"Token")
	// No sync.OnceValue: programs of that time are of older Go versions.
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
}`, source, v.Name, oauth2Path, lit, get)
	set.Append[f.Syntax] = change.Text{Src: src}
	for _, call := range signs {
		set.Replace[call] = change.Text{Src: get + "()"}
	}
	set.Look(safety.Identity, "the token was made without a request; now one is fetched by http.DefaultClient and kept until it expires, so calls of the API can fail for want of a token")
	vendorNotes(v, set)
	got.place, got.in = f.Place(signs[0]), p.ix.Outer(f, signs[0])
	return nil
}

// signCalls returns the calls that give the finished token, as text, with an error.
func (p *planner) signCalls(fl *flow.Flow) (*syntax.File, []*ast.CallExpr, error) {
	var in *syntax.File
	var calls []*ast.CallExpr
	for _, s := range fl.Steps {
		if s.Role != flow.Sign {
			continue
		}
		f, n := p.ix.Node(s.Span)
		call, ok := n.(*ast.CallExpr)
		if !ok || p.ix.Target(f, call) != nil {
			continue // a function of the module that signs; what it calls is a step of its own
		}
		tuple, ok := f.TypeOf(call).(*types.Tuple)
		if !ok || tuple.Len() != 2 || !syntax.IsString(tuple.At(0).Type()) || !syntax.IsError(tuple.At(1).Type()) {
			return nil, nil, reason.New(reason.ByHand, "the token is put together by hand or by parts (%s)", f.Place(call))
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

// oneAccount makes sure that all calls are for the same account: the new source is one for the package.
func (p *planner) oneAccount(fl *flow.Flow, f *syntax.File, sign *ast.CallExpr) error {
	loads, passes := map[string]bool{}, map[string]bool{}
	for _, s := range fl.Steps {
		if s.Role != flow.KeyLoad {
			continue
		}
		g, n := p.ix.Node(s.Span)
		if call, ok := n.(*ast.CallExpr); ok && g != nil {
			if p.ix.Target(g, call) != nil {
				passes[g.Text(call)] = true // a function of the program, which only hands it on
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
	return reason.New(reason.SeveralAccounts, "where the secret comes from is for callers to say, so there may be several accounts; the new grant needs the client id, secret and account of each (%s)", f.Place(sign))
}

// conversionOf takes off conversions such as []byte(secret).
func conversionOf(f *syntax.File, e ast.Expr) ast.Expr {
	for {
		c, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok || len(c.Args) != 1 || !f.Pkg.Info.Types[c.Fun].IsType() {
			return ast.Unparen(e)
		}
		e = c.Args[0]
	}
}

// usedAtOnce makes sure that the signed token goes into a request and is not kept: a token of the new
// grant may not live as long as what the program kept.
func (p *planner) usedAtOnce(f *syntax.File, call *ast.CallExpr) error {
	w := &keeping{p: p, seen: map[any]bool{}}
	return w.value(f, call, 0)
}

// keeping follows a token forward.
type keeping struct {
	p    *planner
	seen map[any]bool
}

func (w *keeping) value(f *syntax.File, e ast.Expr, result int) error {
	if w.seen[e] {
		return nil
	}
	w.seen[e] = true
	kept := func(n ast.Node) error {
		return reason.New(reason.TokenKept, "the token is kept (%s), for longer than one of the new grant may live: sign it where it is used first", f.Place(n))
	}
	switch n := f.Parent[e].(type) {
	case *ast.ParenExpr:
		return w.value(f, n, result)
	case *ast.BinaryExpr:
		if n.Op == token.ADD {
			return w.value(f, n, 0)
		}
		return nil
	case *ast.ExprStmt:
		return nil
	case *ast.AssignStmt:
		if i := taker(n.Rhs, len(n.Lhs), e, result); i < len(n.Lhs) {
			return w.holder(f, n.Lhs[i], kept)
		}
		return nil
	case *ast.ValueSpec:
		if i := taker(n.Values, len(n.Names), e, result); i < len(n.Names) {
			return w.holder(f, n.Names[i], kept)
		}
		return nil
	case *ast.ReturnStmt:
		return w.returned(f, n, e, result)
	case *ast.CallExpr:
		return w.argument(f, n, e)
	case *ast.CompositeLit:
		if t, ok := f.TypeOf(n).Underlying().(*types.Slice); ok && syntax.IsString(t.Elem()) {
			return w.value(f, n, 0)
		}
	case *ast.KeyValueExpr:
		if v := f.Pkg.Info.Types[n.Key].Value; v != nil && v.Kind() == constant.String && strings.EqualFold(constant.StringVal(v), "Authorization") {
			return nil // http.Header{"Authorization": …}
		}
	}
	return kept(e)
}

// taker returns the position of what takes a value among as many names or results: that of the value, or of the result of the one call.
func taker(values []ast.Expr, names int, e ast.Expr, result int) int {
	if i := slices.Index(values, e); i >= 0 && len(values) == names {
		return i
	}
	return result
}

// returned follows a token to the callers of a function.
func (w *keeping) returned(f *syntax.File, n *ast.ReturnStmt, e ast.Expr, result int) error {
	d := w.p.ix.Enclosing(f, n)
	if d == nil || d.Obj == nil {
		return reason.New(reason.TokenKept, "the token leaves a function literal (%s)", f.Place(n))
	}
	if d.Obj.Exported() && !w.p.private(d) {
		return reason.New(reason.TokenKept, "%s is exported, so others may keep the token (%s)", d.Obj.Name(), f.Place(n))
	}
	sites, all := w.p.ix.Callers(d.Obj)
	if !all {
		return reason.New(reason.TokenKept, "%s is used as a value, so what becomes of the token is not known (%s)", d.Obj.Name(), f.Place(n))
	}
	i := result
	if len(n.Results) > 1 {
		i = taker(n.Results, len(n.Results), e, result)
	}
	for _, s := range sites {
		if err := w.value(s.File, s.Call, i); err != nil {
			return err
		}
	}
	return nil
}

// argument follows a token into a call: of a function of the module, or one that only shapes text.
func (w *keeping) argument(f *syntax.File, call *ast.CallExpr, e ast.Expr) error {
	if f.Pkg.Info.Types[call.Fun].IsType() {
		return w.value(f, call, 0)
	}
	if d := w.p.ix.Target(f, call); d != nil {
		ps := d.Params()
		for i, a := range call.Args {
			if a != e {
				continue
			}
			if i >= len(ps) || ps[i] == nil {
				return nil
			}
			return w.uses(d.File, ps[i])
		}
		return nil
	}
	if t := f.TypeOf(call); t != nil && syntax.IsString(t) {
		return w.value(f, call, 0) // fmt.Sprintf and the like
	}
	return nil
}

// holder follows a token that is put into a variable.
func (w *keeping) holder(f *syntax.File, l ast.Expr, kept func(ast.Node) error) error {
	id := syntax.IdentOf(ast.Unparen(l))
	if id == nil {
		if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok && strings.Contains(f.Text(ix.X), "eader") {
			return nil // req.Header["Authorization"]
		}
		return kept(l)
	}
	if id.Name == "_" {
		return nil
	}
	obj := f.Object(id)
	if v, ok := obj.(*types.Var); !ok || v.Parent() == nil || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		return kept(l)
	}
	return w.uses(f, id)
}

func (w *keeping) uses(f *syntax.File, id *ast.Ident) error {
	obj := f.Object(id)
	if obj == nil || w.seen[obj] {
		return nil
	}
	w.seen[obj] = true
	for _, use := range w.p.ix.Uses[obj] {
		g := w.p.ix.In[use]
		if a, ok := g.Parent[use].(*ast.AssignStmt); ok && slices.Contains(a.Lhs, ast.Expr(use)) {
			continue
		}
		if err := w.value(g, use, 0); err != nil {
			return err
		}
	}
	return nil
}

// directConfig writes the configuration. Everything in it is a decision, or a constant of the vendor's.
func (p *planner) directConfig(fl *flow.Flow, v *provider.Provider, f *syntax.File) (string, error) {
	in := p.dec.Providers[fl.Provider]
	var missing, keys []string
	get := func(key, text, hint string) string {
		if text == "" {
			missing, keys = append(missing, key), append(keys, hint)
		}
		return text
	}
	id := get("client_id", in.ID, "client_id: {env: NAME}")
	secret := get("client_secret", in.Secret, "client_secret: {env: NAME}")
	var params, further []string
	for _, pm := range p.dec.further(v) {
		text := in.Params[pm.Name]
		if text == "" && pm.Value != "" {
			text = fmt.Sprintf("%q", pm.Value)
		}
		if text == "" {
			if pm.Required {
				missing, further = append(missing, pm.Name), append(further, pm.Name+": {env: NAME}")
			}
			continue
		}
		params = append(params, fmt.Sprintf("%q: {%s},\n", pm.Name, text))
	}
	if len(further) > 0 {
		keys = append(keys, "params: {"+strings.Join(further, ", ")+"}")
	}
	if len(missing) > 0 {
		return "", &needError{strings.Join(missing, " "), fmt.Sprintf("the credential of the new grant is another one, and no value is invented: say where the program gets it from in .jwtretire.yaml, providers: {%s: {%s}}", v.ID, strings.Join(keys, ", "))}
	}
	for _, text := range append([]string{id, secret}, params...) {
		if name := unknownName(f, text); name != "" {
			return "", reason.New(reason.OtherFunction, "%s is not known where the token source is kept, at package level: give an environment variable ({env: NAME}) or an expression of package-level names", name)
		}
	}
	if fixedURL(v) == "" {
		return "", reason.New(reason.NoURL, "the token URL of %s is not known; give token_url under providers: %s: in .jwtretire.yaml", v.Name, v.ID)
	}
	style := v.Target.AuthStyle
	if style == "" {
		style = "AuthStyleInHeader"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "«%s».Config{\nClientID: %s,\nClientSecret: %s,\nTokenURL: %q,\n", clientCredentialsPath, id, secret, v.Target.TokenURL)
	if len(params) > 0 {
		fmt.Fprintf(&b, "EndpointParams: «net/url».Values{\n%s},\n", strings.Join(params, ""))
	}
	fmt.Fprintf(&b, "AuthStyle: «%s».%s,\n}", oauth2Path, style)
	return b.String(), nil
}

// unknownName returns the first name of an expression that means nothing at package level.
func unknownName(f *syntax.File, text string) string {
	text = strings.TrimSuffix(strings.TrimSpace(text), ",")
	if i := strings.Index(text, ": {"); i >= 0 {
		text = strings.TrimSuffix(text[i+3:], "}")
	}
	text = strings.NewReplacer("«", "", "»", "").Replace(text)
	e, err := parser.ParseExpr(text)
	if err != nil {
		return text
	}
	unknown := ""
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id := syntax.Root(n); id != nil && !known(f, id.Name) {
				unknown = id.Name
			}
			return syntax.Root(n) == nil
		case *ast.Ident:
			if !known(f, n.Name) {
				unknown = n.Name
			}
		}
		return unknown == ""
	})
	return unknown
}

func known(f *syntax.File, name string) bool {
	if f.Pkg.Types.Scope().Lookup(name) != nil || types.Universe.Lookup(name) != nil || name == "os" {
		return true
	}
	for _, obj := range f.Pkg.Info.Implicits {
		if pkg, ok := obj.(*types.PkgName); ok && pkg.Name() == name {
			return true
		}
	}
	s := f.Pkg.Info.Scopes[f.Syntax]
	return s != nil && s.Lookup(name) != nil
}

// topName returns a name that a new declaration of the package can have.
func topName(f *syntax.File, wish string) string {
	used := map[string]bool{}
	for _, s := range f.Pkg.Syntax {
		ast.Inspect(s, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name] = true
			}
			return true
		})
	}
	name := wish
	for i := 2; used[name]; i++ {
		name = fmt.Sprint(wish, i)
	}
	return name
}

// lowerCamel makes a Go name of a provider's id.
func lowerCamel(id string) string {
	var b strings.Builder
	up := false
	for _, r := range id {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			up = b.Len() > 0
		case up:
			b.WriteRune(unicode.ToUpper(r))
			up = false
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	if b.Len() == 0 || unicode.IsDigit([]rune(b.String())[0]) {
		return "vendor" + b.String()
	}
	return b.String()
}
