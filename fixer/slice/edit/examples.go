package edit

import (
	"go/ast"
	"go/parser"
	"go/types"
	"strings"

	"jwtretire.example/fixer/slice/graph"
)

// examples removes lines of examples in comments that pass an option without an effect:
//
//	client, err := aep.New(id, secret,
//		aep.WithKeyFile("private.key"),
func (e *Editor) examples() {
	idle := map[string]*types.Package{} // by name, with the package's in front
	for o := range e.After.IsOption {
		if e.Died(graph.DoesKey{Func: o.Node}) {
			idle[o.Obj.Pkg().Name()+"."+o.Obj.Name()] = o.Obj.Pkg()
		}
	}
	if len(idle) == 0 {
		return
	}
	for _, f := range e.prog.Files {
		if f.Pkg.Types == nil {
			continue
		}
		for _, g := range f.Syntax.Comments {
			for _, c := range g.List {
				name := exampleCall(c.Text)
				if !strings.Contains(name, ".") {
					name = f.Pkg.Types.Name() + "." + name
				}
				if pkg := idle[name]; pkg != nil && (pkg == f.Pkg.Types || f.Imports(pkg.Path())) {
					e.uncomment[c] = "the option does nothing any more"
				}
			}
		}
	}
}

// exampleCall returns the callee in a line of code in a comment, if it is an argument on a line of its own.
func exampleCall(comment string) string {
	line, ok := strings.CutPrefix(comment, "//")
	if !ok || !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, " \t") {
		return ""
	}
	arg, ok := strings.CutSuffix(strings.TrimSpace(line), ",")
	if !ok {
		return ""
	}
	x, err := parser.ParseExpr(arg)
	if err != nil {
		return ""
	}
	c, ok := x.(*ast.CallExpr)
	if !ok {
		return ""
	}
	return types.ExprString(c.Fun)
}
