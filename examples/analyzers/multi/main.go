// Multi runs all analyzers of jwtretire beside those of others.
package main

import (
	"golang.org/x/tools/go/analysis/multichecker"
	"golang.org/x/tools/go/analysis/passes/printf"

	"jwtretire.example/analyzer/assertion"
	"jwtretire.example/analyzer/exchange"
	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/keyload"
	"jwtretire.example/fixer"
)

func main() {
	multichecker.Main(fixer.Analyzer, flow.Analyzer, keyload.Analyzer, assertion.Analyzer, exchange.Analyzer, printf.Analyzer)
}
