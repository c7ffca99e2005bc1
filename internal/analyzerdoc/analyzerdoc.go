// Package analyzerdoc extracts the documentation of an analyzer from the package comment of its doc.go. So the package's
// page, the help of every driver, and Analyzer.Doc have one source.
package analyzerdoc

import "strings"

// Of returns the section "# Analyzer NAME" of a doc.go whose package comment is one /* */ comment. Its
// first line is "NAME: what it reports", which Doc holds without the name. Drivers print the first line
// where they have room for no more. A doc.go without that section is a mistake of this project, so it panics.
func Of(doc, name string) string {
	_, doc, ok := strings.Cut(doc, "/*")
	doc, _, ok2 := strings.Cut(doc, "*/")
	_, section, ok3 := strings.Cut(doc, "\n# Analyzer "+name+"\n")
	section, _, _ = strings.Cut(section, "\n# ")
	section, ok4 := strings.CutPrefix(strings.TrimSpace(section), name+": ")
	if !ok || !ok2 || !ok3 || !ok4 {
		panic("doc.go has no section \"# Analyzer " + name + "\" that begins with \"" + name + ": \"")
	}
	return section
}
