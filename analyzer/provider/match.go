package provider

import (
	"strings"
	"unicode"
)

// A piece is a constant part of a URL, split into host and path.
type piece struct {
	host string // "", or a host that may begin with a verb or with a dot: "%s.okta.com", ".okta.com"
	path string // "", or begins with a slash
	text string
}

// cut splits a constant part of a URL. URLs are seldom complete in source: "https://%s/oauth2/%s/v1/token",
// host + "/services/oauth2/token" and "account-d.docusign.com" are all usual.
func cut(text string) (piece, bool) {
	s := strings.TrimSpace(text)
	if s == "" || strings.ContainsAny(s, "\n\t ") {
		return piece{}, false
	}
	p := piece{text: text}
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	} else {
		switch {
		case strings.HasPrefix(s, "/"):
			p.path = tidyPath(s)
			return p, true
		case !strings.Contains(s, ".") && !strings.Contains(s, "/"):
			return piece{}, false
		}
	}
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	host, path, found := strings.Cut(s, "/")
	if found {
		p.path = tidyPath("/" + path)
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	host, _, _ = strings.Cut(host, ":")
	p.host = strings.ToLower(host)
	return p, p.host != "" || p.path != ""
}

func tidyPath(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	return strings.TrimSuffix(path, "/")
}

// matchHost compares a host with a pattern: "api.box.com", "*.okta.com", "auth.pingone.*". If the source has
// only the end of the host, after a verb or a concatenation, the end is sufficient.
func matchHost(pattern, host string) bool {
	if host == "" {
		return false
	}
	if wild(pattern, host) {
		return true
	}
	suffix, ok := strings.CutPrefix(pattern, "*.")
	return ok && (host == suffix || host == "."+suffix)
}

// matchPath compares a path with a pattern by elements. * is one element, and so are verbs and placeholders in
// the source; a leading ** is any number of elements.
func matchPath(pattern, path string) bool {
	if path == "" {
		return false
	}
	rest, free := strings.CutPrefix(pattern, "**")
	want := strings.Split(strings.Trim(rest, "/"), "/")
	have := strings.Split(strings.Trim(path, "/"), "/")
	if len(have) < len(want) || !free && len(have) != len(want) {
		return false
	}
	have = have[len(have)-len(want):]
	for i, w := range want {
		switch {
		case w == "*":
			if have[i] == "" {
				return false
			}
		case !strings.EqualFold(w, have[i]):
			return false
		}
	}
	return true
}

// wild compares text with a pattern in which * is any text. Case is ignored.
func wild(pattern, text string) bool {
	pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(text, p)
		if i < 0 {
			return false
		}
		text = text[i+len(p):]
	}
	return len(text) >= len(last) && strings.HasSuffix(text, last)
}

// matchImport compares an import path with a pattern; /... is the path and everything below it,
// in every major version.
func matchImport(pattern, path string) bool {
	base, below := strings.CutSuffix(pattern, "/...")
	return path == base || below && strings.HasPrefix(path, base+"/")
}

// longWord is the length from which a word is found inside another one: gosalesforcejwt.
const longWord = 7

// hasWord reports whether an identifier or an import path contains the word: between separators and changes of
// case, or as several such words in a row.
func hasWord(text, word string) bool {
	for _, segment := range strings.FieldsFunc(text, func(r rune) bool { return r == '/' || unicode.IsSpace(r) }) {
		if len(word) >= longWord && strings.Contains(fold(segment), word) {
			return true
		}
		parts := splitWords(segment)
		for i := range parts {
			joined := ""
			for _, p := range parts[i:] {
				joined += p
				if joined == word {
					return true
				}
				if len(joined) >= len(word) {
					break
				}
			}
		}
	}
	return false
}

func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// splitWords splits at every character that is no letter or digit, and at changes from lower to upper case.
func splitWords(s string) []string {
	var out []string
	start, prev := -1, rune(0)
	rs := []rune(s)
	flush := func(end int) {
		if start >= 0 {
			out = append(out, strings.ToLower(string(rs[start:end])))
			start = -1
		}
	}
	for i, r := range rs {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush(i)
		case start >= 0 && unicode.IsUpper(r) && (unicode.IsLower(prev) || i+1 < len(rs) && unicode.IsLower(rs[i+1])):
			flush(i)
			start = i
		case start < 0:
			start = i
		}
		prev = r
	}
	flush(len(rs))
	return out
}
