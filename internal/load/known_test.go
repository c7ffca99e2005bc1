package load

import (
	"bytes"
	"context"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/sift"
	"jwtretire.example/internal/userkey"
)

var testKey = userkey.Key("the key of the tests")

// What a package sees of its imports is the same from the cache and from source, in a small program or in the
// tree that JWTRETIRE_COMPARE names.
func TestRecalledTypesAgree(t *testing.T) {
	dir, whole := "../../testdata/sample", true
	if tree := os.Getenv("JWTRETIRE_COMPARE"); tree != "" {
		dir, whole = tree, false // packages that import one with bodies are read again
	}
	found, err := sift.Tree(context.Background(), sift.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	c := cache.At(t.TempDir(), cache.Limit, testKey)
	var list [2]map[string]*unit
	for i := range list {
		r, err := Load(context.Background(), Config{Cache: c}, found)
		if err != nil {
			t.Fatal(err)
		}
		list[i] = r.universes[0].units // the tree's first module
	}
	if !slices.Equal(slices.Sorted(maps.Keys(list[0])), slices.Sorted(maps.Keys(list[1]))) {
		t.Fatal("there are other packages the second time")
	}
	objects := 0
	for path, x := range list[1] {
		if !x.recalled {
			if x.pkg == nil && whole {
				t.Errorf("%s is read again", path)
			}
			continue
		}
		// Only the printer of go/types distinguishes any and interface{}.
		plain := func(s string) string { return strings.ReplaceAll(s, "interface{}", "any") }
		got, want := plain(strings.Join(exported(x.types), "\n")), plain(strings.Join(exported(list[0][path].types), "\n"))
		if got != want {
			t.Errorf("%s differs:\n%s", path, difference(strings.Split(got, "\n"), strings.Split(want, "\n")))
		}
		objects += strings.Count(want, "\n")
	}
	t.Logf("%d objects", objects)
	if objects < 1000 {
		t.Errorf("only %d objects were compared", objects)
	}
}

const remembered = `
-- go.mod --
module m

go 1.24

require (
	x v0.0.0
	z v0.0.0
)

replace x => ./x

replace z => ./z
-- a/a.go --
package a

import (
	"m/w"
	"m/y"
	"x"
)

EXCHANGE
var v = x.V
var e error = y.E
var n = w.N
-- y/y.go --
package y

import "x"

var E error

type T x.T
-- w/w.go --
package w

import "io"

var N io.Reader
-- x/go.mod --
module x
-- x/x.go --
package x

import "z"

var V int

type T struct { Z z.T }
-- z/go.mod --
module z
-- z/z.go --
package z

type T int
-- z/z_windows.go --
package z

const Windows = true
-- z/z_special.go --
//go:build special

package z

const Special = true
`

// recalled returns the packages without bodies that came from the cache, and the others: of the standard
// library only io.
func recalled(r *Result) (from, not []string) {
	for _, u := range r.universes {
		for _, x := range u.sorted() {
			switch {
			case x.std && x.path != "io":
			case x.recalled:
				from = append(from, x.path)
			case x.pkg == nil:
				not = append(not, x.path)
			}
		}
	}
	return from, not
}

func TestRecall(t *testing.T) {
	for _, test := range []struct {
		name   string
		change map[string]string // contents by file
		cfg    Config
		from   string // what is recalled
		not    string // what is read from source
	}{
		{"nothing has changed", nil, Config{}, "io m/w m/y x z", ""},
		{"another file in the package with the bodies", map[string]string{"a/a2.go": "package a\n"}, Config{}, "io m/w m/y x z", ""},
		{"a package of the tree", map[string]string{"y/y.go": "package y\n\nvar E error\n"}, Config{}, "io m/w x z", "m/y"},
		{"a module in a directory", map[string]string{"z/z.go": "package z\n\ntype T string\n"}, Config{}, "io m/w", "m/y x z"},
		{"another file in such a module", map[string]string{"z/z2.go": "package z\n"}, Config{}, "io m/w", "m/y x z"},
		{"a new import", map[string]string{"w/w.go": "package w\n\nimport \"archive/tar\"\n\nvar N = tar.ErrHeader\n"}, Config{}, "io m/y x z", "m/w"},
		{"a package has bodies now", map[string]string{"x/x.go": "package x\n\nimport \"z\"\n\nvar V int\n\ntype T struct { Z z.T }\nEXCHANGE\n"}, Config{}, "io m/w z", ""},
		{"tags", nil, Config{Tags: "special"}, "", "io m/w m/y x z"},
		{"system", nil, Config{GOOS: "windows"}, "", "io m/w m/y x z"},
		{"architecture", nil, Config{GOARCH: "arm64"}, "", "io m/w m/y x z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := tree(t, remembered)
			c := cache.At(t.TempDir(), cache.Limit, testKey)
			loaded(t, dir, Config{Cache: c})
			for name, content := range test.change {
				content = strings.ReplaceAll(content, "EXCHANGE", `var k = "client_assertion"`)
				write(t, filepath.Join(dir, name), content)
			}
			test.cfg.Cache = c
			r := loaded(t, dir, test.cfg)
			noErrors(t, r)
			from, not := recalled(r)
			expect(t, from, strings.Fields(test.from)...)
			expect(t, not, strings.Fields(test.not)...)
		})
	}
}

// Another checkout of the same module has its own entry: positions name files.
func TestRecallNoOtherCheckout(t *testing.T) {
	c := cache.At(t.TempDir(), cache.Limit, testKey)
	first, second := tree(t, remembered), tree(t, remembered)
	loaded(t, first, Config{Cache: c})
	for range 2 {
		r := loaded(t, second, Config{Cache: c})
		for _, x := range r.universes[0].sorted() {
			if x.std || x.path == "m/w" {
				continue
			}
			for _, name := range x.types.Scope().Names() {
				file := r.Fset.Position(x.types.Scope().Lookup(name).Pos()).Filename
				if !strings.HasPrefix(file, second+string(filepath.Separator)) {
					t.Errorf("%s.%s is in %s", x.path, name, file)
				}
			}
		}
	}
	from, _ := recalled(loaded(t, first, Config{Cache: c}))
	expect(t, from, "io", "m/w", "m/y", "x", "z")
}

// Types of packages with errors are no types to keep: the next time the error may be gone without any change
// to the package itself.
func TestRecallNoErrors(t *testing.T) {
	dir := tree(t, strings.ReplaceAll(remembered, "type T int", "type T nowhere"))
	c := cache.At(t.TempDir(), cache.Limit, testKey)
	loaded(t, dir, Config{Cache: c})
	_, not := recalled(loaded(t, dir, Config{Cache: c}))
	expect(t, not, "m/y", "x", "z")
}

// A directory that an overlay changes is not recalled.
func TestRecallNoOverlay(t *testing.T) {
	dir := tree(t, remembered)
	c := cache.At(t.TempDir(), cache.Limit, testKey)
	loaded(t, dir, Config{Cache: c})
	overlay := map[string][]byte{filepath.Join(dir, "z", "z.go"): []byte("package z\n\ntype T string\n")}
	for range 2 {
		r := loaded(t, dir, Config{Cache: c, Overlay: overlay})
		from, not := recalled(r)
		expect(t, from, "io", "m/w")
		expect(t, not, "m/y", "x", "z")
	}
	from, _ := recalled(loaded(t, dir, Config{Cache: c}))
	expect(t, from, "io", "m/w", "m/y", "x", "z")
}

// What has bodies for a while, and what imports it, is known still when it has none again.
func TestRecallAfterBodies(t *testing.T) {
	dir := tree(t, remembered)
	c := cache.At(t.TempDir(), cache.Limit, testKey)
	loaded(t, dir, Config{Cache: c})
	loaded(t, dir, Config{Cache: c, Parts: []string{"m/y"}})
	write(t, filepath.Join(dir, "w/w.go"), "package w\n\nimport \"bytes\"\n\nvar N bytes.Buffer\n") // makes it write the entry
	loaded(t, dir, Config{Cache: c, Parts: []string{"m/y"}})
	from, not := recalled(loaded(t, dir, Config{Cache: c}))
	expect(t, from, "io", "m/w", "m/y", "x", "z")
	expect(t, not)
}

func TestRecallNothingDamaged(t *testing.T) {
	damage := map[string]func(c *cache.Cache, key cache.Key, data []byte){
		"nothing": func(c *cache.Cache, key cache.Key, _ []byte) { c.Put(key, nil) },
		"garbage": func(c *cache.Cache, key cache.Key, _ []byte) { c.Put(key, []byte("\xff\xff\xff\x01 garbage")) },
		"half":    func(c *cache.Cache, key cache.Key, data []byte) { c.Put(key, data[:len(data)/2]) },
		"no types": func(c *cache.Cache, key cache.Key, data []byte) {
			c.Put(key, data[:bytes.LastIndexByte(data, ']')+1])
		},
	}
	for _, name := range slices.Sorted(maps.Keys(damage)) {
		t.Run(name, func(t *testing.T) {
			dir := tree(t, remembered)
			c := cache.At(t.TempDir(), cache.Limit, testKey)
			r := loaded(t, dir, Config{Cache: c})
			key, _ := r.universes[0].keyOfKnown()
			data, ok := c.Get(key)
			if !ok {
				t.Fatal("there is no entry")
			}
			damage[name](c, key, data)
			r = loaded(t, dir, Config{Cache: c})
			noErrors(t, r)
			from, _ := recalled(r)
			expect(t, from)
			from, _ = recalled(loaded(t, dir, Config{Cache: c}))
			expect(t, from, "io", "m/w", "m/y", "x", "z")
		})
	}
}

func TestIdentity(t *testing.T) {
	module := func(path, dir string) *Module { return &Module{Path: path, Dir: dir} }
	dep := meta{path: "d/e", name: "e", dir: "/mod/d@v1/e", files: []string{"a.go"}, module: module("d", "/mod/d@v1")}
	std := meta{path: "io", name: "io", dir: "/go/src/io", files: []string{"io.go"}, std: true}
	with := func(m meta, change func(*meta)) *meta { change(&m); return &m }
	u := &universe{}
	g := &fixedDirs{std: "/go/src/", release: "go1.26", modules: "/mod/"}
	u.fixed = func() *fixedDirs { return g }
	next := &universe{fixed: func() *fixedDirs { return &fixedDirs{std: "/go/src/", release: "go1.27", modules: "/mod/"} }}
	sums := map[string]string{}
	for _, test := range []struct {
		name     string
		u        *universe
		m        *meta
		contents string
		known    bool
	}{
		{"of the module cache", u, &dep, "", true},
		{"of another version", u, with(dep, func(m *meta) { m.dir, m.module = "/mod/d@v2/e", module("d", "/mod/d@v2") }), "", true},
		{"with other files", u, with(dep, func(m *meta) { m.files = []string{"a.go", "b.go"} }), "", true},
		{"with cgo", u, with(dep, func(m *meta) { m.cgo = true }), "", true},
		{"of the standard library", u, &std, "", true},
		{"of another release", next, &std, "", true},
		{"of a standard library in development", u, with(std, func(m *meta) { m.dir = "/dev/go/src/io" }), "", false},
		{"of a directory", u, with(dep, func(m *meta) { m.dir, m.module = "/home/d/e", module("d", "/home/d") }), "", false},
		{"of a directory, with contents", u, with(dep, func(m *meta) { m.dir, m.module = "/home/d/e", module("d", "/home/d") }), "package e", true},
		{"of a directory, with other contents", u, with(dep, func(m *meta) { m.dir, m.module = "/home/d/e", module("d", "/home/d") }), "package e // changed", true},
		{"vendored", u, with(dep, func(m *meta) { m.dir, m.module = "/home/m/vendor/d/e", module("d", "") }), "", false},
		{"of the tree, which lies in the module cache", u, with(dep, func(m *meta) { m.main, m.module = true, module("d", "/mod/d@v1") }), "", false},
		{"of no version in the module cache", u, with(dep, func(m *meta) { m.dir, m.module = "/mod/d/e", module("d", "/mod/d") }), "", false},
	} {
		var contents []byte
		if test.contents != "" {
			contents = []byte(test.contents)
		}
		sum := string(test.u.identity(test.m, contents))
		if (sum != "") != test.known {
			t.Errorf("%s: known %v, want %v", test.name, sum != "", test.known)
		}
		if other, ok := sums[sum]; ok && sum != "" {
			t.Errorf("a package %s is the same as one %s", test.name, other)
		}
		sums[sum] = test.name
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// Constants of the tree that could be secrets are known again only with the source beside the cache; those of
// released modules and of a machine's size lie open.
func TestConstantsAreSealed(t *testing.T) {
	const secrets = `
-- go.mod --
module m

go 1.24

require x v0.0.0

replace x => ./x
-- a/a.go --
package a

import (
	"m/conf"
	"x"
)

EXCHANGE
const c = conf.Composed + x.Secret
var n [conf.Small]int
-- conf/conf.go --
package conf

const (
	Secret   = "MARKER-text"
	Composed = "b:" + Secret + "/end"
	Bytes    = "\xffMARKER-bytes"
	Big      = 0x4d41524b45522d6269675f6269675f626967 // MARKER-big_big_big
	Fraction = 1.0 / 3
	Small    = 7
	Truth    = true
)

type Kind string

const K Kind = "MARKER-kind"
-- x/go.mod --
module x
-- x/x.go --
package x

const Secret = "MARKER-replaced"
`
	dir := tree(t, secrets)
	c := cache.At(t.TempDir(), cache.Limit, testKey)
	values := func(r *Result) map[string]string {
		m := map[string]string{}
		for _, x := range r.universes[0].sorted() {
			if x.path != "m/conf" && x.path != "x" {
				continue
			}
			for _, name := range x.types.Scope().Names() {
				if c, ok := x.types.Scope().Lookup(name).(*types.Const); ok {
					m[x.path+"."+name] = c.Type().String() + " " + c.Val().ExactString()
				}
			}
		}
		return m
	}
	first := loaded(t, dir, Config{Cache: c})
	want := values(first)
	if len(want) != 9 {
		t.Fatalf("constants: %v", want)
	}
	open := func() []byte {
		t.Helper()
		key, _ := first.universes[0].keyOfKnown()
		data, ok := c.Get(key)
		if !ok {
			t.Fatal("there is no entry")
		}
		return data
	}
	sealed := func() {
		t.Helper()
		for _, marker := range []string{"MARKER", constant.MakeFromLiteral("0x4d41524b45522d6269675f6269675f626967", token.INT, 0).ExactString(), "1/3"} {
			if bytes.Contains(open(), []byte(marker)) {
				t.Errorf("the entry has %s", marker)
			}
		}
	}
	sealed()
	again := loaded(t, dir, Config{Cache: c})
	from, not := recalled(again)
	expect(t, from, "m/conf", "x")
	expect(t, not)
	noErrors(t, again)
	if got := values(again); !maps.Equal(got, want) {
		t.Errorf("recalled %v, want %v", got, want)
	}

	// Not asked for at one time, and of another content at another, they stay what they were.
	write(t, filepath.Join(dir, "a/a.go"), "package a\n\nimport \"bytes\"\n\nvar _ bytes.Buffer\nvar k = \"client_assertion\"\n")
	loaded(t, dir, Config{Cache: c})
	sealed()
	write(t, filepath.Join(dir, "a/a.go"), "package a\n\nimport \"m/conf\"\n\nconst c = conf.Secret\nvar k = \"client_assertion\"\n")
	again = loaded(t, dir, Config{Cache: c})
	from, _ = recalled(again)
	expect(t, from, "m/conf")
	if got := values(again); got["m/conf.Composed"] != want["m/conf.Composed"] {
		t.Errorf("recalled %v, want %v", got, want)
	}
	write(t, filepath.Join(dir, "conf/conf.go"), "package conf\n\nconst Secret = \"gone\"\n")
	again = loaded(t, dir, Config{Cache: c})
	if got := values(again); got["m/conf.Secret"] != `untyped string "gone"` {
		t.Errorf("after an edit: %v", got)
	}
}
