package suppress

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

// FuzzFind shows that any comment is read as a directive or not, that one in force has a reason (nolint need
// not), and that one which is not in force is a problem.
func FuzzFind(f *testing.F) {
	for _, c := range []string{
		"//jwtretire:ignore because", "//jwtretire:ignore", "//jwtretire:ignore\tbecause", "// jwtretire:ignore because", "//jwtretire:ignored x",
		"//nolint:jwtretire // why", "//nolint", "//nolint:all", "//nolint:a,jwtretire", "//nolint: jwtretire", "//nolint:jwtretire,", "/*nolint:jwtretire*/",
		"//lint:ignore jwtretire why", "//lint:ignore a,jwtretire why", "//lint:file-ignore jwtretire why", "//lint:ignore", "//lint:ignore jwtretire",
		"/*jwtretire:ignore x*/", "//jwtretire:ignore \x00", "//nolint:\u00a0jwtretire",
	} {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		fset := token.NewFileSet()
		src := "package p\n\nfunc f() {\n\t" + comment + "\n\tg()\n}\n"
		file, err := parser.ParseFile(fset, "a.go", src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Skip()
		}
		for _, d := range Find(fset, []*ast.File{file}) {
			if d.Problem == "" && d.Reason == "" && d.Style != "nolint" {
				t.Errorf("%q is in force without a reason: %+v", comment, d)
			}
			if d.Line < 1 || d.From < 1 || d.To != 0 && d.To < d.From {
				t.Errorf("%q is about no lines: %+v", comment, d)
			}
			if d.Problem != "" && len((Directives{d}).Problems(false)) == 0 {
				t.Errorf("%q is not in force and nobody hears of it", comment)
			}
		}
	})
}
