package sift

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"
	"sync"
)

// The two searches: words of the rare end, and all words.
var (
	rareWords = sync.OnceValue(func() *matcher { return newMatcher(rows(Exchange | Bearer)) })
	allWords  = sync.OnceValue(func() *matcher { return newMatcher(rows(Exchange | Bearer | Sign | Key)) })
)

// Blob returns the classes of triggers in one file, which need not be on disk.
// Files that the go command would not compile by their name have none.
func Blob(name string, content []byte) Class {
	if !isGoFile(base(name)) || !allWords().match(content) {
		return 0
	}
	return classify(content, Exchange|Bearer|Sign|Key, allWords())
}

// Rare is Blob for the classes that decide, [Exchange] and [Bearer]; it is cheaper.
func Rare(name string, content []byte) Class {
	if !isGoFile(base(name)) || !rareWords().match(content) {
		return 0
	}
	return classify(content, Exchange|Bearer, rareWords())
}

// base returns the last element of a path written with either kind of slash,
// because git writes one kind on every system.
func base(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// IsGoFile reports whether the go command would look at a file by its name, which may have directories
// in it: those that it passes over are passed over here too.
func IsGoFile(name string) bool {
	dirs := strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' })
	return len(dirs) > 0 && isGoFile(dirs[len(dirs)-1]) && !slices.ContainsFunc(dirs[:len(dirs)-1], skipped)
}

// isGoFile reports whether the go command would look at a file of that name.
func isGoFile(name string) bool {
	return strings.HasSuffix(name, ".go") && name[0] != '_' && name[0] != '.'
}

// classify splits content into tokens and looks the identifiers and the string
// literals up in the table, those at least that the matcher does not rule out; a nil matcher rules
// out none. A file that does not scan is looked at all the same.
func classify(content []byte, want Class, words *matcher) Class {
	var (
		s    scanner.Scanner
		file = token.NewFileSet().AddFile("", -1, len(content))
		got  Class
		last string // the identifier just before
	)
	s.Init(file, content, func(token.Position, string) {}, 0)
	for got&want != want {
		pos, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return got & want
		case token.COMMA, token.COLON, token.RBRACK:
			if last != "" {
				got |= lookup(last, asValue, want&^got)
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
				got |= lookup(lit, asName, want&^got)
				last = lit
				continue
			}
			got |= lookup(lit, asText, want&^got)
		}
		last = ""
	}
	return got & want
}

// The forms of the table by what a token can be.
var (
	asText  = []form{text}
	asName  = []form{ident, tail}
	asValue = []form{value}
)

// lookup returns the classes, out of want, of the rows of some forms that a token matches.
func lookup(lit string, forms []form, want Class) Class {
	var got Class
	for i := range triggers {
		t := &triggers[i]
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
