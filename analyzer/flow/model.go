package flow

import (
	"slices"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/analyzer/source"
)

// A Role says what a step does on the way from the key to the access token.
// The values are those of the JSON report.
type Role string

const (
	KeyLoad  Role = "key-load"  // key material enters: file, environment, embed, literal, secret store
	KeyParse Role = "key-parse" // bytes become a key: PEM, DER, JWK, PKCS#12
	Claims   Role = "claims"    // the claims of the assertion are put together
	Sign     Role = "sign"      // the assertion is signed
	Exchange Role = "exchange"  // the assertion goes into a request, and the request is sent
	Response Role = "response"  // the answer is decoded
)

// A Kind is the family of an exchange (RFC 7521, RFC 7523 and what vendors made beside them).
type Kind string

const (
	AdobeExchange   Kind = "adobe-exchange"   // client_id + client_secret + jwt_token, no grant type
	JWTBearer       Kind = "jwt-bearer"       // RFC 7523 section 2.1: assertion=, an authorization grant
	ClientAssertion Kind = "client-assertion" // RFC 7523 section 2.2: client_assertion=, client authentication
	TokenExchange   Kind = "token-exchange"   // RFC 8693: subject_token= or actor_token=, a signed JWT in the place of a token
	DirectBearer    Kind = "direct-bearer"    // the signed JWT is itself the access token
)

// SendsSecret reports whether such an exchange sends client id and secret beside the assertion, so that the new grant needs
// no further credential.
func (k Kind) SendsSecret() bool { return k == AdobeExchange }

// A Span is a piece of source. The zero Span means "not known".
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
	Value Span   // the expression that gives the value; the *ast.Ident, *ast.SelectorExpr, *ast.BasicLit, … itself
	Put   Span   // what puts it there: a call (vals.Set(...)), an element of a literal, an assignment
	Const string // the value, where it is a constant
	Given Span   // of a flow that was split: the argument with which its caller gives the value; see Flow.Via
}

// Evidence is one reason why the provider was named.
type Evidence struct {
	Kind string // "url", "form-field", "claim", "sdk", "import", "config"
	Text string // `token URL contains ims-na1.adobelogin.com`
	Span Span
}

// An Origin says where an assertion comes from that nothing in sight signs; "" where its claims are made here and only the signature comes
// from elsewhere.
type Origin string

const (
	Stored   Origin = "stored"    // the program loads it: one for all calls, made beforehand
	HandedIn Origin = "handed-in" // a caller, or code out of sight, gives it: it may differ by call, and so may whom it stands for
)

// A Literal is a constant piece of text on the way to a value, with its place.
type Literal struct {
	Text string
	Span Span // the *ast.BasicLit, or the use of a constant that another package declares
}

// A Flow is one way from the key load to the access token, in one exchange.
// It is plain data: gob-encodable, free of syntax and types, so it can be a fact.
type Flow struct {
	ID       string // stable: from package, function and kind, never from line numbers
	Kind     Kind
	Package  string // import path of the package that holds the exchange
	Provider string // id in the catalogue, or "unknown"
	API      string // the part of the provider's offer that decided the verdict, "" for all of it
	Verdict  provider.Verdict
	Evidence []Evidence

	Steps []Step // key-load, key-parse, claims, sign, exchange, response, in the order of the way

	// The exchange, taken apart. Whatever is not known is zero.
	Send      Span      // the call that sends: http.PostForm, client.Do, req.Post, ims.Client.ExchangeJWT
	Request   Span      // the call that makes the request, if it is another one: http.NewRequest, NewRequestWithContext
	Assertion Span      // the expression whose value is the assertion, where it enters the form
	Fields    []Field   // all parameters that could be found, in source order
	URL       Span      // the token URL's expression, at the call that makes or sends the request
	URLParts  []Literal // constant text on the way to the URL, in the order met, walking back
	Via       []Span    // of a flow that was split off others through the same exchange: the calls by which its assertion is handed in, outermost first
	SDK       string    // "" or the vendor SDK's call, e.g. "github.com/adobe/ims-go/ims.Client.ExchangeJWT"

	Sources []Source // where the parts of the credential come from, as far as that was found

	Metascopes        []string // Adobe: the names after /s/ in the claims, sorted
	AllMetascopes     []string // of a flow that was split: those of all flows through the same exchange
	MetascopesDynamic bool     // Adobe: some metascope is not a constant (a loop over configuration)
	Presigned         bool     // nothing in sight signs: the assertion comes from outside
	Origin            Origin   // if Presigned: from where
	Partial           bool     // types were missing, the picture is incomplete
}

// Stays reports whether the flow is to stay as it is although its vendor has others that move: the API that it is about takes signed
// tokens to this day, or the assertion is none of this program's. Whoever asks for the vendor's flows does not ask for this one.
func (f *Flow) Stays() bool { return f.Verdict == provider.Keep && (f.API != "" || f.Presigned) }

// WhyStays says why a flow stays as it is, "" if nothing but its vendor's offer decides.
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

// passing are the beginnings of what is said of a step where a value only comes by.
var passing = []string{"got from ", "handed to ", "assertion handed to ", "parameter ", "field ", "variable "}

// Passing reports whether a step, by what is said of it, is a place where the value comes by, rather than one where it is
// read, made or sent.
func Passing(what string) bool {
	return slices.ContainsFunc(passing, func(p string) bool { return strings.HasPrefix(what, p) })
}
