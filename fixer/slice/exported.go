package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

func (e *emitter) deprecate(n ast.Node, text string) {
	old, ok := e.deprecated[n]
	if !ok {
		old, ok = e.p.set.Deprecated[n]
	}
	switch {
	case ok && strings.Contains(old, text):
		return
	case ok:
		text = old + " " + text
	}
	e.deprecated[n] = text
}

// deprecateFunc marks an exported function that the module itself used for the flow only.
func (e *emitter) deprecateFunc(f *file, fd *fn) {
	if e.p.elsewhere[fd.obj] || len(e.p.uses[fd.obj]) == 0 || !e.g.hadUses(fd, e.slice) || e.hasUses(fd.obj) {
		return
	}
	e.deprecate(fd.node, "it served an exchange of a signed JWT for an access token that is not made any more.")
	e.rep.Kept = append(e.rep.Kept, Kept{Name: funcName(fd), Why: "it is exported", Pos: f.pos(fd.node.(*ast.FuncDecl).Name)})
}

// hadUses reports whether something live called f before the change.
func (g *graph) hadUses(f *fn, was *marking) bool {
	for _, id := range g.p.uses[f.obj] {
		if o := g.enclosing(id); o != nil && o != f && was.live[o.key()] {
			return true
		}
	}
	return false
}

// exported marks the exported constants, types and variables that have lost their last use.
func (e *emitter) exported() {
	for _, f := range e.p.files {
		for _, d := range f.syntax.Decls {
			if fd := e.g.byNode[d]; fd != nil && fd.obj != nil && e.p.api(fd.obj) && !fd.dynamic && !e.gone(d) {
				e.deprecateFunc(f, fd)
			}
			gd, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range gd.Specs {
				var names []*ast.Ident
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = []*ast.Ident{s.Name}
				case *ast.ValueSpec:
					names = s.Names
				}
				for _, id := range names {
					obj := f.pkg.Info.Defs[id]
					if obj != nil && e.p.api(obj) && !e.p.elsewhere[obj] && !e.p.unused(obj) && !e.hasUses(obj) && !e.gone(s) {
						e.keptObject(obj, "it is exported")
					}
				}
			}
		}
	}
}

func (e *emitter) keptObject(obj types.Object, why string) {
	f := e.p.inFile[obj]
	e.rep.Kept = append(e.rep.Kept, Kept{Name: kindOf(obj) + " " + e.qualified(obj), Why: why, Pos: f.pos(e.p.names[obj])})
	n := e.p.decls[obj]
	switch n := n.(type) {
	case *ast.TypeSpec, *ast.ValueSpec, *ast.Field:
		e.deprecate(n, "not used any more.")
	}
}

func kindOf(obj types.Object) string {
	switch o := obj.(type) {
	case *types.TypeName:
		return "type"
	case *types.Const:
		return "const"
	case *types.Func:
		return "func"
	case *types.Var:
		if o.IsField() {
			return "field"
		}
	}
	return "var"
}

func (e *emitter) qualified(obj types.Object) string {
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		if o := e.p.owner[v]; o != "" {
			return o + "." + v.Name()
		}
	}
	return obj.Name()
}

func (e *emitter) keepField(v *types.Var, fl *ast.Field) {
	why := "it is exported"
	kind := ""
	switch {
	case e.p.elsewhere[v]:
		e.rep.Kept = append(e.rep.Kept, Kept{Name: "field " + e.qualified(v), Why: behindConstraints, Pos: e.p.inFile[v].pos(fl)})
		return
	case !e.p.ignored(v) && (fl.Tag != nil || e.p.isDecoded(v)):
		why, kind = "it is a setting that is filled by reflection", "setting"
	case e.p.converted(v):
		why = "its struct is converted to another type"
	}
	f := e.p.inFile[v]
	e.rep.Kept = append(e.rep.Kept, Kept{Name: "field " + e.qualified(v), Why: why, Pos: f.pos(fl)})
	if kind != "" {
		name := v.Name()
		if fl.Tag != nil {
			name = tagName(fl.Tag.Value, name)
			if t := strings.Trim(fl.Tag.Value, "`"); strings.HasPrefix(t, "env:") || strings.HasPrefix(t, "envconfig:") {
				kind = "env"
			}
		}
		e.rep.Leftovers = append(e.rep.Leftovers, Leftover{Kind: kind, Name: name, Pos: f.pos(fl), Kept: true})
	}
	e.relaxField(f, fl, e.qualified(v))
	if v.Exported() && e.allDead(f, fl) && !e.ofCommand(v) && !e.is.live[pinKey{v}] { // linters complain of uses of what is marked
		e.deprecate(fl, "not used any more.")
	}
}

// allDead reports whether none of the fields that a line declares is used any more: a mark speaks of all of them.
func (e *emitter) allDead(f *file, fl *ast.Field) bool {
	return !slices.ContainsFunc(fl.Names, func(id *ast.Ident) bool { return !e.died(f.pkg.Info.Defs[id]) })
}

// ofCommand reports whether a field is one of an unexported type of a command, which nobody else reads about.
func (e *emitter) ofCommand(v *types.Var) bool {
	return v.Pkg() != nil && v.Pkg().Name() == "main" && !token.IsExported(e.p.owner[v])
}

// tagName returns the first name in a struct tag.
func tagName(tag, name string) string {
	if i := strings.Index(tag, `:"`); i >= 0 {
		rest := tag[i+2:]
		if j := strings.IndexAny(rest, `",`); j > 0 {
			return rest[:j]
		}
	}
	return name
}
