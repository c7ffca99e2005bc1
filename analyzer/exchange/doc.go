/*
Package exchange finds the places where assertions are put into requests, and the calls of
libraries that do a whole exchange.

# Analyzer jwtexchange

jwtexchange: report where assertions go into requests

It is one part of what analyzer jwtflow joins, for people who want only that part:

	form.Set("jwt_token", assertion)                             // reported
	source := (&jwt.Config{Email: e, PrivateKey: k}).TokenSource(ctx) // reported

It is silent about parameters of other names, and requests without an assertion. It looks at one package at a time and makes no facts. The category of a diagnostic is exchange.
*/
package exchange
