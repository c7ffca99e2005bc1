// Package safety describes one rewrite for its reviewer: the proofs that succeeded, and the remarks that a person has to judge.
//
// Both are enumerations with written meanings, so that rewrites can be counted over many repositories.
// The class is computed from the two lists and never set by hand.
package safety

import "slices"

// A Class sums a judgement up.
type Class string

const (
	None   Class = ""       // not planned yet
	Safe   Class = "safe"   // carried out; everything in Essential was proved and nothing is left to look at
	Review Class = "review" // carried out; a reviewer looks at what the remarks name
	Manual Class = "manual" // not carried out; the record's reason says why
)

// A Proof is something that was shown of a rewrite. The values are those of the JSON report.
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

// A Look is something that a reviewer has to look at. The values are those of the JSON report.
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
	Comment   Look = "comment"
	Stale     Look = "stale-comment"
	Unchecked Look = "unchecked-refusal"
	Garbled   Look = "garbled-answer"
	Platform  Look = "platform"
	Module    Look = "module"
	OldTest   Look = "test"
)

// A Meaning is one row of a table: a value and what it says.
type Meaning[T ~string] struct {
	Value T
	Text  string
}

// Proofs lists every proof and what was shown.
var Proofs = []Meaning[Proof]{
	{Types, "the result type-checks, with every package that imports a changed one"},
	{Platforms, "and does so for every GOOS, GOARCH and tag set that a file of these packages belongs to"},
	{Host, "in the result, the host of the token URL comes from where the host of the exchange came from"},
	{Secret, "in the result, the client secret comes from where the one that the exchange sent came from"},
	{Key, "the calls that parse the private key or sign with it are not in the result"},
	{Comments, "no comment was lost but with the code that it stood on; those are named"},
	{Build, "the changed packages build and pass go vet (-verify build)"},
	{Tests, "the tests of the changed packages pass as before (-verify test)"},
}

// Looks lists every look and what there is to judge.
var Looks = []Meaning[Look]{
	{Scopes, "the scopes come from the catalogue: compare them with the vendor's console"},
	{TokenURL, "the token URL is of another host than the exchange, or a configured value that changes with the program"},
	{NewSecret, "the client secret is not the one that the exchange sent"},
	{Identity, "the token stands for somebody else, or may do something else, than the one of the assertion"},
	{AuthStyle, "the vendor leaves to each application how the secret is sent"},
	{Parameter, "a parameter of the exchange is not sent any more"},
	{Header, "a header of the exchange is not sent any more"},
	{Expiry, "the old code took milliseconds for seconds, and is right from here on"},
	{Statement, "a log line, a metric or the like went with the value that it spoke of"},
	{Condition, "a condition lost a part: its message may ask for too much"},
	{KeyStays, "code near the flow still parses or uses a key, for something else"},
	{Comment, "a comment has no place any more, or was dropped for its words alone"},
	{Stale, "a comment at changed code still speaks of what went"},
	{Unchecked, "a refusal of the token service that the program took for a token without looking is an error now"},
	{Garbled, "an answer that is no token is dealt with as a failed request"},
	{Platform, "a file is for a platform or tags for which the result could not be type-checked"},
	{Module, "go.mod needs a hand"},
	{OldTest, "a test exercises the old exchange and fails now"},
}

// Essential are the proofs without which no rewrite is safe.
var Essential = []Proof{Types, Platforms, Host, Secret, Key, Comments}

// A Remark is one thing to look at.
type Remark struct {
	Look Look
	Text string
}

// A Judgement is what is known of one rewrite.
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

// Has reports whether something was proved.
func (j *Judgement) Has(p Proof) bool { return slices.Contains(j.Proved, p) }

// Remark adds something to look at, once.
func (j *Judgement) Remark(look Look, text string) {
	if r := (Remark{look, text}); !slices.Contains(j.Looks, r) {
		j.Looks = append(j.Looks, r)
	}
}

// Class follows from what was proved and what is left to look at, of a rewrite that was carried out.
func (j *Judgement) Class() Class {
	if len(j.Looks) > 0 || slices.ContainsFunc(Essential, func(p Proof) bool { return !j.Has(p) }) {
		return Review
	}
	return Safe
}

func rank(p Proof) int {
	return slices.IndexFunc(Proofs, func(m Meaning[Proof]) bool { return m.Value == p })
}
