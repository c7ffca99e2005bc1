package sift

import (
	"strings"

	"jwtretire.example/analyzer/library"
)

// A Class is a set of the kinds of trigger that a file or directory contains.
type Class uint8

const (
	Exchange Class = 1 << iota // the rare end: an assertion goes into a token request
	Bearer                     // a vendor that takes the signed JWT itself; counts only together with Sign, see Result.Empty
	Sign                       // a JWT library, or signing by hand
	Key                        // private-key material is read or parsed

	// Only with All, and never in a result:
	hint   // becomes Bearer if the same directory has Sign or header
	header // the header for a signed JWT
)

// A form selects the tokens of a file in which a trigger is searched. Comments are
// searched for raw words only: "type assertion" is a frequent phrase. Names of types do not count: assertion
// libraries have a type Assertion.
type form uint8

const (
	text  form = iota // part of a string literal as written, quotes and escapes included
	ident             // part of an identifier
	value             // an identifier used as a value: an argument, a key, an index
	tail              // the end of an identifier
	raw               // anywhere: in comments and names of files, too
)

// A trigger is one row of a table: a word, its form, and its class.
type trigger struct {
	class Class
	form  form
	word  string
	line  string // a line of Go source that must match; used by the test of the row
}

// imports returns the triggers for imports of known packages, from the library table. With kept, it returns those of vendors that
// keep their JWT flow, which belong to allTriggers.
func imports(kept bool) []trigger {
	var out []trigger
	for _, p := range library.Packages() {
		if p.Word.Text == "" || p.Word.Kept != kept {
			continue
		}
		class := Key
		switch p.Word.For {
		case library.Exchange:
			class = Exchange
		case library.Sign:
			class = Sign
		}
		out = append(out, trigger{class, text, p.Word.Text, `import "` + strings.TrimSuffix(p.Path, "/…") + `"`})
	}
	return out
}

// triggers is the table for every run: flows that are reported by default, flows that are reported on request
// by the name of their vendor, and flows whose vendor cannot be recognised by a word.
//
// Words are case-sensitive: folding the case of every file costs more than twice
// the whole scan.
//
// Rejected because they are too frequent: "grant_type", "access_token", "Bearer",
// "client_credentials", the local variable name "token".
var triggers = []trigger{
	// Adobe's own exchange.
	{Exchange, text, `jwt_token`, `v.Set("jwt_token", signed)`},
	{Exchange, text, `ims/exchange`, `u := host + "/ims/exchange/jwt/"`},
	{Exchange, ident, `ExchangeJWT`, `c.ExchangeJWT(r)`},

	// RFC 7523 section 2.1, the authorization grant.
	{Exchange, text, `jwt-bearer`, `v.Set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")`},
	{Exchange, text, `jwt_bearer`, `g := "jwt_bearer"`},
	{Exchange, text, `"assertion"`, `v.Set("assertion", signed)`},
	{Exchange, text, `"assertion,`, "type r struct { A string `json:\"assertion,omitempty\"` }"},
	{Exchange, text, `"assertion\`, `s := "{\"assertion\":\"%s\"}"`},
	{Exchange, text, "`assertion`", "v.Set(`assertion`, signed)"},
	{Exchange, text, `assertion=`, `s := "grant_type=x&assertion=" + signed`},
	{Exchange, text, `&assertion`, `s := "grant_type=x&assertion%s"`},
	{Exchange, ident, `JWTBearer`, `v.Set("grant_type", oidc.GrantTypeJWTBearer)`},
	{Exchange, ident, `JwtBearer`, `v.Set("grant_type", grantTypeJwtBearer)`},
	{Exchange, ident, `jwtBearer`, `v.Set("grant_type", jwtBearerGrant)`},
	{Exchange, ident, `JWT_BEARER`, `v.Set("grant_type", GRANT_JWT_BEARER)`},
	{Exchange, ident, `JWTGrant`, `c := JWTGrantConfig{}`},
	{Exchange, ident, `JwtGrant`, `c := config.JwtGrantTypeConfig{}`},
	{Exchange, ident, `JWTProfile`, `profile.NewJWTProfileTokenSource(ctx, iss)`},
	{Exchange, ident, `JWTUserToken`, `c.RequestJWTUserToken(id, user)`},
	{Exchange, ident, `JWTApplicationToken`, `c.RequestJWTApplicationToken(id)`},
	{Exchange, ident, `AssertionToken`, `c.PostAssertionToken(a)`},
	{Exchange, tail, `GrantAssertion`, `s := paramGrantAssertion`},
	{Exchange, tail, `ParamAssertion`, `v.Set(ParamAssertion, s)`},
	{Exchange, tail, `KeyAssertion`, `v.Set(formKeyAssertion, s)`},
	{Exchange, tail, `FieldAssertion`, `v.Set(fieldAssertion, FieldAssertion)`},
	{Exchange, value, `Assertion`, `v.Set(consts.Assertion, s)`},
	{Exchange, value, `ASSERTION`, `v.Set(ASSERTION, s)`},

	// RFC 8693, token exchange.
	{Exchange, text, `token-exchange`, `v.Set("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")`},
	{Exchange, text, `subject_token`, `v.Set("subject_token", signed)`},
	{Exchange, text, `actor_token`, `v.Set("actor_token", signed)`},
	{Exchange, ident, `SubjectToken`, `r := iam.ExchangeTokenRequest{SubjectToken: s}`},
	{Exchange, ident, `ActorToken`, `r := iam.ExchangeTokenRequest{ActorToken: s}`},

	// RFC 7523 section 2.2, client authentication.
	{Exchange, text, `client_assertion`, `v.Set("client_assertion_type", t)`},
	{Exchange, ident, `ClientAssertion`, `v.Set(authentication.ClientAssertion, s)`},
	{Exchange, ident, `clientAssertion`, `a.clientAssertion()`},
	{Exchange, ident, `CLIENT_ASSERTION`, `v.Set(CLIENT_ASSERTION, s)`},
	{Exchange, text, `private_key_jwt`, `m := "private_key_jwt"`},
	{Exchange, ident, `PrivateKeyJWT`, `m := oidc.AuthMethodPrivateKeyJWT`},
	{Exchange, ident, `PrivateKeyJwt`, `m := PrivateKeyJwtAuth{}`},

	// Libraries that make and send the assertion themselves.
	{Exchange, ident, `JWTConfigFromJSON`, `google.JWTConfigFromJSON(b)`},
	{Exchange, ident, `JWTConfig`, `c := auth.JWTConfig{}`},
	{Exchange, ident, `JWTCredential`, `c := credentials.NewJWTCredentials(x)`},
	{Exchange, ident, `JwtCredential`, `c := NewJwtCredentials(x)`},
	{Exchange, text, `docusign-esign`, `import "github.com/docusign/docusign-esign-go-client/x"`},
	{Exchange, ident, `NewCredFromCert`, `c, err := confidential.NewCredFromCert(certs, key)`},
	{Exchange, ident, `NewClientCertificateCredential`, `c, err := azidentity.NewClientCertificateCredential(t, id, certs, key, nil)`},
	{Exchange, ident, `NewServicePrincipalTokenFromCertificate`, `t, err := adal.NewServicePrincipalTokenFromCertificate(c, id, cert, key, r)`},
	{Exchange, ident, `CreateIamTokenRequest`, `r := iam.CreateIamTokenRequest{}`},

	// Adobe's host, for programs that build the parameter's name or get it from a setting. Migrated programs use the
	// same host; they are excluded because they do not sign.
	{Bearer, text, ofExchange, `const host = "https://ims-na1.adobelogin.com"`},

	// Vendors whose API took the signed JWT itself: their name is evidence in any place, also in the path of a package.
	{Bearer, raw, `zoom`, `// api.zoom.us`},
	{Bearer, raw, `Zoom`, `func f(z ZoomClient)`},
	{Bearer, raw, `ZOOM`, `k := os.Getenv("ZOOM_KEY")`},

	// Vendors whose API takes it.
	{Bearer, text, `api.nexmo.com`, `const api = "https://api.nexmo.com/v1/calls"`},
	{Bearer, text, `api.vonage.com`, `const api = "https://api.vonage.com"`},
	{Bearer, text, `appstoreconnect`, `const aud = "appstoreconnect-v1"`},
	{Bearer, text, `snowflakecomputing`, `const host = "x.snowflakecomputing.com"`},
	{Bearer, text, `acs/api/v1/auth`, `u := cluster + "/acs/api/v1/auth/login"`},                // DC/OS: the JWT is posted as token
	{Bearer, text, `cloud.yandex.net`, `u := "https://iam.api.cloud.yandex.net/iam/v1/tokens"`}, // the JWT is posted as jwt
	{Bearer, text, `yandexcloud.net`, `u := "https://iam.api.yandexcloud.net/iam/v1/tokens"`},
	{Bearer, text, `KEYPAIR_JWT`, `h.Set("X-Snowflake-Authorization-Token-Type", "KEYPAIR_JWT")`},

	// What JWT libraries have in common; their imports are words of the library table, see imports.
	{Sign, ident, `NewWithClaims`, `t := lib.NewWithClaims(m, c)`},
	{Sign, ident, `SignedString`, `s, err := t.SignedString(k)`},
	{Sign, ident, `SigningString`, `s, err := t.SigningString()`},
	{Sign, ident, `SigningMethod`, `m := lib.GetSigningMethod("RS256")`},

	// Signing by hand, and signers that hide the key.
	{Sign, ident, `SignPKCS1v15`, `rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, h)`},
	{Sign, ident, `SignPSS`, `rsa.SignPSS(rand.Reader, k, crypto.SHA256, h, nil)`},
	{Sign, ident, `SignASN1`, `ecdsa.SignASN1(rand.Reader, k, h)`},
	{Sign, text, `"RS256"`, `h := header{Alg: "RS256"}`},
	{Sign, text, `RS256\"`, `h := "{\"alg\":\"RS256\"}"`},
	{Sign, text, `"HS256"`, `h := header{Alg: "HS256"}`},
	{Sign, text, `"ES256"`, `h := header{Alg: "ES256"}`},
	{Sign, text, `"PS256"`, `h := header{Alg: "PS256"}`},
	{Sign, ident, `AsymmetricSign`, `c.AsymmetricSign(ctx, r)`},

	// Key material.
	{Key, ident, `ParsePKCS`, `x509.ParsePKCS8PrivateKey(b)`},
	{Key, ident, `ParseECPrivateKey`, `x509.ParseECPrivateKey(b)`},
	{Key, ident, `ParseRSAPrivateKey`, `lib.ParseRSAPrivateKeyFromPEM(b)`},
	{Key, ident, `ParseEdPrivateKey`, `lib.ParseEdPrivateKeyFromPEM(b)`},
	{Key, ident, `PrivateKey`, `k := cfg.PrivateKey`},
	{Key, ident, `privateKey`, `k := c.privateKey`},
	{Key, text, `PRIVATE KEY`, `const k = "-----BEGIN RSA PRIVATE KEY-----"`},
	{Key, text, `private_key`, "type c struct { K string `json:\"private_key\"` }"},
	{Key, text, `PRIVATE_KEY`, `os.Getenv("ADOBE_PRIVATE_KEY")`},
	{Key, ident, `ParseRawPrivateKey`, `ssh.ParseRawPrivateKey(b)`},

	// Where keys are kept.
	{Key, ident, `GetSecret`, `s, err := vault.GetSecret(ctx, name)`},
	{Key, ident, `AccessSecret`, `r, err := c.AccessSecretVersion(ctx, q)`},
}

// allTriggers is added for runs that also report flows of vendors that keep them, and of unknown
// vendors. Test files are excluded: they have no flows of unknown vendors.
//
// Rejected as too frequent: "uid", which some vendor may want beside the JWT as "token"; DC/OS has its path.
var allTriggers = []trigger{
	{Exchange, ident, `JWTAccessTokenSource`, `ts, err := google.JWTAccessTokenSourceFromJSON(b, aud)`},
	{Bearer, text, `"jwt"`, `v.Set("jwt", signed)`},
	{Bearer, text, `"jwt,`, "type r struct { T string `json:\"jwt,omitempty\"` }"},
	{Bearer, text, `"jwt\`, `s := "{\"jwt\":\"%s\"}"`},
	{Bearer, text, `"Jwt"`, `v.Set("Jwt", signed)`},
	{Bearer, text, `jwt=`, `s := "grant_type=x&jwt=" + signed`},
	{hint, text, `api.github.com`, `const api = "https://api.github.com"`},
	{Bearer, text, `app/installations`, `u := enterprise + "/api/v3/app/installations/" + id + "/access_tokens"`},
	{hint, text, `apple.com`, `const host = "api.push.apple.com"`},
	{Bearer, text, `apns-topic`, `r.Header.Set("apns-topic", topic)`},
	{hint, text, `googleapis.com`, `const aud = "https://pubsub.googleapis.com/"`},
	{hint, text, `accounts.google.com`, `const aud = "https://accounts.google.com"`},
	{hint, text, `nexmo.com`, `const api = "https://rest.nexmo.com"`},
	{hint, text, `vonage.com`, `const api = "https://video.vonage.com"`},
	{Bearer, text, `SNOWFLAKE_JWT`, `v.Set("authenticator", "SNOWFLAKE_JWT")`},
	{Bearer, text, `iam/v1/tokens`, `u := endpoint + "/iam/v1/tokens"`},
	{header, text, `Authorization`, `r.Header.Set("Authorization", "Bearer "+signed)`},
	{header, ident, `SetAuthToken`, `r.SetAuthToken(signed)`},
	{header, ident, `SetBearerAuthToken`, `r.SetBearerAuthToken(signed)`},
}
