package program

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// Reads reports whether the module reads a field or variable anywhere, even without an effect.
func (p *Program) Reads(v types.Object) bool {
	if known, ok := p.isRead[v]; ok {
		return known
	}
	p.isRead[v] = slices.ContainsFunc(p.Uses[v], func(id *ast.Ident) bool { return !p.isWrite(id) })
	return p.isRead[v]
}

// isWrite reports whether an identifier is only the target of an assignment or the key of an
// element.
func (p *Program) isWrite(id *ast.Ident) bool {
	var n ast.Node = id
	if sel, ok := p.Parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
		n = sel
	}
	switch x := p.Parent[n].(type) {
	case *ast.KeyValueExpr:
		if x.Key != n {
			return false
		}
		lit, ok := p.Parent[x].(*ast.CompositeLit)
		if !ok {
			return false
		}
		f := p.FileOf(lit)
		t := f.Pkg.Info.TypeOf(lit)
		if t == nil {
			return false
		}
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
		}
		_, isStruct := t.Underlying().(*types.Struct)
		return isStruct
	case *ast.AssignStmt:
		return (x.Tok == token.ASSIGN || x.Tok == token.DEFINE) && slices.ContainsFunc(x.Lhs, func(l ast.Expr) bool { return l == n })
	case *ast.RangeStmt:
		return x.Key == n || x.Value == n
	}
	return false
}

// Tagged reports whether a field has a struct tag.
func (p *Program) Tagged(obj types.Object) bool {
	fl, ok := p.Decl(obj).(*ast.Field)
	return ok && fl.Tag != nil && syntax.IsField(obj)
}

// FieldGoes reports whether a field without readers may be removed from its struct.
func (p *Program) FieldGoes(v *types.Var) bool {
	fl, ok := p.Decl(v).(*ast.Field)
	if !ok || len(fl.Names) == 0 {
		return false
	}
	filled := !p.Ignored(v) && (p.IsDecoded(v) || !p.inFunction(fl) && fl.Tag != nil)
	if p.Elsewhere[v] || v.Exported() && (filled || !p.inFunction(fl) && p.Api(v)) {
		return false
	}
	return !p.Converted(v)
}

// decoders are words in the import paths of libraries that fill structs and ignore the tags of encoding/json.
var decoders = []string{"yaml", "toml", "hcl", "mapstructure", "viper", "koanf", "env", "conf", "flag", "arg", "schema", "bson", "xml"}

// Ignored reports whether the tag of a field excludes it from encoding/json, in a program without another
// decoder.
func (p *Program) Ignored(v *types.Var) bool {
	fl, ok := p.Decl(v).(*ast.Field)
	if !ok || fl.Tag == nil || strings.Trim(fl.Tag.Value, "`") != `json:"-"` {
		return false
	}
	for _, f := range p.Files {
		for _, im := range f.Syntax.Imports {
			path := strings.Trim(im.Path.Value, `"`)
			if path != "flag" && !p.Indexed(path) && slices.ContainsFunc(decoders, func(w string) bool { return strings.Contains(path, w) }) {
				return false
			}
		}
	}
	return true
}

// inFunction reports whether a type is declared in a function, so only code there can set its fields.
func (p *Program) inFunction(n ast.Node) bool {
	for ; n != nil; n = p.Parent[n] {
		if _, ok := n.(*ast.BlockStmt); ok {
			return true
		}
	}
	return false
}

// IsDecoded reports whether a library sets fields of v's struct.
func (p *Program) IsDecoded(v *types.Var) bool {
	p.findDecoded()
	return p.decoded[v]
}

// takenOut reports whether the core change removes a node.
func (p *Program) takenOut(n ast.Node) bool {
	for ; n != nil; n = p.Parent[n] {
		_, rem := p.Set.Remove[n]
		_, rep := p.Set.Replace[n]
		if rem || rep {
			return true
		}
	}
	return false
}

// Converted reports whether the struct of v is used in a conversion.
func (p *Program) Converted(v *types.Var) bool {
	p.findDecoded()
	return p.inConversion[v]
}

func (p *Program) findDecoded() {
	if p.lookedAt {
		return
	}
	p.lookedAt = true
	look := func(f *syntax.File, root ast.Node) {
		ast.Inspect(root, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				p.fillsOrConverts(f, c)
			}
			return true
		})
	}
	for _, f := range p.Files {
		look(f, f.Syntax)
	}
	for _, sn := range p.Snippets() {
		for _, n := range sn.Nodes {
			look(sn.File, n)
		}
	}
}

// fillsOrConverts records the fields of structs that a call may set by reflection, or that it converts.
func (p *Program) fillsOrConverts(f *syntax.File, c *ast.CallExpr) {
	if f.IsConversion(c) && len(c.Args) == 1 {
		p.converts(f, f.Pkg.Info.TypeOf(c.Fun), f.Pkg.Info.TypeOf(c.Args[0]))
		return
	}
	fo := f.Callee(c)
	if fo == nil || p.Own(f.Canon(fo)) || p.takenOut(c) {
		return
	}
	fills := library.FillsByName(fo.Name())
	for _, arg := range c.Args {
		if !fills && !p.Empty(f, c, arg) {
			continue
		}
		t := f.Pkg.Info.TypeOf(arg)
		if t == nil {
			continue
		}
		if _, ok := t.Underlying().(*types.Pointer); ok || IsEmptyLit(ast.Unparen(arg)) {
			p.fieldsOf(f, t, p.decoded, maxFilled)
		}
	}
}

// converts records the fields of two struct types with a conversion between them.
func (p *Program) converts(f *syntax.File, to, from types.Type) {
	if to == nil || from == nil || types.Identical(to, from) {
		return
	}
	if _, ok := to.Underlying().(*types.Struct); ok {
		p.fieldsOf(f, to, p.inConversion, 1)
		p.fieldsOf(f, from, p.inConversion, 1)
	}
}

// maxFilled is the depth of types in which a decoder is expected to fill fields: a pointer to a list of structs with
// structs in them.
const maxFilled = 5

// fieldsOf adds the fields of a type, and with a depth above 1 those of the types in it.
func (p *Program) fieldsOf(f *syntax.File, t types.Type, into map[*types.Var]bool, depth int) {
	if t == nil || depth == 0 {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		p.fieldsOf(f, u.Elem(), into, depth-1)
	case *types.Slice:
		p.fieldsOf(f, u.Elem(), into, depth-1)
	case *types.Map:
		p.fieldsOf(f, u.Elem(), into, depth-1)
	case *types.Struct:
		for i := range u.NumFields() {
			if v, ok := f.Canon(u.Field(i)).(*types.Var); ok && !into[v] {
				into[v] = true
				p.fieldsOf(f, v.Type(), into, depth-1)
			}
		}
	}
}
