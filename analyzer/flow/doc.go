/*
Package flow joins key loads, assertions and exchanges into flows. A flow is the path of values from a private key through claims and
signature to the request that exchanges the assertion for an access token.

The search starts at the rare end: the parameter that carries an assertion, or the call of a library that does the whole
exchange. From there it walks back to the signature, the claims and the key, and forward to the request and the answer.
A flow that crosses packages is joined in the upper package, from the facts (internal/valueflow) of the lower ones.

# Analyzer jwtflow

jwtflow: report code that exchanges a signed JWT for an access token

A vendor that retires its service-account (JWT) credentials breaks every program that signs a JWT with a private key and
exchanges it for a token. This analyzer reports such flows at their exchange, for all vendors, retired or not, with the steps
from the key to the answer as related positions:

	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	resp, err := http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{
		"client_id":     {id},
		"client_secret": {secret},
		"jwt_token":     {assertion}, // reported here
	})

The replacement is the OAuth 2.0 client-credentials grant, which analyzer jwtretire writes as a fix:

	config := clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: "https://ims-na1.adobelogin.com/ims/token/v3"}
	token, err := config.Token(ctx)

It is silent about tokens that are never sent to a token endpoint (sessions, webhooks, APNs, DPoP proofs) and about keys
that sign no tokens (TLS, code signing). Calls are recognised by type, never by name. The category of a diagnostic is the
verdict on its vendor: retire, optional, keep or unknown.

A package is analysed with the facts of its dependencies, so a driver has to run this analyzer on dependencies, too. The result
is for analyzers that require this one. It is not changed after the run, so concurrent reads are safe.
*/
package flow
