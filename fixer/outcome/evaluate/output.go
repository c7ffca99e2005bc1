package evaluate

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// The text of an error may change in a rewrite: errors are for people, who read them on standard error or in a log. Standard
// output and the answer of an HTTP handler are read by programs, so a reviewer is told if the error of the token request gets there.
// Refusals keep the texts that the program made for them, where it can be done. The error of a failed request contains the URL of the
// exchange, so its text changes anyway.

// maxErrorSteps bounds the search for the places an error gets to. An error passed around more than that is a logger's.
const maxErrorSteps = 2000

// PrintedError returns the first place where the error of the token request is written to standard output
// or to the answer of an HTTP handler, nil if there is none.
func (r *Run) PrintedError() (f *syntax.File, place ast.Node) {
	s := &errorSearch{ix: r.Ix, vars: map[types.Object]bool{}, results: map[result]bool{}}
	s.within(r.Ex.Func)
	s.errors(r.Ex.Func)
	for len(s.next) > 0 && s.place == nil && s.steps < maxErrorSteps {
		v := s.next[0]
		s.next = s.next[1:]
		for _, id := range s.ix.Uses[v] {
			if s.steps++; s.place == nil {
				s.follow(s.ix.FileOf(id), s.ix.FileOf(id).Whole(id))
			}
		}
	}
	return s.file, s.place
}

// An errorSearch follows an error forwards: through variables, results, wrapping calls and its text.
type errorSearch struct {
	ix      *syntax.Index
	vars    map[types.Object]bool
	results map[result]bool
	next    []types.Object
	steps   int
	file    *syntax.File
	place   ast.Node
}

// A result is one of the results of a function.
type result struct {
	of ast.Node
	i  int
}

// within follows the error variables that a function declares itself.
func (s *errorSearch) within(d *syntax.Func) {
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v := d.File.Pkg.Info.Defs[id]; v != nil && v.Type() != nil && syntax.IsError(v.Type()) {
				s.variable(v)
			}
		}
		return true
	})
}

func (s *errorSearch) variable(v types.Object) {
	if v != nil && !s.vars[v] {
		s.vars[v] = true
		s.next = append(s.next, v)
	}
}

// errors follows the results of a function that are errors.
func (s *errorSearch) errors(d *syntax.Func) {
	if d.Type.Results == nil {
		return
	}
	i := 0
	for _, field := range d.Type.Results.List {
		for range max(1, len(field.Names)) {
			if syntax.IsError(d.File.TypeOf(field.Type)) {
				s.returned(d, i)
			}
			i++
		}
	}
}

// returned follows a result of a function into its callers.
func (s *errorSearch) returned(d *syntax.Func, i int) {
	if d == nil || d.Obj == nil || s.results[result{d.Node, i}] {
		return
	}
	s.results[result{d.Node, i}] = true
	sites, _ := s.ix.Calls(d)
	for _, c := range sites {
		if d.Obj.Signature().Results().Len() == 1 {
			s.follow(c.File, c.Call)
		} else {
			s.followResult(c.File, c.Call, i)
		}
	}
}

// followResult follows one of several results of a call.
func (s *errorSearch) followResult(f *syntax.File, c *ast.CallExpr, i int) {
	if s.steps++; s.place != nil || s.steps > maxErrorSteps {
		return
	}
	switch p := f.Parent[c].(type) {
	case *ast.AssignStmt:
		if i < len(p.Lhs) {
			s.assigned(f, p.Lhs[i])
		}
	case *ast.ValueSpec:
		if i < len(p.Names) {
			s.assigned(f, p.Names[i])
		}
	case *ast.ReturnStmt:
		s.returned(s.ix.Enclosing(f, p), i)
	case *ast.CallExpr: // g(f())
		if s.writesOutput(f, p) {
			s.file, s.place = f, p
		} else if d := s.ix.Target(f, p); d != nil {
			if params := d.Params(); i < len(params) && params[i] != nil {
				s.variable(d.File.Pkg.Info.Defs[params[i]])
			}
		}
	}
}

// follow follows the value of an expression: an error or its text.
func (s *errorSearch) follow(f *syntax.File, e ast.Expr) {
	if s.steps++; s.place != nil || s.steps > maxErrorSteps {
		return
	}
	switch p := f.Parent[e].(type) {
	case *ast.ParenExpr:
		s.follow(f, p)
	case *ast.BinaryExpr:
		if syntax.IsString(f.TypeOf(p)) {
			s.follow(f, p)
		}
	case *ast.SelectorExpr:
		if c, ok := f.Parent[p].(*ast.CallExpr); ok && p.X == e && c.Fun == p && p.Sel.Name == "Error" {
			s.follow(f, c)
		}
	case *ast.CallExpr:
		s.argument(f, p, e)
	case *ast.AssignStmt:
		for i, l := range p.Lhs {
			if i < len(p.Rhs) && len(p.Lhs) == len(p.Rhs) && p.Rhs[i] != e {
				continue
			}
			s.assigned(f, l)
		}
	case *ast.ValueSpec:
		for i, l := range p.Names {
			if i < len(p.Values) && len(p.Names) == len(p.Values) && p.Values[i] != e {
				continue
			}
			s.assigned(f, l)
		}
	case *ast.KeyValueExpr:
		if lit, ok := f.Parent[p].(*ast.CompositeLit); ok && p.Value == e {
			if id, ok := p.Key.(*ast.Ident); ok {
				s.assigned(f, id)
			}
			s.follow(f, lit) // a map for the answer: map[string]string{"error": err.Error()}
		}
	case *ast.ReturnStmt:
		s.returned(s.ix.Enclosing(f, p), slices.Index(p.Results, e))
	}
}

func (s *errorSearch) assigned(f *syntax.File, l ast.Expr) {
	if v, ok := f.Denoted(l).(*types.Var); ok && v.Name() != "_" && (syntax.IsError(v.Type()) || syntax.IsString(v.Type())) {
		s.variable(v)
	}
}

// argument follows an argument of a call: printed, wrapped, or passed to a function of the module.
func (s *errorSearch) argument(f *syntax.File, c *ast.CallExpr, e ast.Expr) {
	if c.Fun == e {
		return
	}
	if s.writesOutput(f, c) {
		s.file, s.place = f, c
		return
	}
	if d := s.ix.Target(f, c); d != nil {
		params := d.Params()
		for i, a := range c.Args {
			if a == e && len(params) > 0 {
				if id := params[min(i, len(params)-1)]; id != nil {
					s.variable(d.File.Pkg.Info.Defs[id])
				}
			}
		}
		return
	}
	if t := f.TypeOf(c); t != nil && (syntax.IsError(t) || syntax.IsString(t)) {
		s.follow(f, c) // fmt.Errorf("login: %w", err), fmt.Sprint(err), strings.TrimSpace(err.Error())
	}
}

// writesOutput reports whether a call of a library writes to standard output or to the answer of an HTTP handler.
func (s *errorSearch) writesOutput(f *syntax.File, c *ast.CallExpr) bool {
	fo := f.Callee(c)
	if fo == nil || s.ix.Funcs[fo] != nil {
		return false
	}
	if library.EffectOf(fo) == library.Outputs {
		return true
	}
	seen := map[types.Object]bool{}
	return s.isOutput(f, c.Fun, seen) || slices.ContainsFunc(c.Args, func(a ast.Expr) bool { return s.isOutput(f, a, seen) })
}

// isOutput reports whether standard output or the answer of an HTTP handler occurs in an expression, or in a value that a writer
// in it was made of: tabwriter.NewWriter(os.Stdout, …). seen has the variables that were followed.
func (s *errorSearch) isOutput(f *syntax.File, e ast.Expr, seen map[types.Object]bool) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if !ok || found {
			return !found
		}
		if t := f.TypeOf(x); t != nil && types.TypeString(t, nil) == "net/http.ResponseWriter" {
			found = true
			return false
		}
		v, ok := f.Denoted(x).(*types.Var)
		if !ok {
			return true
		}
		if v.Pkg() != nil && v.Pkg().Path() == "os" && v.Name() == "Stdout" {
			found = true
		} else if !seen[v] && writes(v.Type()) {
			seen[v] = true
			found = slices.ContainsFunc(s.sources(f, v, x), func(src syntax.Source) bool { return s.isOutput(src.File, src.Expr, seen) })
		}
		return !found
	})
	return found
}

// sources returns the values of a variable, of a parameter those at the calls of its function.
func (s *errorSearch) sources(f *syntax.File, v *types.Var, at ast.Node) []syntax.Source {
	out := s.ix.Sources(v)
	d := s.ix.Enclosing(f, at)
	if d == nil || d.Obj == nil {
		return out
	}
	i, ok := d.Param(v)
	if !ok || i < 0 {
		return out
	}
	sites, _ := s.ix.Calls(d)
	for _, c := range sites {
		if i < len(c.Call.Args) {
			out = append(out, syntax.Source{File: c.File, Expr: c.Call.Args[i]})
		}
	}
	return out
}

// writes reports whether a type has the method Write of an io.Writer, by a value or a pointer.
func writes(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Write")
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Params().Len() == 1 && fn.Signature().Results().Len() == 2
}
