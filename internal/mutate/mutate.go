// Package mutate makes variants of a program: other names, other forms of the same statements, comments and
// line ends in unexpected places. The result of the fixer must not depend on these.
//
// Input: a module on disk that loads without errors. Output: variants, each with the behaviour of the original
// unless its mutation is marked otherwise. A [Mutation] is one row of [Table]; it proposes edits, and a
// [World] accepts them if the result type-checks. So a row need not check syntax and types, but it is
// responsible for the meaning.
package mutate

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"jwtretire.example/internal/load"
	"jwtretire.example/internal/sift"
)

// A Mutation is one kind of change that keeps the behaviour of a program.
type Mutation struct {
	Name string

	// Doc describes the change, and why it must not matter to the fixer.
	Doc string

	// More means that the result may have more flows: a shared helper is copied.
	More bool

	// Used means that the program gets a new use of a value, so the fix may be declined.
	Used bool

	// Late mutations change the layout of files, which gofmt would undo. They are applied last.
	Late bool

	sites func(v *view, add func(site))
}

// A site is a place where a mutation can be applied. It adds edits, or none.
type site func(e *editor)

// A World is a module with cheap variants. It is not safe for concurrent use.
type World struct {
	Dir  string
	Load *load.Result // the original program

	number int // makes names and comments unique
	mark   int // size of the file set of the original program
}

// Open loads a module for mutation. extra are files that import the packages that a fix or a mutation may
// import later. They are added to the package in dir once, so that the go command lists them.
func Open(ctx context.Context, dir, tags string, tests bool, extra map[string][]byte) (*World, error) {
	tree, err := sift.Tree(ctx, sift.Options{Dir: dir, Tests: tests})
	if err != nil {
		return nil, err
	}
	res, err := load.Load(ctx, load.Config{Tags: tags, Tests: tests, Whole: true}, tree)
	if err != nil {
		return nil, err
	}
	back := map[string][]byte{}
	for path := range extra {
		back[path] = nil
	}
	for _, p := range res.Packages {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("%s: %s", p.Path, p.Errors[0])
		}
		maps.Copy(back, p.Source)
	}
	if len(extra) > 0 {
		if res, err = res.With(ctx, extra); err != nil {
			return nil, err
		}
		if res, err = res.With(ctx, back); err != nil {
			return nil, err
		}
	}
	for _, p := range res.Packages {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("%s: %s", p.Path, p.Errors[0])
		}
	}
	return &World{Dir: dir, Load: res, mark: res.Fset.Base()}, nil
}

// A Mutant is a variant of a world's program.
type Mutant struct {
	World   *World
	Load    *load.Result
	Files   map[string][]byte // the changed files by absolute path
	Applied []*Mutation

	// Unrelated are texts of declarations that a mutation added. A fix must not change them.
	Unrelated []string
}

// Source returns the contents of all files of the packages.
func (m *Mutant) Source() map[string][]byte {
	out := map[string][]byte{}
	for _, p := range m.Load.Packages {
		maps.Copy(out, p.Source)
	}
	return out
}

// Names returns the applied mutations in order.
func (m *Mutant) Names() string {
	var names []string
	for _, row := range m.Applied {
		names = append(names, row.Name)
	}
	return strings.Join(names, " ")
}

// Original returns the program without any mutation.
func (w *World) Original() *Mutant {
	return &Mutant{World: w, Load: w.Load, Files: map[string][]byte{}}
}

// Forget removes the files of all variants from the file set. None of these variants may be used after it.
func (w *World) Forget() {
	var old []*token.File
	w.Load.Fset.Iterate(func(f *token.File) bool {
		if f.Base() >= w.mark {
			old = append(old, f)
		}
		return true
	})
	for _, f := range old {
		w.Load.Fset.RemoveFile(f)
	}
}

// tries is the maximum number of sites of a mutation that are tried.
const tries = 4

// Mutate returns m with one more mutation, or nil if it does not apply. rnd selects the site, so equal seeds
// give equal variants.
func (w *World) Mutate(ctx context.Context, m *Mutant, row *Mutation, rnd *rand.Rand) (*Mutant, error) {
	v := newView(m.Load)
	var all []site
	row.sites(v, func(s site) { all = append(all, s) })
	for range min(tries, len(all)) {
		i := rnd.IntN(len(all))
		s := all[i]
		all = slices.Delete(all, i, i+1)
		w.number++
		e := &editor{view: v, rnd: rnd, number: w.number, late: row.Late}
		s(e)
		files, err := e.apply()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.Name, err)
		}
		if len(files) == 0 {
			continue
		}
		res, err := m.Load.With(ctx, files)
		if err != nil {
			return nil, err
		}
		if broken(res) {
			continue
		}
		next := &Mutant{World: w, Load: res, Files: maps.Clone(m.Files), Applied: append(slices.Clone(m.Applied), row)}
		maps.Copy(next.Files, files)
		next.Unrelated = append(slices.Clone(m.Unrelated), e.unrelated...)
		return next, nil
	}
	return nil, nil
}

func broken(res *load.Result) bool {
	return slices.ContainsFunc(res.Packages, func(p *load.Package) bool { return len(p.Errors) > 0 })
}

// A view is the typed program for mutations.
type view struct {
	fset  *token.FileSet
	files []*file
	uses  map[types.Object][]ident
}

type file struct {
	path   string
	pkg    *load.Package
	syntax *ast.File
	src    []byte
	tf     *token.File
	parent map[ast.Node]ast.Node
}

// An ident is a use or a definition of a name.
type ident struct {
	file *file
	id   *ast.Ident
}

func newView(res *load.Result) *view {
	v := &view{fset: res.Fset, uses: map[types.Object][]ident{}}
	for _, p := range res.Packages {
		if p.Augmented {
			continue
		}
		for i, s := range p.Syntax {
			if ast.IsGenerated(s) {
				continue
			}
			f := &file{path: p.Files[i], pkg: p, syntax: s, src: p.Source[p.Files[i]], tf: res.Fset.File(s.FileStart), parent: map[ast.Node]ast.Node{}}
			v.files = append(v.files, f)
			var stack []ast.Node
			ast.Inspect(s, func(n ast.Node) bool {
				if n == nil {
					stack = stack[:len(stack)-1]
					return true
				}
				if len(stack) > 0 {
					f.parent[n] = stack[len(stack)-1]
				}
				stack = append(stack, n)
				if id, ok := n.(*ast.Ident); ok {
					if o := f.object(id); o != nil {
						v.uses[o] = append(v.uses[o], ident{f, id})
					}
				}
				return true
			})
		}
	}
	return v
}

func (f *file) object(id *ast.Ident) types.Object {
	o := f.pkg.Info.Defs[id]
	if o == nil {
		o = f.pkg.Info.Uses[id]
	}
	switch o := o.(type) {
	case *types.Var:
		return o.Origin()
	case *types.Func:
		return o.Origin()
	}
	return o
}

func (f *file) off(p token.Pos) int { return f.tf.Offset(p) }

func (f *file) text(n ast.Node) string { return string(f.src[f.off(n.Pos()):f.off(n.End())]) }

func (f *file) typeOf(e ast.Expr) types.Type { return f.pkg.Info.TypeOf(e) }

// each calls fn with every node of every file.
func (v *view) each(fn func(f *file, n ast.Node)) {
	for _, f := range v.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if n != nil {
				fn(f, n)
			}
			return true
		})
	}
}

// lists calls fn with every list of statements.
func (v *view) lists(fn func(f *file, list []ast.Stmt)) {
	v.each(func(f *file, n ast.Node) {
		if list := listOf(n); len(list) > 0 {
			fn(f, list)
		}
	})
}

func listOf(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}
