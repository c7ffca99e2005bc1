package main

import (
	"bytes"

	"jwtretire.example/analyzer/provider"
)

// providers prints the catalogue, including the providers of the configuration.
func (c *command) providers() (int, error) {
	var out bytes.Buffer
	if err := provider.Describe(&out, c.config.Providers...); err != nil {
		return exitError, err
	}
	return exitClean, c.write(out.Bytes())
}
