package assertion

import (
	_ "embed"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/source"
	"jwtretire.example/internal/analyzerdoc"
	"jwtretire.example/internal/valueflow"
)

//go:embed doc.go
var doc string

// Analyzer reports the construction and the signing of tokens. Its result is a []Site.
var Analyzer = &analysis.Analyzer{
	Name:             "jwtassertion",
	Doc:              analyzerdoc.Of(doc, "jwtassertion"),
	URL:              "https://pkg.go.dev/jwtretire.example/analyzer/assertion",
	Run:              run,
	RunDespiteErrors: true,
	Requires:         []*analysis.Analyzer{valueflow.Local},
	ResultType:       reflect.TypeFor[[]Site](),
}

// A Site is one call on the way to a signed token.
type Site struct {
	Span source.Span
	Func string       // the function that is called, with the folded import path
	Role library.Role // Claims, SetClaim, Signer, SigningInput, Sign or SignRaw
}

// messages says what the calls do.
var messages = map[library.Role]string{
	library.Claims:       "claims are put together",
	library.SigningInput: "a token is made ready for signing",
	library.Signer:       "a key becomes a signer",
	library.Sign:         "a token is signed",
	library.SignRaw:      "a signature is made",
}

func run(pass *analysis.Pass) (any, error) {
	g := pass.ResultOf[valueflow.Local].(*valueflow.Graph)
	var sites []Site
	if g == nil {
		return sites, nil
	}
	for i := range g.Calls {
		c := &g.Calls[i]
		if !c.Is(library.Claims, library.SetClaim, library.Signer, library.SigningInput, library.Sign, library.SignRaw) {
			continue
		}
		role := c.Row().Role
		sites = append(sites, Site{Span: c.Span, Func: c.Row().FullName(), Role: role})
		// One claim after the other would drown the rest.
		if pos, end := valueflow.Position(pass, c.Span); pos.IsValid() && role != library.SetClaim {
			pass.Report(analysis.Diagnostic{Pos: pos, End: end, Category: string(role), Message: messages[role] + " (" + c.Row().FullName() + ")"})
		}
	}
	return sites, nil
}
