package slice

import (
	"go/ast"
	"go/parser"
	"go/token"
	"sort"

	"jwtretire.example/internal/lazyregexp"
)

var quotedImport = lazyregexp.New(`«([^»]*)»`)

// A snippet is the source of a change.Text, parsed. Its names are those that it shares with what stands around it:
// the ones that its blocks and function literals declare for themselves are not among them.
type snippet struct {
	stmts    []ast.Stmt
	declared map[string]bool // names that its top level declares
	assigned map[string]bool // names that its top level assigns to, declared or not
	may      map[string]bool // names from outside that it assigns to further in
	reads    []string        // names from outside whose value it takes, in order

	fields, literals, touched map[string]bool // what it writes to in any way: fields, types of literals without keys, variables
}

// parseText parses the source of a text: as statements, as an expression or as elements of a literal.
func parseText(src string) *snippet {
	src = quotedImport.ReplaceAllString(src, "imported")
	s := &snippet{declared: map[string]bool{}, assigned: map[string]bool{}, may: map[string]bool{}}
	var file *ast.File
	for _, form := range [...]struct{ head, tail string }{
		{"package p\nfunc _() {\n", "\n}"},
		{"package p\nfunc _() { _ = ", "\n}"},
		{"package p\nfunc _() { _ = imported{", "}\n}"},
	} {
		var err error
		if file, err = parser.ParseFile(token.NewFileSet(), "", form.head+src+form.tail, 0); err == nil {
			s.stmts = file.Decls[0].(*ast.FuncDecl).Body.List
			break
		}
	}
	if s.stmts == nil {
		return s
	}
	s.writesOf(file)
	top := map[*ast.Ident]bool{}
	from := map[string]token.Pos{} // where a name has a value of the text's own
	for _, st := range s.stmts {
		for _, id := range defined(st) {
			top[id] = true
			s.assigned[id.Name] = true
			if _, ok := from[id.Name]; !ok {
				from[id.Name] = st.End()
			}
			if as, ok := st.(*ast.AssignStmt); !ok || as.Tok == token.DEFINE {
				s.declared[id.Name] = true
			}
		}
	}
	written, keys := map[*ast.Ident]bool{}, map[*ast.Ident]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.ASSIGN {
				break
			}
			for _, id := range targets(n.Lhs) {
				written[id] = true
			}
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				for _, id := range targets([]ast.Expr{n.Key, n.Value}) {
					written[id] = true
				}
			}
		case *ast.CompositeLit:
			switch n.Type.(type) {
			case *ast.MapType, *ast.ArrayType:
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						if id, ok := kv.Key.(*ast.Ident); ok && !ownName(id) {
							keys[id] = true
						}
					}
				}
			}
		}
		return true
	})
	free := file.Unresolved
	for id := range keys { // the parser leaves them out: they may be the names of fields
		free = append(free, id)
	}
	sort.SliceStable(free, func(i, j int) bool { return free[i].Pos() < free[j].Pos() })
	for _, id := range free {
		switch {
		case id.Name == "_" || id.Name == "imported" || top[id]:
		case from[id.Name].IsValid() && id.Pos() > from[id.Name]:
		case written[id]:
			s.may[id.Name] = true
		default:
			s.reads = append(s.reads, id.Name)
		}
	}
	return s
}

// defined returns the identifiers that a statement gives a value, with := and var, or without.
func defined(s ast.Stmt) []*ast.Ident {
	switch s := s.(type) {
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

// writes returns the names that a text gives a value to, in order of the alphabet.
func (s *snippet) writes() []string {
	var out []string
	for name := range s.assigned {
		out = append(out, name)
	}
	for name := range s.may {
		if !s.assigned[name] {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

// ownName reports whether a text declares the name that stands in it itself.
func ownName(id *ast.Ident) bool {
	return id.Obj != nil
}
