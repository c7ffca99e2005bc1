// Package codes has a page for every code that a report can show: statuses, classes, proofs, remarks,
// decisions, blind spots and the reasons why a flow is declined.
//
// A page is one Markdown file, KIND/CODE.md, so a new code is a new file and no line of Go. The pages are what
// jwtretire explain prints, what docs/codes.md is generated from, and what SARIF's rule help and the
// HTML report show. The packages that use the codes define the lists of codes; a test compares
// the pages with these lists.
package codes

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// A Kind is a kind of codes, and the name of the directory with its pages.
type Kind string

const (
	Status    Kind = "status"     // state of a finding
	Class     Kind = "class"      // how much of a rewrite was proved
	Proof     Kind = "proof"      // a property of a rewrite that was proved
	Remark    Kind = "remark"     // a point for the review
	Need      Kind = "need"       // a decision of the user
	Reason    Kind = "reason"     // why a flow is not rewritten
	BlindSpot Kind = "blind-spot" // why a file was not analysed
)

// Kinds lists the kinds in the order of the documentation.
var Kinds = []Kind{Status, Class, Reason, Need, Remark, Proof, BlindSpot}

// A Page explains one code. Its texts are paragraphs and lists ("- ") of Markdown, with `code` as the only
// markup within a line.
type Page struct {
	Kind    Kind
	Code    string
	Title   string  // a few words
	Meaning string  // what it means
	Before  Example // code for which it is reported
	After   Example // the same code after the rewrite, or after the change by hand
	Remedy  string  // what to do
}

// An Example is a piece of source. The zero value means that the page has none.
type Example struct {
	Language string // "go", "yaml" or "console"
	Text     string
}

//go:embed */*.md
var files embed.FS

// pages are all pages by kind, in the order of Kinds, and by code.
var pages = sync.OnceValue(func() []*Page {
	var list []*Page
	for _, kind := range Kinds {
		names, _ := fs.Glob(files, string(kind)+"/*.md")
		slices.Sort(names)
		for _, name := range names {
			text, err := files.ReadFile(name)
			if err != nil {
				panic(err) // the names come from the same file system
			}
			page, err := Parse(kind, strings.TrimSuffix(path.Base(name), ".md"), string(text))
			if err != nil {
				panic(fmt.Sprintf("%s: %v", name, err)) // a test parses every page
			}
			list = append(list, page)
		}
	}
	return list
})

// Pages returns all pages by kind, in the order of Kinds, and by code. The caller must not change them.
func Pages() []*Page { return pages() }

// Of returns the page of a code, nil if there is none.
func Of(kind Kind, code string) *Page {
	for _, p := range pages() {
		if p.Kind == kind && p.Code == code {
			return p
		}
	}
	return nil
}

// Find returns the pages for a name: CODE, or KIND/CODE, because several kinds can have the same code.
func Find(name string) []*Page {
	var out []*Page
	for _, p := range pages() {
		if name == p.Code || name == p.Name() {
			out = append(out, p)
		}
	}
	return out
}

// Parameter is the code of needs that are named after a parameter of the vendor.
const Parameter = "parameter"

// Name is KIND/CODE, which is unique.
func (p *Page) Name() string { return string(p.Kind) + "/" + p.Code }

// Parse parses a page: a title ("# "), the meaning, and the sections Before, After and "What to do". Only the
// last section is required.
func Parse(kind Kind, code, text string) (*Page, error) {
	p := &Page{Kind: kind, Code: code}
	head, body, _ := strings.Cut(text, "\n")
	title, ok := strings.CutPrefix(head, "# ")
	if !ok {
		return nil, fmt.Errorf("the first line is not a title: %q", head)
	}
	p.Title = strings.TrimSpace(title)
	sections := strings.Split("\n"+body, "\n## ")
	p.Meaning = strings.TrimSpace(sections[0])
	for _, s := range sections[1:] {
		name, text, _ := strings.Cut(s, "\n")
		var err error
		switch name = strings.TrimSpace(name); name {
		case "Before":
			p.Before, err = example(text)
		case "After":
			p.After, err = example(text)
		case "What to do":
			p.Remedy = strings.TrimSpace(text)
		default:
			err = fmt.Errorf("unknown section")
		}
		if err != nil {
			return nil, fmt.Errorf("section %q: %w", name, err)
		}
	}
	if p.Title == "" || p.Meaning == "" || p.Remedy == "" {
		return nil, fmt.Errorf("a page needs a title, a meaning and a section \"What to do\"")
	}
	return p, nil
}

// example parses a section that is one fenced block.
func example(text string) (Example, error) {
	text, ok := strings.CutPrefix(strings.TrimSpace(text), "```")
	text, ok2 := strings.CutSuffix(text, "\n```")
	language, text, ok3 := strings.Cut(text, "\n")
	if !ok || !ok2 || !ok3 || strings.Contains(text, "```") {
		return Example{}, fmt.Errorf("an example must be one block between ``` and ```")
	}
	return Example{Language: language, Text: text}, nil
}
