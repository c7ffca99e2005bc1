package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"jwtretire.example/internal/gocmd"
)

// A listed package is what go list says of it.
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
	GoFiles        []string
	CgoFiles       []string
	IgnoredGoFiles []string
	TestGoFiles    []string
	XTestGoFiles   []string
	ImportMap      map[string]string
	Error          *struct{ Pos, Err string }
}

const listFields = "-json=Dir,ImportPath,Name,ForTest,Standard,Module,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,ImportMap,Error"

// A lister asks the go command about packages.
type lister struct {
	cfg  Config
	dir  string // where it runs
	work string // the go.work in force, "" for none
	mod  string // the go.mod of the module, if there is one module
	tmp  string // for copies and overlays

	overlay string // written once
}

// list returns the packages that the patterns name and all that they import. It tries
// first what the user's go command would do, then, since scanning must not ask for a
// tidy go.mod, with copies of go.mod and go.sum that the go command may complete.
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

// incomplete reports whether go.mod or go.sum lack something that could be added.
func incomplete(pkgs []*listed) bool {
	for _, p := range pkgs {
		if p.Error != nil && (strings.Contains(p.Error.Err, "go.sum") || strings.Contains(p.Error.Err, "go.mod") || strings.Contains(p.Error.Err, "go mod ")) {
			return true
		}
	}
	return false
}

func missing(pkgs []*listed) int {
	n := 0
	for _, p := range pkgs {
		if p.Dir == "" {
			n++
		}
	}
	return n
}

// run runs go list once. With complete it works on copies of go.mod and go.sum and may
// change these.
func (l *lister) run(ctx context.Context, tests bool, patterns []string, complete bool) ([]*listed, error) {
	args := []string{"list", "-e", "-deps", listFields}
	if tests {
		args = append(args, "-test")
	}
	if tags := l.cfg.everywhere(); tags != "" {
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
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && stdout.Len() == 0 {
		return nil, fmt.Errorf("go list in %s: %w: %s", l.dir, err, firstLine(stderr.String()))
	}
	return decode(&stdout)
}

// decode reads the packages of go list's output and takes the variants that -test adds
// apart: of "q [p.test]" only what is not there as q too, and no test mains.
func decode(r io.Reader) ([]*listed, error) {
	var pkgs []*listed
	plain := map[string]bool{}
	var variants []*listed
	for dec := json.NewDecoder(r); ; {
		p := new(listed)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read go list's answer: %w", err)
		}
		path, _, isVariant := strings.Cut(p.ImportPath, " ")
		switch {
		case isVariant && (p.ForTest == path || p.ForTest+"_test" == path):
			// p itself with its tests: its files are in TestGoFiles and XTestGoFiles of p.
		case isVariant:
			p.ImportPath = path
			for from, to := range p.ImportMap {
				p.ImportMap[from], _, _ = strings.Cut(to, " ")
			}
			variants = append(variants, p)
		case strings.HasSuffix(path, ".test") && p.Name == "main" && p.ForTest == "" && len(p.GoFiles) > 0 && !filepath.IsLocal(p.GoFiles[0]):
			// The generated main package of a test: its file is in the build cache.
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

// copyMod copies a go.mod and the go.sum beside it, and returns the copy's name.
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

// writeOverlay writes the configuration's overlay in the form of the go command's
// -overlay flag and returns the name of that file, "" if there is none.
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
