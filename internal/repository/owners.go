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
	section int // sections of GitLab have separate owners
}

// ownerFiles are the places where code hosts look for the file, in this order.
var ownerFiles = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}

// Owners returns the owners of a file by CODEOWNERS, with the rules of GitHub and GitLab: the last matching
// rule counts, in each section. Rejected: a library, because it rejects a file for one unknown line and has no
// sections.
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
	var usual []string // default owners of a section
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

// fields splits a line at spaces without a backslash before them.
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

// owners returns the words that are a user, a team or an address.
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

// compile converts a pattern of gitignore to a regular expression, nil if it is invalid. CODEOWNERS has no
// negation and no character classes, so they are literal.
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
		b.WriteString("$") // files of a directory, not of its subdirectories
	default:
		b.WriteString("(?:/.*)?$")
	}
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil
	}
	return re
}
