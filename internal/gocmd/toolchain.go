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

// toolchain returns the value of GOTOOLCHAIN for a directory, "" if the user has set it.
//
// Without that setting, the go command fetches and runs the toolchain that a go.mod or go.work names. Toolchains come from one source and
// are checked against the checksum database. But users do not expect a scan that downloads 70 MB because a pull request says
// so. A toolchain in the module cache was fetched by the user, so it is as good as the installed one.
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

// installation is the version of the installed go command, "" if it is unknown.
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

// File returns the file of go env -w, with the user's settings, "" if there is none.
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

// plainName is the name of a release of Go. The go command looks for others ("go1.99-mine") in PATH, so they
// are ignored.
var plainName = lazyregexp.New(`^go1(\.\d+){1,2}(rc\d+|beta\d+)?$`)

// named returns the toolchains that the go.work or the go.mod for a directory names.
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
		f, err := modfile.Parse(file, text, func(_, v string) (string, error) { return v, nil }) // ParseLax skips toolchain lines
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

// above returns the file with a name in a directory or in the nearest parent that has one.
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

// refused matches the go command's message about a toolchain that it does not have and may not fetch.
var refused = lazyregexp.New(`(\S+) requires go >= (\S+) \(running go (\S+?);? ?(GOTOOLCHAIN=\S+)?\)`)

// Advice returns the remedy for the go command's message that it is too old for a go.mod or go.work, "" for
// other messages.
func Advice(said string) string {
	m := refused.FindStringSubmatch(said)
	if m == nil {
		return ""
	}
	what := m[1]
	if filepath.IsAbs(what) {
		what = filepath.Base(what) // it is a copy in a temporary directory
	}
	return fmt.Sprintf("%s requires Go %s, and the go command is %s: install a newer one, or allow it to download one (a repository alone cannot cause that): GOTOOLCHAIN=go%s",
		what, m[2], strings.TrimSuffix(m[3], ";"), m[2])
}
