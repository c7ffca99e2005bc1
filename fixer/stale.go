package fixer

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// Comments that stay may not be true any more. What they should say instead is for a person to find; here
// they are named. One is suspected
//
//   - at a declaration that changed, for a word that only the old exchange has (staleWords), or for the key,
//     when the declaration's code names none any more;
//   - in front of the package, and at a declaration that calls a function that changed, for the former words;
//   - anywhere, for the name of something that was removed;
//   - at a lifetime, for saying that it is in milliseconds, when the file counted in these and does no more;
//   - above an import, when it headed another one.

// staleWords are words of the old exchange that have no other meaning.
var staleWords = strings.Fields("jwt jwts jws assertion assertions pem rsa rs256 private-key privatekey certificate certificates metascope metascopes signs signed signature")

// keyWords mean the key of the exchange only where the code has lost one.
var keyWords = strings.Fields("key keys keyfile pem der claim claims")

// unitWords say that a lifetime is in milliseconds, as it was in the old exchange.
var unitWords = strings.Fields("ms msec msecs millis millisecond milliseconds")

// A staleness looks for comments that may not be true any more in the files of one result.
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
	// A plain word means other things, too.
	s.removed = slices.DeleteFunc(s.removed, func(name string) bool {
		return len(name) < 4 || !strings.Contains(name, ".") && strings.ToLower(name[1:]) == name[1:] && !strings.Contains(name, "_")
	})
	return s
}

// remarks names the comments of all files: those that change, and the others of the module.
func (s *staleness) remarks(files []patch.File, index *syntax.Index) (out []remark) {
	change := map[string]bool{}
	for _, f := range files {
		change[f.Path] = true
		out = append(out, s.changed(f)...)
	}
	for _, path := range slices.Sorted(maps.Keys(index.Files)) {
		if !change[path] {
			out = append(out, s.unchanged(path, index.Files[path].Src)...)
		}
	}
	return out
}

// changed names the comments of a file that was changed.
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
	functions := map[string]bool{} // that are not as they were; methods have a dot in front
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
		counted = counted || lost[d]["millisecond"]
		if fd, isFunc := d.(*ast.FuncDecl); isFunc {
			if fd.Recv != nil {
				functions["."+fd.Name.Name] = true
			} else {
				functions[fd.Name.Name] = true
			}
		}
	}
	out := headings(f, fset, tree)
	named := identifiers(tree)
	for _, g := range tree.Comments {
		d := declAround(tree, g)
		_, touched := lost[d]
		near := touched || d == nil && g.End() < tree.Package || d != nil && names(declText(f.New, fset, d), functions)
		for _, c := range g.List {
			if !bytes.Contains(f.Old, []byte(c.Text)) {
				continue // the rewrite brought it, and may speak of what was
			}
			why := ""
			switch {
			case near && speaksOf(c.Text, staleWords):
				why = "still describes removed code"
			case touched && lostWord(c.Text, lost[d]) != "":
				why = fmt.Sprintf("mentions %q, which was removed", lostWord(c.Text, lost[d]))
			case counted && speaksOf(c.Text, unitWords) && lifetime(f.New, fset, c):
				why = "says milliseconds; the lifetime is in seconds now"
			case s.names(c.Text, named) != "":
				why = "names " + s.names(c.Text, named) + ", which was removed"
			default:
				continue
			}
			out = append(out, staleRemark(f.Path, why, c.Text, fset.PositionFor(c.Pos(), false).Line))
			break // one a group is enough
		}
	}
	return out
}

// unchanged names the comments of a file that was not changed and speaks of what was removed.
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

func staleRemark(path, why, text string, line int) remark {
	return remark{safety.Stale, fmt.Sprintf("a comment %s: %s (%s:%d)", why, shorten(text), filepath.Base(path), line), path}
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

// names returns what a comment names of what was removed. What the file's code still names may be another thing.
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

// lostWord returns a word for the key in a comment that the code beside it has lost.
func lostWord(comment string, lost map[string]bool) string {
	for _, w := range commentWords(comment) {
		if slices.Contains(keyWords, w) && (lost[w] || lost[strings.TrimSuffix(w, "s")]) {
			return w
		}
	}
	return ""
}

// lifetime reports whether a comment is about a lifetime: the line that it stands on, or the next.
func lifetime(src []byte, fset *token.FileSet, c *ast.Comment) bool {
	lines := bytes.Split(src, []byte("\n"))
	at := fset.PositionFor(c.Pos(), false).Line - 1
	text := strings.ToLower(string(bytes.Join(lines[at:min(at+2, len(lines))], nil)))
	return slices.ContainsFunc([]string{"expir", "ttl", "lifetime", "validfor", "valid_for"}, func(w string) bool { return strings.Contains(text, w) })
}

// lostWords returns the words of the names that code had and has not any more.
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

// nameWords returns the words that the names in a piece of code are made of, in lower case.
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

// headings names the comments above imports that went and stay above another one: they headed a group of which some is left, or spoke of
// what went. Only a reader can tell.
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
			out = append(out, remark{safety.Stale, fmt.Sprintf("a comment stays above the import of %s, where %s was: %s (%s:%d)", spec.Path.Value, was, shorten(spec.Doc.List[0].Text), filepath.Base(f.Path), line), f.Path})
		}
	}
	return out
}

// parts returns the texts of a file's declarations, with their doc comments, by name.
func parts(src []byte) map[string]string {
	out := map[string]string{}
	fset := token.NewFileSet()
	tree, _ := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if tree == nil {
		return out
	}
	for _, d := range tree.Decls {
		if name := declName(d); name != "" {
			out[name] = declText(src, fset, d)
		}
	}
	return out
}

// declName returns what a declaration declares first, "" for imports.
func declName(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil {
			return types.ExprString(d.Recv.List[0].Type) + "." + d.Name.Name
		}
		return d.Name.Name
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				return s.Name.Name
			case *ast.ValueSpec:
				return s.Names[0].Name
			}
		}
	}
	return ""
}

// declText returns a declaration with its doc comment.
func declText(src []byte, fset *token.FileSet, d ast.Decl) string {
	from := d.Pos()
	if doc := docOf(d); doc != nil {
		from = doc.Pos()
	}
	return string(src[fset.PositionFor(from, false).Offset:fset.PositionFor(d.End(), false).Offset])
}

// declAround returns the declaration that a comment is in, above or behind; nil if there is none.
func declAround(f *ast.File, g *ast.CommentGroup) ast.Decl {
	for _, d := range f.Decls {
		from := d.Pos()
		if doc := docOf(d); doc != nil {
			from = doc.Pos()
		}
		if from <= g.Pos() && g.End() <= d.End() {
			return d
		}
	}
	return nil
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// commentWords returns the words of a comment in lower case; those with a hyphen are one.
func commentWords(comment string) []string {
	return strings.FieldsFunc(strings.ToLower(comment), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-'
	})
}

// speaksOf reports whether a comment has one of the words; those with a hyphen may be two.
func speaksOf(comment string, list []string) bool {
	words := commentWords(comment)
	for i, w := range words {
		if slices.Contains(list, w) || i > 0 && slices.Contains(list, words[i-1]+"-"+w) {
			return true
		}
	}
	return false
}
