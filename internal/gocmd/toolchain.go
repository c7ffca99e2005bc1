package gocmd

import (
	"bytes"
	"fmt"
	"go/build"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"jwtretire.example/internal/lazyregexp"
)

// toolchain returns the value of GOTOOLCHAIN for a directory, "" where the user has decided on one.
//
// Without a decision the go command fetches and runs whatever toolchain a go.mod or go.work names. They come from one place and are
// checked against the checksum database, but a scan that begins with 70 MB from the network because
// a pull request asks for it is none that people expect. One that is in the module cache was fetched before, at somebody's
// wish, and is as good as the one that is installed.
func toolchain(env []string, dir string) string {
	if Getenv(env, "GOTOOLCHAIN") != "" || userHas(env, "GOTOOLCHAIN") {
		return ""
	}
	installed := installation()
	if installed == "" {
		return "local"
	}
	for _, name := range named(env, dir) {
		if version.Compare(name, installed) <= 0 {
			continue
		}
		for _, exact := range []string{name, name + ".0"} {
			if cached(env, exact) {
				return exact
			}
		}
	}
	return "local"
}

// installation returns the version of the go command that would be started, "" if it cannot be told.
var installation = sync.OnceValue(func() string {
	name, err := exec.LookPath("go")
	if err != nil {
		return ""
	}
	if name, err = filepath.EvalSymlinks(name); err != nil {
		return ""
	}
	root := filepath.Dir(filepath.Dir(name))
	text, err := os.ReadFile(filepath.Join(root, "VERSION"))
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line)
})

// File returns the file in which go env -w keeps the user's settings, "" if there is none.
func File(env []string) string {
	switch f := Getenv(env, "GOENV"); f {
	case "off":
		return ""
	case "":
		dir, err := os.UserConfigDir()
		if err != nil {
			return ""
		}
		return filepath.Join(dir, "go", "env")
	default:
		return f
	}
}

// userHas reports whether the user has set a variable with go env -w.
func userHas(env []string, name string) bool {
	text, err := os.ReadFile(File(env))
	return err == nil && (bytes.HasPrefix(text, []byte(name+"=")) || bytes.Contains(text, []byte("\n"+name+"=")))
}

// plainName is the name of a release of Go's; others ("go1.99-mine") are looked for in PATH, and nobody asked for them.
var plainName = lazyregexp.New(`^go1(\.\d+){1,2}(rc\d+|beta\d+)?$`)

// named returns the toolchains that the go.work or the go.mod in force in a directory names.
func named(env []string, dir string) []string {
	file := Getenv(env, "GOWORK")
	if file == "" {
		file = above(dir, "go.work")
	}
	if file == "" || file == "off" {
		file = above(dir, "go.mod")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var goLine, toolchainLine string
	if filepath.Ext(file) == ".work" {
		f, err := modfile.ParseWork(file, text, nil)
		if err != nil {
			return nil
		}
		if f.Go != nil {
			goLine = f.Go.Version
		}
		if f.Toolchain != nil {
			toolchainLine = f.Toolchain.Name
		}
	} else {
		f, err := modfile.Parse(file, text, func(_, v string) (string, error) { return v, nil }) // ParseLax passes over toolchain lines
		if err != nil {
			return nil
		}
		if f.Go != nil {
			goLine = f.Go.Version
		}
		if f.Toolchain != nil {
			toolchainLine = f.Toolchain.Name
		}
	}
	var out []string
	for _, name := range []string{toolchainLine, "go" + goLine} {
		if plainName.MatchString(name) {
			out = append(out, name)
		}
	}
	return out
}

// above returns the file of a name in a directory or the nearest one above that has it.
func above(dir, name string) string {
	if dir == "" {
		dir, _ = os.Getwd()
	}
	for {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			return file
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// cached reports whether the module cache has a toolchain.
func cached(env []string, name string) bool {
	cache := Getenv(env, "GOMODCACHE")
	if cache == "" {
		path := Getenv(env, "GOPATH")
		if path == "" {
			path = build.Default.GOPATH
		}
		if list := filepath.SplitList(path); len(list) > 0 {
			cache = filepath.Join(list[0], "pkg", "mod")
		}
	}
	goos, goarch := runtime.GOOS, runtime.GOARCH
	v, err := module.EscapeVersion(fmt.Sprintf("v0.0.1-%s.%s-%s", name, goos, goarch))
	if err != nil || cache == "" {
		return false
	}
	info, err := os.Stat(filepath.Join(cache, "golang.org", "toolchain@"+v, "bin"))
	return err == nil && info.IsDir()
}

// refused finds the go command's words for a toolchain that it lacks and may not fetch.
var refused = lazyregexp.New(`(\S+) requires go >= (\S+) \(running go (\S+?);? ?(GOTOOLCHAIN=\S+)?\)`)

// Advice returns what to do where the go command says that it is too old for a go.mod or go.work, "" where it says
// something else.
func Advice(said string) string {
	m := refused.FindStringSubmatch(said)
	if m == nil {
		return ""
	}
	what := m[1]
	if filepath.IsAbs(what) {
		what = filepath.Base(what) // of a copy that the go command was given
	}
	return fmt.Sprintf("%s asks for Go %s, and the go command here is %s: install a newer one, or let it fetch one, which is not done because a repository says so: GOTOOLCHAIN=go%s",
		what, m[2], strings.TrimSuffix(m[3], ";"), m[2])
}
