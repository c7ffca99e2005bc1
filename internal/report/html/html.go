// Package html writes a report as one page for a browser: no external resources, no framework, readable without scripts.
//
// The collapsible parts of a finding are in a noscript element. A browser with scripts parses it as one
// text node, and a script makes elements of it when the user opens the finding: so a page with 5,000 findings opens quickly. A
// browser without scripts parses the elements directly. All contents are escaped by html/template.
package html

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"

	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/document"
)

//go:embed page.gohtml
var source string

//go:embed style.css
var style string

//go:embed script.js
var script string

// templates are parsed for the first page, because most runs write none.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{"blocks": blocks}).Parse(source))
})

// A block is a paragraph of a page of a code, or a list.
type block struct {
	Runs  []codes.Run
	Items []codes.Block
}

// blocks groups the items of a list.
func blocks(text string) []block {
	var out []block
	for _, b := range codes.Blocks(text) {
		switch {
		case !b.Item:
			out = append(out, block{Runs: b.Runs})
		case len(out) > 0 && out[len(out)-1].Items != nil:
			out[len(out)-1].Items = append(out[len(out)-1].Items, b)
		default:
			out = append(out, block{Items: []codes.Block{b}})
		}
	}
	return out
}

// policy is the Content-Security-Policy of a page: it loads nothing, and allows only the style and the script
// of this package.
func policy() string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; style-src " + hash(style) + "; script-src " + hash(script) + "; base-uri 'none'; form-action 'none'"
}

// Render writes the page. It iterates over findings and patches in parallel, so memory has those of one run at
// a time. The error is that of the document or of w.
func Render(w io.Writer, d *document.Document) error {
	t := templates()
	out := bufio.NewWriterSize(w, 64<<10)
	head, err := overview(d)
	if err != nil {
		return err
	}
	head.Policy = policy()
	head.Style, head.Script = template.CSS(style), template.JS(script)
	if err := t.ExecuteTemplate(out, "head", head); err != nil {
		return err
	}
	next, stop := iter.Pull2(d.Patch)
	defer stop()
	p := &patches{next: next}
	run := -1
	for f, err := range d.Findings {
		if err != nil {
			return err
		}
		if f.Run != run {
			if err := p.shared(out, t); err != nil {
				return err
			}
			run = f.Run
			if err := p.of(run); err != nil {
				return err
			}
			if head.Many {
				if err := t.ExecuteTemplate(out, "run", d.Of(run)); err != nil {
					return err
				}
			}
		}
		if err := t.ExecuteTemplate(out, "finding", see(f, d, p)); err != nil {
			return err
		}
	}
	if err := p.shared(out, t); err != nil {
		return err
	}
	if err := t.ExecuteTemplate(out, "tail", head); err != nil {
		return err
	}
	return out.Flush()
}

// A patches has the patches of one run.
type patches struct {
	next  func() (*document.FilePatch, error, bool)
	ahead *document.FilePatch
	files []*document.FilePatch
	uses  map[string]int // by file: the number of findings that show it
}

// of advances to a run.
func (p *patches) of(run int) error {
	p.files, p.uses = nil, map[string]int{}
	for {
		if p.ahead == nil {
			f, err, ok := p.next()
			if err != nil {
				return err
			}
			if !ok {
				p.order()
				return nil
			}
			p.ahead = f
		}
		if p.ahead.Run > run {
			p.order()
			return nil
		}
		if p.ahead.Run == run {
			p.files = append(p.files, p.ahead)
		}
		p.ahead = nil
	}
}

// order sorts Go files first, because they cause the changes of others.
func (p *patches) order() {
	slices.SortStableFunc(p.files, func(a, b *document.FilePatch) int {
		return cmp.Compare(rank(a.File), rank(b.File))
	})
}

func rank(file string) int {
	if strings.HasSuffix(file, ".go") {
		return 0
	}
	return 1
}

// shared writes the files that no finding has shown.
func (p *patches) shared(w io.Writer, t *template.Template) error {
	var rest []side
	for _, f := range p.files {
		if p.uses[f.File] == 0 {
			rest = append(rest, sides(f))
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return t.ExecuteTemplate(w, "shared", rest)
}
