// Plant adds two flows of Adobe's JWT exchange to a tree: one in a package of its own, and one whose assertion is
// signed in one package and sent in another.
//
//	plant -dir TREE LEAF LOW HIGH
//
// The directories are relative to TREE. A directory with Go files gets an additional file of its package, so that the
// flow is among real imports; another one becomes a package. HIGH will import LOW, so LOW must not import
// HIGH. The files are named jwtretire_planted.go. They sign with the standard library only, because not
// every tree has a JWT library.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed planted.txt
var planted string

// A place is a package of the tree.
type place struct {
	Name       string
	ImportPath string
}

func main() {
	dir := flag.String("dir", ".", "root of the module")
	flag.Parse()
	if flag.NArg() != 3 {
		fmt.Fprintln(os.Stderr, "plant: three directories are needed: LEAF LOW HIGH")
		os.Exit(2)
	}
	if err := plant(*dir, flag.Arg(0), flag.Arg(1), flag.Arg(2)); err != nil {
		fmt.Fprintln(os.Stderr, "plant:", err)
		os.Exit(2)
	}
}

func plant(root, leaf, low, high string) error {
	tmpl, err := template.New("").Parse(planted)
	if err != nil {
		return err
	}
	below, err := find(root, low)
	if err != nil {
		return err
	}
	for _, p := range []struct{ dir, what string }{{leaf, "leaf"}, {low, "low"}, {high, "high"}} {
		here, err := find(root, p.dir)
		if err != nil {
			return err
		}
		var src bytes.Buffer
		if err := tmpl.ExecuteTemplate(&src, p.what, map[string]any{"Package": here.Name, "Low": below}); err != nil {
			return err
		}
		to := filepath.Join(root, filepath.FromSlash(p.dir))
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, "jwtretire_planted.go"), src.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// find returns the package of a directory, or a new one.
func find(root, dir string) (place, error) {
	out, err := goList(root, "./"+dir)
	var p place
	if err == nil && json.Unmarshal(out, &p) == nil && p.Name != "" {
		return p, nil
	}
	out, err = goList(root, "-m")
	if err != nil {
		return place{}, err
	}
	var m struct{ Path string }
	if err := json.Unmarshal(out, &m); err != nil {
		return place{}, fmt.Errorf("read the output of go list: %w", err)
	}
	return place{Name: path.Base(filepath.ToSlash(dir)), ImportPath: m.Path + "/" + filepath.ToSlash(dir)}, nil
}

func goList(root string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", append([]string{"list", "-json"}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("go list %s: %s", strings.Join(args, " "), bytes.TrimSpace(exit.Stderr))
	}
	return out, err
}
