package load

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/sift"
)

// A part is what the go command builds from a directory: its package, or a standalone program. The files of a
// standalone program belong to no build of the package and are run by name ("go run get_token.go").
type part struct {
	dir     *sift.Dir // with the files of the part
	clauses clauses
	alone   string // the file that gives a standalone program its name, "" for the package
}

// A source is a file of a directory before it is assigned to a part.
type source struct {
	sift.File
	content []byte
	pkg     string // the name in its package clause
	test    bool
	plain   []string // imports, without blank ones
	blank   []string // imports as _

	expr  constraint.Expr
	tags  bool // its constraint needs tags that a user has to set
	names bool // its name restricts the platform
}

// source reads a file: its header, its imports and its build constraint.
func (p *plan) source(dir string, f sift.File) *source {
	s := &source{File: f, test: strings.HasSuffix(f.Name, "_test.go")}
	file := filepath.Join(dir, f.Name)
	if content, ok := p.cfg.Overlay[file]; ok {
		s.content = content
	} else {
		s.content, _ = os.ReadFile(file)
	}
	if s.content == nil {
		return s
	}
	s.pkg, s.plain, s.blank = importClauses(file, s.content)
	if s.test {
		return s
	}
	goos, goarch := nameSuffixes(f.Name)
	s.names = goos+goarch != ""
	s.expr = buildLine(file, s.content)
	s.tags = s.expr != nil && len(freeTags(s.expr)) > 0 && !anywhere(s.expr)
	return s
}

// anywhere reports whether some platform satisfies a constraint without further tags.
func anywhere(x constraint.Expr) bool {
	return slices.ContainsFunc(systems, func(goos string) bool {
		return slices.ContainsFunc(archs, func(goarch string) bool {
			return x.Eval(func(tag string) bool { return matches(tag, goos, goarch, nil) })
		})
	})
}

// ignoreTag is the tag of files that no build includes, by convention. The standard library and dependencies
// have such files, too, and do not compile with them. So the tag is set for the modules of the tree only.
const ignoreTag = "ignore"

// dependencyTags returns the tags that hold for dependencies, too.
func (c Config) dependencyTags() string {
	return strings.Join(slices.DeleteFunc(strings.Split(c.Tags, ","), func(tag string) bool { return tag == ignoreTag }), ",")
}

// withIgnored reports whether the tag "ignore" is set.
func (c Config) withIgnored() bool { return slices.Contains(strings.Split(c.Tags, ","), ignoreTag) }

// reselect divides the files of a package of the tree again into included and ignored ones. The go command did
// so without the tag "ignore".
func (m *meta) reselect(takes func(dir, name string) bool) {
	files, ignored := m.files[:0:0], m.ignored[:0:0]
	for _, name := range slices.Concat(m.files, m.ignored) {
		if takes(m.dir, name) {
			files = append(files, name)
		} else {
			ignored = append(ignored, name)
		}
	}
	slices.Sort(files)
	m.files, m.ignored = files, ignored
}

// outOfBuild reports whether the tag "ignore" excludes the file from every build.
func (s *source) outOfBuild() bool {
	return s.expr != nil && slices.Contains(freeTags(s.expr), ignoreTag) && s.tags
}

// always reports whether every build includes the file.
func (s *source) always() bool { return s.expr == nil && !s.names }

// split divides the files of a directory into its parts. Most directories have one.
func (p *plan) split(d *sift.Dir, files []*source) []part {
	name := packageOf(files)
	var rest []*source
	var programs [][]*source
	var mains []*source // files that may declare a main function, if they have to be told apart
	for _, f := range files {
		if f.pkg == "main" && !f.test && (f.always() || f.tags) && mayHaveMain.Match(f.content) {
			mains = append(mains, f)
		}
	}
	alone := map[*source]bool{}
	if len(mains) > 1 || len(mains) == 1 && (name != "main" || mains[0].tags) {
		mains = slices.DeleteFunc(mains, func(f *source) bool { return !declaresMain(f) })
		always := 0
		for _, f := range mains {
			if f.always() {
				always++
			}
		}
		for _, f := range mains {
			// Two main functions, each under constraints, may be one program in two builds. If every build includes
			// another main function, they cannot.
			alone[f] = name != "main" || f.outOfBuild() || f.always() && always > 1 || f.tags && always > 0
		}
	}
	others := map[string][]*source{} // files of other packages, neither the directory's nor main, by package name
	for _, f := range files {
		switch {
		case alone[f]:
			programs = append(programs, []*source{f})
		case f.test || f.pkg == name || f.pkg == "" || f.pkg == "documentation":
			rest = append(rest, f)
		default:
			others[f.pkg] = append(others[f.pkg], f)
		}
	}
	for i, prog := range programs {
		programs[i] = append(prog, helpers(prog[0], slices.Concat(rest, others["main"]))...)
	}
	used := map[*source]bool{}
	for _, prog := range programs {
		for _, f := range prog {
			used[f] = true
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(others)) {
		if left := slices.DeleteFunc(others[pkg], func(f *source) bool { return used[f] }); len(left) > 0 {
			programs = append(programs, left)
		}
	}
	if len(programs) == 0 {
		return []part{{dir: d, clauses: clausesOf(name, rest)}}
	}
	var parts []part
	if slices.ContainsFunc(rest, func(f *source) bool { return !used[f] || !f.outOfBuild() }) {
		parts = append(parts, part{dir: some(d, rest), clauses: clausesOf(name, rest)})
	}
	for _, prog := range programs {
		parts = append(parts, part{dir: some(d, prog), clauses: clausesOf(prog[0].pkg, prog), alone: filepath.Join(d.Path, prog[0].Name)})
	}
	return parts
}

// packageOf returns the name of the package in a directory: the most frequent one, of the files that need no
// tags if there are any. Other names have precedence over main.
func packageOf(files []*source) string {
	best := ""
	for _, tagged := range []bool{false, true} {
		count := map[string]int{}
		for _, f := range files {
			if f.pkg != "" && f.pkg != "documentation" && !f.test && f.tags == tagged {
				count[f.pkg]++
			}
		}
		for _, name := range slices.Sorted(maps.Keys(count)) {
			if best == "" || best == "main" || name != "main" && count[name] > count[best] {
				best = name
			}
		}
		if best != "" {
			return best
		}
	}
	for _, f := range files {
		if f.test && f.pkg != "" {
			return strings.TrimSuffix(f.pkg, "_test")
		}
	}
	return ""
}

// clausesOf joins the import clauses of files.
func clausesOf(name string, files []*source) clauses {
	im := clauses{name: name}
	for _, f := range files {
		switch {
		case !f.test:
			im.plain = append(im.plain, f.plain...)
			im.blank = append(im.blank, f.blank...)
		case strings.HasSuffix(f.pkg, "_test"):
			im.xtests = slices.Concat(im.xtests, f.plain, f.blank)
		default:
			im.tests = slices.Concat(im.tests, f.plain, f.blank)
		}
	}
	return im
}

// some returns a directory with only some of its files.
func some(d *sift.Dir, files []*source) *sift.Dir {
	s := &sift.Dir{Path: d.Path, Module: d.Module, Asked: d.Asked}
	for _, f := range files {
		s.Files = append(s.Files, f.File)
		s.Class |= f.Class
	}
	return s
}

var mayHaveMain = lazyregexp.New(`(?m)^func\s+main\s*\(`)

// declaresMain reports whether a file has a main function.
func declaresMain(f *source) bool {
	syntax, _ := parser.ParseFile(token.NewFileSet(), f.Name, f.content, parser.SkipObjectResolution)
	return syntax != nil && slices.ContainsFunc(syntax.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && fn.Recv == nil && fn.Name.Name == "main"
	})
}

// helpers returns the files without a main function whose declarations a program uses, to any depth, as in "go
// run get_token.go http.go".
func helpers(f *source, files []*source) (list []*source) {
	declared := map[string]*source{}
	mentions := map[*source]map[string]bool{}
	read := func(s *source) {
		syntax, _ := parser.ParseFile(token.NewFileSet(), s.Name, s.content, parser.SkipObjectResolution)
		mentions[s] = map[string]bool{}
		if syntax == nil {
			return
		}
		own := map[string]bool{}
		for _, d := range syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					own[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						own[spec.Name.Name] = true
					case *ast.ValueSpec:
						for _, id := range spec.Names {
							own[id.Name] = true
						}
					}
				}
			}
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				ast.Inspect(n.X, func(m ast.Node) bool {
					if id, ok := m.(*ast.Ident); ok {
						mentions[s][id.Name] = true
					}
					return true
				})
				return false
			case *ast.Ident:
				mentions[s][n.Name] = true
			}
			return true
		})
		if s == f {
			for name := range own {
				declared[name] = f
			}
			return
		}
		for name := range own {
			if declared[name] == nil {
				declared[name] = s
			}
		}
	}
	read(f)
	for _, s := range files {
		if s.test || s.pkg != f.pkg || s.expr != nil && (f.expr == nil || s.expr.String() != f.expr.String()) || mayHaveMain.Match(s.content) {
			continue
		}
		read(s)
	}
	seen := map[*source]bool{f: true}
	for queue := []*source{f}; len(queue) > 0; queue = queue[1:] {
		for name := range mentions[queue[0]] {
			if s := declared[name]; s != nil && !seen[s] {
				seen[s] = true
				list = append(list, s)
				queue = append(queue, s)
			}
		}
	}
	slices.SortFunc(list, func(a, b *source) int { return strings.Compare(a.Name, b.Name) })
	return list
}
