package git

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Filters are settings that disable the filters of a repository, which are programs that git runs on contents.
// They are found once.
type filters struct {
	once sync.Once
	off  []string
	err  error
}

// filtersOff returns settings that disable every configured filter of the repository.
func (r *Repo) filtersOff(ctx context.Context) ([]string, error) {
	r.filters.once.Do(func() { r.filters.off, r.filters.err = r.findFilters(ctx) })
	return r.filters.off, r.filters.err
}

// findFilters runs git config to find the configured filters. Few repositories have one, and git config costs
// as much as the command itself, so the configuration files are first searched for the words.
func (r *Repo) findFilters(ctx context.Context) ([]string, error) {
	if !r.mayFilter() {
		return nil, nil
	}
	args := append(append([]string{}, safe...), "config", "-z", "--name-only", "--get-regexp", `^filter\.`)
	out, err := r.start(ctx, nil, args, "config")
	if err != nil && len(out) == 0 {
		return nil, nil // git config exits with 1 if nothing matches
	}
	seen := map[string]bool{}
	var off []string
	for key := range strings.SplitSeq(string(out), "\x00") {
		i, j := strings.IndexByte(key, '.'), strings.LastIndexByte(key, '.')
		if i < 0 || i == j {
			continue
		}
		name := key[i+1 : j]
		if strings.ContainsAny(name, "=\n") {
			return nil, fmt.Errorf("the git configuration has a filter named %q, which cannot be disabled; git is not run", name)
		}
		if !seen[name] {
			seen[name] = true
			for _, setting := range []string{"clean=", "smudge=", "process=", "required=false"} {
				off = append(off, "-c", "filter."+name+"."+setting)
			}
		}
	}
	return off, nil
}

// mayFilter reports whether a configuration file of the repository may contain filters or includes. It is true
// if one cannot be read.
func (r *Repo) mayFilter() bool {
	dir := os.Getenv("GIT_DIR")
	if dir == "" {
		dir = filepath.Join(r.Dir, ".git")
	} else if !filepath.IsAbs(dir) {
		dir = filepath.Join(r.Dir, dir)
	}
	if info, err := os.Stat(dir); err != nil {
		return true
	} else if !info.IsDir() { // a linked work tree or a submodule
		text, err := os.ReadFile(dir)
		to, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
		if err != nil || !ok {
			return true
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(r.Dir, to)
		}
		dir = to
	}
	common := dir
	if text, err := os.ReadFile(filepath.Join(dir, "commondir")); err == nil {
		common = strings.TrimSpace(string(text))
		if !filepath.IsAbs(common) {
			common = filepath.Join(dir, common)
		}
	}
	for _, name := range []string{filepath.Join(common, "config"), filepath.Join(common, "config.worktree"), filepath.Join(dir, "config.worktree")} {
		text, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			return true
		}
		text = bytes.ToLower(text)
		if bytes.Contains(text, []byte("filter")) || bytes.Contains(text, []byte("include")) {
			return true
		}
	}
	return false
}
