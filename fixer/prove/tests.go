package prove

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A failure is a failed test, or package if it has no name, with its output.
type failure struct {
	pkg, test string
	said      []string
}

// test runs the tests on the result; vet has run already. Tests that fail are run on the original tree, too: a
// failure there is not caused by the rewrite. A test that passed there and exercises the removed exchange (it
// has a parameter or path of the exchange) cannot pass any more and is named. Any other failure is an error of
// the result.
func (r *run) test() error {
	out, all, err := r.goCommand([]string{"test", "-vet=off", "-json"}, true)
	if err == nil {
		return nil
	}
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	now := failures(out)
	if len(now) == 0 {
		return fmt.Errorf("go test fails on the rewritten code: %s", join(words(all)))
	}
	out, _, _ = r.goCommand([]string{"test", "-vet=off", "-json"}, false)
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	before := map[[2]string]bool{}
	for _, f := range failures(out) {
		before[[2]string{f.pkg, f.test}] = true
	}
	index := testFunctions(r.Dirs, os.ReadFile)
	for _, f := range now {
		if before[[2]string{f.pkg, f.test}] {
			r.res.Before = append(r.res.Before, fmt.Sprintf("%s failed before as well", f.name()))
			continue
		}
		fn := index[f.test]
		if fn == nil || !fn.old(map[*testFunc]bool{}) {
			return fmt.Errorf("go test fails on the rewritten code: %s: %s", f.name(), join(f.said))
		}
		r.res.Old = append(r.res.Old, TestID{Package: f.pkg, Name: f.test, File: fn.file, Line: fn.line})
	}
	return nil
}

// OldTests returns the test functions in directories that fake the token service of an exchange, without
// running them: they have a parameter or path of the exchange, so they cannot pass after the rewrite. read
// returns a file of the result, and an error for a removed one.
func OldTests(dirs []string, read func(path string) ([]byte, error)) []TestID {
	var out []TestID
	for name, fn := range testFunctions(dirs, read) {
		if isTest(name) && fn.old(map[*testFunc]bool{}) && fn.fakesServer(map[*testFunc]bool{}) {
			out = append(out, TestID{Name: name, File: fn.file, Line: fn.line})
		}
	}
	slices.SortFunc(out, func(a, b TestID) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return out
}

func isTest(name string) bool {
	rest, ok := strings.CutPrefix(name, "Test")
	return ok && rest != "Main" && (rest == "" || rest[0] < 'a' || rest[0] > 'z')
}

func (f failure) name() string {
	if f.test == "" {
		return f.pkg
	}
	return f.test + " of " + f.pkg
}

// failures parses the events of go test -json and returns the failed test functions, or the package if none
// failed (it does not build, or the process ended).
func failures(events string) []failure {
	type event struct{ Action, Package, ImportPath, Test, Output string }
	said := map[[2]string][]string{}
	failed := map[[2]string]bool{}
	var order [][2]string
	for line := range strings.SplitSeq(events, "\n") {
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			continue
		}
		pkg := e.Package
		if pkg == "" { // of the build; "m [m.test]"
			pkg, _, _ = strings.Cut(e.ImportPath, " ")
		}
		name, _, _ := strings.Cut(e.Test, "/")
		key := [2]string{pkg, name}
		switch e.Action {
		case "output", "build-output":
			text := strings.TrimSpace(e.Output)
			if text != "" && !strings.HasPrefix(text, "=== ") && !strings.HasPrefix(text, "#") && !strings.HasPrefix(text, "--- ") && text != "FAIL" {
				said[key] = append(said[key], text)
			}
		case "fail":
			if !failed[key] {
				failed[key] = true
				order = append(order, key)
			}
		}
	}
	var out []failure
	for _, key := range order {
		tests := slices.ContainsFunc(order, func(k [2]string) bool { return k[0] == key[0] && k[1] != "" })
		if key[1] == "" && tests {
			continue
		}
		out = append(out, failure{key[0], key[1], said[key]})
	}
	return out
}

// A testFunc is a function of a test file.
type testFunc struct {
	file  string
	line  int
	says  bool        // it has a parameter or a path of the exchange in a string
	fakes bool        // it starts a server of net/http/httptest, or answers requests itself
	calls []*testFunc // of the same directory
}

// oldWords are parameters and paths of an exchange that the client-credentials grant does not have.
var oldWords = []string{"jwt_token", "/ims/exchange", "client_assertion", "jwt-bearer", "exchange/jwt"}

func speaksOfOld(s string) bool {
	return s == "assertion" || slices.ContainsFunc(oldWords, func(w string) bool { return strings.Contains(s, w) })
}

// old reports whether a function, or one that it calls, exercises the exchange.
func (f *testFunc) old(seen map[*testFunc]bool) bool {
	if seen[f] {
		return false
	}
	seen[f] = true
	return f.says || slices.ContainsFunc(f.calls, func(g *testFunc) bool { return g.old(seen) })
}

// fakesServer reports whether a function, or one that it calls, answers requests.
func (f *testFunc) fakesServer(seen map[*testFunc]bool) bool {
	if seen[f] {
		return false
	}
	seen[f] = true
	return f.fakes || slices.ContainsFunc(f.calls, func(g *testFunc) bool { return g.fakesServer(seen) })
}

// testFunctions finds the functions in the test files of directories, by name. If two packages have a function
// of the same name, both count.
func testFunctions(dirs []string, read func(path string) ([]byte, error)) map[string]*testFunc {
	all := map[string]*testFunc{}
	for _, dir := range dirs {
		names, _ := filepath.Glob(filepath.Join(dir, "*_test.go"))
		local := map[string]*testFunc{}
		bodies := map[*testFunc]ast.Node{}
		for _, name := range names {
			src, err := read(name)
			if err != nil {
				continue
			}
			fset := token.NewFileSet()
			f, _ := parser.ParseFile(fset, name, src, 0)
			if f == nil {
				continue
			}
			declared(f, func(id *ast.Ident, at, body ast.Node) {
				fn := &testFunc{file: name, line: fset.Position(at.Pos()).Line}
				local[id.Name], bodies[fn] = fn, body
			})
		}
		for fn, body := range bodies {
			fn.read(body, local)
		}
		for name, fn := range local {
			if old := all[name]; old != nil {
				fn.says = fn.says || old.says
				fn.calls = append(fn.calls, old.calls...)
			}
			all[name] = fn
		}
	}
	return all
}

// declared calls add for the functions of a file, and for its variables, such as tables or handlers of tests.
func declared(f *ast.File, add func(id *ast.Ident, at, body ast.Node)) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(d.Name, d, d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				vs, ok := s.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for _, id := range vs.Names {
					add(id, id, vs)
				}
			}
		}
	}
}

// read finds the other test functions that a body mentions, and the signs of the old flow and of a fake server.
func (fn *testFunc) read(body ast.Node, local map[string]*testFunc) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if g := local[n.Name]; g != nil && g != fn {
				fn.calls = append(fn.calls, g)
			}
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok && (id.Name == "httptest" || id.Name == "http" && (n.Sel.Name == "HandlerFunc" || n.Sel.Name == "ResponseWriter" || n.Sel.Name == "RoundTripper")) {
				fn.fakes = true
			}
		case *ast.BasicLit:
			if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				fn.says = fn.says || speaksOfOld(s)
			}
		}
		return true
	})
}
