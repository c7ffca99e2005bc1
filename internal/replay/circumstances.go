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

// Circumstances are the inputs of a run that are known before it reads a file.
type Circumstances struct {
	Tool string   // the build of the program
	Args []string // its command line
	Dir  string   // the working directory
	Env  []string // the environment, "name=value"
	Look string   // other settings of the output, such as colors
}

// key hashes the circumstances. ok is false if one of them is unknown.
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
			return k, false // they name files that are not among the inputs
		}
		parts = append(parts, e)
	}
	return cache.KeyOf(parts...), true
}

// decides reports whether the go command reads a variable.
func decides(name string) bool {
	return strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") || name == "CC" || name == "CXX" || name == "HOME"
}

// toolchain identifies the installed go command. The toolchain that it switches to depends on go.mod, the
// environment and the go command's own settings, which are inputs, too. ok is false for a go command outside of
// its GOROOT, which is a wrapper and may start any program.
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
