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

// A node is one package directory of the tree and what it imports within the tree.
type node struct {
	dir     *sift.Dir
	path    string // import path
	alone   string // the file that a program by itself is named after, see [part]
	name    string // of the package, "" where it is not known
	imports []string
	beside  []string // files of programs by themselves in the directory of a package
	uses    []*node
	blank   []*node // what it imports for its effects only: no value goes that way
	tests   []*node // what its own test files import
	xtests  []*node // what its external test package imports, itself not
	users   []*node
	testers []*node // what imports it in test files

	http      bool // it imports net/http
	bodies    bool
	aside     bool // it could have a part in a flow by what it imports, and names nothing of one: see [connection]
	withTests bool
	apart     bool // its test files are checked apart, see [plan.breakCycles]
}

// key tells nodes apart: the directory, or the file of a program by itself.
func (n *node) key() string {
	if n.alone != "" {
		return n.alone
	}
	return n.dir.Path
}

// others returns what it imports as patterns of the go command.
func (n *node) others() []string {
	return slices.DeleteFunc(slices.Clone(n.imports), func(path string) bool { return path == "C" || path == "unsafe" })
}

// size returns the bytes of source.
func (n *node) size(tests bool) int {
	size := 0
	for _, f := range n.dir.Files {
		if tests || !strings.HasSuffix(f.Name, "_test.go") {
			size += f.Size
		}
	}
	return size
}

// clauses are the paths that the files of a directory import, in whatever build: those of its package, and among
// them those that are imported for their effects only, of its own test files, and of its external test package.
type clauses struct {
	name                        string // of the package
	plain, blank, tests, xtests []string
}

// reach returns the nodes that can be reached from a set, itself included, nearest
// first; only those in within, if that is not nil.
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

// sorted returns the nodes by their keys.
func (p *plan) sorted() []*node {
	list := make([]*node, 0, len(p.nodes))
	for _, n := range p.nodes {
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b *node) int { return strings.Compare(a.key(), b.key()) })
	return list
}

// readParts reads the import clauses of the hot modules, and what the directories consist of.
func (p *plan) readParts() {
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
	spread(context.Background(), dirs, func(d *sift.Dir) []*sift.Dir {
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

// join makes the nodes and joins them by their imports.
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

// nodesOf returns the packages of the tree among the paths that n imports.
func (p *plan) nodesOf(n *node, paths []string) []*node {
	var list []*node
	for _, path := range slices.Compact(slices.Sorted(slices.Values(paths))) {
		if m := p.byPath[path]; m != nil && m != n {
			list = append(list, m)
		}
	}
	return list
}

// importClauses returns the package name and the imported paths of a file, as far as it parses.
// blank are those that are imported as _: a program registers its plugins that way, by the hundred.
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

// guessPath finds the path that a tree without go.mod has in the imports of its own
// packages: the prefix before the names of directories that exist. Without any such
// import it is the directory's name.
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
					votes[path[:i]] += 1 + strings.Count(path[i:], "/") // a longer match is less of an accident
				}
			}
		}
	}
	score := func(path string) int {
		// A directory called errors is in many trees: github.com/pkg/errors proves little.
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
