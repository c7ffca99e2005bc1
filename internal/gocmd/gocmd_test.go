package gocmd

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestCommand(t *testing.T) {
	dir := t.TempDir()
	cmd := Command(context.Background(), dir, []string{"GIT_DIR=/evil", "GIT_INDEX_FILE=x", "GIT_SSL_CAINFO=/ca", "GOFLAGS=-mod=mod", "GOTOOLCHAIN=auto"}, "list", "-m")
	if cmd.Dir != dir || !slices.Equal(cmd.Args[1:], []string{"list", "-buildvcs=false", "-m"}) {
		t.Errorf("%q in %s", cmd.Args, cmd.Dir)
	}
	if want := []string{"GIT_SSL_CAINFO=/ca", "GOFLAGS=-mod=mod", "GOTOOLCHAIN=auto", "PWD=" + dir}; !slices.Equal(cmd.Env, want) {
		t.Errorf("environment %q, want %q", cmd.Env, want)
	}
	for _, verb := range []string{"run", "generate", "tool", "install", "get", "fix", "work"} {
		if err := Command(context.Background(), dir, nil, verb, ".").Run(); err == nil {
			t.Errorf("go %s was started", verb)
		}
	}
	if out, err := Command(context.Background(), dir, nil, "env", "GOVERSION").Output(); err != nil || !strings.HasPrefix(string(out), "go") {
		t.Errorf("go env: %q, %v", out, err)
	}
}

func TestToolchain(t *testing.T) {
	installed := installation()
	if installed == "" {
		t.Skip("the go command here is a wrapper")
	}
	for _, test := range []struct {
		name  string
		files map[string]string
		env   []string
		want  string
	}{
		{"nothing is named", nil, nil, "local"},
		{"an old one", map[string]string{"go.mod": "module m\n\ngo 1.21\n"}, nil, "local"},
		{"a new one", map[string]string{"go.mod": "module m\n\ngo 1.99.0\n"}, nil, "local"},
		{"a new one that is here", map[string]string{"go.mod": "module m\n\ngo 1.98.0\n"}, nil, "go1.98.0"},
		{"the same without its patch", map[string]string{"go.mod": "module m\n\ngo 1.98\n"}, nil, "go1.98.0"},
		{"by a toolchain line", map[string]string{"go.mod": "module m\n\ngo 1.21\n\ntoolchain go1.98.0\n"}, nil, "go1.98.0"},
		{"somebody's own", map[string]string{"go.mod": "module m\n\ngo 1.21\n\ntoolchain go1.98.0-evil\n"}, nil, "local"},
		{"by the workspace", map[string]string{"go.mod": "module m\n\ngo 1.21\n", "../go.work": "go 1.98.0\n\nuse ./d\n"}, nil, "go1.98.0"},
		{"without the workspace", map[string]string{"go.mod": "module m\n\ngo 1.21\n", "../go.work": "go 1.98.0\n\nuse ./d\n"}, []string{"GOWORK=off"}, "local"},
		{"the user's, in the environment", map[string]string{"go.mod": "module m\n\ngo 1.98.0\n"}, []string{"GOTOOLCHAIN=auto"}, ""},
		{"the user's, by go env -w", map[string]string{"go.mod": "module m\n\ngo 1.98.0\n", "../env": "GOPROXY=off\nGOTOOLCHAIN=go1.50.0\n"}, []string{"GOENV=ENV"}, ""},
		{"not readable", map[string]string{"go.mod": "{"}, nil, "local"},
	} {
		t.Run(test.name, func(t *testing.T) {
			top := t.TempDir()
			dir, cache := filepath.Join(top, "d"), filepath.Join(top, "cache")
			bin := filepath.Join(cache, "golang.org", "toolchain@v0.0.1-go1.98.0."+runtime.GOOS+"-"+runtime.GOARCH, "bin")
			evil := strings.Replace(bin, "go1.98.0", "go1.98.0-evil", 1)
			for _, d := range []string{dir, bin, evil} {
				if err := os.MkdirAll(d, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range test.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			env := []string{"GOENV=off", "GOMODCACHE=" + cache}
			for _, kv := range test.env {
				env = append(env, strings.Replace(kv, "ENV=ENV", "ENV="+filepath.Join(top, "env"), 1))
			}
			if got := toolchain(env, dir); got != test.want {
				t.Errorf("it is %q, want %q", got, test.want)
			}
		})
	}
}

func TestAdvice(t *testing.T) {
	for said, want := range map[string]string{
		"go: go.mod requires go >= 1.99.0 (running go 1.26.8; GOTOOLCHAIN=local)\n": "go.mod requires Go 1.99.0, and the go command is 1.26.8: ",
		"go: example.com/x@v1.0.0 requires go >= 1.30 (running go 1.26.8)":          "example.com/x@v1.0.0 requires Go 1.30, ",
		"go: cannot find main module":                                               "",
	} {
		if got := Advice(said); !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("%q: %q", said, got)
		}
	}
}
