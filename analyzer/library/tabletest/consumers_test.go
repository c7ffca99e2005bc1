package tabletest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/slice"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/drive"
	loader "jwtretire.example/internal/load"
	"jwtretire.example/internal/settings"
)

// onTheWay are the roles between a key and an assertion: what has one of them has no use once a client secret is sent.
var onTheWay = map[library.Role]bool{
	library.Load: true, library.Parse: true, library.Signer: true, library.Claims: true, library.SetClaim: true,
	library.SigningInput: true, library.Sign: true, library.SignRaw: true, library.Pass: true,
}

// TestConsumers holds all readers of the table against it: for every row on the way from key to assertion, a program with
// one call of the function is found, and nothing of the call is left in the rewritten program, unless the row says that
// others see its effect; then nothing of it is lost.
func TestConsumers(t *testing.T) {
	pkgs := load(t)
	tried := 0
	for _, row := range library.All() {
		if !onTheWay[row.Role] {
			continue
		}
		for _, p := range versions(pkgs, row.Pkg, row.Min, row.Max) {
			fn := function(p, row)
			if fn == nil {
				continue // TestEveryRowIsReal says so
			}
			src, ok := program(row, fn)
			if !ok {
				continue
			}
			tried++
			t.Run(p.Path()+"."+strings.TrimPrefix(row.FullName(), row.Pkg+"."), func(t *testing.T) { consume(t, row, src) })
		}
	}
	if tried < 300 {
		t.Errorf("only %d programs", tried)
	}
}

// consume rewrites a program and looks what is left of the call.
func consume(t *testing.T, row *library.Func, src string) {
	pkg := checked(t, src)
	results, err := drive.Run([]*loader.Package{pkg}, flow.With(settings.Fixed(settings.Settings{Config: &config.Config{}})))
	if err != nil || results[0].Err != nil {
		t.Fatal(err, results[0].Err)
	}
	flows := results[0].Result.(*flow.Result).Flows
	if len(flows) != 1 {
		t.Fatalf("%d flows in\n%s", len(flows), src)
	}
	if isStep(row) && !slices.ContainsFunc(flows[0].Steps, func(s flow.Step) bool {
		return strings.Contains(src[s.Span.Offset:s.Span.End], "lib."+row.Name+"(") || strings.Contains(src[s.Span.Offset:s.Span.End], "recv."+row.Name+"(")
	}) {
		t.Errorf("no step of the flow is the call (%s): %v\n%s", row.Role, flows[0].Steps, src)
	}
	plans := plan.Make([]*loader.Package{pkg}, flows, decision.Decisions{Scopes: []string{"openid"}})
	if !plans[0].Fixable() {
		t.Fatalf("%s:\n%s", plans[0].Reason, src)
	}
	set := plan.Compose(plans)
	if _, err := slice.Extend(plans[0].Index(), set, slice.Options{Private: func(string) bool { return true }}); err != nil {
		t.Fatal(err)
	}
	files, err := rewrite.Files([]*loader.Package{pkg}, set)
	if err != nil {
		t.Fatal(err)
	}
	after := string(files["/m/main.go"])
	left := strings.Contains(after, "lib."+row.Name+"(") || strings.Contains(after, "recv."+row.Name+"(")
	effect := row.Does()
	if effect == library.Prints {
		effect = library.Pure // its first operand is no stream of the process
	}
	switch {
	case effect.Harmless() && left:
		t.Errorf("the call is left in\n%s", after)
	case !effect.Harmless() && !left:
		t.Errorf("the call has an effect, and is not in\n%s", after)
	}
}

// isStep reports whether the flow of a program must have the call of a row as a step; other calls are only passed through.
func isStep(row *library.Func) bool {
	switch row.Role {
	case library.Sign, library.SignRaw, library.Parse, library.Claims:
		return true
	case library.Load:
		_, result := row.Result.Result()
		return result
	}
	return false
}

// function returns the function of a row in a package, nil if it has none.
func function(p *types.Package, row *library.Func) *types.Func {
	if row.Recv == "" {
		fn, _ := p.Scope().Lookup(row.Name).(*types.Func)
		return fn
	}
	obj, _ := p.Scope().Lookup(row.Recv).(*types.TypeName)
	if obj == nil {
		return nil
	}
	m, _, _ := types.LookupFieldOrMethod(obj.Type(), true, p, row.Name)
	fn, _ := m.(*types.Func)
	return fn
}

// program writes a program with a flow in which the function of a row is called. ok is false if the call cannot be
// written: types that only the library can name, type parameters, no value that goes on.
func program(row *library.Func, fn *types.Func) (src string, ok bool) {
	sig := fn.Signature()
	if sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0 {
		return "", false
	}
	imports := map[string]string{fn.Pkg().Path(): "lib"}
	ok = true
	qualify := func(p *types.Package) string {
		if imports[p.Path()] == "" {
			imports[p.Path()] = fmt.Sprintf("p%d", len(imports))
			ok = ok && !strings.Contains(p.Path(), "internal/")
		}
		return imports[p.Path()]
	}
	var vars []string
	declare := func(name string, t types.Type) {
		ok = ok && named(t)
		vars = append(vars, fmt.Sprintf("\tvar %s %s", name, types.TypeString(t, qualify)))
	}
	call := "lib." + row.Name
	if sig.Recv() != nil {
		t := fn.Pkg().Scope().Lookup(row.Recv).Type()
		if !types.IsInterface(t) {
			t = types.NewPointer(t)
		}
		declare("recv", t)
		call = "recv." + row.Name
	}
	var args []string
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		if sig.Variadic() && i == sig.Params().Len()-1 {
			t = t.(*types.Slice).Elem()
		}
		declare(fmt.Sprintf("a%d", i), t)
		args = append(args, fmt.Sprintf("a%d", i))
	}
	to := row.Result
	for _, e := range row.Flow {
		if to == library.None {
			to = e.To
		}
	}
	out, results := "", []string{}
	for i := range sig.Results().Len() {
		results = append(results, "_")
		if r, isResult := to.Result(); isResult && r == i {
			out, results[i] = "out", "out"
		}
	}
	switch i, _, isArg := to.Arg(); {
	case isArg:
		out = fmt.Sprintf("a%d", i)
	case to == library.Recv:
		out = "recv"
	}
	if out == "" {
		return "", false
	}
	statement := call + "(" + strings.Join(args, ", ") + ")"
	switch {
	case out == "out":
		statement = strings.Join(results, ", ") + " := " + statement
	case len(results) > 0:
		statement = strings.Join(results, ", ") + " = " + statement
	}
	sign := "assertion, err := jwt.New(jwt.SigningMethodRS256).SignedString(" + out + ")"
	switch row.Role {
	case library.Sign, library.SignRaw, library.SigningInput:
		sign = "assertion, err := fmt.Sprint(" + out + "), error(nil)"
	case library.Claims, library.SetClaim:
		sign = "var signer jose.Signer\n\tassertion, err := jose.Signed(signer).Claims(" + out + ").Serialize()"
	}
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n")
	for _, path := range []string{"encoding/json", "errors", "fmt", "net/http", "net/url", "os"} {
		fmt.Fprintf(&b, "\t%q\n", path)
	}
	if strings.Contains(sign, "jwt.") {
		b.WriteString("\t\"github.com/golang-jwt/jwt/v5\"\n")
	}
	if strings.Contains(sign, "jose.") {
		sign = strings.Replace(sign, "jose.Signed", "josejwt.Signed", 1)
		b.WriteString("\t\"github.com/go-jose/go-jose/v4\"\n\tjosejwt \"github.com/go-jose/go-jose/v4/jwt\"\n")
	}
	for path, name := range imports {
		if name != "lib" || strings.Contains(strings.Join(vars, ""), "lib.") || strings.Contains(statement, "lib.") {
			fmt.Fprintf(&b, "\t%s %q\n", name, path)
		}
	}
	fmt.Fprintf(&b, `)

var _ = fmt.Sprint

func sign() (string, error) {
%s
	%s
	%s
	if err != nil {
		return "", err
	}
	return assertion, nil
}
%s`, strings.Join(vars, "\n"), statement, sign, exchange)
	return b.String(), ok
}

// exchange is the rest of every program.
const exchange = `
func token() (string, error) {
	assertion, err := sign()
	if err != nil {
		return "", err
	}
	resp, err := http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt/", url.Values{
		"client_id": {os.Getenv("CLIENT_ID")}, "client_secret": {os.Getenv("CLIENT_SECRET")}, "jwt_token": {assertion},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return "", errors.New(resp.Status)
	}
	var body struct {
		Token string ` + "`json:\"access_token\"`" + `
	}
	err = json.NewDecoder(resp.Body).Decode(&body)
	return body.Token, err
}

func main() {
	println(token())
}
`

// named reports whether another package can write a type.
func named(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return t.Obj().Pkg() == nil || t.Obj().Exported() && t.TypeArgs().Len() == 0
	case *types.Pointer:
		return named(t.Elem())
	case *types.Slice:
		return named(t.Elem())
	case *types.Map:
		return named(t.Key()) && named(t.Elem())
	case *types.Signature, *types.Struct, *types.TypeParam:
		return false
	}
	return true
}

// checked type-checks a program as the loader would.
func checked(t *testing.T, src string) *loader.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "/m/main.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{Importer: imported{}}
	p, err := conf.Check("example.com/m", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	m := &loader.Module{Path: "example.com/m", Dir: "/m"}
	return &loader.Package{
		Path: "example.com/m", Name: "main", Dir: "/m", Module: m, Fset: fset, Files: []string{"/m/main.go"},
		Source: map[string][]byte{"/m/main.go": []byte(src)}, Syntax: []*ast.File{f}, Types: p, Info: info, Sizes: types.SizesFor("gc", "amd64"),
	}
}

// imported are the packages that load has loaded, with all that they import.
type imported struct{}

func (imported) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := everything[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s is not loaded", path)
}
