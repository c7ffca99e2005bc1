package load

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/internal/redact"
)

// A unit is a set of files that are type-checked together.
type unit struct {
	*meta
	key   string   // its path; a variant has a suffix that no path can have
	files []string // absolute
	pkg   *Package // its package of the result; nil if it has no bodies

	pkgName  string // from the package clauses
	syntax   []*ast.File
	source   map[string][]byte
	deps     map[string]*unit  // by import path as written
	absent   map[string]string // missing imports, by import path as written, with the cause
	types    *types.Package
	errs     []string
	unparsed []string                   // files with syntax errors
	tables   map[string]map[string]bool // files without their large tables of text, with the names in these
	failed   string                     // why it has no types, if the code is not the cause
	wrong    bool                       // it has type errors, which are not reported
	content  []byte                     // hash of its files, if its identity depends on it
	sum      []byte                     // its identity, if it was recalled
	recalled bool                       // its types come from the cache
	late     bool                       // only its import clauses are parsed
	stripped bool                       // its syntax was released

	bytes int     // size of its source with bodies
	waits int     // number of deps that are not checked yet
	users []*unit // units that wait for this one
	done  bool
}

// unitsOf makes the units of a package of the plan: the package itself, with its test files if these are
// wanted, and its external test package. It returns nil if the path belongs to a module outside of the tree.
func (u *universe) unitsOf(n *node) []*unit {
	if n.alone != "" {
		m := &meta{path: n.path, name: n.name, dir: n.dir.Path, module: u.module(n.dir.Module, nil), main: true, cgo: slices.Contains(n.imports, "C")}
		for _, f := range n.dir.Files {
			m.files = append(m.files, f.Name)
		}
		m.dropLinks(u.plan.links)
		x := u.unit(m, m.path)
		x.pkg = u.newPackage(m, m.path, "")
		x.pkg.Alone, x.pkg.node = true, n.key()
		return []*unit{x}
	}
	m := u.byDir(n.dir.Path)
	if m == nil { // the go command takes the path from another module
		return nil
	}
	var list []*unit
	names := m.files
	if n.withTests && !n.apart {
		names = slices.Concat(names, m.tests)
	}
	if len(names) > 0 {
		x := u.unit(m, m.path)
		x.files = absolute(m.dir, names)
		x.pkg = u.newPackage(m, m.path, "")
		list = append(list, x)
	}
	if n.apart && len(m.tests) > 0 {
		x := u.unit(m, m.path+" [tests]")
		x.files = absolute(m.dir, slices.Concat(m.files, m.tests))
		x.pkg = u.newPackage(m, m.path, "")
		x.pkg.Augmented = true
		list = append(list, x)
	}
	if n.withTests && len(m.xtests) > 0 {
		xm := *m
		xm.path, xm.name = m.path+"_test", m.name+"_test"
		x := u.unit(&xm, m.path+"_test [external]")
		x.files = absolute(m.dir, m.xtests)
		x.pkg = u.newPackage(&xm, xm.path, m.path)
		list = append(list, x)
	}
	return list
}

func (u *universe) byDir(dir string) *meta {
	if n := u.plan.nodes[dir]; n != nil {
		if m := u.metas[n.path]; m != nil && m.dir == dir {
			return m
		}
	}
	var first *meta // by path
	for _, m := range u.metas {
		if m.dir == dir && (first == nil || m.path < first.path) {
			first = m
		}
	}
	return first
}

func (u *universe) newPackage(m *meta, path, forTest string) *Package {
	p := &Package{Path: path, node: m.dir, Name: m.name, Dir: m.dir, ForTest: forTest, Module: m.module, Fset: u.fset, Sizes: u.sizes, Ignored: absolute(m.dir, m.ignored)}
	if n := u.plan.nodes[m.dir]; n != nil && n.path == path && forTest == "" {
		p.UsedElsewhere = slices.ContainsFunc(n.users, func(user *node) bool { return !user.bodies && !user.aside }) ||
			slices.ContainsFunc(n.testers, func(user *node) bool { return !user.withTests && !user.aside })
	}
	return p
}

// unit returns the unit with that key. It makes one if there is none.
func (u *universe) unit(m *meta, key string) *unit {
	x := u.units[key]
	if x == nil {
		x = &unit{meta: m, key: key, files: absolute(m.dir, m.files)}
		u.units[key] = x
	}
	return x
}

func absolute(dir string, names []string) []string {
	files := make([]string, len(names))
	for i, name := range names {
		files[i] = filepath.Join(dir, name)
		if filepath.IsAbs(name) {
			files[i] = name
		}
	}
	return files
}

// read parses units and those of their imports that their declarations need, to any depth. Units without bodies are type-checked
// as soon as their imports are, and the imports of a unit are parsed next, so the syntax of few of them is in memory at a time. Those that import
// a unit with bodies are left to check.
func (u *universe) read(ctx context.Context, first []*unit) {
	seen := map[*unit]bool{}
	fresh := func(list []*unit) []*unit { // needs u.mu
		return slices.DeleteFunc(list, func(x *unit) bool {
			old := seen[x] || x.done || x.deps != nil
			seen[x] = true
			return old
		})
	}
	dive(ctx, fresh(slices.Clone(first)), func(x *unit) []*unit {
		if x.deps == nil {
			x.parse(u)
			u.mu.Lock()
			defer u.mu.Unlock()
			next := fresh(x.resolve(u))
			if x.late {
				x.syntax = nil // of the import clauses
			}
			if x.pkg == nil && x.wait() {
				next = append(next, x)
			}
			return next
		}
		x.check(u)
		u.mu.Lock()
		defer u.mu.Unlock()
		return x.finish()
	})
}

// wait records x with those of its imports that are not checked yet, and reports whether there is none.
func (x *unit) wait() bool {
	x.waits = 0
	for _, dep := range x.uniqueDeps() {
		if !dep.done {
			x.waits++
			dep.users = append(dep.users, x)
		}
	}
	return x.waits == 0
}

// finish records that x is checked, and returns the units that waited for nothing else.
func (x *unit) finish() (ready []*unit) {
	x.done = true
	for _, user := range x.users {
		if user.waits--; user.waits == 0 {
			ready = append(ready, user)
		}
	}
	return ready
}

// parse reads the files of a unit. Without bodies, it parses them with blank bodies and drops the imports that
// only bodies use. So several times fewer packages have to be read.
func (x *unit) parse(u *universe) {
	before := x.source // of an earlier check
	if x.pkg != nil {
		x.source = map[string][]byte{}
	}
	var content *contents
	if x.pkg == nil {
		content = u.newContents(x.meta)
	}
	x.late = x.pkg != nil && u.visit.releases()
	kept := x.files[:0:0]
	for _, name := range x.files {
		src, overlaid := u.cfg.Overlay[name]
		if !overlaid && before[name] != nil {
			src = before[name]
		} else if !overlaid {
			var err error
			if src, err = os.ReadFile(name); err != nil {
				x.errs = append(x.errs, fmt.Sprintf("%s:1:1: %v", name, err))
				continue
			}
		} else if src == nil {
			continue
		}
		content.add(name, src)
		var file *ast.File
		var err error
		if x.pkg != nil && u.visit.releases() {
			x.source[name] = u.cfg.Overlay[name] // fill reads the others again
			x.parseClauses(name, src)
			x.bytes += len(src)
			kept = append(kept, name)
			continue
		}
		if x.pkg != nil {
			x.source[name] = src
			file, err = x.parseBody(u, name)
		} else {
			file, err = parseDeclarations(u.fset, name, src, parser.SkipObjectResolution)
		}
		x.parseErrors(name, err)
		if file == nil || file.Name == nil {
			continue
		}
		kept = append(kept, name)
		x.syntax = append(x.syntax, file)
	}
	if content != nil {
		x.content = content.Sum(nil)
	}
	x.files = kept
	if x.pkg == nil && !x.main {
		x.lighten(u)
	}
	x.restoreTables(u)
	if x.pkg != nil && u.visit.releases() && !x.late {
		x.fill()
		x.parseBodies(u) // the rest of a file with an error in its import clauses may parse
	}
	x.pkgName = packageName(x)
}

// bodies is the parser mode for files with bodies.
const bodies = parser.SkipObjectResolution | parser.ParseComments | parser.AllErrors

// parseClauses parses the import clauses of a file, which is enough to read its imports.
func (x *unit) parseClauses(name string, src []byte) {
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.SkipObjectResolution)
	if err != nil {
		x.late = false
		return
	}
	x.syntax = append(x.syntax, file)
}

// fill reads the contents that were released, or not kept because only the import clauses were parsed. A file that
// cannot be read any more is left out.
func (x *unit) fill() {
	kept := x.files[:0:0]
	for _, name := range x.files {
		if x.source[name] == nil {
			src, err := os.ReadFile(name)
			if err != nil {
				x.errs = append(x.errs, fmt.Sprintf("%s:1:1: %v", name, err))
				continue
			}
			x.source[name] = src
		}
		kept = append(kept, name)
	}
	x.files = kept
}

// empty releases the contents that fill can read again.
func (x *unit) empty(u *universe) {
	for name := range x.source {
		x.source[name] = u.cfg.Overlay[name]
	}
}

// parseBodies parses the files whose import clauses have been parsed.
func (x *unit) parseBodies(u *universe) {
	x.late = false
	x.syntax, x.unparsed = nil, nil
	x.tables = nil
	kept := x.files[:0:0]
	for _, name := range x.files {
		file, err := x.parseBody(u, name)
		x.parseErrors(name, err)
		if file != nil && file.Name != nil {
			kept = append(kept, name)
			x.syntax = append(x.syntax, file)
		}
	}
	x.files = kept
	x.restoreTables(u)
}

// parseBody parses a file with bodies, but without tables that are too large.
func (x *unit) parseBody(u *universe, name string) (*ast.File, error) {
	shown, names := withoutTables(x.source[name], u.cfg.Budget)
	if names != nil {
		if x.tables == nil {
			x.tables = map[string]map[string]bool{}
		}
		x.tables[name] = names
	}
	return parser.ParseFile(u.fset, name, shown, bodies)
}

// restoreTables parses a file with its tables if a name in them is declared by the package.
func (x *unit) restoreTables(u *universe) {
	for i, name := range x.files {
		if names := x.tables[name]; names != nil && declares(x.syntax, names) {
			delete(x.tables, name)
			x.syntax[i], _ = parser.ParseFile(u.fset, name, x.source[name], bodies) // its errors are recorded already
		}
	}
}

// parseDeclarations parses a file without its function bodies. If that fails, which should not happen, it
// parses the file as it is.
func parseDeclarations(fset *token.FileSet, name string, src []byte, mode parser.Mode) (*ast.File, error) {
	blank := slices.Clone(src) // src may be the caller's overlay
	blankBodies(blank)
	if file, err := parser.ParseFile(token.NewFileSet(), name, blank, parser.PackageClauseOnly); err != nil || file == nil {
		return parser.ParseFile(fset, name, src, mode)
	}
	file, err := parser.ParseFile(fset, name, blank, mode)
	if err != nil {
		return parser.ParseFile(fset, name, src, mode)
	}
	return file, nil
}

// parseErrors records the errors of the parser.
func (x *unit) parseErrors(name string, err error) {
	if err == nil {
		return
	}
	x.unparsed = append(x.unparsed, name)
	if list, ok := err.(scanner.ErrorList); ok {
		for _, e := range list {
			x.errs = append(x.errs, fmt.Sprintf("%s:%d:%d: %s", name, e.Pos.Line, e.Pos.Column, redact.Compiler(e.Msg)))
		}
		return
	}
	x.errs = append(x.errs, fmt.Sprintf("%s:1:1: %v", name, err))
}

// packageName returns the name in the package clauses: the go command's if a file has it, or the most frequent.
func packageName(x *unit) string {
	count := map[string]int{}
	best := ""
	for _, f := range x.syntax {
		count[f.Name.Name]++
		if n := f.Name.Name; best == "" || count[n] > count[best] {
			best = n
		}
	}
	if count[x.name] > 0 {
		return x.name
	}
	return best
}

// resolve finds the units that x imports, returns them, and records missing imports.
func (x *unit) resolve(u *universe) []*unit {
	x.deps, x.absent = map[string]*unit{}, map[string]string{}
	var list []*unit
	for _, f := range x.syntax {
		var used map[string]bool
		if x.pkg == nil {
			used = qualifiers(f)
		}
		var drop []*ast.ImportSpec
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil || path == "unsafe" || path == "C" {
				continue
			}
			m := u.lookup(path, x.meta)
			if used != nil && !needed(spec, m, used) {
				drop = append(drop, spec)
				continue
			}
			if m.dir == "" || len(m.files) == 0 {
				x.absent[path] = m.problem
				continue
			}
			if x.deps[path] == nil {
				dep := u.unit(m, m.path)
				if with := u.units[m.path+" [tests]"]; with != nil && x.pkg != nil && x.pkg.ForTest == m.path {
					dep = with // an external test may use declarations of the other tests
				}
				x.deps[path] = dep
				list = append(list, dep)
			}
		}
		if len(drop) > 0 {
			dropImports(f, drop)
		}
	}
	return list
}

// qualifiers returns the identifiers before a dot in a file.
func qualifiers(f *ast.File) map[string]bool {
	used := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				used[id.Name] = true
			}
		}
		return true
	})
	return used
}

// needed reports whether the declarations of a file may use an import.
func needed(spec *ast.ImportSpec, m *meta, used map[string]bool) bool {
	switch {
	case spec.Name != nil && spec.Name.Name == ".":
		return true
	case spec.Name != nil:
		return used[spec.Name.Name]
	case m.name != "":
		return used[m.name]
	}
	return used[assumedName(m.path)] || m.dir != ""
}

// dropImports removes import specs from a file.
func dropImports(f *ast.File, drop []*ast.ImportSpec) {
	f.Imports = slices.DeleteFunc(f.Imports, func(s *ast.ImportSpec) bool { return slices.Contains(drop, s) })
	f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.IMPORT {
			return false
		}
		gen.Specs = slices.DeleteFunc(gen.Specs, func(s ast.Spec) bool { return slices.Contains(drop, s.(*ast.ImportSpec)) })
		return len(gen.Specs) == 0 // go/types panics at an empty one
	})
}

// describe returns the name of a unit for messages.
func (x *unit) describe() string {
	path, _, _ := strings.Cut(x.key, " ")
	return path
}
