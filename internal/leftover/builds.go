package leftover

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Build files that repeat the imports of packages or the requirements of go.mod. Other tools generate them, so they are
// reported and never changed.
const (
	BazelPackage = "bazel-package" // BUILD, BUILD.bazel: the imports of a package
	BazelModule  = "bazel-module"  // MODULE.bazel, WORKSPACE and files that these load: the modules
	Buck         = "buck"          // BUCK, TARGETS
	Gomod2nix    = "gomod2nix"     // gomod2nix.toml: the modules with their hashes
	NixHash      = "nix-hash"      // vendorHash: the hash of all modules
)

// Advice returns the remedy for a kind of build file, "" for other kinds.
func Advice(kind string) string {
	switch kind {
	case BazelPackage:
		return "lists the dependencies of this package: run gazelle"
	case BazelModule:
		return "lists modules that go.mod has changed: run bazel mod tidy, or gazelle update-repos"
	case Buck:
		return "lists the dependencies of this package: change them as the imports have changed"
	case Gomod2nix:
		return "lists modules with their hashes: run gomod2nix"
	case NixHash:
		return "is the hash of all modules: set it to what the next nix build says"
	}
	return ""
}

// A Build is the change of a tree, for its build files.
type Build struct {
	Root   string            // of the repository
	Dirs   []string          // packages with changed imports
	Mods   map[string][]byte // changed go.mod files with their old contents
	Change map[string][]byte // the same files with their new contents
}

// Builds returns the build files that repeat a changed import or requirement.
func Builds(b Build) []Place {
	var out []Place
	add := func(name, kind string, words ...string) {
		text := content(name)
		if text == nil {
			return
		}
		if line := lineWith(text, words...); line > 0 {
			out = append(out, Place{File: name, Line: line, Kind: kind, Name: Advice(kind)})
		}
	}
	var labels, paths []string
	for mod, old := range b.Mods {
		for _, path := range differing(old, b.Change[mod]) {
			paths = append(paths, path)
			labels = append(labels, label(path))
		}
	}
	for _, dir := range b.Dirs {
		for _, name := range []string{"BUILD.bazel", "BUILD"} {
			add(filepath.Join(dir, name), BazelPackage, append(slices.Clone(labels), "deps = [", "deps=[", "go_library(", "go_binary(", "go_test(")...)
		}
		for _, name := range []string{"BUCK", "TARGETS"} {
			add(filepath.Join(dir, name), Buck, "go_library(", "go_binary(", "go_test(")
		}
	}
	places := map[string]bool{}
	if len(paths) > 0 {
		places[b.Root] = true
		for mod := range b.Mods {
			places[filepath.Dir(mod)] = true
		}
	}
	for dir := range places {
		for _, name := range []string{"MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel", "deps.bzl", "go_deps.bzl", "repositories.bzl", "go_repositories.bzl"} {
			add(filepath.Join(dir, name), BazelModule, labels...)
		}
		add(filepath.Join(dir, "gomod2nix.toml"), Gomod2nix, paths...)
		nix, _ := filepath.Glob(filepath.Join(dir, "*.nix")) // the pattern is valid
		for _, name := range nix {
			add(name, NixHash, "vendorHash", "vendorSha256")
		}
	}
	slices.SortFunc(out, func(x, y Place) int { return strings.Compare(x.File, y.File) })
	return slices.Compact(out)
}

// lineWith returns the number of the first line with one of some words, and 0 if there is none. Words that are
// earlier in the list have precedence.
func lineWith(text []byte, words ...string) int {
	for _, w := range words {
		if i := bytes.Index(text, []byte(w)); i >= 0 {
			return bytes.Count(text[:i], []byte("\n")) + 1
		}
	}
	return 0
}

// label is gazelle's name for the repository of a module: com_github_golang_jwt_jwt_v5.
func label(path string) string {
	host, rest, _ := strings.Cut(path, "/")
	parts := strings.Split(host, ".")
	slices.Reverse(parts)
	name := strings.Join(parts, "_")
	if rest != "" {
		name += "_" + rest
	}
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, strings.ToLower(name))
}

// differing returns the modules that only the old go.mod requires, followed by those that only the new one
// requires or with another version.
func differing(old, new []byte) []string {
	before, after := requires(old), requires(new)
	var out []string
	for _, path := range slices.Sorted(maps.Keys(before)) {
		if after[path] == "" {
			out = append(out, path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(after)) {
		if before[path] != after[path] {
			out = append(out, path)
		}
	}
	return out
}

func requires(data []byte) map[string]string {
	out := map[string]string{}
	f, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil {
		return out
	}
	for _, r := range f.Require {
		out[r.Mod.Path] = r.Mod.Version
	}
	return out
}
