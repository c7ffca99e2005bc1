/*
Package assertion finds the calls that build and sign JSON web tokens.

# Analyzer jwtassertion

jwtassertion: report the calls that build and sign JSON web tokens

It reports one part of the flows of analyzer jwtflow:

	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims) // reported
	assertion, err := token.SignedString(key)                  // reported

It is silent about calls that set a single claim, and about tokens that are only parsed or verified. It analyses each package
separately and exports no facts. The category of a diagnostic is the role of the call: claims, signer, signing-input, sign or sign-raw.
*/
package assertion
