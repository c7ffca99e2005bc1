package slice

import (
	"go/ast"
	"go/parser"
	"go/types"
	"strings"
)

// examples takes the lines of examples in comments out that pass an option which does nothing any more:
//
//	client, err := aep.New(id, secret,
//		aep.WithKeyFile("private.key"),
func (e *emitter) examples() {
	idle := map[string]*types.Package{} // by name, with the package's in front
	for o := range e.g.isOption {
		if e.died(doesKey{o.node}) {
			idle[o.obj.Pkg().Name()+"."+o.obj.Name()] = o.obj.Pkg()
		}
	}
	if len(idle) == 0 {
		return
	}
	for _, f := range e.p.files {
		if f.pkg.Types == nil {
			continue
		}
		for _, g := range f.syntax.Comments {
			for _, c := range g.List {
				name := exampleCall(c.Text)
				if !strings.Contains(name, ".") {
					name = f.pkg.Types.Name() + "." + name
				}
				if pkg := idle[name]; pkg != nil && (pkg == f.pkg.Types || f.imports(pkg.Path())) {
					e.uncomment[c] = "the option does nothing any more"
				}
			}
		}
	}
}

func (f *file) imports(path string) bool {
	for _, s := range f.syntax.Imports {
		if strings.Trim(s.Path.Value, "\"`") == path {
			return true
		}
	}
	return false
}

// exampleCall returns what a line of code in a comment calls, if it is an argument on a line of its own.
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
