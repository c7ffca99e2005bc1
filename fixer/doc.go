/*
Package fixer is the second half of a run: it turns flows into new file contents.

Input: loaded packages, flows and decisions. Output: the new contents of files, and the outcome of every flow. This package writes nothing
to disk: package journal writes, and package patch prints the same data.

# Analyzer jwtretire

jwtretire: report JWT token flows that their vendor has retired, and rewrite them to client credentials

Adobe's service-account (JWT) credentials stopped working on 1 March 2026, Zoom's JWT apps in September 2023. A program that
still signs a JWT with a private key and exchanges it for an access token has to move to the OAuth 2.0 client-credentials grant:

	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	resp, err := http.PostForm(host+"/ims/exchange/jwt", url.Values{
		"client_id":     {id},
		"client_secret": {secret},
		"jwt_token":     {assertion}, // reported here
	})

The fix is:

	config := clientcredentials.Config{
		ClientID:     id,
		ClientSecret: secret,
		TokenURL:     host + "/ims/token/v3",
		Scopes:       []string{"openid,AdobeID,read_organizations"},
		AuthStyle:    oauth2.AuthStyleInParams,
	}
	token, err := config.Token(ctx)

It is silent about vendors that still take JWTs, unless -all-vendors or -provider asks for them or the configuration names them;
about flows that a //jwtretire:ignore directive with a reason or the configuration silences; and about JWTs that are
never exchanged for a token.

A diagnostic has a fix if the result type-checks, the whole flow is in one package, and the module already requires
golang.org/x/oauth2: drivers of analyzers have one package at a time and do not change go.mod. The command jwtretire fix has no such
limits. The fix of the first flow of a package rewrites all flows of the package. The category of a diagnostic is the reason code of a
flow without fix, or else its status: fixable, needs-input or manual.

The settings are the flags of the analyzer and .jwtretire.yaml in the directory of the package or above. The flags are
variables of the process; all other inputs of a run belong to its pass.
*/
package fixer
