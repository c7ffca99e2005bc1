package fixer

import (
	"errors"

	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/lazyregexp"
)

// A blame is an error of a result with the plans that it is about, so that the others need not be tried one by one.
type blame struct {
	sure  bool                 // the plans cause the error, and are not only near it
	plans map[*plan.Plan]error // the error of each plan
	first error
}

func (b *blame) Error() string { return b.first.Error() }
func (b *blame) Unwrap() error { return b.first }

// add adds an error and the plans that it is about.
func (b *blame) add(err error, plans ...*plan.Plan) {
	if b.first == nil {
		b.first = err
	}
	if b.plans == nil {
		b.plans = map[*plan.Plan]error{}
	}
	for _, pl := range plans {
		if b.plans[pl] == nil {
			b.plans[pl] = err
		}
	}
}

// error returns the blame, nil if it has no error.
func (b *blame) error() error {
	if b.first == nil {
		return nil
	}
	return b
}

// blameFor returns an error about places in files, with the plans near each place.
func blameFor[T any](about *concern, things []T, file func(T) string, err func([]T) error) error {
	b := &blame{first: err(things)}
	near := map[*plan.Plan][]T{}
	for _, x := range things {
		for _, pl := range about.near(file(x)) {
			near[pl] = append(near[pl], x)
		}
	}
	for pl, list := range near {
		b.add(err(list), pl)
	}
	return b
}

// blamed returns the plans that an error is about, each with its text, and whether the plans are certain.
func blamed(err error, among []*plan.Plan) (why map[*plan.Plan]error, sure bool) {
	var b *blame
	if !errors.As(err, &b) {
		return nil, false
	}
	why = map[*plan.Plan]error{}
	for _, pl := range among {
		if e := b.plans[pl]; e != nil && pl.Set != nil {
			why[pl] = e
		}
	}
	return why, b.sure
}

// compilerPlace is the position at the beginning of a type checker's error: its file and its line.
var compilerPlace = lazyregexp.New(`^(.+?):(\d+):\d+: `)
