package rewrite

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

var update = flag.Bool("update", false, "rewrite the want/ parts of testdata")

// TestGolden applies the edits of each archive in testdata to its files.
//
// A line of the file "edit" is an operation, a node type and the beginning of the node's
// source; "#2" behind the type means the second such node. Indented lines below it are
// the text. The files want/X are the expected contents of X; files without one have to
// stay as they are. Words of the archive's first line turn the files into such with CRLF,
// a byte order mark, or without a final newline.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			golden(t, path)
		})
	}
}

func golden(t *testing.T, path string) {
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(ar.Comment), "\n")
	in := map[string][]byte{}
	want := map[string][]byte{}
	var script, wantErr, wantLost string
	for _, f := range ar.Files {
		switch {
		case f.Name == "edit":
			script = string(f.Data)
		case f.Name == "error":
			wantErr = strings.TrimSpace(string(f.Data))
		case f.Name == "lost":
			wantLost = string(f.Data)
		case strings.HasPrefix(f.Name, "want/"):
			want["/m/"+strings.TrimPrefix(f.Name, "want/")] = bent(first, f.Data)
		default:
			in["/m/"+f.Name] = bent(first, f.Data)
		}
	}
	pkg := newPackage(t, in)
	set := newSet(t, pkg, script)
	res, err := Rewrite([]*load.Package{pkg}, set)
	if wantErr != "" {
		if err == nil || !strings.Contains(err.Error(), wantErr) {
			t.Fatalf("error is %v, want one with %q", err, wantErr)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var lost strings.Builder
	for _, c := range res.Lost {
		fmt.Fprintln(&lost, strings.ReplaceAll(c.String(), "/m/", ""))
	}
	if *update {
		store(t, path, ar, res, lost.String())
		return
	}
	if lost.String() != wantLost {
		t.Errorf("lost comments:\n%swant:\n%s", &lost, wantLost)
	}
	for name, w := range want {
		got, ok := res.Files[name]
		if !ok {
			got = in[name]
		}
		if !bytes.Equal(got, w) {
			t.Errorf("%s is\n%s\nwant\n%s", name, visible(got), visible(w))
		}
	}
	for name := range res.Files {
		if _, ok := want[name]; !ok {
			t.Errorf("%s has changed and should not:\n%s", name, res.Files[name])
		}
	}
	again(t, pkg, res)
}

// again checks that what a gofmt-ed file became is gofmt-ed, and that all results parse.
func again(t *testing.T, pkg *load.Package, res *Result) {
	for name, out := range res.Files {
		if _, err := parser.ParseFile(token.NewFileSet(), name, out, parser.ParseComments); err != nil {
			t.Errorf("%s does not parse: %v", name, err)
		}
		if gofmted(pkg.Source[name]) && !gofmted(out) {
			t.Errorf("%s was gofmt-ed and is not any more:\n%s", name, out)
		}
	}
}

func visible(b []byte) string {
	return strings.NewReplacer("\r", "␍", "\ufeff", "<BOM>").Replace(string(b))
}

func bent(words string, data []byte) []byte {
	for w := range strings.FieldsSeq(words) {
		switch w {
		case "[crlf]":
			data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
		case "[bom]":
			data = append([]byte("\ufeff"), data...)
		case "[noeol]":
			data = bytes.TrimRight(data, "\r\n")
		}
	}
	return data
}

func store(t *testing.T, path string, ar *txtar.Archive, res *Result, lost string) {
	ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool {
		return strings.HasPrefix(f.Name, "want/") || f.Name == "lost"
	})
	if lost != "" {
		ar.Files = append(ar.Files, txtar.File{Name: "lost", Data: []byte(lost)})
	}
	for _, name := range slices.Sorted(maps.Keys(res.Files)) {
		data := bytes.ReplaceAll(res.Files[name], []byte("\r\n"), []byte("\n"))
		data = bytes.TrimPrefix(data, []byte("\ufeff"))
		if !bytes.HasSuffix(data, []byte("\n")) {
			data = append(data, '\n')
		}
		ar.Files = append(ar.Files, txtar.File{Name: "want/" + strings.TrimPrefix(name, "/m/"), Data: data})
	}
	if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
		t.Fatal(err)
	}
}

// newPackage type-checks files as one package example.com/m; whatever they import is a
// package without contents.
func newPackage(t testing.TB, files map[string][]byte) *load.Package {
	t.Helper()
	pkg := &load.Package{
		Path:   "example.com/m",
		Dir:    "/m",
		Module: &load.Module{Path: "example.com/m", Dir: "/m"},
		Fset:   token.NewFileSet(),
		Source: files,
		Info: &types.Info{
			Defs:      map[*ast.Ident]types.Object{},
			Uses:      map[*ast.Ident]types.Object{},
			Implicits: map[ast.Node]types.Object{},
			Scopes:    map[ast.Node]*types.Scope{},
			Types:     map[ast.Expr]types.TypeAndValue{},
		},
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		syntax, err := parser.ParseFile(pkg.Fset, name, files[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		pkg.Files = append(pkg.Files, name)
		pkg.Syntax = append(pkg.Syntax, syntax)
		pkg.Name = syntax.Name.Name
	}
	conf := types.Config{Importer: emptyImporter{}, Error: func(error) {}, FakeImportC: true}
	pkg.Types, _ = conf.Check(pkg.Path, pkg.Fset, pkg.Syntax, pkg.Info)
	return pkg
}

type emptyImporter struct{}

func (emptyImporter) Import(path string) (*types.Package, error) {
	pkg := types.NewPackage(path, plainName(path))
	if path == "strings" {
		sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
		for _, name := range []string{"ToUpper", "Repeat"} {
			pkg.Scope().Insert(types.NewFunc(token.NoPos, pkg, name, sig))
		}
	}
	pkg.MarkComplete()
	return pkg, nil
}

func newSet(t testing.TB, pkg *load.Package, script string) *change.Set {
	t.Helper()
	set := change.NewSet()
	lines := strings.Split(strings.TrimRight(script, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == "" {
			continue
		}
		op, rest, _ := strings.Cut(lines[i], " ")
		kind, prefix, _ := strings.Cut(rest, " ")
		n := find(t, pkg, kind, prefix)
		var text []string
		for i+1 < len(lines) && (strings.HasPrefix(lines[i+1], "\t") || lines[i+1] == "") {
			i++
			text = append(text, strings.TrimPrefix(lines[i], "\t"))
		}
		src := strings.Join(text, "\n")
		switch op {
		case "remove":
			set.Remove[n] = "test"
		case "replace":
			set.Replace[n] = change.Text{Src: src}
		case "before":
			set.Before[n.(ast.Stmt)] = change.Text{Src: src}
		case "unwrap", "unwrapblock":
			kind, prefix, _ := strings.Cut(src, " ")
			set.Unwrap[n] = change.Part{Node: find(t, pkg, kind, prefix), Block: op == "unwrapblock"}
		case "assign":
			alt := change.Assignment{Lost: map[int]bool{}}
			for word := range strings.FieldsSeq(src) {
				if i, err := strconv.Atoi(word); err == nil {
					alt.Lost[i] = true
				} else {
					alt.Define = true
				}
			}
			set.Assign[n.(*ast.AssignStmt)] = alt
		case "uncomment":
			set.Uncomment[n.(*ast.Comment)] = "test"
		case "deprecated":
			set.Deprecated[n] = strings.TrimSpace(src)
		default:
			t.Fatalf("no operation %q", op)
		}
	}
	return set
}

func find(t testing.TB, pkg *load.Package, kind, prefix string) ast.Node {
	t.Helper()
	nth := 1
	if k, n, ok := strings.Cut(kind, "#"); ok {
		kind = k
		fmt.Sscan(n, &nth)
	}
	var found ast.Node
	for i, file := range pkg.Syntax {
		src := pkg.Source[pkg.Files[i]]
		tf := pkg.Fset.File(file.Package)
		walk := func(fn func(ast.Node) bool) {
			ast.Inspect(file, fn)
			for _, g := range file.Comments {
				if kind == "Comment" {
					ast.Inspect(g, fn)
				}
			}
		}
		walk(func(n ast.Node) bool {
			if _, doc := n.(*ast.CommentGroup); doc && kind != "Comment" || n == nil || found != nil {
				return false
			}
			if fmt.Sprintf("%T", n) == "*ast."+kind && bytes.HasPrefix(src[tf.Offset(n.Pos()):], []byte(prefix)) {
				if nth--; nth == 0 {
					found = n
				}
			}
			return true
		})
	}
	if found == nil {
		t.Fatalf("no %s that begins with %q", kind, prefix)
	}
	return found
}
