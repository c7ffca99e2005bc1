package tabletest

import (
	"go/types"
	"strings"
	"testing"

	"jwtretire.example/fixer/httpclient"
)

// Types, methods and functions that a row of fixer/httpclient names exist. Without the package, nothing is known.
func TestEveryHTTPClientIsReal(t *testing.T) {
	pkgs := load(t)
	for _, l := range httpclient.All() {
		if l.Why != "" {
			continue
		}
		t.Run(l.Name, func(t *testing.T) {
			var of []*types.Package
			for path, p := range pkgs {
				if httpclient.OfPackage(path) == l {
					of = append(of, p)
				}
			}
			if len(of) != 1 {
				t.Fatalf("%d packages stand for this row", len(of))
			}
			p := of[0]
			has := func(typ string, names ...string) {
				obj := p.Scope().Lookup(typ[strings.LastIndexByte(typ, '.')+1:])
				if obj == nil {
					t.Fatalf("%s has no %s", p.Path(), typ)
				}
				for _, name := range names {
					if m, _, _ := types.LookupFieldOrMethod(obj.Type(), true, p, name); m == nil {
						t.Errorf("%s has no %s", typ, name)
					}
				}
			}
			if l.Request != "" {
				for _, names := range [][]string{l.Sends, l.Receives, l.Form, l.Result, l.Failure, l.Header, l.Context, l.Through, l.URL} {
					has(l.Request, names...)
				}
			}
			if l.Client != "" {
				for _, names := range [][]string{l.Requests, l.Carried, l.Base, l.Headers, l.Gets, l.Zero} {
					has(l.Client, names...)
				}
				has(l.Client, strings.TrimSuffix(strings.TrimPrefix(l.Standard, "."), "()"))
			}
			for name := range l.Answer {
				has(l.Response, name)
			}
			for _, name := range l.Makes {
				if p.Scope().Lookup(name[strings.LastIndexByte(name, '.')+1:]) == nil {
					t.Errorf("%s is not there", name)
				}
			}
			for _, name := range l.ByDo {
				has("Client", name, "Do")
			}
		})
	}
}
