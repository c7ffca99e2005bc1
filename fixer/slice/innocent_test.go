package slice

import (
	"fmt"
	"go/format"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/syntax"
)

// Code that has nothing to do with the flow stays byte for byte, whatever it is made of: every kind of
// declaration and statement, generated, stands in a package of its own, beside the flow in its package,
// and between the statements of the flow's own function.
//
// INNOCENTS=N generates N programs.
func TestInnocents(t *testing.T) {
	n := 12
	if testing.Short() {
		n = 3
	}
	if s := os.Getenv("INNOCENTS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	deps := readDeps(t)
	for seed := range n {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g := &innocents{r: rand.New(rand.NewPCG(uint64(seed), 7)), shared: seed%2 == 1}
			src, kept := g.program()
			m := newModule(t, src, deps)
			set := m.core(t)
			if _, err := Extend(syntax.NewIndex(m.pkgs), set, Options{}); err != nil {
				t.Fatal(err)
			}
			out, err := rewrite.Files(m.pkgs, set)
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range out {
				if name = strings.TrimPrefix(name, "/m/"); name != "main.go" && name != "post.go" {
					t.Errorf("%s changes to\n%s", name, text)
				}
			}
			rest := string(out["/m/main.go"])
			for _, gone := range []string{"ReadFile", "ParseRSAPrivateKeyFromPEM", "SignedString"} {
				if strings.Contains(rest, gone) {
					t.Errorf("the flow stays: %s", gone)
				}
			}
			for _, text := range kept {
				i := strings.Index(rest, text)
				if i < 0 {
					t.Fatalf("gone or changed:\n%s", udiff.Unified("before", "after", string(src["main.go"]), string(out["/m/main.go"])))
				}
				rest = rest[i+len(text):]
			}
		})
	}
}

// An innocents generates programs around a flow.
type innocents struct {
	r      *rand.Rand
	n      int  // of the last name
	shared bool // the flow reads the variables of the statements too
}

func (g *innocents) pick(list ...string) string { return list[g.r.IntN(len(list))] }

// program returns a module, and the pieces of main.go that have to stay, in order.
func (g *innocents) program() (src map[string][]byte, kept []string) {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\t\"errors\"\n\t\"fmt\"\n\t\"log\"\n\t\"os\"\n\t\"strings\"\n\n\t\"github.com/golang-jwt/jwt/v5\"\n)\n\n")
	for range 4 {
		d := formatted(g.declaration())
		kept = append(kept, d)
		b.WriteString(d + "\n")
	}
	flow := []string{
		"pem, err := os.ReadFile(os.Getenv(\"KEY\"))\nif err != nil {\nlog.Fatal(err)\n}",
		"key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)\nif err != nil {\nlog.Fatal(err)\n}",
		"s, err := jwt.New(jwt.SigningMethodRS256).SignedString(key)\nif err != nil {\nlog.Fatal(err)\n}",
		"tok, err := send(s) //x:replace tok, err := newToken()\nif err != nil {\nlog.Fatal(err)\n}",
		"os.Stdout.WriteString(tok)",
	}
	if g.shared {
		flow[0] = strings.Replace(flow[0], `os.Getenv("KEY")`, "t", 1)
		flow[2] = strings.Replace(flow[2], "jwt.New(jwt.SigningMethodRS256)", `jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"a": a, "b": b + len(xs), "v": v, "m": m})`, 1)
	}
	vars := "a, b, t, xs, m := 1, 2, os.Args[0], []int{1}, map[string]int{}\nvar v any = a"
	body := []string{vars}
	for _, f := range flow {
		for range 1 + g.r.IntN(2) {
			s := g.statement(2)
			body = append(body, s)
		}
		if g.shared {
			body = append(body, `os.Stdout.WriteString(fmt.Sprint(a, b, t, xs, m, v))`)
		}
		body = append(body, f)
	}
	body = append(body, "os.Stdout.WriteString(fmt.Sprint(a, b, t, xs, m, v, errors.New(strings.ToLower(t))))")
	text := formatted("func main() {\n" + strings.Join(body, "\n") + "\n}\n")
	// What lies between the statements of the flow has to stay.
	rest := strings.TrimPrefix(text, "func main() {\n")
	for _, f := range flow[:4] {
		lines := strings.Split(f, "\n")
		for i, l := range lines {
			at := strings.Index(rest, "\t"+l)
			if i == 0 {
				kept = append(kept, strings.Trim(rest[:at], "\n"))
			}
			rest = rest[at:]
			rest = rest[strings.Index(rest, "\n")+1:]
		}
	}
	kept = append(kept, strings.TrimRight(rest, "}\n"))
	b.Reset()
	b.WriteString("package main\n\nimport (\n\t\"errors\"\n\t\"fmt\"\n\t\"log\"\n\t\"os\"\n\t\"strings\"\n\n\t\"github.com/golang-jwt/jwt/v5\"\n)\n\n")
	for _, d := range kept[:4] {
		b.WriteString(d + "\n")
	}
	b.WriteString(text)
	side := "package main\n\nimport (\n\"fmt\"\n\"log\"\n\"os\"\n\"strings\"\n\"errors\"\n)\n\nvar _, _, _, _, _ = fmt.Sprint, log.Print, os.Getenv, strings.ToLower, errors.New\n\n"
	for range 8 {
		side += g.declaration() + "\n"
	}
	apart := strings.Replace(side[:strings.Index(side, "errors.New\n")+len("errors.New\n")], "package main", "package apart", 1)
	for range 8 {
		apart += g.declaration() + "\n"
	}
	return map[string][]byte{
		"main.go":        []byte(b.String()),
		"side.go":        []byte(formatted(side)),
		"apart/apart.go": []byte(formatted(apart)),
		"post.go":        []byte("package main\n\nimport (\n\t\"net/http\"\n\t\"net/url\"\n)\n\nfunc send(assertion string) (string, error) {\n\tresp, err := http.PostForm(\"https://ims/exchange/jwt\", url.Values{\"jwt_token\": {assertion}})\n\tif err != nil {\n\t\treturn \"\", err\n\t}\n\tdefer resp.Body.Close()\n\treturn resp.Status, nil\n}\n\nfunc newToken() (string, error) { return http.MethodGet, nil }\n"),
	}, kept
}

func formatted(src string) string {
	out, err := format.Source([]byte(src))
	if err != nil {
		panic(fmt.Sprintf("%v\n%s", err, src))
	}
	return string(out)
}

// fill puts a new number for # and statements for {} into a template.
func (g *innocents) fill(template string, depth int) string {
	g.n++
	s := strings.ReplaceAll(template, "#", fmt.Sprint(g.n))
	for strings.Contains(s, "⟨⟩") {
		s = strings.Replace(s, "⟨⟩", g.block(depth-1), 1)
	}
	return s
}

func (g *innocents) block(depth int) string {
	if depth <= 0 || g.r.IntN(6) == 0 {
		return g.pick("", "a++", "m[t] = b", "xs = append(xs, b)", "log.Println(t)", "t += \"x\"", "fmt.Println(b)")
	}
	var list []string
	for range 1 + g.r.IntN(3) {
		list = append(list, g.statement(depth))
	}
	return strings.Join(list, "\n")
}

func (g *innocents) statement(depth int) string {
	return g.fill(statements[g.r.IntN(len(statements))], depth)
}

func (g *innocents) declaration() string {
	return g.fill(declarations[g.r.IntN(len(declarations))], 2)
}

// statements have the variables a, b int, t string, xs []int, m map[string]int and v any around them.
var statements = []string{
	"a = a*2 + b",
	"a, b = b, a",
	"a += len(t)",
	"xs = append(xs, a, b)",
	"m[t] = a",
	"_ = a",
	"_, _ = m[t]",
	"var _ = t",
	"var _, c# = 1, 2\nb += c#",
	"var c# int\nb += c#",
	"var (\nc# int\nd# = len(xs)\n)\na += c# + d#",
	"const c# = 7\na += c#",
	"const (\nc# = iota\nd#\n_\ne# = d# << iota\n)\na += c# + e#",
	"const k# = \"k\"\nif os.Getenv(k#) == \"\" {\n⟨⟩\n}",
	"type p# struct{ x, y int }\nxs = append(xs, p#{1, 2}.x)",
	"type n# = int\nb += int(n#(a))",
	"type q# struct {\nn int `json:\"n\"`\n_ int\n}\nvar r# q#\nr#.n = a\nv = r#",
	"if a > b {\n⟨⟩\n}",
	"if a > b {\n⟨⟩\n} else if t == \"\" {\n⟨⟩\n} else {\n⟨⟩\n}",
	"if c#, ok := m[t]; ok {\na = c#\n⟨⟩\n}",
	"if c#, ok := m[t]; !ok || c# == 0 {\nlog.Fatal(\"no \" + t)\n}",
	"if _, ok := v.(string); !ok {\n⟨⟩\n}",
	"if t == \"\" {\nlog.Fatal(\"t is needed\")\n}",
	"if len(xs) == 0 && t == \"\" {\nfmt.Fprintln(os.Stderr, \"usage\")\nos.Exit(2)\n}",
	"if err := os.Chdir(t); err != nil {\nlog.Print(err)\n}",
	"if f#, err := os.Open(t); err == nil {\ndefer f#.Close()\n⟨⟩\n}",
	"if a == 0 {\n}",
	"if true {\n⟨⟩\n}",
	"for a < 0 {\n}",
	"for i := 0; i < a; i++ {\n⟨⟩\n}",
	"for b < 10 {\nb++\n⟨⟩\n}",
	"for {\nbreak\n}",
	"for {\n⟨⟩\nif a > 0 {\nbreak\n}\na++\n}",
	"for range 3 {\n⟨⟩\n}",
	"for i := range a {\nb += i\n}",
	"for i, x := range xs {\nif x == i {\ncontinue\n}\n⟨⟩\n}",
	"for range xs {\n}",
	"for k, x := range m {\nt += k\na += x\n}",
	"for _, r := range t {\nif r == 'x' {\nbreak\n}\n}",
	"for x# := range func(yield func(int) bool) {\nyield(a)\n} {\nb += x#\n}",
	"c# := make(chan int, 1)\nc# <- a\nclose(c#)\nfor x := range c# {\nb += x\n}",
	"c# := make(chan int, 1)\nselect {\ncase c# <- a:\ncase x := <-c#:\nb = x\n⟨⟩\ndefault:\n⟨⟩\n}",
	"select {\ndefault:\n}",
	"switch a {\ncase 1, 2:\n⟨⟩\ncase 3:\nfallthrough\ndefault:\n⟨⟩\n}",
	"const c#, d# = \"one\", \"two\"\nswitch t {\ncase c#:\n⟨⟩\ncase d#:\nlog.Fatal(\"two\")\ndefault:\n⟨⟩\n}",
	"switch {\ncase t == \"\":\nlog.Fatal(\"empty\")\ncase a > b:\n⟨⟩\n}",
	"switch x# := len(t); {\ncase x# > 3:\n⟨⟩\n}",
	"switch a {\n}",
	"switch x# := a; x# {\n}",
	"switch len(os.Args) {\ncase 1:\n}",
	"switch v.(type) {\n}",
	"switch v.(type) {\ncase nil:\ncase int, string:\n⟨⟩\n}",
	"switch x# := v.(type) {\ncase int:\na += x#\ncase string:\nt = x#\ncase fmt.Stringer:\nlog.Println(x#)\ncase error:\nlog.Fatal(x#)\n}",
	"switch v := v; v := v.(type) {\ncase int:\nprint(v)\n}",
	"l#:\nfor i := range 3 {\nfor {\nif i > 1 {\nbreak l#\n}\ncontinue l#\n}\n}",
	"l#:\nswitch {\ncase a > 1:\nif b > 1 {\nbreak l#\n}\n⟨⟩\n}",
	"if a > 3 {\ngoto l#\n}\na++\nl#:\nb++",
	"{\n⟨⟩\n}",
	"{\n}",
	";",
	"func() {\n⟨⟩\n}()",
	"defer func() {\nif r := recover(); r != nil {\nlog.Println(r)\n}\n}()",
	"defer fmt.Println(t)",
	"go func(x int) {\nfmt.Println(x)\n}(a)",
	"f# := func(x int) (y int) {\ny = x + a\n⟨⟩\nreturn\n}\na = f#(b)",
	"f# := strings.ToUpper\nt = f#(t)",
	"f# := (*strings.Builder).Len\nb += f#(&strings.Builder{})",
	"p# := &a\n*p#++",
	"p# := new(int)\n*p# = b\na = *p#",
	"y# := struct {\nn int\nm []string\n}{a, []string{t}}\nb += y#.n + len(y#.m)",
	"y# := [...]string{2: t, 0: \"x\"}\nt = y#[2]",
	"y# := map[string][]int{t: {1, a}, \"k\": nil}\nfor _, z := range y# {\nxs = append(xs, z...)\n}",
	"y# := map[string]func(){\"a\": func() { a++ }, \"b\": nil}\nif f := y#[t]; f != nil {\nf()\n}",
	"xs = xs[:len(xs):cap(xs)]\ncopy(xs, xs)\nclear(m)\ndelete(m, t)",
	"a = min(a, b, 3) + max(1, a)",
	"t = string([]byte(t)) + string(rune('a'+a%3))",
	"e# := errors.New(t)\nif errors.Is(e#, os.ErrNotExist) {\nreturn\n}",
	"e# := fmt.Errorf(\"%w: %s\", os.ErrExist, t)\nif e# != nil {\nlog.Println(e#)\n}",
	"var missing# []string\nfor _, k := range []string{\"HOME\", \"PATH\"} {\nif os.Getenv(k) == \"\" {\nmissing# = append(missing#, k)\n}\n}\nif len(missing#) > 0 {\nlog.Fatal(missing#)\n}",
	"for k, x := range map[string]string{\"t\": t, \"u\": os.Getenv(\"U\")} {\nif x == \"\" {\nlog.Println(\"missing\", k)\n}\n}",
	"var b# strings.Builder\nfor i := range xs {\nfmt.Fprintf(&b#, \"%d\", i)\n}\nt = b#.String()",
	"if x, y := a, b; x == y {\n⟨⟩\n}",
	"if w#, err := strings.NewReader(t).ReadByte(); err != nil {\nlog.Println(err)\n} else {\na += int(w#)\n}",
	"log.SetPrefix(t)\nlog.Printf(\"%d of %d\", a, b)",
	"panicking# := false\ndefer func() { fmt.Println(panicking#) }()\npanicking# = a > b",
	"if ok := a > b; !ok {\nlog.Print(\"not\")\n}",
	"ok# := false\nif a > 0 {\nok# = true\n}\nif !ok# {\nreturn\n}",
	"v = any(xs)\nif ys, ok := v.([]int); ok && len(ys) > 0 {\na = ys[0]\n}",
}

// declarations stand in a package.
var declarations = []string{
	"const c# = 1\n\nfunc f#(a int) bool { return a == c# }",
	"const (\nA# = iota\nB#\n_\nD# = 1 << iota\n)\n\nfunc f#(a int) string {\nswitch a {\ncase A#:\nreturn \"a\"\ncase B#, D#:\nreturn \"b\"\n}\nreturn \"\"\n}",
	"type kind# int\n\nconst (\nkindA# kind# = iota + 1\nkindB#\n)\n\nfunc (k kind#) String() string {\nswitch k {\ncase kindA#:\nreturn \"A\"\ncase kindB#:\nreturn \"B\"\ndefault:\nreturn \"?\"\n}\n}",
	"const unused# = 3",
	"const _ = 3",
	"var unused# = os.Getenv(\"X\")",
	"var _ = log.New(os.Stderr, \"\", 0)",
	"var _ fmt.Stringer = t#{}\n\ntype t# struct{}\n\nfunc (t#) String() string { return \"\" }",
	"var (\n)\n\nconst ()\n\ntype ()",
	"var a#, b# = f#()\n\nfunc f#() (int, error) { return 1, nil }",
	"var (\nlistA# = []string{\"a\", \"b\"}\nlistB# = []string{\"c\"}\n)\n\nfunc in#(s string, list ...string) bool {\nfor _, x := range list {\nif x == s {\nreturn true\n}\n}\nreturn false\n}\n\nfunc F#(s string) string {\nswitch {\ncase in#(s, listA#...):\nreturn \"A\"\ncase in#(s, \"x\"), in#(s, listB#...):\nreturn \"B\"\n}\nreturn \"\"\n}",
	"type base# struct{ id int }\n\nfunc (b *base#) ID() int { return b.id }\n\ntype derived# struct {\n*base#\nname string\n}\n\nfunc F#() int { return derived#{&base#{1}, \"n\"}.ID() }",
	"type reader# interface{ read() string }\n\ntype closer# interface {\nreader#\nclose() error\n}\n\ntype file# struct{}\n\nfunc (file#) read() string { return \"\" }\nfunc (file#) close() error { return nil }\n\nfunc F#(c closer#) string { return c.read() }\n\nvar G# = F#(file#{})",
	"type alias# = map[string]int\n\nfunc f#(m alias#) int { return m[\"\"] }",
	"type number# interface{ ~int | ~float64 }\n\nfunc sum#[T number#](xs ...T) (s T) {\nfor _, x := range xs {\ns += x\n}\nreturn\n}\n\nvar total# = sum#(1, 2) + sum#[int]()",
	"type list#[T any] struct {\nhead *node#[T]\nn    int\n}\n\ntype node#[T any] struct {\nv    T\nnext *node#[T]\n}\n\nfunc (l *list#[T]) push(v T) {\nl.head = &node#[T]{v, l.head}\nl.n++\n}\n\nfunc F#() int {\nvar l list#[string]\nl.push(\"\")\nreturn l.n\n}",
	"type tree# struct{ l, r *tree# }\n\nfunc (t *tree#) depth() int {\nif t == nil {\nreturn 0\n}\nreturn max(t.l.depth(), t.r.depth()) + 1\n}",
	"type opts# struct {\nName string `json:\"name\" validate:\"required\"`\nSize int    `json:\"-\"`\nskip bool\n}\n\nfunc F#() opts# { return opts#{Name: \"x\", skip: true} }",
	"type option# func(*conf#)\n\ntype conf# struct{ n int }\n\nfunc with#(n int) option# { return func(c *conf#) { c.n = n } }\n\nfunc new#(opts ...option#) *conf# {\nc := &conf#{}\nfor _, o := range opts {\no(c)\n}\nreturn c\n}\n\nvar def# = new#(with#(1))",
	"var table# = []struct {\nname string\nrun  func() error\n}{\n{\"a\", func() error { return nil }},\n{name: \"b\"},\n}\n\nfunc F#() {\nfor _, row := range table# {\nif row.run == nil {\ncontinue\n}\nif err := row.run(); err != nil {\nlog.Println(row.name, err)\n}\n}\n}",
	"var handlers# = map[string]func(string) string{\"up\": strings.ToUpper}\n\nfunc init() { handlers#[\"low\"] = strings.ToLower }",
	"var errNo# = errors.New(\"no\")\n\nfunc f#(s string) error {\nif s == \"\" {\nreturn errNo#\n}\nreturn nil\n}\n\nfunc F#(s string) {\nif err := f#(s); errors.Is(err, errNo#) {\nlog.Println(err)\n}\n}",
	"var cache# map[string]string\n\nfunc f#(k string) (string, error) {\nif cache# == nil {\ncache# = map[string]string{}\nreturn \"\", errors.New(\"cold\")\n}\nif v, ok := cache#[k]; ok {\nreturn v, nil\n}\ncache#[k] = k\nreturn k, nil\n}",
	"func init() {\nif os.Getenv(\"DEBUG\") != \"\" {\nlog.SetFlags(0)\n}\n}",
	"func unused#(a int, _ string, rest ...string) (n int, err error) {\nn = a\nreturn\n}",
	"func ignored#(a, b int) int { return a }\n\nvar G# = ignored#(1, 2)",
	"func pair#() (a, b int) { return 1, 2 }\n\nfunc F#() int {\na, _ := pair#()\nreturn a\n}",
	"func spread#(n int, err error) int { return n }\n\nfunc two#() (int, error) { return 0, nil }\n\nvar G# = spread#(two#())",
	"func must#[T any](v T, err error) T {\nif err != nil {\npanic(err)\n}\nreturn v\n}\n\nvar wd# = must#(os.Getwd())",
	"type Err# struct{ Code int }\n\nfunc (e *Err#) Error() string { return fmt.Sprint(e.Code) }\n\nfunc F#(err error) int {\nvar e *Err#\nif errors.As(err, &e) {\nreturn e.Code\n}\nreturn 0\n}",
	"type state# struct {\nmu   chan struct{}\nopen bool\n}\n\nfunc (s *state#) toggle() { s.open = !s.open }\n\nfunc F#(s *state#) {\nf := s.toggle\nf()\ng := (*state#).toggle\ng(s)\n}",
	"type a# struct{ x, y int }\n\ntype b# struct{ x, y int }\n\nfunc F#(v a#) b# { return b#(v) }",
	"func F#() (t string) {\na, b, xs, m := 1, 2, []int{}, map[string]int{}\nvar v any\n⟨⟩\n_, _, _, _, _ = a, b, xs, m, v\nreturn t\n}",
	"//go:noinline\nfunc F#(p *int) { *p = 1 }\n\nfunc G#() (n int) {\nF#(&n)\nreturn n\n}",
	"func F#(seq func(func(int, string) bool)) (out []string) {\nfor i, s := range seq {\nif i > 3 {\nbreak\n}\nout = append(out, s)\n}\nreturn out\n}",
	"func rec#(n int) int {\nif n == 0 {\nreturn 0\n}\nreturn odd#(n - 1)\n}\n\nfunc odd#(n int) int { return rec#(n) }",
	"type visitor# interface {\nvisit(n int) visitor#\n}\n\ntype count# int\n\nfunc (c *count#) visit(n int) visitor# {\n*c++\nreturn c\n}\n\nvar _ visitor# = (*count#)(nil)",
	"type enum# uint8\n\nconst (\nflagA# enum# = 1 << iota\nflagB#\nflagC#\nmask# = flagA# | flagC#\n)\n\nfunc (e enum#) has(f enum#) bool { return e&f != 0 }\n\nfunc F#(e enum#) bool { return e.has(mask#) }",
	"type setter# struct{ key, value string }\n\nfunc (s *setter#) Set(v string) error { s.value = v; return nil }\n\nfunc F#() string {\ns := &setter#{key: \"k\"}\nif err := s.Set(\"v\"); err != nil {\nreturn \"\"\n}\nreturn s.value\n}",
	"type dead# struct {\nn int\n}\n\nfunc (d dead#) get() int { return d.n }",
	"var hook# func(string)\n\nfunc F#(s string) {\nif hook# != nil {\nhook#(s)\n}\n}",
	"func env#(k, def string) string {\nif v := os.Getenv(k); v != \"\" {\nreturn v\n}\nreturn def\n}\n\nvar region# = env#(\"REGION\", \"eu\")\n\nfunc F#() {\nif region# == \"\" {\nlog.Fatal(\"REGION\")\n}\n}",
}
