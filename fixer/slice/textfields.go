package slice

import (
	"go/ast"
	"go/types"
)

// stores notes what a text writes to beside local variables: fields, by literals and by assignments, and variables of the package.
// A text has no types, so a field is every one of that name: one too many stays alive, which costs a leftover; one too few
// would die, with the conditions that ask it.
func (w *walker) stores(at ast.Node, scope *types.Scope, sn *snippet) {
	p := w.b.p
	for name := range sn.fields {
		for _, v := range p.fieldsNamed(name) {
			w.put(target{how: field, v: v, may: true})
		}
	}
	for name := range sn.literals {
		for _, v := range p.fieldsOf(name) {
			w.put(target{how: field, v: v, may: true})
		}
	}
	for name := range sn.touched {
		if obj, ok := p.named(w.file(), scope, name, at.Pos()).(*types.Var); ok && !isLocal(obj) && p.own(obj) {
			w.put(target{how: shared, v: obj, may: true})
		}
	}
}

// writesOf collects the names of fields and variables that statements write to.
func (s *snippet) writesOf(file *ast.File) {
	s.fields, s.literals, s.touched = map[string]bool{}, map[string]bool{}, map[string]bool{}
	write := func(e ast.Expr) {
		for {
			switch x := ast.Unparen(e).(type) {
			case *ast.Ident:
				s.touched[x.Name] = true
				return
			case *ast.SelectorExpr:
				s.fields[x.Sel.Name] = true
				s.touched[x.Sel.Name] = true // of a package
				e = x.X
			case *ast.IndexExpr:
				e = x.X
			case *ast.StarExpr:
				e = x.X
			default:
				return
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				write(l)
			}
		case *ast.IncDecStmt:
			write(n.X)
		case *ast.UnaryExpr:
			if n.Op.String() == "&" {
				if _, lit := n.X.(*ast.CompositeLit); !lit {
					write(n.X)
				}
			}
		case *ast.CompositeLit:
			keyed := false
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					keyed = true
					if id, ok := kv.Key.(*ast.Ident); ok {
						s.fields[id.Name] = true
					}
				}
			}
			switch t := n.Type.(type) {
			case *ast.Ident:
				if !keyed && len(n.Elts) > 0 {
					s.literals[t.Name] = true
				}
			case *ast.SelectorExpr:
				if !keyed && len(n.Elts) > 0 {
					s.literals[t.Sel.Name] = true
				}
			}
		}
		return true
	})
}

// fieldsNamed returns the fields of a name in the module.
func (p *prog) fieldsNamed(name string) []*types.Var {
	p.indexFields()
	return p.fieldNames[name]
}

// fieldsOf returns the fields of the types of a name.
func (p *prog) fieldsOf(name string) []*types.Var {
	p.indexFields()
	return p.typeFields[name]
}

func (p *prog) indexFields() {
	if p.fieldNames != nil {
		return
	}
	p.fieldNames, p.typeFields = map[string][]*types.Var{}, map[string][]*types.Var{}
	for obj := range p.names {
		switch obj := obj.(type) {
		case *types.Var:
			if obj.IsField() {
				p.fieldNames[obj.Name()] = append(p.fieldNames[obj.Name()], obj)
			}
		case *types.TypeName:
			if st, ok := obj.Type().Underlying().(*types.Struct); ok {
				for v := range st.Fields() {
					p.typeFields[obj.Name()] = append(p.typeFields[obj.Name()], v)
				}
			}
		}
	}
}
