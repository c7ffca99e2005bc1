/*
Package keyload finds the places where private-key material enters a program: calls that parse a
key, and the loads, parameters and fields that their input comes from.

# Analyzer jwtkeyload

jwtkeyload: report where private keys are loaded and parsed

It is one part of what analyzer jwtflow joins, for people who want only that part:

	pem, err := os.ReadFile("private.key")           // reported
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)   // reported

It is silent about files that are read for anything else, public keys and certificates. It looks at one package at a time and makes no facts. The category of a diagnostic is key-load or key-parse.
*/
package keyload
