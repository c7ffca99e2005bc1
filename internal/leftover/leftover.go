// Package leftover finds the traces of a removed flow outside of Go: key files, and lines of .env files,
// compose files, CI workflows and charts that set a variable which only the flow read.
//
// Input: the directory, and the names that the program no longer reads. Output: places, by name only. Files are
// searched for the names; their values are not kept.
package leftover

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// A Place is a line, or a whole file, that the program no longer needs.
type Place struct {
	File string // absolute
	Line int    // 0 for the whole file
	Kind string // "env-file", "compose", "ci", "helm", "config", "docker", "script", "pem-file"; of build files see BazelPackage
	Name string // the variable, the key file's name, or the advice on a build file
}

// kinds assigns kinds to files by name or directory; the first matching row counts.
var kinds = []struct {
	kind string
	fits func(rel, base string) bool
}{
	{"ci", func(rel, base string) bool {
		return strings.HasPrefix(rel, ".github/workflows/") || strings.HasPrefix(rel, ".circleci/") || strings.HasPrefix(base, ".gitlab-ci") ||
			base == "azure-pipelines.yml" || base == "bitbucket-pipelines.yml" || base == "Jenkinsfile" || base == ".travis.yml"
	}},
	{"compose", func(rel, base string) bool {
		return strings.HasPrefix(base, "docker-compose") || strings.HasPrefix(base, "compose.")
	}},
	{"env-file", func(rel, base string) bool {
		return base == ".env" || base == ".envrc" || strings.HasPrefix(base, ".env.") || strings.HasSuffix(base, ".env")
	}},
	{"docker", func(rel, base string) bool { return strings.HasPrefix(base, "Dockerfile") }},
	{"helm", func(rel, base string) bool {
		yaml := strings.HasSuffix(base, ".yaml") || strings.HasSuffix(base, ".yml")
		return yaml && (strings.Contains(rel, "chart") || strings.Contains(rel, "helm") || strings.HasPrefix(base, "values"))
	}},
	{"script", func(rel, base string) bool {
		return strings.HasSuffix(base, ".sh") || base == "Makefile" || base == "Procfile"
	}},
	{"config", func(rel, base string) bool {
		switch filepath.Ext(base) {
		case ".yaml", ".yml", ".toml", ".tf", ".tfvars", ".service", ".nomad":
			return true
		}
		return false
	}},
}

// sources are file extensions of source code that may read a variable or a key file.
var sources = map[string]bool{
	".go": true, ".py": true, ".js": true, ".mjs": true, ".cjs": true, ".ts": true, ".tsx": true, ".rb": true, ".php": true,
	".java": true, ".kt": true, ".scala": true, ".cs": true, ".rs": true, ".pl": true, ".ps1": true, ".swift": true,
}

// keyEndings are the extensions of files that contain only a key.
var keyEndings = map[string]bool{".pem": true, ".key": true, ".p12": true, ".pfx": true, ".der": true, ".p8": true, ".jks": true}

// largest is the size in bytes above which a file is not searched: people do not write settings into such
// files.
const largest = 1 << 20

// OfSystem reports whether a variable is usually set by the system or a supervisor. Such a variable is no
// leftover.
func OfSystem(name string) bool {
	switch name {
	case "HOME", "PATH", "PWD", "USER", "LOGNAME", "SHELL", "TMPDIR", "TMP", "TEMP", "HOSTNAME", "LANG",
		"USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramData", "PROGRAMDATA", "ProgramFiles", "SystemRoot",
		"CONFIGURATION_DIRECTORY", "CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CACHE_DIRECTORY",
		"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "KUBERNETES_SERVICE_HOST":
		return true
	}
	return false
}

// A Search describes a search below a directory.
type Search struct {
	Root      string
	Variables []string               // names that the program no longer reads
	KeyFiles  []string               // paths of files, as in the source, that the program no longer reads
	Settings  []string               // keys of configuration files that the program no longer uses
	Near      []string               // directories to which key files and settings are restricted, because their names are short; none for no limit
	Known     func(path string) bool // source files of the program, which do not count as readers; may be nil
}

// Find finds variables, key files and settings. Directories of dependencies or without source are skipped. A
// name that another source file mentions is not left over: it is in read.
func Find(s Search) (places []Place, read map[string]bool, err error) {
	f := &finder{Search: s, wanted: map[string]bool{}, read: map[string]bool{}}
	for _, path := range s.KeyFiles {
		if base := filepath.Base(filepath.FromSlash(path)); base != "." && base != "/" {
			f.wanted[base] = true
		}
	}
	err = filepath.WalkDir(s.Root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", "vendor", "node_modules", "testdata":
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			f.file(path, d.Name())
		}
		return nil
	})
	seen := map[Place]bool{}
	for _, p := range f.out {
		if !f.read[p.Name] && !seen[p] {
			seen[p] = true
			places = append(places, p)
		}
	}
	sort.Slice(places, func(i, j int) bool {
		if places[i].File != places[j].File {
			return places[i].File < places[j].File
		}
		return places[i].Line < places[j].Line
	})
	return places, f.read, err
}

type finder struct {
	Search
	wanted map[string]bool // base names of key files
	read   map[string]bool // names that another source file mentions
	out    []Place
}

func (f *finder) file(path, base string) {
	if f.wanted[base] && f.near(path) {
		f.out = append(f.out, Place{File: path, Kind: "pem-file", Name: base})
		return
	}
	if sources[filepath.Ext(base)] {
		if f.Known == nil || !f.Known(path) {
			f.reader(path)
		}
		return
	}
	rel, _ := filepath.Rel(f.Root, path)
	rel = filepath.ToSlash(rel)
	for _, k := range kinds {
		if k.fits(rel, base) {
			f.lines(path, k.kind)
			return
		}
	}
	if filepath.Ext(base) == ".json" {
		f.lines(path, "config")
	}
}

func (f *finder) near(path string) bool {
	return len(f.Near) == 0 || slices.ContainsFunc(f.Near, func(dir string) bool {
		rel, err := filepath.Rel(dir, path)
		return err == nil && filepath.IsLocal(rel)
	})
}

// reader records the names that another source file mentions.
func (f *finder) reader(path string) {
	b := content(path)
	for _, v := range f.Variables {
		f.read[v] = f.read[v] || names(string(b), v)
	}
	for base := range f.wanted {
		f.read[base] = f.read[base] || names(string(b), base)
	}
}

// content returns a text file, and nil for other files.
func content(path string) []byte {
	info, err := os.Stat(path)
	if err != nil || info.Size() > largest {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil || bytes.IndexByte(b, 0) >= 0 {
		return nil
	}
	return b
}

// lines finds the lines with the name of a variable or a key file as a whole word, and in configuration files
// those that set a key of Settings. Keys are short, so a file counts only if it has at least half of them.
func (f *finder) lines(path, kind string) {
	var settings []Place
	set := map[string]bool{}
	for n, line := range strings.Split(string(content(path)), "\n") {
		here := func(name string) Place { return Place{File: path, Line: n + 1, Kind: kind, Name: name} }
		found := false
		for _, v := range f.Variables {
			if names(line, v) {
				f.out = append(f.out, here(v))
				f.keyNamed(path, line)
				found = true
				break
			}
		}
		for base := range f.wanted {
			if !found && filepath.Ext(base) != "" && names(line, base) {
				f.out = append(f.out, here(base))
				found = true
			}
		}
		for _, s := range f.Settings {
			if !found && (kind == "config" || kind == "helm") && sets(line, s) {
				settings = append(settings, here(s))
				set[s] = true
			}
		}
	}
	if len(set) > 0 && f.near(path) && 2*len(set) >= len(f.Settings) {
		f.out = append(f.out, settings...)
	}
}

// keyNamed adds the key file in the tree that the value of a variable names.
func (f *finder) keyNamed(path, line string) {
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\r=:\"',", r) }) {
		if !keyEndings[filepath.Ext(word)] || filepath.IsAbs(word) {
			continue
		}
		for _, dir := range []string{filepath.Dir(path), f.Root} {
			file := filepath.Join(dir, filepath.FromSlash(word))
			rel, err := filepath.Rel(f.Root, file)
			if err != nil || !filepath.IsLocal(rel) {
				continue
			}
			if info, err := os.Lstat(file); err == nil && info.Mode().IsRegular() {
				f.out = append(f.out, Place{File: file, Kind: "pem-file", Name: filepath.Base(file)})
				break
			}
		}
	}
}

// sets reports whether a line of YAML, JSON or TOML sets a key.
func sets(line, key string) bool {
	line = strings.TrimLeft(line, " \t-{\"'")
	rest, ok := strings.CutPrefix(line, key)
	rest = strings.TrimLeft(rest, "\"' \t")
	return ok && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "="))
}

func names(line, word string) bool {
	for from := 0; word != ""; {
		i := strings.Index(line[from:], word)
		if i < 0 {
			return false
		}
		i += from
		before, after := byte(' '), byte(' ')
		if i > 0 {
			before = line[i-1]
		}
		if j := i + len(word); j < len(line) {
			after = line[j]
		}
		if !wordByte(before) && !wordByte(after) {
			return true
		}
		from = i + len(word)
	}
	return false
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}
