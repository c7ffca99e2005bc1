/*
Package keyload finds the places where private-key material enters a program: the calls that parse a
key, and the loads, parameters and fields that are the sources of their input.

# Analyzer jwtkeyload

jwtkeyload: report where private keys are loaded and parsed

It reports one part of the flows of analyzer jwtflow:

	pem, err := os.ReadFile("private.key")           // reported
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)   // reported

It is silent about other files, public keys and certificates. It analyses each package separately and exports no facts. The category of a diagnostic is key-load or key-parse.
*/
package keyload
