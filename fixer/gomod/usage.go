package gomod

import (
	"bytes"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// provider returns the required module that provides an import path: the one with the longest
// path that the import path lies in, "" if there is none.
func provider(f *modfile.File, path string) string {
	best := ""
	for _, r := range f.Require {
		if inModule(path, r.Mod.Path) && len(r.Mod.Path) > len(best) {
			best = r.Mod.Path
		}
	}
	return best
}

// candidates returns the modules that provide a package of MaybeUnused.
func (w *work) candidates() []string {
	var out []string
	for _, path := range w.opts.MaybeUnused {
		if m := provider(w.file, path); m != "" && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return out
}

// unused returns those of the modules that no file of the main module imports any more, whatever
// its platform and tags, and that no tool directive names.
func (w *work) unused(modules []string) []string {
	if len(modules) == 0 {
		return nil
	}
	used := map[string]bool{}
	for _, t := range w.file.Tool {
		used[provider(w.file, t.Path)] = true
	}
	mark := func(name string, src []byte) {
		paths, ok := imports(name, src)
		for _, p := range paths {
			used[provider(w.file, p)] = true
		}
		if !ok {
			// The file does not parse, so every mention counts as an import.
			for _, m := range modules {
				if bytes.Contains(src, []byte(m)) {
					used[m] = true
				}
			}
		}
	}
	for name, src := range w.opts.Overlay {
		if src != nil && strings.HasSuffix(name, ".go") {
			mark(name, src)
		}
	}
	w.goFilesOf(func(name string, src []byte) {
		if _, rewritten := w.opts.Overlay[name]; !rewritten {
			mark(name, src)
		}
	})
	return slices.DeleteFunc(slices.Clone(modules), func(m string) bool { return used[m] })
}

// goFilesOf calls do for the Go files of the module as they are on disk.
func (w *work) goFilesOf(do func(name string, src []byte)) {
	filepath.WalkDir(w.mod.Dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // an unreadable directory holds no package that the go command could build
		}
		base := d.Name()
		if d.IsDir() {
			if name == w.mod.Dir {
				return nil
			}
			if base == "vendor" || base == "testdata" || base[0] == '.' || base[0] == '_' {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
				return filepath.SkipDir // another module
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") || base[0] == '.' || base[0] == '_' {
			return nil
		}
		if src, err := os.ReadFile(name); err == nil {
			do(name, src)
		}
		return nil
	})
}

// imports returns the import paths of a file, none if the file is for "go run" only. ok is false
// if the file does not parse.
func imports(name string, src []byte) (paths []string, ok bool) {
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.ParseComments)
	if err != nil || f == nil {
		return nil, false
	}
	if !builds(f) {
		return nil, true
	}
	for _, s := range f.Imports {
		if p, err := strconv.Unquote(s.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths, true
}

// builds reports whether go mod tidy reads a file. For tidy every tag is both on and off, except
// "ignore", which is off.
func builds(f *ast.File) bool {
	for _, group := range f.Comments {
		if group.Pos() > f.Package {
			break
		}
		for _, c := range group.List {
			if !constraint.IsGoBuild(c.Text) {
				continue
			}
			if x, err := constraint.Parse(c.Text); err == nil {
				return eval(x, true)
			}
		}
	}
	return true
}

func eval(x constraint.Expr, prefer bool) bool {
	switch x := x.(type) {
	case *constraint.AndExpr:
		return eval(x.X, prefer) && eval(x.Y, prefer)
	case *constraint.OrExpr:
		return eval(x.X, prefer) || eval(x.Y, prefer)
	case *constraint.NotExpr:
		return !eval(x.X, !prefer)
	case *constraint.TagExpr:
		return x.Tag != "ignore" && prefer
	}
	return prefer
}
