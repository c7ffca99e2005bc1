// Package library is a table of functions and types of other packages, with their role between a
// private key and an access token: loading a key, parsing it, building claims, signing,
// building a request, sending it, reading the answer, or passing a value on.
//
// The same rows have the side effects of a call (see Effect): whether it can be removed once its results are unused, its
// output operands, the setting that it reads, the setting that it requires. A function that matters for its effect alone has a row
// without a role, and a package has a row for its functions without one (see Package). A function without a row has a side
// effect, and is no part of a flow.
//
// The analyzers, the prefilter and the fixer have no other source of knowledge about libraries. A new library is new rows here and an
// import in the module tabletest, which checks every row against the real package, and every reader of the table against the row.
package library

// A Role is the purpose of a call in a flow.
type Role string

const (
	Load         Role = "load"          // reads bytes or text: a file, an environment variable, a secret store
	Parse        Role = "parse"         // makes a private key of bytes: PEM, DER, JWK, PKCS#12
	Generate     Role = "generate"      // generates a key, which is no credential of a vendor
	Signer       Role = "signer"        // makes a signer or a signing option of a key
	Claims       Role = "claims"        // makes claims, or a token with claims
	SetClaim     Role = "set-claim"     // adds one claim to claims, a token or a builder of one
	SigningInput Role = "signing-input" // makes header.payload of claims, not yet signed
	Sign         Role = "sign"          // returns a compact, signed token
	SignRaw      Role = "sign-raw"      // returns only the signature: crypto/rsa, crypto/ecdsa, KMS
	Request      Role = "request"       // makes a request without sending it
	SetURL       Role = "set-url"       // sets the URL of a request or client
	SetField     Role = "set-field"     // adds one parameter to a form, or to a value that becomes one
	SetBody      Role = "set-body"      // sets the form or the body of a request
	SetHeader    Role = "set-header"    // sets a header of a request
	SetBearer    Role = "set-bearer"    // sets the access token of a request
	Send         Role = "send"          // sends a request; the same call may make it
	Exchange     Role = "exchange"      // returns an access token for an assertion or key: an SDK's call
	Response     Role = "response"      // makes a value of the bytes of an answer
	Verify       Role = "verify"        // checks a token or reads a public key, so it does not begin a flow
	Lookalike    Role = "lookalike"     // loads or makes keys for another purpose, such as TLS
	Pass         Role = "pass"          // passes its input on: encoders, readers, formatting
)

// A Slot is an argument, the receiver or a result of a call. The zero Slot is None.
type Slot int8

const (
	None Slot = 0
	Recv Slot = -1 // the receiver

	A0 Slot = 1 // the first argument, and so on
	A1 Slot = 2
	A2 Slot = 3
	A3 Slot = 4
	A4 Slot = 5
	A5 Slot = 6
	A6 Slot = 7

	R0 Slot = 33 // the first result, and so on
	R1 Slot = 34
	R2 Slot = 35

	Rest0 Slot = 65 // the first argument and all after it, and so on
	Rest1 Slot = 66
	Rest2 Slot = 67
	Rest3 Slot = 68
)

// Arg returns the index of the argument of s. rest reports whether s includes all later arguments. ok is false for other slots.
func (s Slot) Arg() (index int, rest, ok bool) {
	switch {
	case s >= A0 && s < R0:
		return int(s - A0), false, true
	case s >= Rest0:
		return int(s - Rest0), true, true
	}
	return 0, false, false
}

// Result returns the index of the result of s. ok is false for other slots.
func (s Slot) Result() (index int, ok bool) {
	if s >= R0 && s < Rest0 {
		return int(s - R0), true
	}
	return 0, false
}

// An Edge means that the value at To is made of the value at From. To may be the receiver or an argument that
// the call writes to: json.Unmarshal has {A0, A1}, bytes.Buffer.Write {A0, Recv}. If From is a result, text
// that is written to this result later reaches To: json.NewEncoder has {R0, A0}.
type Edge struct{ From, To Slot }

// A Func is one row of the table. Slots that do not apply are None.
type Func struct {
	Pkg      string // folded import path, see Fold: without major version, vendor prefix or fork
	Recv     string // name of the receiver's type, without * and type arguments; "" for a function
	Name     string
	Min, Max int // major versions that have it like this; 0 means no limit

	Role   Role
	Source string // Load: "file", "env", "embed", "config", "flag", "secret-store"
	Parses bool   // Load: the result is a parsed key

	Key        Slot // private key, or its source: bytes, path, options
	Password   Slot // passphrase of the key
	Claims     Slot // claims, or the token with them
	Input      Slot // SignRaw, Sign: the text or the digest that is signed
	ClaimKey   Slot // SetClaim: the argument with the name of the claim
	ClaimValue Slot // SetClaim: its value; Claim is set, or ClaimKey
	Claim      string
	Alg        Slot // the signing method

	Context    Slot
	Client     Slot // the HTTP client that sends
	Method     Slot // the HTTP method's argument
	HTTPMethod string
	URL        Slot
	Body       Slot // the body: reader, bytes, text or structure
	Form       Slot // the form: url.Values or map[string]string
	Req        Slot // a request that was made before
	FieldKey   Slot // SetField, SetHeader: the argument with the name
	FieldValue Slot // its value
	Field      string
	Path       Slot // Load: the name of the source: file name, variable, key

	Result Slot // the token, signature, key, bytes or response
	Flow   []Edge

	Effect     Effect // effect of a call; Unknown: that of the role, or of the package's row
	Fills      Slot   // an operand that is written to, besides those at the end of an Edge
	Fresh      bool   // the result shares no memory with the operands
	Output     Form   // relation of the result to the text, or to the reader of one, at the beginning of Flow
	Lookup     bool   // reads one setting, whose name is at Path
	NilChecked Slot   // operands that it only compares with nil: errors.Join
	Requires   Slot   // the name of the flag that it makes required; Recv: of the flag that the receiver defines
	Calls      Slot   // a function that it calls at most once
	Once       Slot   // a function that its result calls at most once

	Escapes    bool // the result is the operand, escaped as a part of a URL
	PlainError bool // makes an error of a text, with or without another error
	NilOfNil   bool // returns nil if the other error is nil

	SDK      string // Exchange: "adobe", "google", "box", …: an id of the provider catalogue, or ""
	Grant    string // Exchange: the kind as analyzer/flow has it: "adobe-exchange", "jwt-bearer", "client-assertion", "direct-bearer"
	Abstract bool   // Recv is an interface
	Distinct bool   // if types are missing, the name and an import of the library are sufficient evidence
}

// FullName returns the function as go/types prints it, with the folded path: "(os.File).Read".
func (f *Func) FullName() string {
	if f.Recv == "" {
		return f.Pkg + "." + f.Name
	}
	return "(" + f.Pkg + "." + f.Recv + ")." + f.Name
}

// A Type is a structure whose fields have a meaning in a flow when a literal or an assignment sets them.
type Type struct {
	Pkg      string // folded, as in Func
	Name     string
	Min, Max int
	Role     Role // Claims, Signer, Request, Exchange, …: the role of a value
	Fields   []Field
	SDK      string
	Grant    string

	// For the argument of an SDK's exchange:
	Constants map[string]string // constants of the package, with their metascopes
	Answer    map[string]string // fields of the result, with the members of a token response (RFC 6749, section 5.1) that they have
	Durations bool              // the lifetime in the result is a time.Duration
}

// Holding returns the first field with a meaning.
func (t *Type) Holding(m Meaning) (Field, bool) {
	for _, f := range t.Fields {
		if f.Means == m {
			return f, true
		}
	}
	return Field{}, false
}

// A Field is one field of a Type.
type Field struct {
	Name  string
	Means Meaning
	Wire  string // claim or parameter on the wire: "iss", "client_id"
}

// Field returns the row of a field by name, nil if there is none.
func (t *Type) Field(name string) (Field, bool) {
	for _, f := range t.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// A Meaning is the content of a field.
type Meaning string

const (
	IsKey       Meaning = "key"       // private key: bytes, PEM, parsed or a signer
	IsKeyID     Meaning = "key-id"    // names the key, is not one
	IsPassword  Meaning = "password"  // passphrase of the key
	IsClaim     Meaning = "claim"     // the claim named by Wire
	IsClaims    Meaning = "claims"    // a map or structure of claims
	IsURL       Meaning = "url"       // token URL
	IsForm      Meaning = "form"      // url.Values or map of parameters that is sent
	IsParameter Meaning = "parameter" // one parameter of the exchange, named by Wire
	IsBody      Meaning = "body"
	IsMethod    Meaning = "method"
	IsHeader    Meaning = "header"
	IsClient    Meaning = "client" // HTTP client
	IsScopes    Meaning = "scopes"
	IsAlgorithm Meaning = "algorithm"
	IsAssertion Meaning = "assertion" // a finished assertion, or a function that returns one
)
