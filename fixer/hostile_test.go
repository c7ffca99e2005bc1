package fixer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"jwtretire.example/internal/load"
)

// Types that are made of themselves are ordinary Go, and a stack that overflows cannot be recovered: it takes the report
// of the whole tree with it. Here a program with a flow gets declarations of any shape, in the places that
// the analysis and the fixer walk through: the answer that is decoded, the configuration that the secret lies in, the claims.

// cycles are declarations that once overflowed a stack or might; each is of a type T.
var cycles = []string{
	"type T []T", "type T *T", "type T [2]*T", "type T map[string]T", "type T chan T", "type T func(T) T", "type T struct{ *T }",
	"type T struct{ T2 *T }", "type T interface{ M() T }", "type T interface{ T }", "type T struct{ T }", "type T = []T", "type T T",
	"type T []U; type U []T", "type T struct{ *U }; type U struct{ *T }", "type T *U; type U *T", "type T struct{ *U; *V }; type U struct{ *V; *T }; type V struct{ *T; *U }",
	"type G[P any] []G[P]; type T = G[int]", "type G[P any] []G[[]P]; type T = G[int]", "type G[P any] struct{ *G[*P] }; type T = G[string]",
	"type G[P interface{ ~[]P }] struct{ p P }; type T = G[S]; type S []S", "type T struct{ f func(T) map[string][]T }", "type T []struct{ T }",
	"type T struct{ json.Unmarshaler; *T }", "type G[P any] struct{ *H[P] }; type H[P any] struct{ *G[P] }; type T = G[H[int]]",
}

// A hostile makes declarations of random bytes.
type hostile struct {
	*rand.Rand
	names, generic int
}

func (h *hostile) decls() string {
	var b strings.Builder
	h.names, h.generic = 1+h.IntN(5), h.IntN(3)
	for i := range h.generic {
		fmt.Fprintf(&b, "type G%d[P any] %s\n\n", i, h.typ(3, true))
	}
	for i := range h.names {
		alias := ""
		if h.IntN(8) == 0 {
			alias = "= "
		}
		fmt.Fprintf(&b, "type N%d %s%s\n\n", i, alias, h.typ(3, false))
		if h.IntN(3) == 0 {
			fmt.Fprintf(&b, "func (N%d) M%d(x %s) (y %s) { return }\n\n", i, h.IntN(3), h.typ(2, false), h.typ(2, false))
		}
	}
	fmt.Fprintf(&b, "type T %s\n\n", h.typ(3, false))
	for i := range 1 + h.IntN(3) {
		fmt.Fprintf(&b, "func use%d(x %s, t T) (y %s) {\n\tz := x\n\t_, _ = z, t\n\tuse%d(x, t)\n\treturn\n}\n\n", i, h.typ(2, false), h.typ(2, false), i)
	}
	fmt.Fprintf(&b, "var v %s\n", h.typ(3, false))
	return b.String()
}

// typ is a type with names of others in it; inside a generic one, with its parameter.
func (h *hostile) typ(depth int, param bool) string {
	if depth == 0 || h.IntN(3) == 0 {
		switch h.IntN(6) {
		case 0:
			return []string{"string", "[]byte", "int", "error", "any", "json.RawMessage"}[h.IntN(6)]
		case 1:
			if param {
				return "P"
			}
		case 2:
			if h.generic > 0 {
				return fmt.Sprintf("G%d[%s]", h.IntN(h.generic), h.typ(max(depth-1, 0), param))
			}
		case 3:
			return "T"
		}
		return fmt.Sprintf("N%d", h.IntN(h.names))
	}
	in := func() string { return h.typ(depth-1, param) }
	switch h.IntN(9) {
	case 0:
		return "*" + in()
	case 1:
		return "[]" + in()
	case 2:
		return "[2]" + in()
	case 3:
		return "map[string]" + in()
	case 4:
		return "chan " + in()
	case 5:
		return "func(" + in() + ") " + in()
	case 6:
		return "interface{ M" + fmt.Sprint(h.IntN(3)) + "(" + in() + ") " + in() + " }"
	}
	var fields []string
	for i := range h.IntN(4) {
		switch h.IntN(4) {
		case 0:
			fields = append(fields, fmt.Sprintf("*N%d", h.IntN(h.names)))
		case 1:
			fields = append(fields, fmt.Sprintf("N%d", h.IntN(h.names)))
		default:
			fields = append(fields, fmt.Sprintf("F%d %s `json:\"f%d\"`", i, in(), i))
		}
	}
	return "struct{ " + strings.Join(fields, "; ") + " }"
}

// places are where a type T comes into the program: each replaces one text of it by another.
var places = [][2]string{
	{"", ""},
	{"	var token struct {\n		AccessToken string `json:\"access_token\"`\n	}", "	var token struct {\n		AccessToken string `json:\"access_token\"`\n		*T\n	}"},
	{"	var token struct {\n		AccessToken string `json:\"access_token\"`\n	}", "	type answer struct {\n		T\n		*answer\n		AccessToken string `json:\"access_token\"`\n		More []T `json:\"more\"`\n	}\n	var token answer"},
	{"	secret := os.Getenv(\"ADOBE_CLIENT_SECRET\")", "	type settings struct {\n		Secret string\n		Rest *T\n		*settings\n	}\n	cfg := &settings{Secret: os.Getenv(\"ADOBE_CLIENT_SECRET\")}\n	secret := cfg.Secret"},
	{"	claims := jwt.MapClaims{", "	var more T\n	_ = more\n	claims := jwt.MapClaims{\n		\"more\": more,"},
	{"	key, err := jwt.ParseRSAPrivateKeyFromPEM(keyPEM)", "	var t T\n	for range 2 {\n		keyPEM = keyPEM[0:]\n		_ = fmt.Sprint(t, &t)\n	}\n	key, err := jwt.ParseRSAPrivateKeyFromPEM(keyPEM)"},
}

// survives scans and fixes the program with declarations at each of some places, and with a stack that is small.
func survives(t *testing.T, decls string, places ...[2]string) {
	t.Helper()
	defer debug.SetMaxStack(debug.SetMaxStack(64 << 20))
	w := world(t, "onefunc")
	defer w.Forget()
	at := filepath.Join(w.Dir, "main.go")
	var before string
	for _, p := range w.Load.Packages {
		if src, ok := p.Source[at]; ok {
			before = string(src)
		}
	}
	for i, place := range places {
		if !strings.Contains(before, place[0]) {
			t.Fatalf("the program has no %q any more", place[0])
		}
		text := strings.Replace(before, place[0], place[1], 1)
		overlay := map[string][]byte{
			at:                                 []byte(text),
			filepath.Join(w.Dir, "hostile.go"): []byte("package main\n\nimport \"encoding/json\"\n\nvar _ json.RawMessage\n\n" + decls),
		}
		res, err := w.Load.With(context.Background(), overlay)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := outcome(res); wrong != "" {
			t.Errorf("place %d: %s\n%s", i, wrong, decls)
		}
	}
}

// outcome says what is wrong with what the tool makes of a program, whatever its types are.
func outcome(res *load.Result) string {
	ctx := context.Background()
	broken := false
	for _, p := range res.Packages {
		broken = broken || len(p.Errors) > 0
	}
	flows, err := scan(res)
	if err != nil {
		return "scan: " + err.Error()
	}
	if len(flows) == 0 && !broken {
		return "the flow is not found"
	}
	out, err := fix(ctx, res, flows)
	if err != nil {
		return "fix: " + err.Error()
	}
	after := map[string][]byte{}
	for _, f := range out.Files {
		after[f.Path] = f.New
	}
	for _, pl := range out.Plans {
		switch {
		case strings.Contains(pl.Reason, "internal error"):
			return pl.Reason
		case !pl.Fixable() && pl.Reason == "":
			return "a flow is neither fixed nor declined with a reason"
		case pl.Fixable() && len(after) == 0:
			return "a flow is fixed, and no file changes"
		}
	}
	if errs := res.Recheck(ctx, after, ""); len(errs) > 0 {
		return "the result does not type-check: " + errs[0].Error()
	}
	return ""
}

func TestHostileTypes(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a program")
	}
	for _, c := range cycles {
		survives(t, strings.ReplaceAll(c, "; ", "\n"), places...)
	}
	for i := range 25 {
		h := &hostile{Rand: rand.New(rand.NewPCG(7, uint64(i)))}
		survives(t, h.decls(), places...)
	}
}

// FuzzHostileTypes takes the declarations from the fuzzer's seeds, and one place: a run of the fuzzer may take ten seconds.
func FuzzHostileTypes(f *testing.F) {
	for i := range uint64(len(places)) {
		f.Add(i, i)
	}
	world(f, "onefunc") // loaded once
	f.Fuzz(func(t *testing.T, a, b uint64) {
		h := &hostile{Rand: rand.New(rand.NewPCG(a, b))}
		survives(t, h.decls(), places[a%uint64(len(places))])
	})
}
