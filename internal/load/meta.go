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

// A meta is what is known of a package before it is parsed.
type meta struct {
	path      string // as imported
	name      string // "" if not known
	dir       string
	files     []string // base names: Go files and cgo files
	cgo       bool
	std       bool
	module    *Module // nil for the standard library
	main      bool    // in the tree that is scanned
	released  bool    // of a version of a module, in the module cache or a copy of it in a vendor directory
	importMap map[string]string
	tests     []string
	xtests    []string
	ignored   []string // left out by build constraints
	problem   string   // why there is no such package, or what the go command says is wrong with it
}

// metaOf turns what go list says into a meta.
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

// spell gives files the names that they have: JSON, by which the go command tells them, has none for those that are not UTF-8.
func (m *meta) spell(d *sift.Dir) {
	if !slices.ContainsFunc(d.Files, func(f sift.File) bool { return !utf8.ValidString(f.Name) }) {
		return
	}
	told := map[string]string{}
	for _, f := range d.Files {
		told[strings.Map(func(r rune) rune { return r }, f.Name)] = f.Name // each byte that is none of UTF-8 becomes U+FFFD
	}
	for _, list := range []*[]string{&m.files, &m.tests, &m.xtests, &m.ignored} {
		*list = slices.Clone(*list)
		for i, name := range *list {
			if real, ok := told[name]; ok {
				(*list)[i] = real
			}
		}
	}
}

// dropOthers leaves out the files of programs by themselves that the go command takes for a part of the package.
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

// dropLinks leaves out the files that are links out of the tree.
func (m *meta) dropLinks(links map[string]bool) {
	if len(links) == 0 {
		return
	}
	for _, list := range []*[]string{&m.files, &m.tests, &m.xtests, &m.ignored} {
		*list = slices.DeleteFunc(slices.Clone(*list), func(name string) bool { return links[filepath.Join(m.dir, name)] })
	}
}

// A resolver finds packages without the go command: for trees without go.mod, for
// modules that go list refuses, and for packages that an overlay brings in. It knows
// the standard library, the modules of the tree, vendor directories, and whatever the
// requirements of a go.mod have in the module cache. It does no version selection:
// it takes what go.mod says, which since Go 1.17 is the whole build list.
type resolver struct {
	ctx     build.Context
	roots   []moduleRoot // longest path first
	vendors []string     // vendor directories
}

// A moduleRoot is a directory that holds the packages below a path.
type moduleRoot struct {
	path string
	dir  string
	main bool
}

// lookup returns the package of that path as seen from a package of the standard
// library (fromStd) or any other. What it cannot find has a problem and no dir.
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
	return &meta{path: path, problem: "cannot find the package: no module that is here provides it"}
}

// in returns the package in a directory, nil if there are no Go files.
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
