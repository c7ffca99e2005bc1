package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"sync"
	"time"

	"git.example.net/martech/tagsdeploy/reactor"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "tagsdeploy:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	client, err := reactor.NewClient(reactor.Options{
		IMSHost:  os.Getenv("IMS_HOST"),
		ClientID: os.Getenv("REACTOR_CLIENT_ID"),
		Secret:   os.Getenv("REACTOR_CLIENT_SECRET"),
		OrgID:    os.Getenv("REACTOR_ORG_ID"),
		Account:  os.Getenv("REACTOR_TECH_ACCOUNT"),
		KeyFile:  "/run/secrets/reactor.pem",
	}.WithOverrides(os.LookupEnv))
	if err != nil {
		return err
	}

	// Properties are independent of each other, so ask for all of them at once.
	properties := []string{"PR1a", "PR2b", "PR3c", "PR4d"}
	lines := make([]string, len(properties))
	errs := make([]error, len(properties))
	var wg sync.WaitGroup
	for i, id := range properties {
		wg.Add(1)
		go func() {
			defer wg.Done()
			lines[i], errs[i] = client.Property(ctx, id)
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	sort.Strings(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
	return nil
}
