// Command sitecheck checks links. The enterprise edition also looks at Adobe Launch.
package main

import (
	"fmt"
	"os"
)

// checks is extended by editions.
var checks = map[string]func() (string, error){
	"links": func() (string, error) { return "ok", nil },
}

func main() {
	for _, name := range []string{"links", "launch"} {
		check, ok := checks[name]
		if !ok {
			continue
		}
		result, err := check()
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			os.Exit(1)
		}
		fmt.Println(name, result)
	}
}
