package fixer

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// A comment that stays may not be true any more. Only a person can correct it; this file
// finds it. A comment is suspect
//
//   - at a changed declaration, if it has a word of the old exchange (staleWords), or a word for the key that
//     the declaration's code, or the whole file's, does not have any more;
//   - at a declaration that lost the key, if it says "both";
//   - before the package clause, or at a declaration that calls a changed function, if it has one of the staleWords;
//   - before the package clause of another file of the package, if no code of the package has that word any more;
//   - anywhere, if it has the name of a removed object;
//   - at a lifetime, if it says milliseconds, and the file counted in milliseconds before and does not any more;
//   - above an import, if it was above another import before.
//
// Messages of changed functions that speak of the old exchange keep their words, because others may look for them; they are noted.

// staleWords are words of the old exchange without another meaning.
var staleWords = strings.Fields("jwt jwts jws assertion assertions pem rsa rs256 private-key privatekey certificate certificates metascope metascopes signs signed signature")

// messageWords are the words of the old exchange in messages.
var messageWords = strings.Fields("jwt jwts assertion assertions")

// keyWords are words for the key. They count only if the code has lost such a word, too.
var keyWords = strings.Fields("key keys keyfile pem der claim claims")

// unitWords are words for milliseconds, the unit of lifetimes in the old exchange.
var unitWords = strings.Fields("ms msec msecs millis millisecond milliseconds")

// A staleness finds suspect comments in the files of one result.
type staleness struct {
	removed []string // names of what was removed: keyFile, Client.keyFile
}

// newStaleness takes the names from the report of what was removed, such as "field Client.key".
func newStaleness(removed []string) *staleness {
	s := &staleness{}
	for _, r := range removed {
		kind, rest, _ := strings.Cut(r, " ")
		switch kind {
		case "func", "method", "type", "const", "var", "field":
			name, _, _ := strings.Cut(rest, " ")
			s.removed = append(s.removed, name)
			if _, last, ok := strings.Cut(name, "."); ok {
				s.removed = append(s.removed, last)
			}
		}
	}
	// Ordinary words have other meanings, too.
	s.removed = slices.DeleteFunc(s.removed, func(name string) bool {
		return len(name) < 4 || !strings.Contains(name, ".") && strings.ToLower(name[1:]) == name[1:] && !strings.Contains(name, "_")
	})
	return s
}

// remarks returns the suspect comments of all files: changed files, and the other files of the module.
func (s *staleness) remarks(files []patch.File, index *syntax.Index) (out []remark) {
	change := map[string]bool{}
	for _, f := range files {
		change[f.Path] = true
		out = append(out, s.changed(f)...)
	}
	for _, f := range byPath(index) {
		if !change[f.Path] {
			out = append(out, s.unchanged(f.Path, f.Src)...)
		}
	}
	return append(out, packageDocs(files, index)...)
}

func byPath(index *syntax.Index) []*syntax.File {
	return slices.SortedFunc(slices.Values(index.Files), func(a, b *syntax.File) int { return strings.Compare(a.Path, b.Path) })
}

// packageDocs returns the package comments in unchanged files of changed packages that have a word of the old exchange which no code of
// the package has any more.
func packageDocs(files []patch.File, index *syntax.Index) (out []remark) {
	now := map[string]map[string]bool{} // words of the code, by directory
	change := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".go") {
			change[f.Path] = true
			now[filepath.Dir(f.Path)] = map[string]bool{}
		}
	}
	add := func(path string, src []byte) {
		if words := now[filepath.Dir(path)]; words != nil && !strings.HasSuffix(path, "_test.go") {
			maps.Copy(words, nameWords(string(src)))
		}
	}
	for _, f := range files {
		add(f.Path, f.New)
	}
	for _, f := range index.Files {
		if !change[f.Path] {
			add(f.Path, f.Src)
		}
	}
	for _, f := range byPath(index) {
		words := now[filepath.Dir(f.Path)]
		if change[f.Path] || words == nil || f.Syntax.Doc == nil {
			continue
		}
		if w := wordOf(f.Syntax.Doc.Text(), staleWords); w != "" && !words[w] && !words[strings.TrimSuffix(w, "s")] {
			line := f.Pkg.Fset.Position(f.Syntax.Doc.Pos()).Line
			out = append(out, staleRemark(f.Path, fmt.Sprintf("has the word %q, which no code of the package has any more", w), f.Syntax.Doc.Text(), line))
		}
	}
	return out
}

// changed returns the suspect comments of a changed file.
func (s *staleness) changed(f patch.File) []remark {
	if f.Old == nil || f.New == nil || !strings.HasSuffix(f.Path, ".go") {
		return nil
	}
	before := parts(f.Old)
	fset := token.NewFileSet()
	tree, _ := parser.ParseFile(fset, "", f.New, parser.ParseComments|parser.SkipObjectResolution)
	if tree == nil {
		return nil
	}
	functions := map[string]bool{} // changed functions; methods begin with a dot
	lost := map[ast.Decl]map[string]bool{}
	counted := false
	for _, d := range tree.Decls {
		name := declName(d)
		text := declText(f.New, fset, d)
		old, ok := before[name]
		if name == "" || ok && old == text {
			continue
		}
		lost[d] = lostWords(old, text)
		counted = counted || lost[d]["millisecond"] || divides(old) && !divides(text)
		if fd, isFunc := d.(*ast.FuncDecl); isFunc {
			if fd.Recv != nil {
				functions["."+fd.Name.Name] = true
			} else {
				functions[fd.Name.Name] = true
			}
		}
	}
	out := append(headings(f, fset, tree), messages(f, fset, lost)...)
	named := identifiers(tree)
	fileLost := lostWords(string(f.Old), string(f.New))
	for _, g := range tree.Comments {
		d := declAround(tree, g)
		_, touched := lost[d]
		near := touched || d == nil && g.End() < tree.Package || d != nil && names(declText(f.New, fset, d), functions)
		for _, c := range g.List {
			if !bytes.Contains(f.Old, []byte(c.Text)) {
				continue // the rewrite added it, and it may mention the old code
			}
			why := ""
			switch {
			case near && speaksOf(c.Text, staleWords):
				why = "still describes removed code"
			case touched && lostWord(c.Text, lost[d]) != "":
				why = fmt.Sprintf("mentions %q, which was removed", lostWord(c.Text, lost[d]))
			case touched && lostWord(c.Text, fileLost) != "":
				why = fmt.Sprintf("mentions %q, which was removed", lostWord(c.Text, fileLost))
			case touched && speaksOf(c.Text, []string{"both"}) && slices.ContainsFunc(keyWords, func(w string) bool { return lost[d][w] }):
				why = `says "both"; the code of the key was removed`
			case counted && speaksOf(c.Text, unitWords) && lifetime(f.New, fset, c):
				why = "says milliseconds; the lifetime is in seconds now"
			case s.names(c.Text, named) != "":
				why = "names " + s.names(c.Text, named) + ", which was removed"
			default:
				continue
			}
			out = append(out, staleRemark(f.Path, why, c.Text, fset.PositionFor(c.Pos(), false).Line))
			break // one per comment group is enough
		}
	}
	return out
}

// unchanged returns the comments of an unchanged file that name removed objects.
func (s *staleness) unchanged(path string, src []byte) []remark {
	if !slices.ContainsFunc(s.removed, func(name string) bool { return bytes.Contains(src, []byte(name)) }) {
		return nil
	}
	fset := token.NewFileSet()
	tree, _ := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if tree == nil {
		return nil
	}
	var out []remark
	named := identifiers(tree)
	for _, g := range tree.Comments {
		for _, c := range g.List {
			if name := s.names(c.Text, named); name != "" {
				out = append(out, staleRemark(path, "names "+name+", which was removed", c.Text, fset.PositionFor(c.Pos(), false).Line))
				break
			}
		}
	}
	return out
}

// messages returns notes on the messages of changed functions that still speak of the old exchange.
func messages(f patch.File, fset *token.FileSet, changed map[ast.Decl]map[string]bool) (out []remark) {
	for d := range changed {
		fd, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(fd, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if ok && lit.Kind == token.STRING && strings.Contains(lit.Value, " ") && speaksOf(lit.Value, messageWords) && bytes.Contains(f.Old, []byte(lit.Value)) {
				line := fset.PositionFor(lit.Pos(), false).Line
				out = append(out, remark{"", fmt.Sprintf("a message still speaks of the old exchange: %s (%s:%d)", syntax.Line(lit.Value), filepath.Base(f.Path), line), f.Path})
			}
			return true
		})
	}
	slices.SortFunc(out, func(a, b remark) int { return strings.Compare(a.text, b.text) })
	return out
}

// divides reports whether code divides by a thousand.
func divides(code string) bool {
	return strings.Contains(code, "/1000") || strings.Contains(code, "/ 1000") || strings.Contains(code, "/1e3") || strings.Contains(code, "/ 1e3")
}

func staleRemark(path, why, text string, line int) remark {
	return remark{safety.Stale, fmt.Sprintf("a comment %s: %s (%s:%d)", why, syntax.Line(text), filepath.Base(path), line), path}
}

// identifiers returns the names in a file's code.
func identifiers(f *ast.File) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			out[id.Name] = true
		}
		return true
	})
	return out
}

// names returns the removed objects that a comment names. A name that the file's code still has may be another object.
func (s *staleness) names(comment string, code map[string]bool) string {
	for _, name := range s.removed {
		if code[name[strings.LastIndexByte(name, '.')+1:]] {
			continue
		}
		for rest := comment; ; {
			i := strings.Index(rest, name)
			if i < 0 {
				break
			}
			before, after := rune(' '), rune(' ')
			if i > 0 {
				before = rune(rest[i-1])
			}
			if end := i + len(name); end < len(rest) {
				after = rune(rest[end])
			}
			if !wordRune(before) && !wordRune(after) {
				return name
			}
			rest = rest[i+len(name):]
		}
	}
	return ""
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// lostWord returns a word for the key in a comment, if the code next to it has lost this word.
func lostWord(comment string, lost map[string]bool) string {
	for _, w := range commentWords(comment) {
		if slices.Contains(keyWords, w) && (lost[w] || lost[strings.TrimSuffix(w, "s")]) {
			return w
		}
	}
	return ""
}

// lifetime reports whether a comment is about a lifetime, by its line or the next one.
func lifetime(src []byte, fset *token.FileSet, c *ast.Comment) bool {
	lines := bytes.Split(src, []byte("\n"))
	at := fset.PositionFor(c.Pos(), false).Line - 1
	text := strings.ToLower(string(bytes.Join(lines[at:min(at+2, len(lines))], nil)))
	return slices.ContainsFunc([]string{"expir", "ttl", "lifetime", "validfor", "valid_for"}, func(w string) bool { return strings.Contains(text, w) })
}

// lostWords returns the words in names that the code had before and does not have any more.
func lostWords(old, now string) map[string]bool {
	out := map[string]bool{}
	have := nameWords(now)
	for w := range nameWords(old) {
		if !have[w] {
			out[w] = true
		}
	}
	return out
}

// nameWords returns the words in the names of a piece of code, in lower case.
func nameWords(code string) map[string]bool {
	out := map[string]bool{}
	var sc scanner.Scanner
	src := []byte(code)
	fset := token.NewFileSet()
	sc.Init(fset.AddFile("", fset.Base(), len(src)), src, nil, 0)
	for {
		_, tok, lit := sc.Scan()
		if tok == token.EOF {
			return out
		}
		if tok == token.IDENT {
			for _, w := range splitName(lit) {
				out[w] = true
			}
		}
	}
}

// splitName splits readPEMKey into read, pem and key.
func splitName(name string) []string {
	var out []string
	runes := []rune(name)
	start := 0
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) {
			prev, cur := runes[i-1], runes[i]
			next := rune('_')
			if i+1 < len(runes) {
				next = runes[i+1]
			}
			switch {
			case cur == '_' || prev == '_':
			case unicode.IsLower(prev) && unicode.IsUpper(cur):
			case unicode.IsUpper(prev) && unicode.IsUpper(cur) && unicode.IsLower(next):
			default:
				continue
			}
		}
		if w := strings.ToLower(strings.Trim(string(runes[start:i]), "_")); w != "" {
			out = append(out, w)
		}
		start = i
	}
	return out
}

// names reports whether code names one of several functions, or of several methods behind a dot.
func names(code string, list map[string]bool) bool {
	var sc scanner.Scanner
	src := []byte(code)
	fset := token.NewFileSet()
	sc.Init(fset.AddFile("", fset.Base(), len(src)), src, nil, 0)
	dot := ""
	for {
		_, tok, lit := sc.Scan()
		if tok == token.EOF {
			return false
		}
		if tok == token.IDENT && list[dot+lit] {
			return true
		}
		dot = ""
		if tok == token.PERIOD {
			dot = "."
		}
	}
}

// headings returns the comments that were above a removed import and are above another one now: they are headings of a group, or about
// the removed import. Only a reader can decide.
func headings(f patch.File, fset *token.FileSet, tree *ast.File) (out []remark) {
	old, _ := parser.ParseFile(token.NewFileSet(), "", f.Old, parser.ImportsOnly|parser.ParseComments|parser.SkipObjectResolution)
	if old == nil {
		return nil
	}
	headed, left := map[string]string{}, map[string]bool{}
	for _, spec := range old.Imports {
		if spec.Doc != nil {
			headed[spec.Doc.Text()] = spec.Path.Value
		}
	}
	for _, spec := range tree.Imports {
		left[spec.Path.Value] = true
	}
	for _, spec := range tree.Imports {
		if spec.Doc == nil {
			continue
		}
		if was := headed[spec.Doc.Text()]; was != "" && !left[was] {
			line := fset.PositionFor(spec.Doc.Pos(), false).Line
			out = append(out, remark{safety.Stale, fmt.Sprintf("a comment stays above the import of %s, where %s was: %s (%s:%d)", spec.Path.Value, was, syntax.Line(spec.Doc.List[0].Text), filepath.Base(f.Path), line), f.Path})
		}
	}
	return out
}

// commentWords returns the words of a comment in lower case; those with a hyphen are one.
func commentWords(comment string) []string {
	return strings.FieldsFunc(strings.ToLower(comment), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-'
	})
}

// wordOf returns the first word of a comment that is in a list, "" if none is.
func wordOf(comment string, list []string) string {
	for _, w := range commentWords(comment) {
		if slices.Contains(list, w) {
			return w
		}
	}
	return ""
}

// speaksOf reports whether a comment has one of the words; a word with a hyphen may be written as two words.
func speaksOf(comment string, list []string) bool {
	words := commentWords(comment)
	for i, w := range words {
		if slices.Contains(list, w) || i > 0 && slices.Contains(list, words[i-1]+"-"+w) {
			return true
		}
	}
	return false
}
