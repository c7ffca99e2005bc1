// Package outcomes holds the rewriter against its property (fixer/outcome): programs that go on after an exchange in
// ways drawn at random do the same before and after a fix, whatever happens at the token service.
//
// It has tests only. A few programs run by default; for more, go test -args -programs 2000 -seed 7.
package outcomes
