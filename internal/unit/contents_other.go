//go:build !unix

package unit

import "os"

// contents returns the contents of a file of facts.
func contents(name string) ([]byte, error) { return os.ReadFile(name) }
