package fixer

import (
	"strings"
	"testing"

	"jwtretire.example/fixer/patch"
)

func TestStale(t *testing.T) {
	const old = "package p\n\n// token signs a JWT and trades it.\nfunc token() int {\n\treturn 1\n}\n\n// other handles JWTs of sessions.\nfunc other() {}\n"
	const now = "package p\n\n// token signs a JWT and trades it.\nfunc token() int {\n\treturn 2 // the JWT exchange gave 1\n}\n\n// other handles JWTs of sessions.\nfunc other() {}\n"
	got := stale(patch.File{Path: "/m/p.go", Old: []byte(old), New: []byte(now)})
	if len(got) != 1 || !strings.HasSuffix(got[0].text, "// token signs a JWT and trades it. (p.go:3)") {
		t.Errorf("stale comments: %+v", got)
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
		for _, r := range stale(patch.File{Path: "/m/p.go", Old: []byte(old), New: []byte(row.now)}) {
			got += r.text
		}
		if row.want == "" && got != "" || !strings.HasSuffix(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}
