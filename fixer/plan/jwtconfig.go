package plan

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"slices"
	"strings"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
)

const oauthJWTPath = "golang.org/x/oauth2/jwt"

// viaJWTConfig reports whether the exchange is made by golang.org/x/oauth2/jwt.Config.
func (p *planner) viaJWTConfig(fl *flow.Flow) (*syntax.File, *ast.CallExpr, bool) {
	f, call := p.ix.Call(fl.Send)
	if call == nil {
		return nil, nil, false
	}
	obj := p.ix.Callee(f, call)
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
func (p *planner) replaceJWTConfig(fl *flow.Flow, got *fetched, set *change.Set) error {
	f, call, _ := p.viaJWTConfig(fl)
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return reason.New(reason.ConfigForm, "the call that makes the token source has an unknown form (%s)", f.Place(call))
	}
	if p.configs == nil {
		p.configs = carriersOf(p.ix, oauthJWTPath, "Config")
	}
	j := &jwtConfig{
		p: p, fl: fl, vendor: p.vendor(fl), c: p.configs, set: set,
		dropped: map[string]bool{}, fields: map[*ast.CompositeLit]map[string]*ast.KeyValueExpr{}, assigned: map[string][]useAt{},
	}
	k := p.configs.held(f, sel)
	if k == nil {
		return reason.New(reason.ConfigForm, "where the jwt.Config comes from was not found (%s)", f.Place(call))
	}
	j.root = p.configs.root(k)
	if err := j.collect(); err != nil {
		return err
	}
	if err := j.mayChange(); err != nil {
		return err
	}
	if err := j.oneClient(); err != nil {
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
	got.place, got.in, got.unparsed = f.Place(call), p.ix.Outer(f, call), true
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
				return reason.New(reason.ConfigForm, "the fields of the jwt.Config are not named (%s)", l.file.Place(lit))
			}
			if id := syntax.IdentOf(kv.Key); id != nil {
				j.fields[lit][id.Name] = kv
			}
		}
	}
	for _, u := range j.c.uses {
		if j.c.root(u.of) != j.root {
			continue
		}
		if s, ok := u.file.Parent[u.sel].(*ast.AssignStmt); ok && len(s.Lhs) == 1 && len(s.Rhs) == 1 && s.Lhs[0] == u.sel {
			j.assigned[u.sel.Sel.Name] = append(j.assigned[u.sel.Sel.Name], u)
			continue
		}
		if ix, ok := u.file.Parent[u.sel].(*ast.IndexExpr); ok && u.sel.Sel.Name == "PrivateClaims" {
			if s, ok := u.file.Parent[ix].(*ast.AssignStmt); ok && len(s.Lhs) == 1 && s.Lhs[0] == ix {
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
		return reason.New(reason.ConfigForm, "the jwt.Config cannot be replaced everywhere: %s", why)
	}
	if len(j.literals) == 0 && len(j.assigned) == 0 {
		return reason.New(reason.ConfigForm, "where the jwt.Config is filled in was not found")
	}
	for _, m := range j.c.mentions {
		if !j.owns(m) {
			continue
		}
		for _, o := range m.owners {
			if obj, ok := o.(types.Object); ok {
				if name := j.published(m.file, m.node, obj); name != "" {
					return reason.New(reason.Exported, "%s is part of the exported API, so its type stays (%s)", name, m.file.Place(m.node))
				}
			}
		}
	}
	if v, f := j.publicVariable(); v != nil {
		return reason.New(reason.Exported, "%s is part of the exported API, so its type stays (%s)", v.Name(), f.PlaceAt(v.Pos()))
	}
	for _, other := range j.p.flows {
		f, call, ok := j.p.viaJWTConfig(other)
		if !ok || other == j.fl {
			continue
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || j.c.root(j.c.held(f, sel)) != j.root || other.Provider == j.fl.Provider {
			continue
		}
		return reason.New(reason.AlsoElsewhere, "the same variables hold a configuration for %s too (%s)", other.Provider, f.Place(call))
	}
	for _, u := range append(slices.Clone(j.assigned["UseIDToken"]), j.uses...) {
		if u.sel.Sel.Name == "UseIDToken" {
			return reason.New(reason.IDToken, "it can ask for an ID token (%s), which the client-credentials grant does not give", u.file.Place(u.sel))
		}
	}
	for lit, fields := range j.fields {
		if kv := fields["UseIDToken"]; kv != nil {
			f := j.fileOf(lit)
			if v := f.Pkg.Info.Types[kv.Value].Value; v == nil || constant.BoolVal(v) {
				return reason.New(reason.IDToken, "it can ask for an ID token (%s), which the client-credentials grant does not give", f.Place(kv))
			}
		}
	}
	return nil
}

// publicVariable returns the first variable of a package that others can see: its declaration need not name the type.
func (j *jwtConfig) publicVariable() (first *types.Var, in *syntax.File) {
	for k := range j.c.up {
		for _, k := range []any{k, j.root} { // the root is below no other
			v, ok := k.(*types.Var)
			if !ok || !v.Exported() || v.IsField() || j.c.root(v) != j.root || v.Parent() != v.Pkg().Scope() || first != nil && first.Pos() <= v.Pos() {
				continue
			}
			if f := j.p.ix.FileAt(v); f != nil && !j.p.ix.PrivatePath(f.Pkg.Path) {
				first, in = v, f
			}
		}
	}
	return first, in
}

func (j *jwtConfig) owns(m mention) bool {
	return slices.ContainsFunc(m.owners, func(o any) bool { return j.c.root(o) == j.root })
}

// published names what others can see of a declaration, "" where nobody can.
func (j *jwtConfig) published(f *syntax.File, n ast.Node, obj types.Object) string {
	if j.p.ix.PrivatePath(f.Pkg.Path) {
		return ""
	}
	for m := n; m != nil; m = f.Parent[m] {
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

func (j *jwtConfig) fileOf(n ast.Node) *syntax.File {
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
			j.set.Replace[u.sel] = change.Text{Src: quote(u.file, u.sel.X, nil) + "." + name}
		case "Scopes":
			if j.vendor.Target.ScopeForm == provider.ScopeServer {
				return reason.New(reason.ConfigRead, "the scopes are read (%s), and %s takes none in the new grant", u.file.Place(u.sel), j.vendor.Name)
			}
		default:
			return reason.New(reason.ConfigRead, "%s is read (%s), which the new configuration does not have", syntax.OneLine(u.file.Text(u.sel)), u.file.Place(u.sel))
		}
	}
	return nil
}

// notes tell what the new grant does not say any more.
func (j *jwtConfig) notes() {
	if len(j.dropped) > 0 {
		j.set.Look(safety.Parameter, "only the assertion had "+strings.Join(slices.Sorted(maps.Keys(j.dropped)), ", ")+": the new grant does not send it")
	}
	if j.dropped["Subject"] && !j.param("sub") {
		j.set.Look(safety.Identity, "the assertion was for the subject; the new token is the client's own")
	}
	if j.idFrom {
		j.set.Look(safety.Identity, "the client id is what the assertion had as its issuer (Email); give client_id under providers: "+j.vendor.ID+" if the new credential has another")
	}
	vendorNotes(j.vendor, j.set)
}
