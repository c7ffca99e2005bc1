package program

import (
	"cmp"
	"go/ast"
	"go/types"
	"maps"
	"slices"
)

// Methods with these names satisfy interfaces that libraries test for at run time, without a
// conversion in the source.
var wellKnown = map[string]bool{
	"Error": true, "String": true, "GoString": true, "Format": true, "Unwrap": true, "Is": true, "As": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true,
	"MarshalYAML": true, "UnmarshalYAML": true, "MarshalXML": true, "UnmarshalXML": true,
	"MarshalBinary": true, "UnmarshalBinary": true, "LogValue": true, "Scan": true, "Value": true,
	"ServeHTTP": true, "RoundTrip": true, "Read": true, "Write": true, "Close": true,
	"Len": true, "Less": true, "Swap": true, "Valid": true, "Validate": true,
}

// interfaceMethods returns the methods of the module's types that satisfy an interface of the
// module or of a package that it imports.
func (p *Program) interfaceMethods() map[types.Object]bool {
	byName := map[string][]*types.Interface{}
	seen := map[*types.Interface]bool{}
	addIface := func(t types.Type) {
		i, ok := t.Underlying().(*types.Interface)
		if !ok || seen[i] || i.NumMethods() == 0 {
			return
		}
		seen[i] = true
		for k := range i.NumMethods() {
			byName[i.Method(k).Name()] = append(byName[i.Method(k).Name()], i)
		}
	}
	scopes := map[*types.Package]bool{}
	addScope := func(pkg *types.Package) {
		if pkg == nil || scopes[pkg] {
			return
		}
		scopes[pkg] = true
		for _, name := range pkg.Scope().Names() {
			if tn, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && (tn.Exported() || p.Indexed(pkg.Path())) {
				addIface(tn.Type())
			}
		}
	}
	for _, f := range p.Files {
		addScope(f.Pkg.Types)
		if f.Pkg.Types != nil {
			for _, imp := range f.Pkg.Types.Imports() {
				addScope(imp)
			}
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if it, ok := n.(*ast.InterfaceType); ok {
				if t := f.Pkg.Info.TypeOf(it); t != nil {
					addIface(t)
				}
			}
			return true
		})
	}
	out := map[types.Object]bool{}
	for obj := range p.Names {
		switch obj := obj.(type) {
		case *types.Func:
			if obj.Signature().Recv() != nil && (wellKnown[obj.Name()] || receiverIsGeneric(obj)) && ReceiverType(obj) != nil && !types.IsInterface(obj.Signature().Recv().Type()) {
				out[obj] = true
			}
		case *types.TypeName:
			if obj.IsAlias() || types.IsInterface(obj.Type()) {
				continue
			}
			// Together with promoted methods, a type may satisfy an interface that its own methods do not.
			methods := types.NewMethodSet(types.NewPointer(obj.Type()))
			satisfied := map[*types.Interface]bool{}
			for i := range methods.Len() {
				for _, iface := range byName[methods.At(i).Obj().Name()] {
					if _, known := satisfied[iface]; !known {
						satisfied[iface] = types.Implements(types.NewPointer(obj.Type()), iface)
					}
					if satisfied[iface] {
						if m := p.FileAt(obj).Canon(methods.At(i).Obj()); p.Own(m) {
							out[m] = true
						}
					}
				}
			}
		}
	}
	return out
}

// receiverIsGeneric reports whether the type of a method has type parameters. The interfaces of its instances
// are not determined.
func receiverIsGeneric(fn *types.Func) bool {
	return fn.Signature().RecvTypeParams().Len() > 0
}

// Implementations returns the module's methods that a call of an interface method may reach.
// The second result is false if others may be reached too.
func (p *Program) Implementations(m *types.Func) ([]*types.Func, bool) {
	if !p.Own(m) || p.Api(m) && p.open(m) {
		return nil, false
	}
	iface, ok := m.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return nil, false
	}
	if known, ok := p.reached[m]; ok {
		return known, len(known) > 0
	}
	seen := map[*types.Func]bool{}
	p.reached[m] = nil
	for obj := range p.Names {
		if fn, ok := obj.(*types.Func); ok && fn.Name() == m.Name() && receiverIsGeneric(fn) {
			return nil, false
		}
		tn, ok := obj.(*types.TypeName)
		if !ok || tn.IsAlias() || types.IsInterface(tn.Type()) || !types.Implements(types.NewPointer(tn.Type()), iface) {
			continue
		}
		found, _, _ := types.LookupFieldOrMethod(tn.Type(), true, m.Pkg(), m.Name())
		fn, ok := p.FileAt(tn).Canon(found).(*types.Func)
		if !ok || !p.Own(fn) || types.IsInterface(fn.Signature().Recv().Type()) {
			return nil, false // an embedded value of any type has the method
		}
		seen[fn] = true
	}
	if p.foreign(iface) {
		return nil, false
	}
	p.reached[m] = slices.SortedFunc(maps.Keys(seen), func(a, b *types.Func) int { return cmp.Compare(a.Pos(), b.Pos()) })
	return p.reached[m], len(seen) > 0
}

// foreign reports whether a value of another module's type, which the module uses, can be in an interface: an
// *http.Client in an interface with a method Do.
func (p *Program) foreign(iface *types.Interface) bool {
	if p.outsiders == nil {
		p.outsiders = map[types.Type]bool{}
		for _, pkg := range p.Packages {
			for _, tv := range pkg.Info.Types {
				t := tv.Type
				if ptr, ok := t.(*types.Pointer); ok {
					t = ptr.Elem()
				}
				if n, ok := types.Unalias(t).(*types.Named); ok && tv.IsValue() && !types.IsInterface(n) && n.NumMethods() > 0 && !p.Own(n.Obj()) {
					p.outsiders[tv.Type] = true
				}
			}
		}
	}
	for t := range p.outsiders {
		if types.Implements(t, iface) {
			return true
		}
	}
	return false
}

// open reports whether code outside may implement the interface of a method: its type is exported, or an
// exported declaration takes a value of it.
func (p *Program) open(m *types.Func) bool {
	tn := ReceiverType(m)
	if tn == nil || tn.Exported() || !p.Own(tn) {
		return true
	}
	for _, id := range p.Uses[tn] {
		for n := ast.Node(id); n != nil; n = p.Parent[n] {
			switch d := n.(type) {
			case *ast.FuncDecl:
				if p.Within(id, d.Type) && d.Name.IsExported() {
					return true
				}
			case *ast.Field:
				if len(d.Names) == 0 || d.Names[0].IsExported() {
					if _, ok := p.Parent[p.Parent[d]].(*ast.StructType); ok {
						return true
					}
				}
			case *ast.TypeSpec:
				if d.Name.IsExported() && p.Parent[id] == d {
					return true
				}
			}
		}
	}
	return false
}
