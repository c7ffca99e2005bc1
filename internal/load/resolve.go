package load

import (
	"bytes"
	"context"
	"fmt"
	"go/build"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"jwtretire.example/internal/gocmd"
)

// newResolver returns a resolver for a group of modules. If go list has failed, the go command downloads what
// go.mod requires.
func newResolver(ctx context.Context, p *plan, g *group, tmp string, listFailed bool) *resolver {
	r := &resolver{ctx: buildContext(ctx, p.cfg)}
	for _, m := range p.tree.Modules {
		path := p.paths[m]
		if path == "" {
			path = m.Path
		}
		if path != "" {
			r.roots = append(r.roots, moduleRoot{path, m.Dir, true})
		}
	}
	cache := moduleCache(p.cfg)
	var wanted []string
	for _, m := range g.mods {
		r.vendors = append(r.vendors, filepath.Join(m.Dir, "vendor"))
		if m.GoMod != "" {
			wanted = append(wanted, r.require(m.GoMod, m.Dir, cache, p.cfg)...)
		}
	}
	if listFailed {
		download(ctx, p.cfg, tmp, wanted)
	}
	if g.work != "" {
		r.vendors = append(r.vendors, filepath.Join(filepath.Dir(g.work), "vendor"))
	}
	r.vendors = slices.DeleteFunc(r.vendors, func(dir string) bool {
		info, err := os.Stat(dir)
		return err != nil || !info.IsDir()
	})
	slices.SortStableFunc(r.roots, func(a, b moduleRoot) int { return len(b.path) - len(a.path) })
	return r
}

// download downloads modules into the module cache. Failures are ignored; they show as missing imports.
func download(ctx context.Context, cfg Config, tmp string, modules []string) {
	if len(modules) == 0 {
		return
	}
	// It runs outside of any module, so no go.mod applies.
	cmd := gocmd.Command(ctx, tmp, append(cfg.environ(), "GOFLAGS=", "GOWORK=off"), append([]string{"mod", "download"}, modules...)...)
	_ = cmd.Run()
}

// require adds the requirements of a go.mod, with its replacements. It returns the direct requirements that are
// not in the module cache.
func (r *resolver) require(gomod, dir, cache string, cfg Config) (wanted []string) {
	data, err := os.ReadFile(gomod)
	if cfg.ModFile != "" {
		data, err = os.ReadFile(cfg.ModFile)
	}
	if content := cfg.Overlay[gomod]; content != nil {
		data, err = content, nil
	}
	if err != nil {
		return nil
	}
	f, err := modfile.Parse(gomod, data, func(_, v string) (string, error) { return v, nil })
	if err != nil {
		if f, err = modfile.ParseLax(gomod, data, nil); err != nil {
			return nil
		}
	}
	replaced := map[string]module.Version{}
	for _, rep := range f.Replace {
		replaced[rep.Old.Path+"@"+rep.Old.Version] = rep.New
	}
	for _, req := range f.Require {
		at := req.Mod
		for _, key := range []string{at.Path + "@", at.Path + "@" + at.Version} {
			if to, ok := replaced[key]; ok {
				at = to
			}
		}
		if at.Version == "" {
			to := filepath.FromSlash(at.Path)
			if !filepath.IsAbs(to) {
				to = filepath.Join(dir, to)
			}
			r.roots = append(r.roots, moduleRoot{req.Mod.Path, to, false})
			continue
		}
		path, err1 := module.EscapePath(at.Path)
		version, err2 := module.EscapeVersion(at.Version)
		if err1 != nil || err2 != nil || cache == "" {
			continue
		}
		root := moduleRoot{req.Mod.Path, filepath.Join(cache, filepath.FromSlash(path)+"@"+version), false}
		r.roots = append(r.roots, root)
		if _, err := os.Stat(root.dir); err != nil && !req.Indirect {
			wanted = append(wanted, at.Path+"@"+at.Version)
		}
	}
	return wanted
}

// moduleCache returns the directory of the module cache, by the rules of the go command.
func moduleCache(cfg Config) string {
	if dir := cfg.getenv("GOMODCACHE"); dir != "" {
		return dir
	}
	if gopath := filepath.SplitList(cfg.getenv("GOPATH")); len(gopath) > 0 && gopath[0] != "" {
		return filepath.Join(gopath[0], "pkg", "mod")
	}
	return filepath.Join(build.Default.GOPATH, "pkg", "mod")
}

// buildContext returns the build context of a configuration, including its overlay.
func buildContext(ctx context.Context, cfg Config) build.Context {
	b := constraints(cfg)
	b.GOROOT = goroot(ctx, cfg)
	return b
}

// constraints returns the build context of a configuration without GOROOT, which would cost a go command.
func constraints(cfg Config) build.Context {
	b := build.Default
	if v := cfg.getenv("GOOS"); v != "" {
		b.GOOS = v
	}
	if v := cfg.getenv("GOARCH"); v != "" {
		b.GOARCH = v
	}
	b.CgoEnabled = b.CgoEnabled && b.GOOS == runtime.GOOS && b.GOARCH == runtime.GOARCH
	if v := cfg.getenv("CGO_ENABLED"); v != "" {
		b.CgoEnabled = v == "1"
	}
	b.BuildTags = cfg.tags()
	if len(cfg.Overlay) > 0 {
		b.OpenFile = func(name string) (io.ReadCloser, error) {
			if content, ok := cfg.Overlay[name]; ok {
				if content == nil {
					return nil, fs.ErrNotExist
				}
				return io.NopCloser(bytes.NewReader(content)), nil
			}
			return os.Open(name)
		}
		b.ReadDir = func(dir string) ([]fs.FileInfo, error) { return readOverlaid(dir, cfg.Overlay) }
	}
	return b
}

// readOverlaid reads a directory with the changes of an overlay.
func readOverlaid(dir string, overlay map[string][]byte) ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var infos []fs.FileInfo
	here := map[string]bool{}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		here[name] = true
		if content, ok := overlay[name]; ok && content == nil {
			continue
		}
		if info, err := e.Info(); err == nil {
			infos = append(infos, info)
		}
	}
	for name, content := range overlay {
		if filepath.Dir(name) == dir && !here[name] && content != nil {
			infos = append(infos, newFile{name: filepath.Base(name), size: int64(len(content))})
		}
	}
	slices.SortFunc(infos, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	return infos, nil
}

// goroot returns the GOROOT of the installed go command. The one of the build of this program may not exist.
func goroot(ctx context.Context, cfg Config) string {
	if dir := cfg.getenv("GOROOT"); dir != "" {
		return dir
	}
	cmd := gocmd.Command(ctx, "", cfg.environ(), "env", "GOROOT")
	if out, err := cmd.Output(); err == nil {
		return strings.TrimSpace(string(out))
	}
	return build.Default.GOROOT
}

// A newFile is the fs.FileInfo of a file that exists only in an overlay.
type newFile struct {
	fs.FileInfo
	name string
	size int64
}

func (f newFile) Name() string      { return f.name }
func (f newFile) Size() int64       { return f.size }
func (f newFile) Mode() fs.FileMode { return 0o644 }
func (f newFile) IsDir() bool       { return false }
func (f newFile) String() string    { return fmt.Sprint(f.name) }
