// Package report renders a ledger: as text for people, as JSON for scripts, as SARIF 2.1.0 for code
// scanning, and as annotations for GitHub's runners.
//
// All formats say the same: which findings are listed, their status and their reasons come from the
// ledger alone. Free text passes through one guard, which blanks whatever looks like key material:
// no analyzer puts any there, and a report is too public a place to rely on that.
package report

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"jwtretire.example/internal/ledger"
)

// message.Rule is the id of the one rule that this tool has.
const Rule = "jwtretire"

// Options are what a renderer needs beside the ledger.
type Options struct {
	Dir         string // absolute; file names are given relative to it
	All         bool   // also list what is neither to be retired nor opted in
	ToolVersion string
	Color       bool        // text only
	Mode        ledger.Mode // under Fix the files on disk are no longer those that were analysed
}

// Formats lists the names that Render takes.
var Formats = []string{"text", "json", "sarif", "github"}

var renderers = map[string]func(*bytes.Buffer, *ledger.Ledger, Options) error{
	"text":   renderText,
	"json":   renderJSON,
	"sarif":  renderSARIF,
	"github": renderGitHub,
}

// Render writes the ledger in a format, in one call of Write. Text and GitHub write nothing where
// there is nothing to list.
func Render(w io.Writer, format string, l *ledger.Ledger, opts Options) error {
	render, ok := renderers[format]
	if !ok {
		return fmt.Errorf("unknown format %q: use one of %s", format, strings.Join(Formats, ", "))
	}
	var buf bytes.Buffer
	if err := render(&buf, l, opts); err != nil {
		return fmt.Errorf("writing the %s report: %w", format, err)
	}
	if buf.Len() == 0 {
		return nil
	}
	if _, err := w.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("writing the %s report: %w", format, err)
	}
	return nil
}

// rel returns a file's name relative to the directory, with slashes. A file on another volume
// keeps its absolute name.
func (o Options) rel(file string) string {
	if file == "" {
		return ""
	}
	if o.Dir != "" && filepath.IsAbs(file) {
		if r, err := filepath.Rel(o.Dir, file); err == nil {
			file = r
		}
	}
	return filepath.ToSlash(file)
}
