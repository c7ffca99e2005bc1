package unit

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/types"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/heap"
	"jwtretire.example/internal/legible"
	"jwtretire.example/internal/load"
)

// Options are the analyzer and the settings of a call.
type Options struct {
	Analyzer *analysis.Analyzer
	Flags    *flag.FlagSet // flags besides -json, -fix and -diff
	Salt     func() []byte // inputs of a result besides the tool, the flags and the package

	// Begin is called before the analyzer runs. imports returns an importer for a rewritten version of the
	// package, which may import the given paths. It may be nil.
	Begin func(fix bool, imports func(paths []string) (types.Importer, error))

	// PassesOn reports whether the analyzer would only pass on the facts of the imports, by the syntax of the package. Then the package
	// is not type-checked. It may be nil.
	PassesOn func(files []*ast.File, facts *drive.Facts) bool

	// Notes returns lines for standard error, after the analyzer has run. They are no findings. It may be nil.
	Notes func() []string
}

// A mode is the kind of output that the go command requests.
type mode struct {
	json, fix, diff bool
}

// Main runs the call and ends the process.
func (call *Call) Main(opts Options) {
	var m mode
	fs := opts.Flags
	fs.BoolVar(&m.json, "json", false, "print diagnostics and fixes as JSON")
	fs.BoolVar(&m.fix, "fix", false, "apply the fixes")
	fs.BoolVar(&m.diff, "diff", false, "with -fix, print the changes and write nothing")
	c := call.unit
	if c == nil {
		if call.args[0] == "-flags" {
			printFlags(fs)
		} else {
			printVersion(opts.Salt)
		}
		os.Exit(0)
	}
	fs.SetOutput(io.Discard)
	if err := fs.Parse(call.args[:len(call.args)-1]); err != nil {
		fail(err)
	}
	if c.imports() && len(c.PackageFile) == 0 {
		opts.Begin(m.fix, nil)
		c.handOver(m, opts.Analyzer)
	}
	if err := c.run(m, opts); err != nil {
		fail(err)
	}
	os.Exit(0)
}

// handOver runs unitchecker of x/tools instead.
func (c *config) handOver(m mode, a *analysis.Analyzer) {
	args := os.Args[:1:1]
	for _, f := range []struct {
		set  bool
		name string
	}{{m.json, "-json"}, {m.fix, "-fix"}, {m.diff, "-diff"}} {
		if f.set {
			args = append(args, f.name)
		}
	}
	os.Args = append(args, os.Args[len(os.Args)-1])
	unitchecker.Main(a)
}

func (c *config) run(m mode, opts Options) error {
	if c.idle() {
		if err := c.writeVetx(nil); err != nil {
			return err
		}
		return c.print(nil)
	}
	heap.Brief()
	facts := drive.NewFacts()
	for _, name := range c.PackageVetx {
		data, err := readVetx(name)
		if err == nil {
			err = facts.Decode(data, opts.Analyzer)
		}
		if err != nil {
			return err
		}
	}
	p, err := c.parse()
	if err != nil {
		return err
	}
	im := newImports(c, p.Fset)
	if opts.PassesOn == nil || !opts.PassesOn(p.Syntax, facts) || !c.untyped(p) {
		im = c.check(p)
	}
	opts.Begin(m.fix, func(paths []string) (types.Importer, error) { return im, im.fetch(paths) })
	res, err := drive.RunOne(p, opts.Analyzer, facts)
	if err != nil {
		return err
	}
	if c.VetxOnly && library.Exchanges(c.path()) && c.copied() {
		res.Diagnostics = nil // the calls of the client are the findings, as in the stand-alone command
	}
	// A message on standard error is lost if the go command has cached the result, which it does for
	// -diff. Without a file of facts it caches nothing, and no importer of a main package needs them.
	if !(m.diff && p.Name == "main" && unfixed(res)) {
		if err := c.writeFacts(p, facts); err != nil {
			return err
		}
	}
	if opts.Notes != nil && !c.VetxOnly {
		for _, n := range opts.Notes() {
			fmt.Fprintln(os.Stderr, legible.Line(n))
		}
	}
	if m.fix {
		return c.fix(m, p, res)
	}
	out, err := tree(c.ID, opts.Analyzer.Name, p.Fset, res)
	if err != nil {
		return err
	}
	return c.print(out)
}

// writeFacts writes the facts. For a package that does not type-check, it prints the first error instead.
// Without facts the go command caches no result, so the message appears in every run.
func (c *config) writeFacts(p *load.Package, facts *drive.Facts) error {
	if len(p.Errors) > 0 {
		if !c.VetxOnly {
			fmt.Fprintf(os.Stderr, "%s (the findings in this package may be incomplete)\n", legible.Line(p.Errors[0]))
		}
		return nil
	}
	data, err := facts.Encode(p.Types.Path())
	if err != nil {
		return err
	}
	return c.writeVetx(data)
}

// print writes the standard output of the unit to the place that the go command requests.
func (c *config) print(out []byte) error {
	if c.Stdout == "" {
		_, err := os.Stdout.Write(out)
		return err
	}
	return os.WriteFile(c.Stdout, out, 0o666)
}

// printVersion prints the identity of this tool. The go command caches results by it, so it includes all inputs
// that the go command does not know.
func printVersion(salt func() []byte) {
	h := sha256.New()
	exe, err := os.Executable()
	if err == nil {
		var f *os.File
		if f, err = os.Open(exe); err == nil {
			_, err = io.Copy(h, f)
			f.Close()
		}
	}
	if err != nil {
		fail(fmt.Errorf("the tool cannot read itself: %w", err))
	}
	h.Write(salt())
	fmt.Printf("%s version devel buildID=%02x\n", filepath.Base(os.Args[0]), h.Sum(nil))
}

// printFlags lists the flags for the go command.
func printFlags(fs *flag.FlagSet) {
	type described struct {
		Name  string
		Bool  bool
		Usage string
	}
	var list []described
	fs.VisitAll(func(f *flag.Flag) {
		b, ok := f.Value.(interface{ IsBoolFlag() bool })
		list = append(list, described{f.Name, ok && b.IsBoolFlag(), f.Usage})
	})
	out, err := json.MarshalIndent(list, "", "\t")
	if err != nil {
		fail(err)
	}
	fmt.Printf("%s\n", out)
}
