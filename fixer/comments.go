package fixer

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

// There are four cases for a comment at removed code. If it describes removed things (the key, the assertion,
// the form), it is removed. If it is at a parameter that the new request also has, or above
// the statement that sets one, it moves to the replacement. If its code is removed without replacement, it belongs to
// that code. Any other comment may still be true and has no place: the rewrite needs consent.

// goneWords are words of comments about things that a rewrite removes. A word with * at its end is a
// prefix.
var goneWords = strings.Fields("key keys keyfile private* privkey pem der jwt* jws jose assertion* assert* claim* sign signs signed signing signer " +
	"signature* cert* rsa rs256 rs384 rs512 x509 pkcs* metascope* exchange* exp expir* expiry lifetime iat nbf jti iss aud issuer audience subject sub " +
	"form forms body payload encode* urlencode* multipart post posts posted request* header* content-type response* status* " +
	"decode* json unmarshal* parse* millisecond* msec ms")

// speaksOfGone reports whether a comment has a word about things that a rewrite removes.
func speaksOfGone(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-'
	})
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.ContainsFunc(goneWords, func(g string) bool {
			stem, open := strings.CutSuffix(g, "*")
			return w == stem || open && strings.HasPrefix(w, stem)
		})
	})
}

// A source is one file: its syntax, positions and text.
type source struct {
	syntax *ast.File
	tf     *token.File
	text   []byte
}

func (t *attempt) source(path string) *source {
	p := t.home[path]
	if p == nil {
		return nil
	}
	return sourceOf(p, slices.Index(p.Files, path))
}

func sourceOf(p *load.Package, i int) *source {
	return &source{p.Syntax[i], p.Fset.File(p.Syntax[i].Package), p.Source[p.Files[i]]}
}

func (s *source) line(off int) int { return s.tf.Line(s.tf.Pos(off)) }

// leading returns the comments on the lines directly above a place that begins its line.
func (s *source) leading(off int) []*ast.Comment {
	start := s.tf.Offset(s.tf.LineStart(s.line(off)))
	if strings.TrimSpace(string(s.text[start:off])) != "" {
		return nil
	}
	for _, g := range s.syntax.Comments {
		from := s.tf.Offset(g.Pos())
		lineStart := s.tf.Offset(s.tf.LineStart(s.tf.Line(g.Pos())))
		if s.tf.Line(g.End()) == s.line(off)-1 && strings.TrimSpace(string(s.text[lineStart:from])) == "" {
			return g.List
		}
	}
	return nil
}

// trailing returns the comments after a place on its line, with only punctuation in between.
func (s *source) trailing(end int) []*ast.Comment {
	for _, g := range s.syntax.Comments {
		from := s.tf.Offset(g.Pos())
		if from >= end && s.tf.Line(g.Pos()) == s.line(end) && strings.Trim(string(s.text[end:from]), " \t,;)}]") == "" {
			return g.List[:1]
		}
	}
	return nil
}

// statement returns the innermost statement of a list that holds a range of bytes, and the function
// around it.
func (s *source) statement(from, to int) (stmt ast.Stmt, in *ast.FuncDecl) {
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		if n == nil || s.tf.Offset(n.Pos()) > from || s.tf.Offset(n.End()) < to {
			return false
		}
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.FuncDecl:
			in = n
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		}
		for _, st := range list {
			if s.tf.Offset(st.Pos()) <= from && s.tf.Offset(st.End()) >= to {
				stmt = st
			}
		}
		return true
	})
	return stmt, in
}

// sharedKeys maps parameters that both the exchange and the new request have to their keys in the new literal.
var sharedKeys = map[string]string{"client_id": "ClientID: ", "client_secret": "ClientSecret: ", "resource": "EndpointParams: "}

// A shared is a part of the exchange that the new request also has: the key in the new literal, "" for the whole literal.
type shared struct {
	key  string
	span flow.Span
}

// moveComments adds the comments that move to the texts of a change. It is called after the change was extended by dead code.
func (t *attempt) moveComments(plans []*plan.Plan, set *change.Set) {
	for _, pl := range plans {
		if pl.Set == nil {
			continue
		}
		c := &commentMover{attempt: t, pl: pl, set: set, done: map[*ast.Comment]bool{}}
		c.node, c.at = configText(pl.Set, set)
		if c.node == nil {
			continue
		}
		places := []shared{{"TokenURL: ", pl.Flow.URL}, {"", pl.Flow.Request}}
		for _, fd := range pl.Flow.Fields {
			if key := sharedKeys[fd.Key]; key != "" {
				places = append(places, shared{key, fd.Put})
			}
		}
		slices.SortStableFunc(places, func(a, b shared) int { return a.span.Offset - b.span.Offset })
		for _, p := range places {
			if !p.span.IsZero() && pl.Gone(set, p.span) {
				c.place(p.key, p.span)
			}
		}
		c.write()
	}
}

// A commentMover moves comments to the text of one plan.
type commentMover struct {
	*attempt
	pl   *plan.Plan
	set  *change.Set
	node ast.Node // the node that the text replaces
	at   map[ast.Node]change.Text

	above []string            // before the statement
	by    map[string][]string // before the keys of the literal
	done  map[*ast.Comment]bool
}

// configText finds the text with the plan's new configuration in the set.
func configText(own, set *change.Set) (ast.Node, map[ast.Node]change.Text) {
	const key = "ClientSecret: "
	var first, where ast.Node
	for n, text := range own.Replace {
		if !strings.Contains(text.Src, key) || first != nil && first.Pos() <= n.Pos() {
			continue
		}
		for m, whole := range set.Replace {
			if (m == n || m.Pos() <= n.Pos() && n.End() <= m.End()) && strings.Count(whole.Src, key) == 1 {
				first, where = n, m
			}
		}
	}
	return where, set.Replace
}

// place moves the comments at one parameter.
func (c *commentMover) place(key string, span flow.Span) {
	s := c.source(span.File)
	if s == nil || span.End > len(s.text) {
		return
	}
	if key != "" {
		for _, list := range [][]*ast.Comment{s.leading(span.Offset), s.trailing(span.End)} {
			c.take(list, key)
		}
	}
	stmt, in := s.statement(span.Offset, span.End)
	if stmt == nil || in == nil || c.node.Pos() < in.Pos() || c.node.End() > in.End() || s.syntax.Pos() > c.node.Pos() {
		return // in a helper: comments above its statements are about the helper
	}
	if _, replaced := c.at[stmt]; !replaced { // else the rewriter keeps it
		c.take(s.leading(s.tf.Offset(stmt.Pos())), "")
	}
}

// take moves a list of comments, all of them or none.
func (c *commentMover) take(list []*ast.Comment, key string) {
	for _, x := range list {
		if key != "" && speaksOfGone(x.Text) {
			c.guess(x) // the parameter stays, and only the words of the comment are about removed things
		}
	}
	for _, x := range list {
		if c.done[x] || speaksOfGone(x.Text) || strings.HasPrefix(x.Text, "//go:") || strings.HasPrefix(x.Text, "//line ") || !strings.HasPrefix(x.Text, "//") {
			return
		}
	}
	for _, x := range list {
		c.done[x] = true
		if key == "" {
			c.above = append(c.above, x.Text)
			continue
		}
		if c.by == nil {
			c.by = map[string][]string{}
		}
		c.by[key] = append(c.by[key], x.Text)
	}
}

// guess records that a comment is removed only because of its words.
func (c *commentMover) guess(x *ast.Comment) {
	if c.guessed == nil {
		c.attempt.guessed = map[place]bool{}
	}
	p := c.res.Fset.PositionFor(x.Pos(), false)
	c.guessed[place{p.Filename, p.Offset}] = true
}

func (c *commentMover) write() {
	text := c.at[c.node]
	for key, list := range c.by {
		if i := strings.Index(text.Src, key); i > 0 && strings.HasSuffix(strings.TrimRight(text.Src[:i], " \t"), "\n") {
			text.Src = text.Src[:i] + strings.Join(list, "\n") + "\n" + text.Src[i:]
		} else {
			c.above = append(c.above, list...)
		}
	}
	if _, ok := c.node.(ast.Stmt); ok && len(c.above) > 0 {
		text.Src = strings.Join(c.above, "\n") + "\n" + text.Src
	}
	c.at[c.node] = text
}

const (
	withCode fate = iota // its code was removed
	byWords              // its code stays, but its words describe removed things, which is a guess
	homeless             // its code stays, and it may still be true
)

// fates sorts the lost comments by their fate.
func (t *attempt) fates(lost []rewrite.Comment, set *change.Set) map[fate][]rewrite.Comment {
	out := map[fate][]rewrite.Comment{}
	for _, c := range lost {
		s := t.source(c.Pos.Filename)
		is := withCode
		switch {
		case s == nil:
		case t.guessed[place{c.Pos.Filename, c.Pos.Offset}]:
			is = byWords
		case s.withGone(c.Pos.Offset, c.Pos.Offset+len(c.Text), set):
		case speaksOfGone(c.Text):
			is = byWords
		default:
			is = homeless
		}
		out[is] = append(out[is], c)
	}
	return out
}

// withGone reports whether a comment is in, above or after a node that the set removes, or
// in a statement that is replaced as a whole.
func (s *source) withGone(from, to int, set *change.Set) bool {
	gone := func(n ast.Node) bool {
		if n == nil || s.tf.Base() > int(n.Pos()) || int(n.End()) > s.tf.Base()+s.tf.Size() {
			return false
		}
		start, end := s.tf.Offset(n.Pos()), s.tf.Offset(n.End())
		return start <= from && to <= end || s.line(start) == s.line(to)+1 || s.line(start) == s.line(to) || s.line(end) == s.line(from)
	}
	for n := range set.Remove {
		if gone(n) {
			return true
		}
	}
	stays := func(n ast.Node) bool {
		return s.tf.Offset(n.Pos()) <= from && to <= s.tf.Offset(n.End())
	}
	for n, part := range set.Unwrap {
		if gone(n) && !stays(part.Node) {
			return true
		}
	}
	for n, calls := range set.Calls {
		if gone(n) && !slices.ContainsFunc(calls, func(c *ast.CallExpr) bool { return stays(c) }) {
			return true
		}
	}
	for n := range set.Replace {
		if _, ok := n.(ast.Expr); !ok && gone(n) {
			return true
		}
	}
	return false
}

func (t *attempt) consent(lost []rewrite.Comment) error {
	c := lost[0]
	more := ""
	if n := len(lost) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return &consentError{fmt.Sprintf("the rewrite would remove a comment that may still be true: %s (%s:%d)%s; read it, then run jwtretire fix -review %s",
		syntax.Line(c.Text), filepath.Base(c.Pos.Filename), c.Pos.Line, more, filepath.Dir(c.Pos.Filename))}
}
