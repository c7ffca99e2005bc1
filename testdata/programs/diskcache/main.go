// Command aa asks Adobe Analytics from the shell. The token is kept in ~/.aa/token.json between calls.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	home, err := os.UserHomeDir()
	if err != nil {
		fail(err)
	}
	cache := &tokenFile{path: filepath.Join(home, ".aa", "token.json")}
	for i := 0; i < 2; i++ {
		tok, fromDisk, err := cache.get()
		if err != nil {
			fail(err)
		}
		fmt.Println(tok, fromDisk)
	}
	if err := os.Remove(cache.path); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "aa:", err)
	os.Exit(1)
}
