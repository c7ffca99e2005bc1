package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"jwtretire.example/internal/gocmd"
)

// A listed is a package in the output of go list.
type listed struct {
	Dir        string
	ImportPath string
	Name       string
	ForTest    string
	Standard   bool
	Module     *struct {
		Path, Version, Dir, GoMod, GoVersion string
		Main                                 bool
		Replace                              *struct{ Version string }
	}
	GoFiles                                     []string
	CgoFiles                                    []string
	IgnoredGoFiles                              []string
	TestGoFiles                                 []string
	XTestGoFiles                                []string
	EmbedFiles, TestEmbedFiles, XTestEmbedFiles []string
	ImportMap                                   map[string]string
	Error                                       *struct{ Pos, Err string }
}

const listFields = "-json=Dir,ImportPath,Name,ForTest,Standard,Module,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,EmbedFiles,TestEmbedFiles,XTestEmbedFiles,ImportMap,Error"

// A lister runs go list.
type lister struct {
	cfg  Config
	dir  string // the working directory
	work string // the go.work in force, "" for none
	mod  string // the go.mod of the module, if there is one module
	tmp  string // for copies and overlays

	overlay  string // set by the first writeOverlay
	recalled bool   // the last answer is that of an earlier run
}

// list returns the packages that match the patterns, and their dependencies. It runs go list as the user's
// environment says. If go.mod or go.sum are incomplete, it runs it again on copies that the go command may
// complete, because a scan must not require a tidy go.mod. On an error, the packages may be incomplete.
func (l *lister) list(ctx context.Context, tests bool, patterns []string) ([]*listed, error) {
	mod, _ := l.cfg.goFlags()
	completed := mod == "mod" && l.work == ""
	pkgs, err := l.run(ctx, tests, patterns, completed)
	if l.work == "" && !completed && mod != "vendor" && l.mod != "" && (err != nil || incomplete(pkgs)) && ctx.Err() == nil {
		again, err2 := l.run(ctx, tests, patterns, true)
		if err2 == nil && (err != nil || missing(again) < missing(pkgs)) {
			return again, nil
		}
	}
	return pkgs, err
}

// incomplete reports whether an error says that go.mod or go.sum lack an entry.
func incomplete(pkgs []*listed) bool {
	for _, p := range pkgs {
		if p.Error != nil && (strings.Contains(p.Error.Err, "go.sum") || strings.Contains(p.Error.Err, "go.mod") || strings.Contains(p.Error.Err, "go mod ")) {
			return true
		}
	}
	return false
}

// missing returns the number of packages without a directory.
func missing(pkgs []*listed) int {
	n := 0
	for _, p := range pkgs {
		if p.Dir == "" {
			n++
		}
	}
	return n
}

// run runs go list once. If complete is set, it uses copies of go.mod and go.sum, which the go command may
// change.
func (l *lister) run(ctx context.Context, tests bool, patterns []string, complete bool) ([]*listed, error) {
	args := []string{"list", "-e", "-deps", listFields}
	if tests {
		args = append(args, "-test")
	}
	if tags := l.cfg.dependencyTags(); tags != "" {
		args = append(args, "-tags="+tags)
	}
	mod, goflags := l.cfg.goFlags()
	switch {
	case l.cfg.ModFile != "" && l.work == "":
		file, err := l.copyMod(l.cfg.ModFile)
		if err != nil {
			return nil, err
		}
		args = append(args, "-mod=mod", "-modfile="+file)
	case complete && l.mod != "":
		file, err := l.copyMod(l.mod)
		if err != nil {
			return nil, err
		}
		args = append(args, "-mod=mod", "-modfile="+file)
	case mod == "vendor" || mod == "readonly":
		args = append(args, "-mod="+mod)
	}
	overlay, err := l.writeOverlay()
	if err != nil {
		return nil, err
	}
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	work := l.work
	if work == "" {
		work = "off"
	}
	cmd := gocmd.Command(ctx, l.dir, append(l.cfg.environ(), "GOFLAGS="+strings.Join(goflags, " "), "GOWORK="+work), append(append(args, "--"), patterns...)...)
	var kept *listings
	if !complete && l.cfg.ModFile == "" {
		kept = l.listings(cmd)
	}
	if pkgs := kept.recall(); pkgs != nil {
		l.recalled = true
		return pkgs, nil
	}
	l.recalled = false
	if unused(cmd.Env) {
		cmd.Env = append(cmd.Env, "GODEBUG="+strings.Trim(gocmd.Getenv(cmd.Env, "GODEBUG")+",goindex=0", ","))
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if err != nil && stdout.Len() == 0 {
		return nil, fmt.Errorf("go list in %s: %w: %s", l.dir, err, firstLine(stderr.String()))
	}
	failed := err != nil
	pkgs, err := decode(&stdout)
	if err == nil && !failed {
		kept.keep(l, pkgs)
	}
	return pkgs, err
}

// decode reads the output of go list. It drops the generated main packages of tests, and of the variants of
// -test ("q [p.test]") it keeps only those whose package is not listed itself.
func decode(r io.Reader) ([]*listed, error) {
	var pkgs []*listed
	plain := map[string]bool{}
	var variants []*listed
	for dec := json.NewDecoder(r); ; {
		p := new(listed)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read the output of go list: %w", err)
		}
		path, _, isVariant := strings.Cut(p.ImportPath, " ")
		switch {
		case isVariant && (p.ForTest == path || p.ForTest+"_test" == path):
			// The test variant of p: its files are in TestGoFiles and XTestGoFiles of p.
		case isVariant:
			p.ImportPath = path
			for from, to := range p.ImportMap {
				p.ImportMap[from], _, _ = strings.Cut(to, " ")
			}
			variants = append(variants, p)
		case strings.HasSuffix(path, ".test") && p.Name == "main" && p.ForTest == "" && len(p.GoFiles) > 0 && !filepath.IsLocal(p.GoFiles[0]):
			// The main package of a test: its file is in the build cache.
		default:
			plain[path] = true
			pkgs = append(pkgs, p)
		}
	}
	for _, p := range variants {
		if !plain[p.ImportPath] {
			plain[p.ImportPath] = true
			pkgs = append(pkgs, p)
		}
	}
	return pkgs, nil
}

// copyMod copies a go.mod, and the go.sum beside it, to a temporary directory. It returns the name of the copy.
func (l *lister) copyMod(name string) (string, error) {
	dir, err := os.MkdirTemp(l.tmp, "mod")
	if err != nil {
		return "", err
	}
	data, err := l.read(name)
	if err != nil {
		return "", fmt.Errorf("copy go.mod: %w", err)
	}
	to := filepath.Join(dir, "go.mod")
	if err := os.WriteFile(to, data, 0o600); err != nil {
		return "", err
	}
	if sum, err := l.read(strings.TrimSuffix(name, ".mod") + ".sum"); err == nil {
		err = os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600)
		if err != nil {
			return "", err
		}
	}
	return to, nil
}

func (l *lister) read(name string) ([]byte, error) {
	if content, ok := l.cfg.Overlay[name]; ok && content != nil {
		return content, nil
	}
	return os.ReadFile(name)
}

// writeOverlay writes the overlay in the format of the flag -overlay and returns the name of the file, "" if
// there is no overlay.
func (l *lister) writeOverlay() (string, error) {
	if len(l.cfg.Overlay) == 0 || l.overlay != "" {
		return l.overlay, nil
	}
	dir, err := os.MkdirTemp(l.tmp, "overlay")
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, content := range l.cfg.Overlay {
		if content == nil {
			replace[name] = ""
			continue
		}
		to := filepath.Join(dir, fmt.Sprintf("%d-%s", len(replace), filepath.Base(name)))
		if err := os.WriteFile(to, content, 0o600); err != nil {
			return "", err
		}
		replace[name] = to
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	l.overlay = filepath.Join(dir, "overlay.json")
	return l.overlay, os.WriteFile(l.overlay, data, 0o600)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

// unused reports whether the build cache was never used, as in a fresh container. There, an index of all modules with a
// package would be made and stored first, which takes longer than reading the directories that are asked for: 1.4 and 0.8 s of cpu in opa. With
// the index there it is 0.5 s.
func unused(env []string) bool {
	dir := gocmd.Getenv(env, "GOCACHE")
	if dir == "" {
		home, err := os.UserCacheDir()
		if err != nil {
			return false
		}
		dir = filepath.Join(home, "go-build")
	}
	_, err := os.Stat(filepath.Join(dir, "00"))
	is, _ := caches.LoadOrStore(dir, errors.Is(err, fs.ErrNotExist))
	return is.(bool)
}

// caches has the answers of unused by directory: the go command makes the parts of a build cache at once, and its index later.
var caches sync.Map
