// Package leftover finds what stays behind outside of Go when a flow is gone: key files, and lines of
// .env files, compose files, CI workflows and charts that set what only the flow read.
//
// In: the directory and the names that the program stopped reading. Out: places, by name only. The
// files are read to find the names; no value of theirs is kept.
package leftover

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// A Place is a line, or a whole file, that nothing needs any more.
type Place struct {
	File string // absolute
	Line int    // 0 for the whole file
	Kind string // "env-file", "compose", "ci", "helm", "config", "docker", "script", "pem-file"
	Name string // the variable, or the key file's name
}

// kinds says what a file is by its name or folder; the first row that fits counts.
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
		return base == ".env" || strings.HasPrefix(base, ".env.") || strings.HasSuffix(base, ".env")
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

// largest is the size above which a file is not one that people write settings into.
const largest = 1 << 20

// OfSystem reports whether a variable is one that systems and supervisors set: nobody has to take it
// out of a file because a program stopped reading it.
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

// Find looks for variables and key files below root. Folders that hold other people's code or no
// sources at all are passed over.
func Find(root string, variables, keyFiles []string) ([]Place, error) {
	var out []Place
	wanted := map[string]bool{}
	for _, f := range keyFiles {
		if base := filepath.Base(filepath.FromSlash(f)); base != "." && base != "/" {
			wanted[base] = true
		}
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		base := d.Name()
		if d.IsDir() {
			switch base {
			case ".git", "vendor", "node_modules", "testdata":
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		if wanted[base] {
			out = append(out, Place{File: path, Kind: "pem-file", Name: base})
			return nil
		}
		for _, k := range kinds {
			if k.fits(rel, base) {
				out = append(out, lines(path, k.kind, variables)...)
				return nil
			}
		}
		return nil
	})
	sort.Slice(out, func(i, j int) bool {
		if out[i].File != out[j].File {
			return out[i].File < out[j].File
		}
		return out[i].Line < out[j].Line
	})
	return out, err
}

// lines finds the lines that name one of the variables as a whole word.
func lines(path, kind string, variables []string) []Place {
	info, err := os.Stat(path)
	if err != nil || info.Size() > largest {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil || bytes.IndexByte(b, 0) >= 0 {
		return nil
	}
	var out []Place
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, largest)
	for n := 1; sc.Scan(); n++ {
		for _, v := range variables {
			if names(sc.Text(), v) {
				out = append(out, Place{File: path, Line: n, Kind: kind, Name: v})
				break
			}
		}
	}
	return out
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
