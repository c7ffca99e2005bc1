// Package safety describes one rewrite for its reviewer: the proofs that succeeded, and the remarks that a person has to judge.
//
// Both are enumerations with written meanings, so that rewrites can be counted over many repositories.
// The class is computed from the two lists and never set by hand.
package safety

import "slices"

// A Class summarises a judgement.
type Class string

const (
	None   Class = ""       // not planned yet
	Safe   Class = "safe"   // carried out; every proof of Essential succeeded and there is no remark
	Review Class = "review" // carried out; a reviewer has to judge the remarks
	Manual Class = "manual" // not carried out; the record has the reason
)

// A Proof is a property of a rewrite that was shown to hold on the result. The values are those of the JSON report.
type Proof string

const (
	Types     Proof = "types"
	Platforms Proof = "platforms"
	Host      Proof = "host"
	Secret    Proof = "secret"
	Key       Proof = "key"
	Comments  Proof = "comments"
	Build     Proof = "build"
	Tests     Proof = "tests"
)

// A Look is a question for a reviewer. The values are those of the JSON report.
type Look string

const (
	Scopes    Look = "scopes"
	TokenURL  Look = "token-url"
	NewSecret Look = "client-secret"
	Identity  Look = "identity"
	AuthStyle Look = "auth-style"
	Parameter Look = "parameter"
	Header    Look = "header"
	Expiry    Look = "expiry"
	Statement Look = "statement"
	Condition Look = "condition"
	KeyStays  Look = "key"
	Demand    Look = "demand"
	Comment   Look = "comment"
	Stale     Look = "stale-comment"
	Unchecked Look = "unchecked-refusal"
	Garbled   Look = "garbled-answer"
	ErrorText Look = "error-text"
	Platform  Look = "platform"
	Module    Look = "module"
	OldTest   Look = "test"
	Declared  Look = "declared"
)

// A Meaning is one row of a table: a value and its description.
type Meaning[T ~string] struct {
	Value T
	Text  string
}

// Proofs lists every proof.
var Proofs = []Meaning[Proof]{
	{Types, "the result type-checks, together with every package that imports a changed one"},
	{Platforms, "the result type-checks for every GOOS, GOARCH and tag set that a file of these packages is for"},
	{Host, "in the result, the host of the token URL has the same source as the host of the exchange"},
	{Secret, "in the result, the client secret has the same source as the one that the exchange sent"},
	{Key, "the calls that parse the private key or sign with it are not in the result, and nothing asks for what names it"},
	{Comments, "no comment was lost, except together with its code; the notes list those"},
	{Build, "the changed packages build and pass go vet (-verify build)"},
	{Tests, "the tests of the changed packages pass as before (-verify test)"},
}

// Looks lists every question for a reviewer.
var Looks = []Meaning[Look]{
	{Scopes, "the scopes come from the catalogue: compare them with the vendor's console"},
	{TokenURL, "the token URL has another host than the exchange, or it is a setting that has to change together with the program"},
	{NewSecret, "the client secret is not the one that the exchange sent"},
	{Identity, "the new token has another subject or other permissions than the token of the assertion"},
	{AuthStyle, "the settings of each application at the vendor decide how the secret is sent"},
	{Parameter, "a parameter of the exchange is not sent any more"},
	{Header, "a header of the exchange is not sent any more"},
	{Expiry, "the old code used milliseconds as seconds; the new code is correct"},
	{Statement, "a log line, a metric or a similar statement was removed together with its value"},
	{Condition, "a condition lost a part; its message may still mention it"},
	{KeyStays, "code near the flow still parses or uses a key for another purpose"},
	{Demand, "the program still asks for the private key, although nothing uses it"},
	{Comment, "a comment has no place in the new code, or was removed only because of its words"},
	{Stale, "a comment at changed code still describes removed code"},
	{Unchecked, "a refusal of the token service that the program did not check is an error now"},
	{Garbled, "an answer without a token is handled like a failed request"},
	{ErrorText, "the text of an error of the token request is a part of the program's output, and changes"},
	{Platform, "a file is for a platform or tags for which the result could not be type-checked"},
	{Module, "go.mod has to be completed by hand"},
	{OldTest, "a test exercises the old exchange and fails now, or is likely to"},
	{Declared, "what a function does is taken from the configuration, and was not checked"},
}

// Essential are the proofs without which no rewrite is safe.
var Essential = []Proof{Types, Platforms, Host, Secret, Key, Comments}

// A Remark is one question for a reviewer, with its text.
type Remark struct {
	Look Look
	Text string
}

// A Judgement holds the proofs and remarks of one rewrite. It is not safe for concurrent use.
type Judgement struct {
	Proved []Proof  // in the order of Proofs
	Looks  []Remark // in the order found
}

// Prove adds a proof.
func (j *Judgement) Prove(p Proof) {
	if !j.Has(p) {
		j.Proved = append(j.Proved, p)
		slices.SortFunc(j.Proved, func(a, b Proof) int { return rank(a) - rank(b) })
	}
}

// Has reports whether a proof succeeded.
func (j *Judgement) Has(p Proof) bool { return slices.Contains(j.Proved, p) }

// Remark adds a question for a reviewer, unless the same one is there.
func (j *Judgement) Remark(look Look, text string) {
	if r := (Remark{look, text}); !slices.Contains(j.Looks, r) {
		j.Looks = append(j.Looks, r)
	}
}

// Class returns the class of a rewrite that was carried out: Safe if there is no remark and every essential proof succeeded, else Review.
func (j *Judgement) Class() Class {
	if len(j.Looks) > 0 || slices.ContainsFunc(Essential, func(p Proof) bool { return !j.Has(p) }) {
		return Review
	}
	return Safe
}

func rank(p Proof) int {
	return slices.IndexFunc(Proofs, func(m Meaning[Proof]) bool { return m.Value == p })
}
