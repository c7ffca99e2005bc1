// target-export writes the activities of Adobe Target to standard output, without a dependency.
package main

import (
	"context"
	"fmt"
	"os"
)

func main() {
	if err := export(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "target-export: %s\n", err)
		os.Exit(1)
	}
}

func export(ctx context.Context, ids []string) error {
	token, err := fetchToken(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		line, err := activity(ctx, token, id)
		if err != nil {
			return err
		}
		fmt.Println(line)
	}
	return nil
}
