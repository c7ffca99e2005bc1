package unit

import (
	"archive/zip"
	"cmp"
	"encoding/json"
	"fmt"
	"go/token"
	"os"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/legible"
	"jwtretire.example/internal/load"
)

// The JSON of x/tools, which the go command reads.
type (
	jsonDiagnostic struct {
		Category       string        `json:"category,omitempty"`
		Posn           string        `json:"posn"`
		End            string        `json:"end"`
		Message        string        `json:"message"`
		SuggestedFixes []jsonFix     `json:"suggested_fixes,omitempty"`
		Related        []jsonRelated `json:"related,omitempty"`
	}
	jsonFix struct {
		Message string     `json:"message"`
		Edits   []jsonEdit `json:"edits"`
	}
	jsonEdit struct {
		Filename string `json:"filename"`
		Start    int    `json:"start"`
		End      int    `json:"end"`
		New      string `json:"new"`
	}
	jsonRelated struct {
		Posn    string `json:"posn"`
		End     string `json:"end"`
		Message string `json:"message"`
	}
	jsonError struct {
		Err string `json:"error"`
	}
)

// tree renders a result; nothing if it is empty. Positions ignore //line directives, as in the stand-alone
// command.
func tree(id, name string, fset *token.FileSet, res drive.PackageResult) ([]byte, error) {
	var v any
	switch {
	case res.Err != nil:
		v = jsonError{res.Err.Error()}
	case len(res.Diagnostics) == 0:
		return nil, nil
	default:
		at := func(pos token.Pos) string { return legible.Line(fset.PositionFor(pos, false).String()) }
		var list []jsonDiagnostic
		for _, d := range res.Diagnostics {
			j := jsonDiagnostic{Category: d.Category, Posn: at(d.Pos), End: at(cmp.Or(d.End, d.Pos)), Message: d.Message}
			for _, f := range d.SuggestedFixes {
				jf := jsonFix{Message: f.Message}
				for _, e := range f.TextEdits {
					start, end := fset.PositionFor(e.Pos, false), fset.PositionFor(cmp.Or(e.End, e.Pos), false)
					jf.Edits = append(jf.Edits, jsonEdit{start.Filename, start.Offset, end.Offset, string(e.NewText)})
				}
				j.SuggestedFixes = append(j.SuggestedFixes, jf)
			}
			for _, r := range d.Related {
				j.Related = append(j.Related, jsonRelated{at(r.Pos), at(cmp.Or(r.End, r.Pos)), r.Message})
			}
			list = append(list, j)
		}
		v = list
	}
	out, err := json.MarshalIndent(map[string]map[string]any{id: {name: v}}, "", "\t")
	return append(out, '\n'), err
}

// fix gives the rewritten files to the go command, or prints their differences. Findings that are not rewritten
// are printed to standard error, because go fix does not show diagnostics.
func (c *config) fix(m mode, p *load.Package, res drive.PackageResult) error {
	if res.Err != nil {
		return res.Err
	}
	var edits []analysis.TextEdit
	for _, d := range res.Diagnostics {
		if len(d.SuggestedFixes) > 0 {
			edits = append(edits, d.SuggestedFixes[0].TextEdits...)
		} else if !c.VetxOnly {
			fmt.Fprintf(os.Stderr, "%s: %s\n", legible.Line(p.Fset.PositionFor(d.Pos, false).String()), d.Message)
		}
	}
	files, err := rewrite(p, edits)
	if err != nil {
		return err
	}
	if m.diff {
		var diff strings.Builder
		for _, name := range p.Files {
			if now, ok := files[name]; ok {
				diff.WriteString(udiff.Unified(name+" (old)", name+" (new)", string(p.Source[name]), string(now)))
			}
		}
		return c.print([]byte(diff.String()))
	}
	if len(files) == 0 || c.FixArchive == "" {
		// Without an archive the go command caches nothing, so the reasons appear in the next run, too.
		return c.print(nil)
	}
	if err := archive(c, p.Files, files); err != nil {
		return fmt.Errorf("the archive of fixes: %w", err)
	}
	return c.print(nil)
}

// unfixed reports whether there is a finding without a fix.
func unfixed(res drive.PackageResult) bool {
	return slices.ContainsFunc(res.Diagnostics, func(d analysis.Diagnostic) bool { return len(d.SuggestedFixes) == 0 })
}

// rewrite applies edits. Two of them are either equal or do not overlap.
func rewrite(p *load.Package, edits []analysis.TextEdit) (map[string][]byte, error) {
	byFile := map[string][]udiff.Edit{}
	for _, e := range edits {
		start, end := p.Fset.PositionFor(e.Pos, false), p.Fset.PositionFor(cmp.Or(e.End, e.Pos), false)
		edit := udiff.Edit{Start: start.Offset, End: end.Offset, New: string(e.NewText)}
		if !slices.Contains(byFile[start.Filename], edit) {
			byFile[start.Filename] = append(byFile[start.Filename], edit)
		}
	}
	files := map[string][]byte{}
	for name, list := range byFile {
		now, err := udiff.ApplyBytes(p.Source[name], list)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = now
	}
	return files, nil
}

// archive writes the zip file with whole files that the go command unpacks after the run.
func archive(c *config, names []string, files map[string][]byte) (err error) {
	f, err := os.Create(c.FixArchive)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	zw := zip.NewWriter(f)
	for _, name := range slices.Sorted(slices.Values(names)) {
		now, ok := files[name]
		if !ok {
			continue
		}
		w, err := zw.Create(name)
		if err != nil {
			return err
		}
		if _, err := w.Write(now); err != nil {
			return err
		}
	}
	return zw.Close()
}
