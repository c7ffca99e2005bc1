package repository

import (
	"path/filepath"
	"regexp"
	"strings"
)

// A rule is a line of CODEOWNERS.
type rule struct {
	matches *regexp.Regexp
	owners  []string
	section int // GitLab's sections each have their own say
}

// ownerFiles are where code hosts look for the file, in this order.
var ownerFiles = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}

// Owners returns who owns a file, by CODEOWNERS as GitHub and GitLab read it: the last rule that matches counts, in each
// section of its own. A library was rejected: it refuses a file for one line that it does not know, and knows no sections.
func (r *Repository) Owners(file string) []string {
	if r.Top == "" {
		return nil
	}
	rel, err := filepath.Rel(r.Top, file)
	if err != nil || !filepath.IsLocal(rel) {
		return nil
	}
	rel = filepath.ToSlash(rel)
	last := map[int][]string{}
	sections := 0
	for _, rule := range r.owners() {
		if rule.matches.MatchString(rel) {
			last[rule.section] = rule.owners
		}
		sections = max(sections, rule.section+1)
	}
	var out []string
	seen := map[string]bool{}
	for s := range sections {
		for _, o := range last[s] {
			if !seen[o] {
				seen[o] = true
				out = append(out, o)
			}
		}
	}
	return out
}

func (r *Repository) readOwners() []rule {
	for _, name := range ownerFiles {
		if text := read(filepath.Join(r.Top, filepath.FromSlash(name))); text != "" {
			return parseOwners(text)
		}
	}
	return nil
}

func parseOwners(text string) []rule {
	var out []rule
	section := 0
	var usual []string // owners of a section, for rules without their own
	for _, line := range lines(text) {
		if strings.HasPrefix(line, "[") || strings.HasPrefix(line, "^[") {
			if end := strings.LastIndexByte(line, ']'); end >= 0 {
				section++
				usual = owners(strings.Fields(line[end+1:]))
				continue
			}
		}
		fields := fields(line)
		pattern := compile(fields[0])
		if pattern == nil {
			continue
		}
		who := owners(fields[1:])
		if len(fields) == 1 {
			who = usual
		}
		out = append(out, rule{matches: pattern, owners: who, section: section})
	}
	return out
}

// fields splits a line at spaces that no backslash precedes.
func fields(line string) []string {
	var out []string
	for _, f := range strings.Fields(strings.ReplaceAll(line, `\ `, "\x00")) {
		if strings.HasPrefix(f, "#") {
			break
		}
		out = append(out, strings.ReplaceAll(f, "\x00", " "))
	}
	return out
}

// owners keeps what is a user, a team or an address.
func owners(words []string) []string {
	var out []string
	for _, w := range words {
		if strings.HasPrefix(w, "#") {
			break
		}
		if strings.Contains(w, "@") {
			out = append(out, w)
		}
	}
	return out
}

// compile makes a regular expression of a pattern as gitignore has them, nil where it is none. Negation and character
// classes, which CODEOWNERS has not, are taken as they stand.
func compile(pattern string) *regexp.Regexp {
	p := strings.TrimPrefix(pattern, "/")
	if p == "" {
		return nil
	}
	anchored := strings.HasPrefix(pattern, "/") || strings.Contains(strings.TrimSuffix(p, "/"), "/")
	var b strings.Builder
	b.WriteString("^")
	if !anchored {
		b.WriteString("(?:.*/)?")
	}
	directory := strings.HasSuffix(p, "/")
	p = strings.TrimSuffix(p, "/")
	for i := 0; i < len(p); i++ {
		switch {
		case strings.HasPrefix(p[i:], "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(p[i:], "**"):
			b.WriteString(".*")
			i++
		case p[i] == '*':
			b.WriteString("[^/]*")
		case p[i] == '?':
			b.WriteString("[^/]")
		default:
			b.WriteString(regexp.QuoteMeta(p[i : i+1]))
		}
	}
	switch {
	case directory:
		b.WriteString("/.*$")
	case strings.HasSuffix(p, "/*"):
		b.WriteString("$") // files of a directory, not those below it
	default:
		b.WriteString("(?:/.*)?$")
	}
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil
	}
	return re
}
