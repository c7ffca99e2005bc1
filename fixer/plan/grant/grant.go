// Package grant plans exchanges of RFC 7523: an authorization grant, or client authentication. A configuration replaces
// the exchange (config.go), or the parameters are changed in place (swap.go, method.go).
package grant

import (
	"errors"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
)

// Replace replaces an exchange of RFC 7523: the authorization grant (section 2.1), or client authentication
// (section 2.2), which keeps grant and parameters and only changes the method.
func Replace(p *find.Finder, fl *flow.Flow, got *place.Fetched, set *change.Set) error {
	if place := existingSecret(p, fl); place != "" {
		return reason.New(reason.SecretPossible, "the program supports a client secret already (%s): set it instead of the key, and no code has to change", place)
	}
	var err error
	if grant, ok := otherGrant(fl); ok && fl.Kind == flow.ClientAssertion {
		err = reason.New(reason.AlsoElsewhere, "the assertion authenticates the client for %s, too, which stays", grant)
	} else if err = toConfig(p, fl, got, set); err == nil || decision.IsNeeded(err) {
		return err
	}
	if reason.CodeOf(err) == reason.NoClient && fl.SDK != "" {
		f, call := p.Index.Call(fl.Send)
		return reason.New(reason.SDK, "exchanges through %s are not rewritten (%s)", fl.SDK, f.Place(call))
	}
	inPlace := change.NewSet()
	var swapped error
	if fl.Kind == flow.ClientAssertion {
		swapped = swapMethod(p, fl, got, inPlace)
	} else {
		swapped = swapGrant(p, fl, got, inPlace)
	}
	switch why, ok := errors.AsType[*reason.Error](swapped); {
	case swapped == nil:
		*set = *inPlace
		return nil
	case ok && onlyInPlace(err):
		return reason.New(why.Code, "%v; the parameters cannot be changed in place either: %v", err, swapped)
	case decision.IsNeeded(swapped):
		return swapped
	}
	return err
}

// onlyInPlace reports whether an error means that no configuration can replace the sender of the request. Then
// the parameters have to change in place, and the reason is the obstacle to that.
func onlyInPlace(err error) bool {
	return slices.Contains([]reason.Code{reason.SharedSender, reason.AlsoElsewhere, reason.NoClient}, reason.CodeOf(err))
}
