package fixer

import (
	"strings"
	"testing"

	"jwtretire.example/fixer/patch"
)

func TestStale(t *testing.T) {
	const old = "package p\n\n// token signs a JWT and trades it.\nfunc token() int {\n\treturn 1\n}\n\n// other handles JWTs of sessions.\nfunc other() {}\n"
	const now = "package p\n\n// token signs a JWT and trades it.\nfunc token() int {\n\treturn 2 // the JWT exchange gave 1\n}\n\n// other handles JWTs of sessions.\nfunc other() {}\n"
	got := newStaleness(nil).changed(patch.File{Path: "/m/p.go", Old: []byte(old), New: []byte(now)})
	if len(got) != 1 || !strings.HasSuffix(got[0].text, "// token signs a JWT and trades it. (p.go:3)") {
		t.Errorf("stale comments: %+v", got)
	}
}

func TestStaleComments(t *testing.T) {
	for _, row := range []struct {
		name, removed, old, now, want string
	}{
		{
			"the code lost the key", "",
			"// Load parses the key.\nfunc Load() { parse(key) }\n", "// Load parses the key.\nfunc Load() { parse() }\n",
			`mentions "key", which was removed`,
		},
		{
			"another key", "",
			"// Load finds the key.\nfunc Load() { find(key, a) }\n", "// Load finds the key.\nfunc Load() { find(key) }\n",
			"",
		},
		{
			"a removed name", "field Client.keyFile",
			"// New needs a keyFile.\nfunc New() {}\n", "// New needs a keyFile.\nfunc New() {}\n",
			"names keyFile, which was removed",
		},
		{
			"a removed name that another thing has", "field Client.keyFile",
			"// New needs a keyFile.\nfunc New(keyFile string) {}\n", "// New needs a keyFile.\nfunc New(keyFile string) {}\n",
			"",
		},
		{
			"a plain word that was removed", "var token",
			"// New needs a token.\nfunc New() {}\n", "// New needs a token.\nfunc New() {}\n",
			"",
		},
		{
			"a caller", "",
			"func token() { sign() }\n\n// Login sends a JWT.\nfunc Login() { token() }\n", "func token() {}\n\n// Login sends a JWT.\nfunc Login() { token() }\n",
			"still describes removed code",
		},
		{
			"a caller of another function of that name", "",
			"func New() { sign() }\n\n// Login sends a JWT.\nfunc Login() { errors.New() }\n", "func New() {}\n\n// Login sends a JWT.\nfunc Login() { errors.New() }\n",
			"",
		},
		{
			"milliseconds", "",
			"type t struct {\n\tExpires int // ms\n}\n\nfunc f() { use(time.Millisecond) }\n", "type t struct {\n\tExpires int // ms\n}\n\nfunc f() { use(time.Second) }\n",
			"says milliseconds",
		},
		{
			"milliseconds as before", "",
			"type t struct {\n\tExpires int // ms\n}\n\nfunc f() { use(1) }\n", "type t struct {\n\tExpires int // ms\n}\n\nfunc f() { use(2) }\n",
			"",
		},
	} {
		got := ""
		for _, r := range newStaleness([]string{row.removed}).changed(patch.File{Path: "/m/p.go", Old: []byte("package p\n\n" + row.old), New: []byte("package p\n\n" + row.now)}) {
			got += r.text
		}
		if row.want == "" && got != "" || !strings.Contains(got, row.want) {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

func TestSpeaksOf(t *testing.T) {
	for _, row := range []struct {
		text string
		want bool
	}{
		{"// reads the private key", true},
		{"// PrivateKey is a path", true},
		{"// trades the JWT", true},
		{"// key of the map", false},
		{"// gets an access token", false},
	} {
		if got := speaksOf(row.text, staleWords); got != row.want {
			t.Errorf("%s: %v", row.text, got)
		}
	}
}

func TestHeadings(t *testing.T) {
	const old = "package p\n\nimport (\n\t\"fmt\"\n\n\t// by hand\n\t\"net/http\"\n\t\"os\"\n\n\t// for os alone\n\t\"time\"\n)\n"
	for name, row := range map[string]struct{ now, want string }{
		"the first of a group went": {"package p\n\nimport (\n\t\"fmt\"\n\n\t// by hand\n\t\"os\"\n\n\t// for os alone\n\t\"time\"\n)\n", `above the import of "os", where "net/http" was: // by hand (p.go:6)`},
		"the group went":            {"package p\n\nimport (\n\t\"fmt\"\n\n\t// for os alone\n\t\"time\"\n)\n", ""},
		"another went":              {"package p\n\nimport (\n\t// by hand\n\t\"net/http\"\n\t\"os\"\n\n\t// for os alone\n\t\"time\"\n)\n", ""},
	} {
		got := ""
		for _, r := range newStaleness(nil).changed(patch.File{Path: "/m/p.go", Old: []byte(old), New: []byte(row.now)}) {
			got += r.text
		}
		if row.want == "" && got != "" || !strings.HasSuffix(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}
