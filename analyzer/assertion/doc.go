/*
Package assertion finds the places where JSON web tokens are put together and signed.

# Analyzer jwtassertion

jwtassertion: report where JSON web tokens are put together and signed

It is one part of what analyzer jwtflow joins, for people who want only that part:

	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims) // reported
	assertion, err := token.SignedString(key)                  // reported

It is silent about single claims that are set one after the other, and tokens that are only parsed or verified. It looks at one package at a time and makes no facts. The category of a diagnostic is what the call does: claims, signer, signing-input, sign or sign-raw.
*/
package assertion
