// Package terminaltest runs the command where people sit: on a pseudo-terminal, in their shells and in an editor. It is a module of its own,
// because only these tests need what they import.
package terminaltest
