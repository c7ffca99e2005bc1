package program

import (
	"go/types"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
)

// New returns the program of an index with a core change. The error is that of [applied.Apply].
func New(ix *syntax.Index, set *change.Set, opts Scope) (*Program, error) {
	p := &Program{
		Index: ix, Set: set, Opts: opts,
		wrappers: map[*types.Func]*Reading{},
		isRead:   map[types.Object]bool{},
		decoded:  map[*types.Var]bool{}, inConversion: map[*types.Var]bool{},
		reached: map[*types.Func][]*types.Func{},
	}
	p.listNames()
	p.Dynamic = p.interfaceMethods()
	p.Elsewhere, p.external = p.constrained(), p.linked()
	if err := p.readTexts(); err != nil {
		return nil, err
	}
	return p, nil
}
