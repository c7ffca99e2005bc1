// Package schematest validates SARIF reports against the official schema. It is a module of its own,
// because a schema validator is too much weight for a tool that writes three kinds of reports.
//
// The schema is the text of the OASIS standard (2.1.0 with errata 01) that go-sarif carries in its
// source. It is read from there instead of being copied, and go-sarif's own validation is not used:
// it decodes into its own types first, which loses every key that it does not know.
package schematest
