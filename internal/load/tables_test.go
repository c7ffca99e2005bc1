package load

import (
	"strings"
	"testing"
)

func TestWithoutTables(t *testing.T) {
	many := strings.Repeat("\t0x1f, 1.5e3, -1, 07,\n", 4000)
	for _, c := range []struct {
		name, src string
		blank     bool
	}{
		{"numbers", "var t = []float64{\n" + many + "}\n", true},
		{"in a map of tables", "var t = map[string][]float64{\"a\": {\n" + many + "}, \"b\": f()}\n", true},
		{"in a function", "func f() { t := []float64{\n" + many + "}\n_ = t }\n", true},
		{"nested", "var t = [][]float64{{1}, {\n" + many + "}}\n", true},
		{"keys", "var t = map[int]float64{" + strings.Repeat("1: 2,\n", 20000) + "}\n", true},
		{"a name at the end", "var t = []float64{\n" + many + "abc}\n", false},
		{"a call", "var t = []float64{\n" + many + "f(1)}\n", false},
		{"a string", "var t = []any{\n" + many + "\"a\"}\n", false},
		{"a comment", "var t = []any{\n" + many + "// a\n}\n", false},
		{"uncounted", "var t = [...]float64{\n" + many + "}\n", false},
		{"text", "var t = []string{" + strings.Repeat("\"a\", ", 10000) + "}\n", false},
		{"much text", "var t = map[string]*T{" + strings.Repeat("\"a(\": {name: \"b\", list: []int{1}}, // c.d\n", 50000) + "}\n", true},
		{"much text in a function", "func f() { x := T{}; t := []string{" + strings.Repeat("\"a\", ", 300000) + "x.a}\n_, _ = t, x }\n", false},
		{"much text and an import", "var t = []string{" + strings.Repeat("\"a\", ", 300000) + "pkg.Name}\n", false},
		{"small", "var t = []int{1, 2, 3}\n" + strings.Repeat("// a comment\n", 10000), false},
	} {
		src := "package p\n\n" + c.src + "\nvar after = f(\"{\")\n"
		out, names := withoutTables([]byte(src), 0)
		got := string(out)
		if blank := got != src; blank != c.blank {
			t.Errorf("%s: blank is %v", c.name, blank)
		}
		if want := c.name == "much text"; (names != nil) != want || names["name"] != want || names["a"] || names["c"] {
			t.Errorf("%s: names %v", c.name, names)
		}
		if len(got) != len(src) || strings.Count(got, "\n") != strings.Count(src, "\n") || !strings.HasSuffix(got, "\nvar after = f(\"{\")\n") {
			t.Errorf("%s: what is around the table has moved", c.name)
		}
	}
}
