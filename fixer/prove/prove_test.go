package prove

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// before is a module whose tests exercise an exchange by itself, by a helper, and not at all; one test
// and one vet check fail as it is.
var before = map[string]string{
	"go.mod": "module m\n\ngo 1.24\n",
	"m.go": `package m

import "fmt"

// Send says what is sent.
func Send() string { return "jwt_token" }

// Size is something else.
func Size() int { return 1 }

func print() { fmt.Printf("%d\\n", "not a number") }
`,
	"m_test.go": `package m

import "testing"

const sent = "jwt_token"

func handler(t *testing.T, got string) {
	if got != sent {
		t.Error("unexpected", got)
	}
}

func TestHelped(t *testing.T) { handler(t, Send()) }

func TestDirect(t *testing.T) {
	t.Run("form", func(t *testing.T) {
		if Send() != "jwt_token" {
			t.Error("no token")
		}
	})
}

func TestSize(t *testing.T) {
	if Size() != 1 {
		t.Error("size is", Size())
	}
}

func TestBroken(t *testing.T) { t.Error("always") }
`,
}

func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// prove runs with m.go changed by a replacement.
func prove(t *testing.T, level Level, old, now string) (Result, error) {
	t.Helper()
	dir, other := lay(t, before), t.TempDir()
	changed := filepath.Join(other, "m.go")
	text := strings.Replace(before["m.go"], old, now, 1)
	if text == before["m.go"] {
		t.Fatalf("no %q", old)
	}
	if err := os.WriteFile(changed, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(dir, "m.go"): changed}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(other, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o666); err != nil {
		t.Fatal(err)
	}
	return Run(context.Background(), Config{Level: level, Root: dir, Dirs: []string{dir}, Overlay: file})
}

func TestRun(t *testing.T) {
	for _, row := range []struct {
		name     string
		level    Level
		old, now string
		err      string   // "" for none
		before   []string // parts of what failed before
		tests    string   // names of old tests
	}{
		{"what vet said before is not said again", Build, "Size is something", "Size is anything", "", []string{"go vet failed before as well: m.go:11"}, ""},
		{"does not build", Build, "return 1", "return one", "go build fails on the rewritten code: ./m.go:9:26: undefined: one", nil, ""},
		{"vet has more to say", Build, "return 1", `_ = fmt.Sprintf("%d", "x"); return 1`, `go vet fails on the rewritten code: ./m.go:9:`, nil, ""},
		{"tests of the exchange are named", Test, `return "jwt_token"`, `return "grant_type"`, "", []string{"go vet", "TestBroken of m failed before as well"}, "TestHelped TestDirect"},
		{"other tests break it", Test, "return 1", "return 2", "go test fails on the rewritten code: TestSize of m: m_test.go:25: size is 2", nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			res, err := prove(t, row.level, row.old, row.now)
			if row.err == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), row.err) {
				t.Fatalf("error %v, want %q", err, row.err)
			}
			if err != nil {
				return
			}
			if len(res.Before) != len(row.before) {
				t.Fatalf("before: %q, want %q", res.Before, row.before)
			}
			for i, part := range row.before {
				if !strings.Contains(res.Before[i], part) {
					t.Errorf("before: %q, want %q", res.Before[i], part)
				}
			}
			var names []string
			for _, id := range res.Old {
				if id.Line == 0 || filepath.Base(id.File) != "m_test.go" {
					t.Errorf("%s is at %s:%d", id.Name, id.File, id.Line)
				}
				names = append(names, id.Name)
			}
			if got := strings.Join(names, " "); got != row.tests {
				t.Errorf("old tests %q, want %q", got, row.tests)
			}
		})
	}
}

func TestFailuresOfAPackageThatDoesNotBuild(t *testing.T) {
	got := failures(`{"ImportPath":"m [m.test]","Action":"build-output","Output":"./m_test.go:3:1: undefined: x\n"}
{"ImportPath":"m [m.test]","Action":"build-fail"}
{"Action":"start","Package":"m"}
{"Action":"fail","Package":"m","Elapsed":0,"FailedBuild":"m [m.test]"}
`)
	if len(got) != 1 || got[0].name() != "m" || join(got[0].said) != "./m_test.go:3:1: undefined: x" {
		t.Errorf("failures = %+v", got)
	}
}

func TestParseLevel(t *testing.T) {
	for s, want := range map[string]Level{"types": Types, "build": Build, "test": Test} {
		if got, err := ParseLevel(s); got != want || err != nil {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	if _, err := ParseLevel("all"); err == nil {
		t.Error("all is a level")
	}
}
