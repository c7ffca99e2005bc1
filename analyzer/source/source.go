// Package source has the type of a range of source, as data without syntax.
package source

// A Span is a piece of source: a file and a half-open range of bytes.
// It is how flows name syntax, because it survives being stored as a fact;
// the fixer finds the node again by it. The zero Span means "not known".
type Span struct {
	File       string // absolute path
	Line       int    // 1-based
	Column     int    // 1-based, in bytes
	Offset     int    // first byte, 0-based
	End        int    // byte after the last
	PkgPath    string // import path of the package that the file belongs to
	EnclosedBy string // full name of the enclosing function or method, "" at package level
}

// IsZero reports whether the span names nothing.
func (s Span) IsZero() bool { return s.File == "" }
