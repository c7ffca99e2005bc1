package provider

// A Verdict is the state of a provider's JWT flow according to the catalogue.
type Verdict string

const (
	Retire   Verdict = "retire"   // withdrawn by the vendor: migrate
	Optional Verdict = "optional" // works; a shared secret is weaker, so only on request
	Keep     Verdict = "keep"     // no client-secret equivalent
	Unknown  Verdict = "unknown"  // the evidence does not name a provider
)

// Verdicts lists every verdict, the most urgent first.
var Verdicts = []Verdict{Retire, Optional, Keep, Unknown}
