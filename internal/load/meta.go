package load

import (
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"jwtretire.example/internal/sift"
)

// A meta is the metadata of a package, which is known before it is parsed.
type meta struct {
	path      string // import path
	name      string // "" if unknown
	dir       string
	files     []string // base names: Go files and cgo files
	cgo       bool
	std       bool
	module    *Module // nil for the standard library
	main      bool    // in the tree that is scanned
	released  bool    // of a published version of a module, in the module cache or in a vendor directory
	importMap map[string]string
	tests     []string
	xtests    []string
	ignored   []string // excluded by build constraints
	problem   string   // why it cannot be found, or the error of the go command
}

// metaOf converts a package of go list.
func metaOf(p *listed) *meta {
	m := &meta{
		path: p.ImportPath, name: p.Name, dir: p.Dir, cgo: len(p.CgoFiles) > 0, std: p.Standard,
		files: slices.Concat(p.GoFiles, p.CgoFiles), tests: p.TestGoFiles, xtests: p.XTestGoFiles,
		ignored: p.IgnoredGoFiles, importMap: p.ImportMap,
	}
	slices.Sort(m.files)
	if p.Error != nil {
		m.problem = p.Error.Err
		if p.Error.Pos != "" {
			m.problem = p.Error.Pos + ": " + p.Error.Err
		}
	}
	if p.Module != nil {
		m.main = p.Module.Main
		m.released = p.Module.Version != "" && (p.Module.Replace == nil || p.Module.Replace.Version != "")
		m.module = &Module{Path: p.Module.Path, Dir: p.Module.Dir, GoMod: p.Module.GoMod, GoVersion: p.Module.GoVersion}
	}
	return m
}

// fixNames restores file names that are not UTF-8. The JSON output of the go command cannot represent them.
func (m *meta) fixNames(d *sift.Dir) {
	if !slices.ContainsFunc(d.Files, func(f sift.File) bool { return !utf8.ValidString(f.Name) }) {
		return
	}
	listed := map[string]string{}
	for _, f := range d.Files {
		listed[strings.Map(func(r rune) rune { return r }, f.Name)] = f.Name // an invalid byte becomes U+FFFD
	}
	for _, list := range []*[]string{&m.files, &m.tests, &m.xtests, &m.ignored} {
		*list = slices.Clone(*list)
		for i, name := range *list {
			if real, ok := listed[name]; ok {
				(*list)[i] = real
			}
		}
	}
}

// dropOthers excludes the files of standalone programs that the go command counts to the package.
func (m *meta) dropOthers(beside []string) {
	if len(beside) == 0 {
		return
	}
	other := func(name string) bool { return slices.Contains(beside, name) }
	m.files, m.ignored = slices.Clone(m.files), slices.Clone(m.ignored)
	for _, name := range m.files {
		if other(name) {
			m.ignored = append(m.ignored, name)
		}
	}
	m.files = slices.DeleteFunc(m.files, other)
}

// dropLinks excludes links out of the tree.
func (m *meta) dropLinks(links map[string]bool) {
	if len(links) == 0 {
		return
	}
	for _, list := range []*[]string{&m.files, &m.tests, &m.xtests, &m.ignored} {
		*list = slices.DeleteFunc(slices.Clone(*list), func(name string) bool { return links[filepath.Join(m.dir, name)] })
	}
}

// A resolver finds packages without the go command: in trees without go.mod, in modules that go list rejects,
// and for packages that exist only in an overlay. It searches the standard library, the modules of the tree,
// vendor directories, and the requirements of go.mod in the module cache. It selects no versions. Since Go
// 1.17, go.mod has the whole build list.
type resolver struct {
	ctx     build.Context
	roots   []moduleRoot // longest path first
	vendors []string     // vendor directories
}

// A moduleRoot is the directory of the packages below a path prefix.
type moduleRoot struct {
	path string
	dir  string
	main bool
}

// lookup returns the package of a path, as imported by a package of the standard library (fromStd) or another
// one. If it does not find the package, the result has a problem and no dir.
func (r *resolver) lookup(path string, fromStd bool) *meta {
	src := filepath.Join(r.ctx.GOROOT, "src")
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") && r.ctx.GOROOT != "" {
		if m := r.in(path, filepath.Join(src, filepath.FromSlash(path))); m != nil {
			m.std = true
			return m
		}
	}
	if fromStd {
		if m := r.in("vendor/"+path, filepath.Join(src, "vendor", filepath.FromSlash(path))); m != nil {
			m.std = true
			return m
		}
	}
	for _, v := range r.vendors {
		if m := r.in(path, filepath.Join(v, filepath.FromSlash(path))); m != nil {
			return m
		}
	}
	for _, root := range r.roots {
		rest, ok := strings.CutPrefix(path, root.path)
		if !ok || rest != "" && rest[0] != '/' {
			continue
		}
		if m := r.in(path, filepath.Join(root.dir, filepath.FromSlash(rest))); m != nil {
			m.main = root.main
			return m
		}
	}
	return &meta{path: path, problem: "cannot find the package: no available module provides it"}
}

// in returns the package in a directory, and nil if that has no Go files.
func (r *resolver) in(path, dir string) *meta {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	p, err := r.ctx.ImportDir(dir, 0)
	if p == nil || len(p.GoFiles)+len(p.CgoFiles)+len(p.TestGoFiles)+len(p.XTestGoFiles)+len(p.IgnoredGoFiles) == 0 {
		return nil
	}
	m := &meta{
		path: path, name: p.Name, dir: dir, cgo: len(p.CgoFiles) > 0,
		files: slices.Concat(p.GoFiles, p.CgoFiles), tests: p.TestGoFiles, xtests: p.XTestGoFiles,
		ignored: p.IgnoredGoFiles,
	}
	slices.Sort(m.files)
	if err != nil {
		m.problem = err.Error()
	}
	return m
}
