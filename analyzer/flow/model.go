package flow

import (
	"slices"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/analyzer/source"
)

// A Role is the purpose of a step between the key and the access token.
// The values are those of the JSON report.
type Role string

const (
	KeyLoad  Role = "key-load"  // key material enters: file, environment, embed, literal, secret store
	KeyParse Role = "key-parse" // bytes become a key: PEM, DER, JWK, PKCS#12
	Claims   Role = "claims"    // the claims of the assertion are built
	Sign     Role = "sign"      // the assertion is signed
	Exchange Role = "exchange"  // the assertion goes into a request, and the request is sent
	Response Role = "response"  // the answer is decoded
)

// A Kind is the family of an exchange: RFC 7521, RFC 7523, RFC 8693, and variants of vendors.
type Kind string

const (
	AdobeExchange   Kind = "adobe-exchange"   // client_id + client_secret + jwt_token, no grant type
	JWTBearer       Kind = "jwt-bearer"       // RFC 7523 section 2.1: assertion=, an authorization grant
	ClientAssertion Kind = "client-assertion" // RFC 7523 section 2.2: client_assertion=, client authentication
	TokenExchange   Kind = "token-exchange"   // RFC 8693: subject_token= or actor_token=, a signed JWT instead of a token
	DirectBearer    Kind = "direct-bearer"    // the signed JWT is itself the access token
)

// SendsSecret reports whether such an exchange sends client id and secret together with the assertion, so that the new grant needs
// no other credential.
func (k Kind) SendsSecret() bool { return k == AdobeExchange }

// A Span is a range of source. The zero Span means "unknown".
type Span = source.Span

// A Step is one place of the trace.
type Step struct {
	Role Role
	Span Span
	What string // a short statement of fact, never key material: `jwt.ParseRSAPrivateKeyFromPEM`, `file named by flag -key`
}

// A Field is one parameter of the exchange's form (or body, or request structure).
type Field struct {
	Key   string // parameter name on the wire: client_id, client_secret, jwt_token, resource, …
	Value Span   // the expression of the value: the *ast.Ident, *ast.SelectorExpr, *ast.BasicLit, …
	Put   Span   // the code that sets it: a call (vals.Set(...)), an element of a literal, an assignment
	Const string // the value, if it is a constant
	Given Span   // of a split flow: the argument with which its caller passes the value; see Flow.Via
}

// Evidence is one reason for the choice of the provider.
type Evidence struct {
	Kind string // "url", "form-field", "claim", "sdk", "import", "config"
	Text string // `token URL contains ims-na1.adobelogin.com`
	Span Span
}

// An Origin is the source of an assertion that the analysed code does not sign; "" if the program makes the claims and only the signature
// comes from another party.
type Origin string

const (
	Stored   Origin = "stored"    // the program loads it: it is made in advance, one for all calls
	HandedIn Origin = "handed-in" // a caller or unknown code passes it: assertion and subject may differ by call
)

// A Literal is a constant text from which a value is made, with its place.
type Literal struct {
	Text string
	Span Span // the *ast.BasicLit, or the use of a constant that another package declares
}

// A Flow is one path from the key load to the access token, through one exchange.
// It is plain data without syntax and types, so it can be encoded by gob and be a fact.
type Flow struct {
	ID       string // stable: from package, function and kind, never from line numbers
	Kind     Kind
	Package  string // import path of the package that holds the exchange
	Provider string // id in the catalogue, or "unknown"
	API      string // the product of the provider that decided the verdict, "" for all products
	Verdict  provider.Verdict
	Evidence []Evidence

	Steps []Step // in the order of roles: key-load, key-parse, claims, sign, exchange, response

	// The parts of the exchange. Unknown parts are zero.
	Send      Span      // the call that sends: http.PostForm, client.Do, req.Post, ims.Client.ExchangeJWT
	Request   Span      // the call that makes the request, if Send does not: http.NewRequest, NewRequestWithContext
	Assertion Span      // the expression of the assertion at the place where it enters the form
	Fields    []Field   // all parameters that were found, in source order
	URL       Span      // the token URL's expression, at the call that makes or sends the request
	URLParts  []Literal // constant text of the URL, in the order of the backward walk
	Via       []Span    // of a split flow: the calls through which its assertion reaches the shared exchange, outermost first
	SDK       string    // "" or the vendor SDK's call, e.g. "github.com/adobe/ims-go/ims.Client.ExchangeJWT"

	Sources []Source // the sources of the parts of the credential that were found

	Metascopes        []string // Adobe: the names after /s/ in the claims, sorted
	AllMetascopes     []string // of a split flow: the metascopes of all flows through the same exchange
	MetascopesDynamic bool     // Adobe: some metascope is not a constant (a loop over configuration)
	Presigned         bool     // the analysed code does not sign: the assertion comes from outside
	Origin            Origin   // if Presigned: the source of the assertion
	Partial           bool     // types were missing: the flow may be incomplete
}

// Stays reports whether the flow stays unchanged although other flows of its vendor are migrated: its API still takes signed
// tokens, or the program does not make the assertion. A request to migrate the vendor's flows does not include it.
func (f *Flow) Stays() bool { return f.Verdict == provider.Keep && (f.API != "" || f.Presigned) }

// WhyStays returns the reason why a flow stays, "" if only its vendor decides.
func (f *Flow) WhyStays() string {
	switch {
	case !f.Stays():
		return ""
	case f.API != "":
		if v, ok := provider.ByID(f.Provider); ok {
			for _, api := range v.APIs {
				if api.Name == f.API && api.Advice != "" {
					return api.Name + ": " + api.Advice
				}
			}
		}
		return f.API + " takes signed tokens to this day"
	case f.Kind == ClientAssertion:
		return "the assertion is made elsewhere, by a platform that knows the workload or by a remote signer: no key of this program is behind it, and there is nothing to retire"
	}
	return "the assertion is made elsewhere and comes with each call: a token of the application itself would take the place of whomever it stands for"
}

// passing are the prefixes of Step.What of steps that only pass a value on.
var passing = []string{"got from ", "handed to ", "assertion handed to ", "parameter ", "field ", "variable "}

// Passing reports whether a step only passes a value on, and does not read, make or send it.
func Passing(what string) bool {
	return slices.ContainsFunc(passing, func(p string) bool { return strings.HasPrefix(what, p) })
}
