package program

import (
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

func New(pkgs []*load.Package, set *change.Set, opts Scope) (*Program, error) {
	p := &Program{
		Pkgs: pkgs, Set: set, Opts: opts,
		Parent:   map[ast.Node]ast.Node{},
		Home:     map[*ast.Ident]ast.Node{},
		FileOf:   map[*ast.File]*File{},
		Decls:    map[types.Object]ast.Node{},
		Names:    map[types.Object]*ast.Ident{},
		Uses:     map[types.Object][]*ast.Ident{},
		reached:  map[*types.Func][]*types.Func{},
		isRead:   map[types.Object]bool{},
		InFile:   map[types.Object]*File{},
		at:       map[string]types.Object{},
		paths:    map[string]bool{},
		Owner:    map[*types.Var]string{},
		wrappers: map[*types.Func]*Reading{},
		decoded:  map[*types.Var]bool{}, inConversion: map[*types.Var]bool{},
	}
	for _, pkg := range pkgs {
		p.paths[pkg.Path] = true
		if pkg.Types != nil {
			p.paths[pkg.Types.Path()] = true
		}
		for i, syntax := range pkg.Syntax {
			f := &File{Pkg: pkg, Syntax: syntax}
			if i < len(pkg.Files) {
				f.Path = pkg.Files[i]
			}
			f.Test = strings.HasSuffix(f.Path, "_test.go")
			f.src = pkg.Source[f.Path]
			if f.src == nil {
				src, err := os.ReadFile(f.Path)
				if err != nil {
					return nil, fmt.Errorf("the source of a loaded file cannot be had: %w", err)
				}
				f.src = src
			}
			p.Files = append(p.Files, f)
			p.FileOf[syntax] = f
			p.declare(f)
		}
	}
	for _, f := range p.Files {
		p.collect(f)
	}
	p.listNames()
	p.Dynamic = p.interfaceMethods()
	p.Elsewhere, p.external = p.constrained(), p.linked()
	if err := p.readTexts(); err != nil {
		return nil, err
	}
	return p, nil
}

// declare notes parents and declarations.
func (p *Program) declare(f *File) {
	var stack, homes []ast.Node
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if n == nil {
			last := len(stack) - 1
			if stack[last] == homes[len(homes)-1] {
				homes = homes[:len(homes)-1]
			}
			stack = stack[:last]
			return true
		}
		if len(stack) > 0 {
			p.Parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.File, *ast.FuncDecl, *ast.FuncLit:
			homes = append(homes, n)
		case *ast.Ident:
			p.Home[n] = homes[len(homes)-1]
		}
		return true
	})
	add := func(id *ast.Ident, obj types.Object) {
		if obj == nil || id.Name == "_" {
			return
		}
		p.Decls[obj] = p.Parent[id]
		p.Names[obj] = id
		p.InFile[obj] = f
		p.at[f.place(id.Pos(), obj.Name())] = obj
	}
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			add(id, f.Pkg.Info.Defs[id])
		}
		if ts, ok := n.(*ast.TypeSpec); ok {
			if obj := f.Pkg.Info.Defs[ts.Name]; obj != nil {
				if st, ok := obj.Type().Underlying().(*types.Struct); ok {
					for i := range st.NumFields() {
						p.Owner[st.Field(i)] = ts.Name.Name
					}
				}
			}
		}
		return true
	})
}

func (p *Program) collect(f *File) {
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := p.Canon(f, f.Pkg.Info.Uses[id]); obj != nil {
				p.Uses[obj] = append(p.Uses[obj], id)
			}
		}
		return true
	})
}
