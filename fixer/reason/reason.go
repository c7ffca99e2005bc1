// Package reason has the codes of the reasons why a flow is not rewritten. The list is closed: sentences change,
// codes do not, and each code has a page (internal/codes).
package reason

import (
	"errors"
	"fmt"
)

// A Code names a kind of reason. The values are those of the JSON report (reason_code).
type Code string

// An Error is why a flow is not rewritten. Its text completes "not rewritten: …"; it names the place and the cause.
type Error struct {
	Code Code
	Text string
}

func (e *Error) Error() string { return e.Text }

// New returns the error of a code.
func New(code Code, format string, args ...any) error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

// Of gives an error a code, unless it has one.
func Of(code Code, err error) error {
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	return &Error{code, err.Error()}
}

// Reasons about what follows the exchange (fixer/outcome).
const (
	Unsaid        Code = "value-unavailable" // a value of the old answer is used that the new grant does not give
	BodyTwice     Code = "body-read-twice"   // the body of the answer is read a second time
	Closure       Code = "closure"           // a function literal keeps or changes a part of the answer
	KeptElsewhere Code = "answer-kept"       // the answer, not decoded yet, is kept in a field, a global or a file
	Statement     Code = "statement"         // a kind of statement that is not understood where it touches the answer
	LoopCarried   Code = "loop-carried"      // the next round of a loop reads the answer of the last one
	LoopCondition Code = "loop-condition"    // the head of a loop asks the answer
	HelperEffect  Code = "helper-effect"     // a function on the way has a side effect that would be lost
	HelperLoop    Code = "helper-loop"       // a function on the way sends in a loop of its own
	OtherFunction Code = "not-in-scope"      // something on the way cannot be named where the token is fetched
	TargetType    Code = "answer-type"       // the answer is decoded into a type that the token cannot fill
	OwnDecoder    Code = "own-decoder"       // a type of the program decodes the answer by a method of its own
	WholeAnswer   Code = "answer-as-a-whole" // the decoded answer goes on with members that may be the vendor's own
	Nested        Code = "nested-exchange"   // the exchange stands inside of a larger expression or head
	Ambiguous     Code = "outcome-ambiguous" // behind the exchange, the outcomes cannot be told apart any more
)

// Reasons about what leads to the exchange (fixer/plan).
const (
	NotFound        Code = "exchange-not-found"       // the call that sends, signs or fetches stands where it cannot be followed
	SharedSender    Code = "sender-shared"            // the function that sends serves other requests, too
	AnswerLeaves    Code = "answer-leaves"            // the answer leaves the function, and its callers are not one place in sight
	NoURL           Code = "token-url-not-found"      // the URL of the token endpoint was not found, or is no text
	NoParameter     Code = "parameter-not-found"      // a parameter that the exchange sends was not found
	ManyValues      Code = "parameter-several-values" // a parameter or claim has several values
	Conditional     Code = "parameter-conditional"    // a parameter is sent under a condition
	Scattered       Code = "parameters-scattered"     // the parameters do not stand together, or not in a form that can be changed
	NoClient        Code = "http-client"              // the client that sends the request cannot be handed to oauth2
	UnknownType     Code = "type-unknown"             // the type of an expression is unknown, or none that fits
	BadExpression   Code = "configuration-expression" // an expression of the configuration has no meaning where it would be used
	SeveralAccounts Code = "several-accounts"         // there may be several accounts, and what replaces them is for one
	MixedScopes     Code = "different-scopes"         // credentials with different scopes share one exchange
	ScopesUnknown   Code = "scopes-undecided"         // which scopes take the place of the metascopes cannot be told
	Exported        Code = "exported-api"             // a part of the exported API would change
	TokenKept       Code = "token-kept"               // a signed token is kept for longer than one of the new grant lives
	ByHand          Code = "token-by-hand"            // the token is put together in a way that is not followed
	PerUser         Code = "subject-per-user"         // each token may be for another user
	IDToken         Code = "id-token"                 // the program can ask for an ID token, which the new grant does not give
	AlsoElsewhere   Code = "also-elsewhere"           // the same assertion or configuration serves something that stays
	SecretInHeader  Code = "secret-in-header"         // the vendor takes the secret in a header, which this request cannot be given
	SecretPossible  Code = "secret-possible"          // the program can use a client secret already
	ConfigForm      Code = "config-form"              // a configuration is filled in by a form that is not followed
	ConfigRead      Code = "config-read"              // a part of the configuration is read that the new one does not have
	FromKeyFile     Code = "from-key-file"            // a value comes out of the key file, which goes
	SDK             Code = "sdk-unsupported"          // exchanges through this SDK are not rewritten

	TypeErrors        Code = "type-errors"         // the package does not type-check as it is
	Generated         Code = "generated-file"      // the file is generated
	Overlap           Code = "overlapping-flows"   // another flow rewrites the same code differently
	UnknownVendor     Code = "vendor-unknown"      // who gives the token is not known
	NoGrant           Code = "vendor-no-grant"     // the vendor has no grant by client secret
	NotRetired        Code = "vendor-not-retired"  // the vendor has not retired the flow
	APIStays          Code = "api-stays"           // this API of the vendor takes signed tokens to this day
	MadeElsewhere     Code = "made-elsewhere"      // another party makes the assertion
	Copied            Code = "copied-module"       // the exchange is in a copy of somebody else's module
	Internal          Code = "internal-error"      // the tool failed
	Budget            Code = "budget"              // a limit was met before all was looked at
	PartStays         Code = "part-stays"          // the key, or the form of the assertion, would still be used or asked for
	ModuleFiles       Code = "module-files"        // go.mod, go.sum or the vendor directory cannot be brought along
	ResultTypes       Code = "result-type-error"   // the rewritten code does not type-check
	VerifyFails       Code = "verify-fails"        // a build or a test that passed before fails on the rewritten code
	TakenBack         Code = "taken-back"          // the rewritten code was not right: it was taken back
	OutsideRepository Code = "outside-repository"  // files outside of the repository would change
	SeveralPackages   Code = "several-packages"    // go vet and go fix see one package, and the flow goes through several
	NoModule          Code = "module-not-required" // the module does not require golang.org/x/oauth2 yet
	OnlyFix           Code = "file-goes"           // a file goes, which go fix cannot do
)

// Codes are all of them.
var Codes = []Code{
	Unsaid, BodyTwice, Closure, KeptElsewhere, Statement, LoopCarried,
	LoopCondition, HelperEffect, HelperLoop, OtherFunction, TargetType, OwnDecoder,
	WholeAnswer, Nested, Ambiguous, NotFound, SharedSender, AnswerLeaves,
	NoURL, NoParameter, ManyValues, Conditional, Scattered, NoClient,
	UnknownType, BadExpression, SeveralAccounts, MixedScopes, ScopesUnknown, Exported,
	TokenKept, ByHand, PerUser, IDToken, AlsoElsewhere, SecretInHeader,
	SecretPossible, ConfigForm, ConfigRead, FromKeyFile, SDK, TypeErrors,
	Generated, Overlap, UnknownVendor, NoGrant, NotRetired, APIStays, MadeElsewhere, Copied, Internal, Budget,
	PartStays, ModuleFiles, ResultTypes, VerifyFails, TakenBack, OutsideRepository, SeveralPackages, NoModule, OnlyFix,
}

// CodeOf returns the code of an error, "" if it has none.
func CodeOf(err error) Code {
	if r, ok := errors.AsType[*Error](err); ok {
		return r.Code
	}
	return ""
}
