// Package report renders a ledger: as text for people, as JSON for scripts, as SARIF 2.1.0 for code scanning, as
// annotations for GitHub's runners, as a page for a browser, as a table for spreadsheets.
//
// It makes a document of the ledger. All formats are rendered from the document only, so they agree, whether the document is
// new, cached by an earlier run, or merged from many ledgers. On its way into the document, free text passes one filter, which
// blanks possible key material.
package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"jwtretire.example/internal/document"
	"jwtretire.example/internal/report/csv"
	"jwtretire.example/internal/report/github"
	"jwtretire.example/internal/report/html"
	"jwtretire.example/internal/report/sarif"
	"jwtretire.example/internal/report/text"
)

// Options are the settings of renderers.
type Options struct {
	Text  text.Options
	SARIF sarif.Options
}

// Formats lists the formats of Render.
var Formats = []string{"text", "json", "sarif", "github", "html", "csv"}

var renderers = map[string]func(io.Writer, *document.Document, Options) error{
	"text":  func(w io.Writer, d *document.Document, o Options) error { return text.Render(w, legibly(d), o.Text) },
	"json":  func(w io.Writer, d *document.Document, _ Options) error { return d.Write(w) },
	"sarif": func(w io.Writer, d *document.Document, o Options) error { return sarif.Render(w, d, o.SARIF) },
	"github": func(w io.Writer, d *document.Document, o Options) error {
		return github.Render(w, legibly(d), o.Text.All)
	},
	"html": func(w io.Writer, d *document.Document, _ Options) error { return html.Render(w, legibly(d)) },
	"csv":  func(w io.Writer, d *document.Document, _ Options) error { return csv.Render(w, legibly(d)) },
}

// Render writes the document in a format. In the formats text and github, nothing is written if there is
// nothing to list. An error is an unknown format or a failed write.
func Render(w io.Writer, format string, d *document.Document, opts Options) error {
	render, ok := renderers[format]
	if !ok {
		return fmt.Errorf("unknown format %q: use one of %s", format, strings.Join(Formats, ", "))
	}
	if err := render(w, d, opts); err != nil {
		return fmt.Errorf("writing the %s report: %w", format, err)
	}
	return nil
}

// Explain writes all data of one finding as text.
func Explain(w io.Writer, d *document.Document, style text.Style) error {
	return text.Explain(w, legibly(d), style)
}

// Bytes is Render to memory.
func Bytes(format string, d *document.Document, opts Options) ([]byte, error) {
	var b bytes.Buffer
	if err := Render(&b, format, d, opts); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
