package gomod

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// FuzzEdit requires a module in any go.mod, and takes the mark of an indirect requirement away. What comes out
// parses, has that requirement, and keeps every other line.
func FuzzEdit(f *testing.F) {
	for _, text := range []string{
		"module m\n", "module m\n\ngo 1.21\n\nrequire a.b/c v1.0.0\n", "module m\r\n\r\nrequire (\r\n\ta.b/c v1.0.0 // indirect\r\n)\r\n",
		"module m\n\nrequire (\n\ta.b/c v1.0.0\n\n\t// why\n\tz.b/c v1.0.0 // indirect; c\n)\n", "// c\nmodule \"m\" // d\nrequire ()\n",
		"module m\nrequire a.b/c v1.0.0 // indirect\nrequire d.e/f v0.0.1\n", "module m\nrequire (\n\tz.b/c v1.0.0\n\ta.b/c v1.0.0\n)\n", "module m\n\nretract v1.0.0 // x\n",
		"module m\n\nrequire golang.org/x/net v0.1.0", "\nrequire a.b/c v1.0.0\nmodule m\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
		mod, err := modfile.Parse("go.mod", text, nil)
		if err != nil || requirement(mod, oauth2Module) != nil {
			t.Skip()
		}
		paths := []string{""}
		if mod.Module != nil {
			paths[0] = mod.Module.Mod.Path
		}
		for _, r := range mod.Require {
			paths = append(paths, r.Mod.Path)
		}
		for _, path := range paths {
			if path != "" && module.CheckPath(path) != nil && module.CheckImportPath(path) != nil {
				t.Skip() // the library prints such as ")" without quotes
			}
		}
		for _, r := range mod.Retract {
			if r.Low == "" {
				t.Skip() // the go command refuses an empty version, which the library prints without quotes
			}
		}
		had := requirements(mod)
		insertRequire(mod, oauth2Module, "v0.30.0", false)
		for _, r := range had {
			setIndirect(r, false)
		}
		out := format(mod, data)
		now, err := modfile.Parse("go.mod", bytes.ReplaceAll(out, []byte("\r\n"), []byte("\n")), nil)
		if err != nil {
			t.Fatalf("%q becomes %q: %v", data, out, err)
		}
		if r := requirement(now, oauth2Module); r == nil || r.Mod.Version != "v0.30.0" || r.Indirect {
			t.Errorf("%q becomes %q", data, out)
		}
		for path, r := range had {
			if n := requirement(now, path); n == nil || n.Mod.Version != r.Mod.Version || n.Indirect {
				t.Errorf("%q loses %s in %q", data, path, out)
			}
		}
	})
}

// FuzzSums adds lines to any go.sum and takes them away again.
func FuzzSums(f *testing.F) {
	f.Add([]byte("a.b/c v1.0.0 h1:x=\na.b/c v1.0.0/go.mod h1:y=\n"), "golang.org/x/oauth2 v0.30.0 h1:z=")
	f.Add([]byte("z v1 h1:x=\r\na v1 h1:y=\r\n"), "m v1 h1:z=")
	f.Add([]byte("a v1 h1:x="), "b v1 h1:z=")
	f.Add([]byte(""), "b v1 h1:z=")
	f.Fuzz(func(t *testing.T, data []byte, line string) {
		if line = strings.TrimSpace(line); line == "" || strings.ContainsAny(line, "\r\n") || slices.Contains(sumLines(data), line) {
			t.Skip()
		}
		with := mergeSums(data, []string{line}, nil)
		if lines := sumLines(with); !slices.Contains(lines, line) || len(missing(sumLines(data), lines)) != 1 || len(missing(lines, sumLines(data))) > 0 {
			t.Errorf("%q with %q is %q", data, line, with)
		}
		without := mergeSums(with, nil, []string{line})
		if slices.Contains(sumLines(without), line) || len(sumLines(without)) != len(sumLines(data)) {
			t.Errorf("%q with and without %q is %q", data, line, without)
		}
	})
}
