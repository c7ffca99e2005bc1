// Package syntax is the index of a module's syntax with types: it finds nodes by span, uses by object,
// parents, callers and callees, and the expressions that are assigned to a variable.
//
// Input: loaded packages. Output: an Index that is built once and used for every flow. The syntax is shared with
// the packages and never changed. An Index is not safe for concurrent use while it is built; afterwards it
// is read only.
package syntax
