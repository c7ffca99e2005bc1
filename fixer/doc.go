/*
Package fixer is the second half of a run: it turns flows into new file contents.

In: loaded packages, flows and decisions. Out: the files to write, and the outcome of every flow. Nothing is written to disk here:
package journal does that, and package patch prints the same data.

# Analyzer jwtretire

jwtretire: report JWT token flows that their vendor has retired, and rewrite them to client credentials

Adobe's service-account (JWT) credentials stopped working on 1 March 2026, Zoom's JWT apps in September 2023. A program that
still signs a JWT with a private key and trades it for an access token has to move to the OAuth 2.0 client-credentials grant:

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
never traded for a token.

A fix is offered where it could be type-checked, the flow lies in one package, and the module requires golang.org/x/oauth2
already: such drivers see one package at a time and never touch go.mod. The command jwtretire fix does all of it. The flows of a
package are rewritten together, by the fix of the first one. The category of a diagnostic is the code of the reason why there is
no fix, or else its status: fixable, needs-input or manual.

Settings come from the flags of the analyzer and from .jwtretire.yaml in the folder of the package or above. The flags are
variables of the process; whatever else a run depends on belongs to its pass.
*/
package fixer
