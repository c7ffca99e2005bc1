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

// A pathSwap puts the path of the new grant in the place of one of the old exchange, as a row of provider.Target.Paths has it.
type pathSwap struct {
	provider.PathChange
	old, new []string // elements

	text   *regexp.Regexp // the old path in a text, with the final slash that it may have
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

// in changes the path in a text.
func (s *pathSwap) in(text string) string {
	return s.text.ReplaceAllLiteralString(text, strings.Join(s.new, "/"))
}

// inJoined changes the path where source has its elements as arguments.
func (s *pathSwap) inJoined(src string) string {
	return s.joined.ReplaceAllLiteralString(src, quoted(s.new))
}

// at reports whether words, from the first one on, are the elements of the old path.
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
