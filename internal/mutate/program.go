package mutate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"golang.org/x/mod/modfile"
)

// OpenProgram copies a program of testdata/programs below dir, requires golang.org/x/oauth2 in it, and opens it.
// So a fix of a variant needs no go command.
func OpenProgram(ctx context.Context, testdata, name, dir string) (*World, error) {
	to := filepath.Join(dir, "programs", name)
	if err := os.CopyFS(to, os.DirFS(filepath.Join(testdata, "programs", name))); err != nil {
		return nil, err
	}
	if err := os.CopyFS(filepath.Join(dir, "standin"), os.DirFS(filepath.Join(testdata, "standin"))); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(to, "case.json"))
	if err != nil {
		return nil, err
	}
	var c struct{ Tags string }
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := requireOAuth2(to, filepath.Join(testdata, "handwritten", "onefunc")); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	pkg, at, err := somePackage(to)
	if err != nil {
		return nil, err
	}
	extra := map[string][]byte{filepath.Join(at, "extra.go"): []byte("package " + pkg + "\n" + extraImports)}
	return Open(ctx, to, c.Tags, true, extra)
}

// extraImports are what rewrites and mutations may import.
const extraImports = `
import (
	_ "bytes"
	_ "context"
	_ "encoding/json"
	_ "errors"
	_ "fmt"
	_ "io"
	_ "io/ioutil"
	_ "net/http"
	_ "net/url"
	_ "os"
	_ "strings"
	_ "time"

	_ "golang.org/x/oauth2"
	_ "golang.org/x/oauth2/clientcredentials"
)
`

// requireOAuth2 copies the requirement and the checksums of x/oauth2 from one module to another.
func requireOAuth2(dir, like string) error {
	const oauth2 = "golang.org/x/oauth2"
	model, err := readMod(like)
	if err != nil {
		return err
	}
	mod, err := readMod(dir)
	if err != nil {
		return err
	}
	for _, r := range model.Require {
		if r.Mod.Path == oauth2 {
			err = errors.Join(err, mod.AddRequire(oauth2, r.Mod.Version))
		}
	}
	if err := errors.Join(err, mod.AddGoStmt(model.Go.Version)); err != nil {
		return err
	}
	text, err := mod.Format()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), text, 0o666); err != nil {
		return err
	}
	sums, err := os.ReadFile(filepath.Join(like, "go.sum"))
	if err != nil {
		return err
	}
	old, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), append(old, sums...), 0o666)
}

func readMod(dir string) (*modfile.File, error) {
	name := filepath.Join(dir, "go.mod")
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return modfile.Parse(name, raw, nil)
}

// somePackage returns name and directory of the package of the module's first file with a word of a flow.
func somePackage(dir string) (name, at string, err error) {
	var files []string
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".go" {
			files = append(files, path)
		}
		return err
	})
	sort.Strings(files)
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			return "", "", err
		}
		if !(bytes.Contains(src, []byte("jwt_token")) || bytes.Contains(src, []byte("ExchangeJWT"))) {
			continue
		}
		for line := range bytes.Lines(src) {
			if rest, ok := bytes.CutPrefix(line, []byte("package ")); ok {
				return string(bytes.TrimSpace(rest)), filepath.Dir(path), nil
			}
		}
	}
	return "", "", errors.Join(err, fmt.Errorf("%s: no file with a flow", dir))
}

// Programs returns the names of the programs of testdata, sorted.
func Programs(testdata string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(testdata, "programs", "*", "case.json"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range paths {
		names = append(names, filepath.Base(filepath.Dir(p)))
	}
	return names, nil
}
