// Plainvet is a trivial vet tool with facts: what the go command's protocol costs a tool that does
// not leave early.
package main

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
)

type seen struct{}

func (*seen) AFact() {}

var analyzer = &analysis.Analyzer{
	Name:      "plain",
	Doc:       "export a fact for packages that call SignedString",
	FactTypes: []analysis.Fact{new(seen)},
	Run: func(pass *analysis.Pass) (any, error) {
		for _, f := range pass.Files {
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "SignedString" {
					pass.ExportPackageFact(new(seen))
				}
				return true
			})
		}
		return nil, nil
	},
}

func main() { unitchecker.Main(analyzer) }
