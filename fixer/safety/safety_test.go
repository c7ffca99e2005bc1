package safety_test

import (
	"slices"
	"testing"

	"jwtretire.example/fixer/safety"
)

func proved(but ...safety.Proof) *safety.Judgement {
	j := &safety.Judgement{}
	for _, p := range safety.Essential {
		if !slices.Contains(but, p) {
			j.Prove(p)
		}
	}
	return j
}

func TestClass(t *testing.T) {
	if got := proved().Class(); got != safety.Safe {
		t.Errorf("everything proved is %q", got)
	}
	for _, p := range safety.Essential {
		if got := proved(p).Class(); got != safety.Review {
			t.Errorf("without the proof %s it is %q", p, got)
		}
	}
	for _, m := range safety.Looks {
		j := proved()
		j.Remark(m.Value, "here")
		if got := j.Class(); got != safety.Review {
			t.Errorf("with %s to look at it is %q", m.Value, got)
		}
	}
}

func TestProofsKeepTheOrderOfTheTable(t *testing.T) {
	j := &safety.Judgement{}
	for _, m := range slices.Backward(safety.Proofs) {
		j.Prove(m.Value)
		j.Prove(m.Value)
	}
	var want []safety.Proof
	for _, m := range safety.Proofs {
		want = append(want, m.Value)
	}
	if !slices.Equal(j.Proved, want) {
		t.Errorf("proofs = %v", j.Proved)
	}
}

func TestRemarksAreSaidOnce(t *testing.T) {
	j := &safety.Judgement{}
	j.Remark(safety.Header, "x")
	j.Remark(safety.Header, "x")
	j.Remark(safety.Header, "y")
	if len(j.Looks) != 2 {
		t.Errorf("looks = %v", j.Looks)
	}
}

// TestWhatIsMissingIsNamed: every proof without which a rewrite is not safe has a remark for it, but types, without which
// nothing is carried out.
func TestWhatIsMissingIsNamed(t *testing.T) {
	for _, p := range safety.Essential {
		j := proved(p)
		if got := j.Unnamed(); !slices.Equal(got, []safety.Proof{p}) {
			t.Errorf("without %s unnamed are %q", p, got)
		}
		if len(safety.NamedBy[p]) == 0 {
			if p != safety.Types {
				t.Errorf("no remark names %s", p)
			}
			continue
		}
		for _, look := range safety.NamedBy[p] {
			j := proved(p)
			j.Remark(look, "because")
			if got := j.Unnamed(); len(got) > 0 {
				t.Errorf("with %s unnamed are %q", look, got)
			}
		}
	}
}
