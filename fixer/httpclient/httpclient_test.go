package httpclient

import (
	"go/types"
	"strings"
	"testing"
)

// A row has a name, a path and either a reason to decline or a way to an *http.Client; its types and functions are those of its package.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range All() {
		if l.Name == "" || l.Path == "" || seen[l.Name] {
			t.Errorf("%q: no name, no path, or there twice", l.Name)
		}
		seen[l.Name] = true
		if ways := l.Standard != "" || len(l.Through) > 0 || len(l.ByDo) > 0; ways == (l.Why != "") {
			t.Errorf("%s: a row says how oauth2 gets the client, or why it does not", l.Name)
		}
		if l.Request != "" && len(l.Sends) == 0 || (l.Response != "") != (l.Answer != nil) {
			t.Errorf("%s: a request that nothing sends, or an answer without accessors", l.Name)
		}
		for _, name := range append([]string{l.Request, l.Client, l.Response}, l.Makes...) {
			if name != "" && !strings.HasPrefix(strings.TrimPrefix(name, "*"), l.Path+".") {
				t.Errorf("%s: %s is of another package", l.Name, name)
			}
		}
	}
}

func TestFind(t *testing.T) {
	named := func(path, name string) types.Type {
		pkg := types.NewPackage(path, "p")
		return types.NewPointer(types.NewNamed(types.NewTypeName(0, pkg, name, nil), types.NewStruct(nil, nil), nil))
	}
	name := func(l *Library) string {
		if l == nil {
			return ""
		}
		return l.Name
	}
	for _, c := range []struct{ got, want string }{
		{name(OfRequest(named(resty, "Request"))), "resty"},
		{name(OfClient(named(resty, "Client"))), "resty"},
		{name(OfResponse(named(resty, "Response"))), "resty"},
		{name(OfRequest(named("github.com/dghubble/sling", "Sling"))), "sling"},
		{name(OfClient(named(retryable, "Client"))), "retryablehttp"},
		{name(OfRequest(named(resty, "Client"))), ""},
		{name(OfRequest(named("github.com/go-resty/resty", "Request"))), ""},
		{name(OfClient(nil)), ""},
		{name(OfPackage("github.com/gojek/heimdall/v7/httpclient")), "heimdall"},
		{name(OfPackage("github.com/imroc/req/v3")), "req"},
		{name(OfPackage("github.com/imroc/request")), ""},
		{name(OfPackage("github.com/valyala/fasthttp")), "fasthttp"},
		{name(OfPackage("net/http")), ""},
		{name(OfFunc(nil)), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
