package load

import (
	"context"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jwtretire.example/internal/sift"
)

// A node is one package of the tree, or one standalone program, with its imports within the tree.
type node struct {
	dir     *sift.Dir
	path    string   // import path
	alone   string   // the file that gives a standalone program its name, see [part]
	name    string   // of the package, "" if unknown
	imports []string // all import paths, without those of test files
	beside  []string // files of standalone programs in the directory of a package
	uses    []*node  // the imports, without blank ones
	blank   []*node  // the blank imports, which pass no values
	tests   []*node  // imports of its own test files
	xtests  []*node  // imports of its external test package, without itself
	users   []*node  // the packages that import it, the inverse of uses
	testers []*node  // the packages whose test files import it

	http      bool // it imports net/http
	bodies    bool
	aside     bool // its imports allow a part of a flow, but no names connect it with one: see [connection]
	withTests bool
	apart     bool // its test files are checked separately, see [plan.breakCycles]
}

// key identifies a node: the directory, or the file of a standalone program.
func (n *node) key() string {
	if n.alone != "" {
		return n.alone
	}
	return n.dir.Path
}

// others returns the imports as patterns of the go command.
func (n *node) others() []string {
	return slices.DeleteFunc(slices.Clone(n.imports), func(path string) bool { return path == "C" || path == "unsafe" })
}

// size returns the bytes of source, with or without test files.
func (n *node) size(tests bool) int {
	size := 0
	for _, f := range n.dir.Files {
		if tests || !strings.HasSuffix(f.Name, "_test.go") {
			size += f.Size
		}
	}
	return size
}

// Clauses are the imported paths of a directory in any build, of the package (plain, or blank for imports as
// _), of its own test files, and of its external test package.
type clauses struct {
	name                        string // of the package
	plain, blank, tests, xtests []string
}

// reach returns the nodes of from and all that next leads to, sorted by distance. If within is not nil, other
// nodes are only from within it.
func reach(from []*node, next func(*node) []*node, within map[*node]bool) []*node {
	seen := map[*node]bool{}
	list := slices.Clone(from)
	for _, n := range list {
		seen[n] = true
	}
	for i := 0; i < len(list); i++ {
		for _, m := range next(list[i]) {
			if !seen[m] && (within == nil || within[m]) {
				seen[m] = true
				list = append(list, m)
			}
		}
	}
	return list
}

// sorted returns the nodes, sorted by key.
func (p *plan) sorted() []*node {
	list := make([]*node, 0, len(p.nodes))
	for _, n := range p.nodes {
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b *node) int { return strings.Compare(a.key(), b.key()) })
	return list
}

// readParts reads the import clauses of the hot modules, and divides their directories into parts.
func (p *plan) readParts(ctx context.Context) {
	var (
		mu   sync.Mutex
		dirs []*sift.Dir
	)
	p.parts = map[*sift.Dir][]part{}
	for _, m := range p.tree.Modules {
		if m.Hot {
			dirs = append(dirs, m.Dirs...)
		}
	}
	spread(ctx, dirs, func(d *sift.Dir) []*sift.Dir {
		var files []*source
		for _, f := range d.Files {
			if p.cfg.Tests || !strings.HasSuffix(f.Name, "_test.go") {
				files = append(files, p.source(d.Path, f))
			}
		}
		parts := p.split(d, files)
		mu.Lock()
		p.parts[d] = parts
		mu.Unlock()
		return nil
	})
}

// join makes the nodes and connects them by their imports.
func (p *plan) join() {
	said := map[*node]clauses{}
	for _, m := range p.tree.Modules {
		if !m.Hot {
			continue
		}
		p.paths[m] = m.Path
		if m.Path == "" {
			p.paths[m] = guessPath(m, func(d *sift.Dir) (list []string) {
				for _, part := range p.parts[d] {
					c := part.clauses
					list = slices.Concat(list, c.plain, c.blank, c.tests, c.xtests)
				}
				return list
			})
		}
		for _, d := range m.Dirs {
			for _, part := range p.parts[d] {
				n := &node{dir: part.dir, path: importPath(p.paths[m], m.Dir, d.Path), alone: part.alone, name: part.clauses.name}
				if n.alone != "" {
					n.path += "/" + filepath.Base(n.alone)
					p.alone[d.Path] = append(p.alone[d.Path], n)
				} else {
					p.byPath[n.path] = n
				}
				p.nodes[n.key()] = n
				said[n] = part.clauses
			}
		}
	}
	for dir, programs := range p.alone {
		if n := p.nodes[dir]; n != nil {
			for _, prog := range programs {
				for _, f := range prog.dir.Files {
					if !slices.ContainsFunc(n.dir.Files, func(o sift.File) bool { return o.Name == f.Name }) {
						n.beside = append(n.beside, f.Name)
					}
				}
			}
		}
	}
	for _, n := range p.sorted() {
		im := said[n]
		n.imports = slices.Compact(slices.Sorted(slices.Values(slices.Concat(im.plain, im.blank))))
		n.uses, n.blank = p.nodesOf(n, im.plain), p.nodesOf(n, im.blank)
		n.http = slices.Contains(im.plain, "net/http")
		n.tests = p.nodesOf(n, im.tests)
		n.xtests = p.nodesOf(n, im.xtests)
		for _, m := range n.uses {
			m.users = append(m.users, n)
		}
		for _, m := range slices.Concat(n.tests, n.xtests) {
			m.testers = append(m.testers, n)
		}
	}
}

// in returns the nodes of a directory of the tree.
func (p *plan) in(d *sift.Dir) (list []*node) {
	for _, part := range p.parts[d] {
		key := part.alone
		if key == "" {
			key = d.Path
		}
		list = append(list, p.nodes[key])
	}
	return list
}

// nodesOf returns the packages of the tree that n imports by one of the paths, without n itself.
func (p *plan) nodesOf(n *node, paths []string) []*node {
	var list []*node
	for _, path := range slices.Compact(slices.Sorted(slices.Values(paths))) {
		if m := p.byPath[path]; m != nil && m != n {
			list = append(list, m)
		}
	}
	return list
}

// importClauses returns the package name and the imported paths of a file, as far as it parses. blank are the
// imports as _. They are apart, because programs register plugins that way, often hundreds.
func importClauses(name string, src []byte) (pkg string, paths, blank []string) {
	file, _ := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.SkipObjectResolution)
	if file == nil || file.Name == nil {
		return "", nil, nil
	}
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			if spec.Name != nil && spec.Name.Name == "_" {
				blank = append(blank, path)
				continue
			}
			paths = append(paths, path)
		}
	}
	return file.Name.Name, paths, blank
}

// importPath returns the import path of a directory of a module.
func importPath(module, root, dir string) string {
	rel, err := filepath.Rel(root, dir)
	if err != nil || rel == "." {
		return module
	}
	return module + "/" + filepath.ToSlash(rel)
}

// guessPath guesses the module path of a tree without go.mod from the imports of its packages: the most
// frequent prefix before the name of an existing directory. If there is none, it is the name of the root.
func guessPath(m *sift.Module, imports func(*sift.Dir) []string) string {
	dirs := map[string]bool{}
	for _, d := range m.Dirs {
		if d.Path != m.Dir {
			dirs[importPath("", m.Dir, d.Path)] = true // "/a/b"
		}
	}
	base := filepath.Base(m.Dir)
	votes := map[string]int{}
	for _, d := range m.Dirs {
		for _, path := range imports(d) {
			if !strings.Contains(path, ".") { // standard library
				continue
			}
			for i := strings.LastIndexByte(path, '/'); i > 0; i = strings.LastIndexByte(path[:i], '/') {
				if dirs[path[i:]] {
					votes[path[:i]] += 1 + strings.Count(path[i:], "/") // a longer match is less likely an accident
				}
			}
		}
	}
	score := func(path string) int {
		// Common directory names, such as errors, match by accident: github.com/pkg/errors proves little.
		if strings.HasSuffix(path, "/"+base) {
			return votes[path] + 2
		}
		return votes[path]
	}
	best := base
	for path := range votes {
		if c := score(path) - score(best); c > 0 || c == 0 && path < best {
			best = path
		}
	}
	return best
}
