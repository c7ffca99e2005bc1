// Package outcomes tests the property of the rewriter (see fixer/outcome): random programs that continue after an exchange
// behave the same before and after a fix, for every outcome at the token service.
//
// It has tests only. A few programs run by default; for more, go test -args -programs 2000 -seed 7.
package outcomes
