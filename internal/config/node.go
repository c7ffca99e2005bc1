package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// A reader walks the syntax tree of a file. Rejected: struct tags of the library, because its errors name
// neither the file nor the expected value.
type reader struct {
	file string
	errs []error
}

func (r *reader) errorf(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d:%d: %s", r.file, n.Line, n.Column, fmt.Sprintf(format, args...)))
}

// root returns the top node of the only document, nil for an empty file.
func (r *reader) root(data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	err := dec.Decode(&doc)
	if err == nil {
		if err = dec.Decode(&next); err == nil {
			return nil, fmt.Errorf("%s:%d: a second YAML document; the configuration is one document", r.file, next.Line)
		}
	} else if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if !errors.Is(err, io.EOF) {
		if le, ok := errors.AsType[*yaml.LoadError](err); ok && le.Mark.Line > 0 {
			return nil, fmt.Errorf("%s:%d:%d: %s", r.file, le.Mark.Line, le.Mark.Column, le.Message)
		}
		return nil, fmt.Errorf("%s: %w", r.file, err)
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return nil, nil
	}
	return doc.Content[0], nil
}

func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	}
	return "a string"
}

// pairs calls f for each entry of a map. where is the name of the map in messages.
func (r *reader) pairs(n *yaml.Node, where string, f func(key string, k, v *yaml.Node)) {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		r.errorf(n, "%s must be a map, not %s", where, kindName(n))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := resolve(n.Content[i]), n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			r.errorf(k, "a key of %s must be a string, not %s", where, kindName(k))
			continue
		}
		if line, dup := seen[k.Value]; dup {
			r.errorf(k, "key %q of %s is already on line %d", k.Value, where, line)
			continue
		}
		seen[k.Value] = k.Line
		f(k.Value, k, v)
	}
}

// fields reads a map with a fixed set of keys.
func (r *reader) fields(n *yaml.Node, where string, set map[string]func(*yaml.Node)) {
	r.pairs(n, where, func(key string, k, v *yaml.Node) {
		if f, ok := set[key]; ok {
			f(v)
			return
		}
		known := make([]string, 0, len(set))
		for name := range set {
			known = append(known, name)
		}
		slices.Sort(known)
		r.errorf(k, "unknown key %q in %s; known keys: %s", key, where, strings.Join(known, ", "))
	})
}

// text reads a string. Numbers and dates count as the text that they are written as, because an id can look
// like a number.
func (r *reader) text(n *yaml.Node, where string) string {
	m := resolve(n)
	if m.Kind != yaml.ScalarNode || m.Tag == "!!null" || m.Tag == "!!bool" {
		r.errorf(n, "%s must be a string, not %s", where, kindName(m))
		return ""
	}
	return m.Value
}

// literal reads a string that becomes part of a program, as a constant or an expression. Control characters are
// rejected, because they change how the source looks to a reviewer, and so are guillemets, which are marks of
// the rewriter.
func (r *reader) literal(n *yaml.Node, where string) string {
	s := r.text(n, where)
	if strings.ContainsFunc(s, func(c rune) bool { return c == '«' || c == '»' || c == utf8.RuneError || !unicode.IsPrint(c) }) {
		r.errorf(n, "%s has a character in it that is not printable, or a guillemet; it cannot become part of a program", where)
		return ""
	}
	return s
}

// list reads a list of strings, or one string with commas.
func (r *reader) list(n *yaml.Node, where string) []string {
	m := resolve(n)
	var out []string
	switch {
	case m.Kind == yaml.SequenceNode:
		for _, e := range m.Content {
			if s := strings.TrimSpace(r.text(e, "an element of "+where)); s != "" {
				out = append(out, s)
			}
		}
	case m.Kind == yaml.ScalarNode && m.Tag == "!!str":
		for s := range strings.SplitSeq(m.Value, ",") {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	default:
		r.errorf(n, "%s must be a list of strings or one string with commas, not %s", where, kindName(m))
	}
	return out
}

// oneOf reads one of a few words and returns its value.
func oneOf[T any](r *reader, n *yaml.Node, where string, words []string, values map[string]T) (zero T) {
	before := len(r.errs)
	s := r.text(n, where)
	if v, ok := values[s]; ok {
		return v
	}
	if len(r.errs) == before {
		r.errorf(n, "%s is %q; it must be one of %s", where, s, strings.Join(words, ", "))
	}
	return zero
}
