package sift

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
)

// source makes a Go file of a row's line: most lines are statements.
func source(line string) string {
	switch {
	case strings.HasPrefix(line, "import"), strings.HasPrefix(line, "type"), strings.HasPrefix(line, "const"):
		return "package p\n\n" + line + "\n"
	}
	return "package p\n\nfunc f() {\n\t" + line + "\n}\n"
}

// every is all rows there are.
func every() []trigger { return All().rows }

// Every row finds the code that it is for.
func TestTriggers(t *testing.T) {
	for _, row := range every() {
		t.Run(fmt.Sprintf("%d/%s", row.class, row.word), func(t *testing.T) {
			if got := All().blob("a.go", []byte(source(row.line))); got&row.class == 0 {
				t.Errorf("blob(%q) = %b, want %b in it", row.line, got, row.class)
			}
		})
	}
}

// A row is not there for nothing: its own word is what matches its line.
func TestTriggersOwnWord(t *testing.T) {
	for _, row := range every() {
		t.Run(fmt.Sprintf("%d/%s", row.class, row.word), func(t *testing.T) {
			if got := newWords([]trigger{row}).blob("a.go", []byte(source(row.line))); got != row.class {
				t.Errorf("row alone does not match %q", row.line)
			}
		})
	}
}

// The search for the words of the rare end lets every such row through.
func TestRareWords(t *testing.T) {
	for _, row := range every() {
		if row.class&rareClasses == 0 {
			continue
		}
		t.Run(row.word, func(t *testing.T) {
			if got := All().rarely("a.go", []byte(source(row.line))); got&row.class == 0 {
				t.Errorf("rarely(%q) = %b, want %b in it", row.line, got, row.class)
			}
		})
	}
}

// What a call of a library does from the key to the token has a trigger, if not in its name then in the
// import of its package.
func TestEveryLibrary(t *testing.T) {
	for _, f := range library.All() {
		if f.Role != library.Exchange {
			continue
		}
		t.Run(f.FullName(), func(t *testing.T) {
			src := fmt.Sprintf("package p\n\nimport lib %q\n\nvar x, y = lib.%s()\n", f.Pkg, f.Name)
			if got := All().Rare("a.go", []byte(src)); got&Exchange == 0 {
				t.Errorf("Rare(%q) = %b, want an exchange", src, got)
			}
			row, ok := provider.ByID(f.SDK)
			if ok && row.Verdict != provider.Keep && Usual().Rare("a.go", []byte(src))&Exchange == 0 {
				t.Errorf("%s has a replacement, and only All finds %q", row.Name, src)
			}
		})
	}
}

// The prefilter lets every file through that parses a key or signs by a package of the library table, forks included.
func TestEveryKeyPackage(t *testing.T) {
	for _, row := range library.All() {
		p := library.PackageOf(row.Pkg)
		if !p.Keys || !slices.Contains([]library.Role{library.Sign, library.SignRaw, library.Signer, library.Parse, library.Claims}, row.Role) && !row.Parses {
			continue
		}
		t.Run(row.FullName(), func(t *testing.T) {
			src := fmt.Sprintf("package p\n\nimport lib %q\n\nvar x = lib.%s\n", row.Pkg, row.Name)
			if row.Recv != "" {
				src = fmt.Sprintf("package p\n\nimport lib %q\n\nfunc f(x lib.%s) { x.%s() }\n", row.Pkg, row.Recv, row.Name)
			}
			want := Sign | Key
			if p.JWT {
				want = Sign
			}
			if Usual().Blob("a.go", []byte(src))&want == 0 {
				t.Errorf("no trigger in\n%s\na Word of the package's row in analyzer/library/packages.go makes one", src)
			}
		})
	}
}

// The address of a vendor that takes the signed JWT itself can be the only evidence in a program.
func TestEveryBearer(t *testing.T) {
	for _, row := range provider.All() {
		if !slices.Contains(row.Kinds, "direct-bearer") {
			continue
		}
		for _, e := range row.Endpoints {
			at := strings.Replace(strings.TrimPrefix(e.Host, "*."), "*", "x", 1)
			if at == "" {
				at = strings.ReplaceAll(strings.TrimPrefix(e.Path, "**"), "*", "x")
			}
			t.Run(row.ID+"/"+at, func(t *testing.T) {
				src := fmt.Sprintf("package p\n\nvar x = %q\n", at)
				if All().Rare("a.go", []byte(src))&Bearer == 0 {
					t.Errorf("%q has no trigger", at)
				}
				if row.Verdict != provider.Keep && Usual().Rare("a.go", []byte(src))&Bearer == 0 {
					t.Errorf("%q has no trigger that is always looked for", at)
				}
			})
		}
	}
}

// A vendor's address alone is in half of all trees; it counts in a directory that signs or has the header.
func TestHints(t *testing.T) {
	const address = "-- go.mod --\nmodule m\n-- a/a.go --\npackage a\n\nvar host = \"https://storage.googleapis.com\"\n"
	for _, test := range []struct {
		name, more string
		hot        bool
	}{
		{"nothing more", "", false},
		{"signs elsewhere", "-- b/b.go --\npackage b\n\nvar s = t.SignedString\n", false},
		{"signs here", "-- a/b.go --\npackage a\n\nvar s = t.SignedString\n", true},
		{"header here, signs elsewhere", "-- a/b.go --\npackage a\n\nvar h = \"Authorization\"\n-- b/b.go --\npackage b\n\nvar s = t.SignedString\n", true},
		{"header here, nothing signs", "-- a/b.go --\npackage a\n\nvar h = \"Authorization\"\n", false},
		{"header in a test", "-- a/b_test.go --\npackage a\n\nvar h = \"Authorization\"\n-- b/b.go --\npackage b\n\nvar s = t.SignedString\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := sifted(t, Options{Dir: tree(t, address+test.more), Tests: true, Words: All()})
			if r.Empty() == test.hot {
				t.Errorf("Empty() = %v", r.Empty())
			}
			for _, d := range r.Modules[0].Dirs {
				if d.Class&(hint|header) != 0 {
					t.Errorf("%s has the class %b", d.Path, d.Class)
				}
			}
		})
	}
}

func TestWordsWith(t *testing.T) {
	for _, test := range []struct {
		place, src string
		want       bool
	}{
		{"acme.example", `"https://login.acme.example/x"`, true},
		{"acme.example", `"https://login.example/x"`, false},
		{"/t", `"Authorization"`, true}, // too short to look for
		{"/t", `"/t"`, false},
	} {
		t.Run(test.place, func(t *testing.T) {
			got := Usual().With(test.place).Rare("a.go", []byte("package p\n\nvar x = "+test.src+"\n"))
			if (got == Bearer) != test.want {
				t.Errorf("Rare(%s) = %b", test.src, got)
			}
		})
	}
	if got := Usual().With().Rare("a.go", []byte("package p\n\nvar x = \"acme.example\"\n")); got != 0 {
		t.Errorf("the words of one With are in another: %b", got)
	}
}

func TestQuiet(t *testing.T) {
	for _, test := range []struct{ name, file, src string }{
		{"comment", "a.go", "package p\n\n// A type assertion: \"assertion\", jwt_token.\nvar x int\n"},
		{"block comment", "a.go", "package p\n\n/* client_assertion=x \"assertion\" */\n"},
		{"message", "a.go", "package p\n\nvar e = errors.New(\"type assertion failed\")\n"},
		{"assertion library", "a.go", "package p\n\nfunc f() gomega.Assertion { return g.Expect(x) }\n"},
		{"variable", "a.go", "package p\n\nfunc f(x any) { assertion, ok := x.(int) }\n"},
		{"underscore file", "_a.go", "package p\n\nvar x = \"client_assertion\"\n"},
		{"not Go", "a.txt", "client_assertion"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Usual().Blob(test.file, []byte(test.src)); got&(Exchange|Bearer) != 0 {
				t.Errorf("Blob = %b, want no Exchange", got)
			}
		})
	}
}

func TestBlobBrokenFile(t *testing.T) {
	if got := Usual().Blob("a.go", []byte("package p\n\nfunc f( { v.Set(\"client_assertion\", \"unterminated\n")); got&Exchange == 0 {
		t.Error("a file that does not parse has no Exchange")
	}
}

func TestBlobSlashes(t *testing.T) {
	if got := Usual().Blob(`dir\a.go`, []byte("package p\n\nvar k = \"jwt_token\"\n")); got&Exchange == 0 {
		t.Error("a name with backslashes has no Exchange")
	}
}

func TestBlobCarriageReturns(t *testing.T) {
	src := "package p\r\n\r\nvar s = `{\r\n\r\n\r\n\r\n\r\n\r\n\r\n\"assertion\":1}`\r\n"
	if got := Usual().Rare("a.go", []byte(src)); got&Exchange == 0 {
		t.Error("a raw string of several CRLF lines has no Exchange")
	}
}
