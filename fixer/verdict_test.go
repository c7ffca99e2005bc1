package fixer_test

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer"
	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/mutate"
	"jwtretire.example/internal/sift"
)

// A verdict is what the tool makes of a variant.
type verdict struct {
	flows   int
	fixed   int
	reasons []string
	after   map[string][]byte // changed files
}

// judge scans and fixes a variant, and returns what is wrong with the outcome.
func judge(ctx context.Context, m *mutate.Mutant) (v verdict, wrong []string) {
	defer func() {
		if r := recover(); r != nil {
			wrong = append(wrong, fmt.Sprintf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	complain := func(form string, args ...any) { wrong = append(wrong, fmt.Sprintf(form, args...)) }
	flows, err := scan(m.Load)
	if err != nil {
		complain("scan: %v", err)
		return v, wrong
	}
	v.flows = len(flows)
	if v.flows > 0 {
		// The world was loaded because of what the program was; a scan would begin with the sift.
		tree, err := sift.Tree(ctx, sift.Options{Dir: m.World.Dir, Tests: true, Overlay: m.Files})
		if err != nil {
			complain("sift: %v", err)
		} else if tree.Empty() {
			complain("there are flows, and the sift finds nothing")
		}
	}
	out, err := fix(ctx, m.Load, flows)
	if err != nil {
		complain("fix: %v", err)
		return v, wrong
	}
	for _, pl := range out.Plans {
		if pl.Fixable() {
			v.fixed++
			continue
		}
		v.reasons = append(v.reasons, pl.Reason)
		if pl.Reason == "" {
			complain("a flow is neither fixed nor declined with a reason")
		}
	}
	if len(out.Files) == 0 {
		if v.fixed > 0 {
			complain("%d flows are said to be fixed, and no file changes", v.fixed)
		}
		return v, wrong
	}
	v.after = map[string][]byte{}
	for _, f := range out.Files {
		v.after[f.Path] = f.New
	}
	res, err := m.Load.With(ctx, v.after)
	if err != nil {
		complain("look at the result: %v", err)
		return v, wrong
	}
	for _, p := range res.Packages {
		if len(p.Errors) > 0 {
			complain("the result does not type-check: %s", p.Errors[0])
			return v, wrong
		}
	}
	again, err := scan(res)
	if err != nil {
		complain("scan of the result: %v", err)
		return v, wrong
	}
	if len(again) > v.flows-v.fixed {
		complain("%d of %d flows are fixed, and %d are found afterwards", v.fixed, v.flows, len(again))
	}
	if len(again) > 0 {
		second, err := fix(ctx, res, again)
		if err != nil {
			complain("second fix: %v", err)
		} else if len(second.Files) > 0 {
			complain("the second fix changes %s", second.Files[0].Path)
		}
	}
	var notes []string
	for _, pl := range out.Plans {
		notes = append(notes, pl.Notes...)
		if a := out.About[pl]; a != nil {
			notes = append(notes, a.Notes...)
			if missing := a.Unnamed(); len(missing) > 0 {
				complain("%q are not proved, and no remark says why", missing)
			}
		}
	}
	wrong = append(wrong, faithful(m, v.after, notes)...)
	return v, wrong
}

func scan(res *load.Result) ([]*flow.Flow, error) {
	results, err := drive.Run(res.Packages, flow.Analyzer)
	if err != nil {
		return nil, err
	}
	l := &ledger.Ledger{}
	for _, r := range results {
		if r.Err != nil {
			return nil, r.Err
		}
		for _, f := range r.Result.(*flow.Result).Flows {
			l.Add(&ledger.Record{Flow: *f, Status: ledger.Manual})
		}
	}
	l.Sort()
	var flows []*flow.Flow
	for _, r := range l.Records {
		if r.Counts() {
			flows = append(flows, &r.Flow)
		}
	}
	return flows, nil
}

func fix(ctx context.Context, res *load.Result, flows []*flow.Flow) (*fixer.Outcome, error) {
	return fixer.Fix(ctx, res, flows, fixer.Options{
		Decisions: decision.Decisions{Scopes: []string{"openid", "AdobeID"}},
		Modules: func(context.Context, *load.Module, gomod.Options) (*gomod.Result, error) {
			return &gomod.Result{}, nil // the requirement is there already
		},
	})
}

var comment = regexp.MustCompile(`note \d+`)

// faithful compares the bytes: what had no part in the change is as it was.
func faithful(m *mutate.Mutant, after map[string][]byte, notes []string) (wrong []string) {
	complain := func(form string, args ...any) { wrong = append(wrong, fmt.Sprintf(form, args...)) }
	before := m.Source()
	now := maps.Clone(before)
	maps.Copy(now, after)
	all := func(files map[string][]byte) string {
		var b strings.Builder
		for _, path := range slices.Sorted(maps.Keys(files)) {
			b.Write(files[path])
		}
		return b.String()
	}
	was, is, said := all(before), all(now), strings.Join(notes, "\n")
	excused := vanished(before, now)
	for _, c := range comment.FindAllString(was, -1) {
		if !excused[c] && !regexp.MustCompile(c+`\b`).MatchString(is) && !regexp.MustCompile(c+`\b`).MatchString(said) {
			complain("comment %q went, and nobody says so", c)
		}
	}
	for _, text := range m.Unrelated {
		if strings.Contains(strings.ReplaceAll(was, "\r\n", "\n"), text) && !strings.Contains(strings.ReplaceAll(is, "\r\n", "\n"), text) {
			complain("an unrelated declaration changed:\n%s", text)
		}
	}
	for path, text := range after {
		old := before[path]
		if old == nil || text == nil {
			continue
		}
		name := filepath.Base(path)
		if bytes.HasPrefix(old, []byte("\ufeff")) != bytes.HasPrefix(text, []byte("\ufeff")) {
			complain("%s: the byte order mark", name)
		}
		if crlf(old) && !crlf(text) {
			complain("%s: line ends", name)
		}
		if !bytes.Contains(old, []byte("\r")) && bytes.Contains(text, []byte("\r")) {
			complain("%s: new carriage returns", name)
		}
		if gofmted(old) && !gofmted(text) {
			complain("%s is not gofmt-ed any more:\n%s", name, udiff.Unified("is", "gofmt", string(text), reformatted(text)))
		}
		if bytes.HasPrefix(old, []byte("//go:build")) && !bytes.HasPrefix(text, []byte("//go:build")) {
			complain("%s: the build constraint", name)
		}
	}
	return wrong
}

// vanished returns the comments inside declarations that the result has not any more: they went with what they
// speak of.
func vanished(before, now map[string][]byte) map[string]bool {
	left := map[string]bool{}
	declared(now, func(dir, name string, _ string) { left[dir+" "+name] = true })
	out := map[string]bool{}
	declared(before, func(dir, name string, text string) {
		if !left[dir+" "+name] {
			for _, c := range comment.FindAllString(text, -1) {
				out[c] = true
			}
		}
	})
	return out
}

// declared calls fn with the name and text, comments included, of everything that is declared at the top.
func declared(files map[string][]byte, fn func(dir, name, text string)) {
	for path, src := range files {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		text := func(doc *ast.CommentGroup, n ast.Node) string {
			start, end := fset.PositionFor(n.Pos(), false).Offset, fset.PositionFor(n.End(), false).Offset
			if doc != nil {
				start = fset.PositionFor(doc.Pos(), false).Offset
			}
			if i := bytes.IndexByte(src[end:], '\n'); i >= 0 {
				end += i
			}
			return string(src[start:end])
		}
		dir := filepath.Dir(path)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				fn(dir, d.Name.Name, text(d.Doc, d))
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						fn(dir, s.Name.Name, text(d.Doc, d))
					case *ast.ValueSpec:
						fn(dir, s.Names[0].Name, text(s.Doc, s)+text(d.Doc, d))
					}
				}
			}
		}
	}
}

func reformatted(src []byte) string {
	out, err := format.Source(src)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

func crlf(src []byte) bool {
	return bytes.Contains(src, []byte("\r\n")) && bytes.Count(src, []byte("\n")) == bytes.Count(src, []byte("\r\n"))
}

func gofmted(src []byte) bool {
	out, err := format.Source(src)
	return err == nil && bytes.Equal(out, src)
}
