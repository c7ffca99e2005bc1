package rewrite

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/dave/dst"
	"github.com/dave/dst/decorator"

	"jwtretire.example/internal/lazyregexp"
)

var qualified = lazyregexp.New(`«([^«»]+)»(\.?)`)

// local replaces «path» in a text by the file's name for the package. For a dot import it removes the qualifier and its dot.
func (f *file) local(src string) string {
	return qualified.ReplaceAllStringFunc(src, func(q string) string {
		m := qualified.FindStringSubmatch(q)
		name := f.names[m[1]]
		if name == "." {
			return ""
		}
		return name + m[2]
	})
}

// parseText decorates a text between a head and a tail that make it a file.
func parseText(head, src, tail string) (*dst.File, error) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, "", head+src+tail, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("the replacement %q does not parse: %w", src, err)
	}
	return decorator.NewDecorator(fset).DecorateFile(syntax)
}

func (f *file) parseStmts(src string) ([]dst.Stmt, error) {
	file, err := parseText("package p\nfunc _() {\n", strings.TrimSpace(f.local(src)), "\n}\n")
	if err != nil {
		return nil, err
	}
	if len(file.Decls) != 1 {
		return nil, fmt.Errorf("the replacement %q is not a list of statements", src)
	}
	return file.Decls[0].(*dst.FuncDecl).Body.List, nil
}

func (f *file) parseDecls(src string) ([]dst.Decl, error) {
	file, err := parseText("package p\n\n", strings.TrimSpace(f.local(src)), "\n")
	if err != nil {
		return nil, err
	}
	return file.Decls, nil
}

func (f *file) parseExpr(src string) (dst.Expr, error) {
	src = strings.TrimSpace(f.local(src))
	file, err := parseText("package p\nvar _ = ", src, "\n")
	if err != nil {
		// Some types are no expressions.
		var asType error
		if file, asType = parseText("package p\nvar _ ", src, "\n"); asType != nil {
			return nil, err
		}
	}
	spec, ok := file.Decls[0].(*dst.GenDecl).Specs[0].(*dst.ValueSpec)
	switch {
	case !ok || len(file.Decls) != 1 || len(spec.Values) > 1:
		return nil, fmt.Errorf("the replacement %q is not one expression", src)
	case len(spec.Values) == 1:
		return spec.Values[0], nil
	}
	return spec.Type, nil
}

// parseElements parses elements of a composite literal, keys included.
func (f *file) parseElements(src string) ([]dst.Expr, error) {
	src = strings.TrimSpace(f.local(src))
	file, err := parseText("package p\nvar _ = T{", strings.TrimSuffix(src, ","), "}\n")
	if err != nil {
		return nil, err
	}
	lit, ok := file.Decls[0].(*dst.GenDecl).Specs[0].(*dst.ValueSpec).Values[0].(*dst.CompositeLit)
	if !ok || len(lit.Elts) == 0 {
		return nil, fmt.Errorf("the replacement %q holds no elements", src)
	}
	return lit.Elts, nil
}

func (f *file) parseSpec(tok token.Token, src string) (dst.Spec, error) {
	file, err := parseText("package p\n"+tok.String()+" (\n", strings.TrimSpace(f.local(src)), "\n)\n")
	if err != nil {
		return nil, err
	}
	g, ok := file.Decls[0].(*dst.GenDecl)
	if !ok || len(file.Decls) != 1 || len(g.Specs) != 1 {
		return nil, fmt.Errorf("the replacement %q is not one declaration", src)
	}
	return g.Specs[0], nil
}

// parseField parses one field, parameter or result.
func (f *file) parseField(src string) (*dst.Field, error) {
	file, err := parseText("package p\ntype _ struct {\n", strings.TrimSpace(f.local(src)), "\n}\n")
	if err != nil {
		return nil, err
	}
	st, ok := file.Decls[0].(*dst.GenDecl).Specs[0].(*dst.TypeSpec).Type.(*dst.StructType)
	if !ok || len(st.Fields.List) != 1 {
		return nil, fmt.Errorf("the replacement %q is not one field", src)
	}
	return st.Fields.List[0], nil
}

// declared returns the names that a text of any kind declares.
func declared(src string) map[string]bool {
	names := map[string]bool{}
	src = qualified.ReplaceAllString(src, "q$2")
	var root ast.Node
	fset := token.NewFileSet()
	for _, wrap := range [][2]string{{"package p\nfunc _() {\n", "\n}\n"}, {"package p\n", "\n"}, {"package p\nvar _ = ", "\n"}} {
		if file, err := parser.ParseFile(fset, "", wrap[0]+src+wrap[1], parser.SkipObjectResolution); err == nil {
			root = file
			break
		}
	}
	if root == nil {
		return names
	}
	add := func(list ...ast.Expr) {
		for _, x := range list {
			if id, ok := x.(*ast.Ident); ok && id != nil && id.Name != "_" {
				names[id.Name] = true
			}
		}
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				add(n.Lhs...)
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				add(n.Key, n.Value)
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				add(id)
			}
		case *ast.TypeSpec:
			add(n.Name)
		case *ast.Field:
			for _, id := range n.Names {
				add(id)
			}
		}
		return true
	})
	return names
}
