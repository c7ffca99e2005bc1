package program

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/applied"
	"jwtretire.example/fixer/syntax"
)

// readTexts applies the core change, and finds the variables that its texts share with the other code.
func (p *Program) readTexts() error {
	p.Texts, p.Fronts, p.InText = map[ast.Node]*Snippet{}, map[ast.Stmt]*Snippet{}, map[types.Object]bool{}
	prog, err := applied.Apply(p.Index, p.Set)
	if err != nil {
		return err
	}
	read := func(t *applied.Text) *Snippet {
		sn := &Snippet{}
		if t.File == nil {
			return sn
		}
		sn.File, sn.Nodes = t.File.File, t.Nodes
		sn.read(p)
		for _, obj := range sn.Names {
			p.InText[obj] = true
		}
		for _, v := range sn.Reads {
			p.InText[v] = true
		}
		return sn
	}
	for n, t := range prog.Replaced {
		p.Texts[n] = read(t)
	}
	for s, t := range prog.Before {
		p.Fronts[s] = read(t)
	}
	return nil
}

// read finds the objects that a text reads, writes and mentions.
func (sn *Snippet) read(p *Program) {
	outer := func(id *ast.Ident) *types.Var {
		v, ok := sn.File.Object(id).(*types.Var)
		if !ok || !syntax.IsLocal(v) || !p.Own(v) {
			return nil
		}
		return v
	}
	top := map[*ast.Ident]bool{}
	from := map[*types.Var]token.Pos{} // by variable: the position of its first value within the text
	for _, n := range sn.Nodes {
		for _, id := range defined(n) {
			top[id] = true
			v := outer(id)
			if v == nil {
				continue
			}
			as, ok := n.(*ast.AssignStmt)
			sn.write(Write{Var: v, Declared: !ok || as.Tok == token.DEFINE})
			if _, ok := from[v]; !ok {
				from[v] = n.End()
			}
		}
	}
	assigned := map[*ast.Ident]bool{}
	for _, n := range sn.Nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, l := range n.Lhs {
					sn.store(p, l)
				}
				if n.Tok == token.ASSIGN {
					for _, id := range targets(n.Lhs) {
						assigned[id] = true
					}
				}
			case *ast.RangeStmt:
				if n.Tok == token.ASSIGN {
					for _, id := range targets([]ast.Expr{n.Key, n.Value}) {
						assigned[id] = true
					}
				}
			case *ast.IncDecStmt:
				sn.store(p, n.X)
			case *ast.UnaryExpr:
				if _, lit := n.X.(*ast.CompositeLit); n.Op == token.AND && !lit {
					sn.store(p, n.X)
				}
			case *ast.CompositeLit:
				sn.fields(p, n)
			case *ast.Ident:
				if top[n] || n.Name == "_" {
					break
				}
				v := outer(n)
				switch {
				case v == nil:
					if obj := sn.File.Object(n); p.Own(obj) && !syntax.IsLocal(obj) {
						sn.Names = append(sn.Names, obj)
					}
				case from[v].IsValid() && n.Pos() > from[v]:
				case assigned[n]:
					sn.write(Write{Var: v, May: true})
				default:
					sn.Reads = append(sn.Reads, v)
				}
			}
			return true
		})
	}
}

func (sn *Snippet) write(t Write) {
	i := slices.IndexFunc(sn.Writes, func(o Write) bool { return o.Var == t.Var })
	if i < 0 {
		sn.Writes = append(sn.Writes, t)
		return
	}
	o := &sn.Writes[i]
	o.May, o.Declared = o.May && t.May, o.Declared || t.Declared
}

// store records the fields and variables of the package on the left side of a statement, and the local variable that holds the field.
func (sn *Snippet) store(p *Program, e ast.Expr) {
	for whole := e; ; {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			obj := sn.File.Object(x)
			if v, ok := obj.(*types.Var); ok && e != whole && syntax.IsLocal(v) && p.Own(v) && !slices.Contains(sn.Fills, v) {
				sn.Fills = append(sn.Fills, v)
			}
			sn.stored(obj)
			return
		case *ast.SelectorExpr:
			sn.stored(sn.File.Object(x.Sel))
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

// fields records the fields that a literal sets.
func (sn *Snippet) fields(p *Program, lit *ast.CompositeLit) {
	t := syntax.Under(sn.File.Pkg.Info.TypeOf(lit))
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem().Underlying()
	}
	st, ok := t.(*types.Struct)
	if !ok {
		return
	}
	for i, el := range lit.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				sn.stored(sn.File.Object(id))
			}
		} else if i < st.NumFields() {
			sn.stored(sn.File.Canon(st.Field(i)))
		}
	}
}

func (sn *Snippet) stored(obj types.Object) {
	if v, ok := obj.(*types.Var); ok && (v.IsField() || !syntax.IsLocal(v)) {
		sn.Stores = append(sn.Stores, v)
	}
}

// Declares reports whether a text declares a variable for the statements after it.
func (sn *Snippet) Declares(v types.Object) bool {
	return sn != nil && slices.ContainsFunc(sn.Writes, func(w Write) bool { return w.Declared && w.Var == v })
}

// defined returns the identifiers that a statement assigns, with or without := or var.
func defined(n ast.Node) []*ast.Ident {
	switch s := n.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.ASSIGN || s.Tok == token.DEFINE {
			return targets(s.Lhs)
		}
	case *ast.DeclStmt:
		var out []*ast.Ident
		if gd, ok := s.Decl.(*ast.GenDecl); ok {
			for _, sp := range gd.Specs {
				if vs, ok := sp.(*ast.ValueSpec); ok {
					for _, id := range vs.Names {
						if id.Name != "_" {
							out = append(out, id)
						}
					}
				}
			}
		}
		return out
	}
	return nil
}

// targets returns the variables among the left sides of an assignment.
func targets(list []ast.Expr) (out []*ast.Ident) {
	for _, l := range list {
		if id, ok := l.(*ast.Ident); ok && id.Name != "_" {
			out = append(out, id)
		}
	}
	return out
}
