// Package unit implements the tool side of the protocol of go vet and go fix: one process per package, which
// reads from a file (vet.cfg) its inputs and the places of its outputs.
//
// Input: an analyzer, and the go command's vet.cfg. Output, as the go command requests: facts,
// diagnostics as JSON, or rewritten files.
//
// x/tools has package unitchecker for this. It is used if the go command gives no
// export data (from Go 1.27 on). Otherwise this package is used, because
//
//   - a package that cannot contain a part of a flow is not parsed. With unitchecker, each one has to export
//     its own types, so the whole standard library is type-checked from source;
//   - rewritten files keep their format: unitchecker formats them, which changes line ends and
//     unrelated lines, and drops the fixes of cgo files, because it has their generated form;
//   - a panic in one package is the error of that package;
//   - findings in packages that are only dependencies are printed, too. The go command caches
//     the output of a tool under a key without the information whether output was requested. So
//     `go vet ./a` followed by `go vet ./...` shows no findings of a's imports (seen with Go 1.26.8,
//     with its own analyzers as well).
package unit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"jwtretire.example/internal/sift"
)

// A config has the used fields of the go command's vet.cfg for one package.
type config struct {
	ID            string // "fmt [fmt.test]"
	Dir           string
	ImportPath    string
	GoVersion     string
	GoFiles       []string
	ModulePath    string
	ModuleVersion string
	ImportMap     map[string]string // import path to package path
	PackageFile   map[string]string // package path to export data
	PackageVetx   map[string]string // package path to facts
	VetxOnly      bool              // a dependency: only facts are needed
	VetxOutput    string
	Stdout        string
	FixArchive    string

	contents map[string][]byte // files that were read
}

// read returns the contents of a source file.
func (c *config) read(name string) ([]byte, error) {
	if src, ok := c.contents[name]; ok {
		return src, nil
	}
	src, err := os.ReadFile(name)
	if err == nil {
		if c.contents == nil {
			c.contents = map[string][]byte{}
		}
		c.contents[name] = src
	}
	return src, err
}

// readConfig reads the vet.cfg that the last argument names. It returns nil if that is not one.
func readConfig(args []string) *config {
	if len(args) == 0 || !strings.HasSuffix(args[len(args)-1], ".cfg") {
		return nil
	}
	data, err := os.ReadFile(args[len(args)-1])
	if err != nil {
		return nil
	}
	c := &config{}
	if json.Unmarshal(data, c) != nil || c.ImportPath == "" || c.VetxOutput == "" {
		return nil
	}
	return c
}

// A Call is one command line of the go command: `-V=full`, `-flags`, or flags and a unit's configuration.
type Call struct {
	args []string
	unit *config // nil without a configuration
}

// ReadCall parses a command line of the go command. It returns nil if it is another one.
func ReadCall(args []string) *Call {
	if len(args) == 1 && (args[0] == "-V=full" || args[0] == "-flags") {
		return &Call{args: args}
	}
	if c := readConfig(args); c != nil {
		return &Call{args, c}
	}
	return nil
}

// path is the import path without the suffix of a test variant.
func (c *config) path() string { return plain(c.ImportPath) }

func plain(path string) string {
	path, _, _ = strings.Cut(path, " ")
	return path
}

// imports reports whether the unit imports a package with export data.
func (c *config) imports() bool {
	for _, p := range c.ImportMap {
		if p != "unsafe" && p != "C" {
			return true
		}
	}
	return false
}

// local reports whether the package belongs to the user, not to the standard library, the module cache or a
// vendor directory. The stand-alone command does not analyse the latter, either.
func (c *config) local() bool {
	if c.ModuleVersion != "" && strings.Contains(filepath.ToSlash(c.Dir), "@"+c.ModuleVersion) {
		return false
	}
	if strings.HasSuffix(filepath.ToSlash(c.Dir), "/vendor/"+c.path()) {
		return false
	}
	first, _, _ := strings.Cut(c.path(), "/")
	standard := c.ModulePath == "" && !strings.Contains(first, ".") && first != "command-line-arguments" && first != "_"
	return !standard
}

// copied reports whether the package belongs to a copy of a foreign module.
func (c *config) copied() bool {
	rest, ok := strings.CutPrefix(c.path(), c.ModulePath)
	dir, found := strings.CutSuffix(filepath.ToSlash(c.Dir), rest)
	return ok && found && c.ModuleVersion != "" && sift.Copied(filepath.FromSlash(dir))
}

// idle reports whether the unit can have no finding and no facts: no file has a trigger, and no import has
// facts.
func (c *config) idle() bool {
	if !c.local() {
		return true
	}
	for _, f := range c.GoFiles {
		src, err := c.read(f)
		if err != nil || sift.All().Blob(filepath.Base(f), src) != 0 {
			return false
		}
		if bytes.Contains(src, []byte(sift.HeaderName)) && bytes.Contains(src, []byte(`"net/http"`)) && !strings.HasSuffix(f, "_test.go") {
			return false // it may send the bearers of its importers
		}
	}
	for _, vetx := range c.PackageVetx {
		if info, err := os.Stat(vetx); err == nil && info.Size() == 0 {
			continue // the usual case
		}
		if data, err := readVetx(vetx); err != nil || len(data) > 0 {
			return false
		}
	}
	return true
}

// sources returns the files of the package as the user wrote them. For a cgo file, the go command names the
// generated files.
func (c *config) sources() (files []string, cgo bool) {
	for _, f := range c.GoFiles {
		base := filepath.Base(f)
		if filepath.Dir(f) == c.Dir {
			files = append(files, f)
			continue
		}
		if strings.HasPrefix(base, "_cgo_") {
			cgo = true
			continue
		}
		if name, ok := strings.CutSuffix(base, ".cgo1.go"); ok {
			cgo = true
			base = name + ".go"
			if original := filepath.Join(c.Dir, base); exists(original) {
				files = append(files, original)
				continue
			}
		}
		files = append(files, f)
	}
	return files, cgo
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// goMod returns the directory of the nearest go.mod, "" if there is none.
func (c *config) goMod() string {
	for dir := c.Dir; ; {
		if exists(filepath.Join(dir, "go.mod")) {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// fail ends the process with the message and exit code that the go command expects from a failed tool.
func fail(err error) {
	fmt.Fprintf(os.Stderr, "jwtretire: %v\n", err)
	os.Exit(1)
}
