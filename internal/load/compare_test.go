package load

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"jwtretire.example/internal/sift"
)

// What other packages can see of a package is the same whether this package loaded it
// or go/packages: in this project, all that it imports, and so much of the standard library; or in the
// tree that JWTRETIRE_COMPARE names, which has to have something to find (bench/plant).
func TestAgreesWithGoPackages(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks a few hundred packages twice")
	}
	dir := "../.."
	if tree := os.Getenv("JWTRETIRE_COMPARE"); tree != "" {
		dir = tree
	}
	found, err := sift.Tree(context.Background(), sift.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Load(context.Background(), Config{}, found)
	if err != nil {
		t.Fatal(err)
	}
	u := r.universes[0] // of the module itself; the others are those of tests
	for _, other := range r.universes {
		if len(other.units) > len(u.units) {
			u = other
		}
	}

	cfg := &packages.Config{Dir: dir, Mode: packages.LoadAllSyntax}
	var patterns []string
	for _, x := range u.sorted() {
		patterns = append(patterns, x.path)
	}
	roots, err := packages.Load(cfg, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string]*packages.Package{}
	packages.Visit(roots, nil, func(p *packages.Package) { theirs[p.PkgPath] = p })

	objects := 0
	for _, x := range u.sorted() {
		p := theirs[x.path]
		if p == nil || p.Types == nil || len(p.Errors) > 0 || x.path == "unsafe" {
			continue
		}
		if p.Name != x.types.Name() {
			t.Errorf("%s: name %s, want %s", x.path, x.types.Name(), p.Name)
		}
		got, want := exported(x.types), exported(p.Types)
		objects += len(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s differs:\n%s", x.path, difference(got, want))
		}
	}
	t.Logf("%d packages, %d objects", len(u.units), objects)
	if objects < 1000 {
		t.Errorf("only %d objects were compared", objects)
	}
}

// exported lists the exported declarations of a package, with the methods of its types.
func exported(p *types.Package) []string {
	qualify := func(p *types.Package) string { return p.Path() }
	var list []string
	for _, name := range p.Scope().Names() {
		obj := p.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		if sig, ok := obj.Type().(*types.Signature); ok { // a function, or a variable that has one
			list = append(list, name+" "+unnamed(sig, qualify))
			continue
		}
		list = append(list, types.ObjectString(obj, qualify))
		if c, ok := obj.(*types.Const); ok {
			list = append(list, name+" = "+c.Val().ExactString())
		}
		if _, ok := obj.(*types.TypeName); !ok {
			continue
		}
		set := types.NewMethodSet(types.NewPointer(obj.Type()))
		for m := range set.Methods() {
			if m.Obj().Exported() {
				list = append(list, "method ("+types.TypeString(m.Recv(), qualify)+") "+m.Obj().Name()+unnamed(m.Type().(*types.Signature), qualify))
			}
		}
	}
	return list
}

// unnamed prints a signature without the names of its parameters, which dependencies do not keep.
func unnamed(sig *types.Signature, qualify types.Qualifier) string {
	without := func(t *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range t.Variables() {
			vars = append(vars, types.NewParam(token.NoPos, v.Pkg(), "", v.Type()))
		}
		return types.NewTuple(vars...)
	}
	return types.TypeString(types.NewSignatureType(nil, nil, nil, without(sig.Params()), without(sig.Results()), sig.Variadic()), qualify)
}

func difference(got, want []string) string {
	var b strings.Builder
	for _, s := range got {
		if !slices.Contains(want, s) {
			fmt.Fprintln(&b, "  got ", s)
		}
	}
	for _, s := range want {
		if !slices.Contains(got, s) {
			fmt.Fprintln(&b, "  want", s)
		}
	}
	return b.String()
}
