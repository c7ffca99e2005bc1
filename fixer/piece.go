package fixer

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/slice"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
)

// together joins the errors of several components. If the culprits of some are certain, only these count,
// because the other errors will appear again.
func together(failed []pieceError) error {
	certain, near := &blame{sure: true}, &blame{}
	for _, f := range failed {
		why, sure := blamed(f.err, f.plans)
		to := near
		if sure && len(why) > 0 || len(f.plans) == 1 {
			to = certain
		}
		for _, pl := range f.plans {
			switch {
			case why[pl] != nil:
				to.add(why[pl], pl)
			case len(why) == 0:
				to.add(f.err, pl) // one of these plans
			}
		}
	}
	if certain.first != nil {
		return certain
	}
	return near
}

// groups groups plans by component.
func (t *attempt) groups(plans []*plan.Plan) (groups [][]*plan.Plan) {
	at := map[string]int{}
	for _, pl := range plans {
		if pl.Set == nil {
			continue
		}
		part := t.parts.ofPlan(pl)
		i, ok := at[part]
		if !ok {
			i = len(groups)
			at[part], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], pl)
	}
	return groups
}

// piece rewrites one component. At first, exported names of importable packages stay. If a flow cannot be
// removed completely that way, or an exported function without callers would keep the key, and the module is a program, they
// change with all their callers. Results are kept.
func (t *attempt) piece(plans []*plan.Plan) (*piece, error) {
	for _, m := range t.pieces[plans[0]] {
		if slices.Equal(m.plans, plans) {
			return m.piece, m.err
		}
	}
	m := &memo{plans: plans}
	m.piece, m.err = t.cut(plans, false)
	var half *halfError
	if errors.As(m.err, &half) {
		whole, again := t.cut(plans, true)
		if again == nil {
			if whole != nil {
				whole.half = m.err
			}
			m.piece, m.err = whole, nil
		} else {
			m.err = halfway(plans, m.err, again)
		}
	} else if m.piece != nil && t.loadsForApi(plans, m.piece) {
		if whole, err := t.cut(plans, true); err == nil && !t.loadsForApi(plans, whole) {
			m.piece = whole
		}
	}
	t.pieces[plans[0]] = append(t.pieces[plans[0]], m)
	return m.piece, m.err
}

// loadsForApi reports whether the key is still parsed in a function that stays for being exported only. Of an embedded key the
// program would not build any more without the file.
func (t *attempt) loadsForApi(plans []*plan.Plan, p *piece) bool {
	for _, pl := range plans {
		for _, span := range pl.KeyCalls() {
			if pl.Gone(p.set, span) {
				continue
			}
			f, n := pl.Index().Node(span)
			d := pl.Index().Outer(f, n)
			if d == nil {
				continue
			}
			decl, ok := d.Node.(*ast.FuncDecl)
			if ok && slices.ContainsFunc(p.rep.Kept, func(k report.Kept) bool { return k.Pos == f.Pos(decl.Name) }) {
				return true
			}
		}
	}
	return false
}

// halfway chooses an error for plans that would leave a part of a flow if exported names stay, and that fail if
// they change: the error that concerns fewer plans.
func halfway(plans []*plan.Plan, half, again error) error {
	of, _ := blamed(half, plans)
	if fewer, _ := blamed(again, plans); len(fewer) > 0 && len(fewer) < len(of) {
		return again
	}
	var b *blame
	var h *halfError
	if errors.As(half, &b) && !errors.As(again, &h) {
		b.sure = false // a plan may succeed with changed names, without the plan that fails then
	}
	return half
}

// halved replaces the error of plans that fail in the proof with changed exported names by the error that made
// the change necessary, as halfway chooses.
func halved(pieces []*piece, err error) error {
	if len(pieces) == 1 {
		if half := pieces[0].half; half != nil {
			return halfway(pieces[0].plans, half, err)
		}
		return err
	}
	var b *blame
	if !errors.As(err, &b) {
		return err
	}
	for _, p := range pieces {
		failed, _ := blamed(err, p.plans)
		if p.half == nil || len(failed) == 0 {
			continue
		}
		why := halfway(p.plans, p.half, err)
		if why == err {
			continue
		}
		of, _ := blamed(why, p.plans)
		for _, pl := range p.plans {
			delete(b.plans, pl)
			switch {
			case of[pl] != nil:
				b.add(of[pl], pl)
			case len(of) == 0:
				b.add(why, pl)
			}
		}
	}
	return err
}

// cut composes the plans of one component, extends the change by dead code, and rewrites. program allows
// exported names to change.
func (t *attempt) cut(plans []*plan.Plan, program bool) (*piece, error) {
	p := &piece{plans: plans, set: plan.Compose(plans)}
	if p.set.Empty() {
		return nil, nil
	}
	ix := t.indexOf(plans[0])
	err := bounded("finding dead code", func() (err error) {
		p.rep, err = slice.Extend(ix, p.set, slice.Options{Private: t.private(program), TestsCount: true, Apart: t.opts.Apart, Declared: t.opts.Decisions.Functions})
		return err
	})
	if err != nil {
		return nil, err
	}
	half := blame{sure: true}
	for _, pl := range plans {
		if err := t.whole(pl, p.set, p.rep); err != nil {
			half.add(err, pl)
		}
	}
	if err := half.error(); err != nil {
		return nil, err
	}
	var rw *rewrite.Result
	err = bounded("rewriting", func() (err error) {
		t.moveComments(plans, p.set)
		rw, err = rewrite.Rewrite(ix.Packages, p.set)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.files = rw.Files
	about := newConcern(plans, t.parts)
	if err := t.within(rw.Files); err != nil {
		return nil, blameFor(about, err.files, func(f string) string { return f }, func(files []string) error { return &outsideError{files} })
	}
	p.lost = t.fates(rw.Lost, p.set)
	if len(p.lost[homeless]) > 0 && !t.opts.Review {
		return nil, blameFor(about, p.lost[homeless], func(c rewrite.Comment) string { return c.Pos.Filename }, t.consent)
	}
	if err := demanded(about, p.rep); err != nil {
		return nil, err
	}
	p.remarks = append(remarks(p.rep, p.lost), relied(ix.Packages, p.set, t.opts.Decisions.Functions)...)
	return p, nil
}

// private returns the function that reports whether exported names of a package may change.
func (t *attempt) private(program bool) func(path string) bool {
	if t.privates[program] == nil {
		if t.privates == nil {
			t.privates = map[bool]func(path string) bool{}
		}
		t.privates[program] = syntax.Private(t.res.Packages, program)
	}
	return t.privates[program]
}

// whole returns an error if a part of a flow would stay.
func (t *attempt) whole(pl *plan.Plan, set *change.Set, rep report.Report) error {
	if place, stays := pl.Stays(set); stays {
		return &halfError{fmt.Sprintf("the form that carries the assertion would stay (%s)%s", place, blocked(rep, pl))}
	}
	if place, stays := pl.KeyStays(set); stays {
		return &halfError{fmt.Sprintf("the private key would still be needed (%s)%s", place, cmp.Or(t.needed(pl, set), blocked(rep, pl)))}
	}
	if place, decides := pl.KeyDecides(set); decides {
		return &halfError{fmt.Sprintf("the program would still test whether there is a private key (%s); change the test to the client secret", place)}
	}
	return nil
}

func blocked(rep report.Report, plans ...*plan.Plan) string {
	if len(plans) != 1 {
		return "" // it may be about any of them
	}
	home := filepath.Dir(plans[0].Flow.Assertion.File)
	for _, b := range rep.Blocked {
		if filepath.Dir(b.Pos.Filename) == home {
			return fmt.Sprintf("; %s:%d still needs %s: %s", filepath.Base(b.Pos.Filename), b.Pos.Line, b.Value, syntax.Line(b.Text))
		}
	}
	return ""
}

// demanded returns an error if a setting of the flow would still be required, or the key would still be
// fetched without a use: the operator would have to keep settings without a purpose.
func demanded(about *concern, rep report.Report) error {
	asked := blame{}
	for _, d := range rep.Demands {
		asked.add(&halfError{fmt.Sprintf("%s would still be required (%s:%d: %s); remove this requirement first", d.Setting, filepath.Base(d.Pos.Filename), d.Pos.Line, syntax.Line(d.Text))}, about.near(d.Pos.Filename)...)
	}
	if err := asked.error(); err != nil {
		return err
	}
	idle := blame{sure: true}
	for _, call := range rep.Idle {
		for _, pl := range about.all {
			if pl.LoadsKey(call.Node) {
				idle.add(&halfError{fmt.Sprintf("the key would still be fetched without a use (%s:%d: %s)", filepath.Base(call.Pos.Filename), call.Pos.Line, syntax.Line(call.Text))}, pl)
			}
		}
	}
	return idle.error()
}
