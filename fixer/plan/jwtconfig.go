package plan

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/lazyregexp"
)

const oauthJWTPath = "golang.org/x/oauth2/jwt"

// viaJWTConfig reports whether the exchange is made by golang.org/x/oauth2/jwt.Config.
func (p *planner) viaJWTConfig(fl *flow.Flow) (*file, *ast.CallExpr, bool) {
	f, call := p.ix.call(fl.Send)
	if call == nil {
		return nil, nil, false
	}
	obj := p.ix.callee(f, call)
	if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != oauthJWTPath {
		return nil, nil, false
	}
	return f, call, true
}

// A jwtConfig is the change of one jwt.Config, with everything that holds it, to clientcredentials.Config.
type jwtConfig struct {
	p      *planner
	fl     *flow.Flow
	vendor *provider.Provider
	c      *carriers
	root   any
	set    *change.Set

	literals []nodeAt
	uses     []useAt
	emailSet bool // Email is given by an assignment
	idFrom   bool // ClientID is what Email was
	urls     int
	dropped  map[string]bool // fields that only the assertion had
	fields   map[*ast.CompositeLit]map[string]*ast.KeyValueExpr
	assigned map[string][]useAt // assignments to fields
}

// replaceJWTConfig replaces x/oauth2's own JWT flow. Both configurations have TokenSource and Client
// with the same signatures and the same cache, so calls stay as they are: types, literals and
// assignments to fields change, wherever the value goes.
func (p *planner) replaceJWTConfig(fl *flow.Flow, pl *Plan, set *change.Set) error {
	f, call, _ := p.viaJWTConfig(fl)
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return because("the call that makes the token source has an unknown form (%s)", f.place(call))
	}
	if p.configs == nil {
		p.configs = carriersOf(p.ix, oauthJWTPath, "Config")
	}
	j := &jwtConfig{
		p: p, fl: fl, vendor: p.vendor(fl), c: p.configs, set: set,
		dropped: map[string]bool{}, fields: map[*ast.CompositeLit]map[string]*ast.KeyValueExpr{}, assigned: map[string][]useAt{},
	}
	k := p.configs.of(f, sel.X)
	if k == nil {
		return because("where the jwt.Config comes from was not found (%s)", f.place(call))
	}
	j.root = p.configs.root(k)
	if err := j.collect(); err != nil {
		return err
	}
	if err := j.mayChange(); err != nil {
		return err
	}
	if err := j.fill(); err != nil {
		return err
	}
	j.types()
	if err := j.reads(); err != nil {
		return err
	}
	j.notes()
	pl.Fetch, pl.at = f.place(call), p.ix.outer(f, call)
	return nil
}

// collect finds the literals, the assignments and the other uses of the group.
func (j *jwtConfig) collect() error {
	for _, l := range j.c.literals {
		if j.c.root(j.c.of(l.file, l.node)) != j.root {
			continue
		}
		j.literals = append(j.literals, l)
		lit, ok := l.node.(*ast.CompositeLit)
		if !ok {
			continue
		}
		j.fields[lit] = map[string]*ast.KeyValueExpr{}
		for _, e := range lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				return because("the fields of the jwt.Config are not named (%s)", l.file.place(lit))
			}
			if id := identOf(kv.Key); id != nil {
				j.fields[lit][id.Name] = kv
			}
		}
	}
	for _, u := range j.c.uses {
		if j.c.root(u.of) != j.root {
			continue
		}
		if s, ok := u.file.parent[u.sel].(*ast.AssignStmt); ok && len(s.Lhs) == 1 && len(s.Rhs) == 1 && s.Lhs[0] == u.sel {
			j.assigned[u.sel.Sel.Name] = append(j.assigned[u.sel.Sel.Name], u)
			continue
		}
		if ix, ok := u.file.parent[u.sel].(*ast.IndexExpr); ok && u.sel.Sel.Name == "PrivateClaims" {
			if s, ok := u.file.parent[ix].(*ast.AssignStmt); ok && len(s.Lhs) == 1 && s.Lhs[0] == ix {
				j.assigned["PrivateClaims["] = append(j.assigned["PrivateClaims["], u)
				continue
			}
		}
		j.uses = append(j.uses, u)
	}
	return nil
}

// mayChange says why the type has to stay, if it has to.
func (j *jwtConfig) mayChange() error {
	if why, ok := j.c.foreign[j.root]; ok {
		return because("the jwt.Config cannot be replaced everywhere: %s", why)
	}
	if len(j.literals) == 0 && len(j.assigned) == 0 {
		return because("where the jwt.Config is filled in was not found")
	}
	for _, m := range j.c.mentions {
		if !j.owns(m) {
			continue
		}
		for _, o := range m.owners {
			if obj, ok := o.(types.Object); ok {
				if name := j.published(m.file, m.node, obj); name != "" {
					return because("%s is part of the exported API, so its type stays (%s)", name, m.file.place(m.node))
				}
			}
		}
	}
	for _, other := range j.p.flows {
		f, call, ok := j.p.viaJWTConfig(other)
		if !ok || other == j.fl {
			continue
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || j.c.root(j.c.of(f, sel.X)) != j.root || other.Provider == j.fl.Provider {
			continue
		}
		return because("the same variables hold a configuration for %s too (%s)", other.Provider, f.place(call))
	}
	for _, u := range append(slices.Clone(j.assigned["UseIDToken"]), j.uses...) {
		if u.sel.Sel.Name == "UseIDToken" {
			return because("it can ask for an ID token (%s), which the client-credentials grant does not give", u.file.place(u.sel))
		}
	}
	for lit, fields := range j.fields {
		if kv := fields["UseIDToken"]; kv != nil {
			f := j.fileOf(lit)
			if v := f.pkg.Info.Types[kv.Value].Value; v == nil || constant.BoolVal(v) {
				return because("it can ask for an ID token (%s), which the client-credentials grant does not give", f.place(kv))
			}
		}
	}
	return nil
}

func (j *jwtConfig) owns(m mention) bool {
	return slices.ContainsFunc(m.owners, func(o any) bool { return j.c.root(o) == j.root })
}

// published names what others can see of a declaration, "" where nobody can.
func (j *jwtConfig) published(f *file, n ast.Node, obj types.Object) string {
	if j.p.ix.isPrivate(f.pkg.Path) {
		return ""
	}
	for m := n; m != nil; m = f.parent[m] {
		switch d := m.(type) {
		case *ast.FuncDecl:
			// A local variable, or the parameter or result of a function.
			if d.Body.Pos() <= n.Pos() || !d.Name.IsExported() {
				return ""
			}
			return d.Name.Name
		case *ast.TypeSpec:
			if d.Name.IsExported() && obj.Exported() {
				return d.Name.Name + "." + obj.Name()
			}
			return ""
		}
	}
	if obj.Exported() {
		return obj.Name()
	}
	return ""
}

func (j *jwtConfig) fileOf(n ast.Node) *file {
	for _, l := range j.literals {
		if l.node == n {
			return l.file
		}
	}
	return nil
}

// types changes the type's name where the group is declared.
func (j *jwtConfig) types() {
	for _, m := range j.c.mentions {
		if j.owns(m) {
			j.set.Replace[m.node] = change.Text{Src: "«" + clientCredentialsPath + "».Config"}
		}
	}
}

// reads looks at what else is done with the values.
func (j *jwtConfig) reads() error {
	for _, u := range j.uses {
		switch name := u.sel.Sel.Name; name {
		case "Client", "TokenSource":
		case "Email", "TokenURL":
			if name == "Email" {
				name = "ClientID"
			}
			j.set.Replace[u.sel] = change.Text{Src: quote(u.file, u.sel.X, nil) + "." + name, Keeps: []ast.Node{u.sel.X}}
		case "Scopes":
			if j.vendor.Target.ScopeForm == provider.ScopeServer {
				return because("the scopes are read (%s), and %s takes none in the new grant", u.file.place(u.sel), j.vendor.Name)
			}
		default:
			return because("%s is read (%s), which the new configuration does not have", oneLine(u.file.text(u.sel)), u.file.place(u.sel))
		}
	}
	return nil
}

// fill accounts for every field, in literals and in assignments.
func (j *jwtConfig) fill() error {
	j.emailSet = len(j.assigned["Email"]) > 0
	for _, l := range j.literals {
		var err error
		if lit, ok := l.node.(*ast.CompositeLit); ok {
			err = j.literal(l.file, lit)
		}
		if err != nil {
			return err
		}
	}
	for name, list := range j.assigned {
		for _, u := range list {
			if err := j.assignment(name, u); err != nil {
				return err
			}
		}
	}
	if j.urls == 0 {
		return because("no token URL is given to the jwt.Config")
	}
	return nil
}

// literal changes the elements of one composite literal.
func (j *jwtConfig) literal(f *file, lit *ast.CompositeLit) error {
	fields := j.fields[lit]
	if len(fields) == 0 {
		return nil // filled in by assignments
	}
	email, url := fields["Email"], fields["TokenURL"]
	var head []string
	var keeps []ast.Node
	if email != nil || url != nil && !j.emailSet {
		id, secret, err := j.credentials(f, email, fields["PrivateKey"])
		if err != nil {
			return err
		}
		head = append(head, "ClientID: "+id.Src, "ClientSecret: "+secret.Src)
		keeps = append(keeps, id.Keeps...)
	}
	var tail []string
	if url != nil {
		j.urls++
		if err := j.notFromKeyFile(f, url.Value, fields["PrivateKey"], "token URL"); err != nil {
			return err
		}
		more, kept, err := j.beside(f, fields)
		if err != nil {
			return err
		}
		value := j.tokenURL(f, url.Value)
		tail = append([]string{"TokenURL: " + value.Src}, more...)
		keeps = append(keeps, append(kept, value.Keeps...)...)
		if email == nil {
			tail = append(head, tail...)
		}
		j.set.Replace[url] = change.Text{Src: strings.Join(tail, ",\n"), Keeps: keeps}
	}
	if email != nil {
		j.set.Replace[email] = change.Text{Src: strings.Join(head, ",\n"), Keeps: keeps}
	}
	for name, kv := range fields {
		switch name {
		case "Email", "TokenURL":
		case "Scopes":
			text, err := j.scopes(f, kv.Value)
			if err != nil {
				return err
			}
			switch {
			case text == nil:
				j.drop(name)
				j.set.Remove[kv] = "scopes are fixed at the vendor"
			case text.Src != "":
				text.Src = "Scopes: " + text.Src
				j.set.Replace[kv] = *text
			}
		default:
			if name == "Subject" {
				if err := j.subject(f, kv.Value, email); err != nil {
					return err
				}
			}
			j.drop(name)
			j.set.Remove[kv] = "claim or key of the assertion"
		}
	}
	return nil
}

// drop notes a field that only the assertion had.
func (j *jwtConfig) drop(name string) {
	if name != "PrivateKey" && name != "UseIDToken" {
		j.dropped[name] = true
	}
}

// assignment changes cfg.Field = value.
func (j *jwtConfig) assignment(name string, u useAt) error {
	f := u.file
	var at ast.Node = f.parent[u.sel]
	if name == "PrivateClaims[" {
		at = f.parent[at]
	}
	s := at.(*ast.AssignStmt)
	target := quote(f, u.sel.X, nil)
	switch name {
	case "Email":
		kv := &ast.KeyValueExpr{Value: s.Rhs[0]}
		id, secret, err := j.credentials(f, kv, nil)
		if err != nil {
			return err
		}
		j.set.Replace[s] = change.Text{
			Src:   fmt.Sprintf("%s.ClientID = %s\n%s.ClientSecret = %s", target, id.Src, target, secret.Src),
			Keeps: append(id.Keeps, u.sel.X),
		}
	case "TokenURL":
		j.urls++
		more, keeps, err := j.beside(f, j.near(u))
		if err != nil {
			return err
		}
		value := j.tokenURL(f, s.Rhs[0])
		lines := []string{target + ".TokenURL = " + value.Src}
		if !j.emailSet && !j.emailGiven() {
			id, secret, err := j.credentials(f, nil, nil)
			if err != nil {
				return err
			}
			lines = append(lines, target+".ClientID = "+id.Src, target+".ClientSecret = "+secret.Src)
		}
		for _, m := range more {
			key, v, _ := strings.Cut(m, ": ")
			lines = append(lines, target+"."+key+" = "+v)
		}
		j.set.Replace[s] = change.Text{Src: strings.Join(lines, "\n"), Keeps: append(append(keeps, value.Keeps...), u.sel.X)}
	case "Scopes":
		text, err := j.scopes(f, s.Rhs[0])
		switch {
		case err != nil:
			return err
		case text == nil:
			j.drop(name)
			j.set.Remove[s] = "scopes are fixed at the vendor"
		case text.Src != "":
			j.set.Replace[s.Rhs[0]] = *text
		}
	case "Subject":
		if j.param("sub") || !fixedValue(f, s.Rhs[0]) {
			return because("the subject is set by itself (%s): each token may be for another user, and the client-credentials grant is for the client alone", f.place(s))
		}
		j.drop(name)
		j.set.Remove[s] = "claim of the assertion"
	default:
		j.drop(strings.TrimSuffix(name, "["))
		j.set.Remove[s] = "claim or key of the assertion"
	}
	return nil
}

// near returns the other fields that are assigned in the function of an assignment, as elements.
func (j *jwtConfig) near(u useAt) map[string]*ast.KeyValueExpr {
	d := j.p.ix.enclosing(u.file, u.sel)
	out := map[string]*ast.KeyValueExpr{}
	for name, list := range j.assigned {
		for _, o := range list {
			s, ok := o.file.parent[o.sel].(*ast.AssignStmt)
			if e := j.p.ix.enclosing(o.file, o.sel); ok && d != nil && e != nil && e.node == d.node {
				out[name] = &ast.KeyValueExpr{Value: s.Rhs[0]}
			}
		}
	}
	return out
}

func (j *jwtConfig) emailGiven() bool {
	for _, fields := range j.fields {
		if fields["Email"] != nil {
			return true
		}
	}
	return false
}

// param reports whether the new grant has a parameter for a claim.
func (j *jwtConfig) param(claim string) bool {
	return slices.ContainsFunc(j.vendor.Target.Params, func(p provider.Param) bool { return p.Claim == claim })
}

// subject looks at whom the assertion was for.
func (j *jwtConfig) subject(f *file, e ast.Expr, email *ast.KeyValueExpr) error {
	if email != nil && f.text(email.Value) == f.text(e) {
		return nil
	}
	if !j.param("sub") && j.perCall(f, e) {
		return because("the subject is a parameter (%s): each token may be for another user, and the client-credentials grant is for the client alone", f.place(e))
	}
	return nil
}

// perCall reports whether a value is a parameter that several callers give.
func (j *jwtConfig) perCall(f *file, e ast.Expr) bool {
	found := false
	d := j.p.ix.enclosing(f, e)
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || d == nil || !isString(f.typeOf(id)) {
			return true
		}
		if i, isParam := d.param(f.object(id)); isParam && i >= 0 {
			if d.obj == nil {
				found = true
				return false
			}
			sites, all := j.p.ix.callers(d.obj)
			found = found || len(sites) != 1 || !all || d.obj.Exported() && !j.p.private(d)
		}
		return !found
	})
	return found
}

// fixedValue reports whether a value is the same whenever it is asked for: a constant, or a setting
// of the environment.
func fixedValue(f *file, e ast.Expr) bool {
	if f.pkg.Info.Types[e].Value != nil {
		return true
	}
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && calleeName(c) == "Getenv"
}

// credentials say the client's id and secret. email is nil where the configuration has none.
func (j *jwtConfig) credentials(f *file, email, key *ast.KeyValueExpr) (id, secret change.Text, err error) {
	in := j.p.dec.Providers[j.fl.Provider]
	if in.Secret == "" {
		return id, secret, &needError{"client_secret", fmt.Sprintf("jwt.Config has no client secret, and none is invented: say where it comes from under providers: %s: client_secret: {env: NAME} in .jwtretire.yaml", j.vendor.ID)}
	}
	secret.Src = in.Secret
	if in.ID != "" {
		return change.Text{Src: in.ID}, secret, nil
	}
	ask := func(why string) error {
		return &needError{"client_id", fmt.Sprintf("%s: say where the client id comes from under providers: %s: client_id: {env: NAME} in .jwtretire.yaml", why, j.vendor.ID)}
	}
	if email == nil {
		return id, secret, ask("the configuration names no client")
	}
	if !j.issuerIsClient(f, email.Value) {
		return id, secret, ask(fmt.Sprintf("whether the issuer of the assertion (%s) is the client id is not known of %s", f.place(email.Value), j.vendor.Name))
	}
	if key != nil && j.fromKeyFile(f, email.Value, key.Value) {
		return id, secret, ask(fmt.Sprintf("%s comes out of the key file (%s), which goes", oneLine(f.text(email.Value)), f.place(email.Value)))
	}
	j.idFrom = true
	return change.Text{Src: quote(f, email.Value, nil), Keeps: []ast.Node{email.Value}}, secret, nil
}

// clientWord is in the names that programs give a client id.
var clientWord = lazyregexp.New(`(?i)client|consumer|app(lication)?_?id`)

// issuerIsClient reports whether iss has the value of the client id: by what is known of the vendor, and
// of one that only the configuration describes, by the name that the program gives it.
func (j *jwtConfig) issuerIsClient(f *file, e ast.Expr) bool {
	if _, ok := provider.ByID(j.vendor.ID); ok {
		return true
	}
	return clientWord.MatchString(f.text(e))
}

// keyFile is in the names of files, and of the settings that name them, that hold a vendor's key.
var keyFile = lazyregexp.New(`(?i)key|cred|service.?account|secret`)

// fromKeyFile reports whether a value is taken from the structure that the key is in, and that structure
// from a file made for the key.
func (j *jwtConfig) fromKeyFile(f *file, e, key ast.Expr) bool {
	r := root(e)
	if r == nil || identOf(ast.Unparen(e)) != nil {
		return false
	}
	same := false
	ast.Inspect(key, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && f.object(id) == f.object(r) {
			same = true
		}
		return !same
	})
	if !same {
		return false
	}
	return slices.ContainsFunc(j.fl.Steps, func(s flow.Step) bool {
		return s.Role == flow.KeyLoad && strings.Contains(s.What, "ReadFile") && keyFile.MatchString(s.What)
	})
}

func (j *jwtConfig) notFromKeyFile(f *file, e ast.Expr, key *ast.KeyValueExpr, what string) error {
	if key == nil || !j.fromKeyFile(f, e, key.Value) {
		return nil
	}
	return because("the %s comes out of the key file (%s), which goes", what, f.place(e))
}

// tokenURL says the token URL: the same, unless the vendor has another for the new grant.
func (j *jwtConfig) tokenURL(f *file, e ast.Expr) change.Text {
	if u := j.vendor.Target.TokenURL; u != "" && !strings.Contains(u, "{") {
		return change.Text{Src: fmt.Sprintf("%q", u)}
	}
	return change.Text{Src: quote(f, e, nil), Keeps: []ast.Node{e}}
}

// scopes says the scopes: nil where the vendor takes none, an empty text where they stay as they are.
func (j *jwtConfig) scopes(f *file, e ast.Expr) (*change.Text, error) {
	list := j.decided()
	form := j.vendor.Target.ScopeForm
	switch {
	case form == provider.ScopeServer && len(list) == 0:
		return nil, nil
	case len(list) > 0 && form == provider.ScopeComma:
		return &change.Text{Src: fmt.Sprintf("%#v", []string{strings.Join(list, ",")})}, nil
	case len(list) > 0:
		return &change.Text{Src: fmt.Sprintf("%#v", list)}, nil
	case form == provider.ScopeComma:
		return &change.Text{Src: "[]string{«strings».Join(" + quote(f, e, nil) + ", \",\")}", Keeps: []ast.Node{e}}, nil
	}
	return &change.Text{}, nil
}

func (j *jwtConfig) decided() []string {
	if len(j.p.dec.Scopes) > 0 {
		return j.p.dec.Scopes
	}
	return j.p.dec.ScopesFor[j.fl.Provider]
}

// beside says the fields that the old configuration does not have: EndpointParams and AuthStyle, and
// the scopes that somebody decided on where none were.
func (j *jwtConfig) beside(f *file, fields map[string]*ast.KeyValueExpr) (lines []string, keeps []ast.Node, err error) {
	if list := j.decided(); len(list) > 0 && fields["Scopes"] == nil && len(j.assigned["Scopes"]) == 0 {
		if j.vendor.Target.ScopeForm == provider.ScopeComma {
			list = []string{strings.Join(list, ",")}
		}
		lines = append(lines, fmt.Sprintf("Scopes: %#v", list))
	}
	var params []string
	for _, pm := range j.p.dec.further(j.vendor) {
		text := change.Text{Src: j.p.dec.Providers[j.fl.Provider].Params[pm.Name]}
		var e ast.Expr
		switch {
		case text.Src != "":
		case pm.Value != "":
			text.Src = fmt.Sprintf("%q", pm.Value)
		case pm.Claim == "iss" && fields["Email"] != nil:
			e = fields["Email"].Value
		case pm.Claim == "sub" && fields["Subject"] != nil:
			e = fields["Subject"].Value
		case pm.Claim == "aud" && fields["Audience"] != nil:
			e = fields["Audience"].Value
		case pm.Claim != "" && fields["PrivateClaims"] != nil:
			e = privateClaim(f, fields["PrivateClaims"].Value, pm.Claim)
		}
		if e != nil {
			text = change.Text{Src: quote(f, e, nil), Keeps: []ast.Node{e}}
		}
		if t := f.typeOf(e); e != nil && !isString(t) {
			text.Src = "«fmt».Sprint(" + text.Src + ")"
		}
		if text.Src == "" {
			if pm.Required {
				return nil, nil, &needError{pm.Name, fmt.Sprintf("the new grant needs %s, and the configuration does not say it: give it under providers: %s: params: %s: {env: NAME} in .jwtretire.yaml", pm.Name, j.vendor.ID, pm.Name)}
			}
			continue
		}
		params = append(params, fmt.Sprintf("%q: {%s}", pm.Name, text.Src))
		keeps = append(keeps, text.Keeps...)
	}
	if len(params) > 0 {
		lines = append(lines, "EndpointParams: «net/url».Values{"+strings.Join(params, ", ")+"}")
	}
	style := j.vendor.Target.AuthStyle
	if style == "" {
		style = "AuthStyleInHeader"
		j.set.Look(safety.AuthStyle, j.vendor.Name+" has the authentication method as a setting of each application: Basic is written here; use AuthStyleInParams if yours takes the secret in the body")
	}
	lines = append(lines, "AuthStyle: «"+oauth2Path+"»."+style)
	return lines, keeps, nil
}

// privateClaim returns the value of a claim in a literal of PrivateClaims.
func privateClaim(f *file, e ast.Expr, name string) ast.Expr {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, el := range lit.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if v := f.pkg.Info.Types[kv.Key].Value; v != nil && v.Kind() == constant.String && constant.StringVal(v) == name {
			return kv.Value
		}
	}
	return nil
}

// notes tell what the new grant does not say any more.
func (j *jwtConfig) notes() {
	if len(j.dropped) > 0 {
		j.set.Look(safety.Parameter, "only the assertion had "+strings.Join(sorted(j.dropped), ", ")+": the new grant does not send it")
	}
	if j.dropped["Subject"] && !j.param("sub") {
		j.set.Look(safety.Identity, "the assertion was for the subject; the new token is the client's own")
	}
	if j.idFrom {
		j.set.Look(safety.Identity, "the client id is what the assertion had as its issuer (Email); give client_id under providers: "+j.vendor.ID+" if the new credential has another")
	}
	vendorNotes(j.vendor, j.set)
}
