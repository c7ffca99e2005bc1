/*
Package exchange finds the code that stores assertions in requests, and the calls of
libraries that do a whole exchange.

# Analyzer jwtexchange

jwtexchange: report the code that stores assertions in requests

It reports one part of the flows of analyzer jwtflow:

	form.Set("jwt_token", assertion)                             // reported
	source := (&jwt.Config{Email: e, PrivateKey: k}).TokenSource(ctx) // reported

It is silent about parameters with other names, and about requests without an assertion. It analyses each package separately and
exports no facts. The category of a diagnostic is exchange.
*/
package exchange
