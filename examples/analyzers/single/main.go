// Single runs the analyzer of jwtretire as a command of its own.
package main

import (
	"golang.org/x/tools/go/analysis/singlechecker"

	"jwtretire.example/fixer"
)

func main() { singlechecker.Main(fixer.Analyzer) }
