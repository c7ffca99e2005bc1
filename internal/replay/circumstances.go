package replay

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/gocmd"
)

// Circumstances are what a run depends on before it has looked at any file.
type Circumstances struct {
	Tool string   // the build of the program
	Args []string // its command line
	Dir  string   // the working directory
	Env  []string // the environment, "name=value"
	Look string   // what else decides how a report looks, such as colors
}

// key hashes the circumstances. ok is false where they cannot be known.
func (c Circumstances) key() (k cache.Key, ok bool) {
	if c.Tool == "" {
		return k, false
	}
	toolchain, ok := toolchain(c.Env)
	if !ok {
		return k, false
	}
	parts := []string{"run", c.Tool, c.Dir, c.Look, toolchain}
	parts = append(parts, c.Args...)
	parts = append(parts, "environment")
	for _, e := range slices.Sorted(slices.Values(c.Env)) {
		name, value, _ := strings.Cut(e, "=")
		if !decides(name) {
			continue
		}
		if name == "GOFLAGS" && (strings.Contains(value, "-overlay") || strings.Contains(value, "-modfile")) {
			return k, false // they name files that nobody here reads
		}
		parts = append(parts, e)
	}
	return cache.KeyOf(parts...), true
}

// decides reports whether the go command looks at a variable.
func decides(name string) bool {
	return strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") || name == "CC" || name == "CXX" || name == "HOME"
}

// toolchain identifies the go command that a run would start. Which toolchain that switches to follows from
// go.mod, the environment and the go command's own settings, all of which are inputs, too.
//
// A go command that does not lie in its GOROOT is a wrapper, which may start anything.
func toolchain(env []string) (string, bool) {
	name, err := exec.LookPath("go")
	if err != nil {
		return "", false
	}
	if name, err = filepath.Abs(name); err != nil {
		return "", false
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", false
	}
	root := filepath.Dir(filepath.Dir(real))
	version, err := os.ReadFile(filepath.Join(root, "VERSION"))
	if err != nil {
		return "", false
	}
	id := real + "\n" + string(version)
	for _, name := range []string{filepath.Join(root, "go.env"), gocmd.File(env)} {
		if name == "" {
			continue
		}
		if data, err := os.ReadFile(name); err == nil {
			id += name + "\n" + string(data)
		}
	}
	return id, true
}
