// Package message has the sentences about findings. Every report and every driver uses them, so a finding has
// the same text on a terminal, under go vet, in an editor and in JSON.
package message

import (
	"fmt"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/redact"
)

// kinds are the names of the kinds of flows, which follow the provider's name.
var kinds = map[flow.Kind]string{
	flow.AdobeExchange:   "JWT exchange",
	flow.JWTBearer:       "JWT bearer grant",
	flow.ClientAssertion: "JWT client authentication",
	flow.TokenExchange:   "token exchange with a signed JWT",
	flow.DirectBearer:    "JWT as bearer token",
}

// clauses are the sentences for providers without a notice of their own, by verdict.
var clauses = map[provider.Verdict]string{
	provider.Retire:   "the vendor withdrew this credential; move to OAuth client credentials",
	provider.Optional: "it still works, and a client secret is the weaker credential; migrated only on request",
	provider.Keep:     "the vendor has no client-secret grant that could take its place",
	provider.Unknown:  "the provider could not be told; check whether the vendor retires it",
}

// Subject names the flow: "Adobe IMS JWT exchange".
func Subject(r *ledger.Record) string {
	what, ok := kinds[r.Flow.Kind]
	if !ok {
		what = "JWT flow"
	}
	if v := r.Vendor(); v != nil && v.ID != "unknown" && v.Verdict != provider.Unknown {
		what = v.Name + " " + what
	} else if r.Flow.Provider != "" && r.Flow.Provider != "unknown" {
		what = r.Flow.Provider + " " + what
	}
	if r.Flow.Presigned {
		what += " of an assertion that is signed elsewhere"
	}
	return what
}

// Rule is the id of the only rule of this tool.
const Rule = "jwtretire"

// WithRule adds the rule to a message, for a driver that shows nothing else. Drivers of analyzers show the
// analyzer's name.
func WithRule(message string) string { return message + " [" + Rule + "]" }

// Of returns the one-line statement of a finding. It does not depend on a plan, so it is the same in drivers
// that make none.
func Of(r *ledger.Record) string {
	var clause string
	switch v := r.Vendor(); {
	case r.Flow.Verdict == provider.Retire && v != nil && v.Notice != "":
		clause = v.Notice
	case r.Flow.Verdict != provider.Retire && r.OptedIn:
		clause = "to be moved to OAuth client credentials, as you asked"
	case r.Flow.Stays() && r.Flow.API != "":
		clause = "this API takes signed tokens to this day"
	case r.Flow.Stays():
		clause = "no key of this program is behind it, and there is nothing to retire"
	default:
		clause = clauses[r.Flow.Verdict]
	}
	if r.Wanted() {
		clause += " (jwtretire fix)"
	}
	return finish(r, clause)
}

// Outcome is the statement after a fix, with its result.
func Outcome(r *ledger.Record) string {
	switch r.Status {
	case ledger.Fixed:
		return finish(r, "rewritten to OAuth client credentials")
	case ledger.Skipped:
		return finish(r, "not rewritten"+because(r.Reason))
	case ledger.Failed:
		return finish(r, "the rewrite was taken back"+because(r.Reason))
	case ledger.NeedsInput:
		return finish(r, "not rewritten: it needs a decision on "+strings.Join(r.Needs, ", "))
	case ledger.Manual:
		return finish(r, "not rewritten, this is work for a person"+because(r.Reason))
	}
	return Of(r)
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func finish(r *ledger.Record, clause string) string {
	return redact.Line(fmt.Sprintf("%s: %s", Subject(r), clause))
}

// Statement is the statement for the kind of run.
func Statement(r *ledger.Record, mode ledger.Mode) string {
	switch {
	case mode == ledger.Diff && r.Status == ledger.Fixable:
		return finish(r, "rewritten to OAuth client credentials by the patch")
	case mode == ledger.Scan:
		return Of(r)
	}
	return Outcome(r)
}

// decisions has the instruction for each missing decision.
var decisions = map[string]string{
	"scopes":        "scopes: give them with -scopes, or under scopes: in .jwtretire.yaml",
	"client_secret": "client_secret: under providers: %s: client_secret: {env: NAME} in .jwtretire.yaml, or with -secret-env NAME",
	"client_id":     "client_id: under providers: %s: client_id: {env: NAME} in .jwtretire.yaml",
	"token_url":     "token_url: under providers: %s: token_url: in .jwtretire.yaml",
	"review":        "review: read the reason, then run `jwtretire fix -review` to accept the rewrite",
}

// Decision returns the instruction for a decision that a finding needs.
func Decision(need string, r *ledger.Record) string {
	s, ok := decisions[need]
	switch {
	case !ok:
		return need + ": under providers: " + r.Flow.Provider + ": in .jwtretire.yaml"
	case strings.Contains(s, "%s"):
		return fmt.Sprintf(s, r.Flow.Provider)
	}
	return s
}

// Snippet returns the lines for .jwtretire.yaml that make a decision, with a placeholder for the value, and ""
// if none do. It never contains a value of the program.
func Snippet(need string, r *ledger.Record) string {
	return redact.Text(snippet(need, r))
}

func snippet(need string, r *ledger.Record) string {
	place := "{env: " + strings.ToUpper(nonName.ReplaceAllString(r.Flow.Provider, "_")) + "_" + strings.ToUpper(nonName.ReplaceAllString(need, "_")) + "}"
	in := func(key, value string) string {
		return "providers:\n  " + r.Flow.Provider + ":\n    " + key + ": " + value + "\n"
	}
	switch need {
	case "scopes":
		keys := r.Flow.Metascopes
		if len(keys) == 0 {
			keys = []string{r.Flow.Provider}
		}
		s := "scopes:\n"
		for _, key := range keys {
			s += "  " + key + ": openid,AdobeID,…   # the list that the Developer Console shows\n"
		}
		return s
	case "client_secret", "client_id":
		return in(need, place)
	case "token_url":
		return in(need, "https://…")
	case ledger.NeedsReview:
		return ""
	}
	return in("params", "{"+need+": "+place+"}")
}

// nonName matches characters that cannot be part of an environment variable's name.
var nonName = lazyregexp.New(`[^A-Za-z0-9]+`)

// Next is the next step of the user, "" if the status implies it.
func Next(r *ledger.Record, mode ledger.Mode) string {
	if !r.Wanted() {
		if r.Flow.Verdict == provider.Optional {
			return fmt.Sprintf("name %s under providers: in .jwtretire.yaml to have it migrated", r.Flow.Provider)
		}
		return ""
	}
	switch {
	case r.Status == ledger.Fixable && mode == ledger.Scan:
		return "run `jwtretire fix`, or `jwtretire fix -diff` for a patch"
	case r.Status == ledger.NeedsInput:
		return "take the decision, then run `jwtretire fix`"
	}
	return ""
}
