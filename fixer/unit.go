package fixer

import (
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/load"
	"jwtretire.example/internal/settings"
)

// check type-checks the package with new file contents. Under go vet and go fix, only the
// imports of the package are available. The new imports of a rewrite are checked against the declarations that
// it uses, or from source.
func (u *unitRun) check(pkg *load.Package, files map[string][]byte) error {
	pass := u.Pass
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range pkg.Files {
		src, changed := files[name]
		if !changed {
			src = pkg.Source[name]
		} else if src == nil {
			continue
		}
		f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		parsed = append(parsed, f)
	}
	var first error
	im, err := u.types(parsed)
	if err != nil {
		return err
	}
	conf := types.Config{
		Importer: im,

		FakeImportC: slices.ContainsFunc(parsed, importsC),
		Sizes:       pass.TypesSizes,
		Error: func(err error) {
			if first == nil {
				first = err
			}
		},
	}
	if pass.Module != nil && pass.Module.GoVersion != "" {
		conf.GoVersion = "go" + strings.TrimPrefix(pass.Module.GoVersion, "go")
	}
	_, _ = conf.Check(pass.Pkg.Path(), fset, parsed, nil) // errors have gone to conf.Error
	return first
}

func importsC(f *ast.File) bool {
	return slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"C"` })
}

// types returns an importer for the imports of the files.
func (u *unitRun) types(files []*ast.File) (types.Importer, error) {
	if u.settings.Imports == nil {
		return &unitImporter{known: closure(u.Pkg), source: importer.ForCompiler(token.NewFileSet(), "source", nil)}, nil
	}
	var paths []string
	for _, f := range files {
		for _, spec := range f.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil {
				paths = append(paths, path)
			}
		}
	}
	return u.settings.Imports(paths)
}

func closure(pkg *types.Package) map[string]*types.Package {
	known := map[string]*types.Package{}
	var add func(p *types.Package)
	add = func(p *types.Package) {
		for _, q := range p.Imports() {
			if known[q.Path()] == nil {
				known[q.Path()] = q
				add(q)
			}
		}
	}
	add(pkg)
	return known
}

type unitImporter struct {
	known  map[string]*types.Package
	source types.Importer
}

func (u *unitImporter) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := u.known[path]; p != nil && p.Complete() {
		return p, nil
	}
	if src, ok := oauth2Declarations[path]; ok {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, src, 0)
		if err != nil {
			return nil, err
		}
		p, err := (&types.Config{Importer: u}).Check(path, fset, []*ast.File{f}, nil)
		if err != nil {
			return nil, err
		}
		u.known[path] = p
		return p, nil
	}
	if strings.Contains(strings.SplitN(path, "/", 2)[0], ".") {
		return nil, errors.New("not imported before")
	}
	p, err := u.source.Import(path)
	if err == nil {
		u.known[path] = p
	}
	return p, err
}

// oauth2Declarations are the parts of golang.org/x/oauth2 that rewrites use, in every version since
// AuthStyle came (January 2019).
var oauth2Declarations = map[string]string{
	"golang.org/x/oauth2": `package oauth2
import ("net/http"; "time")
type AuthStyle int
const (AuthStyleAutoDetect AuthStyle = 0; AuthStyleInParams AuthStyle = 1; AuthStyleInHeader AuthStyle = 2)
type ContextKey struct{}
var HTTPClient ContextKey
type Token struct { AccessToken, TokenType, RefreshToken string; Expiry time.Time }
func (t *Token) Extra(key string) any { return nil }
func (t *Token) Valid() bool { return false }
type TokenSource interface { Token() (*Token, error) }
type RetrieveError struct { Response *http.Response; Body []byte }
func (r *RetrieveError) Error() string { return "" }
`,
	"golang.org/x/oauth2/clientcredentials": `package clientcredentials
import ("context"; "net/http"; "net/url"; "golang.org/x/oauth2")
type Config struct { ClientID, ClientSecret, TokenURL string; Scopes []string; EndpointParams url.Values; AuthStyle oauth2.AuthStyle }
func (c *Config) Token(ctx context.Context) (*oauth2.Token, error) { return nil, nil }
func (c *Config) Client(ctx context.Context) *http.Client { return nil }
func (c *Config) TokenSource(ctx context.Context) oauth2.TokenSource { return nil }
`,
}

// A unitRun is the analysis of one package.
type unitRun struct {
	*analysis.Pass
	settings *settings.Settings
}
