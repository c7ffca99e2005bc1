package load

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"go/version"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// check type-checks all units that have been read and not checked, each after those
// that it imports.
func (u *universe) check(ctx context.Context) {
	var todo []*unit
	for _, x := range u.sorted() {
		if !x.done && x.deps != nil {
			todo = append(todo, x)
		}
	}
	for _, x := range todo {
		x.waits, x.users = 0, nil
	}
	for _, x := range todo {
		for _, dep := range x.uniqueDeps() {
			if !dep.done && dep.deps != nil {
				x.waits++
				dep.users = append(dep.users, x)
			}
		}
	}
	for len(todo) > 0 && ctx.Err() == nil {
		var ready []*unit
		for _, x := range todo {
			if x.waits == 0 {
				ready = append(ready, x)
			}
		}
		if len(ready) == 0 {
			// An import cycle, in code that does not build: cut it somewhere, always at the same place.
			x := todo[0]
			for path, dep := range x.deps {
				if !dep.done {
					delete(x.deps, path)
					x.absent[path] = "import cycle"
				}
			}
			ready = todo[:1:1]
			x.waits = -1 // nobody else may start it
		}
		spread(ctx, ready, func(x *unit) []*unit {
			x.check(u)
			u.mu.Lock()
			defer u.mu.Unlock()
			x.done = true
			var next []*unit
			for _, user := range x.users {
				if user.waits--; user.waits == 0 {
					next = append(next, user)
				}
			}
			return next
		})
		todo = slices.DeleteFunc(todo, func(x *unit) bool { return x.done })
	}
}

// uniqueDeps returns the units that x imports, each once, in the order of their keys.
func (x *unit) uniqueDeps() []*unit {
	var list []*unit
	for _, dep := range x.deps {
		if !slices.Contains(list, dep) {
			list = append(list, dep)
		}
	}
	slices.SortFunc(list, func(a, b *unit) int { return strings.Compare(a.key, b.key) })
	return list
}

// check type-checks one unit. A panic of go/types becomes an error of the package.
func (x *unit) check(u *universe) {
	path := x.path
	tpkg := types.NewPackage(path, x.pkgName)
	x.types = tpkg
	var info *types.Info
	if x.pkg != nil {
		info = newInfo()
	}
	conf := types.Config{
		GoVersion:        x.goVersion(),
		FakeImportC:      x.cgo,
		IgnoreFuncBodies: x.pkg == nil,
		Importer:         x,
		Sizes:            u.sizes,
		Error:            x.typeError(u),
	}
	func() {
		defer func() {
			if r := recover(); r != nil {
				x.errs = append(x.errs, fmt.Sprintf("%s: panic while type-checking: %v\n%s", x.describe(), r, debug.Stack()))
			}
			tpkg.MarkComplete()
		}()
		// Errors have all gone to conf.Error.
		_ = types.NewChecker(&conf, u.fset, tpkg, info).Files(x.syntax)
	}()
	if x.pkg == nil {
		x.syntax = nil
		return
	}
	p := x.pkg
	p.Name, p.Files, p.Source, p.Syntax, p.Types, p.Info = x.pkgName, x.files, x.source, x.syntax, tpkg, info
	p.Errors = x.errs
	if x.problem != "" && len(p.Errors) == 0 {
		p.Errors = []string{oneLine(x.problem)}
	}
	for _, dep := range x.uniqueDeps() {
		if dep.pkg != nil {
			p.Imports = append(p.Imports, dep.pkg)
		}
	}
}

// newInfo returns an empty Info of everything. Giving its maps room for what so much
// source usually has was tried and makes no difference.
func newInfo() *types.Info {
	return &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
}

// typeError returns the function that notes errors. Those of dependencies do not matter.
func (x *unit) typeError(u *universe) func(error) {
	if x.pkg == nil {
		return func(error) { x.wrong = true }
	}
	return func(err error) {
		var e types.Error
		if !errors.As(err, &e) {
			x.errs = append(x.errs, err.Error())
			return
		}
		if strings.HasPrefix(e.Msg, "\t") && len(x.errs) > 0 { // continues the one before
			x.errs[len(x.errs)-1] += "; " + strings.TrimSpace(e.Msg)
			return
		}
		p := u.fset.PositionFor(e.Pos, false)
		x.errs = append(x.errs, fmt.Sprintf("%s:%d:%d: %s", p.Filename, p.Line, p.Column, e.Msg))
	}
}

// Import implements types.Importer for the imports of x.
func (x *unit) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if dep := x.deps[path]; dep != nil && dep.done {
		return dep.types, nil
	}
	why := x.absent[path]
	if why == "" {
		why = "not loaded"
	}
	return fakePackage(path), errors.New(oneLine(why))
}

// oneLine joins the lines of a message of the go command.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\t' || r == '\r' }), "; ")
}

// goVersion returns the language version for go/types. One that is newer than what this
// program knows is left out, for go/types refuses such packages as a whole.
func (x *unit) goVersion() string {
	if x.pkg == nil || x.module == nil || x.module.GoVersion == "" {
		return ""
	}
	v := "go" + x.module.GoVersion
	if !version.IsValid(v) || version.Compare(v, runtime.Version()) > 0 && strings.HasPrefix(runtime.Version(), "go1") {
		return ""
	}
	return v
}
