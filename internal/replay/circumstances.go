package replay

import (
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
	toolchain, _, ok := gocmd.Identity(c.Env)
	if !ok {
		return k, false
	}
	parts := []string{"run", c.Tool, c.Dir, c.Look, toolchain}
	parts = append(parts, c.Args...)
	parts = append(parts, "environment")
	for _, e := range slices.Sorted(slices.Values(c.Env)) {
		name, value, _ := strings.Cut(e, "=")
		if !gocmd.Reads(name) {
			continue
		}
		if name == "GOFLAGS" && (strings.Contains(value, "-overlay") || strings.Contains(value, "-modfile")) {
			return k, false // they name files that are not among the inputs
		}
		parts = append(parts, e)
	}
	return cache.KeyOf(parts...), true
}
