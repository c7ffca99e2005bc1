package load

import (
	"go/ast"
	"slices"

	limit "jwtretire.example/internal/budget"
)

// largeTable is the size in bytes of source from which a table of numbers is blanked. No key takes that much as
// a list of bytes: one of 4096 bits takes 15 KB.
const largeTable = 64 << 10

// maxTables bounds the blocks of a file that are searched for tables, because each level reads its text again.
const maxTables = 100

// withoutTables returns source with blanks in the place of the elements of large composite literals that
// contain only numbers: compressed files, tables of a parser or of Unicode. All other bytes keep their offsets.
// A value of a flow is never in numbers, and 10 MB of them need 1 GB for syntax and types. Identifiers, strings
// and calls stay, because they may be part of a flow, except in the table of a package variable with more than
// [limit.TableBytes] of text. names are the identifiers in such tables, nil if there are none.
func withoutTables(src []byte, scale int) (out []byte, names map[string]bool) {
	if len(src) < largeTable {
		return src, nil
	}
	var blank []byte
	l := lexer{src: src}
	inside := 0 // end of the enclosing block that is searched
	for looked := 0; looked < maxTables; {
		dots, open := l.nextBrace()
		if open < 0 {
			break
		}
		end := l.block(open)
		if end < 0 {
			break
		}
		switch {
		case end-open < largeTable:
			l.at = end + 1
		case dots >= 0 || !numbers(src[open:end]) && (end-open <= limit.TableBytes.At(scale) || open < inside || !text(src[open:end])):
			looked++ // the length of a [...] array is part of its type
			l.at, inside = open+1, max(inside, end)
		default:
			if !numbers(src[open:end]) {
				if names == nil {
					names = map[string]bool{}
				}
				namesIn(src[open:end], names)
			}
			if blank == nil {
				blank = append(blank, src...) // src may be the caller's overlay
			}
			for i := open + 1; i < end; i++ {
				if src[i] != '\n' && src[i] != '\r' {
					blank[i] = ' '
				}
			}
			l.at = end + 1
		}
	}
	if blank == nil {
		return src, nil
	}
	return blank, names
}

// numbers reports whether a text has only numbers, braces, commas, colons and signs.
func numbers(text []byte) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			for i+1 < len(text) && (isLetter(text[i+1]) || text[i+1] == '.') {
				i++
			}
		case c == ' ', c == '\t', c == '\n', c == '\r', c == ',', c == '{', c == '}', c == '-', c == '+', c == '.', c == ':':
		default:
			return false
		}
	}
	return true
}

// text reports whether a table has only numbers, strings and unqualified names. So it needs no call and no
// import.
func text(table []byte) bool {
	return tokens(table, func(c byte, _ string) bool {
		return c != '.' && c != '(' && c != ')' && c != '=' && c != ';' && c != '<' && c != '!' && c != '|'
	})
}

// namesIn adds the names in a table to names.
func namesIn(table []byte, names map[string]bool) {
	tokens(table, func(_ byte, name string) bool {
		if name != "" {
			names[name] = true
		}
		return true
	})
}

// tokens calls f for the names and the punctuation in a table, until f returns false. It reports whether f
// always returned true.
func tokens(table []byte, f func(c byte, name string) bool) bool {
	l := lexer{src: table}
	for l.at < len(table) {
		c, start := table[l.at], l.at
		if (c == '"' || c == '`' || c == '\'' || c == '/') && l.skip() {
			continue
		}
		l.at++
		name := ""
		if isLetter(c) {
			digit := '0' <= c && c <= '9'
			for l.at < len(table) && (isLetter(table[l.at]) || digit && table[l.at] == '.') {
				l.at++
			}
			if digit {
				continue
			}
			name = string(table[start:l.at])
		}
		if !f(c, name) {
			return false
		}
	}
	return true
}

// declares reports whether files declare one of the names on package level. A table with such a name uses it,
// and the slicer, which removes unused declarations, has to see that use.
func declares(files []*ast.File, names map[string]bool) bool {
	return slices.ContainsFunc(files, func(f *ast.File) bool {
		return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
			switch d := d.(type) {
			case *ast.FuncDecl:
				return d.Recv == nil && names[d.Name.Name]
			case *ast.GenDecl:
				return slices.ContainsFunc(d.Specs, func(s ast.Spec) bool {
					switch s := s.(type) {
					case *ast.TypeSpec:
						return names[s.Name.Name]
					case *ast.ValueSpec:
						return slices.ContainsFunc(s.Names, func(id *ast.Ident) bool { return names[id.Name] })
					}
					return false
				})
			}
			return false
		})
	})
}
