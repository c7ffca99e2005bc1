// Package terminaltest runs the command on a pseudo-terminal. It is a module of its own, because only
// this test needs one.
package terminaltest
