// Package syntax is the index of a module's syntax with types: it finds nodes by span, declarations and uses by object,
// parents, callers and callees, and the expressions that are assigned to a variable. The planner and the slicer ask it.
//
// Input: loaded packages. Output: an Index that is built once and used for every flow. The syntax is shared with
// the packages and never changed. An Index is not safe for concurrent use while it is built; afterwards it
// is read only.
//
// # One file, one object
//
// A file can be loaded twice: in a package and in its test variant (see [load.Package]), each with objects of its own. A module
// that replaces another one of the tree sees a copy of its declarations, too. The index has each file and each object once. The first copy of
// a file counts, so of a test variant only the test files are indexed; and [File.Canon] returns the first copy's object for one of another
// copy, by the place of its declaration. So a function and its use in a test are never two functions. Types are not converted: the type of
// an expression in a test file can be the copy's.
package syntax
