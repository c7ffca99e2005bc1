package unit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strconv"
	"strings"

	"golang.org/x/tools/go/gcexportdata"

	"jwtretire.example/internal/gocmd"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/redact"
)

func sizes() types.Sizes {
	if s := types.SizesFor("gc", build.Default.GOARCH); s != nil {
		return s
	}
	return types.SizesFor("gc", "amd64")
}

// parse parses the unit.
func (c *config) parse() (*load.Package, error) {
	files, _ := c.sources()
	p := &load.Package{
		Path: c.path(), Dir: c.Dir, Fset: token.NewFileSet(), Source: map[string][]byte{}, Sizes: sizes(),
		Module: &load.Module{Path: c.ModulePath, Dir: c.goMod(), GoVersion: strings.TrimPrefix(c.GoVersion, "go")},
	}
	for _, name := range files {
		src, err := c.read(name)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(p.Fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			p.Errors = append(p.Errors, redact.Compiler(err.Error()))
		}
		if f == nil || f.Name == nil {
			continue
		}
		p.Files, p.Syntax, p.Source[name], p.Name = append(p.Files, name), append(p.Syntax, f), src, f.Name.Name
	}
	if strings.HasSuffix(p.Name, "_test") && strings.HasSuffix(p.Path, "_test") {
		p.ForTest = strings.TrimSuffix(p.Path, "_test")
	}
	p.Info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	return p, nil
}

// check type-checks the unit.
func (c *config) check(p *load.Package) *imports {
	im := newImports(c, p.Fset)
	_, cgo := c.sources()
	conf := types.Config{
		Importer: im, Sizes: p.Sizes, GoVersion: c.GoVersion, FakeImportC: cgo,
		Error: func(err error) { p.Errors = append(p.Errors, redact.Compiler(err.Error())) },
	}
	p.Types, _ = conf.Check(c.path(), p.Fset, p.Syntax, p.Info) // conf.Error gets all errors
	return im
}

// untyped gives the unit a package without types, but with its imports. It reports whether it can: otherwise the type checker has
// something to say about the imports.
func (c *config) untyped(p *load.Package) bool {
	if len(p.Errors) > 0 {
		return false
	}
	var list []*types.Package
	known := map[string]bool{}
	for _, f := range p.Syntax {
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return false
			}
			if path == "unsafe" || path == "C" {
				continue
			}
			final := c.ImportMap[path]
			if c.PackageFile[final] == "" {
				return false
			}
			if final = plain(final); !known[final] {
				known[final] = true
				list = append(list, types.NewPackage(final, ""))
			}
		}
	}
	p.Types = types.NewPackage(c.path(), p.Name)
	p.Types.SetImports(list)
	return true
}

// An imports is an importer that reads the compiler's export data.
type imports struct {
	c     *config
	fset  *token.FileSet
	known map[string]*types.Package // by the path in the export data
	done  map[string]bool           // the packages that are complete; others are known only from references
	more  map[string]string         // export data of packages that the unit does not import
}

func newImports(c *config, fset *token.FileSet) *imports {
	return &imports{c: c, fset: fset, known: map[string]*types.Package{}, done: map[string]bool{}, more: map[string]string{}}
}

// Import implements types.Importer.
func (im *imports) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	final, ok := im.c.ImportMap[path]
	if !ok {
		final = path
	}
	if im.done[final] {
		return im.known[final], nil
	}
	file := im.c.PackageFile[final]
	if file == "" {
		file = im.more[final]
	}
	if file == "" {
		return nil, fmt.Errorf("no export data for %s", path)
	}
	name, err := im.variant(final, file)
	if err != nil {
		return nil, err
	}
	p, err := im.from(final, file, im.known)
	if err != nil {
		return nil, err
	}
	if name != "" {
		p.SetName(name)
	}
	im.done[final] = true
	return p, nil
}

// variant gives a test variant the path of the package that it is a variant of, which facts and flows use. It
// returns the name of the package if it did.
func (im *imports) variant(final, file string) (string, error) {
	path := plain(final)
	if path == final {
		return "", nil
	}
	p, err := im.from(final, file, map[string]*types.Package{})
	if err != nil {
		return "", err
	}
	if im.known[final] == nil {
		im.known[final] = types.NewPackage(path, p.Name())
	}
	return p.Name(), nil
}

func (im *imports) from(path, file string, known map[string]*types.Package) (*types.Package, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	//lint:ignore SA1019 the go command provides archives until Go 1.29; after that the fallback is unitchecker.
	r, err := gcexportdata.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("export data of %s: %w", path, err)
	}
	p, err := gcexportdata.Read(r, im.fset, known, path)
	if err != nil {
		return nil, fmt.Errorf("%w; if the go command is newer than jwtretire, install jwtretire again", err)
	}
	return p, nil
}

// fetch runs the go command for the export data of packages that a rewrite imports and the unit does not.
func (im *imports) fetch(paths []string) error {
	var missing []string
	for _, p := range paths {
		if p != "unsafe" && p != "C" && im.c.ImportMap[p] == "" && im.more[p] == "" {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	cmd := gocmd.Command(context.Background(), im.c.Dir, nil, append([]string{"list", "-export", "-json=ImportPath,Export", "--"}, missing...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s cannot be imported here: %w: %s", strings.Join(missing, ", "), err, strings.TrimSpace(stderr.String()))
	}
	for dec := json.NewDecoder(&stdout); dec.More(); {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); err != nil {
			return errors.New("go list has no export data for " + strings.Join(missing, ", "))
		}
		if p.Export != "" {
			im.more[p.ImportPath] = p.Export
		}
	}
	return nil
}
