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

// Why says who silenced a finding, and for what reason.
type Why struct {
	By     string // "jwtretire:ignore", "lint:ignore", "nolint", "config"
	Reason string // may be empty for nolint only
	File   string // where it is said; absolute
	Line   int
	Until  string // YYYY-MM-DD, "" for no end
}

// A Directive is one comment that silences findings.
type Directive struct {
	Style  string // "jwtretire:ignore", "lint:ignore", "lint:file-ignore", "nolint"
	Reason string
	File   string
	Line   int
	Column int

	From, To int // the lines it is about, inclusive; To is 0 for a whole file

	Problem string // why it is not in force, "" if it is
	Used    bool   // set by Match
}

// Why returns the directive as the reason of a suppression.
func (d *Directive) Why() *Why {
	return &Why{By: d.Style, Reason: d.Reason, File: d.File, Line: d.Line}
}

// covers reports whether the directive is about a line of its file.
func (d *Directive) covers(line int) bool {
	return d.From <= line && (d.To == 0 || line <= d.To)
}

// Directives are those of any number of files.
type Directives []Directive

// A Problem is something wrong with a suppression: with a directive, or with an entry of the
// configuration. It has a position and is reported like a finding, but is none.
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

// In returns the directives of a file.
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

// Match returns the first directive in force that is about one of the places, nil if there is none.
// A finding has several places: the exchange, and whatever position it is reported at. Match marks
// the directive as used.
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

// Problems returns what is wrong with the directives. With stale, directives of the tool's own
// kind that matched nothing are problems too; ask for that only after every finding was matched.
// A nolint or lint:ignore may be there for a tool that is stricter, so it is never stale here.
func (ds Directives) Problems(stale bool) []Problem {
	var out []Problem
	for _, d := range ds {
		switch {
		case d.Problem != "":
			out = append(out, Problem{d.File, d.Line, d.Column, d.Problem})
		case stale && !d.Used && d.Style == styleOwn:
			out = append(out, Problem{d.File, d.Line, d.Column, fmt.Sprintf("//%s silences nothing here; delete it", d.Style)})
		}
	}
	return out
}
