package gocmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Reads reports whether the go command reads a variable of the environment.
func Reads(name string) bool {
	return strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") || name == "CC" || name == "CXX" || name == "HOME"
}

// Identity identifies the installed go command and its settings, and returns its GOROOT. The toolchain that it switches to depends
// on go.mod, the environment and these settings. ok is false for a go command outside of its GOROOT, which is a wrapper and may
// start any program.
func Identity(env []string) (id, root string, ok bool) {
	name, err := exec.LookPath("go")
	if err != nil {
		return "", "", false
	}
	if name, err = filepath.Abs(name); err != nil {
		return "", "", false
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", "", false
	}
	root = filepath.Dir(filepath.Dir(real))
	version, err := os.ReadFile(filepath.Join(root, "VERSION"))
	if err != nil {
		return "", "", false
	}
	id = real + "\n" + string(version)
	for _, name := range []string{filepath.Join(root, "go.env"), File(env)} {
		if name == "" {
			continue
		}
		if data, err := os.ReadFile(name); err == nil {
			id += name + "\n" + string(data)
		}
	}
	for _, name := range append(strings.Fields(Getenv(env, "CC")), "gcc", "clang") {
		compiler, _ := exec.LookPath(name) // without one, cgo is off
		id += name + "=" + compiler + "\n"
	}
	return id, root, true
}
