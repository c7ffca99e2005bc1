package fixer

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/origin"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
)

// remarks returns the notes of the slicer and the rewriter.
func remarks(rep report.Report, lost map[fate][]rewrite.Comment) []remark {
	var out []remark
	at := func(file string, line int) string { return fmt.Sprintf("%s:%d", filepath.Base(file), line) }
	for _, n := range rep.Notes {
		out = append(out, remark{safety.Condition, at(n.Pos.Filename, n.Pos.Line) + ": " + n.Text, n.Pos.Filename})
	}
	for _, d := range rep.Dropped {
		out = append(out, remark{safety.Statement, fmt.Sprintf("removed together with its value: %s (%s)", d.Text, at(d.Pos.Filename, d.Pos.Line)), d.Pos.Filename})
	}
	for _, k := range rep.Kept {
		out = append(out, remark{"", fmt.Sprintf("%s stays, %s (%s)", k.Name, k.Why, at(k.Pos.Filename, k.Pos.Line)), k.Pos.Filename})
	}
	for _, s := range rep.Relaxed {
		out = append(out, remark{"", fmt.Sprintf("%s (%s)", s.Text, at(s.Pos.Filename, s.Pos.Line)), s.Pos.Filename})
	}
	for _, s := range rep.Idle {
		out = append(out, remark{safety.Statement, fmt.Sprintf("the statement stays for its side effect, its result has no use any more: %s (%s)", s.Text, at(s.Pos.Filename, s.Pos.Line)), s.Pos.Filename})
	}
	for _, row := range []struct {
		fate fate
		look safety.Look
		text string
	}{
		{homeless, safety.Comment, "a comment that may still be true was removed"},
		{byWords, safety.Comment, "a comment was removed because its words describe removed code, which is a guess"},
		{withCode, "", "a comment was removed with its code"},
	} {
		for _, c := range lost[row.fate] {
			out = append(out, remark{row.look, fmt.Sprintf("%s: %s (%s)", row.text, syntax.Line(c.Text), at(c.Pos.Filename, c.Pos.Line)), c.Pos.Filename})
		}
	}
	return out
}

// judge sets for every plan its proofs, its remarks and its part of the notes on the result: notes about
// a file of its flow, or else about a directory of it, or else about no flow.
func (t *attempt) judge(got *result, about *concern, files map[string][]byte) {
	got.about = map[*plan.Plan]*About{}
	plans := about.all
	same := origin.Compare(plans[0].Index(), got.packages, files)
	asks := newAsked(plans[0].Index(), same)
	mine := about.files(files)
	sets := map[*plan.Plan]*change.Set{}
	for _, p := range got.pieces {
		for _, pl := range p.plans {
			sets[pl] = p.set
		}
	}
	for _, pl := range plans {
		if pl.Set == nil {
			continue
		}
		a := &About{}
		got.about[pl] = a
		for _, n := range pl.Notes {
			if look := pl.Looks[n]; look != "" {
				a.Remark(look, n)
			}
		}
		t.proved(a, got, pl, sets[pl], same, asks, mine[pl], about)
	}
	for _, r := range got.remarks {
		for _, pl := range about.of(r.file) {
			a := got.about[pl]
			if a == nil {
				continue
			}
			if !slices.Contains(a.Notes, r.text) {
				a.Notes = append(a.Notes, r.text)
			}
			if r.look != "" {
				a.Remark(r.look, r.text)
			}
		}
	}
	for _, l := range got.leftovers {
		for _, pl := range about.of(l.Pos.Filename) {
			if a := got.about[pl]; a != nil {
				a.Leftovers = append(a.Leftovers, l)
			}
		}
	}
}

// proved adds the proofs of one plan. A failed proof is a remark, so that a reviewer sees the reason
// the rewrite is not safe. mine are the files of the result that belong to the plan.
func (t *attempt) proved(a *About, got *result, pl *plan.Plan, set *change.Set, same *origin.Comparison, asks *asked, mine []string, about *concern) {
	a.Prove(safety.Types)
	if len(got.unchecked) == 0 {
		a.Prove(safety.Platforms)
	}
	for _, f := range got.unchecked {
		a.Remark(safety.Platform, filepath.Base(f)+" is for a platform or tags for which the result could not be type-checked")
	}
	switch v := same.Host(pl.Flow, mine); {
	case v.Same:
		a.Prove(safety.Host)
	case pl.Flow.Kind == flow.DirectBearer:
		a.Remark(safety.TokenURL, "the old program fetched no token; the new one fetches it from "+origin.Words(v.New))
	default:
		a.Remark(safety.TokenURL, "the token is fetched from "+origin.Words(v.New)+"; the exchange went to "+origin.Words(v.Old))
	}
	in := t.opts.Decisions.Providers[pl.Flow.Provider]
	switch v := same.Secret(pl.Flow, mine); {
	case v.Same:
		a.Prove(safety.Secret)
	case in.Secret != "":
		a.Remark(safety.NewSecret, "the client secret comes from the configured place, which the program did not read before: "+strings.NewReplacer("«", "", "»", "").Replace(in.Secret))
	default:
		a.Remark(safety.NewSecret, "the client secret is "+origin.Words(v.New)+"; the exchange sent "+origin.Words(v.Old))
	}
	place, stays := pl.KeyElsewhere(set)
	calls := pl.KeyCalls()
	if len(calls) == 0 && !pl.Flow.Send.IsZero() {
		calls = append(calls, pl.Flow.Send) // a library call that parses and signs
	}
	for _, span := range calls {
		if stays {
			break
		}
		place, stays = same.Remains(span)
	}
	switch {
	case len(calls) == 0:
		a.Remark(safety.KeyStays, "no call that parses the key or signs with it was found: check that there is none")
	case stays:
		a.Remark(safety.KeyStays, "a key still has another use ("+place+"): check that it is not the key of the retired credential")
	default:
		if place := asks.demandsKey(pl.Index(), pl); place != "" {
			a.Remark(safety.Demand, "the program still asks for the private key ("+place+"): take that out before the key is deleted")
		} else {
			a.Prove(safety.Key)
		}
	}
	if !slices.ContainsFunc(append(slices.Clone(got.lost[homeless]), got.lost[byWords]...), func(c rewrite.Comment) bool { return about.has(c.Pos.Filename, pl) }) {
		a.Prove(safety.Comments)
	}
	if t.opts.Verify >= prove.Build {
		a.Prove(safety.Build)
	}
	if t.opts.Verify >= prove.Test && !got.untested {
		a.Prove(safety.Tests)
	}
}
