// Package sift is the prefilter: it decides from the bytes of files which directories of a tree can contain a part of a flow.
//
// Input: directories, or patterns of the go command that match directories. Output: every
// package directory below them with the classes of trigger words in its files,
// their modules and workspaces, and the files that could not be read.
//
// The prefilter is an over-approximation of the analysis: it may select a package
// without a flow, but never leave out one with a part of a flow. Its knowledge is
// in the tables of triggers.go: one for every run, and one that is added if flows of vendors
// count that have not retired them (see [All]).
//
// A flow ends in an exchange, and exchanges are rare: a group of modules without
// an [Exchange] trigger has no flow, even if it signs tokens. So
// the first pass over the bytes looks only for the few words that every exchange
// contains, and only a group where it found one is read again for the words of
// signing and of keys, which are common.
package sift
