package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/report/sarif"
	"jwtretire.example/internal/report/text"
	"jwtretire.example/internal/repository"
	"jwtretire.example/internal/scan"
	asked "jwtretire.example/internal/settings"
)

// document returns the document of a scan and a fix. files are the changes.
func (c *command) document(res *scan.Result, mode ledger.Mode, files []patch.File) (*document.Document, error) {
	c.relativePaths(res.Ledger)
	var modules []string
	for _, p := range res.Platforms {
		for _, pkg := range p.Load.Packages {
			if pkg.Module != nil && !slices.Contains(modules, pkg.Module.Path) && slices.ContainsFunc(p.Records, func(r *ledger.Record) bool { return pkg.Path == r.Flow.Package }) {
				modules = append(modules, pkg.Module.Path)
			}
		}
	}
	slices.Sort(modules)
	return report.Document(res.Ledger, report.Facts{
		Dir: c.dir, All: c.all, Mode: mode, Version: version(), Files: files, Run: document.Run{Modules: modules},
		Text: c.source(res.Ledger, files),
	})
}

// source returns a function for the analysed contents of files: from the ledger, from the old contents of
// changed files, or from the disk, because other files have not changed.
func (c *command) source(l *ledger.Ledger, files []patch.File) func(string) []byte {
	return func(name string) []byte {
		if l != nil && l.Source[name] != nil {
			return l.Source[name]
		}
		for _, f := range files {
			if f.Path == name {
				return f.Old
			}
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil
		}
		return text
	}
}

// present writes a document and returns the exit code. If there is nothing to list, it prints the number of
// blind spots on standard error, because no output would mean a clean result.
func (c *command) present(d *document.Document, code int) (int, error) {
	c.frame(d)
	said := false
	err := c.emit(func(w io.Writer) error {
		return report.Render(&noting{w, &said}, c.format, d, c.reportOptions())
	})
	if err != nil {
		return exitError, err
	}
	if !said {
		if err := c.noteBlindSpots(d); err != nil {
			return exitError, err
		}
	}
	return code, nil
}

// A noting writer records whether something was written.
type noting struct {
	io.Writer
	said *bool
}

func (n *noting) Write(b []byte) (int, error) {
	*n.said = *n.said || len(b) > 0
	return n.Writer.Write(b)
}

// noteBlindSpots prints one sentence about the blind spots.
func (c *command) noteBlindSpots(d *document.Document) error {
	count := map[string]int{}
	var order []string
	for b, err := range d.BlindSpots {
		if err != nil {
			return err
		}
		if count[b.Kind] == 0 {
			order = append(order, b.Kind)
		}
		count[b.Kind]++
	}
	if len(order) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(c.stderr, "jwtretire: %s\n", text.Spots(order, count))
	return err
}

// frame adds the place and time of the run to a document. They do not depend on the scanned code, so they are
// not in the cache.
func (c *command) frame(d *document.Document) {
	repo := repository.At(c.dir)
	run := &d.Runs[0]
	run.Repository, run.Revision, run.Directory = repo.Remote, repo.Revision, repo.Prefix(c.dir)
	run.Time = now().UTC().Format(time.RFC3339)
	run.Tool = document.Tool{Name: "jwtretire", Version: version()}
	if c.config != nil && c.config.File != "" {
		if text, err := os.ReadFile(c.config.File); err == nil {
			sum := sha256.Sum256(text)
			run.Configuration = hex.EncodeToString(sum[:])
		}
	}
	c.hostRoot = repo.Top
	if c.hostRoot == "" {
		c.hostRoot = c.dir
	}
	findings := d.Findings
	d.Findings = func(yield func(*document.Finding, error) bool) {
		for f, err := range findings {
			if err == nil {
				f.Owners = append([]string{}, repo.Owners(c.absolute(f.Position.File))...)
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// now is the time of a report. SOURCE_DATE_EPOCH sets it (reproducible-builds.org).
func now() time.Time {
	if s := os.Getenv("SOURCE_DATE_EPOCH"); s != "" {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return time.Unix(n, 0)
		}
	}
	return time.Now()
}

// absolute returns the absolute path of a file in a document of this run.
func (c *command) absolute(file string) string {
	if filepath.IsAbs(filepath.FromSlash(file)) {
		return filepath.FromSlash(file)
	}
	return filepath.Join(c.dir, filepath.FromSlash(file))
}

func (c *command) reportOptions() report.Options {
	style := text.Style{Color: c.colored(), Width: width(c.stdout)}
	if c.output != "" {
		style.Width = 0
	}
	read := c.source(c.analysed, c.changed)
	return report.Options{
		Text: text.Options{Style: style, All: c.all, Verbose: c.verbose},
		SARIF: sarif.Options{Root: c.hostRoot, Text: func(_ int, file string) []byte {
			return read(c.absolute(file))
		}},
	}
}

// proposed returns the scopes that a rewrite of a flow requests, none if they are not decided.
func (c *command) proposed(f *flow.Flow) []string {
	if list := asked.List(c.scopes); len(list) > 0 {
		return list
	}
	if list, ok := c.config.ScopesFor(f.Provider, f.Metascopes); ok {
		return list
	}
	if known := provider.ScopesFor(f.Metascopes); known.Known && len(f.Metascopes) > 0 {
		return known.List
	}
	return nil
}

// emit writes to the file of -o, or to standard output.
func (c *command) emit(write func(io.Writer) error) error {
	if c.output == "" {
		return write(c.stdout)
	}
	if err := replace(c.output, write); err != nil {
		return fmt.Errorf("-o %s: %w", c.output, err)
	}
	return nil
}

// write is emit for bytes.
func (c *command) write(b []byte) error {
	return c.emit(func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}
