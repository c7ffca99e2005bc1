package jwtconfig

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"slices"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/carrier"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// collect finds the literals, the assignments and the other uses of the group.
func (j *jwtConfig) collect() error {
	for _, l := range j.c.Literals {
		if j.c.Root(j.c.Of(l.File, l.Node)) != j.root {
			continue
		}
		j.literals = append(j.literals, l)
		lit, ok := l.Node.(*ast.CompositeLit)
		if !ok {
			continue
		}
		j.fields[lit] = map[string]*ast.KeyValueExpr{}
		for _, e := range lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				return reason.New(reason.ConfigForm, "the fields of the jwt.Config are not named (%s)", l.File.Place(lit))
			}
			if id := syntax.IdentOf(kv.Key); id != nil {
				j.fields[lit][id.Name] = kv
			}
		}
	}
	for _, u := range j.c.Uses {
		if j.c.Root(u.Of) != j.root {
			continue
		}
		if s, ok := u.File.Parent[u.Sel].(*ast.AssignStmt); ok && len(s.Lhs) == 1 && len(s.Rhs) == 1 && s.Lhs[0] == u.Sel {
			j.assigned[u.Sel.Sel.Name] = append(j.assigned[u.Sel.Sel.Name], u)
			continue
		}
		if ix, ok := u.File.Parent[u.Sel].(*ast.IndexExpr); ok && u.Sel.Sel.Name == "PrivateClaims" {
			if s, ok := u.File.Parent[ix].(*ast.AssignStmt); ok && len(s.Lhs) == 1 && s.Lhs[0] == ix {
				j.assigned["PrivateClaims["] = append(j.assigned["PrivateClaims["], u)
				continue
			}
		}
		j.uses = append(j.uses, u)
	}
	return nil
}

// mayChange returns the reason why the type has to stay, nil if it can change.
func (j *jwtConfig) mayChange() error {
	if why, ok := j.c.Foreign[j.root]; ok {
		return reason.New(reason.ConfigForm, "the jwt.Config cannot be replaced everywhere: %s", why)
	}
	if len(j.literals) == 0 && len(j.assigned) == 0 {
		return reason.New(reason.ConfigForm, "the place that fills the jwt.Config was not found")
	}
	for _, m := range j.c.Mentions {
		if !j.owns(m) {
			continue
		}
		for _, o := range m.Owners {
			if obj, ok := o.(types.Object); ok {
				if name := j.published(m.File, m.Node, obj); name != "" {
					return reason.New(reason.Exported, "%s is part of the exported API, so its type stays (%s)", name, m.File.Place(m.Node))
				}
			}
		}
	}
	if v, f := j.publicVariable(); v != nil {
		return reason.New(reason.Exported, "%s is part of the exported API, so its type stays (%s)", v.Name(), f.PlaceAt(v.Pos()))
	}
	for _, other := range j.p.Flows {
		f, call, ok := Via(j.p, other)
		if !ok || other == j.fl {
			continue
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || j.c.Root(j.c.Held(f, sel)) != j.root || other.Provider == j.fl.Provider {
			continue
		}
		return reason.New(reason.AlsoElsewhere, "the same variables hold a configuration for %s too (%s)", other.Provider, f.Place(call))
	}
	for _, u := range append(slices.Clone(j.assigned["UseIDToken"]), j.uses...) {
		if u.Sel.Sel.Name == "UseIDToken" {
			return reason.New(reason.IDToken, "it can request an ID token (%s), which the client-credentials grant does not provide", u.File.Place(u.Sel))
		}
	}
	for lit, fields := range j.fields {
		if kv := fields["UseIDToken"]; kv != nil {
			f := j.fileOf(lit)
			if v := f.Pkg.Info.Types[kv.Value].Value; v == nil || constant.BoolVal(v) {
				return reason.New(reason.IDToken, "it can request an ID token (%s), which the client-credentials grant does not provide", f.Place(kv))
			}
		}
	}
	return nil
}

// publicVariable returns the first exported variable of a package in the group. Its declaration need not
// mention the type.
func (j *jwtConfig) publicVariable() (first *types.Var, in *syntax.File) {
	for k := range j.c.Up {
		for _, k := range []any{k, j.root} { // the root is not below another one
			v, ok := k.(*types.Var)
			if !ok || !v.Exported() || v.IsField() || j.c.Root(v) != j.root || v.Parent() != v.Pkg().Scope() || first != nil && first.Pos() <= v.Pos() {
				continue
			}
			if f := j.p.Index.FileAt(v); f != nil && !j.p.Index.PrivatePath(f.Pkg.Path) {
				first, in = v, f
			}
		}
	}
	return first, in
}

func (j *jwtConfig) owns(m carrier.Mention) bool {
	return slices.ContainsFunc(m.Owners, func(o any) bool { return j.c.Root(o) == j.root })
}

// published returns the exported name of a declaration, "" if it is not visible to other modules.
func (j *jwtConfig) published(f *syntax.File, n ast.Node, obj types.Object) string {
	if j.p.Index.PrivatePath(f.Pkg.Path) {
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
		if l.Node == n {
			return l.File
		}
	}
	return nil
}

// types replaces the type's name in the declarations of the group.
func (j *jwtConfig) types() {
	for _, m := range j.c.Mentions {
		if j.owns(m) {
			j.set.Replace[m.Node] = change.Text{Src: "«" + find.ClientCredentialsPath + "».Config"}
		}
	}
}

// reads checks the other uses of the values.
func (j *jwtConfig) reads() error {
	for _, u := range j.uses {
		switch name := u.Sel.Sel.Name; name {
		case "Client", "TokenSource":
		case "Email", "TokenURL":
			if name == "Email" {
				name = "ClientID"
			}
			j.set.Replace[u.Sel] = change.Text{Src: express.Quote(u.File, u.Sel.X, nil) + "." + name}
		case "Scopes":
			if j.vendor.Target.ScopeForm == provider.ScopeServer {
				return reason.New(reason.ConfigRead, "the scopes are read (%s), and %s takes none in the new grant", u.File.Place(u.Sel), j.vendor.Name)
			}
		default:
			return reason.New(reason.ConfigRead, "%s is read (%s), which the new configuration does not have", syntax.OneLine(u.File.Text(u.Sel)), u.File.Place(u.Sel))
		}
	}
	return nil
}

// notes adds notes about claims that the new grant does not have.
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
	find.VendorNotes(j.vendor, j.set)
}
