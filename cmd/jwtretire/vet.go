package main

import (
	"bytes"
	"flag"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/fixer"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/drive"
	asked "jwtretire.example/internal/settings"
	"jwtretire.example/internal/unit"
	"jwtretire.example/internal/valueflow"
)

// vetMain runs the protocol of the go command. It ends the process.
func vetMain(call *unit.Call) {
	fs := flag.NewFlagSet("jwtretire", flag.ContinueOnError)
	asked.Flags(fs, "all")
	var imports func([]string) (types.Importer, error)
	fixing := false
	var notes []string
	analyzer := fixer.With(asked.Adjusted(func(s *asked.Settings) {
		s.Outcome, s.Rule, s.Imports = fixing, true, imports
		s.Incomplete = func(place, limit string) {
			notes = append(notes, place+": not analysed completely: "+limit)
		}
	}))
	call.Main(unit.Options{Analyzer: analyzer, Flags: fs, Salt: salt, Notes: func() []string { return notes }, PassesOn: passesOn, Begin: func(fix bool, types func([]string) (types.Importer, error)) {
		fixing, imports = fix, types
	}})
}

// passesOn reports whether a package adds nothing to the facts of its imports.
func passesOn(files []*ast.File, facts *drive.Facts) bool {
	var below []*valueflow.Fact
	facts.Each(func(_ string, fact analysis.Fact) {
		if f, ok := fact.(*valueflow.Fact); ok {
			below = append(below, f)
		}
	})
	return valueflow.PassesOn(files, below)
}

// salt returns the inputs of diagnostics and fixes besides the package: the configuration, and the go.mod that
// must require golang.org/x/oauth2. Without it, the go command would show cached results after a change of
// these.
func salt() []byte {
	var out bytes.Buffer
	for dir, err := os.Getwd(); err == nil; {
		for _, name := range []string{config.FileName, "go.mod", "go.work"} {
			if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				out.WriteString(name + "\n")
				out.Write(b)
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return out.Bytes()
}
