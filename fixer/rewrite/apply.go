package rewrite

import (
	"fmt"
	"go/ast"
	"strings"

	"github.com/dave/dst"
	"github.com/dave/dst/dstutil"
)

// apply edits tree in place. It reports whether anything is left of it.
func (f *file) apply(tree dst.Decl, marks []ast.Node) (bool, error) {
	e := &editor{
		f:       f,
		remove:  map[dst.Node]ast.Node{},
		replace: map[dst.Node]ast.Node{},
		before:  map[dst.Node]ast.Node{},
		unwrap:  map[dst.Node]ast.Node{},
		assigns: map[dst.Node]bool{},
		parts:   map[dst.Stmt][]dst.Stmt{},
		now:     map[dst.Node]dst.Expr{},
		doc:     map[dst.Node]string{},
		gone:    map[dst.Node]bool{},
		done:    map[dst.Node]bool{},
		cut:     map[dst.Node]bool{},
		apart:   map[dst.Node]*dst.Field{},
	}
	for _, n := range marks {
		d := f.dst(n)
		if d == nil {
			return false, fmt.Errorf("%s: a %T cannot be changed on its own", f.at(n), n)
		}
		if _, ok := f.set.Remove[n]; ok {
			e.remove[d] = n
		} else if _, ok := f.set.Replace[n]; ok {
			e.replace[d] = n
		} else if _, ok := f.set.Parts(n); ok {
			e.unwrap[d] = n
		} else if s, ok := n.(*ast.AssignStmt); ok {
			_, e.assigns[d] = f.set.Assign[s]
		}
		if s, ok := n.(ast.Stmt); ok {
			if _, ok := f.set.Before[s]; ok {
				e.before[d] = n
			}
		}
		if text, ok := f.set.Deprecated[n]; ok {
			e.doc[d] = text
		}
	}
	e.define = f.definitions(marks)
	dstutil.Apply(tree, e.pre, e.post)
	if e.err != nil {
		return false, e.err
	}
	for _, n := range marks {
		d := f.dst(n)
		_, rem := e.remove[d]
		_, rep := e.replace[d]
		_, pre := e.before[d]
		_, unwraps := e.unwrap[d]
		switch {
		case rem && !e.done[d]:
			return false, fmt.Errorf("%s: a %T cannot be removed here", f.at(n), n)
		case rep && !e.done[d]:
			return false, fmt.Errorf("%s: a %T cannot be replaced here", f.at(n), n)
		case unwraps && !e.done[d]:
			return false, fmt.Errorf("%s: a %T cannot become a part of itself here", f.at(n), n)
		case pre && !e.done[d]:
			return false, fmt.Errorf("%s: no statement can be put in front of this %T", f.at(n), n)
		}
	}
	return !e.gone[tree], nil
}

// pre replaces expressions and edits doc comments. It excludes removed nodes from the walk.
func (e *editor) pre(c *dstutil.Cursor) bool {
	n := c.Node()
	if n == nil || e.err != nil {
		return false
	}
	if text, ok := e.doc[n]; ok {
		e.deprecate(c, text)
	}
	if _, ok := e.remove[n]; ok {
		return false
	}
	a, ok := e.replace[n]
	if !ok {
		return true
	}
	if _, ok := c.Parent().(*dst.Field); ok && c.Name() == "Names" && strings.ContainsAny(e.f.set.Replace[a].Src, " *") {
		repl, err := e.f.parseField(e.f.set.Replace[a].Src)
		if err != nil {
			e.fail(a, err)
			return false
		}
		repl.Decs.Before, repl.Decs.After = dst.None, dst.None
		e.apart[n] = repl
		e.done[n] = true
		return false
	}
	if b, ok := n.(*dst.BlockStmt); ok && c.Index() < 0 {
		e.body(b, a)
	} else if x, ok := n.(*dst.KeyValueExpr); ok {
		e.elements(c, x, a)
	} else if x, ok := n.(dst.Expr); ok {
		repl, err := e.f.parseExpr(e.f.set.Replace[a].Src)
		if err != nil {
			e.fail(a, err)
			return false
		}
		e.swap(c, x, repl)
		e.done[n] = true
	}
	return false
}

// split moves names to separate fields: u, body string becomes u string, config *T.
func (e *editor) split(list []*dst.Field) []*dst.Field {
	var out []*dst.Field
	for _, field := range list {
		names := field.Names
		field.Names = nil
		first := true
		flush := func() {
			if len(field.Names) == 0 {
				return
			}
			if first {
				out = append(out, field)
			} else {
				more := dst.Clone(field).(*dst.Field)
				more.Names = append([]*dst.Ident(nil), field.Names...)
				out = append(out, more)
			}
			first = false
		}
		apart := false
		for _, id := range names {
			repl := e.apart[id]
			if repl == nil {
				field.Names = append(field.Names, id)
				continue
			}
			apart = true
			flush()
			if len(field.Names) > 0 {
				field = dst.Clone(field).(*dst.Field)
				field.Names = nil
				first = true
			}
			out = append(out, repl)
		}
		if !apart {
			out = append(out, field)
			continue
		}
		flush()
	}
	return out
}

// elements replaces one element of a composite literal by one or more. Each new element
// is on a separate line if the old one was; the first one has the comments.
func (e *editor) elements(c *dstutil.Cursor, old *dst.KeyValueExpr, a ast.Node) {
	list, err := e.f.parseElements(e.f.set.Replace[a].Src)
	if err != nil {
		e.fail(a, err)
		return
	}
	e.done[old] = true
	first := list[0].Decorations()
	for _, repl := range list[1:] {
		repl.Decorations().Before, repl.Decorations().After = old.Decs.Before, old.Decs.After
	}
	first.Before, first.After = old.Decs.Before, old.Decs.After
	first.Start.Prepend(old.Decs.Start...)
	first.End.Append(old.Decs.End...)
	c.Replace(list[0])
	for i := len(list) - 1; i > 0; i-- {
		c.InsertAfter(list[i])
	}
}

// post edits a node whose children are finished.
func (e *editor) post(c *dstutil.Cursor) bool {
	switch n := c.Node().(type) {
	case *dst.BlockStmt:
		had := len(n.List)
		n.List = e.stmts(n.List, &n.Decs.Lbrace)
		e.cut[n] = had > 0
	case *dst.CaseClause:
		n.Body = e.stmts(n.Body, &n.Decs.Colon)
		had := len(n.List)
		n.List = edit(e, n.List, nil)
		if had > 0 && len(n.List) == 0 {
			e.fail(e.f.ast(n), fmt.Errorf("without expressions the case would become the default; remove the clause"))
		}
	case *dst.CommClause:
		n.Body = e.stmts(n.Body, &n.Decs.Comm)
	case *dst.GenDecl:
		e.specs(n)
	case *dst.DeclStmt:
		e.gone[n] = e.gone[n.Decl] || e.drops(n.Decl)
	case *dst.ValueSpec:
		e.valueSpec(n)
	case *dst.Field:
		had := len(n.Names)
		n.Names = edit(e, n.Names, nil)
		e.gone[n] = had > 0 && len(n.Names) == 0
		if n.Tag != nil && e.drops(n.Tag) {
			n.Tag = nil
		}
	case *dst.FieldList:
		had := len(n.List)
		for i, field := range n.List {
			if a, ok := e.replace[field]; ok {
				repl, err := e.f.parseField(e.f.set.Replace[a].Src)
				if err != nil {
					e.fail(a, err)
					return false
				}
				carryExpr(field, repl)
				e.done[field] = true
				n.List[i] = repl
			}
		}
		n.List = e.split(edit(e, n.List, &n.Decs.Opening))
		e.cut[n] = len(n.List) < had
	case *dst.FuncType:
		if n.Results != nil && e.cut[n.Results] && len(n.Results.List) == 0 {
			n.Results = nil
		}
	case *dst.CallExpr:
		if len(n.Args) > 0 && n.Ellipsis {
			_, last := e.remove[n.Args[len(n.Args)-1]]
			n.Ellipsis = !last
		}
		n.Args = edit(e, n.Args, &n.Decs.Lparen)
	case *dst.CompositeLit:
		n.Elts = edit(e, n.Elts, &n.Decs.Lbrace)
	case *dst.ReturnStmt:
		n.Results = edit(e, n.Results, &n.Decs.Return)
	case *dst.IndexListExpr:
		n.Indices = edit(e, n.Indices, nil)
	case *dst.AssignStmt:
		e.assign(n)
	case *dst.RangeStmt:
		e.ranges(n)
	case *dst.IfStmt:
		n.Init = e.single(n.Init)
		e.orElse(n)
	case *dst.ForStmt:
		n.Init, n.Post = e.single(n.Init), e.single(n.Post)
		if n.Cond != nil && e.drops(n.Cond) {
			n.Cond = nil
		}
	case *dst.SwitchStmt:
		n.Init = e.single(n.Init)
		if n.Tag != nil && e.drops(n.Tag) {
			n.Tag = nil
		}
	case *dst.TypeSwitchStmt:
		n.Init = e.single(n.Init)
		e.typeSwitch(n)
	case *dst.LabeledStmt:
		if e.drops(n.Stmt) {
			n.Stmt = &dst.EmptyStmt{Implicit: true} // a goto may still name the label
		} else {
			n.Stmt = e.single(n.Stmt)
		}
	}
	if a, ok := e.unwrap[c.Node()]; ok {
		e.become(c, a)
	}
	return e.err == nil
}

// single returns the replacement of a single statement, such as an Init.
func (e *editor) single(s dst.Stmt) dst.Stmt {
	if s == nil || e.drops(s) {
		return nil
	}
	list, edited := e.parts[s]
	a, ok := e.replace[s]
	if !ok && !edited {
		return s
	}
	if edited && len(list) == 0 {
		return nil
	}
	var err error
	if !edited {
		list, err = e.f.parseStmts(e.f.set.Replace[a].Src)
	}
	if err == nil && len(list) != 1 {
		err = fmt.Errorf("%d statements do not fit where one stands", len(list))
	}
	if err != nil {
		e.fail(a, err)
		return s
	}
	e.done[s] = true
	carryExpr(s, list[0])
	return list[0]
}

// orElse edits the else of an if. A block that becomes empty is removed; a block that was empty
// before stays.
func (e *editor) orElse(n *dst.IfStmt) {
	if n.Else == nil {
		return
	}
	if e.drops(n.Else) {
		n.Else = nil
		return
	}
	if list, ok := e.parts[n.Else]; ok {
		if n.Else = nil; len(list) > 0 {
			n.Else = asElse(list)
		}
	}
	if a, ok := e.replace[n.Else]; ok {
		if _, block := n.Else.(*dst.BlockStmt); !block {
			list, err := e.f.parseStmts(e.f.set.Replace[a].Src)
			if err != nil {
				e.fail(a, err)
				return
			}
			e.done[n.Else] = true
			n.Else = asElse(list)
		}
	}
	if b, ok := n.Else.(*dst.BlockStmt); ok && e.cut[b] && len(b.List) == 0 && len(b.Decs.Lbrace) == 0 {
		n.Else = nil
	}
}

// body replaces the statements of a function, a loop or a branch.
func (e *editor) body(b *dst.BlockStmt, a ast.Node) {
	list, err := e.f.parseStmts(e.f.set.Replace[a].Src)
	if err != nil {
		e.fail(a, err)
		return
	}
	if len(list) == 1 {
		if inner, ok := list[0].(*dst.BlockStmt); ok {
			list = inner.List
			b.Decs.Lbrace = inner.Decs.Lbrace
		}
	}
	b.List = list
	e.done[b] = true
}

func asElse(list []dst.Stmt) dst.Stmt {
	if len(list) == 1 {
		switch s := list[0].(type) {
		case *dst.IfStmt, *dst.BlockStmt:
			s.Decorations().Before, s.Decorations().After = dst.None, dst.None
			return s
		}
	}
	return &dst.BlockStmt{List: list}
}
