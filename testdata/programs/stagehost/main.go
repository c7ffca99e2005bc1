// Command smoketest checks that our Adobe integrations answer, in production and on stage.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	stage := flag.Bool("stage", false, "use the stage environment")
	flag.Parse()
	env := production
	if *stage {
		env = staging
	}
	token, err := login(env)
	if err != nil {
		fmt.Printf("%s: FAIL\n", env.name)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	who, err := whoAmI(env, token)
	if err != nil {
		fmt.Printf("%s: FAIL\n", env.name)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s: OK %s\n", env.name, who)
}
