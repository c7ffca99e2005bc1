// Package reason has the codes of the reasons why a flow is not rewritten. The list is closed: sentences change,
// codes do not, and each code has a page (internal/codes).
package reason

import (
	"errors"
	"fmt"
)

// A Code is a kind of reason. The values are those of the JSON report (reason_code).
type Code string

// An Error is the reason why a flow is not rewritten. Its text completes "not rewritten: …" and has the place
// and the cause.
type Error struct {
	Code Code
	Text string
}

func (e *Error) Error() string { return e.Text }

// New returns the error of a code.
func New(code Code, format string, args ...any) error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

// Of adds a code to an error, unless it has one.
func Of(code Code, err error) error {
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	return &Error{code, err.Error()}
}

// Reasons in the code after the exchange (fixer/outcome).
const (
	ValueUnavailable Code = "value-unavailable" // a value of the old answer is used that the new grant does not provide
	BodyTwice        Code = "body-read-twice"   // the body of the answer is read a second time
	Closure          Code = "closure"           // a function literal keeps or changes a part of the answer
	KeptElsewhere    Code = "answer-kept"       // the answer is kept in a field, a global variable or a file before it is decoded
	Statement        Code = "statement"         // a kind of statement that is not supported if it uses the answer
	LoopCarried      Code = "loop-carried"      // the next iteration of a loop reads the answer of the previous one
	LoopCondition    Code = "loop-condition"    // the head of a loop reads the answer
	HelperEffect     Code = "helper-effect"     // a function between the exchange and the decoding has a side effect that would be lost
	HelperLoop       Code = "helper-loop"       // a helper sends the request in a loop
	OtherFunction    Code = "not-in-scope"      // a value of the flow cannot be named at the place of the token request
	TargetType       Code = "answer-type"       // the answer is decoded into a type that the token cannot fill
	OwnDecoder       Code = "own-decoder"       // a type of the program has its own decoding method
	WholeAnswer      Code = "answer-as-a-whole" // the decoded answer is passed on with members that may be vendor-specific
	Nested           Code = "nested-exchange"   // the exchange is a part of a larger expression or of the head of a statement
	Ambiguous        Code = "outcome-ambiguous" // after the exchange, its outcomes cannot be distinguished
)

// Reasons in the code before the exchange (fixer/plan).
const (
	NotFound        Code = "exchange-not-found"       // the call that sends or signs was not found, or is in an unsupported place
	SharedSender    Code = "sender-shared"            // the function that sends serves other requests, too
	AnswerLeaves    Code = "answer-leaves"            // the answer leaves the function, which has several callers or none in the source
	NoURL           Code = "token-url-not-found"      // the URL of the token endpoint was not found, or is no string
	NoParameter     Code = "parameter-not-found"      // a parameter that the exchange sends was not found
	ManyValues      Code = "parameter-several-values" // a parameter or claim has several values
	Conditional     Code = "parameter-conditional"    // a parameter is sent under a condition
	Scattered       Code = "parameters-scattered"     // the parameters are not together, or cannot be changed in their form
	NoClient        Code = "http-client"              // oauth2 cannot use the client that sends the request
	UnknownType     Code = "type-unknown"             // the type of an expression is unknown or does not fit
	BadExpression   Code = "configuration-expression" // an expression of the configuration is invalid at its place
	SeveralAccounts Code = "several-accounts"         // there may be several accounts, and the replacement is for one
	MixedScopes     Code = "different-scopes"         // credentials with different scopes share one exchange
	ScopesUnknown   Code = "scopes-undecided"         // the scopes for the metascopes are unknown
	Exported        Code = "exported-api"             // a part of the exported API would change
	TokenKept       Code = "token-kept"               // a signed token is kept longer than a token of the new grant may live
	ByHand          Code = "token-by-hand"            // the program assembles the token in an unsupported way
	PerUser         Code = "subject-per-user"         // each token may be for another user
	IDToken         Code = "id-token"                 // the program can request an ID token, which the new grant does not have
	AlsoElsewhere   Code = "also-elsewhere"           // the same assertion or configuration has another use that stays
	SecretInHeader  Code = "secret-in-header"         // the vendor takes the secret in a header, and this request cannot set it
	SecretPossible  Code = "secret-possible"          // the program can use a client secret already
	ConfigForm      Code = "config-form"              // a configuration is built in an unsupported way
	ConfigRead      Code = "config-read"              // the program reads a part of the configuration that the new one does not have
	FromKeyFile     Code = "from-key-file"            // a value comes from the key file, which is not read any more
	SDK             Code = "sdk-unsupported"          // exchanges through this SDK are not rewritten

	TypeErrors        Code = "type-errors"         // the package has type errors before the change
	Generated         Code = "generated-file"      // the file is generated
	Overlap           Code = "overlapping-flows"   // another flow rewrites the same code differently
	UnknownVendor     Code = "vendor-unknown"      // the vendor is unknown
	NoGrant           Code = "vendor-no-grant"     // the vendor has no grant with a client secret
	NotRetired        Code = "vendor-not-retired"  // the vendor has not retired the flow
	APIStays          Code = "api-stays"           // this API of the vendor still takes signed tokens
	MadeElsewhere     Code = "made-elsewhere"      // another party makes the assertion
	Copied            Code = "copied-module"       // the exchange is in a copy of another party's module
	Internal          Code = "internal-error"      // the tool failed
	Budget            Code = "budget"              // the analysis exceeded a limit
	PartStays         Code = "part-stays"          // the key, or the form of the assertion, would still be used or required
	ModuleFiles       Code = "module-files"        // go.mod, go.sum or the vendor directory cannot be changed accordingly
	ResultTypes       Code = "result-type-error"   // the rewritten code does not type-check
	VerifyFails       Code = "verify-fails"        // a build or a test that passed before fails on the rewritten code
	TakenBack         Code = "taken-back"          // the rewrite was rejected and undone
	OutsideRepository Code = "outside-repository"  // files outside of the repository would change
	SeveralPackages   Code = "several-packages"    // the flow has several packages, and go vet and go fix see one
	NoModule          Code = "module-not-required" // the module does not require golang.org/x/oauth2 yet
	OnlyFix           Code = "file-goes"           // a file would be deleted, which go fix cannot do
)

// Codes lists all codes.
var Codes = []Code{
	ValueUnavailable, BodyTwice, Closure, KeptElsewhere, Statement, LoopCarried,
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
