// Command adobe-exporter prints metrics in the Prometheus text format.
package main

import (
	"fmt"
	"os"
	"sync"

	"example.com/stats/adobe-exporter/adobe"
)

func main() {
	names := []string{"pageviews", "visits", "visitors"}
	values := make([]string, len(names))
	var wg sync.WaitGroup
	var once sync.Once
	var failed error
	for i, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			v, err := adobe.Metric(name)
			if err != nil {
				once.Do(func() { failed = err })
				return
			}
			values[i] = v
		}()
	}
	wg.Wait()
	if failed != nil {
		fmt.Println("# scrape failed")
		fmt.Fprintln(os.Stderr, failed)
		os.Exit(1)
	}
	for i, name := range names {
		fmt.Printf("adobe_%s{account=%q} 1\n", name, values[i])
	}
}
