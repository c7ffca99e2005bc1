// Command bridge copies tags between two content systems.
package main

import (
	"context"
	"fmt"
	"os"

	"example.com/cms/bridge/internal/authn"
	"example.com/cms/bridge/internal/tags"
)

func main() {
	provider, err := authn.New(
		authn.WithEndpoint(os.Getenv("BRIDGE_IMS")),
		authn.WithClient("bridge", os.Getenv("BRIDGE_SECRET")),
		authn.WithAccount("BRBRBRBRBRBRBRBRBRBRBRBR@AdobeOrg", "BSBSBSBSBSBSBSBSBSBSBSBS@techacct.adobe.com"),
		authn.WithKeyFile("bridge.pem"),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bridge:", err)
		os.Exit(1)
	}
	list, err := tags.All(context.Background(), provider)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bridge:", err)
		os.Exit(1)
	}
	fmt.Println(list)
}
