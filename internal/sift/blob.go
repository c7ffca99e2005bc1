package sift

import (
	"bytes"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
	"sync"
)

// Words are the trigger words of a run.
type Words struct {
	rows      []trigger
	rare, all func() *matcher // for the rare words, and for all words
	tests     *Words          // the words for test files, nil for the same
}

const (
	rareClasses = Exchange | Bearer | hint
	allClasses  = rareClasses | Sign | Key | header
)

func newWords(tables ...[]trigger) *Words {
	w := &Words{rows: slices.Concat(tables...)}
	w.rare = sync.OnceValue(func() *matcher { return newMatcher(w.of(rareClasses)) })
	w.all = sync.OnceValue(func() *matcher { return newMatcher(w.of(allClasses)) })
	return w
}

// Usual returns the words for flows that a vendor has retired or that have a replacement.
var Usual = sync.OnceValue(func() *Words { return newWords(triggers, imports(false)) })

// All returns the words for all flows, also those that their vendor keeps and those of no known vendor.
var All = sync.OnceValue(func() *Words {
	w := newWords(triggers, imports(false), allTriggers, imports(true))
	w.tests = Usual()
	return w
})

// With returns a copy with more words: hosts and paths of vendors whose API takes the signed JWT itself.
func (w *Words) With(places ...string) *Words {
	if len(places) == 0 {
		return w
	}
	var more []trigger
	for _, p := range places {
		if len(p) < minWindow {
			p = "Authorization" // the header for such a JWT
		}
		more = append(more, trigger{class: Bearer, form: text, word: p})
	}
	all := newWords(w.rows, more)
	if w.tests != nil {
		all.tests = newWords(w.tests.rows, more)
	}
	return all
}

// HeaderName is the name of the header for a bearer in source. It is no trigger by itself.
const HeaderName = `"Authorization"`

// Blob returns the classes of triggers in one file, which need not be on disk.
// Files that the go command would not compile by their name have none.
func (w *Words) Blob(name string, content []byte) Class { return w.blob(name, content).alone() }

// Rare is like Blob for the rare classes, [Exchange] and [Bearer], and is cheaper.
func (w *Words) Rare(name string, content []byte) Class { return w.rarely(name, content).alone() }

// blob is like Blob, with the internal classes.
func (w *Words) blob(name string, content []byte) Class {
	w = w.in(name)
	if !isGoFile(base(name)) || !w.all().match(content) {
		return 0
	}
	return classify(content, allClasses, w.rows, w.all())
}

// rarely is like Rare, with the internal classes.
func (w *Words) rarely(name string, content []byte) Class {
	w = w.in(name)
	if !isGoFile(base(name)) || !w.rare().match(content) {
		return 0
	}
	return classify(content, rareClasses, w.rows, w.rare())
}

// in returns the words for a file.
func (w *Words) in(name string) *Words {
	if w.tests != nil && strings.HasSuffix(name, "_test.go") {
		return w.tests
	}
	return w
}

// alone returns the classes of a file without the other files of its directory.
func (c Class) alone() Class { return c.beside(c | header) }

// beside returns the classes of a file in a directory with other classes.
func (c Class) beside(dir Class) Class {
	if c&hint != 0 && dir&(Sign|header) != 0 {
		c |= Bearer
	}
	return c &^ (hint | header)
}

// ofExchange is the only word of the class [Bearer] that is not for a vendor whose API takes the signed JWT itself.
const ofExchange = `adobelogin`

// direct returns whether content names a vendor whose API takes the signed JWT itself.
func (w *Words) direct(content []byte) bool {
	rows := slices.DeleteFunc(slices.Clone(w.rows), func(t trigger) bool { return t.class != Bearer || t.word == ofExchange })
	return classify(content, Bearer, rows, w.rare()) != 0
}

// path returns the classes of the name of a file or a directory, or of the path of a module.
func (w *Words) path(name string) (c Class) {
	for i := range w.rows {
		if t := &w.rows[i]; t.form == raw && strings.Contains(name, t.word) {
			c |= t.class
		}
	}
	return c
}

// names adds the identifiers of a file that are triggers of the rare classes. only is false if
// a text is a trigger, too.
func (w *Words) names(content []byte, names map[string]bool) (only bool) {
	var s scanner.Scanner
	const rare = Exchange | Bearer
	s.Init(token.NewFileSet().AddFile("", -1, len(content)), content, func(token.Position, string) {}, 0)
	for {
		switch _, tok, lit := s.Scan(); tok {
		case token.EOF:
			return true
		case token.IDENT:
			if lookup(w.rows, lit, asName, rare)|lookup(w.rows, lit, asValue, rare) != 0 {
				names[lit] = true
			}
		case token.STRING, token.CHAR, token.ILLEGAL:
			if lookup(w.rows, lit, asText, rare) != 0 {
				return false
			}
		}
	}
}

// of returns the rows that have one of the classes.
func (w *Words) of(classes Class) []*trigger {
	var list []*trigger
	for i := range w.rows {
		if w.rows[i].class&classes != 0 {
			list = append(list, &w.rows[i])
		}
	}
	return list
}

// base returns the last element of a path written with either kind of slash,
// because git writes one kind on every system.
func base(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// IsGoFile reports whether the go command would read a file of that name. The name may contain directories;
// files in directories that the go command ignores do not count.
func IsGoFile(name string) bool {
	dirs := strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' })
	return len(dirs) > 0 && isGoFile(dirs[len(dirs)-1]) && !slices.ContainsFunc(dirs[:len(dirs)-1], skipped)
}

// isGoFile reports whether the go command would read a file of that base name.
func isGoFile(name string) bool {
	return strings.HasSuffix(name, ".go") && name[0] != '_' && name[0] != '.'
}

// classify splits content into tokens and searches the rows for the identifiers and string
// literals that the matcher does not exclude; a nil matcher excludes none.
// A file with syntax errors is searched, too.
func classify(content []byte, want Class, rows []trigger, words *matcher) Class {
	var (
		s    scanner.Scanner
		file = token.NewFileSet().AddFile("", -1, len(content))
		got  Class
		last string // the identifier just before
	)
	for i := range rows {
		if t := &rows[i]; t.form == raw && t.class&want&^got != 0 && bytes.Contains(content, []byte(t.word)) {
			got |= t.class
		}
	}
	s.Init(file, content, func(token.Position, string) {}, 0)
	for got&want != want {
		pos, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return got & want
		case token.COMMA, token.COLON, token.RBRACK:
			if last != "" {
				got |= lookup(rows, last, asValue, want&^got)
			}
		case token.IDENT, token.STRING, token.CHAR, token.ILLEGAL:
			at := file.Offset(pos)
			written := content[at:min(at+len(lit), len(content))]
			if strings.HasPrefix(lit, "`") {
				written = []byte(lit) // which has no carriage returns, and so is shorter
			}
			if words != nil && !words.match(written) {
				break
			}
			if tok == token.IDENT {
				got |= lookup(rows, lit, asName, want&^got)
				last = lit
				continue
			}
			got |= lookup(rows, lit, asText, want&^got)
		}
		last = ""
	}
	return got & want
}

// The forms of the table by kind of token.
var (
	asText  = []form{text}
	asName  = []form{ident, tail}
	asValue = []form{value}
)

// lookup returns the classes, out of want, of the rows of some forms that a token matches.
func lookup(rows []trigger, lit string, forms []form, want Class) Class {
	var got Class
	for i := range rows {
		t := &rows[i]
		if t.class&want != 0 && len(lit) >= len(t.word) && slices.Contains(forms, t.form) && t.matches(lit) {
			got |= t.class
		}
	}
	return got
}

func (t *trigger) matches(lit string) bool {
	switch t.form {
	case value:
		return lit == t.word
	case tail:
		return strings.HasSuffix(lit, t.word)
	}
	return strings.Contains(lit, t.word)
}
