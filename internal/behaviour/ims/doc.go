// Package ims emulates Adobe's identity service as far as programs that fetch a service token see it:
// the JWT exchange that was retired, the client-credentials grant that took its place, and an API
// behind the access token.
//
// It is stricter than the real service. A request that Adobe would perhaps let pass (a superfluous
// parameter, a Basic header beside the secret in the body, scopes joined with blanks) is refused and
// recorded as a violation, because a rewritten program has no business sending it.
package ims
