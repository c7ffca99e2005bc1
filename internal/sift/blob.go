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
	rareWords = sync.OnceValue(func() *matcher { return newMatcher(anchors(Exchange | Bearer)) })
	allWords  = sync.OnceValue(func() *matcher { return newMatcher(anchors(Exchange | Bearer | Sign | Key)) })
)

// Blob returns the classes of triggers in one file, which need not be on disk.
// Files that the go command would not compile by their name have none.
func Blob(name string, content []byte) Class {
	if !isGoFile(base(name)) || !allWords().match(content) {
		return 0
	}
	return classify(content, Exchange|Bearer|Sign|Key)
}

// Rare is Blob for the classes that decide, [Exchange] and [Bearer]; it is cheaper.
func Rare(name string, content []byte) Class {
	if !isGoFile(base(name)) || !rareWords().match(content) {
		return 0
	}
	return classify(content, Exchange|Bearer)
}

// base returns the last element of a path written with either kind of slash,
// because git writes one kind on every system.
func base(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// isGoFile reports whether the go command would look at a file of that name.
func isGoFile(name string) bool {
	return strings.HasSuffix(name, ".go") && name[0] != '_' && name[0] != '.'
}

// classify splits content into tokens and looks the identifiers and the string
// literals up in the table. A file that does not scan is looked at all the same.
func classify(content []byte, want Class) Class {
	var (
		s    scanner.Scanner
		file = token.NewFileSet().AddFile("", -1, len(content))
		got  Class
		seen = map[string]bool{} // identifiers recur
		last string              // the identifier just before
	)
	s.Init(file, content, func(token.Position, string) {}, 0)
	for got&want != want {
		_, tok, lit := s.Scan()
		switch tok {
		case token.COMMA, token.COLON, token.RBRACK:
			got |= lookup(last, asValue, want&^got)
		case token.IDENT:
			if !seen[lit] {
				seen[lit] = true
				got |= lookup(lit, asName, want&^got)
			}
			last = lit
			continue
		case token.STRING, token.CHAR, token.ILLEGAL:
			got |= lookup(lit, asText, want&^got)
		case token.EOF:
			return got & want
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
