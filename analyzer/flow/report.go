package flow

import (
	"fmt"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/provider"
	vf "jwtretire.example/internal/valueflow"
)

// report reports the diagnostic of a flow, with its steps as related positions.
func report(pass *analysis.Pass, f *Flow) {
	pos, end := vf.Position(pass, place(f))
	if !pos.IsValid() {
		// The exchange is in a lower package: this package completes the flow.
		for i := len(f.Steps) - 1; i >= 0 && !pos.IsValid(); i-- {
			pos, end = vf.Position(pass, f.Steps[i].Span)
		}
	}
	if !pos.IsValid() {
		return
	}
	d := analysis.Diagnostic{Pos: pos, End: end, Category: string(f.Verdict), Message: Message(f)}
	for _, s := range f.Steps {
		if p, e := vf.Position(pass, s.Span); p.IsValid() {
			d.Related = append(d.Related, analysis.RelatedInformation{Pos: p, End: e, Message: string(s.Role) + ": " + s.What})
		}
	}
	pass.Report(d)
}

// Message returns the message of a finding: one line, without the place.
func Message(f *Flow) string {
	name := f.Provider
	if p, ok := provider.ByID(f.Provider); ok {
		name = p.Name
	}
	what := "a signed JWT is traded for an access token"
	if f.Kind == DirectBearer {
		what = "a signed JWT is the access token"
	}
	hint := ""
	switch f.Verdict {
	case provider.Retire:
		hint = "; withdrawn by the vendor, use the client-credentials grant (jwtretire fix)"
	case provider.Optional:
		hint = "; it still works, the client-credentials grant is possible on request"
	case provider.Keep:
		hint = "; there is no client-secret equivalent"
	}
	return fmt.Sprintf("%s (%s, %s)%s", what, name, f.Verdict, hint)
}
