// Plainvet is a trivial vet tool with facts. It measures the cost of the go command's protocol for a tool without
// an early exit.
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
