// Package tabletest holds the table of package library against the libraries themselves. It is a
// module of its own so that the tool requires none of them.
package tabletest
