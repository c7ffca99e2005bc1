// Package suppress reads the comments that suppress a finding:
//
//	//jwtretire:ignore reason              the tool's own directive; the reason is required
//	//lint:ignore jwtretire reason         as staticcheck reads it; the reason is required
//	//lint:file-ignore jwtretire reason    the same for the whole file
//	//nolint:jwtretire // why              as golangci-lint reads it; the reason is optional
//
// A directive stands on the line of the finding, on the line above, or in the doc comment of the
// function that holds it. Before the package clause it applies to the whole file.
//
// A directive without its required reason has no effect and is a [Problem]: without a reason, nobody
// can decide later whether it is still needed.
package suppress

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"

	"jwtretire.example/analyzer/source"
)

// Rule is the name that directives of other tools use for this one.
const Rule = "jwtretire"

// A Why is the origin of a suppression, with its reason.
type Why struct {
	By     string // "jwtretire:ignore", "lint:ignore", "nolint", "config"
	Reason string // may be empty for nolint only
	File   string // of the directive or entry; absolute
	Line   int
	Until  string // YYYY-MM-DD, "" for no end
}

// A Directive is one comment that suppresses findings.
type Directive struct {
	Style  string // "jwtretire:ignore", "lint:ignore", "lint:file-ignore", "nolint"
	Reason string
	File   string
	Line   int
	Column int

	From, To int // the lines that it applies to, inclusive; To is 0 for a whole file

	Problem string // why it has no effect, "" if it has
	Used    bool   // set by Match
}

// Why returns the directive as the reason of a suppression.
func (d *Directive) Why() *Why {
	return &Why{By: d.Style, Reason: d.Reason, File: d.File, Line: d.Line}
}

// covers reports whether the directive applies to a line of its file.
func (d *Directive) covers(line int) bool {
	return d.From <= line && (d.To == 0 || line <= d.To)
}

// Directives are the directives of any number of files.
type Directives []Directive

// A Problem is an error in a directive or in an entry of the configuration. It has a position and is reported
// like a finding, but does not count as one.
type Problem struct {
	File    string // absolute
	Line    int
	Column  int
	Message string
}

// Find returns the directives of the files, in the order of the files. The files must have been
// parsed with comments.
func Find(fset *token.FileSet, files []*ast.File) Directives {
	var all Directives
	for _, file := range files {
		all = append(all, findFile(fset, file)...)
	}
	return all
}

// In returns the directives of a file, as far as it parses.
func In(name string, src []byte) Directives {
	if !bytes.Contains(src, []byte(styleOwn)) && !bytes.Contains(src, []byte(styleLint)) && !bytes.Contains(src, []byte(styleLintFile)) && !bytes.Contains(src, []byte(styleNolint)) {
		return nil
	}
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, name, src, parser.ParseComments|parser.AllErrors|parser.SkipObjectResolution)
	if file == nil {
		return nil
	}
	return findFile(fset, file)
}

// Match returns the first valid directive for one of the places, nil if there is none, and marks it as used. A
// finding has several places: the exchange, and every position at which it is reported.
func (ds Directives) Match(places ...source.Span) *Directive {
	for i := range ds {
		d := &ds[i]
		if d.Problem != "" {
			continue
		}
		for _, p := range places {
			if !p.IsZero() && p.File == d.File && d.covers(p.Line) {
				d.Used = true
				return d
			}
		}
	}
	return nil
}

// Problems returns the problems of the directives. With stale, unused directives of the form jwtretire:ignore
// are problems, too. Set it only after Match was called for every finding. A nolint or lint:ignore is never
// stale, because another tool may need it.
func (ds Directives) Problems(stale bool) []Problem {
	var out []Problem
	for _, d := range ds {
		switch {
		case d.Problem != "":
			out = append(out, Problem{d.File, d.Line, d.Column, d.Problem})
		case stale && !d.Used && d.Style == styleOwn:
			out = append(out, Problem{d.File, d.Line, d.Column, fmt.Sprintf("//%s suppresses no finding; delete it", d.Style)})
		}
	}
	return out
}
