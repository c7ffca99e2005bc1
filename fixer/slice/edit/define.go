package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// define turns the first assignment of a text into a declaration, if the variable's own declaration is directly before it
// and its value is not read:
//
//	var answer map[string]any
//	answer = map[string]any{…}     answer := map[string]any{…}
func (e *Editor) define() {
	for n, t := range e.prog.Set.Replace {
		s, ok := n.(ast.Stmt)
		if !ok || e.inGone(s) {
			continue
		}
		for obj, lit := range e.firstValues(e.prog.Texts[s]) {
			name := obj.Name()
			if e.After.SharedVars[obj] || strings.ReplaceAll(types.TypeString(obj.Type(), func(p *types.Package) string { return p.Name() }), "interface{}", "any") != lit {
				continue
			}
			line := e.declaration(e.prog.FileOf(s), obj)
			d := e.declaredBefore(s, obj)
			if d != nil {
				e.remove(d, "the new code declares it")
			}
			if i := slices.Index(e.before[s], line); i >= 0 || d != nil {
				if i >= 0 {
					e.before[s] = slices.Delete(e.before[s], i, i+1)
				}
				t.Src = strings.Replace(t.Src, name+" = "+lit+"{", name+" := "+lit+"{", 1)
				e.prog.Set.Replace[n] = t
			}
		}
	}
}

// firstValues returns the variables that the top level of a text gives a literal, without having
// named them before, and the types of these.
func (e *Editor) firstValues(sn *program.Snippet) map[*types.Var]string {
	out := map[*types.Var]string{}
	if sn == nil || sn.File == nil {
		return out
	}
	seen := map[types.Object]bool{}
	for _, st := range sn.Nodes {
		if as, ok := st.(*ast.AssignStmt); ok && as.Tok == token.ASSIGN && len(as.Lhs) == 1 && len(as.Rhs) == 1 {
			id, isIdent := as.Lhs[0].(*ast.Ident)
			lit, isLit := as.Rhs[0].(*ast.CompositeLit)
			if isIdent && isLit {
				if v, ok := sn.File.Object(id).(*types.Var); ok && e.prog.Own(v) && syntax.IsLocal(v) && !seen[v] {
					out[v] = strings.ReplaceAll(types.ExprString(lit.Type), "interface{}", "any")
				}
			}
		}
		ast.Inspect(st, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				seen[sn.File.Object(id)] = true
			}
			return true
		})
	}
	return out
}

// declaredBefore returns the statement right in front of another one that does nothing but declare a variable.
func (e *Editor) declaredBefore(s ast.Stmt, obj types.Object) ast.Stmt {
	var list []ast.Stmt
	switch p := e.prog.Parent[s].(type) {
	case *ast.BlockStmt:
		list = p.List
	case *ast.CaseClause:
		list = p.Body
	}
	var last ast.Stmt
	for _, st := range list {
		if st == s {
			break
		}
		if !e.gone(st) {
			last = st
		}
	}
	var names []*ast.Ident
	switch d := last.(type) {
	case *ast.DeclStmt:
		if gd := d.Decl.(*ast.GenDecl); gd.Tok == token.VAR && len(gd.Specs) == 1 {
			names = gd.Specs[0].(*ast.ValueSpec).Names
		}
	case *ast.AssignStmt:
		if d.Tok == token.DEFINE && len(d.Lhs) == 1 {
			if id, ok := d.Lhs[0].(*ast.Ident); ok {
				names = []*ast.Ident{id}
			}
		}
	}
	if len(names) != 1 || e.prog.Names[obj] != names[0] || e.prog.Set.Before[last].Src != "" {
		return nil
	}
	if _, ok := e.prog.Set.Replace[last]; ok {
		return nil
	}
	for i := range 2 { // the atom of a spec or of an assignment
		var n ast.Node = last
		if i == 1 {
			n = e.prog.Parent[names[0]]
		}
		if a := e.After.AtomAt(n, 0); a != nil && !e.harmless(a) {
			return nil
		}
	}
	return last
}
