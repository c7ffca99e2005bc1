package unit

import (
	"go/ast"
	gotypes "go/types"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/drive"
)

func TestLocal(t *testing.T) {
	for _, tc := range []struct {
		name string
		c    config
		want bool
	}{
		{"main module", config{ImportPath: "example.com/m/a", Dir: "/src/m/a", ModulePath: "example.com/m"}, true},
		{"test variant", config{ImportPath: "example.com/m/a [example.com/m/a.test]", Dir: "/src/m/a", ModulePath: "example.com/m"}, true},
		{"module path without a dot", config{ImportPath: "m/a", Dir: "/src/m/a", ModulePath: "m"}, true},
		{"files on the command line", config{ImportPath: "command-line-arguments", Dir: "/src/m"}, true},
		{"replaced by a directory", config{ImportPath: "example.org/dep", Dir: "/src/dep", ModulePath: "example.org/dep", ModuleVersion: "v1.0.0"}, true},
		{"module cache", config{ImportPath: "example.org/dep/a", Dir: "/mod/example.org/dep@v1.0.0/a", ModulePath: "example.org/dep", ModuleVersion: "v1.0.0"}, false},
		{"vendored", config{ImportPath: "example.org/dep", Dir: "/src/m/vendor/example.org/dep", ModulePath: "example.org/dep", ModuleVersion: "v1.0.0"}, false},
		{"standard library", config{ImportPath: "net/http", Dir: "/go/src/net/http"}, false},
		{"vendored by the standard library", config{ImportPath: "vendor/golang.org/x/net/idna", Dir: "/go/src/vendor/golang.org/x/net/idna"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.c.local(); got != tc.want {
				t.Errorf("local() = %v", got)
			}
		})
	}
}

func TestSources(t *testing.T) {
	dir, obj := t.TempDir(), t.TempDir()
	user := filepath.Join(dir, "main.go")
	if err := os.WriteFile(user, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(dir, "plain.go")
	c := config{Dir: dir, GoFiles: []string{
		plain, filepath.Join(obj, "_cgo_gotypes.go"), filepath.Join(obj, "main.cgo1.go"), filepath.Join(obj, "_cgo_import.go"),
	}}
	files, cgo := c.sources()
	if !cgo || !slices.Equal(files, []string{plain, user}) {
		t.Errorf("sources() = %v, %v", files, cgo)
	}
}

func TestReadCall(t *testing.T) {
	dir := t.TempDir()
	unit, yaml := filepath.Join(dir, "vet.cfg"), filepath.Join(dir, "my.cfg")
	for name, text := range map[string]string{unit: `{"ImportPath": "a", "VetxOutput": "b"}`, yaml: "scopes: {}\n"} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name string
		args []string
		want bool
	}{
		{"version", []string{"-V=full"}, true},
		{"flags", []string{"-flags"}, true},
		{"unit", []string{"-json", unit}, true},
		{"configuration of the user", []string{"-config", yaml}, false},
		{"no such file", []string{"x.cfg"}, false},
		{"packages", []string{"./..."}, false},
		{"nothing", nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := ReadCall(tc.args) != nil; got != tc.want {
				t.Errorf("ReadCall(%v) != nil is %v", tc.args, got)
			}
		})
	}
}

// A unit without imports exports its types, because it cannot find out whether an importer needs them.
func TestVetx(t *testing.T) {
	dir := t.TempDir()
	src, out := filepath.Join(dir, "a.go"), filepath.Join(dir, "vet.out")
	if err := os.WriteFile(src, []byte("package a\n\nimport _ \"unsafe\"\n\nconst C = 1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name    string
		imports map[string]string
		facts   string
		typed   bool
	}{
		{"nothing to say", map[string]string{"fmt": "fmt"}, "", false},
		{"facts", map[string]string{"fmt": "fmt"}, "facts", false},
		{"types", map[string]string{"unsafe": "unsafe"}, "", true},
		{"types and facts", nil, "facts", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := config{ImportPath: "a", GoFiles: []string{src}, ImportMap: tc.imports, VetxOutput: out}
			if err := c.writeVetx([]byte(tc.facts)); err != nil {
				t.Fatal(err)
			}
			got, err := readVetx(out)
			if err != nil || string(got) != tc.facts {
				t.Errorf("readVetx = %q, %v", got, err)
			}
			info, err := os.Stat(out)
			if err != nil {
				t.Fatal(err)
			}
			if typed := info.Size() > int64(vetxHead+len(tc.facts)); typed != tc.typed {
				t.Errorf("%d bytes", info.Size())
			}
		})
	}
}

// A unit without triggers and facts is not parsed: this one does not parse.
func TestIdle(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	quiet, trigger := write("quiet.go", "package p\n\nfunc f( {\n"), write("trigger.go", "package p\n\nvar k = \"jwt_token\"\n")
	none, some := write("none.vetx", ""), write("some.vetx", "vetx\x00\x00\x00\x00\x00\x00\x00\x00facts")
	types := write("types.vetx", "vetx\x05\x00\x00\x00\x00\x00\x00\x00types")
	for _, tc := range []struct {
		name  string
		path  string
		file  string
		facts string
		want  bool
	}{
		{"no trigger, no facts below", "example.com/m", quiet, none, true},
		{"a trigger", "example.com/m", trigger, none, false},
		{"facts below", "example.com/m", quiet, some, false},
		{"only types below", "example.com/m", quiet, types, true},
		{"of the standard library", "net/http", trigger, some, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "vet.out")
			c := config{
				ImportPath: tc.path, Dir: dir, GoFiles: []string{tc.file}, ImportMap: map[string]string{"fmt": "fmt"},
				PackageVetx: map[string]string{"fmt": tc.facts}, VetxOutput: out, Stdout: filepath.Join(dir, "stdout"),
			}
			if got := c.idle(); got != tc.want {
				t.Errorf("idle() = %v", got)
			}
			if !tc.want {
				return
			}
			begin := func(bool, func([]string) (gotypes.Importer, error)) { t.Error("it begins to look") }
			if err := c.run(mode{}, Options{Begin: begin}); err != nil {
				t.Fatal(err)
			}
			if data, err := os.ReadFile(out); err != nil || len(data) > 0 {
				t.Errorf("facts %q, %v", data, err)
			}
		})
	}
}

// A unit that only passes facts on is not type-checked: this one does not type-check. Its imports are known all the same.
func TestUntyped(t *testing.T) {
	dir := t.TempDir()
	src, out := filepath.Join(dir, "a.go"), filepath.Join(dir, "vet.out")
	if err := os.WriteFile(src, []byte("package a\n\nimport (\n\t\"fmt\"\n\t_ \"unsafe\"\n\t\"example.com/b\"\n)\n\nvar k int = \"jwt_token\" + b.Name\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	var imports []string
	analyzer := &analysis.Analyzer{Name: "a", Doc: "a", RunDespiteErrors: true, Run: func(pass *analysis.Pass) (any, error) {
		for _, p := range pass.Pkg.Imports() {
			imports = append(imports, p.Path())
		}
		return nil, nil
	}}
	for _, passes := range []bool{true, false} {
		c := config{
			ImportPath: "example.com/a", Dir: dir, GoFiles: []string{src}, VetxOutput: out, Stdout: filepath.Join(dir, "stdout"), VetxOnly: true,
			ImportMap:   map[string]string{"fmt": "fmt", "unsafe": "unsafe", "example.com/b": "example.com/b [example.com/a.test]"},
			PackageFile: map[string]string{"fmt": "x", "example.com/b [example.com/a.test]": "x"},
		}
		imports = nil
		err := c.run(mode{}, Options{
			Analyzer: analyzer, PassesOn: func([]*ast.File, *drive.Facts) bool { return passes },
			Begin: func(bool, func([]string) (gotypes.Importer, error)) {},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = os.Stat(out)
		if passes && (err != nil || !slices.Equal(imports, []string{"fmt", "example.com/b"})) {
			t.Errorf("imports %q, %v", imports, err)
		}
		_ = os.Remove(out)
		if !passes && err == nil {
			t.Error("facts of a unit that does not type-check")
		}
	}
}
