package gomod

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"go/version"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

const oauth2Module = "golang.org/x/oauth2"

// oauth2Versions has the newest version of x/oauth2 for each go line, newest first (go.mod files of the
// releases). A module that requires a version with a later go line than its own has to raise its own,
// and that is the owner's decision. "1.23" is below "1.23.0" in that order. A go line before 1.21 does
// not bind the modules above, so the last row fits every module (https://go.dev/ref/mod#go-mod-file-go).
var oauth2Versions = []struct{ version, goLine string }{
	{"v0.37.0", "1.26.0"},
	{"v0.36.0", "1.25.0"},
	{"v0.35.0", "1.24.0"},
	{"v0.30.0", "1.23.0"},
	{"v0.26.0", "1.18"},
}

// oauth2Oldest is the first version whose clientcredentials.Config has an AuthStyle.
const oauth2Oldest = "v0.0.0-20190211184951-80673b4a4bfc"

// oauth2Advisories are the known faults of x/oauth2, as the Go vulnerability database has them.
var oauth2Advisories = []struct{ id, fixed, about string }{
	{"GO-2025-3488", "v0.27.0", "its package jws takes much memory for a malformed token; the new code does not import that package"},
}

// advisory returns the advisory of a version as text, with the id first, and "" if there is none.
func advisory(v string) string {
	for _, a := range oauth2Advisories {
		if semver.Compare(v, a.fixed) < 0 {
			return fmt.Sprintf("%s, fixed in %s (%s)", a.id, a.fixed, a.about)
		}
	}
	return ""
}

// warn adds a note if a version has an advisory; why is the reason against a later version.
func (w *work) warn(v, why string) {
	if a := advisory(v); a != "" {
		w.res.Notes = append(w.res.Notes, fmt.Sprintf("%s %s has the advisory %s: %s", oauth2Module, v, a, why))
	}
}

// versionFor returns the row for a module's go line.
func versionFor(goLine string) string {
	for _, row := range oauth2Versions {
		if allows(goLine, row.goLine) {
			return row.version
		}
	}
	panic("unreachable: the last row fits every go line")
}

// allows reports whether a module with the go line have can require one with the go line want.
func allows(have, want string) bool {
	return version.Compare("go"+want, "go1.21") < 0 || version.Compare("go"+have, "go"+want) >= 0
}

// oauth2Imports returns the packages of x/oauth2 that the files import.
func oauth2Imports(overlay map[string][]byte) []string {
	seen := map[string]bool{}
	for name, src := range overlay {
		if src == nil || !strings.HasSuffix(name, ".go") {
			continue
		}
		for _, path := range importsOf(name, src) {
			if inModule(path, oauth2Module) {
				seen[path] = true
			}
		}
	}
	out := make([]string, 0, len(seen))
	for p := range seen {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

func importsOf(name string, src []byte) []string {
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if f == nil || err != nil && len(f.Imports) == 0 {
		return nil
	}
	var out []string
	for _, s := range f.Imports {
		if p, err := strconv.Unquote(s.Path.Value); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// requireOAuth2 makes f require x/oauth2 directly, if the rewritten files import it, and returns
// the lines that go.sum needs for it.
func (w *work) requireOAuth2(ctx context.Context, f *modfile.File) (sums []string, err error) {
	if len(w.needs) == 0 {
		return nil, nil
	}
	if r := requirement(f, oauth2Module); r != nil {
		return w.keepOAuth2(ctx, f, r)
	}
	m := &downloaded{Version: versionFor(goLine(f))}
	if !replaced(f, oauth2Module) {
		// The module can be in the build list without standing in go.mod.
		if m, err = w.choose(ctx, w.better(w.selected(ctx))); err != nil {
			return nil, err
		}
		w.warn(m.Version, laterNeeds(f))
	}
	w.res.Added = oauth2Module + " " + m.Version
	insertRequire(f, oauth2Module, m.Version, false)
	return m.sums(), nil
}

// keepOAuth2 is requireOAuth2 for a go.mod that requires x/oauth2 already. The version of a direct
// requirement is raised only if the new code does not compile with it.
func (w *work) keepOAuth2(ctx context.Context, f *modfile.File, r *modfile.Require) (sums []string, err error) {
	old := r.Mod.Version
	tooOld := semver.Compare(old, oauth2Oldest) < 0
	if replaced(f, oauth2Module) || !tooOld && (!r.Indirect || w.better(old) == old) {
		if !replaced(f, oauth2Module) {
			w.warn(old, "it was required before; go get "+oauth2Module+"@latest raises it")
		}
		setIndirect(r, false)
		return nil, nil
	}
	m, err := w.choose(ctx, "")
	switch {
	case err != nil && tooOld:
		return nil, err
	case err != nil:
		w.warn(old, err.Error())
		setIndirect(r, false)
		return nil, nil
	}
	why := "clientcredentials.Config has no AuthStyle before"
	if !tooOld {
		why = "the older one has the advisory " + advisory(old)
	}
	w.res.Notes = append(w.res.Notes, fmt.Sprintf("%s was raised from %s to %s: %s", oauth2Module, old, m.Version, why))
	w.warn(m.Version, laterNeeds(f))
	if err := f.AddRequire(oauth2Module, m.Version); err != nil {
		return nil, err
	}
	setIndirect(requirement(f, oauth2Module), false)
	return m.sums(), nil
}

// laterNeeds returns the reason against a later version.
func laterNeeds(f *modfile.File) string { return "a later one needs a later go line than " + goLine(f) }

// better returns the version to require if v is in the build list ("" if none is): the version of the
// table if v has an advisory and the table's has none, and v if not.
func (w *work) better(v string) string {
	newest := versionFor(goLine(w.file))
	if v != "" && advisory(v) != "" && advisory(newest) == "" && semver.Compare(newest, v) > 0 {
		return newest
	}
	return v
}

// selected returns the version of x/oauth2 that other modules bring into the build list, and "" if there
// is none or the go command fails.
func (w *work) selected(ctx context.Context) string {
	file, err := w.place("selected", tree{mod: w.oldMod, sum: w.oldSum})
	if err != nil {
		return ""
	}
	out, err := w.run(ctx, w.mod.Dir, "list", "-mod=mod", "-modfile="+file, "-m", "-f", "{{.Version}}", oauth2Module)
	v := strings.TrimSpace(string(out))
	if err != nil || !semver.IsValid(v) || semver.Compare(v, oauth2Oldest) < 0 {
		return ""
	}
	return v
}

// downloaded is what "go mod download -json" prints.
type downloaded struct {
	Version, Error string
	Sum, GoModSum  string
	GoMod          string
}

func (d *downloaded) sums() []string {
	if d.Sum == "" {
		return nil
	}
	return []string{
		oauth2Module + " " + d.Version + " " + d.Sum,
		oauth2Module + " " + d.Version + "/go.mod " + d.GoModSum,
	}
}

// download gets one version of x/oauth2 into the module cache.
func (w *work) download(ctx context.Context, v string, env ...string) (*downloaded, error) {
	// It runs outside of any module, so that neither go.mod nor go.work applies.
	out, err := w.runEnv(ctx, w.tmp, env, "mod", "download", "-json", oauth2Module+"@"+v)
	d := &downloaded{}
	if jerr := json.Unmarshal(out, d); jerr != nil && err == nil {
		return nil, fmt.Errorf("go mod download: %w", jerr)
	}
	if d.Error != "" {
		return nil, errors.New(d.Error)
	}
	return d, err
}

// choose picks the version to require and makes sure that it is in the module cache: the selected
// version if there is one, or else the table's, or else the newest suitable one of the cache.
func (w *work) choose(ctx context.Context, selected string) (*downloaded, error) {
	want := selected
	if want == "" {
		want = versionFor(goLine(w.file))
	}
	d, err := w.download(ctx, want)
	if err == nil {
		return d, nil
	}
	if selected == "" {
		for _, v := range w.cached(ctx) {
			// Its checksum was verified when it was downloaded.
			if d, err := w.download(ctx, v, "GOPROXY=off", "GONOSUMDB="+oauth2Module); err == nil {
				return d, nil
			}
		}
	}
	return nil, fmt.Errorf("the new code needs %s, which go.mod does not require and which cannot be downloaded (%w); nothing was changed: run `go get %s@%s` in %s with access to a module proxy, then run jwtretire fix again",
		oauth2Module, err, oauth2Module, want, w.mod.Dir)
}

// cached returns the versions of x/oauth2 in the module cache that suit the module, newest first.
func (w *work) cached(ctx context.Context) []string {
	out, err := w.run(ctx, w.tmp, "env", "GOMODCACHE")
	if err != nil {
		return nil
	}
	zips, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "cache", "download", "golang.org", "x", "oauth2", "@v", "*.zip"))
	var fit []string
	for _, zip := range zips {
		base := strings.TrimSuffix(zip, ".zip")
		v := filepath.Base(base)
		data, err := os.ReadFile(base + ".mod")
		if err != nil || !semver.IsValid(v) || semver.Compare(v, oauth2Oldest) < 0 {
			continue
		}
		f, err := modfile.ParseLax(base+".mod", bytes.TrimSpace(data), nil)
		if err == nil && allows(goLine(w.file), goLine(f)) && !excluded(w.file, oauth2Module, v) {
			fit = append(fit, v)
		}
	}
	slices.SortFunc(fit, func(a, b string) int { return semver.Compare(b, a) })
	return fit
}
