package request

import (
	"fmt"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/syntax"
)

// Emit replaces the old call by the new one and rewrites the code after it. config is the parameter with the
// configuration, "" if it is written here.
func Emit(p *find.Finder, pt *place.Point, req *Request, config string, set *change.Set) error {
	taken := map[string]bool{}
	tok := syntax.FreshName(p.Index, pt.Func, taken, "token", "tok", "oauthToken", "accessToken")
	taken[tok] = true
	ctx := req.ctx()
	fetch := outcome.Fetch{}
	if config == "" {
		config = syntax.FreshName(p.Index, pt.Func, taken, "config", "conf", "oauthConfig", "credentials")
		lit := req.literal()
		fetch.Before = change.Text{Src: config + " := " + lit.Src + "\n"}
	}
	fetch.Call = change.Text{Src: fmt.Sprintf("%s.Token(%s)", config, ctx.Src)}
	ex := outcome.Exchange{Func: pt.Func, Call: pt.Call, Chain: pt.Chain, Millis: req.millis, Closed: req.closed, Sent: req.sent}
	if req.SDK != nil {
		ex.Fields, ex.Durations = req.SDK.Answer, req.SDK.Durations
	}
	if pt.Library != nil {
		ex.Decoding = &pt.Library.Decoding
	}
	if pt.Through {
		ex.Chain = nil // they send the request of oauth2 and see its answer
	}
	names := outcome.Names{Token: tok, Lifetime: syntax.FreshName(p.Index, pt.Func, taken, "expiresIn", "lifetime", "tokenLifetime")}
	return outcome.Rewrite(p.Index, ex, names, fetch, set)
}
