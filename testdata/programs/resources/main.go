package main

import (
	"context"
	"fmt"
	"os"
)

func main() {
	c := collector{base: os.Getenv("COLLECTOR_IMS")}
	ctx := context.Background()
	if err := c.authorize(ctx, "https://edge.adobe.net", "https://platform.adobe.io"); err != nil {
		fmt.Fprintln(os.Stderr, "collector:", err)
		os.Exit(1)
	}
	answer, err := c.send(ctx, "page-view")
	if err != nil {
		fmt.Fprintln(os.Stderr, "collector:", err)
		os.Exit(1)
	}
	fmt.Println(answer)
}
