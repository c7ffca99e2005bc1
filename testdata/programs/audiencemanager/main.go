// Command traits exports the traits of Audience Manager as CSV.
package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	dmp, err := open(ctx)
	if err != nil {
		fmt.Fprintf(os.Stderr, "traits: %v\n", err)
		os.Exit(1)
	}
	out := csv.NewWriter(os.Stdout)
	for _, folder := range []int{12, 15} {
		row, err := dmp.folder(ctx, folder)
		if err != nil {
			fmt.Fprintf(os.Stderr, "traits: folder %d: %v\n", folder, err)
			os.Exit(1)
		}
		out.Write(row)
	}
	out.Flush()
}
