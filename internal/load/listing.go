package load

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"hash"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/gocmd"
)

// A listing is an answer of go list from an earlier run, with its inputs that may have changed since.
// An answer with an error is not kept, because it may be about a file that nothing here names, unless the error is that a
// package has no files.
//
// What cannot change in place (the standard library, the module cache) counts by its version, as for the go command itself
// (cmd/go/internal/modindex). For everything else the key has the command line, the environment and the go command, and Sum has
//
//   - the files that select modules: go.mod, go.sum, go.work, go.work.sum and vendor/modules.txt, and that no go.mod
//     appeared between a package and its module;
//   - of the directory of each package the names in it, and of each Go file in it what comes before its declarations: build
//     constraints and import clauses. A file with a go:embed directive counts as a whole;
//   - which of the embedded files and the directories in the module cache exist;
//   - which packages of other modules a directory of the tree would take the place of.
type listing struct {
	Packages []*listed
	Sum      []byte

	Dirs   []string // of packages
	Files  []string // that select modules
	Exists []string // any of these may appear or vanish
}

// A listings keeps answers of one command line.
type listings struct {
	cache   *cache.Cache
	key     cache.Key
	modules string // the module cache
	root    string // of the standard library, "" if it is no release
	start   time.Time
}

// listings returns the place of the answer of a command, nil if it is not kept.
func (l *lister) listings(cmd *exec.Cmd) *listings {
	tool := cache.Tool()
	if l.cfg.Cache == nil || tool == "" || len(l.cfg.Overlay) > 0 || cmd.Err != nil || l.work != "" {
		return nil // modules of a workspace count that no package of the answer belongs to
	}
	if slices.ContainsFunc(cmd.Args, func(arg string) bool { return strings.Contains(arg, "...") }) {
		return nil // a package may come anywhere
	}
	id, root, ok := gocmd.Identity(cmd.Env)
	if !ok {
		return nil
	}
	s := &listings{cache: l.cfg.Cache, modules: filepath.Clean(moduleCache(l.cfg)) + string(filepath.Separator), root: filepath.Join(root, "src") + string(filepath.Separator), start: time.Now()}
	parts := []string{"list", tool, cmd.Dir, id, s.modules}
	parts = append(append(parts, cmd.Args...), "environment")
	var env []string
	for _, kv := range cmd.Env {
		name, value, _ := strings.Cut(kv, "=")
		if name == "GOFLAGS" && (strings.Contains(value, "-overlay") || strings.Contains(value, "-modfile")) {
			return nil // they name files
		}
		if name == "PATH" || gocmd.Reads(name) { // cgo is on if there is a compiler in PATH
			env = append(env, kv)
		}
	}
	slices.Sort(env)
	s.key = cache.KeyOf(append(parts, env...)...)
	return s
}

// recall returns the kept answer if it still holds, nil otherwise.
func (s *listings) recall() []*listed {
	if s == nil {
		return nil
	}
	data, ok := s.cache.Get(s.key)
	if !ok {
		return nil
	}
	var known listing
	if gob.NewDecoder(bytes.NewReader(data)).Decode(&known) != nil {
		return nil
	}
	if sum, _ := known.sum(); !bytes.Equal(sum, known.Sum) {
		return nil
	}
	return known.Packages
}

// keep keeps an answer.
func (s *listings) keep(l *lister, pkgs []*listed) {
	if s == nil || slices.ContainsFunc(pkgs, func(p *listed) bool { return p.Dir == "" || p.Error != nil && !p.empty() }) {
		return
	}
	k := listing{Packages: pkgs}
	seen := map[string]bool{}
	add := func(list *[]string, name string) {
		if name != "" && !seen[name] {
			seen[name] = true
			*list = append(*list, name)
		}
	}
	selecting := func(dir string) {
		for _, name := range []string{"go.mod", "go.sum", "vendor/modules.txt"} {
			add(&k.Files, filepath.Join(dir, filepath.FromSlash(name)))
		}
		add(&k.Exists, filepath.Join(dir, "vendor")) // counts without modules.txt, too
	}
	selecting(l.dir)
	if l.mod != "" {
		selecting(filepath.Dir(l.mod))
	}
	for _, dir := range replacements(l.mod) {
		selecting(dir)
	}
	main := map[string]string{} // directories of the modules of the tree, by path
	for _, p := range pkgs {
		if p.Module != nil && p.Module.Main {
			main[p.Module.Path] = p.Module.Dir
		}
	}
	for _, p := range pkgs {
		switch {
		case p.Standard && strings.HasPrefix(p.Dir, s.root):
			continue
		case p.Module == nil:
			if p.Dir == "" || p.Standard {
				return // a standard library that is no release
			}
		case strings.HasPrefix(p.Dir, s.modules) && strings.Contains(p.Dir[len(s.modules):], "@"):
			add(&k.Exists, p.Module.Dir)
			for path, dir := range main {
				if rest, ok := strings.CutPrefix(p.ImportPath, path+"/"); ok {
					add(&k.Exists, filepath.Join(dir, filepath.FromSlash(rest)))
				}
			}
			continue
		case p.Module.Dir == "": // vendored
		default:
			selecting(p.Module.Dir)
			for dir := p.Dir; len(dir) > len(p.Module.Dir) && strings.HasPrefix(dir, p.Module.Dir); dir = filepath.Dir(dir) {
				add(&k.Exists, filepath.Join(dir, "go.mod"))
			}
		}
		add(&k.Dirs, p.Dir)
		for _, name := range slices.Concat(p.EmbedFiles, p.TestEmbedFiles, p.XTestEmbedFiles) {
			add(&k.Exists, filepath.Join(p.Dir, filepath.FromSlash(name)))
		}
	}
	var last time.Time
	if k.Sum, last = k.sum(); k.Sum == nil || !last.Before(s.start) {
		return // what was written meanwhile may not be what go list read
	}
	var data bytes.Buffer
	if gob.NewEncoder(&data).Encode(&k) == nil {
		s.cache.Put(s.key, data.Bytes())
		s.cache.Close()
	}
}

// empty reports whether the error of a package is that it has no files for this platform: an error about its directory and nothing
// else.
func (p *listed) empty() bool {
	return strings.HasPrefix(p.Error.Err, "build constraints exclude all Go files in "+p.Dir) || strings.HasPrefix(p.Error.Err, "no Go files in "+p.Dir)
}

// sourceExtensions are those of the files that a package can consist of (go/build).
var sourceExtensions = []string{".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx"}

// replacements returns the directories that a go.mod names in the place of modules: their go.mod counts even if no package of
// them is used.
func replacements(name string) (dirs []string) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(data)) {
		_, to, ok := strings.Cut(line, "=>")
		if fields := strings.Fields(to); ok && len(fields) > 0 && modfile.IsDirectoryPath(strings.Trim(fields[0], "\"`")) {
			dir := filepath.FromSlash(strings.Trim(fields[0], "\"`"))
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(filepath.Dir(name), dir)
			}
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// sum returns a hash of all that an answer depends on, nil if something cannot be read, and the time of the last change.
func (k *listing) sum() (sum []byte, last time.Time) {
	h := sha256.New()
	read := func(name string) ([]byte, error) {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
		return os.ReadFile(name)
	}
	for _, name := range k.Files {
		data, err := read(name)
		fmt.Fprintf(h, "%q %t %d\n", name, err == nil, len(data))
		h.Write(data)
	}
	for _, name := range k.Exists {
		_, err := os.Stat(name)
		fmt.Fprintf(h, "%q %t\n", name, err == nil)
	}
	for _, dir := range k.Dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, last
		}
		if info, err := os.Stat(dir); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
		fmt.Fprintf(h, "%q %d\n", dir, len(entries))
		for _, e := range entries {
			fmt.Fprintf(h, "%q %v\n", e.Name(), e.Type())
			if e.IsDir() || !slices.Contains(sourceExtensions, filepath.Ext(e.Name())) {
				continue
			}
			src, err := read(filepath.Join(dir, e.Name()))
			if err != nil {
				return nil, last
			}
			writeHead(h, src)
		}
	}
	return h.Sum(nil), last
}

// writeHead writes what go list reads of a Go file.
func writeHead(h hash.Hash, src []byte) {
	head := src
	if !bytes.Contains(src, []byte("//go:embed")) {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "", src, parser.ImportsOnly|parser.SkipObjectResolution)
		if err == nil {
			end := f.Name.End()
			for _, d := range f.Decls {
				if gen, ok := d.(*ast.GenDecl); ok {
					end = max(end, gen.End())
				}
			}
			head = src[:fset.PositionFor(end, false).Offset]
		}
	}
	fmt.Fprintf(h, "%d\n", len(head))
	h.Write(head)
}
