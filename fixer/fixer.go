// Package fixer goes the second half of the way: from flows to the new contents of files.
//
// In: loaded packages, flows and decisions. Out: files to write and, for every flow, what became of
// it. Nothing is written here; package patch does that, or prints it.
package fixer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/slice"
	"jwtretire.example/internal/leftover"
	"jwtretire.example/internal/load"
)

// Options are the settings of a fix.
type Options struct {
	Decisions plan.Decisions
	Verify    prove.Level
	Tags      string
	Env       []string
}

// An Outcome is what a fix comes to.
type Outcome struct {
	Files []patch.File // what is to be written, go.mod and go.sum included
	Plans []*plan.Plan // one a flow, in the order of the flows; a plan without a Set was not carried out
	Notes []string     // about the whole change

	Leftovers []slice.Leftover // sources outside Go that nothing reads any more
	Outside   []leftover.Place // where other files than Go name them
	Failed    map[*plan.Plan]bool
}

// Fix plans, rewrites and proves. Flows that cannot be rewritten have the reason in their plan.
func Fix(ctx context.Context, res *load.Result, flows []*flow.Flow, opts Options) (*Outcome, error) {
	out := &Outcome{Failed: map[*plan.Plan]bool{}}
	out.Plans = plan.Make(res.Packages, flows, opts.Decisions)
	var live []*plan.Plan
	for _, pl := range out.Plans {
		if pl.Fixable() {
			live = append(live, pl)
		}
	}
	if len(live) == 0 {
		return out, nil
	}
	t := &attempt{ctx: ctx, res: res, opts: opts}
	defer t.close()
	got, err := t.try(live)
	if err != nil && len(live) > 1 {
		got, live, err = t.bisect(out, live)
	}
	if err != nil {
		for _, pl := range live {
			pl.Set, pl.Reason = nil, err.Error()
			out.Failed[pl] = true
		}
		return out, nil
	}
	if got == nil {
		return out, nil
	}
	out.Files, out.Leftovers, out.Notes = got.files, got.leftovers, got.notes
	out.Outside, err = outside(got)
	if err != nil {
		out.Notes = append(out.Notes, "looking for what stays behind outside of Go: "+err.Error())
	}
	return out, nil
}

// outside looks for the variables and key files that nothing reads any more in the modules' other files.
func outside(got *result) ([]leftover.Place, error) {
	var variables, keys []string
	for _, l := range got.leftovers {
		switch l.Kind {
		case "env":
			variables = append(variables, l.Name)
		case "file", "embed":
			keys = append(keys, l.Name)
		}
	}
	if len(variables)+len(keys) == 0 {
		return nil, nil
	}
	var all []leftover.Place
	for _, root := range got.roots {
		places, err := leftover.Find(root, variables, keys)
		if err != nil {
			return all, err
		}
		all = append(all, places...)
	}
	return all, nil
}

// An attempt turns sets of plans into proved files.
type attempt struct {
	ctx  context.Context
	res  *load.Result
	opts Options
	mods []*gomod.Result
}

type result struct {
	files     []patch.File
	leftovers []slice.Leftover
	notes     []string
	roots     []string // of the modules that change
}

func (t *attempt) close() {
	for _, m := range t.mods {
		m.Close()
	}
	t.mods = nil
}

// bisect finds the plans that break the result, gives them their reason and keeps the others.
// Each is tried on top of those that went well, so that what is kept is a result that was proved.
func (t *attempt) bisect(out *Outcome, live []*plan.Plan) (*result, []*plan.Plan, error) {
	var kept []*plan.Plan
	var good *result
	for _, pl := range live {
		got, err := t.try(append(kept[:len(kept):len(kept)], pl))
		if err != nil {
			pl.Set, pl.Reason = nil, err.Error()
			out.Failed[pl] = true
			continue
		}
		if pl.Set != nil {
			kept = append(kept, pl)
		}
		good = got
	}
	return good, kept, nil
}

// try composes the plans, collects what died, rewrites and proves. Exported names of importable
// packages stay at first; where a flow cannot be taken out whole so, and the module is a program,
// they change with all their callers.
func (t *attempt) try(plans []*plan.Plan) (*result, error) {
	got, err := t.tryWith(plans, false)
	var half *halfError
	if errors.As(err, &half) {
		if whole, err := t.tryWith(plans, true); err == nil {
			return whole, nil
		}
	}
	return got, err
}

// A halfError says that a part of a flow would stay.
type halfError struct{ msg string }

func (e *halfError) Error() string { return e.msg }

func (t *attempt) tryWith(plans []*plan.Plan, program bool) (*result, error) {
	t.close()
	set := plan.Compose(plans)
	if set.Empty() {
		return nil, nil
	}
	rep, err := slice.Extend(t.res.Packages, set, slice.Options{Private: plan.Private(t.res.Packages, program), TestsCount: true})
	if err != nil {
		return nil, err
	}
	for _, pl := range plans {
		if place, stays := pl.Stays(set); stays {
			return nil, &halfError{fmt.Sprintf("the form that carries the assertion would stay (%s)%s", place, blocked(rep))}
		}
		if place, stays := pl.KeyStays(set); stays {
			return nil, &halfError{fmt.Sprintf("the private key would still be needed (%s)%s", place, blocked(rep))}
		}
	}
	rw, err := rewrite.Rewrite(t.res.Packages, set)
	if err != nil {
		return nil, err
	}
	got := &result{leftovers: t.unread(rep.Leftovers, rw.Files), notes: rep.Notes}
	for _, d := range rep.Dropped {
		got.notes = append(got.notes, fmt.Sprintf("dropped with what it spoke of: %s (%s:%d)", d.Text, filepath.Base(d.Pos.Filename), d.Pos.Line))
	}
	for _, k := range rep.Kept {
		got.notes = append(got.notes, fmt.Sprintf("%s stays, %s (%s:%d)", k.Name, k.Why, filepath.Base(k.Pos.Filename), k.Pos.Line))
	}
	for _, c := range rw.Lost {
		got.notes = append(got.notes, fmt.Sprintf("a comment went with its code: %s (%s:%d)", shorten(c.Text), filepath.Base(c.Pos.Filename), c.Pos.Line))
	}
	if err := t.demanded(rep, rw.Files); err != nil {
		return nil, err
	}
	if err := t.modules(got, rw.Files); err != nil {
		return nil, err
	}
	if errs := t.check(rw.Files); len(errs) > 0 {
		return nil, fmt.Errorf("the rewritten code does not type-check: %s%s", errs[0], blocked(rep))
	}
	for path, content := range rw.Files {
		got.files = append(got.files, patch.File{Path: path, Old: t.old(path), New: content, Mode: mode(path)})
	}
	sort.Slice(got.files, func(i, j int) bool { return got.files[i].Path < got.files[j].Path })
	if t.opts.Verify > prove.Types {
		if err := t.run(got); err != nil {
			return nil, err
		}
	}
	return got, nil
}

func blocked(rep slice.Report) string {
	if len(rep.Blocked) == 0 {
		return ""
	}
	b := rep.Blocked[0]
	return fmt.Sprintf("; %s:%d still needs %s: %s", filepath.Base(b.Pos.Filename), b.Pos.Line, b.Value, shorten(b.Text))
}

// requiredKeyFlag is how cobra and pflag insist on a flag that names a key.
var requiredKeyFlag = regexp.MustCompile(`Mark(?:Persistent)?FlagRequired\("([^"]*(?:key|pem)[^"]*)"\)`)

// throwsAway is a statement that drops the value of a call about a key.
var throwsAway = regexp.MustCompile(`^\s*_(?:, \w+)? :?= .*(?i:key|pem).*`)

// fetched returns the first new line that calls for a key and drops it: a secret store, whose calls may
// matter to others, stays in the program when its result is not needed any more.
func fetched(old, changed []byte) string {
	for _, line := range bytes.Split(changed, []byte("\n")) {
		if throwsAway.Match(line) && !bytes.Contains(old, line) {
			return strings.TrimSpace(string(line))
		}
	}
	return ""
}

// demanded returns an error where something outside of the code's logic still asks for a setting of the
// flow: a tag of its field, or a flag that the command line library insists on.
func (t *attempt) demanded(rep slice.Report, files map[string][]byte) error {
	for _, k := range rep.Kept {
		lines := bytes.Split(t.old(k.Pos.Filename), []byte("\n"))
		if k.Pos.Line >= 1 && k.Pos.Line <= len(lines) && bytes.Contains(lines[k.Pos.Line-1], []byte("required")) {
			return &halfError{fmt.Sprintf("%s stays, and its tag demands a value (%s:%d); take the tag off first", k.Name, filepath.Base(k.Pos.Filename), k.Pos.Line)}
		}
	}
	for _, p := range t.res.Packages {
		for path, src := range p.Source {
			changed, ok := files[path]
			if ok {
				if line := fetched(src, changed); line != "" {
					return &halfError{fmt.Sprintf("the key would still be fetched and thrown away (%s: %s)", filepath.Base(path), line)}
				}
				src = changed
			}
			if m := requiredKeyFlag.FindSubmatch(src); m != nil {
				return &halfError{fmt.Sprintf("flag --%s is marked as required (%s), so it would still be asked for; take the mark off first", m[1], filepath.Base(path))}
			}
		}
	}
	return nil
}

// unread drops the sources that the result still names: a secret that moved from the form to the new
// configuration is read as before.
func (t *attempt) unread(list []slice.Leftover, files map[string][]byte) []slice.Leftover {
	named := func(name string) bool {
		quoted := []byte(strconv.Quote(name))
		for _, p := range t.res.Packages {
			for path, src := range p.Source {
				if changed, ok := files[path]; ok {
					src = changed
				}
				if bytes.Contains(src, quoted) {
					return true
				}
			}
		}
		return false
	}
	var out []slice.Leftover
	for _, l := range list {
		if !named(l.Name) {
			out = append(out, l)
		}
	}
	return out
}

// check type-checks the result together with what imports it.
func (t *attempt) check(files map[string][]byte) []error {
	modfile := ""
	if len(t.mods) == 1 {
		modfile = t.mods[0].ModFile
	}
	overlay := maps.Clone(files)
	for _, m := range t.mods {
		for _, f := range []gomod.File{m.GoMod, m.GoSum} {
			if f.Path != "" && f.Changed() {
				overlay[f.Path] = f.New
			}
		}
	}
	return t.res.Recheck(overlay, modfile)
}

// modules works out go.mod and go.sum of every module that has a changed file.
func (t *attempt) modules(got *result, files map[string][]byte) error {
	byModule := map[*load.Module]map[string][]byte{}
	owner := map[string]*load.Module{}
	for _, p := range t.res.Packages {
		for _, f := range p.Files {
			owner[f] = p.Module
		}
	}
	var mods []*load.Module
	for path, content := range files {
		m := owner[path]
		if m == nil {
			continue
		}
		if byModule[m] == nil {
			byModule[m] = map[string][]byte{}
			mods = append(mods, m)
		}
		byModule[m][path] = content
	}
	sort.Slice(mods, func(i, j int) bool { return mods[i].Dir < mods[j].Dir })
	for _, m := range mods {
		got.roots = append(got.roots, m.Dir)
		res, err := gomod.Prepare(t.ctx, m, gomod.Options{Overlay: byModule[m], MaybeUnused: t.dropped(byModule[m]), Env: t.opts.Env})
		if err != nil {
			return err
		}
		t.mods = append(t.mods, res)
		got.notes = append(got.notes, res.Notes...)
		for _, f := range []gomod.File{res.GoMod, res.GoSum} {
			if f.Path != "" && f.Changed() {
				got.files = append(got.files, patch.File{Path: f.Path, Old: f.Old, New: f.New, Mode: mode(f.Path)})
			}
		}
	}
	return nil
}

// dropped returns the import paths that some file has no more.
func (t *attempt) dropped(files map[string][]byte) []string {
	gone := map[string]bool{}
	for path, content := range files {
		after := imports(content)
		for p := range imports(t.old(path)) {
			if !after[p] {
				gone[p] = true
			}
		}
	}
	var out []string
	for p := range gone {
		out = append(out, p)
	}
	sort.Strings(out)
	return out
}

func imports(src []byte) map[string]bool {
	out := map[string]bool{}
	if src == nil {
		return out
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly)
	if f == nil || err != nil {
		return out
	}
	for _, s := range f.Imports {
		if p, err := strconv.Unquote(s.Path.Value); err == nil {
			out[p] = true
		}
	}
	return out
}

// run builds or tests the result through the go command's overlay.
func (t *attempt) run(got *result) error {
	dirs := map[string]bool{}
	for _, f := range got.files {
		if strings.HasSuffix(f.Path, ".go") {
			dirs[filepath.Dir(f.Path)] = true
		}
	}
	for _, m := range t.mods {
		if err := prove.Run(t.ctx, t.opts.Verify, m.OverlayFile, dirs, t.opts.Tags, t.opts.Env); err != nil {
			return err
		}
	}
	return nil
}

func (t *attempt) old(path string) []byte {
	for _, p := range t.res.Packages {
		if src, ok := p.Source[path]; ok {
			return src
		}
	}
	src, _ := os.ReadFile(path)
	return src
}

func mode(path string) os.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 100 {
		return s[:97] + "..."
	}
	return s
}
