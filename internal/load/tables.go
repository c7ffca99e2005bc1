package load

import (
	"go/ast"
	"slices"

	limit "jwtretire.example/internal/budget"
)

// largeTable is the bytes of source from which a table is not loaded. No key is written down in so much, byte by byte: one of 4096 bits has
// 15 KB.
const largeTable = 64 << 10

// maxTables bounds the blocks of a file that are looked into for tables, for each is read again at each level.
const maxTables = 100

// withoutTables returns source in which the elements of large composite literals that are numbers and nothing else are blanks. Everything
// else stays where it is, byte for byte. No value of a flow is in numbers, and ten MB of them are a GB of syntax and types: a compressed file, tables of
// a parser or of Unicode. Names, strings and calls stay: they may be part of a flow. Only of a package variable that is a table of text of more than
// [limit.TableBytes] the elements go, too; names are those in such tables, nil if there is none.
func withoutTables(src []byte, scale int) (out []byte, names map[string]bool) {
	if len(src) < largeTable {
		return src, nil
	}
	var blank []byte
	l := lexer{src: src}
	inside := 0 // the end of the block that is looked into
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
			looked++ // of [...] the number of elements is part of the type
			l.at, inside = open+1, max(inside, end)
		default:
			if !numbers(src[open:end]) {
				if names == nil {
					names = map[string]bool{}
				}
				namesIn(src[open:end], names)
			}
			if blank == nil {
				blank = append(blank, src...) // an overlay is the caller's
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

// numbers reports whether there are only numbers, and braces and signs.
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

// text reports whether there are only numbers, strings, and names without a package: nothing that calls, and nothing that imports are needed for.
func text(table []byte) bool {
	return tokens(table, func(c byte, _ string) bool {
		return c != '.' && c != '(' && c != ')' && c != '=' && c != ';' && c != '<' && c != '!' && c != '|'
	})
}

// namesIn adds the names in a table.
func namesIn(table []byte, names map[string]bool) {
	tokens(table, func(_ byte, name string) bool {
		if name != "" {
			names[name] = true
		}
		return true
	})
}

// tokens calls f for the names and the punctuation in a table, until it returns false, and reports whether it never did.
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

// declares reports whether files declare one of some names on package level: a table that has it uses what it stands for, and whoever removes
// what nothing uses has to see that.
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
