package load

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"go/version"
	"runtime"
	"slices"
	"strings"
	"time"

	"jwtretire.example/internal/redact"
)

// check type-checks all units that are read but not checked, dependencies first.
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
			// An import cycle, in code that does not build. The cut is deterministic: the first unit by key.
			x := todo[0]
			for path, dep := range x.deps {
				if !dep.done {
					delete(x.deps, path)
					x.absent[path] = "import cycle"
				}
			}
			ready = todo[:1:1]
			x.waits = -1 // no other goroutine may start it
		}
		spread(ctx, ready, func(x *unit) []*unit {
			defer u.room.take(x.room(u))()
			x.check(u)
			u.afterCheck(x)
			u.mu.Lock()
			defer u.mu.Unlock()
			return x.finish()
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

// checkTimeout bounds the time of the type checker for one package. It does not terminate for some code (a
// chain of some thousand types), and cannot be stopped. The largest real packages take seconds. Tests change
// it.
var checkTimeout = time.Minute

// check type-checks one unit. If the type checker panics or takes too long, the package has no types and a
// blind spot. Other packages are not affected.
func (x *unit) check(u *universe) {
	if x.late {
		x.fill()
		if u.isKnown(x) {
			return
		}
		x.parseBodies(u)
	}
	c := x.checkInTime(u)
	x.types, x.wrong, x.failed = c.types, c.wrong, c.failed
	x.errs = append(x.errs, c.errs...)
	if c.failed != "" {
		x.errs = append(x.errs, x.describe()+": "+c.failed)
	}
	if x.pkg == nil {
		x.syntax = nil
		return
	}
	p := x.pkg
	p.Name, p.Source, p.Types, p.Info, p.Imports = x.pkgName, x.source, c.types, c.info, x.imports()
	if c.failed == "" { // if not, an abandoned goroutine may still use them
		p.Files, p.Syntax = x.files, x.syntax
	}
	p.Errors = x.errs
	if x.problem != "" && len(p.Errors) == 0 {
		p.Errors = []string{redact.Compiler(oneLine(x.problem))}
	}
}

// checkInTime runs the type checker, at most for checkTimeout. After that its goroutine is abandoned.
func (x *unit) checkInTime(u *universe) *checked {
	done := make(chan *checked, 1)
	go func() { done <- x.typed(u) }()
	timer := time.NewTimer(checkTimeout)
	defer timer.Stop()
	select {
	case c := <-done:
		return c
	case <-timer.C:
		return x.untyped(fmt.Sprintf("type-checking this package took longer than %s", checkTimeout))
	}
}

// imports returns the direct imports of x that have bodies.
func (x *unit) imports() []*Package {
	var list []*Package
	for _, dep := range x.uniqueDeps() {
		if dep.pkg != nil {
			list = append(list, dep.pkg)
		}
	}
	return list
}

// A checked is the result of the type checker for a unit.
type checked struct {
	types  *types.Package
	info   *types.Info // nil for a dependency
	errs   []string
	wrong  bool   // a dependency has type errors
	failed string // why there are no types, if the code is not the cause
}

// untyped is the result for a package without types.
func (x *unit) untyped(why string) *checked {
	c := &checked{types: types.NewPackage(x.path, x.pkgName), failed: why}
	if x.pkg != nil {
		c.info = newInfo()
	}
	c.types.MarkComplete()
	return c
}

// typed runs the type checker.
func (x *unit) typed(u *universe) (c *checked) {
	c = &checked{types: types.NewPackage(x.path, x.pkgName)}
	if x.pkg != nil {
		c.info = newInfo()
	}
	conf := types.Config{
		GoVersion:        x.goVersion(),
		FakeImportC:      x.cgo,
		IgnoreFuncBodies: x.pkg == nil,
		Importer:         x,
		Sizes:            u.sizes,
		Error:            c.typeError(u, x.pkg == nil),
	}
	defer func() {
		if r := recover(); r != nil {
			c = x.untyped(oneLine(fmt.Sprintf("the type checker panicked: %v", r)))
		}
		c.types.MarkComplete()
	}()
	// conf.Error gets all errors.
	_ = types.NewChecker(&conf, u.fset, c.types, c.info).Files(x.syntax)
	return c
}

// newInfo returns an Info with all maps, empty. Rejected: maps with the usual size for so much source; it makes
// no difference.
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

// typeError returns the function that records errors. For dependencies it records only that there is one.
func (c *checked) typeError(u *universe, dependency bool) func(error) {
	if dependency {
		return func(error) { c.wrong = true }
	}
	return func(err error) {
		var e types.Error
		if !errors.As(err, &e) {
			c.errs = append(c.errs, redact.Compiler(err.Error()))
			return
		}
		if strings.HasPrefix(e.Msg, "\t") && len(c.errs) > 0 { // continues the previous message
			c.errs[len(c.errs)-1] += "; " + redact.Compiler(strings.TrimSpace(e.Msg))
			return
		}
		p := u.fset.PositionFor(e.Pos, false)
		c.errs = append(c.errs, fmt.Sprintf("%s:%d:%d: %s", p.Filename, p.Line, p.Column, redact.Compiler(e.Msg)))
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

// oneLine joins the lines of a message of the go command. A line that ends in a colon introduces the next one.
func oneLine(s string) string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\t' || r == '\r' })
	return strings.ReplaceAll(strings.Join(lines, "; "), ":; ", ": ")
}

// goVersion returns the language version for go/types, "" for the newest. It is "" if the version is newer than
// the Go version of this program, because go/types rejects such a package as a whole.
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
