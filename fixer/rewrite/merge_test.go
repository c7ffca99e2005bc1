package rewrite

import (
	"math/rand/v2"
	"testing"
)

// TestMatchIsLongest compares the length of the match with the textbook's table.
func TestMatchIsLongest(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 5))
	text := func() []line {
		l := make([]line, rnd.IntN(12))
		for i := range l {
			l[i].key = string('a' + rune(rnd.IntN(4)))
		}
		return l
	}
	for range 3000 {
		a, b := text(), text()
		got, last := 0, -1
		for i, to := range match(a, b) {
			if to < 0 {
				continue
			}
			if to <= last || a[i].key != b[to].key {
				t.Fatalf("match(%v, %v) pairs line %d with %d", a, b, i, to)
			}
			last = to
			got++
		}
		if want := longest(a, b); got != want {
			t.Fatalf("match(%v, %v) has %d pairs, want %d", a, b, got, want)
		}
	}
}

func longest(a, b []line) int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := range a {
		for j := range b {
			if a[i].key == b[j].key {
				table[i+1][j+1] = table[i][j] + 1
			} else {
				table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			}
		}
	}
	return table[len(a)][len(b)]
}

func TestMerge(t *testing.T) {
	for _, test := range []struct{ name, base, mine, old, want string }{
		{"gofmt-ed takes the new alignment", "a int    // x\nbb string // y", "a int // x", "a int    // x\nbb string // y", "a int // x"},
		{"odd bytes stay", "f(a, b)\ng()", "f(a, b)", "f( a,b )\ng()", "f( a,b )"},
		{"one line that gofmt breaks", "if a {\n\tb()\n}\nc()\nd()", "if a {\n\tb()\n}\nd()", "if a { b() }\nc()\nd()", "if a { b() }\nd()"},
		{"inside a line that gofmt breaks", "if a {\n\tb()\n\tc()\n}", "if a {\n\tb()\n}", "if a { b(); c() }", "if a {\n\tb()\n}"},
		{"depth of the neighbours", "f {\n\ta\n}", "f {\n\ta\n\tb {\n\t\tc\n\t}\n}", "f  {\n  a\n}", "f  {\n  a\n  b {\n    c\n  }\n}"},
		{"more blank lines", "a()\n\nb()\nc()", "a()\n\nb()", "a()\n\n\nb()\nc()", "a()\n\n\nb()"},
		{"string that differs in blanks only", "f(\"a b\")\ng()", "f(\"ab\")\ng()", "f( \"a b\" )\ng()", "f(\"ab\")\ng()"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := string(merge([]byte(test.base), []byte(test.mine), []byte(test.old), "\n")); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
