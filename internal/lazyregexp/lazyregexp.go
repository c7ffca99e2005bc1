// Package lazyregexp has regular expressions that are compiled at their first use.
//
// Under go vet, the command is started once for each package, including the standard library, and most of these
// processes end without a search: compiling twenty unused expressions
// takes a tenth of such a run. go/build and golang.org/x/mod have an internal package like this one.
package lazyregexp

import (
	"regexp"
	"sync"
)

// A Regexp is a regular expression. It is safe for concurrent use.
type Regexp struct {
	compiled func() *regexp.Regexp
}

// New returns a Regexp for an expression. An invalid expression panics at the first use.
func New(expr string) Regexp {
	return Regexp{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

func (x Regexp) FindAllStringIndex(s string, n int) [][]int {
	return x.compiled().FindAllStringIndex(s, n)
}

func (x Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return x.compiled().FindAllStringSubmatch(s, n)
}

func (x Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return x.compiled().FindAllStringSubmatchIndex(s, n)
}

func (x Regexp) FindString(s string) string {
	return x.compiled().FindString(s)
}

func (x Regexp) FindStringSubmatch(s string) []string {
	return x.compiled().FindStringSubmatch(s)
}

func (x Regexp) FindStringSubmatchIndex(s string) []int {
	return x.compiled().FindStringSubmatchIndex(s)
}

func (x Regexp) Match(b []byte) bool {
	return x.compiled().Match(b)
}

func (x Regexp) MatchString(s string) bool {
	return x.compiled().MatchString(s)
}

func (x Regexp) ReplaceAllString(src, repl string) string {
	return x.compiled().ReplaceAllString(src, repl)
}

func (x Regexp) ReplaceAllStringFunc(src string, repl func(string) string) string {
	return x.compiled().ReplaceAllStringFunc(src, repl)
}
