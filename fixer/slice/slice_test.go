package slice

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

var declaration = regexp.MustCompile(`declared (\S+) (pure|logs|exits)`)

var update = flag.Bool("update", false, "write the results into the golden files")

// Each file of testdata is a module. A statement whose first line ends in //x:remove is
// taken out by the core change, one that ends in //x:replace TEXT becomes TEXT; with
// //x:expr CODE => TEXT the first expression CODE on the line becomes TEXT; //x:before TEXT puts TEXT in
// front of a statement, //x:unwrap makes an if its body, //x:before TEXT //x:unwrap does both. The files below
// want/ are those that come out different; report is what Extend says. Flags stand in the
// first line of the comment: "testscount"; "declared NAME WORD" is what a user says of a function.
func TestExtend(t *testing.T) {
	deps := readDeps(t)
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		if name == "deps" {
			continue
		}
		t.Run(name, func(t *testing.T) { golden(t, path, deps) })
	}
}

func golden(t *testing.T, path string, deps map[string][]*ast.File) {
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := map[string][]byte{}
	want := map[string]string{}
	var input []txtar.File
	for _, f := range ar.Files {
		switch {
		case f.Name == "report" || strings.HasPrefix(f.Name, "want/"):
			want[f.Name] = string(f.Data)
		default:
			in[f.Name] = f.Data
			input = append(input, f)
		}
	}
	m := newModule(t, in, deps)
	set := m.core(t)
	opts := Options{
		TestsCount: strings.Contains(string(ar.Comment), "testscount"),
		Declared:   library.Declared{},
	}
	for _, m := range declaration.FindAllStringSubmatch(string(ar.Comment), -1) {
		opts.Declared[m[1]] = library.Declaration{Effect: library.Words[m[2]]}
	}
	rep, err := Extend(syntax.NewIndex(m.pkgs), set, opts)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{"report": reportText(rep)}
	out, err := rewrite.Files(m.pkgs, set)
	if err != nil {
		t.Fatalf("rewrite: %v", err)
	}
	after := map[string][]byte{}
	for name, src := range m.src {
		after[name] = src
	}
	for name, src := range out {
		rel := strings.TrimPrefix(name, "/m/")
		if src == nil || len(bytes.TrimSpace(src)) == 0 {
			delete(after, rel)
			got["want/"+rel] = "(removed)\n"
			continue
		}
		after[rel] = src
		got["want/"+rel] = string(src)
	}
	for n := range set.Remove {
		if f, ok := n.(*ast.File); ok {
			rel := strings.TrimPrefix(m.fset.Position(f.Package).Filename, "/m/")
			delete(after, rel)
			got["want/"+rel] = "(removed)\n"
		}
	}
	blocked := strings.Contains(string(ar.Comment), "does not compile")
	if !t.Failed() {
		check(t, after, deps, blocked)
	}
	if *update {
		ar.Files = input
		var names []string
		for n := range got {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			if got[n] != "" {
				ar.Files = append(ar.Files, txtar.File{Name: n, Data: []byte(got[n])})
			}
		}
		if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for n, w := range want {
		if got[n] != w {
			t.Errorf("%s:\n--- got\n%s--- want\n%s", n, got[n], w)
		}
	}
	for n := range got {
		if _, ok := want[n]; !ok && got[n] != "" {
			t.Errorf("%s is not expected:\n%s", n, got[n])
		}
	}
}

func reportText(r report.Report) string {
	var b strings.Builder
	at := func(p token.Position) string {
		return fmt.Sprintf("%s:%d", strings.TrimPrefix(p.Filename, "/m/"), p.Line)
	}
	for _, s := range r.Removed {
		fmt.Fprintf(&b, "removed %s\n", s)
	}
	for _, k := range r.Kept {
		fmt.Fprintf(&b, "kept %s (%s) %s\n", k.Name, k.Why, at(k.Pos))
	}
	for _, s := range r.Dropped {
		fmt.Fprintf(&b, "dropped %s %s\n", at(s.Pos), s.Text)
	}
	for _, s := range r.Blocked {
		fmt.Fprintf(&b, "blocked %s %s: %s\n", at(s.Pos), s.Value, s.Text)
	}
	for _, s := range r.Idle {
		fmt.Fprintf(&b, "idle %s %s\n", at(s.Pos), s.Text)
	}
	for _, s := range r.Relaxed {
		fmt.Fprintf(&b, "relaxed %s %s\n", at(s.Pos), s.Text)
	}
	for _, d := range r.Demands {
		fmt.Fprintf(&b, "demand %s %s: %s\n", at(d.Pos), d.Setting, d.Text)
	}
	for _, l := range r.Leftovers {
		fmt.Fprintf(&b, "leftover %s %s %s\n", l.Kind, l.Name, at(l.Pos))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note %s: %s\n", at(n.Pos), n.Text)
	}
	return b.String()
}

// A module is parsed and type-checked input.
type testModule struct {
	pkgs    []*load.Package
	src     map[string][]byte
	fset    *token.FileSet
	markers map[string]string // "file:line" to marker
}

var marker = regexp.MustCompile(`[ \t]*//x:(.*)`)

func newModule(t *testing.T, in map[string][]byte, deps map[string][]*ast.File) *testModule {
	m := &testModule{src: map[string][]byte{}, fset: token.NewFileSet(), markers: map[string]string{}}
	for name, data := range in {
		lines := strings.Split(string(data), "\n")
		for i, l := range lines {
			if mm := marker.FindStringSubmatch(l); mm != nil {
				m.markers[fmt.Sprintf("/m/%s:%d", name, i+1)] = mm[1]
				lines[i] = marker.ReplaceAllString(l, "")
			}
		}
		m.src[name] = []byte(strings.Join(lines, "\n"))
	}
	var err error
	m.pkgs, err = typeCheck(m.fset, m.src, deps)
	if err != nil {
		t.Fatalf("the input does not type-check: %v", err)
	}
	return m
}

// core makes the set that the markers ask for.
func (m *testModule) core(t *testing.T) *change.Set {
	set := change.NewSet()
	done := map[string]bool{}
	for _, pkg := range m.pkgs {
		for _, f := range pkg.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				if n == nil {
					return true
				}
				pos := m.fset.Position(n.Pos())
				key := fmt.Sprintf("%s:%d", pos.Filename, pos.Line)
				mk, ok := m.markers[key]
				if !ok || done[key] {
					return true
				}
				if rest, ok := strings.CutPrefix(mk, "expr "); ok {
					code, text, _ := strings.Cut(rest, " => ")
					if x, ok := n.(ast.Expr); ok {
						var b bytes.Buffer
						b.Write(pkg.Source[pos.Filename][pos.Offset:m.fset.Position(x.End()).Offset])
						if b.String() == code {
							set.Replace[x] = change.Text{Src: text}
							done[key] = true
							return false
						}
					}
					return true
				}
				switch n.(type) {
				case *ast.BlockStmt, *ast.CaseClause:
					return true
				case ast.Stmt, *ast.GenDecl, *ast.FuncDecl:
					done[key] = true
					mk, unwrap := strings.CutSuffix(mk, "//x:unwrap")
					lines := func(text string) change.Text {
						return change.Text{Src: strings.ReplaceAll(strings.TrimSpace(text), `\n`, "\n")}
					}
					if text, ok := strings.CutPrefix(mk, "replace "); ok {
						set.Replace[n] = lines(text)
					} else if text, ok := strings.CutPrefix(mk, "before "); ok {
						set.Before[n.(ast.Stmt)] = lines(text)
					} else if mk != "unwrap" {
						set.Remove[n] = "core"
					}
					if s, ok := n.(*ast.IfStmt); ok && (unwrap || mk == "unwrap") {
						set.Unwrap[s] = change.Part{Node: s.Body}
					}
					return set.Remove[n] == "" && set.Replace[n].Src == ""
				}
				return true
			})
		}
	}
	for k := range m.markers {
		if !done[k] {
			t.Fatalf("the marker at %s names nothing", k)
		}
	}
	return set
}

func check(t *testing.T, src map[string][]byte, deps map[string][]*ast.File, blocked bool) {
	t.Helper()
	pkgs, err := typeCheck(token.NewFileSet(), src, deps)
	if err != nil {
		if blocked {
			return
		}
		for n, s := range src {
			t.Logf("%s:\n%s", n, s)
		}
		t.Fatalf("the result does not type-check: %v", err)
	}
	for _, p := range pkgs {
		for _, f := range p.Syntax {
			for id, obj := range p.Info.Defs {
				if _, ok := obj.(*types.Label); ok {
					used := false
					for _, o := range p.Info.Uses {
						used = used || o == obj
					}
					if !used {
						t.Errorf("label %s is not used", id.Name)
					}
				}
			}
			_ = f
		}
	}
}

var stdlib types.Importer

var stdFset = token.NewFileSet()

type chain struct {
	fset *token.FileSet
	own  map[string][]*ast.File
	deps map[string][]*ast.File
	done map[string]*types.Package
	info map[string]*types.Info
	errs []error
}

func (c *chain) Import(path string) (*types.Package, error) {
	if p := c.done[path]; p != nil {
		return p, nil
	}
	files, fset := c.own[path], c.fset
	if files == nil {
		files, fset = c.deps[path], stdFset
	}
	if files == nil {
		if stdlib == nil {
			build.Default.CgoEnabled = false
			stdlib = importer.ForCompiler(stdFset, "source", nil)
		}
		return stdlib.Import(path)
	}
	conf := types.Config{Importer: c, Error: func(err error) { c.errs = append(c.errs, err) }}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{},
	}
	pkg, _ := conf.Check(path, fset, files, info)
	c.done[path] = pkg
	c.info[path] = info
	return pkg, nil
}

func typeCheck(fset *token.FileSet, src map[string][]byte, deps map[string][]*ast.File) ([]*load.Package, error) {
	c := &chain{fset: fset, own: map[string][]*ast.File{}, deps: deps, done: map[string]*types.Package{}, info: map[string]*types.Info{}}
	names := map[string][]string{}
	var all []string
	for n := range src {
		all = append(all, n)
	}
	sort.Strings(all)
	for _, n := range all {
		if !strings.HasSuffix(n, ".go") {
			continue
		}
		f, err := parser.ParseFile(fset, "/m/"+n, src[n], parser.ParseComments)
		if err != nil {
			return nil, err
		}
		path := "m"
		if d := filepath.Dir(n); d != "." {
			path = "m/" + d
		}
		c.own[path] = append(c.own[path], f)
		names[path] = append(names[path], "/m/"+n)
	}
	var pkgs []*load.Package
	var paths []string
	for p := range c.own {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, path := range paths {
		pkg, err := c.Import(path)
		if err != nil {
			return nil, err
		}
		lp := &load.Package{Path: path, Name: pkg.Name(), Fset: fset, Files: names[path], Syntax: c.own[path], Types: pkg, Info: c.info[path], Source: map[string][]byte{}}
		for _, n := range names[path] {
			lp.Source[n] = src[strings.TrimPrefix(n, "/m/")]
		}
		pkgs = append(pkgs, lp)
	}
	if len(c.errs) > 0 {
		var lines []string
		for _, e := range c.errs {
			lines = append(lines, e.Error())
		}
		return nil, fmt.Errorf("%s", strings.Join(lines, "\n"))
	}
	return pkgs, nil
}

// readDeps parses the stand-ins of the libraries: their signatures are all that counts here.
func readDeps(t *testing.T) map[string][]*ast.File {
	ar, err := txtar.ParseFile("testdata/deps.txtar")
	if err != nil {
		t.Fatal(err)
	}
	deps := map[string][]*ast.File{}
	for _, f := range ar.Files {
		syntax, err := parser.ParseFile(stdFset, f.Name, f.Data, 0)
		if err != nil {
			t.Fatal(err)
		}
		deps[filepath.Dir(f.Name)] = append(deps[filepath.Dir(f.Name)], syntax)
	}
	return deps
}
