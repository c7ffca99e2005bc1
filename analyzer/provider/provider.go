// Package provider is the catalogue of vendors whose token endpoints accept signed JWTs: the evidence by
// which source code shows a vendor, the vendor's verdict on its JWT flow, and the replacement.
//
// It consists of data (the catalogue files) and one function that judges evidence by it, [Judge]. A new vendor is a new row.
package provider

// A Provider is one row of the catalogue.
type Provider struct {
	ID      string
	Name    string
	Verdict Verdict
	Kinds   []string // its kinds of analyzer/flow, the usual one first; none means any

	// The evidence for the provider. Judge has the weights.
	Endpoints []Endpoint // token URLs
	FieldSets [][]string // parameters or headers that together identify it: "jwt_token", "assertion_type=http://…"
	Claims    []string   // claim names; * is any text
	Values    []string   // values of claims and parameters: audiences, issuers, scopes; * is any text
	Scopes    []string   // scopes; * is any text
	Imports   []string   // SDKs: import paths, with /... for everything below
	Findings  []string   // ids of its flows, from the configuration, if the URL is not in the source
	Words     []string   // hints in module paths, identifiers and addresses in comments, as whole words

	// Algorithms of the signature that hardly any other vendor requires. They count beside a word only.
	Algorithms []string

	// Where the verdict differs by the API that a token is for: those that can be told apart, and what holds where the
	// evidence names none of them.
	APIs      []API
	Otherwise Verdict

	Target   Target   // the replacement of the JWT flow; zero for none
	Notice   string   // the state of the credential and its replacement, a clause; "" without a date
	Lost     []string // properties that the new identity does not have
	Advice   string   // the recommendation of the vendor, a sentence
	Warnings []string // facts that a reviewer has to know before a rewrite
	Steps    []string // steps of the user outside of the code
	Sources  []string // sources of the row's facts
}

// An Endpoint recognises a token URL, or a part of one.
type Endpoint struct {
	Host string // "api.box.com", "*.okta.com"; "" for any host, if Path is sufficient evidence
	Path string // "/oauth2/*/v1/token": * is one element, a leading ** any number; "" for any path on the host
}

// An API is a product of a vendor with a separate verdict.
type API struct {
	Name    string
	Verdict Verdict

	// The evidence for the API; the first kind of evidence that matches an API decides.
	Paths  []string // first elements of the paths of its requests, behind a version: "users"
	Claims []string // names of claims; * is any text
	Scopes []string // scopes, audiences, resources: * is any text
	Words  []string // hints in module paths, identifiers and settings, as whole words

	Advice  string // a sentence about the API
	Sources []string
}

// A Target is the client-credentials grant of a provider.
type Target struct {
	Supported  bool
	TokenURL   string       // where it differs from the old URL: with {names} for what the program knows
	OldHosts   []string     // hosts that serve the old grant only, TokenURL's host being another one
	NewClient  bool         // the new grant has a client id of its own, which the old flow does not name
	Paths      []PathChange // what takes the place of the old path on the same host
	AuthStyle  string       // name in golang.org/x/oauth2: "AuthStyleInParams", "AuthStyleInHeader"; "" if each application has its own
	EitherWay  bool         // the secret may come in the body too, whatever AuthStyle says
	ScopeForm  ScopeForm
	ScopeNote  string // a comment beside the scopes in the new code, "" for none
	Params     []Param
	SecretSent bool // the old request already has client_secret
	OldMillis  bool // expires_in of the old answer is in milliseconds
	OldClosed  bool // the old answer has access_token, token_type and expires_in, and no other members
}

// A PathChange is a path of the old flow, without a final slash, and the one that takes its place. A version in the old
// path, such as v1, stands for any.
type PathChange struct{ Old, New string }

// A ScopeForm is the form in which scopes are passed to clientcredentials.Config.
type ScopeForm string

const (
	ScopeComma  ScopeForm = "comma"  // one element that holds a list with commas
	ScopeList   ScopeForm = "list"   // one element a scope, sent with spaces
	ScopeServer ScopeForm = "server" // fixed at the vendor: none is sent
)

// A Param is a further parameter of the new request (EndpointParams).
type Param struct {
	Name     string
	Value    string // a constant, or ""
	Claim    string // the claim of the old assertion that gives the value, or ""
	Field    string // the parameter of the old request that gives the value, or ""
	Required bool   // where nothing in the program gives it, a decision is needed
}

// All returns the catalogue in the order in which it is listed. The slice is the caller's,
// the rows are not to be changed.
func All() []*Provider {
	var all []*Provider
	for _, part := range catalogue() {
		for i := range part {
			all = append(all, &part[i])
		}
	}
	return all
}

// catalogue lists the parts of the catalogue. They are Go values instead of an embedded file: the
// process is started for every unit of go vet, and laid-out data costs nothing there.
func catalogue() [][]Provider { return [][]Provider{retired, optional, kept, without} }

// ByID returns the provider with that ID. It is shared and must not be changed.
func ByID(id string) (*Provider, bool) {
	for _, p := range All() {
		if p.ID == id {
			return p, true
		}
	}
	return nil, false
}

// OfKind returns the first provider whose usual kind of flow this is, nil if there is none.
func OfKind(kind string) *Provider {
	for _, p := range All() {
		if len(p.Kinds) > 0 && p.Kinds[0] == kind {
			return p
		}
	}
	return nil
}

// UnknownProvider is the result of Judge without sufficient evidence.
var UnknownProvider = Provider{ID: "unknown", Name: "unknown provider", Verdict: Unknown,
	Advice: "The vendor's documentation says whether its JWT flow stays; the configuration file can describe a vendor (providers:)."}
