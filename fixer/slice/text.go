package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"jwtretire.example/fixer/applied"
)

// A snippet is a text of the core change in the changed program: real syntax with types. Its variables are those that it
// shares with the code around it; the ones that only it knows are its own business.
type snippet struct {
	file  *file // the changed file; nil for a text in something that goes
	nodes []ast.Node

	reads  []*types.Var   // local variables whose value it takes, in order
	writes []written      // local variables that it gives a value, in order
	stores []*types.Var   // fields, and variables of the package, that it may write to
	names  []types.Object // functions, types, fields, … that it names
}

// A written is a local variable that a text gives a value.
type written struct {
	v        *types.Var
	may      bool // further in, perhaps
	declared bool // by := or var
}

// readTexts applies the core change, and finds out what its texts share with the rest.
func (p *prog) readTexts() error {
	p.texts, p.fronts, p.inText = map[ast.Node]*snippet{}, map[ast.Stmt]*snippet{}, map[types.Object]bool{}
	prog, err := applied.Apply(p.pkgs, p.set, p.parent)
	if err != nil {
		return err
	}
	files := map[*applied.File]*file{}
	read := func(t *applied.Text) *snippet {
		sn := &snippet{}
		if t.File == nil {
			return sn
		}
		if files[t.File] == nil {
			files[t.File] = &file{pkg: t.File.Pkg, syntax: t.File.Syntax, path: t.File.Path, src: t.File.Source, now: t.File}
		}
		sn.file, sn.nodes = files[t.File], t.Nodes
		sn.read(p)
		for _, obj := range sn.names {
			p.inText[obj] = true
		}
		for _, v := range sn.reads {
			p.inText[v] = true
		}
		return sn
	}
	for n, t := range prog.Replaced {
		p.texts[n] = read(t)
	}
	for s, t := range prog.Before {
		p.fronts[s] = read(t)
	}
	return nil
}

// snippets returns the texts of the core change.
func (p *prog) snippets() []*snippet {
	return slices.AppendSeq(slices.Collect(maps.Values(p.texts)), maps.Values(p.fronts))
}

// read finds out what a text reads, writes and names.
func (sn *snippet) read(p *prog) {
	outer := func(id *ast.Ident) *types.Var {
		v, ok := p.object(sn.file, id).(*types.Var)
		if !ok || !isLocal(v) || !p.own(v) {
			return nil
		}
		return v
	}
	top := map[*ast.Ident]bool{}
	from := map[*types.Var]token.Pos{} // where a variable has a value of the text's own
	for _, n := range sn.nodes {
		for _, id := range defined(n) {
			top[id] = true
			v := outer(id)
			if v == nil {
				continue
			}
			as, ok := n.(*ast.AssignStmt)
			sn.write(written{v: v, declared: !ok || as.Tok == token.DEFINE})
			if _, ok := from[v]; !ok {
				from[v] = n.End()
			}
		}
	}
	assigned := map[*ast.Ident]bool{}
	for _, n := range sn.nodes {
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
					if obj := p.object(sn.file, n); p.own(obj) && !isLocal(obj) {
						sn.names = append(sn.names, obj)
					}
				case from[v].IsValid() && n.Pos() > from[v]:
				case assigned[n]:
					sn.write(written{v: v, may: true})
				default:
					sn.reads = append(sn.reads, v)
				}
			}
			return true
		})
	}
}

func (sn *snippet) write(t written) {
	i := slices.IndexFunc(sn.writes, func(o written) bool { return o.v == t.v })
	if i < 0 {
		sn.writes = append(sn.writes, t)
		return
	}
	o := &sn.writes[i]
	o.may, o.declared = o.may && t.may, o.declared || t.declared
}

// store notes the fields and variables of the package on the way to what a statement writes.
func (sn *snippet) store(p *prog, e ast.Expr) {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			sn.stored(p.object(sn.file, x))
			return
		case *ast.SelectorExpr:
			sn.stored(p.object(sn.file, x.Sel))
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

// fields notes the fields that a literal gives values.
func (sn *snippet) fields(p *prog, lit *ast.CompositeLit) {
	t := under(sn.file.pkg.Info.TypeOf(lit))
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
				sn.stored(p.object(sn.file, id))
			}
		} else if i < st.NumFields() {
			sn.stored(p.canon(sn.file, st.Field(i)))
		}
	}
}

func (sn *snippet) stored(obj types.Object) {
	if v, ok := obj.(*types.Var); ok && (v.IsField() || !isLocal(v)) {
		sn.stores = append(sn.stores, v)
	}
}

// declares reports whether a text declares a variable for the statements around it.
func (sn *snippet) declares(v types.Object) bool {
	return sn != nil && slices.ContainsFunc(sn.writes, func(w written) bool { return w.declared && w.v == v })
}

// defined returns the identifiers that a statement gives a value, with := and var, or without.
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

// text makes the atom of a text that takes the place of a statement or stands before it.
func (b *builder) text(s ast.Stmt, index int, sn *snippet, c *ctl) {
	a := b.add(text, s, index, s, c)
	a.removed = false
	a.strong = true
	for _, w := range sn.writes {
		how := local
		if b.g.sharedVars[w.v] {
			how = shared
		}
		a.targets = append(a.targets, target{how: how, v: w.v, may: w.may})
		if w.declared {
			if a.declares == nil {
				a.declares = map[types.Object]bool{}
			}
			a.declares[w.v] = true
		}
	}
	gone := b.gone
	b.gone = false
	b.walk(a).snippet(s, sn)
	b.gone = gone
}

// text walks a text that takes the place of an expression.
func (w *walker) text(e ast.Expr) {
	first := len(w.a.needs)
	w.snippet(e, w.b.p.texts[e])
	for i := range w.a.needs[first:] {
		w.a.needs[first+i].given = true
	}
}

// snippet needs all that a text uses. What stands in it cannot be changed, so of a function that is all parameters and results.
func (w *walker) snippet(at ast.Node, sn *snippet) {
	for _, v := range sn.reads {
		w.need(need{v: v, key: v, at: at}, nil)
	}
	for _, obj := range sn.names {
		w.whole(obj)
	}
	for _, n := range sn.nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok && len(w.b.p.listed) > 0 {
				if name := sn.file.constString(e); w.b.p.listed[name] {
					w.need(need{key: nameKey(name)}, nil)
				}
			}
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if sel, ok := sn.file.pkg.Info.Selections[n]; ok {
					w.path(sn.file, sel.Recv(), sel.Index(), nil)
				}
			case *ast.CallExpr:
				if k, ok := w.b.p.lookup(sn.file, n); ok {
					w.need(need{key: k}, nil)
				}
			}
			return true
		})
	}
	for _, v := range sn.stores {
		if v.IsField() {
			w.put(target{how: field, v: v, may: true})
		} else if w.b.p.own(v) {
			w.put(target{how: shared, v: v, may: true})
		}
	}
}

// whole needs an object that a text names, of a function all parameters and results.
func (w *walker) whole(obj types.Object) {
	w.object(nil, obj, nil, false)
	f := w.b.g.byObj[obj]
	if f == nil {
		return
	}
	w.need(need{key: f.key()}, nil)
	for i := range f.nres {
		w.need(need{key: resKey{f.node, i}}, nil)
	}
	for _, v := range f.params {
		w.need(need{key: v}, nil)
	}
}

// path needs the embedded fields that a selection goes through.
func (w *walker) path(f *file, t types.Type, index []int, conds []key) {
	for _, i := range index[:len(index)-1] {
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || i >= st.NumFields() {
			return
		}
		if v := w.b.p.canon(f, st.Field(i)); w.b.p.own(v) {
			w.need(need{key: v, base: true}, conds)
		}
		t = st.Field(i).Type()
	}
}

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}
