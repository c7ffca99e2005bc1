package tabletest

import (
	"errors"
	"fmt"
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"jwtretire.example/analyzer/library"
)

// real lists the packages that the table's folded paths stand for, at the versions of go.mod.
var real = []string{
	"github.com/golang-jwt/jwt", "github.com/golang-jwt/jwt/v4", "github.com/golang-jwt/jwt/v5",
	"github.com/dgrijalva/jwt-go", "github.com/dgrijalva/jwt-go/v4", "github.com/form3tech-oss/jwt-go",
	"github.com/go-jose/go-jose/v3", "github.com/go-jose/go-jose/v3/jwt", "github.com/go-jose/go-jose/v3/cryptosigner",
	"github.com/go-jose/go-jose/v4", "github.com/go-jose/go-jose/v4/jwt", "github.com/go-jose/go-jose/v4/cryptosigner",
	"gopkg.in/go-jose/go-jose.v2", "gopkg.in/go-jose/go-jose.v2/jwt", "gopkg.in/square/go-jose.v2", "gopkg.in/square/go-jose.v2/jwt",
	"github.com/lestrrat-go/jwx/jwt", "github.com/lestrrat-go/jwx/jws", "github.com/lestrrat-go/jwx/jwk",
	"github.com/lestrrat-go/jwx/v2/jwt", "github.com/lestrrat-go/jwx/v2/jws", "github.com/lestrrat-go/jwx/v2/jwk",
	"github.com/lestrrat-go/jwx/v3/jwt", "github.com/lestrrat-go/jwx/v3/jws", "github.com/lestrrat-go/jwx/v3/jwk",
	"golang.org/x/oauth2", "golang.org/x/oauth2/jwt", "golang.org/x/oauth2/jws", "golang.org/x/oauth2/google", "golang.org/x/oauth2/clientcredentials",
	"github.com/cristalhq/jwt/v4", "github.com/kataras/jwt", "go.step.sm/crypto/jose", "github.com/dvsekhvalnov/jose2go", "github.com/dvsekhvalnov/jose2go/keys/rsa", "github.com/dvsekhvalnov/jose2go/keys/ecc", "go.step.sm/crypto/pemutil", "github.com/docker/libtrust",
	"github.com/youmark/pkcs8", "software.sslmate.com/src/go-pkcs12", "golang.org/x/crypto/pkcs12", "golang.org/x/crypto/ssh",
	"github.com/spf13/viper", "github.com/spf13/pflag", "github.com/knadh/koanf/v2", "github.com/caarlos0/env/v11",
	"github.com/kelseyhightower/envconfig", "github.com/joho/godotenv",
	"cloud.google.com/go/secretmanager/apiv1", "cloud.google.com/go/kms/apiv1",
	"github.com/aws/aws-sdk-go/service/kms", "github.com/aws/aws-sdk-go/service/secretsmanager", "github.com/aws/aws-sdk-go/service/ssm", "github.com/aws/aws-sdk-go/aws", "github.com/aws/aws-sdk-go/aws/session",
	"github.com/hashicorp/vault/api", "github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets",
	"github.com/go-resty/resty/v2", "resty.dev/v3", "gopkg.in/resty.v1", "github.com/hashicorp/go-retryablehttp", "github.com/valyala/fasthttp",
	"github.com/dghubble/sling", "github.com/gojek/heimdall/v7/httpclient", "github.com/carlmjohnson/requests", "github.com/parnurzeal/gorequest",
	"github.com/google/go-querystring/query", "github.com/gorilla/schema", "golang.org/x/net/context/ctxhttp",
	"github.com/json-iterator/go", "github.com/goccy/go-json", "gopkg.in/yaml.v3", "sigs.k8s.io/yaml", "github.com/BurntSushi/toml",
	"github.com/mitchellh/mapstructure", "github.com/go-viper/mapstructure/v2",
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity", "github.com/Azure/go-autorest/autorest/adal",
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential",
	"github.com/bradleyfalzon/ghinstallation/v2", "github.com/okta/okta-sdk-golang/v5/okta",
	"github.com/zitadel/oidc/v3/pkg/client", "github.com/zitadel/oidc/v3/pkg/client/profile",
	"github.com/spf13/cobra", "github.com/urfave/cli/v2", "github.com/urfave/cli/v3", "github.com/alecthomas/kingpin/v2",
	"github.com/go-ozzo/ozzo-validation/v4", "github.com/jellydator/validation",
	"github.com/pkg/errors", "golang.org/x/xerrors", "go.uber.org/multierr", "github.com/hashicorp/go-multierror", "github.com/zalando/go-keyring",
	"github.com/aws/aws-sdk-go/service/secretsmanager/secretsmanageriface", "github.com/aws/aws-sdk-go/service/ssm/ssmiface",
}

// untried are the packages that the module proxy did not serve, or only versions of them outside the
// row's range, when the rows were written. What they do was read in their repositories.
var untried = map[string]string{
	"github.com/gbrlsnchs/jwt":                       "not served",
	"github.com/pascaldekloe/jwt":                    "not served",
	"github.com/SermoDigital/jose":                   "not served",
	"github.com/jfcote87/oauth2":                     "not served",
	"github.com/jfcote87/esign":                      "not served",
	"github.com/salrashid123/golang-jwt-tpm":         "not served",
	"github.com/imroc/req":                           "not served",
	"github.com/adobe/ims-go":                        "not served",
	"github.com/k-capehart/go-salesforce":            "not served",
	"github.com/zitadel/schema":                      "not served",
	"github.com/aws/aws-sdk-go-v2":                   "the core module is not served",
	"github.com/go-jose/go-jose@1":                   "not served",
	"github.com/invopop/validation":                  "not served",
	"k8s.io/client-go":                               "too large to load for four rows; read at v0.34.0",
	"github.com/Azure/azure-sdk-for-go/sdk/keyvault": "the former home of sdk/security/keyvault",
	"github.com/cristalhq/jwt@3":                     "version 4 is served, 1 to 3 and 5 are not",
}

func TestEveryRowIsReal(t *testing.T) {
	pkgs := load(t)
	for _, row := range library.All() {
		t.Run(row.FullName(), func(t *testing.T) {
			tried := versions(pkgs, row.Pkg, row.Min, row.Max)
			if len(tried) == 0 {
				skip(t, row.Pkg, row.Max)
			}
			for _, p := range tried {
				err := check(p, row)
				if errors.Is(err, errMissing) && fork(p) {
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", p.Path(), err)
				}
			}
		})
	}
}

func TestEveryStructureIsReal(t *testing.T) {
	pkgs := load(t)
	for _, row := range library.Types() {
		t.Run(row.Pkg+"."+row.Name, func(t *testing.T) {
			tried := versions(pkgs, row.Pkg, row.Min, row.Max)
			if len(tried) == 0 {
				skip(t, row.Pkg, row.Max)
			}
			missing := map[string]bool{}
			for _, f := range row.Fields {
				missing[f.Name] = true
			}
			for _, p := range tried {
				obj := p.Scope().Lookup(row.Name)
				if obj == nil && fork(p) {
					continue
				}
				if obj == nil {
					t.Errorf("%s has no %s", p.Path(), row.Name)
					continue
				}
				s, ok := obj.Type().Underlying().(*types.Struct)
				if !ok {
					t.Errorf("%s: %s is no structure", p.Path(), row.Name)
					continue
				}
				for i := range s.NumFields() {
					delete(missing, s.Field(i).Name())
				}
			}
			for f := range missing { // a field may be of some versions only
				t.Errorf("no version has the field %s", f)
			}
		})
	}
}

// The table asks for packages by folded paths: a package that folds to nothing in the table is a mistake here.
func TestEveryPackageIsInTheTable(t *testing.T) {
	for _, path := range real {
		id, _ := library.Fold(path)
		if !slices.ContainsFunc(library.All(), func(f *library.Func) bool { return f.Pkg == id }) {
			t.Errorf("%s folds to %s, of which the table has no row", path, id)
		}
	}
}

func skip(t *testing.T, pkg string, max int) {
	t.Helper()
	for prefix, why := range untried {
		prefix, last, versioned := strings.Cut(prefix, "@")
		if pkg != prefix && !strings.HasPrefix(pkg, prefix+"/") {
			continue
		}
		if !versioned || last == fmt.Sprint(max) {
			t.Skip(why)
		}
	}
	t.Fatal("no package of go.mod stands for this row")
}

// What load has loaded: the packages that it was asked for, and these with all that they import.
var loaded, everything map[string]*types.Package

func load(t *testing.T) map[string]*types.Package {
	t.Helper()
	if loaded != nil {
		return loaded
	}
	if testing.Short() {
		t.Skip("loads many packages")
	}
	patterns := slices.Clone(real)
	for _, row := range library.All() {
		if !strings.Contains(strings.Split(row.Pkg, "/")[0], ".") && !slices.Contains(patterns, row.Pkg) {
			patterns = append(patterns, row.Pkg)
		}
	}
	cfg := &packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps, Env: append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")}
	got, err := packages.Load(cfg, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*types.Package{}
	for _, p := range got {
		for _, e := range p.Errors {
			t.Errorf("%s: %v", p.PkgPath, e)
		}
		if p.Types != nil {
			out[p.PkgPath] = p.Types
		}
	}
	loaded, everything = out, map[string]*types.Package{}
	packages.Visit(got, nil, func(p *packages.Package) { everything[p.PkgPath] = p.Types })
	return out
}

func versions(pkgs map[string]*types.Package, id string, lo, hi int) []*types.Package {
	var out []*types.Package
	for path, p := range pkgs {
		got, major := library.Fold(path)
		if got == id && (lo == 0 || major >= lo) && (hi == 0 || major <= hi) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *types.Package) int { return strings.Compare(a.Path(), b.Path()) })
	return out
}

var errMissing = errors.New("there is no")

// fork reports whether a package lives under another name than the table's: forks and ancestors lack
// what came later.
func fork(p *types.Package) bool {
	id, _ := library.Fold(p.Path())
	return !strings.HasPrefix(p.Path(), strings.Join(strings.SplitN(id, "/", 4)[:min(3, strings.Count(id, "/")+1)], "/"))
}

// check compares a row with the package: the function is there, and so are the arguments and results
// that the row speaks of.
func check(p *types.Package, row *library.Func) error {
	if prefix, ok := strings.CutSuffix(row.Name, "*"); ok {
		return some(p, row, prefix)
	}
	var fn *types.Func
	if row.Recv == "" {
		fn, _ = p.Scope().Lookup(row.Name).(*types.Func)
	} else {
		obj, _ := p.Scope().Lookup(row.Recv).(*types.TypeName)
		if obj == nil {
			return fmt.Errorf("%w type %s", errMissing, row.Recv)
		}
		if types.IsInterface(obj.Type()) != row.Abstract {
			return fmt.Errorf("%s is an interface: %v", row.Recv, !row.Abstract)
		}
		m, _, _ := types.LookupFieldOrMethod(obj.Type(), true, p, row.Name)
		fn, _ = m.(*types.Func)
	}
	if fn == nil {
		return fmt.Errorf("%w %s", errMissing, row.Name)
	}
	sig := fn.Type().(*types.Signature)
	for name, s := range slots(row) {
		if s == library.None || s == library.Recv && sig.Recv() != nil {
			continue
		}
		if i, ok := s.Result(); ok && i < sig.Results().Len() {
			continue
		}
		if i, rest, ok := s.Arg(); ok && i < sig.Params().Len() && (!rest || sig.Variadic() && i == sig.Params().Len()-1) {
			if name == "Context" && types.Unalias(sig.Params().At(i).Type()).String() != "context.Context" && !rest {
				return fmt.Errorf("argument %d is no context: %s", i, sig)
			}
			continue
		}
		return fmt.Errorf("%s: no such slot in %s", name, sig)
	}
	if found, ok := library.LookupObject(fn); row.Abstract && row.Role != "" && (!ok || found != row) {
		return fmt.Errorf("LookupObject(%v) finds %v", fn, found)
	}
	if found := library.RowOf(fn); found != row && !fork(p) {
		return fmt.Errorf("RowOf(%v) finds %v", fn, found)
	}
	return nil
}

// some checks a row for all names with a prefix: there is one, and the row is found for it.
func some(p *types.Package, row *library.Func, prefix string) error {
	var names []string
	if row.Recv == "" {
		names = p.Scope().Names()
	} else if obj, _ := p.Scope().Lookup(row.Recv).(*types.TypeName); obj != nil {
		for m := range types.NewMethodSet(types.NewPointer(obj.Type())).Methods() {
			names = append(names, m.Obj().Name())
		}
		if i, ok := obj.Type().Underlying().(*types.Interface); ok {
			for m := range i.Methods() {
				names = append(names, m.Name())
			}
		}
	}
	for _, name := range names {
		one := *row
		one.Name = name
		if fn := function(p, &one); fn != nil && strings.HasPrefix(name, prefix) && library.RowOf(fn) == row {
			return nil
		}
	}
	return fmt.Errorf("%w function with the prefix %q that the row is for", errMissing, prefix)
}

func slots(r *library.Func) map[string]library.Slot {
	out := map[string]library.Slot{
		"Key": r.Key, "Password": r.Password, "Claims": r.Claims, "Input": r.Input, "ClaimKey": r.ClaimKey, "ClaimValue": r.ClaimValue, "Alg": r.Alg,
		"Context": r.Context, "Client": r.Client, "Method": r.Method, "URL": r.URL, "Body": r.Body, "Form": r.Form, "Req": r.Req,
		"FieldKey": r.FieldKey, "FieldValue": r.FieldValue, "Path": r.Path, "Result": r.Result,
	}
	for i, e := range r.Flow {
		out[fmt.Sprintf("Flow[%d].From", i)], out[fmt.Sprintf("Flow[%d].To", i)] = e.From, e.To
	}
	return out
}
