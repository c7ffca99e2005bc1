package request

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/lazyregexp"
)

// A pathSwap replaces a path of the old exchange by that of the new grant, by a row of provider.Target.Paths.
type pathSwap struct {
	provider.PathChange
	old, new []string // elements

	text   *regexp.Regexp // the old path in a text, with an optional slash at the end
	joined *regexp.Regexp // its elements as arguments: "ims", "exchange", "jwt"
}

var anyVersion = lazyregexp.New(`^v[0-9]+$`)

// pathSwaps returns the swaps of a vendor, the longest old path first.
func pathSwaps(t *provider.Target) []pathSwap {
	var out []pathSwap
	for _, c := range t.Paths {
		s := pathSwap{PathChange: c, old: elements(c.Old), new: elements(c.New)}
		var text, joined []string
		for _, e := range s.old {
			if anyVersion.MatchString(e) {
				e = `v[0-9]+`
			} else {
				e = regexp.QuoteMeta(e)
			}
			text, joined = append(text, e), append(joined, `"`+e)
		}
		s.text = regexp.MustCompile(strings.Join(text, "/") + "/?")
		s.joined = regexp.MustCompile(strings.Join(joined, `",\s*`) + `/?"`)
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b pathSwap) int { return cmp.Compare(len(b.Old), len(a.Old)) })
	return out
}

func elements(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// in replaces the path in a text.
func (s *pathSwap) in(text string) string {
	return s.text.ReplaceAllLiteralString(text, strings.Join(s.new, "/"))
}

// inJoined replaces the path in source that has its elements as arguments.
func (s *pathSwap) inJoined(src string) string {
	return s.joined.ReplaceAllLiteralString(src, quoted(s.new))
}

// at reports whether words begin with the elements of the old path.
func (s *pathSwap) at(words []string) bool {
	if len(words) < len(s.old) {
		return false
	}
	for i, e := range s.old {
		if words[i] != e && !anyVersion.MatchString(e) {
			return false
		}
	}
	return true
}

func quoted(words []string) string {
	var out []string
	for _, w := range words {
		out = append(out, strconv.Quote(w))
	}
	return strings.Join(out, ", ")
}
