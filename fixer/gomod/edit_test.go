package gomod

import (
	"context"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"jwtretire.example/internal/load"
)

func TestVersionFor(t *testing.T) {
	for _, row := range []struct{ goLine, want string }{
		{"1.26.8", "v0.37.0"},
		{"1.26.0", "v0.37.0"},
		{"1.26", "v0.36.0"}, // 1.26 is before 1.26.0
		{"1.25.0", "v0.36.0"},
		{"1.24.1", "v0.35.0"},
		{"1.23.0", "v0.30.0"},
		{"1.23", "v0.26.0"},
		{"1.22", "v0.26.0"},
		{"1.16", "v0.26.0"},
	} {
		if got := versionFor(row.goLine); got != row.want {
			t.Errorf("versionFor(%s) = %s, want %s", row.goLine, got, row.want)
		}
	}
}

func TestAdvisory(t *testing.T) {
	for _, row := range []struct{ version, want string }{
		{"v0.26.0", "GO-2025-3488"},
		{"v0.0.0-20190211184951-80673b4a4bfc", "GO-2025-3488"},
		{"v0.27.0", ""},
		{"v0.30.0", ""},
	} {
		if got := advisory(row.version); row.want == "" && got != "" || !strings.HasPrefix(got, row.want) {
			t.Errorf("advisory(%s) = %q, want %q", row.version, got, row.want)
		}
	}
	for _, row := range oauth2Versions {
		if advisory(row.version) != "" && row.goLine > "1.23" {
			t.Errorf("%s has an advisory, and later ones do with the same go line", row.version)
		}
	}
}

// The table says what the modules' own go.mod files say.
func TestOAuth2VersionsAreTrue(t *testing.T) {
	w := &work{mod: &load.Module{}, tmp: t.TempDir()}
	for _, row := range oauth2Versions {
		d, err := w.download(context.Background(), row.version)
		if err != nil {
			t.Skipf("no module proxy: %v", err)
		}
		data, err := os.ReadFile(d.GoMod)
		if err != nil {
			t.Fatal(err)
		}
		f, err := modfile.ParseLax(d.GoMod, data, nil)
		if err != nil {
			t.Fatal(err)
		}
		if goLine(f) != row.goLine {
			t.Errorf("%s has go line %s, the table says %s", row.version, goLine(f), row.goLine)
		}
	}
}

func TestInsertRequire(t *testing.T) {
	for _, row := range []struct {
		name, file string
		indirect   bool
		want       string
	}{
		{"no requirement", "module m\n\ngo 1.23\n", false,
			"module m\n\ngo 1.23\n\nrequire n.example v1.0.0\n"},
		{"in order", "module m\n\nrequire (\n\ta.example v1.0.0\n\tz.example v1.0.0\n)\n", false,
			"module m\n\nrequire (\n\ta.example v1.0.0\n\tn.example v1.0.0\n\tz.example v1.0.0\n)\n"},
		{"comments stay with their line", "module m\n\nrequire (\n\t// of a\n\ta.example v1.0.0 // a\n\t// of z\n\tz.example v1.0.0 // z\n)\n", false,
			"module m\n\nrequire (\n\t// of a\n\ta.example v1.0.0 // a\n\tn.example v1.0.0\n\t// of z\n\tz.example v1.0.0 // z\n)\n"},
		{"direct block", "module m\n\nrequire a.example v1.0.0\n\nrequire (\n\tb.example v1.0.0 // indirect\n)\n\nrequire (\n\tc.example v1.0.0\n)\n", false,
			"module m\n\nrequire a.example v1.0.0\n\nrequire (\n\tb.example v1.0.0 // indirect\n)\n\nrequire (\n\tc.example v1.0.0\n\tn.example v1.0.0\n)\n"},
		{"indirect block", "module m\n\nrequire (\n\tb.example v1.0.0 // indirect\n)\n", true,
			"module m\n\nrequire (\n\tb.example v1.0.0 // indirect\n\tn.example v1.0.0 // indirect\n)\n"},
		{"mixed block", "module m\n\nrequire (\n\ta.example v1.0.0\n\tb.example v1.0.0 // indirect\n)\n", false,
			"module m\n\nrequire (\n\ta.example v1.0.0\n\tb.example v1.0.0 // indirect\n\tn.example v1.0.0\n)\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f, err := modfile.Parse("go.mod", []byte(row.file), nil)
			if err != nil {
				t.Fatal(err)
			}
			insertRequire(f, "n.example", "v1.0.0", row.indirect)
			if got := string(format(f, []byte(row.file))); got != row.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, row.want)
			}
		})
	}
}

func TestSetIndirectKeepsComments(t *testing.T) {
	for _, row := range []struct {
		line     string
		indirect bool
		want     string
	}{
		{"a.example v1.0.0", true, "a.example v1.0.0 // indirect"},
		{"a.example v1.0.0 // why", true, "a.example v1.0.0 // indirect; why"},
		{"a.example v1.0.0 // indirect", false, "a.example v1.0.0"},
		{"a.example v1.0.0 // indirect; why", false, "a.example v1.0.0 // why"},
		{"a.example v1.0.0 // why", false, "a.example v1.0.0 // why"},
	} {
		f, err := modfile.Parse("go.mod", []byte("module m\n\nrequire "+row.line+"\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		setIndirect(f.Require[0], row.indirect)
		if got := strings.TrimPrefix(string(modfile.Format(f.Syntax)), "module m\n\nrequire "); got != row.want+"\n" {
			t.Errorf("%s, indirect %v: %swant %s", row.line, row.indirect, got, row.want)
		}
	}
}

func TestMergeSums(t *testing.T) {
	const a, b1, b1mod, b10, c = "a v1.0.0 h1:x=", "b v1.0.0 h1:x=", "b v1.0.0/go.mod h1:x=", "b v1.10.0 h1:x=", "c v1.0.0 h1:x="
	join := func(lines ...string) string {
		if len(lines) == 0 {
			return ""
		}
		return strings.Join(lines, "\n") + "\n"
	}
	for _, row := range []struct {
		name             string
		old, add, remove []string
		want             string
	}{
		{"in the middle", []string{a, c}, []string{b1, b1mod}, nil, join(a, b1, b1mod, c)},
		{"by version", []string{b1, b10}, []string{"b v1.9.0 h1:x="}, nil, join(b1, "b v1.9.0 h1:x=", b10)},
		{"hash before go.mod", []string{b1mod}, []string{b1}, nil, join(b1, b1mod)},
		{"there already", []string{a}, []string{a}, nil, join(a)},
		{"removed", []string{a, b1, c}, nil, []string{b1}, join(a, c)},
		{"order of the rest stays", []string{c, a}, []string{b1}, nil, join(b1, c, a)},
		{"nothing left", []string{a}, nil, []string{a}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := string(mergeSums([]byte(join(row.old...)), row.add, row.remove)); got != row.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, row.want)
			}
		})
	}
}
