package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/live"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
)

func (e *Editor) deprecate(n ast.Node, text string) {
	old, ok := e.deprecated[n]
	if !ok {
		old, ok = e.prog.Set.Deprecated[n]
	}
	switch {
	case ok && strings.Contains(old, text):
		return
	case ok:
		text = old + " " + text
	}
	e.deprecated[n] = text
}

// deprecateFunc marks an exported function that the module used only for the flow.
func (e *Editor) deprecateFunc(f *syntax.File, fd *graph.Func) {
	if e.prog.Elsewhere[fd.Obj] || len(e.prog.Uses[fd.Obj]) == 0 || !live.HadUses(e.After, fd, e.Slice) || e.hasUses(fd.Obj) {
		return
	}
	e.deprecate(fd.Node, "it served an exchange of a signed JWT for an access token that is not made any more.")
	e.rep.Kept = append(e.rep.Kept, report.Kept{Name: funcName(fd), Why: "it is exported", Pos: f.Pos(fd.Node.(*ast.FuncDecl).Name)})
}

// exported marks the exported constants, types and variables that have lost their last use.
func (e *Editor) exported() {
	for _, f := range e.prog.Files {
		for _, d := range f.Syntax.Decls {
			if fd := e.After.ByNode[d]; fd != nil && fd.Obj != nil && e.prog.Api(fd.Obj) && !fd.Dynamic && !e.gone(d) {
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
					obj := f.Pkg.Info.Defs[id]
					if obj != nil && e.prog.Api(obj) && !e.prog.Elsewhere[obj] && !e.prog.Unused(obj) && !e.hasUses(obj) && !e.gone(s) {
						e.keptObject(obj, "it is exported")
					}
				}
			}
		}
	}
}

func (e *Editor) keptObject(obj types.Object, why string) {
	f := e.prog.FileAt(obj)
	e.rep.Kept = append(e.rep.Kept, report.Kept{Name: kindOf(obj) + " " + e.qualified(obj), Why: why, Pos: f.Pos(e.prog.Names[obj])})
	n := e.prog.Decl(obj)
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

func (e *Editor) qualified(obj types.Object) string {
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		if o := e.owner(v); o != "" {
			return o + "." + v.Name()
		}
	}
	return obj.Name()
}

// owner returns the name of the type with a field, "" if it has none.
func (e *Editor) owner(v *types.Var) string {
	n := e.prog.Decl(v)
	for n != nil {
		if _, ok := n.(*ast.Field); ok {
			break
		}
		n = e.prog.Parent[n]
	}
	list := e.prog.Parent[n]
	if ts, ok := e.prog.Parent[e.prog.Parent[list]].(*ast.TypeSpec); ok {
		return ts.Name.Name
	}
	return ""
}

func (e *Editor) keepField(v *types.Var, fl *ast.Field) {
	why := "it is exported"
	kind := ""
	switch {
	case e.prog.Elsewhere[v]:
		e.rep.Kept = append(e.rep.Kept, report.Kept{Name: "field " + e.qualified(v), Why: behindConstraints, Pos: e.prog.FileAt(v).Pos(fl)})
		return
	case !e.prog.Ignored(v) && (fl.Tag != nil || e.prog.IsDecoded(v)):
		why, kind = "it is a setting that is filled by reflection", "setting"
	case e.prog.Converted(v):
		why = "its struct is converted to another type"
	}
	f := e.prog.FileAt(v)
	e.rep.Kept = append(e.rep.Kept, report.Kept{Name: "field " + e.qualified(v), Why: why, Pos: f.Pos(fl)})
	if kind != "" {
		name := v.Name()
		if fl.Tag != nil {
			name = tagName(fl.Tag.Value, name)
			if t := strings.Trim(fl.Tag.Value, "`"); strings.HasPrefix(t, "env:") || strings.HasPrefix(t, "envconfig:") {
				kind = "env"
			}
		}
		e.rep.Leftovers = append(e.rep.Leftovers, report.Leftover{Kind: kind, Name: name, Pos: f.Pos(fl), Kept: true})
	}
	e.relaxField(f, fl, e.qualified(v))
	if v.Exported() && e.allDead(f, fl) && !e.ofCommand(v) && !e.Is.Live[graph.PinKey{Var: v}] { // linters report uses of deprecated names
		e.deprecate(fl, "not used any more.")
	}
}

// allDead reports whether none of the fields that a line declares has a use, because a mark applies to all of
// them.
func (e *Editor) allDead(f *syntax.File, fl *ast.Field) bool {
	return !slices.ContainsFunc(fl.Names, func(id *ast.Ident) bool { return !e.Died(f.Pkg.Info.Defs[id]) })
}

// ofCommand reports whether a field belongs to an unexported type of a command, whose documentation has no
// other readers.
func (e *Editor) ofCommand(v *types.Var) bool {
	return v.Pkg() != nil && v.Pkg().Name() == "main" && !token.IsExported(e.owner(v))
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

// behindConstraints is the reason why an object stays that only code for another platform uses.
const behindConstraints = "a file behind build constraints uses it"
