// Package sift decides from bytes alone which directories of a tree can matter.
//
// In: directories, or patterns of the go command that name directories. Out: every
// package directory below them with the classes of trigger words that its files
// contain, the modules and workspaces they belong to, and what could not be read.
//
// The sift is an over-approximation of what the analysis can find: it may let
// through what turns out to be nothing, and never the reverse. Its knowledge is
// in the tables of triggers.go: one for every sift, and one that is joined where flows
// count that nobody retires (see [All]).
//
// A flow ends in an exchange, and exchanges are rare: a group of modules without
// an [Exchange] trigger has nothing to find, however many tokens it signs. So
// the first pass over the bytes looks only for the few words that every exchange
// contains, and only a group where it found one is read again for the words of
// signing and of keys, which are common.
package sift
