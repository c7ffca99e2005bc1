package fixer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/origin"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/syntax"
)

// Limits of the search for the names of a key: each step looks for the definitions of one variable in all files.
const (
	maxKeyDepth = 8  // definitions and calls between the key and its name
	maxKeyVars  = 24 // followed variables and fields
)

// A keyName has the names of a flow's key: fields, keys of maps, environment variables, and constant arguments
// of the program's own lookup functions. A program without the calls that parse the key may still fail without
// it.
type keyName struct {
	ix     *syntax.Index
	seen   map[types.Object]bool
	fields map[string]bool // pkg.Type.Field
	names  map[string]bool
}

func newKeyName(ix *syntax.Index) *keyName {
	return &keyName{ix: ix, seen: map[types.Object]bool{}, fields: map[string]bool{}, names: map[string]bool{}}
}

func nameOfKey(ix *syntax.Index, fl *flow.Flow) *keyName {
	k := newKeyName(ix)
	for _, s := range fl.Steps {
		if s.Role != flow.KeyLoad && s.Role != flow.KeyParse || flow.Passing(s.What) {
			continue // a call that only passes the key on has other arguments, too
		}
		f, n := ix.Node(s.Span)
		switch n := n.(type) {
		case *ast.CallExpr:
			k.call(f, n, maxKeyDepth)
		case ast.Expr:
			k.value(f, n, maxKeyDepth)
		}
	}
	// Names of other parameters of the exchange stay in use, also if the same helper reads them.
	other := newKeyName(ix)
	for _, fd := range fl.Fields {
		if f, n := ix.Node(fd.Value); n != nil && fd.Value != fl.Assertion {
			if e, ok := n.(ast.Expr); ok {
				other.value(f, e, maxKeyDepth)
			}
		}
	}
	for name := range other.names {
		delete(k.names, name)
	}
	for name := range other.fields {
		delete(k.fields, name)
	}
	return k
}

// value follows a key, or its name, to its sources.
func (k *keyName) value(f *syntax.File, e ast.Expr, depth int) {
	if depth == 0 {
		return
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		k.value(f, e.X, depth)
	case *ast.UnaryExpr:
		k.value(f, e.X, depth)
	case *ast.SliceExpr:
		k.value(f, e.X, depth)
	case *ast.TypeAssertExpr:
		k.value(f, e.X, depth)
	case *ast.IndexExpr:
		if name := f.ConstString(e.Index); name != "" {
			k.names[name] = true
		}
	case *ast.CallExpr:
		k.call(f, e, depth-1)
	case *ast.SelectorExpr:
		if v, ok := f.Object(e.Sel).(*types.Var); ok && v.IsField() && k.ix.FileAt(v) == nil {
			k.value(f, e.X, depth) // block.Bytes: other values of the library's type are none of the key's
		} else if ok && v.IsField() {
			k.fields[fieldName(v)] = true
			k.sources(v, depth)
		} else if ok {
			k.sources(v, depth)
		}
	case *ast.Ident:
		v, ok := f.Object(e).(*types.Var)
		if !ok {
			return
		}
		if d := k.ix.Enclosing(f, e); d != nil {
			if i, is := d.Param(v); is {
				k.argument(d, i, depth)
				return
			}
		}
		k.sources(v, depth)
	}
}

func (k *keyName) sources(v *types.Var, depth int) {
	if k.seen[v] || len(k.seen) >= maxKeyVars {
		return
	}
	k.seen[v] = true
	for _, s := range k.ix.Sources(v) {
		k.value(s.File, s.Expr, depth-1)
	}
}

// argument follows a parameter to the arguments of callers. A constant is a name.
func (k *keyName) argument(d *syntax.Func, i, depth int) {
	if d.Obj == nil || k.seen[d.Obj] || i < 0 {
		return
	}
	k.seen[d.Obj] = true
	sites, _ := k.ix.Callers(d.Obj)
	for _, s := range sites {
		if i >= len(s.Call.Args) || strings.HasSuffix(s.File.Path, "_test.go") {
			continue
		}
		k.value(s.File, s.Call.Args[i], depth-1)
	}
}

// call follows a call that returns a key to its arguments. A constant is a name if the call is a lookup.
func (k *keyName) call(f *syntax.File, c *ast.CallExpr, depth int) {
	names := k.ix.Target(f, c) != nil || lookups[callee(k.ix, f, c)]
	for _, arg := range c.Args {
		if name := f.ConstString(arg); name != "" {
			k.names[name] = k.names[name] || names
		} else {
			k.value(f, arg, depth)
		}
	}
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && len(c.Args) == 0 && k.ix.Target(f, c) == nil {
		k.value(f, sel.X, depth)
	}
}

// lookups are the functions of the standard library that fail if the name of their argument does not exist.
var lookups = map[string]bool{"os.ReadFile": true, "os.Open": true, "os.Stat": true, "io/ioutil.ReadFile": true}

func callee(ix *syntax.Index, f *syntax.File, c *ast.CallExpr) string {
	if obj := f.Callee(c); obj != nil {
		return obj.FullName()
	}
	return ""
}

// fieldName returns the name of a field with its package and type, which is the same in two versions of a
// program.
func fieldName(v *types.Var) string {
	if v.Pkg() == nil {
		return ""
	}
	scope := v.Pkg().Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if st, ok := tn.Type().Underlying().(*types.Struct); ok {
			for f := range st.Fields() {
				if f == v || f.Pos() == v.Pos() && f.Name() == v.Name() {
					return v.Pkg().Path() + "." + name + "." + v.Name()
				}
			}
		}
	}
	return ""
}

// An asked has the places of a result that may look up a key's name: constant texts, and reads of fields. It is
// made once for all flows.
type asked struct {
	names  map[string][]mention // by text
	fields map[string][]mention // by field name
}

// A mention is an expression in a file of one of the two versions of a program.
type mention struct {
	ix   *syntax.Index
	file *syntax.File
	expr ast.Expr
}

func (m mention) place(what string) string {
	return fmt.Sprintf("%s is still %s, %s:%d", m.file.Text(m.expr), what, filepath.Base(m.file.Path), m.file.Pkg.Fset.Position(m.expr.Pos()).Line)
}

// newAsked reads the result, without tests.
func newAsked(ix *syntax.Index, same *origin.Comparison) *asked {
	a := &asked{names: map[string][]mention{}, fields: map[string][]mention{}}
	for _, before := range ix.Files {
		if before.Test {
			continue
		}
		after, f := same.After(before.Path)
		if f == nil {
			continue
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if sel, ok := n.(*ast.SelectorExpr); ok {
				switch v := f.Object(sel.Sel).(type) {
				case *types.Var:
					if v.IsField() {
						a.fields[v.Name()] = append(a.fields[v.Name()], mention{after, f, sel})
					}
					return true
				case *types.Const:
				default:
					return true
				}
			}
			if name := f.ConstString(e); name != "" {
				a.names[name] = append(a.names[name], mention{after, f, e})
			}
			return true
		})
	}
	return a
}

// demandsKey returns a place of the result that still looks up a name of a flow's key, "" if there is none.
func (a *asked) demandsKey(ix *syntax.Index, pl *plan.Plan) string {
	k := nameOfKey(ix, pl.Flow)
	delete(k.fields, "")
	var places []string
	read := map[string]bool{}
	for field := range k.fields {
		name := field[strings.LastIndex(field, ".")+1:]
		if read[name] {
			continue
		}
		read[name] = true
		for _, m := range a.fields[name] {
			sel := m.expr.(*ast.SelectorExpr)
			if k.fields[fieldName(m.file.Object(sel.Sel).(*types.Var))] && readsSetting(m.ix, m.file, sel) {
				places = append(places, m.place("read"))
			}
		}
	}
	for name, asks := range k.names {
		if !asks {
			continue
		}
		for _, m := range a.names[name] {
			if asksByName(m.ix, m.file, m.expr) {
				places = append(places, m.place("looked up"))
			}
		}
	}
	if len(places) == 0 {
		return ""
	}
	return slices.Min(places)
}

// readsSetting reports whether a field has another use than to be copied, printed or set as the default of a
// flag.
func readsSetting(ix *syntax.Index, f *syntax.File, sel *ast.SelectorExpr) bool {
	var n ast.Node = sel
	for {
		up := f.Parent[n]
		switch p := up.(type) {
		case *ast.ParenExpr, *ast.StarExpr, *ast.SliceExpr:
			n = p
			continue
		case *ast.UnaryExpr:
			if p.Op == token.AND {
				return false
			}
			n = p
			continue
		case *ast.AssignStmt:
			for i, r := range p.Rhs {
				if ast.Node(r) != n || len(p.Lhs) != len(p.Rhs) {
					continue
				}
				_, copied := p.Lhs[i].(*ast.SelectorExpr)
				return !copied
			}
			return f.Assigned(n) == nil
		case *ast.KeyValueExpr:
			return false
		case *ast.SelectorExpr: // a field or a method of it
			n = p
			continue
		case *ast.CallExpr:
			if ast.Node(p.Fun) == n {
				n = p
				continue
			}
			if f.Pkg.Info.Types[p.Fun].IsType() {
				n = p
				continue
			}
			return !onlySpeaks(ix, f, p) && !slices.ContainsFunc(p.Args, func(a ast.Expr) bool {
				u, ok := a.(*ast.UnaryExpr)
				return ok && u.Op == token.AND && f.Text(u.X) == f.Text(sel)
			})
		case *ast.ExprStmt, *ast.IncDecStmt:
			return false
		default:
			return true
		}
	}
}

// asksByName reports whether a constant is used for a lookup, or passed to code that may do one.
func asksByName(ix *syntax.Index, f *syntax.File, e ast.Expr) bool {
	switch up := f.Parent[e].(type) {
	case *ast.IndexExpr:
		return up.Index == e && f.Assigned(up) == nil
	case *ast.CallExpr:
		if ix.Target(f, up) == nil {
			return lookups[callee(ix, f, up)]
		}
		return !slices.ContainsFunc(up.Args, func(a ast.Expr) bool { // override(&c.KeyFile, "KEY_FILE") fills a field; its reads are found separately
			u, ok := a.(*ast.UnaryExpr)
			return ok && u.Op == token.AND
		})
	case *ast.KeyValueExpr:
		_, demand := f.Demand(up.Value)
		return up.Key == e && demand != nil
	case *ast.CompositeLit:
		switch t := f.TypeOf(up).Underlying().(type) {
		case *types.Slice:
			return syntax.IsString(t.Elem())
		case *types.Array:
			return syntax.IsString(t.Elem())
		}
	}
	return false
}

// onlySpeaks reports whether a call only makes text, or a log line.
func onlySpeaks(ix *syntax.Index, f *syntax.File, c *ast.CallExpr) bool {
	obj := f.Callee(c)
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	path := obj.Pkg().Path()
	return path == "fmt" || path == "errors" || strings.Contains(path, "log") || strings.Contains(path, "zap") || strings.Contains(path, "zerolog")
}
