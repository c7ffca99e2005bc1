// Package repository reads the metadata of a repository for reports: its top, its remote, its current commit,
// and the owners of files. It reads files only: it starts no process and uses no setting of the repository.
package repository

import (
	"bufio"
	"bytes"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// A Repository is a git work tree. The zero value means that there is none.
type Repository struct {
	Top      string // absolute; "" if there is none
	Remote   string // host and path, equal for all forms of the URL; without credentials
	Revision string // the checked-out commit

	owners func() []rule
}

// most is the largest size of a file of git in bytes that is read.
const most = 4 << 20

// At returns the repository of a directory.
func At(dir string) *Repository {
	r := &Repository{}
	for at := dir; ; at = filepath.Dir(at) {
		if git := gitDir(at); git != "" {
			common := git
			if data := read(filepath.Join(git, "commondir")); data != "" { // a linked work tree
				common = absolute(git, strings.TrimSpace(data))
			}
			r.Top = at
			r.Remote = remote(read(filepath.Join(common, "config")))
			r.Revision = revision(git, common)
			break
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	r.owners = sync.OnceValue(r.readOwners)
	return r
}

// Prefix returns a directory relative to the top, with slashes. It is "" for the top and for directories
// outside.
func (r *Repository) Prefix(dir string) string {
	if r.Top == "" {
		return ""
	}
	rel, err := filepath.Rel(r.Top, dir)
	if err != nil || rel == "." || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// gitDir returns the git directory of a work tree, "" if the directory is no work tree.
func gitDir(dir string) string {
	name := filepath.Join(dir, ".git")
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	if info.IsDir() {
		if _, err := os.Stat(filepath.Join(name, "HEAD")); err != nil {
			return ""
		}
		return name
	}
	if to, ok := strings.CutPrefix(read(name), "gitdir:"); ok {
		return absolute(dir, strings.TrimSpace(to))
	}
	return ""
}

func absolute(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

// read returns the text of a regular file, "" if it cannot be read.
func read(name string) string {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > most {
		return ""
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return ""
	}
	return string(data)
}

// revision resolves HEAD to a commit; "" if it fails. The reftable format is not supported; new repositories
// have it on request only.
func revision(git, common string) string {
	at := strings.TrimSpace(read(filepath.Join(git, "HEAD")))
	for range 5 { // symbolic references can form a chain; git follows five
		ref, ok := strings.CutPrefix(at, "ref:")
		if !ok {
			break
		}
		ref = strings.TrimSpace(ref)
		if !strings.HasPrefix(ref, "refs/") || !filepath.IsLocal(filepath.FromSlash(ref)) {
			return ""
		}
		at = ""
		for _, dir := range []string{git, common} {
			if at == "" {
				at = strings.TrimSpace(read(filepath.Join(dir, filepath.FromSlash(ref))))
			}
		}
		if at == "" {
			at = packed(read(filepath.Join(common, "packed-refs")), ref)
		}
	}
	if !isHash(at) {
		return ""
	}
	return at
}

func packed(text, ref string) string {
	for line := range strings.Lines(text) {
		if hash, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name == ref {
			return hash
		}
	}
	return ""
}

func isHash(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// remote returns the URL of the remote origin in the configuration, or of the first one.
func remote(config string) string {
	urls := map[string]string{}
	first, section := "", ""
	sc := bufio.NewScanner(strings.NewReader(config))
	for sc.Scan() {
		line := strings.TrimSpace(sc.Text())
		if head, ok := strings.CutPrefix(line, "["); ok {
			section = ""
			if name, ok := strings.CutPrefix(strings.TrimSuffix(head, "]"), `remote "`); ok {
				section = strings.TrimSuffix(name, `"`)
			}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || section == "" || !strings.EqualFold(strings.TrimSpace(key), "url") || urls[section] != "" {
			continue
		}
		if urls[section] = Clean(strings.Trim(strings.TrimSpace(value), `"`)); first == "" {
			first = section
		}
	}
	if u := urls["origin"]; u != "" {
		return u
	}
	return urls[first]
}

// Clean converts the URL of a remote, in any form, to host/path. So all clones of a repository have one name,
// and no credential stays: user and password, query and fragment are removed. A local path becomes "".
func Clean(remote string) string {
	if u, err := url.Parse(remote); err == nil && u.Scheme != "" && u.Host != "" && u.Scheme != "file" {
		host := strings.ToLower(u.Hostname())
		if p := u.Port(); p != "" && p != "22" && p != "443" && p != "80" {
			host += ":" + p
		}
		return tidy(host, u.Path)
	}
	// user@host:path, the form of scp.
	head, path, ok := strings.Cut(remote, ":")
	if !ok || strings.ContainsAny(head, `/\`) || strings.HasPrefix(path, "//") || strings.HasPrefix(path, ":") || len(head) < 2 {
		return ""
	}
	return tidy(strings.ToLower(head[strings.LastIndexByte(head, '@')+1:]), path)
}

func tidy(host, path string) string {
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	clean := func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '@' {
			return -1
		}
		return r
	}
	if host == "" || path == "" {
		return ""
	}
	return strings.Map(clean, host+"/"+path)
}

// lines returns the lines of a text without comments and blank lines.
func lines(text string) []string {
	var out []string
	for line := range bytes.Lines([]byte(text)) {
		if s := strings.TrimSpace(string(line)); s != "" && !strings.HasPrefix(s, "#") {
			out = append(out, s)
		}
	}
	return out
}
