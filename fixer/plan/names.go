package plan

import (
	"go/ast"
	"strconv"
	"strings"
)

const (
	oauth2Path            = "golang.org/x/oauth2"
	clientCredentialsPath = "golang.org/x/oauth2/clientcredentials"
)

// freshName returns the first of the wishes that means nothing in d: no variable, parameter, import
// or declaration of the package is called so, and none inside d hides it.
func freshName(ix *Index, d *fn, taken map[string]bool, wishes ...string) string {
	used := map[string]bool{}
	var top ast.Node = d.node
	if o := ix.outer(d.file, d.body); o != nil {
		top = o.node
	}
	ast.Inspect(top, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	for _, spec := range d.file.syntax.Imports {
		if spec.Name != nil {
			used[spec.Name.Name] = true
			continue
		}
		path, _ := strconv.Unquote(spec.Path.Value)
		used[path[strings.LastIndexByte(path, '/')+1:]] = true
	}
	free := func(name string) bool {
		return !used[name] && !taken[name] && d.file.pkg.Types.Scope().Lookup(name) == nil
	}
	for _, w := range wishes {
		if free(w) {
			return w
		}
	}
	for i := 2; ; i++ {
		if name := wishes[0] + strconv.Itoa(i); free(name) {
			return name
		}
	}
}

// oneLine shortens source for a message.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 70 {
		s = s[:67] + "..."
	}
	return s
}

// speaksOfMillis reports whether a comment is about the unit that expires_in had.
func speaksOfMillis(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "millisec") || strings.Contains(text, " ms ") || strings.HasSuffix(strings.TrimRight(text, ". \n"), " ms") || strings.Contains(text, "1000")
}
